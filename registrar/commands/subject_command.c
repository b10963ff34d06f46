/* `registrar subject`: everything about one person, and its destruction on request (R14). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/press/person.h"
#include "registrar/records/erasure.h"
#include "registrar/records/subject_export.h"
#include "registrar/registrar.h"

struct input {
	const char *email, *out, *words;
	bool dry;
};

static const struct argp_option export_options[] = {
    {"out", 'o', "PATH", 0, "A new folder, or a new file if it ends in .zip", 0}, {0}};
static const struct argp_option erase_options[] = {
    {"words", 'w', "TEXT", 0, "To the person: what was done", 0},
    {"dry-run", 'n', NULL, 0, "Only say what would go", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case 'o':
		in->out = arg;
		return 0;
	case 'w':
		in->words = arg;
		return 0;
	case 'n':
		in->dry = true;
		return 0;
	case ARGP_KEY_ARG:
		if (in->email)
			return cli_misuse(state, "one person at a time: '%s' is too much", arg);
		in->email = arg;
		return 0;
	case ARGP_KEY_END:
		return in->email ? 0 : cli_misuse(state, "say whose: EMAIL");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int find(
    struct registrar *registrar, const char *email, int64_t *ret_id, struct refusal *why)
{
	char key[PERSON_EMAIL_MAX + 1];
	struct person person;
	struct store_tx *tx = NULL;
	int result = person_email_key(email, key) < 0 ? STORE_NOT_FOUND : 0;

	if (result == 0)
		result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = person_by_email(tx, key, &person);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND)
		return refuse(why, "email", "Nobody signs in with this address.");
	if (result == 0)
		*ret_id = person.id;
	return result;
}

static int write_zip(const struct subject_parts *parts, const char *path, struct refusal *why)
{
	uint8_t *bytes = NULL;
	size_t len = 0;
	int result = subject_zip(parts, &bytes, &len);
	FILE *file = result == 0 ? fopen(path, "wbxe") : NULL;
	bool good;

	if (result == 0 && !file)
		result = refuse(why, "out", "%.200s is there already, or can't be made.", path);
	if (file) {
		good = fwrite(bytes, 1, len, file) == len;
		good = fclose(file) == 0 && good;
		if (!good) {
			remove(path);
			result = refuse(why, "out", "%.200s could not be written.", path);
		}
	}
	free(bytes);
	return result;
}

static int export(struct command *command)
{
	struct registrar *registrar;
	struct input in = {NULL, NULL, NULL, false};
	struct refusal why = {0};
	struct subject_parts parts = {NULL, 0};
	int64_t id = 0;
	char *path;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){export_options, parse, "EMAIL --out PATH",
		    "Writes everything that is kept about one person: JSON, a text, photograph and "
		    "files. Internal notes are in it: look through it before you give it.",
		    NULL, NULL, NULL},
		&in, &status))
		return status;
	if (!in.out) {
		fprintf(command->err, "registrar subject export: say where: --out PATH\n");
		return COMMAND_MISUSE;
	}
	registrar = cli_registrar(command);
	path = command_path(command, in.out);
	result = path ? find(registrar, in.email, &id, &why) : MODEL_SYSTEM;
	if (result == 0)
		result = subject_collect(registrar, id, CLI_STAFF, registrar_now(), &parts);
	if (result == 0)
		result = strlen(path) > 4 && strcmp(path + strlen(path) - 4, ".zip") == 0
			     ? write_zip(&parts, path, &why)
			     : subject_folder(&parts, path, &why);
	if (result == 0)
		fprintf(command->out, "%zu files\n", parts.n);
	subject_parts_free(&parts);
	free(path);
	return cli_result(command, result, &why);
}

static int preview(struct command *command, struct registrar *registrar, int64_t id)
{
	struct erasure_preview it = {.held = false};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = erasure_preview(tx, id, registrar_now(), &it);
	store_read_end(tx);
	for (size_t i = 0; result == 0 && i < it.records.n; i++)
		if (it.records.lines[i].kind == SUBJECT_SECTION && it.records.lines[i].records > 0)
			fprintf(command->out, "%zu %s\n", it.records.lines[i].records,
			    it.records.lines[i].key);
	if (result == 0)
		fprintf(command->out, "%zu registrations are cancelled first%s\n", it.coming,
		    it.held ? "; a legal hold covers this person: nothing may go" : "");
	subject_records_free(&it.records);
	return cli_result(command, result, NULL);
}

static int erase(struct command *command)
{
	struct registrar *registrar;
	struct input in = {NULL, NULL, NULL, false};
	struct refusal why = {0};
	struct erasure_wish wish = {.staff = CLI_STAFF};
	int64_t receipt = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){erase_options, parse, "EMAIL --words TEXT",
		    "Destroys the records of a person who asked for it.", NULL, NULL, NULL},
		&in, &status))
		return status;
	if (!in.words && !in.dry) {
		fprintf(command->err,
		    "registrar subject erase: say what the person reads: --words TEXT\n");
		return COMMAND_MISUSE;
	}
	registrar = cli_registrar(command);
	result = find(registrar, in.email, &wish.person_id, &why);
	if (result == 0 && in.dry)
		return preview(command, registrar, wish.person_id);
	wish.words = in.words;
	if (result == 0)
		result = erasure_carry_out(registrar, &wish, registrar_now(), &receipt, &why);
	if (result < 0)
		return cli_result(command, result, &why);
	registrar_changed(registrar);
	registrar_mail_waits(registrar);
	fprintf(command->out, "erased: receipt %" PRId64 "\n", receipt);
	return COMMAND_OK;
}

int command_subject(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"export", export, "everything that is kept about one person"},
	    {"erase", erase, "destroy it, on request"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

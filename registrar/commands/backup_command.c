/* `registrar backup` and `registrar restore`. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/commands/folder_commands.h"
#include "registrar/records/backup.h"
#include "registrar/records/purge.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"

struct input {
	const char *file, *key, *new_key, *prune, *receipts;
	bool restoring;
};

enum { KEY_NEW = 0x100, KEY_PRUNE, KEY_RECEIPTS };

static const struct argp_option backup_options[] = {{"out", 'o', "FILE", 0, "The new file", 0},
    {"key-file", 'k', "FILE", 0, "The key, which nobody else may read. Keep it elsewhere", 0},
    {"new-key", KEY_NEW, "FILE", 0, "Only make a key", 0},
    {"prune", KEY_PRUNE, "FOLDER", 0, "Only remove backups there whose term is over", 0}, {0}};
static const struct argp_option restore_options[] = {{"in", 'i', "FILE", 0, "The backup", 0},
    {"key-file", 'k', "FILE", 0, "The key it was made with", 0},
    {"receipts", KEY_RECEIPTS, "FOLDER", 0,
	"The folder `receipts` of what is replaced: who was purged since is purged again", 0},
    {0}};

static error_t check(struct argp_state *state, const struct input *in)
{
	if (in->new_key || in->prune)
		return 0;
	if (!in->file)
		return cli_misuse(
		    state, "say which file: %s FILE", in->restoring ? "--in" : "--out");
	return in->key ? 0 : cli_misuse(state, "say which key: --key-file FILE");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case 'o':
	case 'i':
		in->file = arg;
		return 0;
	case 'k':
		in->key = arg;
		return 0;
	case KEY_NEW:
		in->new_key = arg;
		return 0;
	case KEY_PRUNE:
		in->prune = arg;
		return 0;
	case KEY_RECEIPTS:
		in->receipts = arg;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is no option", arg);
	case ARGP_KEY_END:
		return check(state, in);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void tell(struct command *command, const struct backup_facts *facts, const char *done)
{
	char made[32], until[32];

	zone_rfc3339(facts->made, made, sizeof(made));
	zone_rfc3339(facts->until, until, sizeof(until));
	fprintf(command->out, "%s: %zu files, %" PRId64 " bytes, made %s, kept until %s\n", done,
	    facts->files, facts->bytes, made, until);
}

static int make(struct command *command, const struct input *in)
{
	uint8_t key[BACKUP_KEY];
	struct backup_facts facts = {0};
	struct refusal why = {0};
	char *path = command_path(command, in->file), *key_path = command_path(command, in->key);
	int result = path && key_path ? backup_key_read(key_path, key, &why) : MODEL_SYSTEM;

	if (result == 0)
		result =
		    backup_make(cli_registrar(command), path, key, registrar_now(), &facts, &why);
	sodium_memzero(key, sizeof(key));
	free(path);
	free(key_path);
	if (result == 0)
		tell(command, &facts, "backup");
	return cli_result(command, result, &why);
}

static int prune(struct command *command, const char *folder)
{
	struct refusal why = {0};
	size_t removed = 0, kept = 0;
	char *path = command_path(command, folder);
	int result =
	    path ? backup_prune(path, registrar_now(), &removed, &kept, &why) : MODEL_SYSTEM;

	free(path);
	if (result == 0)
		fprintf(command->out, "%zu removed, %zu kept\n", removed, kept);
	return cli_result(command, result, &why);
}

int command_backup(struct command *command)
{
	struct input in = {.restoring = false};
	struct refusal why = {0};
	char *path;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){backup_options, parse, "--out FILE --key-file FILE",
		    "Writes an encrypted copy of the whole data folder, while it is served or "
		    "not.\v"
		    "Without the key nobody can use it, you neither: keep the key apart from the "
		    "backups, and twice.",
		    NULL, NULL, NULL},
		&in, &status))
		return status;
	if (in.prune)
		return prune(command, in.prune);
	if (!in.new_key)
		return make(command, &in);
	path = command_path(command, in.new_key);
	result = path ? backup_key_make(path, &why) : MODEL_SYSTEM;
	free(path);
	return cli_result(command, result, &why);
}

/* Opens what was put back: a new epoch of the journal begins, and who was purged since the backup
 * was made is purged again. */
static int settle(struct command *command, const char *dir, const char *receipts)
{
	struct registrar *registrar = NULL;
	const char *news = NULL;
	struct refusal why = {0};
	size_t people = 0;
	int result = registrar_open(dir, &registrar, &news, &why);

	if (result < 0)
		return cli_result(command, result, &why);
	if (news)
		fprintf(command->err, "registrar restore: %s\n", news);
	if (receipts)
		result = purge_again(registrar, receipts, registrar_now(), &people, &why);
	registrar_close(registrar);
	if (result == 0 && receipts)
		fprintf(command->out, "purged again: %zu people\n", people);
	else if (result == 0)
		fprintf(command->err,
		    "registrar restore: whoever was erased since this backup was made is back. "
		    "Give "
		    "--receipts FOLDER, or put the newer receipts into %s/receipts before it is "
		    "served.\n",
		    dir);
	return cli_result(command, result, &why);
}

int command_restore(struct command *command)
{
	struct input in = {.restoring = true};
	const char *dir = command->owner;
	uint8_t key[BACKUP_KEY];
	struct backup_facts facts = {0};
	struct refusal why = {0};
	char *path = NULL, *key_path = NULL, *receipts = NULL;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){restore_options, parse, "--in FILE --key-file FILE --data NEW",
		    "Puts a backup back as a new data folder.", NULL, NULL, NULL},
		&in, &status))
		return status;
	path = command_path(command, in.file);
	key_path = command_path(command, in.key);
	receipts = in.receipts ? command_path(command, in.receipts) : NULL;
	result = path && key_path ? backup_key_read(key_path, key, &why) : MODEL_SYSTEM;
	if (result == 0)
		result = backup_restore(path, key, dir, &facts, &why);
	sodium_memzero(key, sizeof(key));
	status = cli_result(command, result, &why);
	if (result == 0) {
		tell(command, &facts, "restored");
		status = settle(command, dir, receipts);
	}
	free(path);
	free(key_path);
	free(receipts);
	return status;
}

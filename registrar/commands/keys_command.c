#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/press/conference.h"
#include "registrar/keys/keyring.h"
#include "registrar/keys/keys_object.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"

struct input {
	const char *use, *conference, *kid;
	bool json;
};

enum { KEY_USE = 0x100, KEY_CONFERENCE };

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	switch (key) {
	case KEY_USE:
		input->use = argument;
		return 0;
	case KEY_CONFERENCE:
		input->conference = argument;
		return 0;
	case 'j':
		input->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is no option", argument);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_kid(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	switch (key) {
	case ARGP_KEY_ARG:
		if (input->kid)
			return cli_misuse(state, "name one key");
		input->kid = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		return cli_misuse(state, "name a key by its id; `registrar keys list` shows them");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* In commands the journal's key goes by what it signs. */
static const char *use_word(enum key_use use)
{
	return use == KEY_USE_DEVICE ? "journal" : key_use_word(use);
}

static int read_rows(struct command *command, struct keyring_row **ret_rows, size_t *ret_n)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(cli_registrar(command)->store, &tx);

	if (!result)
		result = keyring_rows(tx, ret_rows, ret_n);
	store_read_end(tx);
	return cli_result(command, result, NULL);
}

/* How the root key stands to the gates. */
static int say_root(struct command *command)
{
	struct registrar *registrar = cli_registrar(command);
	struct keys_object object = {0};
	struct store_tx *tx = NULL;
	char until[32] = "-";
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = keys_object_read(tx, &object);
	store_read_end(tx);
	free(object.bytes);
	if (result)
		return cli_result(command, result, NULL);
	if (object.version)
		zone_rfc3339(object.not_after, until, sizeof until);
	fprintf(command->err,
	    "The root key is %s. Gates get the list of keys, version %" PRId64 ", until %s.\n%s",
	    keyring_signer(registrar->keyring, KEY_USE_ROOT) ? "here" : "kept offline",
	    object.version, until,
	    object.waits ? "Keys or gates were revoked since; gates learn of it when the root key "
			   "is back: registrar keys sign\n"
			 : "");
	return 0;
}

static int print_key(FILE *out, const struct keyring_row *row, bool json)
{
	char kid[2 * KEY_KID_SIZE + 1], public[2 * KEY_PUBLIC_SIZE + 1], from[32], until[32];
	char conference[24] = "null";

	bytes_hex(row->kid, KEY_KID_SIZE, kid);
	bytes_hex(row->public, KEY_PUBLIC_SIZE, public);
	zone_rfc3339(row->valid_from, from, sizeof from);
	zone_rfc3339(row->valid_until, until, sizeof until);
	if (row->conference)
		snprintf(conference, sizeof conference, "%" PRId64, row->conference);
	if (json)
		return fprintf(out,
		    "{\"kid\":\"%s\",\"use\":\"%s\",\"state\":\"%s\",\"from\":\"%s\","
		    "\"until\":\"%s\",\"public\":\"%s\",\"conference\":%s}\n",
		    kid, use_word(row->use), row->state, from, until, public, conference);
	return fprintf(out, "%s  %-8s %-8s %s  %s  %s%s%s\n", kid, use_word(row->use), row->state,
	    from, until, public, row->conference ? "  conference " : "",
	    row->conference ? conference : "");
}

static int list(struct command *command)
{
	static const struct argp_option options[] = {
	    {"json", 'j', NULL, 0,
		"One object a line: kid, use, state, from, "
		"until, public, conference",
		0},
	    {0}};
	struct input input = {0};
	struct keyring_row *rows = NULL;
	size_t n = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "",
		    "Lists the keys: id, use, state, validity, public half in hex, and the "
		    "conference that a pass key signs for.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	status = read_rows(command, &rows, &n);
	for (size_t i = 0; !status && i < n; i++)
		if (print_key(command->out, &rows[i], input.json) < 0)
			status = COMMAND_REFUSED;
	free(rows);
	return status ? status : say_root(command);
}

static int sign(struct command *command)
{
	struct registrar *registrar = cli_registrar(command);
	struct input input = {0};
	struct refusal why = {0};
	int status, result;

	if (!cli_parse(command,
		&(struct argp){NULL, parse, "",
		    "Signs the list of keys anew with the root key, which must be in the folder "
		    "keys. Gates get that list for 30 days while the root key is kept offline.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	result = keys_object_need_root(registrar, &why);
	if (!result)
		result = keys_object_sign(registrar);
	return result ? cli_result(command, result, &why) : say_root(command);
}

static int root_public(struct command *command)
{
	struct input input = {0};
	struct keyring_row *rows = NULL;
	size_t n = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){
		    NULL, parse, "", "Prints the root key's public half in hex.", NULL, NULL, NULL},
		&input, &status))
		return status;
	status = read_rows(command, &rows, &n);
	for (size_t i = 0; !status && i < n; i++) {
		char hex[2 * KEY_PUBLIC_SIZE + 1];
		if (rows[i].use != KEY_USE_ROOT)
			continue;
		bytes_hex(rows[i].public, KEY_PUBLIC_SIZE, hex);
		fprintf(command->out, "%s\n", hex);
	}
	free(rows);
	return status;
}

static int find_conference(struct command *command, const char *slug, int64_t *ret_id)
{
	struct store_tx *tx = NULL;
	struct conference conference = {0};
	int result = store_read_begin(cli_registrar(command)->store, &tx);

	if (!result)
		result = conference_by_slug(tx, slug, &conference);
	store_read_end(tx);
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command, "conference: there is no '%s'.", slug);
	*ret_id = conference.id;
	conference_clear(&conference);
	return cli_result(command, result, NULL);
}

static int rotate(struct command *command)
{
	static const struct argp_option options[] = {
	    {"use", KEY_USE, "USE", 0, "pass, bundle, witness, journal or details", 0},
	    {"conference", KEY_CONFERENCE, "SLUG", 0, "Whose pass key", 0}, {0}};
	struct registrar *registrar = cli_registrar(command);
	struct input input = {0};
	struct refusal why = {0};
	enum key_use use = KEY_USE_DEVICE;
	int64_t conference = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "--use USE",
		    "Makes a new key that signs from now on. The old one stays active, so that "
		    "what "
		    "it signed goes on being accepted, until it is retired.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	if (!input.use || (strcmp(input.use, "journal") != 0 && key_use_find(input.use, &use)) ||
	    strcmp(input.use, "device") == 0) {
		cli_refused(command, "use: choose pass, bundle, witness, journal or details.");
		return COMMAND_MISUSE;
	}
	if ((use == KEY_USE_PASS) != (input.conference != NULL)) {
		cli_refused(command,
		    "conference: a pass key belongs to one conference, and no other "
		    "key does. Name it with --use pass only.");
		return COMMAND_MISUSE;
	}
	if (input.conference) {
		status = find_conference(command, input.conference, &conference);
		if (status)
			return status;
	}
	return cli_result(command,
	    keyring_rotate(registrar, use, conference, CLI_STAFF, registrar_now(), &why), &why);
}

static int retire(struct command *command)
{
	struct input input = {0};
	struct refusal why = {0};
	uint8_t kid[KEY_KID_SIZE];
	unsigned reissued = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){NULL, parse_kid, "KID",
		    "Retires a key: gates no longer accept what it signed. Passes it signed are "
		    "issued "
		    "anew.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	if (bytes_unhex(input.kid, strlen(input.kid), kid, sizeof kid)) {
		cli_refused(
		    command, "kid: a key's id is 16 hex digits; `registrar keys list` has them.");
		return COMMAND_MISUSE;
	}
	int result = keyring_retire(
	    cli_registrar(command), kid, CLI_STAFF, registrar_now(), &reissued, &why);
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command, "kid: there is no key %s.", input.kid);
	if (!result)
		fprintf(command->err, "Retired. Passes issued anew: %u.\n", reissued);
	return result ? cli_result(command, result, &why) : say_root(command);
}

int command_keys(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"list", list, "id, use, state, validity, public half; --json for programs"},
	    {"rotate", rotate, "a new key signs from now on"},
	    {"retire", retire, "an old key is no longer accepted"},
	    {"sign", sign, "the list of keys, signed anew by the root"},
	    {"root-public", root_public, "the root key's public half"}, {0}};

	return cli_verbs(command, verbs);
}

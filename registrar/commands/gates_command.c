#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "badges/fingerprint.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/doors/gates.h"
#include "registrar/registrar.h"
#include "web/tls.h"

struct input {
	const char *words[2]; /* what to do, and the gate's name */
	unsigned n_words;
	bool json;
};

static const struct argp_option options[] = {
    {"json", 'j', 0, 0, "list: one JSON object a line", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case 'j':
		in->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (in->n_words == 2)
			return cli_misuse(state, "one gate at a time: \"%s\" is too much", arg);
		in->words[in->n_words++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (in->n_words == 0)
			return cli_misuse(state, "say what to do: code NAME, list or revoke NAME");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {options, parse, "code NAME\nlist\nrevoke NAME",
    "Enrols and ends gates.\v"
    "code makes a one-time code for a new gate and prints it with the pin of this registrar's "
    "key as {\"code\":\"...\",\"pin\":\"...\"}; it stands for ten minutes. list shows every gate, "
    "when it was last heard of, and the fingerprint to compare with the gate's own screen. revoke "
    "ends a gate for good; what it recorded stays.",
    0, 0, 0};

static int code(struct command *command, const char *name)
{
	struct registrar *registrar = cli_registrar(command);
	char *path = registrar_path(registrar, "tls/device.crt");
	char *key = registrar_path(registrar, "tls/device.key");
	char text[GATES_CODE_TEXT + 1], pin_text[TLS_PIN_TEXT + 1];
	struct tls_pair pair = {0};
	uint8_t pin[TLS_PIN_BYTES];
	int r = path == NULL || key == NULL ? TLS_NOMEM : tls_load(path, key, &pair);

	if (r == 0)
		r = tls_pin(pair.cert, pin);
	tls_pair_free(&pair);
	free(path);
	free(key);
	if (r != 0)
		return cli_refused(
		    command, "the device port's certificate in tls/: %s", tls_error_text(r));
	r = gates_code(registrar, name, CLI_STAFF, text);
	if (r != 0)
		return cli_refused(command, "%s: %s", name, gates_strerror(r));
	tls_pin_text(pin, pin_text);
	fprintf(command->out, "{\"code\":\"%s\",\"pin\":\"%s\"}\n", text, pin_text);
	fprintf(command->err,
	    "The code enrols one gate as \"%s\" within ten minutes. At the gate:\n"
	    "  gate enrol --data DIR --url https://HOST:PORT --code %s --pin %s\n",
	    name, text, pin_text);
	return COMMAND_OK;
}

static int revoke(struct command *command, const char *name)
{
	int r = gates_revoke(cli_registrar(command), name, CLI_STAFF);

	if (r != 0)
		return cli_refused(command, "%s: %s", name, gates_strerror(r));
	fprintf(command->err, "The gate \"%s\" has been revoked. Its journal is kept.\n", name);
	if (!keyring_signer(cli_registrar(command)->keyring, KEY_USE_ROOT))
		fprintf(command->err,
		    "It is refused here from now on. The root key is kept offline: the other gates "
		    "learn of it when it is back: registrar keys sign\n");
	return COMMAND_OK;
}

struct listing {
	struct command *command;
	bool json;
};

static void time_text(int64_t time, const char *none, char *ret, size_t size)
{
	time_t seconds = (time_t)time;
	struct tm tm;

	if (time == 0 || gmtime_r(&seconds, &tm) == NULL ||
	    strftime(ret, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		(void)snprintf(ret, size, "%s", none);
}

static void list_one(void *context, const struct gates_gate *gate)
{
	const struct listing *listing = context;
	char fingerprint[FINGERPRINT_TEXT + 1] = "", seen[32], enrolled[32];

	if (gate->enrolled != 0)
		fingerprint_gate(gate->spki, gate->journal_key, fingerprint);
	time_text(gate->seen, "", seen, sizeof(seen));
	time_text(gate->enrolled, "", enrolled, sizeof(enrolled));
	if (listing->json)
		fprintf(listing->command->out,
		    "{\"name\":\"%s\",\"state\":\"%s\",\"fingerprint\":\"%s\",\"enrolled\":\"%s\","
		    "\"seen\":\"%s\"}\n",
		    gate->name, gates_state_word(gate->state), fingerprint, enrolled, seen);
	else
		fprintf(listing->command->out, "%-32s %-8s %-20s %s\n", gate->name,
		    gates_state_word(gate->state), seen[0] == '\0' ? "never seen" : seen,
		    fingerprint);
}

static int list(struct command *command, bool json)
{
	struct listing listing = {command, json};
	struct store_tx *tx = NULL;
	int r = store_read_begin(cli_registrar(command)->store, &tx);

	if (r == 0)
		r = gates_each(tx, list_one, &listing);
	store_read_end(tx);
	return cli_result(command, r, NULL);
}

int command_gate(struct command *command)
{
	struct input in = {0};
	int status;

	if (!cli_parse(command, &argp, &in, &status))
		return status;
	if (strcmp(in.words[0], "list") == 0 && in.n_words == 1)
		return list(command, in.json);
	if (strcmp(in.words[0], "code") == 0 && in.n_words == 2)
		return code(command, in.words[1]);
	if (strcmp(in.words[0], "revoke") == 0 && in.n_words == 2)
		return revoke(command, in.words[1]);
	fprintf(command->err,
	    "registrar gate: \"%s\" is not understood like this; use code NAME, list or revoke "
	    "NAME\n",
	    in.words[0]);
	return COMMAND_MISUSE;
}

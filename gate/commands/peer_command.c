/* The subcommand peer: the end of gate/peer/peer.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "gate/commands/cli.h"
#include "gate/sync/follow.h"
#include "gate/peer/peer.h"
#include "gate/door/words.h"

enum { KEY_JSON = 1 };

struct input {
	const char *what, *device, *address;
	bool json;
	struct command *command;
};

static const struct argp_option options[] = {
    {"json", KEY_JSON, NULL, 0, "list: one JSON object a line", 0}, {0}};

static error_t take_word(struct input *in, char *word, struct argp_state *state)
{
	if (in->what == NULL)
		in->what = word;
	else if (in->device == NULL)
		in->device = word;
	else if (in->address == NULL)
		in->address = word;
	else
		return cli_misuse(state, "\"%s\" is too much", word);
	return 0;
}

static error_t check(const struct input *in, struct argp_state *state)
{
	bool list = in->what != NULL && strcmp(in->what, "list") == 0;
	bool add = in->what != NULL && strcmp(in->what, "add") == 0;
	bool forget = in->what != NULL && strcmp(in->what, "forget") == 0;

	if (!list && !add && !forget)
		return cli_misuse(state, "say what: list, add NAME HOST:PORT, or forget NAME");
	if (list ? in->device != NULL : in->device == NULL)
		return cli_misuse(state, list ? "list takes no name" : "which gate? give its NAME");
	if (add ? in->address == NULL : in->address != NULL)
		return cli_misuse(state, add ? "where is it? give HOST:PORT" : "too many words");
	if (add && !peer_address_is_good(in->address))
		return cli_misuse(state, "\"%s\" is not HOST:PORT", in->address);
	return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct input *in = state->input;

	switch (key) {
	case KEY_JSON:
		in->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_word(in, value, state);
	case ARGP_KEY_END:
		return check(in, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {options, parse, "list | add NAME HOST:PORT | forget NAME",
    "The other gates, and where they are on the local network: gates ask each other for their "
    "journals while the registrar does not answer.\v"
    "Addresses come from the registrar; one that is added here stays until it is forgotten. "
    "Forgetting also ends the alarm of a journal that did not verify: it is followed anew.",
    NULL, NULL, NULL};

static int print(void *context, const struct peer *peer)
{
	struct input *in = context;
	FILE *out = in->command->out;
	char age[WORDS_AGE_MAX] = "never";
	json_t *json;

	if (peer->heard_age >= 0)
		words_age(peer->heard_age, age);
	if (!in->json) {
		fprintf(out, "%-20s %-24s %s, heard %s%s\n", peer->device,
		    peer->address[0] == '\0' ? "-" : peer->address,
		    peer->active ? "active" : "not active", age,
		    peer->heard_age >= 0 ? " ago" : "");
		return 0;
	}
	json = peer_json(peer);
	if (json == NULL || json_dumpf(json, out, JSON_COMPACT) != 0)
		fprintf(in->command->err, "gate peer: there is no memory left.\n");
	json_decref(json);
	fputc('\n', out);
	return 0;
}

static int list(struct gate *gate, struct input *in)
{
	struct store_tx *tx = NULL;
	int r;

	gate_lock(gate);
	r = gate->store == NULL ? STORE_CLOSED : store_read_begin(gate->store, &tx);
	if (r == 0)
		r = peer_each(gate, tx, print, in);
	store_read_end(tx);
	gate_unlock(gate);
	return r;
}

static int change_body(struct store_tx *tx, void *context)
{
	const struct input *in = context;
	int r;

	if (in->address != NULL)
		return peer_put(tx, in->device, in->address, true);
	r = peer_put(tx, in->device, "", true);
	return r == 0 ? follow_forget(tx, in->device) : r;
}

static int change(struct gate *gate, struct input *in)
{
	int r;

	gate_lock(gate);
	r = gate->store == NULL ? STORE_CLOSED : store_write(gate->store, change_body, in);
	gate_unlock(gate);
	return r;
}

static int work(struct command *command, struct gate *gate, void *input)
{
	struct input *in = input;
	int r;

	in->command = command;
	if (in->device != NULL && strlen(in->device) > BUNDLE_NAME_MAX) {
		fprintf(command->err, "gate peer: no gate has so long a name.\n");
		return COMMAND_REFUSED;
	}
	r = strcmp(in->what, "list") == 0 ? list(gate, in) : change(gate, in);
	if (r == 0)
		return COMMAND_OK;
	fprintf(command->err, "gate peer: %s\n", journal_strerror(r));
	return COMMAND_REFUSED;
}

int peer_command(struct command *command)
{
	struct input in = {0};
	int parsed = cli_parse(command, &argp, &in);

	if (parsed != 0)
		return cli_exit(parsed);
	return cli_with_gate(command, work, &in);
}

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/registrar.h"
#include "registrar/webhook/event.h"
#include "registrar/webhook/webhook.h"

enum { KEY_EVENT = 1000 };

struct input {
	const char *what, *events;
};

static const struct argp_option add_options[] = {
    {"event", KEY_EVENT, "EVENTS", 0, "What it is told, with commas between; see --help", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case KEY_EVENT:
		in->events = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (in->what)
			return cli_misuse(state, "\"%s\" is too much", arg);
		in->what = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char add_words[] =
    "Adds an address that is told of events, and prints the secret they are signed with, this "
    "once.\vEvents: registration.confirmed registration.waitlisted registration.cancelled "
    "pass.revoked pass.reissued conference.created conference.published conference.changed "
    "conference.cancelled restriction.made restriction.lifted entry.admitted entry.denied "
    "entry.left.";

static int add(struct command *command)
{
	struct input in = {0};
	struct refusal why = {0};
	char secret[WEBHOOK_SECRET + 1];
	uint32_t events = 0;
	int64_t id;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){add_options, parse, "URL", add_words, NULL, NULL, NULL}, &in,
		&status))
		return status;
	if (!in.what || !in.events || event_read(in.events, &events)) {
		fprintf(command->err,
		    "registrar webhook add: say its URL, and --event with events that --help "
		    "names\n");
		return COMMAND_MISUSE;
	}
	result = webhook_add(
	    cli_registrar(command), in.what, events, CLI_STAFF, registrar_now(), secret, &id, &why);
	if (result)
		return cli_result(command, result, &why);
	fprintf(command->out, "%s\n", secret);
	fprintf(command->err, "Webhook %lld was added. Its secret is shown this once.\n",
	    (long long)id);
	return COMMAND_OK;
}

static int print_webhook(void *context, const struct webhook *w)
{
	char events[EVENT_TEXT];
	json_t *line;
	char *text;

	event_write(w->events, events);
	line = json_pack("{s:I, s:s, s:s, s:I, s:I, s:I}", "id", (json_int_t)w->id, "url", w->url,
	    "events", events, "waiting", (json_int_t)w->waiting, "delivered",
	    (json_int_t)w->delivered, "failed", (json_int_t)w->failed);
	text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	if (text)
		fprintf(context, "%s\n", text);
	free(text);
	json_decref(line);
	return text ? 0 : STORE_NO_MEMORY;
}

static int list(struct command *command)
{
	struct input in = {0};
	struct store_tx *tx = NULL;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){
		    NULL, parse, NULL, "Every webhook, one object a line.", NULL, NULL, NULL},
		&in, &status))
		return status;
	result = store_read_begin(cli_registrar(command)->store, &tx);
	if (result == 0)
		result = webhook_each(tx, print_webhook, command->out);
	store_read_end(tx);
	return cli_result(command, result, NULL);
}

/* What is done to the webhook of a number. */
static int with_number(struct command *command, bool end, const char *words)
{
	struct registrar *registrar;
	struct input in = {0};
	char *rest = NULL;
	int64_t id;
	int status, result;

	if (!cli_parse(command, &(struct argp){NULL, parse, "NUMBER", words, NULL, NULL, NULL}, &in,
		&status))
		return status;
	registrar = cli_registrar(command);
	id = in.what ? strtoll(in.what, &rest, 10) : 0;
	if (!in.what || *rest || id < 1) {
		fprintf(command->err,
		    "registrar %s: say its NUMBER; `registrar webhook list` shows it\n",
		    command->argv[0]);
		return COMMAND_MISUSE;
	}
	result = end ? webhook_end(registrar, id, CLI_STAFF, registrar_now())
		     : webhook_test(registrar, id, registrar_now());
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command,
		    "there is no webhook %lld; `registrar webhook list` shows them", (long long)id);
	return cli_result(command, result, NULL);
}

static int end(struct command *command)
{
	return with_number(command, true, "Ends a webhook; what waits for it is dropped.");
}

static int test(struct command *command)
{
	return with_number(command, false, "Sends a test event to a webhook.");
}

int command_webhook(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"add", add, "tell an address of events"},
	    {"list", list, "show them all"},
	    {"test", test, "send it a test event"},
	    {"end", end, "tell it nothing more"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

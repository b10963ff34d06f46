#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/access.h"
#include "registrar/api/scope.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"

enum { KEY_SCOPE = 1000, KEY_DAYS, KEY_NETWORK, DAYS = 365 };

struct input {
	const char *name, *scopes, *network;
	int days;
	bool json;
};

static const struct argp_option add_options[] = {
    {"scope", KEY_SCOPE, "SCOPES", 0, "What it may do, with commas between; see --help", 0},
    {"days", KEY_DAYS, "N", 0, "It ends after so many days; 365 where nothing is said", 0},
    {"network", KEY_NETWORK, "RANGE", 0, "Only from there, such as 192.0.2.0/24", 0}, {0}};
static const struct argp_option list_options[] = {{"json", 'j', 0, 0, "One object a line", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);
	char *end;

	switch (key) {
	case KEY_SCOPE:
		in->scopes = arg;
		return 0;
	case KEY_NETWORK:
		in->network = arg;
		return 0;
	case KEY_DAYS:
		in->days = (int)strtol(arg, &end, 10);
		return *end || in->days < 1 || in->days > ACCESS_DAYS_MAX
			   ? cli_misuse(state, "--days is from 1 to %d", ACCESS_DAYS_MAX)
			   : 0;
	case 'j':
		in->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (in->name)
			return cli_misuse(
			    state, "\"%s\" is too much: put a name in quotation marks", arg);
		in->name = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char add_words[] =
    "Makes a token of the JSON API and prints it, this once.\v"
    "Scopes: conferences:read conferences:write registrations:read people:read attendance:read "
    "entries:read outlets:read outlets:write restrictions:read restrictions:write gates:read "
    "metrics:read. people:read adds names to what the others read.";

static int add(struct command *command)
{
	struct input in = {.days = DAYS, .network = ""};
	struct access_wish wish = {.staff = CLI_STAFF};
	struct refusal why = {0};
	char text[ACCESS_TEXT + 1];
	int64_t id, now = registrar_now();
	int status, result;

	if (!cli_parse(command,
		&(struct argp){add_options, parse, "NAME", add_words, NULL, NULL, NULL}, &in,
		&status))
		return status;
	if (!in.name || !in.scopes || scope_read(in.scopes, &wish.scopes)) {
		fprintf(command->err,
		    "registrar token add: say its NAME, and --scope with scopes that --help "
		    "names\n");
		return COMMAND_MISUSE;
	}
	wish.name = in.name;
	wish.network = in.network;
	wish.expires = now + (int64_t)in.days * 86400;
	result = access_add(cli_registrar(command), &wish, now, text, &id, &why);
	if (result)
		return cli_result(command, result, &why);
	fprintf(command->out, "%s\n", text);
	fprintf(command->err,
	    "Token %lld was made. It is shown this once: keep it where secrets are kept.\n",
	    (long long)id);
	return COMMAND_OK;
}

struct listing {
	FILE *out;
	bool json;
	int64_t now;
};

static json_t *time_or_null(int64_t seconds)
{
	char text[40];

	if (!seconds)
		return json_null();
	zone_rfc3339(seconds, text, sizeof(text));
	return json_string(text);
}

static int print_token(void *context, const struct access_token *t)
{
	const struct listing *it = context;
	char scopes[SCOPE_TEXT], until[40];
	json_t *line;
	char *text;

	scope_write(t->scopes, scopes);
	zone_rfc3339(t->expires, until, sizeof(until));
	if (!it->json) {
		fprintf(it->out, "%lld %s: %s; %s %s; used %lld times\n", (long long)t->id, t->name,
		    scopes,
		    t->revoked		    ? "revoked, was to end"
		    : t->expires <= it->now ? "ended"
					    : "ends",
		    until, (long long)t->uses);
		return 0;
	}
	line = json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:s}", "id", (json_int_t)t->id,
	    "name", t->name, "scopes", scopes, "network", t->network, "expires",
	    time_or_null(t->expires), "revoked", time_or_null(t->revoked), "used",
	    time_or_null(t->used), "uses", (json_int_t)t->uses, "made_by", t->made_by);
	text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	if (text)
		fprintf(it->out, "%s\n", text);
	free(text);
	json_decref(line);
	return text ? 0 : STORE_NO_MEMORY;
}

static int list(struct command *command)
{
	struct input in = {0};
	struct listing listing = {.out = command->out, .now = registrar_now()};
	struct store_tx *tx = NULL;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){
		    list_options, parse, NULL, "Every token, never its text.", NULL, NULL, NULL},
		&in, &status))
		return status;
	listing.json = in.json;
	result = store_read_begin(cli_registrar(command)->store, &tx);
	if (result == 0)
		result = access_each(tx, print_token, &listing);
	store_read_end(tx);
	return cli_result(command, result, NULL);
}

static int revoke(struct command *command)
{
	struct input in = {0};
	char *end = NULL;
	int64_t id;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){NULL, parse, "NUMBER", "Ends a token at once.", NULL, NULL, NULL},
		&in, &status))
		return status;
	id = in.name ? strtoll(in.name, &end, 10) : 0;
	if (!in.name || *end || id < 1) {
		fprintf(command->err,
		    "registrar token revoke: say its NUMBER; `registrar token list` shows it\n");
		return COMMAND_MISUSE;
	}
	result = access_revoke(cli_registrar(command), id, CLI_STAFF, registrar_now());
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command,
		    "there is no token %lld; `registrar token list` shows them", (long long)id);
	return cli_result(command, result, NULL);
}

int command_token(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"add", add, "make one and print it, this once"},
	    {"list", list, "show them all, without their texts"},
	    {"revoke", revoke, "end one at once"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

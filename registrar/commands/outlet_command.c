#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/press/outlet.h"
#include "registrar/registrar.h"
#include "web/text.h"

enum { KEY_LOCAL = 1000, KEY_SITE, KEY_ADDRESS };

struct input {
	const char *names[2];
	unsigned n, wanted;
	const char *site, *address;
	bool local, json;
};

static const struct argp_option add_options[] = {
    {"local", KEY_LOCAL, 0, 0, "Local media come first where places are short", 0},
    {"site", KEY_SITE, "ADDRESS", 0, "Its web site", 0},
    {"address", KEY_ADDRESS, "TEXT", 0, "Its postal address", 0}, {0}};
static const struct argp_option list_options[] = {{"json", 'j', 0, 0, "One object a line", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case KEY_LOCAL:
		in->local = true;
		return 0;
	case KEY_SITE:
		in->site = arg;
		return 0;
	case KEY_ADDRESS:
		in->address = arg;
		return 0;
	case 'j':
		in->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (in->n == in->wanted)
			return cli_misuse(
			    state, "\"%s\" is too much: put a name in quotation marks", arg);
		in->names[in->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		return in->n == in->wanted
			   ? 0
			   : cli_misuse(
				 state, in->wanted == 1 ? "say its NAME" : "say NAME and OTHER");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A name as forms take it. NULL: said why not. */
static char *clean(struct command *command, const char *text, size_t most)
{
	char *name = NULL;

	if (text_clean(text, strlen(text), TEXT_ONE_LINE, most, &name) == 0 &&
	    (*name || most > 200))
		return name;
	free(name);
	(void)cli_refused(
	    command, "\"%s\": a name is 1 to %zu characters, without invisible ones", text, most);
	return NULL;
}

struct change {
	char *name, *other, *site, *address;
	bool local;
	int64_t now;
};

static int add_body(struct store_tx *tx, void *context)
{
	const struct change *it = context;
	int64_t id;
	int result = outlet_put(tx, it->name, it->local, it->now, &id);

	if (result == 0 && it->local)
		result = outlet_set_local(tx, id, true);
	return result < 0 ? result : outlet_set_details(tx, id, it->site, it->address);
}

static int alias_body(struct store_tx *tx, void *context)
{
	const struct change *it = context;
	struct outlet outlet;
	int result = outlet_by_name(tx, it->name, &outlet);

	return result < 0 ? result : outlet_alias(tx, outlet.id, it->other, CLI_STAFF, it->now);
}

static void free_change(struct change *change)
{
	free(change->name);
	free(change->other);
	free(change->site);
	free(change->address);
}

static int add(struct command *command)
{
	struct input in = {.wanted = 1, .site = "", .address = ""};
	struct change change = {0};
	int status;

	if (!cli_parse(command,
		&(struct argp){add_options, parse, "NAME",
		    "Adds an outlet, or says more of one that is known under any spelling.", NULL,
		    NULL, NULL},
		&in, &status))
		return status;
	change = (struct change){.local = in.local, .now = registrar_now()};
	change.name = clean(command, in.names[0], TEXT_NAME_MAX);
	change.site = clean(command, in.site, 500);
	change.address = clean(command, in.address, 500);
	status = COMMAND_REFUSED;
	if (change.name && change.site && change.address)
		status = cli_result(
		    command, store_write(cli_registrar(command)->store, add_body, &change), NULL);
	free_change(&change);
	return status;
}

static int alias(struct command *command)
{
	struct input in = {.wanted = 2};
	struct change change = {.now = registrar_now()};
	int status, result = 0;

	if (!cli_parse(command,
		&(struct argp){
		    NULL, parse, "NAME OTHER", "Gives an outlet another name.", NULL, NULL, NULL},
		&in, &status))
		return status;
	change.name = clean(command, in.names[0], TEXT_NAME_MAX);
	change.other = clean(command, in.names[1], TEXT_NAME_MAX);
	status = COMMAND_REFUSED;
	if (!change.name || !change.other)
		goto done;
	result = store_write(cli_registrar(command)->store, alias_body, &change);
	if (result == STORE_NOT_FOUND)
		status = cli_refused(command,
		    "%s: there is no outlet of this name; `registrar "
		    "outlet list` shows them",
		    change.name);
	else if (result == OUTLET_E_TAKEN)
		status = cli_refused(command, "%s: another outlet has this name", change.other);
	else
		status = cli_result(command, result, NULL);
done:
	free_change(&change);
	return status;
}

struct listing {
	FILE *out;
	bool json;
};

static int print_name(void *context, const struct outlet_name *row)
{
	const struct listing *it = context;
	json_t *line;
	char *text;

	if (!it->json) {
		fprintf(it->out, strcmp(row->name, row->outlet.name) == 0 ? "%s%s\n" : "%s = %s\n",
		    row->name,
		    strcmp(row->name, row->outlet.name) == 0 ? (row->outlet.local ? " (local)" : "")
							     : row->outlet.name);
		return 0;
	}
	line = json_pack("{s:s, s:s, s:b, s:s, s:s}", "name", row->name, "outlet", row->outlet.name,
	    "local", row->outlet.local, "site", row->outlet.site, "address", row->outlet.address);
	text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	if (text)
		fprintf(it->out, "%s\n", text);
	free(text);
	json_decref(line);
	return text ? 0 : STORE_NO_MEMORY;
}

static int list(struct command *command)
{
	struct input in = {.wanted = 0};
	struct listing listing = {.out = command->out};
	struct store_tx *tx = NULL;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){list_options, parse, NULL, "Every outlet and its other names.", NULL,
		    NULL, NULL},
		&in, &status))
		return status;
	listing.json = in.json;
	result = store_read_begin(cli_registrar(command)->store, &tx);
	if (result == 0)
		result = outlet_each_name(tx, print_name, &listing);
	store_read_end(tx);
	return cli_result(command, result, NULL);
}

int command_outlet(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"add", add, "add an outlet, or say more of one"},
	    {"alias", alias, "give it another name"},
	    {"list", list, "show them all"},
	    {"focal", command_outlet_focal, "who answers for its crew: add, remove, list"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/registrar.h"
#include "registrar/press/restriction.h"
#include "schema/registrar_db.h"
#include "web/text.h"

enum { KEY_BUILDING = 1000, KEY_CLASS, KEY_OUTLET, KEY_PASS, KEY_HOURS };

struct input {
	const char *verb, *id, *slug, *class_word, *outlet, *pass, *words;
	bool building;
	long hours;
};

static const struct argp_option options[] = {
    {"building", KEY_BUILDING, 0, 0, "add: nobody enters", 0},
    {"conference", 'c', "SLUG", 0, "add: to this conference, or with the next three only there", 0},
    {"class", KEY_CLASS, "CLASS", 0, "add: passes of this class, such as camera", 0},
    {"outlet", KEY_OUTLET, "NAME", 0, "add: people of this outlet", 0},
    {"pass", KEY_PASS, "HEX", 0, "add: one pass, by its id of 32 hex digits", 0},
    {"hours", KEY_HOURS, "N", 0, "add: for so many hours; else until it is lifted", 0},
    {"words", 'w', "TEXT", 0, "add: the reason that the officer reads", 0}, {0}};

static error_t take_word(struct argp_state *state, struct input *in, const char *word)
{
	if (in->verb == NULL) {
		in->verb = word;
		return 0;
	}
	if (in->id != NULL || strcmp(in->verb, "lift") != 0)
		return cli_misuse(state, "\"%s\" is too much", word);
	in->id = word;
	return 0;
}

static error_t check_whole(struct argp_state *state, const struct input *in)
{
	if (in->verb == NULL)
		return cli_misuse(state, "say what to do: add, list or lift ID");
	if (strcmp(in->verb, "lift") == 0 && in->id == NULL)
		return cli_misuse(
		    state, "say which: lift ID (`registrar restrict list` shows them)");
	if (strcmp(in->verb, "add") == 0 && in->words == NULL)
		return cli_misuse(state, "give the reason the officer reads: --words TEXT");
	if (strcmp(in->verb, "add") != 0 && strcmp(in->verb, "list") != 0 &&
	    strcmp(in->verb, "lift") != 0)
		return cli_misuse(
		    state, "\"%s\" is not understood; use add, list or lift ID", in->verb);
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);
	char *end;

	switch (key) {
	case KEY_BUILDING:
		in->building = true;
		return 0;
	case 'c':
		in->slug = arg;
		return 0;
	case KEY_CLASS:
		in->class_word = arg;
		return 0;
	case KEY_OUTLET:
		in->outlet = arg;
		return 0;
	case KEY_PASS:
		in->pass = arg;
		return 0;
	case KEY_HOURS:
		in->hours = strtol(arg, &end, 10);
		if (*end != '\0' || in->hours < 1 || in->hours > 8760)
			return cli_misuse(state, "--hours is a whole number from 1 to 8760");
		return 0;
	case 'w':
		in->words = arg;
		return 0;
	case ARGP_KEY_ARG:
		return take_word(state, in, arg);
	case ARGP_KEY_END:
		return check_whole(state, in);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {options, parse, "add\nlist\nlift ID",
    "Restricts entry: the building, a conference, a class, an outlet, one pass.\v"
    "Gates that are connected know within a second; the others when they next hear from this "
    "registrar.",
    0, 0, 0};

/* The number behind a name; 0: there is none. */
static int64_t number_of(struct registrar *registrar, unsigned query, const char *name)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int64_t id = 0;

	if (store_read_begin(registrar->store, &tx) != 0)
		return 0;
	if (store_one(tx, query, STORE_ARGS(store_text(name)), &rows) == STORE_ROW)
		id = store_get_i64(rows, 0);
	store_done(rows);
	store_read_end(tx);
	return id;
}

static int64_t outlet_of(struct registrar *registrar, const char *name)
{
	char *folded = NULL;
	int64_t id;

	if (text_fold(name, &folded) != 0)
		return 0;
	id = number_of(registrar, REGISTRAR_Q_RESTRICTION_OUTLET_FIND, folded);
	free(folded);
	return id;
}

/* What is named becomes numbers; NULL, or a sentence about what is not there. */
static const char *resolve(struct registrar *registrar, const struct input *in,
    struct restriction *wish, uint8_t pass[static 16])
{
	uint8_t class_number = 0;

	if ((in->class_word != NULL) + (in->outlet != NULL) + (in->pass != NULL) + in->building > 1)
		return "choose one of --building, --class, --outlet and --pass";
	wish->scope = in->building	       ? REVOKED_SCOPE_BUILDING
		      : in->class_word != NULL ? REVOKED_SCOPE_CLASS
		      : in->outlet != NULL     ? REVOKED_SCOPE_OUTLET
		      : in->pass != NULL       ? REVOKED_SCOPE_PASS
					       : REVOKED_SCOPE_CONFERENCE;
	if (in->slug != NULL &&
	    (wish->conference = number_of(registrar, REGISTRAR_Q_EXPORT_CONFERENCE, in->slug)) == 0)
		return "there is no such conference: `registrar conference list` shows them";
	if (in->outlet != NULL && (wish->outlet = outlet_of(registrar, in->outlet)) == 0)
		return "there is no such outlet";
	if (in->class_word != NULL && class_find(in->class_word, &class_number) != 0)
		return "there is no such class: use one such as reporter, camera or student";
	wish->pass_class = class_number;
	if (in->pass != NULL) {
		if (bytes_unhex(in->pass, strlen(in->pass), pass, 16) != 0)
			return "--pass is a pass id of 32 hex digits";
		wish->pass = pass;
	}
	return NULL;
}

static int add(struct command *command, const struct input *in)
{
	struct registrar *registrar = cli_registrar(command);
	struct restriction wish = {.from = registrar_now(), .words = in->words, .staff = CLI_STAFF};
	uint8_t pass[16];
	const char *missing = resolve(registrar, in, &wish, pass);
	int64_t id = 0;
	int r;

	if (missing != NULL)
		return cli_refused(command, "%s", missing);
	wish.until = in->hours == 0 ? 0 : wish.from + in->hours * 3600;
	r = restriction_add(registrar, &wish, &id);
	if (r != 0)
		return cli_refused(command, "%s", restriction_strerror(r));
	fprintf(command->out, "%" PRId64 "\n", id);
	return COMMAND_OK;
}

static int lift(struct command *command, const char *text)
{
	char *end;
	long long id = strtoll(text, &end, 10);
	int r = *end != '\0' || id < 1 ? RESTRICTION_UNKNOWN
				       : restriction_lift(cli_registrar(command), id, CLI_STAFF);

	return r == 0 ? COMMAND_OK : cli_refused(command, "%s", restriction_strerror(r));
}

static int list(struct command *command)
{
	static const char *const scopes[] = {
	    "", "building", "conference", "class", "outlet", "pass"};
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int r = store_read_begin(cli_registrar(command)->store, &tx);

	if (r == 0)
		r = store_query(tx, REGISTRAR_Q_RESTRICTION_LIST, STORE_NO_ARGS, &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		fprintf(command->out, "%" PRId64 " %s %s %s%s: %s\n", store_get_i64(rows, 0),
		    scopes[store_get_i64(rows, 1)], store_get_text(rows, 2),
		    store_is_null(rows, 3) ? "" : class_token((unsigned)store_get_i64(rows, 3)),
		    store_get_text(rows, 4), store_get_text(rows, 8));
		r = 0;
	}
	store_done(rows);
	store_read_end(tx);
	return cli_result(command, r, NULL);
}

int command_restrict(struct command *command)
{
	struct input in = {0};
	int status;

	if (!cli_parse(command, &argp, &in, &status))
		return status;
	if (strcmp(in.verb, "add") == 0)
		return add(command, &in);
	return strcmp(in.verb, "lift") == 0 ? lift(command, in.id) : list(command);
}

/* `registrar purge`: destroys what is past its term; `registrar hold`: keeps it from that. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/records/hold.h"
#include "registrar/records/purge.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"

struct purge_input {
	bool dry;
};

static const struct argp_option purge_options[] = {
    {"dry-run", 'n', NULL, 0, "Only say what is past its term", 0}, {0}};

static error_t parse_purge(int key, char *arg, struct argp_state *state)
{
	struct purge_input *in = cli_input(state);

	switch (key) {
	case 'n':
		in->dry = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is no option", arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int print_due(struct command *command, struct registrar *registrar, int64_t now)
{
	struct purge_due due;
	int result = purge_due(registrar, now, &due);

	if (result < 0)
		return cli_result(command, result, NULL);
	for (unsigned i = 0; i < RULES; i++)
		if (due.records[i] > 0)
			fprintf(command->out, "%" PRId64 " %s: %s, %u days after %s\n",
			    due.records[i], records_rules[i].key, records_rules[i].words,
			    rule_days(&registrar->settings, (enum records_rule)i),
			    records_rules[i].from);
	fprintf(command->out,
	    "%" PRId64 " records are past their term; a hold covers %" PRId64 " people\n",
	    due.total, due.held);
	return COMMAND_OK;
}

static int print_receipt(struct command *command, struct registrar *registrar, int64_t id)
{
	struct purge_receipt receipt = {.text = NULL};
	struct store_tx *tx = NULL;
	int result;

	if (id == 0) {
		fprintf(command->out, "nothing was past its term\n");
		return COMMAND_OK;
	}
	result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = purge_receipt(tx, id, &receipt);
	store_read_end(tx);
	if (result == 0)
		fprintf(command->out, "%s\n", receipt.text);
	purge_receipt_free(&receipt);
	return cli_result(command, result, NULL);
}

int command_purge(struct command *command)
{
	struct registrar *registrar;
	struct purge_input in = {false};
	int64_t id = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){purge_options, parse_purge, "",
		    "Destroys what is past its term, and prints the receipt.\v"
		    "[retention] in settings.ini has the terms. What a legal hold covers stays.",
		    NULL, NULL, NULL},
		&in, &status))
		return status;
	registrar = cli_registrar(command);
	if (in.dry)
		return print_due(command, registrar, registrar_now());
	result = purge_run(registrar, CLI_STAFF, registrar_now(), &id);
	return result < 0 ? cli_result(command, result, NULL)
			  : print_receipt(command, registrar, id);
}

/* ---- holds ---- */

struct hold_input {
	struct hold_wish wish;
	const char *until, *number;
};

static const struct argp_option hold_options[] = {{"person", 'p', "EMAIL", 0, "On a person", 0},
    {"conference", 'c', "SLUG", 0, "On a conference and everybody registered for it", 0},
    {"outlet", 'o', "NAME", 0, "On an outlet and its people", 0},
    {"reason", 'r', "TEXT", 0, "Who asks for it, in which matter", 0},
    {"until", 'u', "DATE-TIME", 0, "When it ends by itself, such as 2027-09-12T14:00", 0}, {0}};

static error_t take_what(
    struct argp_state *state, struct hold_input *in, enum hold_scope scope, const char *what)
{
	if (in->wish.what)
		return cli_misuse(state, "one of --person, --conference and --outlet");
	in->wish.scope = scope;
	in->wish.what = what;
	return 0;
}

static error_t parse_hold(int key, char *arg, struct argp_state *state)
{
	struct hold_input *in = cli_input(state);

	switch (key) {
	case 'p':
		return take_what(state, in, HOLD_PERSON, arg);
	case 'c':
		return take_what(state, in, HOLD_CONFERENCE, arg);
	case 'o':
		return take_what(state, in, HOLD_OUTLET, arg);
	case 'r':
		in->wish.reason = arg;
		return 0;
	case 'u':
		in->until = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (in->number)
			return cli_misuse(state, "one at a time: '%s' is too much", arg);
		in->number = arg;
		return 0;
	case ARGP_KEY_END:
		return in->wish.reason ? 0 : cli_misuse(state, "say why: --reason TEXT");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct hold_job {
	struct registrar *registrar;
	struct hold_wish wish;
	struct refusal why;
	int64_t now, id;
};

static int place_body(struct store_tx *tx, void *context)
{
	struct hold_job *job = context;

	return hold_place(tx, job->registrar, &job->wish, job->now, &job->id, &job->why);
}

static int place(struct command *command)
{
	struct hold_input in = {.wish = {.staff = CLI_STAFF}};
	struct hold_job job = {.now = registrar_now()};
	int status, result = 0;

	if (!cli_parse(command,
		&(struct argp){hold_options, parse_hold, "--person EMAIL --reason TEXT",
		    "Places a legal hold: nothing that it covers is purged or erased.", NULL, NULL,
		    NULL},
		&in, &status))
		return status;
	if (!in.wish.what || in.number) {
		fprintf(command->err, "registrar hold place: say what: one of --person, "
				      "--conference and --outlet\n");
		return COMMAND_MISUSE;
	}
	if (in.until)
		result = zone_read(in.until, "until", &in.wish.until, &job.why);
	job.registrar = cli_registrar(command);
	job.wish = in.wish;
	if (result == 0)
		result = store_write(job.registrar->store, place_body, &job);
	if (result == 0)
		fprintf(command->out, "hold %" PRId64 "\n", job.id);
	return cli_result(command, result, &job.why);
}

static int lift_body(struct store_tx *tx, void *context)
{
	struct hold_job *job = context;

	return hold_lift(tx, job->registrar, job->id, job->wish.reason, CLI_STAFF, job->now);
}

static int lift(struct command *command)
{
	struct hold_input in = {.wish = {.staff = CLI_STAFF}};
	struct hold_job job = {.now = registrar_now()};
	int status, result;

	if (!cli_parse(command,
		&(struct argp){hold_options + 3, parse_hold, "NUMBER --reason TEXT",
		    "Lifts a legal hold.", NULL, NULL, NULL},
		&in, &status))
		return status;
	job.id = in.number ? strtoll(in.number, NULL, 10) : 0;
	job.wish = in.wish;
	job.registrar = cli_registrar(command);
	result = store_write(job.registrar->store, lift_body, &job);
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command, "no hold of this number stands. See: registrar hold "
					    "list");
	return cli_result(command, result, NULL);
}

static int list(struct command *command)
{
	struct registrar *registrar;
	struct holds holds = {NULL, 0};
	struct store_tx *tx = NULL;
	int64_t now = registrar_now();
	char until[32];
	int status, result;

	if (!cli_parse(command,
		&(struct argp){
		    NULL, NULL, "", "Lists legal holds, with their reasons.", NULL, NULL, NULL},
		NULL, &status))
		return status;
	registrar = cli_registrar(command);
	result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = hold_list(tx, now, &holds);
	store_read_end(tx);
	for (size_t i = 0; result == 0 && i < holds.n; i++) {
		const struct hold *hold = &holds.items[i];
		zone_rfc3339(hold->until, until, sizeof(until));
		fprintf(command->out, "%" PRId64 "\t%s\t%s\t%s\tby %s\t%s\n", hold->id,
		    hold_stands(hold, now) ? "stands" : "over", hold->what, hold->reason,
		    hold->made_by, hold->until ? until : "until it is lifted");
	}
	free(holds.items);
	return cli_result(command, result, NULL);
}

int command_hold(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"place", place, "keep what is about a person, conference or outlet"},
	    {"lift", lift, "end a hold"},
	    {"list", list, "holds, those that stand first"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

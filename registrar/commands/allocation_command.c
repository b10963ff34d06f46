#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/press/allocation_draft.h"
#include "registrar/press/allocation_run.h"
#include "registrar/press/allocation_setting.h"
#include "registrar/press/conference.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "web/say.h"

enum { KEY_DEADLINE = 1000, KEY_BY_ITSELF, KEY_AT_ONCE, KEY_REASON, KEY_RUN };

struct input {
	const char *word; /* a slug or a reference */
	const char *deadline, *reason;
	bool by_itself, at_once;
	int64_t run;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);
	char *end = NULL;

	switch (key) {
	case KEY_DEADLINE:
		input->deadline = argument;
		return 0;
	case KEY_BY_ITSELF:
		input->by_itself = true;
		return 0;
	case KEY_AT_ONCE:
		input->at_once = true;
		return 0;
	case KEY_REASON:
		input->reason = argument;
		return 0;
	case KEY_RUN:
		input->run = strtoll(argument, &end, 10);
		return *end || input->run < 1 ? cli_misuse(state, "--run is a run's number") : 0;
	case ARGP_KEY_ARG:
		if (input->word)
			return cli_misuse(state, "'%s' is too much", argument);
		input->word = argument;
		return 0;
	case ARGP_KEY_END:
		return input->word || input->run ? 0 : cli_misuse(state, "say which");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int answer(
    struct command *command, const struct input *input, int result, const struct refusal *why)
{
	if (result == MODEL_NOT_FOUND && input->word)
		return cli_refused(command, "there is no '%s'", input->word);
	return cli_result(command, result, why);
}

/* ---- the mode ---- */

static int set_verb(struct command *command)
{
	static const struct argp_option options[] = {
	    {"deadline", KEY_DEADLINE, "TIME", 0, "Places are given to all who ask by then", 0},
	    {"by-itself", KEY_BY_ITSELF, NULL, 0, "The run is made at the deadline", 0},
	    {"at-once", KEY_AT_ONCE, NULL, 0, "Places are given at once, first come", 0}, {0}};
	struct registrar *registrar = cli_registrar(command);
	struct allocation_setting setting = {.by_allocation = false};
	struct conference conference = {.id = 0};
	struct store_tx *tx = NULL;
	struct input input = {0};
	struct refusal why = {0};
	int status, result;

	if (!cli_parse(command,
		&(struct argp){options, parse, "SLUG",
		    "Says how a conference gives its places. Pools and limits stay as they are.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	result = store_read_begin(registrar->store, &tx);
	if (!result)
		result = conference_by_slug(tx, input.word, &conference);
	if (!result)
		result = allocation_setting_read(tx, &conference, &setting);
	store_read_end(tx);
	setting.by_allocation = !input.at_once;
	setting.by_itself = input.by_itself;
	if (!result && input.deadline)
		result = zone_read(input.deadline, "deadline", &setting.deadline, &why);
	if (!result)
		result = allocation_setting_write(
		    registrar, input.word, &setting, CLI_STAFF, registrar_now(), &why);
	conference_clear(&conference);
	return answer(command, &input, result, &why);
}

/* ---- a run ---- */

static void print_draft(struct command *command, const struct allocation_draft *draft)
{
	char kept[2100], words[2600], digest[2 * ALLOCATION_DIGEST + 1];

	for (size_t i = 0; i < draft->n; i++) {
		allocation_draft_say(draft, i, kept, sizeof kept);
		say_kept(NULL, words, sizeof words, kept);
		fprintf(command->out, "%s  %s  %s\n", draft->people[i].reference,
		    draft->cases[i].has			   ? "has"
		    : allocation_gives(&draft->results[i]) ? "place"
							   : "waits",
		    words);
	}
	bytes_hex(draft->digest, sizeof draft->digest, digest);
	fprintf(command->err, "%" PRId64 " ask: %" PRId64 " get a place, %" PRId64 " wait. %s\n",
	    draft->asked, draft->places, draft->waiting, digest);
}

static int show_verb(struct command *command)
{
	struct registrar *registrar = cli_registrar(command);
	struct allocation_draft draft = {.n = 0};
	struct conference conference = {.id = 0};
	struct store_tx *tx = NULL;
	struct input input = {0};
	int status, result;

	if (!cli_parse(command,
		&(struct argp){NULL, parse, "SLUG",
		    "What a run would do now, and why, a line for each registration. Nothing is "
		    "changed.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	result = store_read_begin(registrar->store, &tx);
	if (!result)
		result =
		    input.word ? conference_by_slug(tx, input.word, &conference) : MODEL_NOT_FOUND;
	if (!result)
		result = allocation_draft_read(tx, &conference, registrar_now(), &draft);
	store_read_end(tx);
	if (!result)
		print_draft(command, &draft);
	allocation_draft_free(&draft);
	conference_clear(&conference);
	return answer(command, &input, result, NULL);
}

static int apply_verb(struct command *command)
{
	struct input input = {0};
	struct refusal why = {0};
	int64_t run = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){NULL, parse, "SLUG",
		    "Makes a run and applies it: places with their passes, the waiting list, a "
		    "mail to each. Prints the run's number.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	result = allocation_apply(cli_registrar(command), input.word ? input.word : "", NULL,
	    CLI_STAFF, registrar_now(), &run, &why);
	if (!result)
		fprintf(command->out, "%" PRId64 "\n", run);
	return answer(command, &input, result, &why);
}

/* ---- replay ---- */

static void print_difference(void *context, const struct allocation_difference *difference)
{
	struct command *command = context;
	const struct allocation_result *kept = &difference->kept, *again = &difference->again;

	fprintf(command->out,
	    "registration %" PRId64 ": outcome %d number %" PRId64 " line %" PRId64
	    ", again outcome %d number %" PRId64 " line %" PRId64 "\n",
	    difference->registration, (int)kept->outcome, kept->number, kept->line,
	    (int)again->outcome, again->number, again->line);
}

static int find_run(struct store_tx *tx, const struct input *input, int64_t *ret_run)
{
	struct conference conference = {.id = 0};
	struct allocation_run run = {.id = 0};
	int result;

	*ret_run = input->run;
	if (input->run)
		return 0;
	result = conference_by_slug(tx, input->word, &conference);
	if (!result)
		result = allocation_run_last(tx, conference.id, &run);
	if (!result)
		*ret_run = run.id;
	conference_clear(&conference);
	return result;
}

static int report(struct command *command, const struct allocation_replay *replay)
{
	char digest[2 * ALLOCATION_DIGEST + 1];

	bytes_hex(replay->run.digest, sizeof replay->run.digest, digest);
	if (!replay->same_facts)
		return cli_refused(command,
		    "run %" PRId64 ": what is kept of it is not what it looked at (%s)",
		    replay->run.id, digest);
	if (replay->differences)
		return cli_refused(command,
		    "run %" PRId64 ": %zu of %zu registrations come out otherwise", replay->run.id,
		    replay->differences, replay->cases);
	fprintf(command->out, "run %" PRId64 ": the same for %zu registrations (%s)\n",
	    replay->run.id, replay->cases, digest);
	return COMMAND_OK;
}

static int replay_verb(struct command *command)
{
	static const struct argp_option options[] = {
	    {"run", KEY_RUN, "N", 0, "This run; else the last one of the conference", 0}, {0}};
	struct allocation_replay replay = {.cases = 0};
	struct store_tx *tx = NULL;
	struct input input = {0};
	struct refusal why = {0};
	int64_t run = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){options, parse, "SLUG",
		    "Decides a run again from what it looked at, and says whether each result is "
		    "the "
		    "same, or what differs.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	result = store_read_begin(cli_registrar(command)->store, &tx);
	if (!result)
		result = find_run(tx, &input, &run);
	if (!result)
		result = allocation_replay(tx, run, &replay, print_difference, command, &why);
	store_read_end(tx);
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command, "there is no such run");
	return result ? cli_result(command, result, &why) : report(command, &replay);
}

static int give_verb(struct command *command)
{
	static const struct argp_option options[] = {
	    {"reason", KEY_REASON, "TEXT", 0, "Why, for the journal", 0}, {0}};
	struct input input = {.reason = ""};
	struct refusal why = {0};
	int status, result;

	if (!cli_parse(command,
		&(struct argp){options, parse, "REFERENCE",
		    "Gives one registration a place out of turn.", NULL, NULL, NULL},
		&input, &status))
		return status;
	result = allocation_give(cli_registrar(command), input.word ? input.word : "", input.reason,
	    CLI_STAFF, registrar_now(), &why);
	return answer(command, &input, result, &why);
}

int command_allocation(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"set", set_verb, "places at once, or to all who ask by a deadline"},
	    {"show", show_verb, "what a run would do, and why"},
	    {"apply", apply_verb, "make a run and apply it"},
	    {"replay", replay_verb, "decide a run again and compare"},
	    {"give", give_verb, "a place out of turn, with a reason"}, {0}};

	return cli_verbs(command, verbs);
}

#include <stdio.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/press/suspension.h"
#include "registrar/registrar.h"

static const struct argp_option options[] = {
    {"outlet", 'o', "NAME", 0, "Only the accreditation with this outlet; else all the person's", 0},
    {"words", 'w', "TEXT", 0, "Why: it is kept in the journal", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct suspension_wish *wish = cli_input(state);

	switch (key) {
	case 'o':
		wish->outlet = arg;
		return 0;
	case 'w':
		wish->words = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (wish->email != NULL)
			return cli_misuse(state, "one person at a time: \"%s\" is too much", arg);
		wish->email = arg;
		return 0;
	case ARGP_KEY_END:
		if (wish->email == NULL)
			return cli_misuse(state, "say whose: EMAIL");
		return wish->words != NULL ? 0 : cli_misuse(state, "say why: --words TEXT");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

typedef int suspension_step(struct registrar *registrar, const struct suspension_wish *wish,
    unsigned *ret_count, struct refusal *why);

static int run(struct command *command, const char *help, suspension_step *step, const char *done)
{
	struct suspension_wish wish = {.staff = CLI_STAFF, .now = registrar_now()};
	struct refusal why = {0};
	unsigned count = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){options, parse, "EMAIL --words TEXT", help, NULL, NULL, NULL}, &wish,
		&status))
		return status;
	result = step(cli_registrar(command), &wish, &count, &why);
	if (result == 0)
		fprintf(command->out, "%u %s\n", count, done);
	return cli_result(command, result, &why);
}

static int begin(struct command *command)
{
	return run(command,
	    "Suspends a person's accreditation: no door admits its passes, and its holder "
	    "registers "
	    "for nothing, until it is restored.\v"
	    "Gates that are connected know within a second; the others when they next hear from "
	    "this registrar.",
	    suspension_begin, "suspended");
}

static int end(struct command *command)
{
	return run(command,
	    "Restores a suspended accreditation: its passes are good again, but for those that "
	    "were "
	    "cancelled meanwhile.",
	    suspension_end, "restored");
}

int command_accreditation(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"suspend", begin, "no pass of a person is admitted until it is restored"},
	    {"restore", end, "they are good again"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

/*
 * cli: what every subcommand's command line has in common. Commands are functions of a struct
 * command (web/control.h): they may run inside the process that serves, on behalf of another one,
 * so they print to command->out and command->err only, never exit, and take relative paths through
 * command_path().
 *
 *	static const struct argp_option options[] = {{"json", 'j', 0, 0, "One object a line", 0},
 *{0}}; static error_t parse(int key, char *arg, struct argp_state *state)
 *	{
 *		struct my_input *in = cli_input(state);
 *		switch (key) {
 *		case 'j': in->json = true; return 0;
 *		case ARGP_KEY_ARG: in->name = arg; return in->name_given++ ? cli_misuse(state, ...)
 *: 0;
 *		}
 *		return ARGP_ERR_UNKNOWN;
 *	}
 *	int status;
 *	if (!cli_parse(command, &(struct argp){options, parse, "NAME", "What it does."}, &in,
 *&status)) return status;
 *
 * --data and --help are known to every command without being declared.
 */
#ifndef REGISTRAR_CLI_H
#define REGISTRAR_CLI_H

#include <argp.h>
#include <stdbool.h>

#include "registrar/refusal.h"
#include "web/control.h"

struct registrar;

/* Parses command->argv. False: the command ends with *ret_status (help was shown, or the line was
 * wrong and that has been said). */
bool cli_parse(struct command *command, const struct argp *argp, void *input, int *ret_status)
    __attribute__((warn_unused_result));

/* `registrar NAME VERB ...`: the verbs of a command, ended by an empty one. */
struct cli_verb {
	const char *name;
	command_main *run;
	const char *words;
};

/* Runs the verb that command->argv[1] names, with "NAME VERB" as its argv[0]; shows the verbs for
 * --help and when there is none. The command's own function returns what this returns. */
int cli_verbs(struct command *command, const struct cli_verb *verbs);

/* The input given to cli_parse. */
void *cli_input(const struct argp_state *state);

/* Says what is wrong with the command line and gives EINVAL, for the parser to return. */
error_t cli_misuse(struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The open registrar that the command works on. */
struct registrar *cli_registrar(const struct command *command);

/* Says "registrar NAME: words" on command->err and gives COMMAND_REFUSED. */
int cli_refused(struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a model's answer; a refused field is named. result 0 gives COMMAND_OK, quietly. */
int cli_result(struct command *command, int result, const struct refusal *why);

/* Who a command line acts as in the journal. */
#define CLI_STAFF "admin"

#endif

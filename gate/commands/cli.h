#ifndef GATE_CLI_H
#define GATE_CLI_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "gate/gate.h"
#include "web/control.h"

/*
 * What every subcommand shares. A subcommand is `int NAME_command(struct command *command)`; it
 * reads and writes only the command's streams, takes relative paths from the command's folder, and
 * does not know whether it runs in the process the user started or in the one that owns the folder.
 * command->owner is the open struct gate; NULL for a subcommand that opens the folder itself.
 *
 * Exit: COMMAND_OK, COMMAND_REFUSED (words on err), COMMAND_MISUSE (which option, and its remedy).
 */

/* Ended by --help: the subcommand returns COMMAND_OK at once. */
enum { CLI_HELP = 100 };

/*
 * cli_parse: argp_parse on the command's own streams: --help goes to out, misuse to err, nothing
 * exits. --data is understood in every subcommand and needs no parser of its own. Returns 0,
 * COMMAND_MISUSE (said already) or CLI_HELP.
 */
int cli_parse(struct command *command, const struct argp *argp, void *input)
    __attribute__((warn_unused_result));

/* cli_exit: what a subcommand returns for a value of cli_parse other than 0. */
int cli_exit(int parsed);

/* cli_misuse: from a parser: says what is wrong with an option on err; returns EINVAL. */
int cli_misuse(struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A subcommand's work on an open gate; input is what its parser filled. Returns its exit. */
typedef int cli_work(struct command *command, struct gate *gate, void *input);

/*
 * cli_with_gate: after its options are parsed, a subcommand runs its work on the gate of --data:
 * in this process when command->owner is set or nobody owns the folder (then the folder is opened,
 * and a control socket offered for as long as the work runs); else the owner is asked to run the
 * whole command. Returns the exit; refusals are said on err.
 */
int cli_with_gate(struct command *command, cli_work *work, void *input)
    __attribute__((warn_unused_result));

/* cli_with_gate_as: the same, opening the folder with these options where it is opened here. */
int cli_with_gate_as(struct command *command, const struct gate_options *options, cli_work *work,
    void *input) __attribute__((warn_unused_result));

/* cli_dispatch: runs the subcommand named by argv[0]; main.c. */
int cli_dispatch(struct command *command);

/* cli_data: the value of --data in the command's arguments, or NULL. */
const char *cli_data(int argc, char **argv);

#endif

#include "gate/commands/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gate/folder.h"

enum {
	KEY_HELP = '?',
	KEY_DATA = 1000,
	KEY_USAGE,
	OPEN_TRIES = 30, /* a process that begins or ends owns the folder for a moment */
};

static const struct argp_option common_options[] = {
    {"data", KEY_DATA, "DIR", 0, "the gate's data folder", 1},
    {"help", KEY_HELP, NULL, 0, "show this and exit", 2},
    {"usage", KEY_USAGE, NULL, OPTION_HIDDEN, NULL, 2},
    {0},
};

/* What the parser that stands around every subcommand's own needs. */
struct parsing {
	struct command *command;
	void *input;
	char name[64];
	bool help;
};

static error_t parse_common(int key, char *value, struct argp_state *state)
{
	struct parsing *parsing = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->out_stream = parsing->command->out;
		state->err_stream = parsing->command->err;
		state->child_inputs[0] = parsing->input;
		return 0;
	case KEY_HELP:
		parsing->help = true;
		argp_state_help(state, parsing->command->out,
		    ARGP_HELP_STD_HELP & ~(unsigned)(ARGP_HELP_EXIT_OK | ARGP_HELP_EXIT_ERR));
		return ECANCELED;
	case KEY_USAGE:
		parsing->help = true;
		argp_state_help(state, parsing->command->out, ARGP_HELP_USAGE);
		return ECANCELED;
	case KEY_DATA:
		return value[0] != '\0' ? 0 : cli_misuse(state, "--data names no folder");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cli_parse(struct command *command, const struct argp *argp, void *input)
{
	/* Its words belong to the whole, which would otherwise say them twice. */
	const struct argp own = {argp->options, argp->parser, NULL, NULL, NULL, NULL, NULL};
	const struct argp_child children[] = {{&own, 0, NULL, 0}, {0}};
	const struct argp whole = {
	    common_options, parse_common, argp->args_doc, argp->doc, children, NULL, NULL};
	struct parsing parsing = {.command = command, .input = input};
	char *first = command->argv[0];
	error_t error;

	snprintf(parsing.name, sizeof(parsing.name), "gate %s", first);
	command->argv[0] = parsing.name;
	error = argp_parse(
	    &whole, command->argc, command->argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, &parsing);
	command->argv[0] = first;
	if (parsing.help)
		return CLI_HELP;
	return error == 0 ? 0 : COMMAND_MISUSE;
}

int cli_exit(int parsed)
{
	return parsed == CLI_HELP ? COMMAND_OK : parsed;
}

int cli_misuse(struct argp_state *state, const char *format, ...)
{
	char words[300];
	va_list values;

	va_start(values, format);
	vsnprintf(words, sizeof(words), format, values);
	va_end(values);
	argp_error(state, "%s", words);
	return EINVAL;
}

const char *cli_data(int argc, char **argv)
{
	const char *data = NULL;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--data=", 7) == 0)
			data = argv[i] + 7;
		else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc)
			data = argv[++i];
	}
	return data;
}

static int work_as_owner(struct command *command, struct gate *gate, cli_work *work, void *input)
{
	struct control *control = NULL;
	int r = control_start(gate->dir, cli_dispatch, gate, &control), exit;

	/* The work is the same without the socket: only other commands have to wait for its end. */
	if (r != CONTROL_OK)
		fprintf(command->err, "gate: other commands can't reach this one: %s.\n",
		    control_strerror(r));
	exit = work(command, gate, input);
	gate_lock(gate);
	gate->ending = true;
	gate_unlock(gate);
	if (!control_stop(control)) {
		/* Whatever that command still uses must stay; all that counts is on the disk. */
		fflush(NULL);
		_exit(exit);
	}
	return exit;
}

static void wait_a_moment(void)
{
	const struct timespec moment = {0, 100000000};

	nanosleep(&moment, NULL);
}

/* COMMAND_*, or -1: nobody owns the folder. */
static int ask_owner(struct command *command, const char *dir)
{
	int exit = COMMAND_REFUSED;
	int r = control_ask(dir, command->argc, command->argv, &exit);

	if (r == CONTROL_OK)
		return exit;
	if (r == CONTROL_NOBODY)
		return -1;
	fprintf(command->err, "gate: %s: %s.\n", dir, control_strerror(r));
	return COMMAND_REFUSED;
}

static int run_in_folder(struct command *command, const char *dir,
    const struct gate_options *options, cli_work *work, void *input)
{
	struct gate *gate = NULL;
	char why[GATE_WHY_MAX] = "";
	int r = GATE_BUSY, exit;

	for (int tries = 0; r == GATE_BUSY && tries < OPEN_TRIES; tries++) {
		exit = ask_owner(command, dir);
		if (exit >= 0)
			return exit;
		r = gate_open(dir, options, &gate, why, sizeof(why));
		if (r == GATE_BUSY)
			wait_a_moment();
	}
	if (r != 0) {
		fprintf(command->err, "gate: %s\n", why);
		return COMMAND_REFUSED;
	}
	exit = work_as_owner(command, gate, work, input);
	gate_close(gate);
	return exit;
}

int cli_with_gate(struct command *command, cli_work *work, void *input)
{
	const struct gate_options options = {0};

	return cli_with_gate_as(command, &options, work, input);
}

int cli_with_gate_as(
    struct command *command, const struct gate_options *options, cli_work *work, void *input)
{
	const char *data = cli_data(command->argc, command->argv);
	char *dir;
	int exit;

	if (command->owner != NULL)
		return work(command, command->owner, input);
	if (data == NULL) {
		fprintf(command->err, "gate %s: say which gate: --data DIR\n", command->argv[0]);
		return COMMAND_MISUSE;
	}
	dir = command_path(command, data);
	if (dir == NULL) {
		fprintf(command->err, "gate: there is no memory left.\n");
		return COMMAND_REFUSED;
	}
	exit = run_in_folder(command, dir, options, work, input);
	free(dir);
	return exit;
}

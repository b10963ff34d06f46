#include "registrar/commands/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/store.h"

struct parse {
	struct command *command;
	const struct argp *argp;
	void *input;
	bool helped, complained;
	int at; /* where parsing stopped on an error */
};

enum { KEY_HELP = 0x4001, KEY_DATA };

/* As many as a command handed over may have (web/control.h). */
#define CLI_ARGUMENTS_MAX 64

static const struct argp_option common[] = {
    {"data", KEY_DATA, "DIR", 0, "The data folder", -2},
    {"help", KEY_HELP, NULL, 0, "Show this text", -2},
    {0},
};

static error_t parse_common(int key, char *argument, struct argp_state *state)
{
	struct parse *parse = state->input;

	(void)argument;
	switch (key) {
	case ARGP_KEY_INIT:
		state->out_stream = parse->command->out;
		state->err_stream = parse->command->err;
		state->child_inputs[0] = parse;
		return 0;
	case KEY_HELP:
		parse->helped = true;
		/* Nothing behind it is looked at. */
		state->next = state->argc;
		return 0;
	case KEY_DATA:
		return 0; /* main() has read it */
	case ARGP_KEY_ERROR:
		parse->at = state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void *cli_input(const struct argp_state *state)
{
	const struct parse *parse = state->input;

	return parse->input;
}

error_t cli_misuse(struct argp_state *state, const char *format, ...)
{
	struct parse *parse = state->input;
	va_list args;

	if (parse->helped || parse->complained)
		return EINVAL;
	parse->complained = true;
	/* While options are read argv[0] is the whole name: see cli_parse. */
	fprintf(parse->command->err, "%s: ", parse->command->argv[0]);
	va_start(args, format);
	vfprintf(parse->command->err, format, args);
	va_end(args);
	fprintf(parse->command->err, "\nSee %s --help\n", parse->command->argv[0]);
	return EINVAL;
}

static int help(struct parse *parse, const struct argp *whole, char *name)
{
	argp_help(
	    whole, parse->command->out, ARGP_HELP_LONG | ARGP_HELP_USAGE | ARGP_HELP_DOC, name);
	return fflush(parse->command->out) ? COMMAND_REFUSED : COMMAND_OK;
}

bool cli_parse(struct command *command, const struct argp *argp, void *input, int *ret_status)
{
	const struct argp own = {argp->options, argp->parser, NULL, NULL, NULL, NULL, NULL};
	const struct argp_child children[] = {{&own, 0, NULL, 0}, {0}};
	const struct argp whole = {
	    common, parse_common, argp->args_doc, argp->doc, children, NULL, NULL};
	struct parse parse = {.command = command, .argp = argp, .input = input};
	char name[96], *first = command->argv[0];

	snprintf(name, sizeof name, "registrar %s", first);
	command->argv[0] = name;
	error_t bad = argp_parse(&whole, command->argc, command->argv,
	    ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP, NULL, &parse);
	command->argv[0] = first;
	if (parse.helped) {
		*ret_status = help(&parse, &whole, name);
		return false;
	}
	if (!bad)
		return true;
	if (!parse.complained)
		fprintf(command->err,
		    "registrar %s: '%s' is no option of this command, or misses its value, or is "
		    "one "
		    "too many\nSee registrar %s --help\n",
		    first,
		    parse.at > 0 && parse.at <= command->argc ? command->argv[parse.at - 1] : "",
		    first);
	*ret_status = COMMAND_MISUSE;
	return false;
}

struct registrar *cli_registrar(const struct command *command)
{
	return command->owner;
}

int cli_refused(struct command *command, const char *format, ...)
{
	va_list args;

	fprintf(command->err, "registrar %s: ", command->argv[0]);
	va_start(args, format);
	vfprintf(command->err, format, args);
	va_end(args);
	fputc('\n', command->err);
	return COMMAND_REFUSED;
}

int cli_result(struct command *command, int result, const struct refusal *why)
{
	if (result == 0)
		return COMMAND_OK;
	if (result != MODEL_REFUSED && result != MODEL_KEY)
		return cli_refused(command, "%s", model_words(result));
	if (why && *why->field)
		return cli_refused(command, "%s: %s", why->field, why->words);
	return cli_refused(command, "%s", why && *why->words ? why->words : model_words(result));
}

static void list_verbs(const struct command *command, const struct cli_verb *verbs, FILE *out)
{
	fprintf(out, "Usage: registrar %s VERB --data DIR ...\n\n", command->argv[0]);
	for (; verbs->name; verbs++)
		fprintf(out, "  %-12s %s\n", verbs->name, verbs->words);
	fprintf(out, "\nregistrar %s VERB --help says more.\n", command->argv[0]);
}

int cli_verbs(struct command *command, const struct cli_verb *verbs)
{
	char *argv[CLI_ARGUMENTS_MAX + 1], name[64];
	struct command verb = *command;

	command_word_first(command->argc, command->argv);
	const char *wanted = command->argc > 1 ? command->argv[1] : "";

	if (strcmp(wanted, "--help") == 0) {
		list_verbs(command, verbs, command->out);
		return COMMAND_OK;
	}
	for (const struct cli_verb *at = verbs; at->name; at++) {
		if (strcmp(wanted, at->name) != 0)
			continue;
		if (command->argc - 1 > CLI_ARGUMENTS_MAX) {
			cli_refused(command, "more than %d arguments", CLI_ARGUMENTS_MAX);
			return COMMAND_MISUSE;
		}
		snprintf(name, sizeof name, "%s %s", command->argv[0], at->name);
		verb.argc = command->argc - 1;
		argv[0] = name;
		for (int i = 1; i < verb.argc; i++)
			argv[i] = command->argv[i + 1];
		argv[verb.argc] = NULL;
		verb.argv = argv;
		return at->run(&verb);
	}
	if (*wanted && *wanted != '-')
		fprintf(command->err, "registrar %s: there is no '%s'\n", command->argv[0], wanted);
	else
		fprintf(command->err, "registrar %s: say what to do\n", command->argv[0]);
	list_verbs(command, verbs, command->err);
	return COMMAND_MISUSE;
}

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/press/badge.h"
#include "registrar/registrar.h"

struct input {
	const char *slug, *out, *reference;
	int size;
	bool not_printed;
};

static const struct argp_option options[] = {
    {"conference", 'c', "SLUG", 0, "Of this conference", 0},
    {"out", 'o', "FILE", 0, "The PDF to write; there must be none of that name", 0},
    {"size", 's', "SIZE", 0, "cr80, a6 or letter-8up, whatever badge.ini says", 0},
    {"not-printed", 'n', 0, 0, "Only those whose pass was not printed yet", 0},
    {"registration", 'r', "REFERENCE", 0, "Only this one", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case 'c':
		in->slug = arg;
		return 0;
	case 'o':
		in->out = arg;
		return 0;
	case 'n':
		in->not_printed = true;
		return 0;
	case 'r':
		in->reference = arg;
		return 0;
	case 's':
		in->size = card_size_find(arg);
		if (in->size < 0)
			return cli_misuse(
			    state, "--size is cr80, a6 or letter-8up, not \"%s\"", arg);
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "\"%s\" is too much", arg);
	case ARGP_KEY_END:
		if (!in->slug)
			return cli_misuse(state, "say which conference: --conference SLUG "
						 "(`registrar conference list` shows them)");
		if (!in->out)
			return cli_misuse(state, "say which file to write: --out FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {options, parse, "",
    "Prints the badges of those who have a pass as one PDF.\v"
    "That they were printed is noted for each pass and in the journal, once the file is whole. How "
    "badges look is badge.ini in the data folder; `badges card --print-design` writes one with "
    "every setting.",
    0, 0, 0};

static bool into_file(void *context, const uint8_t *bytes, size_t len)
{
	return fwrite(bytes, 1, len, context) == len;
}

static int print_into(
    struct command *command, const struct input *in, FILE *file, unsigned *ret_badges)
{
	const struct badge_wish wish = {.slug = in->slug,
	    .reference = in->reference,
	    .choice = {.pass_class = -1,
		.find = "",
		.which = in->not_printed ? BADGE_NOT_PRINTED : BADGE_ALL},
	    .size = in->size,
	    .staff = CLI_STAFF};
	struct refusal why = {0};
	int result = badge_print(
	    cli_registrar(command), &wish, into_file, file, registrar_now(), ret_badges, &why);

	return cli_result(command, result, &why);
}

static int print(struct command *command)
{
	struct input in = {.size = -1};
	unsigned badges = 0;
	char *path;
	FILE *file;
	int status;

	if (!cli_parse(command, &argp, &in, &status))
		return status;
	path = command_path(command, in.out);
	file = path ? fopen(path, "wbxe") : NULL;
	if (!file) {
		free(path);
		return cli_refused(command, "%s: %s", in.out, strerror(errno));
	}
	status = print_into(command, &in, file, &badges);
	if (fclose(file) != 0 && status == COMMAND_OK)
		status = cli_refused(command, "%s: %s", in.out, strerror(errno));
	if (status == COMMAND_OK)
		fprintf(command->out, "%u badges\n", badges);
	else
		unlink(path);
	free(path);
	return status;
}

int command_badges(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"print", print, "write the badges of a conference as PDF"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

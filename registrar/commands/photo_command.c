#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/photo/photo.h"

struct input {
	const char *email, *file;
	unsigned words;
};

static error_t parse_set(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case ARGP_KEY_ARG:
		if (in->words == 2)
			return cli_misuse(state, "one picture at a time: \"%s\" is too much", arg);
		*(in->words++ == 0 ? &in->email : &in->file) = arg;
		return 0;
	case ARGP_KEY_END:
		return in->words == 2 ? 0 : cli_misuse(state, "say whose and which: EMAIL FILE");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_remove(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case ARGP_KEY_ARG:
		if (in->words++ == 1)
			return cli_misuse(state, "one person at a time: \"%s\" is too much", arg);
		in->email = arg;
		return 0;
	case ARGP_KEY_END:
		return in->words == 1 ? 0 : cli_misuse(state, "say whose: EMAIL");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int refused(struct command *command, const char *what, int result)
{
	const char *words = photo_strerror(result);

	return cli_refused(command, "%s: %s", what, words != NULL ? words : store_strerror(result));
}

/* One byte more than is allowed says that there is too much. NULL: errno. */
static uint8_t *read_file(const struct command *command, const char *name, size_t *ret_len)
{
	char *path = command_path(command, name);
	FILE *file = path == NULL ? NULL : fopen(path, "rbe");
	uint8_t *bytes = file == NULL ? NULL : malloc(PHOTO_FILE_MAX + 1);
	int error = errno;

	if (bytes != NULL) {
		*ret_len = fread(bytes, 1, PHOTO_FILE_MAX + 1, file);
		if (ferror(file)) {
			error = errno;
			free(bytes);
			bytes = NULL;
		}
	}
	if (file != NULL)
		fclose(file);
	free(path);
	errno = error;
	return bytes;
}

static int set(struct command *command)
{
	struct photo photo = {0};
	struct input in = {0};
	uint8_t *bytes;
	size_t len = 0;
	int status, r;

	if (!cli_parse(command,
		&(struct argp){NULL, parse_set, "EMAIL FILE",
		    "Gives a person a photograph, in place of any other.\v"
		    "FILE is a JPEG or PNG of at most 5 MiB and 24 million pixels. It is decoded "
		    "in a process that can do nothing else, shrunk to 480 x 600 at most, and "
		    "encoded anew: nothing else of the file is kept. Gates fetch it for their "
		    "rosters.",
		    NULL, NULL, NULL},
		&in, &status))
		return status;
	bytes = read_file(command, in.file, &len);
	if (bytes == NULL)
		return cli_refused(command, "%s: %s", in.file, strerror(errno));
	r = photo_make(bytes, len, &photo);
	free(bytes);
	if (r != 0)
		return refused(command, in.file, r);
	r = photo_set(cli_registrar(command), in.email, &photo, CLI_STAFF);
	if (r == 0)
		fprintf(command->out, "%u x %u, %zu bytes\n", photo.width, photo.height, photo.len);
	photo_free(&photo);
	return r == 0 ? COMMAND_OK : refused(command, in.email, r);
}

static int take_away(struct command *command)
{
	struct input in = {0};
	int status, r;

	if (!cli_parse(command,
		&(struct argp){NULL, parse_remove, "EMAIL",
		    "Takes a person's photograph away, here and at the gates.", NULL, NULL, NULL},
		&in, &status))
		return status;
	r = photo_remove(cli_registrar(command), in.email, CLI_STAFF);
	return r == 0 ? COMMAND_OK : refused(command, in.email, r);
}

int command_photo(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"set", set, "give a person a photograph"},
	    {"remove", take_away, "take it away"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

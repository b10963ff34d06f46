#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/import/import.h"
#include "registrar/import/sheet.h"
#include "registrar/registrar.h"

enum { KEY_DRY = 1000, KEY_SKIP };

struct input {
	const char *what, *file;
	bool dry, skip;
};

static const struct argp_option options[] = {
    {"dry-run", KEY_DRY, 0, 0, "Say what would happen, and change nothing", 0},
    {"skip-bad", KEY_SKIP, 0, 0, "Leave out rows with problems; else one of them stops all", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case KEY_DRY:
		in->dry = true;
		return 0;
	case KEY_SKIP:
		in->skip = true;
		return 0;
	case ARGP_KEY_ARG:
		if (in->file)
			return cli_misuse(state, "\"%s\" is too much", arg);
		*(in->what ? &in->file : &in->what) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!in->file ||
		    (strcmp(in->what, "outlets") != 0 && strcmp(in->what, "reporters") != 0))
			return cli_misuse(state, "say outlets or reporters, and the FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The whole file, one byte more than is taken at most. The caller frees it. NULL: errno. */
static char *read_file(const char *path, size_t *ret_len)
{
	FILE *in = fopen(path, "re");
	char *bytes = in ? malloc(SHEET_BYTES_MAX + 1) : NULL;

	if (bytes)
		*ret_len = fread(bytes, 1, SHEET_BYTES_MAX + 1, in);
	if (bytes && ferror(in)) {
		free(bytes);
		bytes = NULL;
	}
	if (in)
		fclose(in);
	return bytes;
}

static int say(struct command *command, const struct import_report *report, bool dry)
{
	for (size_t i = 0; i < report->n; i++)
		fprintf(command->out, "row %zu%s%s%s: %s\n", report->problems[i].row,
		    *report->problems[i].column ? ", " : "", report->problems[i].column,
		    report->problems[i].hint ? ", look" : "", report->problems[i].words);
	fprintf(command->err,
	    "%zu rows: %zu new, %zu changed, %zu as they are, %zu with problems.%s\n", report->rows,
	    report->made, report->changed, report->same, report->bad,
	    report->done ? ""
	    : dry	 ? " Nothing was changed: this was a dry run."
			 : " Nothing was changed: correct the rows, or say --skip-bad.");
	return !report->done && !dry ? COMMAND_REFUSED
	       : report->bad && dry  ? COMMAND_REFUSED
				     : COMMAND_OK;
}

int command_import(struct command *command)
{
	struct input in = {0};
	struct import_wish wish = {.staff = CLI_STAFF};
	struct import_report report = {0};
	struct refusal why = {0};
	char *path, *bytes;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){options, parse, "outlets|reporters FILE.csv",
		    "Takes outlets, or reporters with accreditations, out of a CSV file.\v"
		    "Row 1 names the columns. outlets: name, and any of local (yes, no), site, "
		    "address, aliases (with ; between). reporters: email, name, outlet, class, and "
		    "until (YYYY-MM-DD).",
		    NULL, NULL, NULL},
		&in, &status))
		return status;
	path = command_path(command, in.file);
	bytes = path ? read_file(path, &wish.len) : NULL;
	free(path);
	if (!bytes)
		return cli_refused(command, "%s: %s", in.file, strerror(errno));
	wish.kind = strcmp(in.what, "outlets") == 0 ? IMPORT_OUTLETS : IMPORT_REPORTERS;
	wish.bytes = bytes;
	wish.dry = in.dry;
	wish.skip_bad = in.skip;
	result = import_run(cli_registrar(command), &wish, registrar_now(), &report, &why);
	free(bytes);
	if (result)
		return cli_result(command, result, &why);
	status = say(command, &report, in.dry);
	import_report_free(&report);
	return status;
}

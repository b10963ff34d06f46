#include "gate/commands/check.h"

#include <stdio.h>

#include <jansson.h>

#include "gate/commands/cli.h"
#include "gate/ready/ready_json.h"

enum {
	KEY_REPAIR = 1,
	KEY_ACCEPT_CLOCK,
};

struct options {
	bool repair, accept_clock, json;
};

/* One line for people: what it is, and what to do. */
static void print_line(FILE *out, const struct ready_finding *finding)
{
	static const char *const heads[] = {"well ", "mind ", "WRONG"};

	fprintf(out, "%s  %s: %s%s%s\n", heads[finding->state], finding->id, finding->words,
	    finding->remedy[0] == '\0' ? "" : " ", finding->remedy);
}

static int print_json(FILE *out, const struct ready_report *report)
{
	json_t *json = ready_json(report);
	int r = json == NULL ? -1 : json_dumpf(json, out, JSON_COMPACT);

	json_decref(json);
	fputc('\n', out);
	return r;
}

static int check_work(struct command *command, struct gate *gate, void *input)
{
	const struct options *options = input;
	struct ready_report report;
	int r = 0;

	if (options->accept_clock)
		r = journal_accept_clock(gate);
	if (r != 0) {
		fprintf(command->err, "gate check: %s\n", journal_strerror(r));
		return COMMAND_REFUSED;
	}
	ready_look(gate, READY_FULL, &report);
	if (options->json) {
		if (print_json(command->out, &report) != 0)
			return COMMAND_REFUSED;
	} else {
		fprintf(command->out, "well   the folder and its keys are open to nobody else\n");
		for (size_t i = 0; i < report.n; i++)
			print_line(command->out, &report.findings[i]);
	}
	return report.worst == READY_BAD ? COMMAND_REFUSED : COMMAND_OK;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_REPAIR:
		options->repair = true;
		return 0;
	case KEY_ACCEPT_CLOCK:
		options->accept_clock = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is one argument too many", value);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int check_command(struct command *command)
{
	static const struct argp_option table[] = {
	    {"repair", KEY_REPAIR, NULL, 0,
		"set a damaged store aside and begin a new one with a new epoch", 0},
	    {"accept-clock", KEY_ACCEPT_CLOCK, NULL, 0,
		"the clock is right now, and was ahead before: record that", 0},
	    {"json", 'j', NULL, 0, "one JSON object instead of lines", 0}, {0}};
	static const struct argp argp = {table, parse, "",
	    "Looks for what is wrong with this gate, and says what to do.\v"
	    "A line begins with well, mind or WRONG; WRONG keeps the doors shut, and the exit "
	    "status "
	    "is 1. The store and the whole journal are read through.",
	    NULL, NULL, NULL};
	struct options options = {0};
	struct gate_options opening = {0};
	int parsed = cli_parse(command, &argp, &options);

	if (parsed != 0)
		return cli_exit(parsed);
	opening.repair = options.repair;
	return cli_with_gate_as(command, &opening, check_work, &options);
}

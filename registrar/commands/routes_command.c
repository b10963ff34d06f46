#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/web/handlers.h"
#include "registrar/web/site.h"

struct input {
	bool json;
};

static const struct {
	uint32_t role;
	const char *word;
} words[] = {
    {ROLE_PERSON, "person"},
    {ROLE_SECURITY, "security"},
    {ROLE_SUPERVISOR, "supervisor"},
    {ROLE_REVIEWER, "reviewer"},
    {ROLE_COMMUNICATIONS, "communications"},
    {ROLE_ADMINISTRATOR, "administrator"},
    {ROLE_MUST_CHANGE, "must-change-password"},
    {ROLE_HALF, "code-waited-for"},
    {ROLE_MUST_SET_UP, "must-set-up-second-factor"},
};

static int print_json(FILE *out, const struct route *route)
{
	json_t *roles = json_array();
	json_t *line = json_pack(
	    "{s:s, s:s, s:o}", "method", route->method, "path", route->pattern, "roles", roles);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (route->roles & words[i].role)
			json_array_append_new(roles, json_string(words[i].word));
	int bad = !line || json_dumpf(line, out, JSON_COMPACT) || fputc('\n', out) == EOF;
	json_decref(line);
	return bad;
}

static void print_line(FILE *out, const struct route *route)
{
	fprintf(out, "%-4s %-58s", route->method, route->pattern);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (route->roles & words[i].role)
			fprintf(out, " %s", words[i].word);
	fprintf(out, route->roles ? "\n" : " anybody\n");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	if (key == 'j') {
		input->json = true;
		return 0;
	}
	return key == ARGP_KEY_ARG ? cli_misuse(state, "'%s' is no option", argument)
				   : ARGP_ERR_UNKNOWN;
}

int command_routes(struct command *command)
{
	static const struct argp_option options[] = {
	    {"json", 'j', NULL, 0, "One object a line", 0}, {0}};
	struct input input = {false};
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "",
		    "Lists every page and step with the roles it is for, as the server enforces "
		    "them. Needs no data folder.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	for (size_t i = 0; i < registrar_n_routes; i++)
		if (!input.json)
			print_line(command->out, &registrar_routes[i]);
		else if (print_json(command->out, &registrar_routes[i]))
			return cli_refused(command, "the output could not be written");
	return COMMAND_OK;
}

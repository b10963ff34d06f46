#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/commands/publication_said.h"
#include "registrar/mail/announce.h"
#include "registrar/registrar.h"

enum { KEY_CONFERENCE = 1000, KEY_MATERIAL, KEY_WEEK };

static const struct argp_option options[] = {
    {"conference", KEY_CONFERENCE, "SLUG", 0, "A conference that is announced", 0},
    {"material", KEY_MATERIAL, "NUMBER", 0, "Something published about a conference", 0},
    {"week", KEY_WEEK, 0, 0, "The conferences of the next seven days", 0}, PUBLICATION_OPTION, {0}};

struct input {
	struct announce_wish wish;
	struct publication publication;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *input = cli_input(state);
	struct announce_wish *wish = &input->wish;
	char *end = NULL;

	switch (key) {
	case PUBLICATION_KEY_ANYWAY:
		input->publication.reason = arg;
		return 0;
	case KEY_CONFERENCE:
		wish->conference = arg;
		return 0;
	case KEY_MATERIAL:
		errno = 0;
		wish->material = strtoll(arg, &end, 10);
		if (errno || *end || wish->material < 1)
			return cli_misuse(state, "material: \"%s\" is not a number", arg);
		return 0;
	case KEY_WEEK:
		wish->week = true;
		return 0;
	case ARGP_KEY_END:
		if ((wish->conference != NULL) + (wish->material != 0) + wish->week != 1)
			return cli_misuse(state, "say one of --conference, --material and --week");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int command_announce(struct command *command)
{
	struct publication_findings findings = {NULL, 0, false};
	struct input input = {
	    .wish = {.staff = CLI_STAFF}, .publication = {.ret_findings = &findings}};
	struct refusal why = {0};
	int64_t mails = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){options, parse, NULL,
		    "Tells those who asked for announcements, by mail. The same thing is announced "
		    "once.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	input.wish.publication = &input.publication;
	result = announce(cli_registrar(command), &input.wish, registrar_now(), &mails, &why);
	if (result == 0)
		fprintf(command->out, "%" PRId64 " mails wait to be sent.\n", mails);
	return publication_said(command, result, &why, &findings);
}

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/mail/announce.h"
#include "registrar/registrar.h"

enum { KEY_CONFERENCE = 1000, KEY_MATERIAL, KEY_WEEK };

static const struct argp_option options[] = {
    {"conference", KEY_CONFERENCE, "SLUG", 0, "A conference that is announced", 0},
    {"material", KEY_MATERIAL, "NUMBER", 0, "Something published about a conference", 0},
    {"week", KEY_WEEK, 0, 0, "The conferences of the next seven days", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct announce_wish *wish = cli_input(state);
	char *end = NULL;

	switch (key) {
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
	struct announce_wish wish = {0};
	struct refusal why = {0};
	int64_t mails = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){options, parse, NULL,
		    "Tells those who asked for announcements, by mail. The same thing is announced "
		    "once.",
		    NULL, NULL, NULL},
		&wish, &status))
		return status;
	result = announce(cli_registrar(command), &wish, registrar_now(), &mails, &why);
	if (result == 0)
		fprintf(command->out, "%" PRId64 " mails wait to be sent.\n", mails);
	return cli_result(command, result, &why);
}

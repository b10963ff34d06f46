#include <stdio.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/press/focal.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"

struct wish {
	const char *texts[2]; /* outlet, e-mail address */
	unsigned n, wanted;
	bool end;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = cli_input(state);

	switch (key) {
	case ARGP_KEY_ARG:
		if (wish->n == wish->wanted)
			return cli_misuse(
			    state, "\"%s\" is too much: put a name in quotation marks", arg);
		wish->texts[wish->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		return wish->n == wish->wanted ? 0 : cli_misuse(state, "say OUTLET and EMAIL");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int change_body(struct store_tx *tx, void *context)
{
	const struct wish *wish = context;
	char email[PERSON_EMAIL_MAX + 1];
	struct outlet outlet;
	struct person person;
	int result = person_email_key(wish->texts[1], email);

	if (result == 0)
		result = outlet_by_name(tx, wish->texts[0], &outlet);
	if (result == 0)
		result = person_by_email(tx, email, &person);
	if (result < 0)
		return result;
	return wish->end ? focal_remove(tx, outlet.id, person.id, CLI_STAFF, registrar_now())
			 : focal_add(tx, outlet.id, person.id, CLI_STAFF, registrar_now());
}

static int change(struct command *command, bool end, const char *help)
{
	struct wish wish = {.wanted = 2, .end = end};
	int status, result;

	if (!cli_parse(command, &(struct argp){NULL, parse, "OUTLET EMAIL", help, NULL, NULL, NULL},
		&wish, &status))
		return status;
	result = store_write(cli_registrar(command)->store, change_body, &wish);
	if (result == PERSON_E_EMAIL)
		return cli_refused(command, "%s: this is no e-mail address", wish.texts[1]);
	if (result == FOCAL_E_STANDS)
		return cli_refused(command,
		    "%s is not accredited with %s now: approve an application first", wish.texts[1],
		    wish.texts[0]);
	if (result == STORE_NOT_FOUND)
		return cli_refused(command,
		    end ? "%s is no focal point of %s; `registrar outlet focal list` shows them"
			: "%s or %s is not known; `registrar outlet list` shows the outlets",
		    wish.texts[1], wish.texts[0]);
	return cli_result(command, result, NULL);
}

static int add(struct command *command)
{
	return change(command, false,
	    "Makes somebody who is accredited with an outlet its focal point: they vouch for "
	    "applicants, and register its crew.");
}

static int end(struct command *command)
{
	return change(command, true, "Somebody answers for an outlet no more.");
}

static int list(struct command *command)
{
	struct wish wish = {.wanted = 0};
	struct focal_list focal = {NULL, 0};
	struct store_tx *tx = NULL;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){NULL, parse, NULL, "Every focal point: outlet, e-mail address.",
		    NULL, NULL, NULL},
		&wish, &status))
		return status;
	result = store_read_begin(cli_registrar(command)->store, &tx);
	if (result == 0)
		result = focal_all(tx, &focal);
	store_read_end(tx);
	for (size_t i = 0; i < focal.n; i++)
		fprintf(command->out, "%s\t%s\n", focal.lines[i].name, focal.lines[i].email);
	focal_list_free(&focal);
	return cli_result(command, result, NULL);
}

int command_outlet_focal(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"add", add, "make somebody who is accredited with it its focal point"},
	    {"remove", end, "end that"},
	    {"list", list, "show them all"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}

#include "registrar/commands/conference_public.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/publication_said.h"
#include "registrar/press/conference.h"
#include "registrar/press/material.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"

enum {
	KEY_TITLE = 0x200,
	KEY_SUMMARY,
	KEY_PLACE,
	KEY_STREAM,
	KEY_KIND,
	KEY_URL,
	KEY_DOORS,
	KEY_STARTS,
	KEY_ENDS,
	KEY_BECAUSE
};

struct input {
	struct conference_words words;
	struct material_wish material;
	struct publication publication;
	const char *slug, *number, *because;
	const char *doors, *starts, *ends; /* as typed */
	bool wants_number;
};

static error_t take_word(struct argp_state *state, struct input *input, const char *word)
{
	if (!input->slug)
		input->slug = word;
	else if (input->wants_number && !input->number)
		input->number = word;
	else
		return cli_misuse(state, "'%s' is too much", word);
	return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	switch (key) {
	case KEY_DOORS:
		input->doors = argument;
		return 0;
	case KEY_STARTS:
		input->starts = argument;
		return 0;
	case KEY_ENDS:
		input->ends = argument;
		return 0;
	case KEY_BECAUSE:
		input->because = argument;
		return 0;
	case PUBLICATION_KEY_ANYWAY:
		input->publication.reason = argument;
		return 0;
	case KEY_TITLE:
		input->words.title = input->material.title = argument;
		return 0;
	case KEY_SUMMARY:
		input->words.summary = argument;
		return 0;
	case KEY_PLACE:
		input->words.place = argument;
		return 0;
	case KEY_STREAM:
		input->words.stream = argument;
		return 0;
	case KEY_URL:
		input->material.url = argument;
		return 0;
	case KEY_KIND:
		input->material.kind = material_kind_find(argument);
		if (input->material.kind == MATERIAL_KINDS)
			return cli_misuse(state,
			    "--kind is release, photograph or recording, not '%s'", argument);
		return 0;
	case ARGP_KEY_ARG:
		return take_word(state, input, argument);
	case ARGP_KEY_END:
		if (!input->slug)
			return cli_misuse(state, "name a conference by its slug");
		if (input->wants_number && !input->number)
			return cli_misuse(state, "say which by its number, as list shows it");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int no_conference(struct command *command, const char *slug)
{
	return cli_refused(command,
	    "there is no conference '%s'; `registrar conference list --all` has them all", slug);
}

static int read_times(struct input *input, struct refusal *why)
{
	struct conference_words *words = &input->words;
	int result = 0;

	if (input->doors)
		result = zone_read(input->doors, "doors", &words->doors, why);
	if (!result && input->starts)
		result = zone_read(input->starts, "starts", &words->starts, why);
	if (!result && input->ends)
		result = zone_read(input->ends, "ends", &words->ends, why);
	return result;
}

int conference_change_verb(struct command *command)
{
	static const struct argp_option options[] = {
	    {"title", KEY_TITLE, "TEXT", 0, "What it is about", 0},
	    {"place", KEY_PLACE, "TEXT", 0, "Where", 0},
	    {"summary", KEY_SUMMARY, "TEXT", 0, "What people should know", 0},
	    {"stream", KEY_STREAM, "URL", 0, "Where it is streamed live; \"\": nowhere", 0},
	    {"doors", KEY_DOORS, "TIME", 0, "When doors open: local time, as 2026-09-12T13:00", 0},
	    {"starts", KEY_STARTS, "TIME", 0, "When it starts", 0},
	    {"ends", KEY_ENDS, "TIME", 0, "When it ends", 0}, PUBLICATION_OPTION, {0}};
	struct publication_findings findings = {NULL, 0, false};
	struct input input = {.publication = {.ret_findings = &findings}};
	struct refusal why = {0};
	int64_t people = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "SLUG",
		    "Changes the words and times of a conference. Where its title, place, live "
		    "stream or a time changes, those who are registered or wait are told by mail. "
		    "Where doors or the end change, each pass is issued anew.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	input.words.publication = &input.publication;
	int result = read_times(&input, &why);
	if (!result)
		result = conference_change(cli_registrar(command), input.slug, &input.words,
		    CLI_STAFF, registrar_now(), &people, &why);
	if (result == MODEL_NOT_FOUND)
		return no_conference(command, input.slug);
	if (!result)
		fprintf(command->err, "Changed; %" PRId64 " people are told by mail.\n", people);
	return publication_said(command, result, &why, &findings);
}

int conference_cancel_verb(struct command *command)
{
	static const struct argp_option options[] = {
	    {"because", KEY_BECAUSE, "TEXT", 0, "Why; each person reads it in the mail", 0},
	    PUBLICATION_OPTION, {0}};
	struct publication_findings findings = {NULL, 0, false};
	struct input input = {.publication = {.ret_findings = &findings}, .because = ""};
	struct refusal why = {0};
	int64_t people = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "SLUG",
		    "Cancels a conference: its registrations are cancelled, its passes revoked, "
		    "and "
		    "each person is told by mail.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	int result = conference_cancel_because(cli_registrar(command), input.slug,
	    &(struct conference_cancelling){input.because, &input.publication}, CLI_STAFF,
	    registrar_now(), &people, &why);
	if (result == MODEL_NOT_FOUND)
		return no_conference(command, input.slug);
	if (!result)
		fprintf(command->err, "Cancelled, with %" PRId64 " registrations.\n", people);
	return publication_said(command, result, &why, &findings);
}

static int material_add_verb(struct command *command)
{
	static const struct argp_option options[] = {
	    {"kind", KEY_KIND, "KIND", 0, "release (default), photograph or recording", 0},
	    {"title", KEY_TITLE, "TEXT", 0, "What it is called", 0},
	    {"url", KEY_URL, "URL", 0, "Where it is: an https:// address", 0}, PUBLICATION_OPTION,
	    {0}};
	struct publication_findings findings = {NULL, 0, false};
	struct input input = {.material = {.title = "", .url = "", .staff = CLI_STAFF},
	    .publication = {.ret_findings = &findings}};
	struct refusal why = {0};
	int64_t id = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "SLUG",
		    "Publishes a release, photograph or recording of a conference.", NULL, NULL,
		    NULL},
		&input, &status))
		return status;
	input.material.slug = input.slug;
	input.material.publication = &input.publication;
	int result =
	    material_add(cli_registrar(command), &input.material, registrar_now(), &id, &why);
	if (result == MODEL_NOT_FOUND)
		return no_conference(command, input.slug);
	if (!result)
		fprintf(command->out, "%" PRId64 "\n", id);
	return publication_said(command, result, &why, &findings);
}

static int material_list_verb(struct command *command)
{
	struct material_list list = {NULL, 0};
	struct conference conference = {0};
	struct input input = {0};
	struct store_tx *tx = NULL;
	char when[32];
	int status;

	if (!cli_parse(command,
		&(struct argp){NULL, parse, "SLUG", "Lists what is published of a conference.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	int result = store_read_begin(cli_registrar(command)->store, &tx);
	if (!result)
		result = conference_by_slug(tx, input.slug, &conference);
	if (!result)
		result = material_of_conference(tx, conference.id, &list);
	store_read_end(tx);
	conference_clear(&conference);
	if (result == MODEL_NOT_FOUND)
		return no_conference(command, input.slug);
	for (size_t i = 0; i < list.n; i++) {
		const struct material *m = &list.items[i];
		zone_rfc3339(m->published, when, sizeof when);
		fprintf(command->out, "%" PRId64 "  %s  %s  %s  %s\n", m->id, when,
		    material_kind_word(m->kind), m->url, m->title);
	}
	if (!result && !list.n)
		fprintf(command->err, "Nothing is published of it. Add something with `registrar "
				      "conference material add`.\n");
	free(list.items);
	return cli_result(command, result, NULL);
}

static int material_remove_verb(struct command *command)
{
	struct input input = {.wants_number = true};
	char *end = NULL;
	int status;

	if (!cli_parse(command,
		&(struct argp){NULL, parse, "SLUG NUMBER",
		    "Takes back what was published, by the number that list shows.", NULL, NULL,
		    NULL},
		&input, &status))
		return status;
	errno = 0;
	long long id = strtoll(input.number, &end, 10);
	int result = errno || *end || id < 1
			 ? MODEL_NOT_FOUND
			 : material_remove(cli_registrar(command), input.slug, id, CLI_STAFF);
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command,
		    "conference '%s' has nothing of number %s; `registrar conference material "
		    "list` shows what it has",
		    input.slug, input.number);
	return cli_result(command, result, NULL);
}

int conference_material_verb(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"add", material_add_verb, "publish a release, photograph or recording"},
	    {"list", material_list_verb, "what is published"},
	    {"remove", material_remove_verb, "take one back"}, {0}};
	/* The verb's own name comes first: argv[0] is "conference material" here. */
	return cli_verbs(command, verbs);
}

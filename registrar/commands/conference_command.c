#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "badges/class.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/commands/conference_public.h"
#include "registrar/commands/publication_said.h"
#include "registrar/press/conference.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"

struct list_input {
	bool json, all;
};

static error_t parse_list(int key, char *argument, struct argp_state *state)
{
	struct list_input *input = cli_input(state);

	switch (key) {
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is no option", argument);
	case 'j':
		input->json = true;
		return 0;
	case 'a':
		input->all = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int print_json(struct command *command, const struct conference *conference)
{
	char starts[32];

	zone_rfc3339(conference->starts, starts, sizeof starts);
	json_t *line = json_pack("{s:I, s:s, s:s, s:s, s:I}", "number", (json_int_t)conference->id,
	    "slug", conference->slug, "title", conference->title, "starts", starts, "capacity",
	    (json_int_t)conference->capacity);
	int bad = !line || json_dumpf(line, command->out, JSON_COMPACT) ||
		  fputc('\n', command->out) == EOF;
	json_decref(line);
	return bad;
}

static int print_line(struct command *command, const struct conference *conference)
{
	char starts[96];

	zone_say(NULL, conference->starts, starts, sizeof starts);
	return fprintf(command->out, "%" PRId64 "  %s  %s  %s%s\n", conference->id,
		   conference->slug, starts, conference->title,
		   conference->state == CONFERENCE_ANNOUNCED ? "" : "  (not announced)") < 0;
}

static int list(struct command *command)
{
	static const struct argp_option options[] = {
	    {"json", 'j', NULL, 0, "One object a line: number, slug, title, starts, capacity", 0},
	    {"all", 'a', NULL, 0, "Those that are over too", 0}, {0}};
	struct registrar *registrar = cli_registrar(command);
	struct list_input input = {0};
	struct conference *found = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){
		    options, parse_list, "", "Lists conferences by their start.", NULL, NULL, NULL},
		&input, &status))
		return status;
	int result = store_read_begin(registrar->store, &tx);
	if (!result)
		result = conference_list(tx, input.all ? 0 : registrar_now(), &found, &n);
	store_read_end(tx);
	if (result)
		return cli_result(command, result, NULL);
	for (size_t i = 0; i < n && !status; i++)
		status =
		    input.json ? print_json(command, &found[i]) : print_line(command, &found[i]);
	if (!n)
		fprintf(command->err, "No conference%s. Add one with `registrar conference add`.\n",
		    input.all ? "" : " to come");
	conference_list_free(found, n);
	return status ? COMMAND_REFUSED : COMMAND_OK;
}

struct show_input {
	const char *slug;
};

static error_t parse_show(int key, char *argument, struct argp_state *state)
{
	struct show_input *input = cli_input(state);

	switch (key) {
	case ARGP_KEY_ARG:
		if (input->slug)
			return cli_misuse(state, "name one conference");
		input->slug = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		return cli_misuse(state, "name a conference by its slug");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_classes(FILE *out, uint32_t classes)
{
	const char *between = "";

	fprintf(out, "classes     ");
	for (unsigned i = 0; i < CLASS_NAMED; i++)
		if (classes >> i & 1) {
			fprintf(out, "%s%s", between, class_token(i));
			between = ",";
		}
	fprintf(out, "\n");
}

static void print_whole(FILE *out, const struct conference *it, const struct conference_numbers *n)
{
	static const char *const checks[] = {"on request", "always", "a share of visitors"};
	char doors[96], starts[96], ends[96];

	zone_say(NULL, it->doors, doors, sizeof doors);
	zone_say(NULL, it->starts, starts, sizeof starts);
	zone_say(NULL, it->ends, ends, sizeof ends);
	fprintf(out,
	    "number      %" PRId64 "\nslug        %s\ntitle       %s\nplace       %s\n"
	    "doors       %s\nstarts      %s\nends        %s\nstate       %s\n",
	    it->id, it->slug, it->title, it->place, doors, starts, ends,
	    conference_state_word(it->state));
	if (it->capacity)
		fprintf(out, "capacity    %" PRId64 "\n", it->capacity);
	else
		fprintf(out, "capacity    no limit\n");
	if (it->per_outlet)
		fprintf(out, "per outlet  %" PRId64 "\n", it->per_outlet);
	fprintf(out, "confirmed   %" PRId64 "\nwaitlisted  %" PRId64 "\ncancelled   %" PRId64 "\n",
	    n->confirmed, n->waitlisted, n->cancelled);
	fprintf(out, "ID check    %s\nre-entry    %s\nnames       %s\nemerging    %s\n",
	    checks[it->id_check], it->reentry ? "yes" : "no",
	    it->names_on_pass ? "on the pass" : "on the gates' lists only",
	    it->emerging ? "yes: local outlets first" : "no");
	print_classes(out, it->classes);
	if (*it->stream)
		fprintf(out, "stream      %s\n", it->stream);
}

static int show(struct command *command)
{
	struct registrar *registrar = cli_registrar(command);
	struct show_input input = {0};
	struct conference conference = {0};
	struct conference_numbers numbers;
	struct store_tx *tx = NULL;
	int status;

	if (!cli_parse(command,
		&(struct argp){NULL, parse_show, "SLUG", "Shows a conference.", NULL, NULL, NULL},
		&input, &status))
		return status;
	int result = store_read_begin(registrar->store, &tx);
	if (!result)
		result = conference_by_slug(tx, input.slug, &conference);
	if (!result)
		result = conference_numbers(tx, &conference, &numbers);
	store_read_end(tx);
	if (result == MODEL_NOT_FOUND)
		return cli_refused(command,
		    "there is no conference '%s'; `registrar conference list --all` has them all",
		    input.slug);
	if (!result)
		print_whole(command->out, &conference, &numbers);
	conference_clear(&conference);
	return cli_result(command, result, NULL);
}

struct add_input {
	struct conference conference;
	struct publication publication;
	const char *doors, *starts, *ends;
};

enum {
	ADD_SLUG = 0x100,
	ADD_TITLE,
	ADD_PLACE,
	ADD_SUMMARY,
	ADD_STREAM,
	ADD_DOORS,
	ADD_STARTS,
	ADD_ENDS,
	ADD_CAPACITY,
	ADD_PER_OUTLET,
	ADD_CLASSES,
	ADD_ID_CHECK,
	ADD_REENTRY,
	ADD_AT_ONCE,
	ADD_NAMES,
	ADD_EMERGING,
	ADD_OPEN,
	ADD_DRAFT,
};

static const struct argp_option add_options[] = {
    {"title", ADD_TITLE, "TEXT", 0, "What it is about", 1},
    {"place", ADD_PLACE, "TEXT", 0, "Where; Media Gallery by default", 1},
    {"starts", ADD_STARTS, "TIME", 0, "Local time, as 2026-09-12T14:00", 1},
    {"doors", ADD_DOORS, "TIME", 0, "When doors open; an hour before the start by default", 1},
    {"ends", ADD_ENDS, "TIME", 0, "Two hours after the start by default", 1},
    {"slug", ADD_SLUG, "WORD", 0, "Its name in addresses; made from the title by default", 2},
    {"summary", ADD_SUMMARY, "TEXT", 0, "What people should know", 2},
    {"stream", ADD_STREAM, "URL", 0, "Where it is streamed live", 2},
    {"capacity", ADD_CAPACITY, "N", 0, "Places; 0, no limit, by default", 2},
    {"per-outlet", ADD_PER_OUTLET, "N", 0, "Places an outlet may have; 0, no limit, by default", 2},
    {"classes", ADD_CLASSES, "LIST", 0, "Classes admitted, as reporter,camera; all by default", 2},
    {"id-check", ADD_ID_CHECK, "HOW", 0, "request (default), always, or a share, as 20%", 2},
    {"re-entry", ADD_REENTRY, NULL, 0, "Holders may leave and come back", 2},
    {"admit-at-once", ADD_AT_ONCE, NULL, 0, "A good scan admits without a second step", 2},
    {"names-on-pass", ADD_NAMES, NULL, 0, "Name and outlet travel on the pass itself", 2},
    {"emerging", ADD_EMERGING, NULL, 0, "An emerging matter: local outlets come first", 2},
    {"no-pre-registration", ADD_OPEN, NULL, 0, "People may come without registering", 2},
    {"draft", ADD_DRAFT, NULL, 0, "Not announced yet", 2},
    PUBLICATION_OPTION,
    {0},
};

static error_t read_number(
    struct argp_state *state, const char *option, const char *text, int64_t *ret)
{
	char *end = NULL;

	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno || !*text || *end || number < 0)
		return cli_misuse(
		    state, "--%s takes a whole number in digits, not '%s'", option, text);
	*ret = number;
	return 0;
}

static error_t read_classes(struct argp_state *state, char *list, uint32_t *ret)
{
	char *rest = NULL;

	*ret = 0;
	for (char *word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		uint8_t number = 0;
		if (class_find(word, &number))
			return cli_misuse(state,
			    "--classes: there is no class '%s'; they are general, reporter, "
			    "photographer, camera, sound, producer, freelance, student and "
			    "documentary",
			    word);
		*ret |= 1u << number;
	}
	return *ret ? 0 : cli_misuse(state, "--classes names none");
}

static error_t read_id_check(struct argp_state *state, const char *text, struct conference *ret)
{
	int share = 0, end = 0;

	if (strcmp(text, "request") == 0)
		ret->id_check = CONFERENCE_ID_ON_REQUEST;
	else if (strcmp(text, "always") == 0)
		ret->id_check = CONFERENCE_ID_ALWAYS;
	else if (sscanf(text, "%3d%%%n", &share, &end) == 1 && end && !text[end] && share >= 0) {
		ret->id_check = CONFERENCE_ID_SHARE;
		ret->id_share = share;
	} else
		return cli_misuse(state,
		    "--id-check is request, always, or a share such as 20%%, not '%s'", text);
	return 0;
}

static error_t parse_flag(int key, struct conference *conference)
{
	switch (key) {
	case ADD_REENTRY:
		conference->reentry = true;
		return 0;
	case ADD_AT_ONCE:
		conference->admit_at_once = true;
		return 0;
	case ADD_NAMES:
		conference->names_on_pass = true;
		return 0;
	case ADD_EMERGING:
		conference->emerging = true;
		return 0;
	case ADD_OPEN:
		conference->preregistration = false;
		return 0;
	case ADD_DRAFT:
		conference->state = CONFERENCE_DRAFT;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_add(int key, char *argument, struct argp_state *state)
{
	struct add_input *input = cli_input(state);
	struct conference *conference = &input->conference;
	const struct {
		int key;
		const char **into;
	} texts[] = {{ADD_SLUG, &conference->slug}, {ADD_TITLE, &conference->title},
	    {ADD_PLACE, &conference->place}, {ADD_SUMMARY, &conference->summary},
	    {ADD_STREAM, &conference->stream}, {ADD_DOORS, &input->doors},
	    {ADD_STARTS, &input->starts}, {ADD_ENDS, &input->ends}};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].key == key) {
			*texts[i].into = argument;
			return 0;
		}
	switch (key) {
	case ADD_CAPACITY:
		return read_number(state, "capacity", argument, &conference->capacity);
	case ADD_PER_OUTLET:
		return read_number(state, "per-outlet", argument, &conference->per_outlet);
	case ADD_CLASSES:
		return read_classes(state, argument, &conference->classes);
	case PUBLICATION_KEY_ANYWAY:
		input->publication.reason = argument;
		return 0;
	case ADD_ID_CHECK:
		return read_id_check(state, argument, conference);
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is no option", argument);
	default:
		return parse_flag(key, conference);
	}
}

static int read_times(struct add_input *input, struct refusal *why)
{
	struct conference *conference = &input->conference;
	int result = 0;

	if (!input->starts)
		return refuse(why, "starts", "Say when it starts: --starts 2026-09-12T14:00.");
	result = zone_read(input->starts, "starts", &conference->starts, why);
	conference->doors = conference->starts - 3600;
	conference->ends = conference->starts + 7200;
	if (!result && input->doors)
		result = zone_read(input->doors, "doors", &conference->doors, why);
	if (!result && input->ends)
		result = zone_read(input->ends, "ends", &conference->ends, why);
	return result;
}

static int add(struct command *command)
{
	struct registrar *registrar = cli_registrar(command);
	struct publication_findings findings = {NULL, 0, false};
	struct add_input input = {.publication = {.ret_findings = &findings}};
	struct refusal why = {0};
	int64_t id = 0;
	int status;

	conference_default(&input.conference);
	input.conference.place = "Media Gallery";
	if (!cli_parse(command,
		&(struct argp){add_options, parse_add, "--title TEXT --starts TIME",
		    "Adds a conference, with a key of its own for its passes.", NULL, NULL, NULL},
		&input, &status))
		return status;
	input.conference.publication = &input.publication;
	int result = read_times(&input, &why);
	if (!result)
		result = conference_create(
		    registrar, &input.conference, CLI_STAFF, registrar_now(), &id, &why);
	if (!result)
		fprintf(command->out, "%" PRId64 "\n", id);
	return publication_said(command, result, &why, &findings);
}

int command_conference(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"list", list, "by their start; --json for programs"},
	    {"add", add, "a new one; prints its number"}, {"show", show, "one, with its numbers"},
	    {"change", conference_change_verb, "title, summary, place, times, live stream"},
	    {"cancel", conference_cancel_verb, "one, with its registrations and passes"},
	    {"material", conference_material_verb, "releases, photographs, recordings"}, {0}};

	return cli_verbs(command, verbs);
}

#include "registrar/api/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/caller.h"
#include "registrar/api/scope.h"
#include "registrar/journal/journal.h"

#define N(array)    (sizeof(array) / sizeof(*(array)))
#define NO_QUERY    NULL, 0
#define NO_FORM	    NULL, 0
#define PAGE	    api_page_query, 2
#define READ	    ROUTE_API
#define PEOPLE	    (ROUTE_API | ROUTE_PERSONAL)
#define WRITE	    (ROUTE_API | ROUTE_RAW | ROUTE_PERSONAL)
#define ATTENDANCE  SCOPE_ATTENDANCE_READ
#define OF_A_PERSON (SCOPE_ATTENDANCE_READ | SCOPE_PEOPLE_READ)

const struct form_field api_page_query[2] = {ANSWER_PAGE_FIELDS};
static const struct form_choice decisions[] = {
    {"admit", "admitted", NULL},
    {"deny", "denied", NULL},
    {"refer", "referred", NULL},
    {"exit", "left", NULL},
    {"override", "admitted by a supervisor", NULL},
    {"void", "undone", NULL},
    {NULL, NULL, NULL},
};
const struct form_field api_entries_query[3] = {
    ANSWER_PAGE_FIELDS,
    {.name = "decision", .label = "decision", .kind = FORM_CHOICE, .choices = decisions},
};

static const struct route routes[] = {
    {"GET", "/api/v1/openapi.json", 0, READ, NO_QUERY, NO_FORM, 0, api_openapi_get},
    {"GET", "/api/v1/conferences", SCOPE_CONFERENCES_READ, READ, PAGE, NO_FORM, 0,
	api_conferences_get},
    {"POST", "/api/v1/conferences", SCOPE_CONFERENCES_WRITE, WRITE, NO_QUERY, NO_FORM, 0,
	api_conferences_post},
    {"GET", "/api/v1/conferences/:slug", SCOPE_CONFERENCES_READ, READ, NO_QUERY, NO_FORM, 0,
	api_conference_get},
    {"POST", "/api/v1/conferences/:slug", SCOPE_CONFERENCES_WRITE, WRITE, NO_QUERY, NO_FORM, 0,
	api_conference_post},
    {"GET", "/api/v1/conferences/:slug/registrations", SCOPE_REGISTRATIONS_READ, PEOPLE, PAGE,
	NO_FORM, 0, api_registrations_get},
    {"GET", "/api/v1/conferences/:slug/attendance", ATTENDANCE, READ, NO_QUERY, NO_FORM, 0,
	api_attendance_get},
    {"GET", "/api/v1/conferences/:slug/people", OF_A_PERSON, PEOPLE, PAGE, NO_FORM, 0,
	api_people_get},
    {"GET", "/api/v1/conferences/:slug/entries", SCOPE_ENTRIES_READ, PEOPLE, api_entries_query, 3,
	NO_FORM, 0, api_entries_get},
    {"GET", "/api/v1/conferences/:slug/denials", SCOPE_ENTRIES_READ, PEOPLE, PAGE, NO_FORM, 0,
	api_denials_get},
    {"GET", "/api/v1/conferences/:slug/conflicts", SCOPE_ENTRIES_READ, PEOPLE, NO_QUERY, NO_FORM, 0,
	api_conflicts_get},
    {"GET", "/api/v1/outlets", SCOPE_OUTLETS_READ, READ, PAGE, NO_FORM, 0, api_outlets_get},
    {"POST", "/api/v1/outlets", SCOPE_OUTLETS_WRITE, WRITE, NO_QUERY, NO_FORM, 0, api_outlets_post},
    {"GET", "/api/v1/outlets/:id", SCOPE_OUTLETS_READ, READ, NO_QUERY, NO_FORM, 0, api_outlet_get},
    {"POST", "/api/v1/outlets/:id", SCOPE_OUTLETS_WRITE, WRITE, NO_QUERY, NO_FORM, 0,
	api_outlet_post},
    {"GET", "/api/v1/restrictions", SCOPE_RESTRICTIONS_READ, PEOPLE, PAGE, NO_FORM, 0,
	api_restrictions_get},
    {"POST", "/api/v1/restrictions", SCOPE_RESTRICTIONS_WRITE, WRITE, NO_QUERY, NO_FORM, 0,
	api_restrictions_post},
    {"POST", "/api/v1/restrictions/:id/lift", SCOPE_RESTRICTIONS_WRITE, WRITE, NO_QUERY, NO_FORM, 0,
	api_restriction_lift_post},
    {"GET", "/api/v1/gates", SCOPE_GATES_READ, READ, NO_QUERY, NO_FORM, 0, api_gates_get},
    {"GET", "/api/v1/journals", SCOPE_ENTRIES_READ, READ, NO_QUERY, NO_FORM, 0, api_journals_get},
    {"GET", "/metrics", SCOPE_METRICS_READ, READ, NO_QUERY, NO_FORM, 0, api_metrics_get},
};
const struct route_table api_routes = {routes, N(routes), NULL};

bool api_is_path(const char *path)
{
	return strncmp(path, "/api/", 5) == 0 || strcmp(path, "/api") == 0 ||
	       strcmp(path, "/metrics") == 0;
}

int api_conference(const struct request *req, struct store_tx *tx, struct conference *ret)
{
	return conference_by_slug(tx, request_segment(req, "slug"), ret);
}

struct note {
	struct registrar *registrar;
	struct journal_line line;
};

static int note_body(struct store_tx *tx, void *context)
{
	struct note *note = context;

	return journal_append(tx, note->registrar, &note->line);
}

int api_note_names(struct request *req, const char *what)
{
	char detail[64];
	struct note note = {.registrar = registrar_of(req),
	    .line = {.kind = JOURNAL_RECORDS_EXPORTED,
		.event = request_segment(req, "slug"),
		.staff = caller_of(req)->staff,
		.detail = detail}};

	/* Each page: who asks chooses where to begin, and would leave out the one that is noted. */
	if (!caller_may(req, SCOPE_PEOPLE_READ))
		return 0;
	snprintf(detail, sizeof(detail), "%s by the API", what);
	return store_write(note.registrar->store, note_body, &note);
}

int64_t api_number(const struct request *req)
{
	const char *text = request_segment(req, "id");
	size_t len = strlen(text);

	return len && len <= 15 && strspn(text, "0123456789") == len ? strtoll(text, NULL, 10) : -1;
}

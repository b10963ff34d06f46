#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance_cache.h"
#include "registrar/web/board.html.h"
#include "registrar/web/board_more.h"
#include "registrar/web/handlers.h"
#include "registrar/web/lists.h"
#include "registrar/web/view_log.h"

/* A board shows the head of a list; the whole of it is a page of its own. */
enum { PEOPLE_MAX = 100, ENTRIES_MAX = 100, OUTLETS_MAX = 50 };

enum { BOARD_WHO, BOARD_ENTRIES, BOARD_DOOR, BOARD_PERSON, BOARD_DONE, BOARD_OUTLETS };
enum { WHO_EXPECTED, WHO_ARRIVED, WHO_INSIDE, WHO_MISSING, WHO_WALK_INS };

static const struct form_choice who_choices[] = {
    [WHO_EXPECTED] = {"expected", "Expected", NULL},
    [WHO_ARRIVED] = {"arrived", "Arrived", NULL},
    [WHO_INSIDE] = {"inside", "Inside now", NULL},
    [WHO_MISSING] = {"missing", "Expected and not here", NULL},
    [WHO_WALK_INS] = {"walk-ins", "Walk-ins", NULL},
    {NULL, NULL, NULL},
};
static const enum listing_state who_states[] = {
    [WHO_EXPECTED] = LISTING_EXPECTED,
    [WHO_ARRIVED] = LISTING_ARRIVED,
    [WHO_INSIDE] = LISTING_INSIDE,
    [WHO_MISSING] = LISTING_MISSING,
    [WHO_WALK_INS] = LISTING_WALK_INS,
};
static const struct form_choice entry_choices[] = {
    {"all", "Entries", NULL},
    {"admit", "Admissions", NULL},
    {"deny", "Denials", NULL},
    {"override", "Overrides by supervisors", NULL},
    {"exit", "Exits", NULL},
    {NULL, NULL, NULL},
};

static const struct form_choice done_choices[] = {
    {"restricted", "Restricted. Doors that are connected know.", NULL},
    {"lifted", "Lifted. Doors that are connected know.", NULL},
    {"admit", "Answered: admit. It is at the door.", NULL},
    {"refuse", "Answered: refuse. It is at the door.", NULL},
    {"resolved", "Resolved, with your words. What the doors recorded stands.", NULL},
    {NULL, NULL, NULL},
};

static const struct form_choice outlets_choices[] = {
    {"most", "With most people expected", NULL},
    {"all", "All", NULL},
    {NULL, NULL, NULL},
};

const struct form_field board_query[6] = {
    [BOARD_WHO] = {.name = "who", .label = "who", .kind = FORM_CHOICE, .choices = who_choices},
    [BOARD_ENTRIES] = {.name = "entries",
	.label = "entries",
	.kind = FORM_CHOICE,
	.choices = entry_choices},
    [BOARD_DOOR] = {.name = "door", .label = "door", .kind = FORM_LINE, .max = 64},
    [BOARD_PERSON] = {.name = "person",
	.label = "person",
	.kind = FORM_INTEGER,
	.low = 1,
	.high = 9007199254740991},
    [BOARD_DONE] = {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices},
    [BOARD_OUTLETS] = {.name = "outlets",
	.label = "outlets",
	.kind = FORM_CHOICE,
	.choices = outlets_choices},
};

/* ---- all conferences ---- */

static int count_lines(
    struct store_tx *tx, const struct conference *items, size_t n, struct view_board_line *lines)
{
	int result = 0;

	/* The newest first. */
	for (size_t i = 0; i < n && result == 0; i++) {
		lines[i].conference = &items[n - 1 - i];
		result = conference_numbers(tx, lines[i].conference, &lines[i].numbers);
	}
	return result;
}

int boards_get(struct request *req, struct reply *rep)
{
	struct view_boards view = {.now = registrar_now()};
	struct view_board_line *lines = NULL;
	struct conference *items = NULL;
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_list(tx, 0, &items, &view.n);
	if (result == 0) {
		lines = calloc(view.n + 1, sizeof(*lines));
		result = lines ? count_lines(tx, items, view.n, lines) : STORE_NO_MEMORY;
	}
	store_read_end(tx);
	if (result == 0) {
		view.lines = lines;
		view.may_make = request_visitor(req)->roles & ROLES_DESK;
		site_page(req, rep, &view.page, "Conferences", "/staff/conferences", SITE_FORMS);
		view.page.wide = true;
		boards_page(reply_body(rep), &view);
	}
	conference_list_free(items, view.n);
	free(lines);
	return site_result(result);
}

/* ---- one conference ---- */

static int select_people(
    struct view_board *view, const struct form *query, const struct attendance_person **people)
{
	long long who = form_given(query, BOARD_WHO) ? form_number(query, BOARD_WHO) : WHO_EXPECTED;

	for (size_t i = 0; i < view->attendance->n_people; i++)
		if (listing_person_is(&view->attendance->people[i], who_states[who]) &&
		    view->n_people < PEOPLE_MAX)
			people[view->n_people++] = &view->attendance->people[i];
	view->people = people;
	view->list_title = who_choices[who].label;
	return 0;
}

static int by_expected(const void *a, const void *b)
{
	const struct attendance_outlet *x = *(const struct attendance_outlet *const *)a,
				       *y = *(const struct attendance_outlet *const *)b;

	if (x->expected != y->expected)
		return x->expected < y->expected ? 1 : -1;
	return (x > y) - (x < y); /* by name, as they stand */
}

static int select_outlets(struct view_board *view, bool all)
{
	const struct attendance *attendance = view->attendance;

	view->outlets = calloc(attendance->n_outlets + 1, sizeof(struct attendance_outlet *));
	if (!view->outlets)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < attendance->n_outlets; i++)
		view->outlets[i] = &attendance->outlets[i];
	view->n_outlets = attendance->n_outlets;
	view->all_outlets = all || attendance->n_outlets <= OUTLETS_MAX;
	if (!view->all_outlets) {
		qsort(view->outlets, view->n_outlets, sizeof(struct attendance_outlet *),
		    by_expected);
		view->n_outlets = OUTLETS_MAX;
	}
	return 0;
}

struct entries {
	struct view_entry *items;
	size_t n;
};

static bool entry_fits(
    const struct form *query, const struct attendance_entry *entry, const char *decision)
{
	bool admitted = strcmp(decision, "admit") == 0 && strcmp(entry->decision, "override") == 0;

	return (decision[0] == '\0' || admitted || strcmp(entry->decision, decision) == 0) &&
	       (!form_given(query, BOARD_PERSON) ||
		   entry->person == form_number(query, BOARD_PERSON)) &&
	       (!form_given(query, BOARD_DOOR) ||
		   strcmp(entry->at.device, form_text(query, BOARD_DOOR)) == 0);
}

static int select_entries(
    struct view_board *view, const struct form *query, struct entries *entries)
{
	const struct attendance *attendance = view->attendance;
	long long which = form_number(query, BOARD_ENTRIES);
	const char *decision = which > 0 ? entry_choices[which].value : "";

	entries->items = calloc(ENTRIES_MAX, sizeof(*entries->items));
	if (!entries->items)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < attendance->n_lines && entries->n < ENTRIES_MAX; i++) {
		struct attendance_entry entry;

		attendance_entry(attendance, &attendance->lines[i], &entry);
		if (entry_fits(query, &entry, decision))
			entries->items[entries->n++] = (struct view_entry){.at = entry.at,
			    .decision = entry.decision,
			    .reason = entry.reason,
			    .name = entry.name,
			    .outlet = entry.outlet,
			    .staff = entry.staff};
	}
	view->show_entries = true;
	view->entries = entries->items;
	view->n_entries = entries->n;
	view->list_title = entry_choices[which].label;
	return 0;
}

/* One person's entries are a look at that person's record. */
static int note_person(struct request *req, const char *slug, long long person)
{
	return view_log_note(req, &(struct view_log_look){.what = VIEW_LOG_LIST,
				      .why = VIEW_LOG_CONFERENCE,
				      .person_id = person,
				      .item = slug});
}

static int select_list(struct request *req, struct view_board *view,
    const struct attendance_person **people, struct entries *entries)
{
	struct form *query = request_query(req);

	if (form_given(query, BOARD_ENTRIES))
		return select_entries(view, query, entries);
	return select_people(view, query, people);
}

int board_get(struct request *req, struct reply *rep)
{
	struct form *query = request_query(req);
	struct view_board view = {.now = registrar_now()};
	struct conference conference = {0};
	const struct attendance *attendance = NULL;
	const struct attendance_person **people = NULL;
	struct entries entries = {NULL, 0};
	struct board_more *more = NULL;
	struct store_tx *tx = NULL;
	int result;

	if (!form_ok(query))
		return 404;
	result = store_read_begin(registrar_of(req)->store, &tx);
	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	if (result == 0)
		result = attendance_cache_get(
		    registrar_of(req)->attendance, tx, conference.id, &attendance);
	if (result == 0) {
		view.conference = &conference;
		view.attendance = attendance;
		people = calloc(PEOPLE_MAX, sizeof(const struct attendance_person *));
		more = calloc(1, sizeof(*more));
		result = more ? board_more_read(tx, &conference, attendance, view.now, more)
			      : STORE_NO_MEMORY;
	}
	if (result == 0) {
		result = people ? select_list(req, &view, people, &entries) : STORE_NO_MEMORY;
	}
	if (result == 0)
		result = select_outlets(&view, form_number(query, BOARD_OUTLETS) > 0);
	store_read_end(tx);
	if (result == 0 && form_given(query, BOARD_PERSON) && view.n_entries > 0)
		result = note_person(req, conference.slug, form_number(query, BOARD_PERSON));
	if (result == 0) {
		site_page(req, rep, &view.page, conference.title, "/staff/conferences", SITE_FORMS);
		view.page.wide = true;
		view.more = more;
		view.still = form_given(query, BOARD_PERSON);
		view.desk = request_visitor(req)->roles & ROLES_DESK;
		if (form_given(query, BOARD_DONE))
			view.done = done_choices[form_number(query, BOARD_DONE)].label;
		board_page(reply_body(rep), &view);
	}
	if (more)
		board_more_free(more);
	free(more);
	free(entries.items);
	free(people);
	free(view.outlets);
	attendance_free(attendance);
	conference_clear(&conference);
	return site_result(result);
}

int board_csv_get(struct request *req, struct reply *rep)
{
	return list_download(req, rep, LISTING_ATTENDANCE, SHEET_CSV, NULL);
}

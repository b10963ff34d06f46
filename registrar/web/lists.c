#include "registrar/web/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/attendance/attendance_cache.h"
#include "registrar/web/handlers.h"
#include "registrar/web/lists.html.h"
#include "registrar/web/view_log.h"

enum { Q_TEXT, Q_OUTLET, Q_CLASS, Q_DOOR, Q_REASON, Q_STATE, Q_SORT, Q_PERSON, Q_PAGE, Q_FORMAT };

/* Words of listing.h, in its order. */
static const struct form_choice state_choices[] = {
    [LISTING_ALL] = {"all", "All", NULL},
    [LISTING_EXPECTED] = {"expected", "Expected", NULL},
    [LISTING_ARRIVED] = {"arrived", "Arrived", NULL},
    [LISTING_INSIDE] = {"inside", "Inside now", NULL},
    [LISTING_MISSING] = {"missing", "Expected and not here", NULL},
    [LISTING_WALK_INS] = {"walk-ins", "Walk-ins", NULL},
    [LISTING_DENIED] = {"denied", "Refused and never admitted", NULL},
    [LISTING_WAITLISTED] = {"waitlisted", "On the waiting list", NULL},
    [LISTING_CANCELLED] = {"cancelled", "Cancelled", NULL},
    [LISTING_ADMITTED] = {"admitted", "Admissions that count", NULL},
    [LISTING_OVERRIDES] = {"overrides", "Overrides by supervisors", NULL},
    [LISTING_UNNAMED] = {"unnamed", "Let in without a pass", NULL},
    [LISTING_EXITS] = {"exits", "Exits", NULL},
    [LISTING_UNDONE] = {"undone", "Taken back", NULL},
    [LISTING_REFUSED] = {"refused", "Refusals", NULL},
    [LISTING_ASKED] = {"asked", "Questions", NULL},
    [LISTING_STATES] = {NULL, NULL, NULL},
};
static const struct form_choice sort_choices[] = {
    [LISTING_BY_DEFAULT] = {"default", "As usual", NULL},
    [LISTING_BY_NAME] = {"name", "Name", NULL},
    [LISTING_BY_OUTLET] = {"outlet", "Outlet", NULL},
    [LISTING_BY_TIME] = {"time", "Time", NULL},
    [LISTING_BY_NEWEST] = {"newest", "Newest first", NULL},
    [LISTING_SORTS] = {NULL, NULL, NULL},
};
static const struct form_choice format_choices[] = {
    [SHEET_CSV] = {"csv", "CSV", NULL},
    [SHEET_JSON] = {"json", "JSON", NULL},
    [SHEET_XLSX] = {"xlsx", "XLSX", NULL},
    [SHEET_PDF] = {"pdf", "PDF", NULL},
    {NULL, NULL, NULL},
};

#define QUERY                                                                                      \
	[Q_TEXT] = {.name = "q", .label = "search", .kind = FORM_LINE, .max = 100},                \
	[Q_OUTLET] = {.name = "outlet", .label = "outlet", .kind = FORM_LINE, .max = 200},         \
	[Q_CLASS] = {.name = "class", .label = "role", .kind = FORM_LINE, .max = 32},              \
	[Q_DOOR] = {.name = "door", .label = "door", .kind = FORM_LINE, .max = 64},                \
	[Q_REASON] = {.name = "reason", .label = "reason", .kind = FORM_LINE, .max = 32},          \
	[Q_STATE] = {.name = "state",                                                              \
	    .label = "state",                                                                      \
	    .kind = FORM_CHOICE,                                                                   \
	    .choices = state_choices},                                                             \
	[Q_SORT] = {.name = "sort",                                                                \
	    .label = "order",                                                                      \
	    .kind = FORM_CHOICE,                                                                   \
	    .choices = sort_choices},                                                              \
	[Q_PERSON] = {.name = "person",                                                            \
	    .label = "person",                                                                     \
	    .kind = FORM_INTEGER,                                                                  \
	    .low = 1,                                                                              \
	    .high = 9007199254740991},                                                             \
	[Q_PAGE] = {                                                                               \
	    .name = "page", .label = "page", .kind = FORM_INTEGER, .low = 1, .high = 1000000}

const struct form_field list_query[9] = {QUERY};
const struct form_field list_download_query[10] = {QUERY, [Q_FORMAT] = {.name = "format",
							      .label = "format",
							      .kind = FORM_CHOICE,
							      .choices = format_choices}};

/* ---- what is asked for ---- */

/* False: no such list, or a choice it does not have. */
static bool read_query(struct request *req, enum listing_kind *ret_kind, struct listing_filter *ret)
{
	struct form *query = request_query(req);
	uint8_t number = 0;

	if (!form_ok(query) || !listing_find(request_segment(req, "list"), ret_kind))
		return false;
	*ret = (struct listing_filter){
	    .text = form_text(query, Q_TEXT),
	    .outlet = form_text(query, Q_OUTLET),
	    .door = form_text(query, Q_DOOR),
	    .reason = form_text(query, Q_REASON),
	    .pass_class = -1,
	    .person = form_number(query, Q_PERSON),
	    .state = (enum listing_state)form_number(query, Q_STATE),
	    .sort = (enum listing_sort)form_number(query, Q_SORT),
	};
	if (form_given(query, Q_CLASS)) {
		if (class_find(form_text(query, Q_CLASS), &number) != 0)
			return false;
		ret->pass_class = number;
	}
	return listing_has_state(*ret_kind, ret->state);
}

static void add_text(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_printf(out, "&%s=", name);
	for (const unsigned char *at = (const unsigned char *)value; *at != '\0'; at++) {
		if ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
		    (*at >= '0' && *at <= '9') || *at == '-')
			buf_putc(out, (char)*at);
		else
			buf_printf(out, "%%%02X", *at);
	}
}

static void write_query(const struct listing_filter *f, char ret[static LIST_URL])
{
	struct buf out;

	buf_init(&out, LIST_URL - 1);
	add_text(&out, "q", f->text);
	add_text(&out, "outlet", f->outlet);
	if (f->pass_class >= 0)
		add_text(&out, "class", class_token((unsigned)f->pass_class));
	add_text(&out, "door", f->door);
	add_text(&out, "reason", f->reason);
	if (f->state != LISTING_ALL)
		add_text(&out, "state", listing_state_word(f->state));
	if (f->sort != LISTING_BY_DEFAULT)
		add_text(&out, "sort", sort_choices[f->sort].value);
	if (f->person != 0)
		buf_printf(&out, "&person=%lld", (long long)f->person);
	(void)snprintf(ret, LIST_URL, "%s", buf_error(&out) ? "" : buf_text(&out));
	buf_free(&out);
}

/* ---- the page ---- */

static _Thread_local char url_text[LIST_URL + 200];

const char *view_list_download(const struct view_list *view, enum sheet_format format)
{
	(void)snprintf(url_text, sizeof(url_text),
	    "/staff/conferences/%s/lists/%s/download?format=%s%s", view->conference->slug,
	    listing_word(view->kind), sheet_ending(format), view->query);
	return url_text;
}

const char *view_list_url(const struct view_list *view, enum listing_kind kind)
{
	(void)snprintf(url_text, sizeof(url_text), "/staff/conferences/%s/lists/%s",
	    view->conference->slug, listing_word(kind));
	return url_text;
}

const char *view_list_status(const struct view_list *view, const struct attendance_person *person)
{
	return listing_status(view->attendance, person, view->now);
}

const struct attendance_person *view_list_person(const struct view_list *view, size_t i)
{
	return &view->attendance->people[view->listing->rows[i]];
}

static void page_url(const struct view_list *view, size_t page, char ret[static LIST_URL + 200])
{
	(void)snprintf(ret, LIST_URL + 200, "/staff/conferences/%s/lists/%s?page=%zu%s",
	    view->conference->slug, listing_word(view->kind), page, view->query);
}

static int choose_rows(
    struct view_list *view, long long page, struct attendance_entry **ret_entries)
{
	const struct listing *listing = view->listing;
	size_t at = page > 0 ? (size_t)page - 1 : 0;

	if (at > 0 && at * LIST_ROWS >= listing->n)
		return 404;
	view->from = at * LIST_ROWS;
	view->to = listing->n - view->from < LIST_ROWS ? listing->n : view->from + LIST_ROWS;
	if (at > 0)
		page_url(view, at, view->before);
	if (view->to < listing->n)
		page_url(view, at + 2, view->after);
	if (listing_is_of_people(view->kind))
		return 0;
	*ret_entries = calloc(view->to - view->from + 1, sizeof(**ret_entries));
	if (*ret_entries == NULL)
		return STORE_NO_MEMORY;
	for (size_t i = view->from; i < view->to; i++)
		attendance_entry(view->attendance, &view->attendance->lines[listing->rows[i]],
		    &(*ret_entries)[i - view->from]);
	view->entries = *ret_entries;
	return 0;
}

/* Everything of one conference that a list is made of. */
struct read {
	struct conference conference;
	const struct attendance *attendance;
	struct listing listing;
	struct reconcile reconcile;
};

static int read_list(struct request *req, enum listing_kind kind,
    const struct listing_filter *filter, int64_t now, struct read *ret)
{
	struct registrar *registrar = registrar_of(req);
	struct store_tx *tx = NULL;
	int r = store_read_begin(registrar->store, &tx);

	if (r == 0)
		r = conference_by_slug(tx, request_segment(req, "slug"), &ret->conference);
	if (r == 0)
		r = attendance_cache_get(
		    registrar->attendance, tx, ret->conference.id, &ret->attendance);
	if (r == 0)
		r = reconcile_run(registrar, tx, ret->attendance, now, &ret->reconcile);
	store_read_end(tx);
	if (r == 0)
		r = listing_select(ret->attendance, kind, filter, now, &ret->listing);
	return r;
}

static void read_clear(struct read *read)
{
	listing_clear(&read->listing);
	reconcile_clear(&read->reconcile);
	attendance_free(read->attendance);
	conference_clear(&read->conference);
}

/* One person's entries are a look at that person's record. */
static int note_person(struct request *req, const struct view_list *view)
{
	return view_log_note(req, &(struct view_log_look){.what = VIEW_LOG_LIST,
				      .why = VIEW_LOG_CONFERENCE,
				      .person_id = view->filter.person,
				      .item = view->conference->slug});
}

static bool is_filtered(const struct listing_filter *f)
{
	return f->text[0] != '\0' || f->outlet[0] != '\0' || f->door[0] != '\0' ||
	       f->reason[0] != '\0' || f->pass_class >= 0 || f->person != 0 ||
	       f->state != LISTING_ALL;
}

static int show(struct request *req, struct reply *rep, struct view_list *view)
{
	struct attendance_entry *entries = NULL;
	char title[300];
	int r = choose_rows(view, form_number(request_query(req), Q_PAGE), &entries);

	if (r == 0 && view->filter.person != 0 && view->listing->n > 0)
		r = note_person(req, view);
	if (r == 0) {
		(void)snprintf(title, sizeof(title), "%s: %s", listing_title(view->kind),
		    view->conference->title);
		site_page(req, rep, &view->page, title, "/staff/conferences", SITE_FORMS);
		view->page.wide = true;
		list_page(reply_body(rep), view);
	}
	free(entries);
	return r;
}

int list_get(struct request *req, struct reply *rep)
{
	struct read read = {.attendance = NULL};
	struct view_list view = {.now = registrar_now()};
	int r;

	if (!read_query(req, &view.kind, &view.filter))
		return 404;
	r = read_list(req, view.kind, &view.filter, view.now, &read);
	if (r == 0) {
		view.conference = &read.conference;
		view.attendance = read.attendance;
		view.listing = &read.listing;
		view.reconcile = &read.reconcile;
		view.filtered = is_filtered(&view.filter);
		view.may_take = (request_visitor(req)->roles & ROLES_DESK) != 0;
		write_query(&view.filter, view.query);
		r = show(req, rep, &view);
	}
	read_clear(&read);
	return r > 0 && r < 600 ? r : site_result(r);
}

/* ---- to take away ---- */

int list_download(struct request *req, struct reply *rep, enum listing_kind kind,
    enum sheet_format format, const struct listing_filter *filter)
{
	struct export export = {.registrar = registrar_of(req),
	    .kind = kind,
	    .filter = filter,
	    .format = format,
	    .staff = session_of(req)->staff,
	    .now = registrar_now()};
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	char name[128];
	size_t rows = 0;
	int r = store_read_begin(export.registrar->store, &tx);

	reply_body(rep)->limit = EXPORT_BYTES_MAX;
	if (r == 0)
		r = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	export.conference = conference.id;
	if (format == SHEET_CSV)
		buf_puts(reply_body(rep), EXPORT_SHEET_MARK);
	if (r == 0)
		r = export_write(tx, &export, reply_body(rep), NULL, NULL, &rows);
	store_read_end(tx);
	if (r == 0)
		r = export_note(&export, conference.slug, rows);
	if (r == 0) {
		(void)snprintf(name, sizeof(name), "%s-%s.%s", listing_word(kind), conference.slug,
		    sheet_ending(format));
		reply_type(rep, sheet_type(format));
		reply_download(rep, name);
	}
	conference_clear(&conference);
	return site_result(r);
}

int list_download_get(struct request *req, struct reply *rep)
{
	struct listing_filter filter;
	enum listing_kind kind;

	if (!read_query(req, &kind, &filter))
		return 404;
	return list_download(
	    req, rep, kind, (enum sheet_format)form_number(request_query(req), Q_FORMAT), &filter);
}

/* What is on, and what was. */
#include <stdlib.h>

#include "registrar/web/handlers.h"
#include "registrar/web/home.html.h"
#include "registrar/web/public_pages.h"
#include "web/say.h"

/* How many conferences a page has at most, and how many that are over the first one names. */
enum { LIST_MOST = 100, LATELY = 3, PAST_MOST = 50 };

/* How long before its start a stream is called live, in seconds. */
enum { STREAM_EARLY = 900 };

const struct form_field past_query[1] = {{.name = "before",
    .label = SAY("number of a conference"),
    .kind = FORM_INTEGER,
    .low = 1,
    .high = UINT32_MAX}};

enum view_stream view_stream(const struct conference *conference, int64_t now)
{
	if (conference->state == CONFERENCE_CANCELLED)
		return VIEW_STREAM_OFF;
	if (!*conference->stream)
		return VIEW_STREAM_NONE;
	if (now >= conference->ends)
		return VIEW_STREAM_AFTER;
	return now >= conference->starts - STREAM_EARLY ? VIEW_STREAM_LIVE : VIEW_STREAM_BEFORE;
}

bool view_is_on(const struct conference *conference, int64_t now)
{
	return conference->state != CONFERENCE_CANCELLED && now >= conference->doors &&
	       now < conference->ends;
}

const char *view_material_kind(enum material_kind kind)
{
	static const char *const words[MATERIAL_KINDS] = {
	    SAY("Release"), SAY("Photograph"), SAY("Recording")};

	return words[kind];
}

/* Which list of the page a conference stands in, and where in it: the less the earlier. */
struct place {
	bool draft, later, ordinary;
	int64_t starts, id;
};

static struct place place_of(const struct conference *c, int64_t now)
{
	return (struct place){.draft = c->state == CONFERENCE_DRAFT,
	    .later = c->starts > now && !view_same_day(c->starts, now),
	    .ordinary = !c->emerging || c->state == CONFERENCE_CANCELLED,
	    .starts = c->starts,
	    .id = c->id};
}

/* The moment by which the list is sorted: one thread sorts one list at a time. */
static _Thread_local int64_t sort_now;

static int compare(const void *one, const void *two)
{
	const struct place a = place_of(one, sort_now), b = place_of(two, sort_now);

	if (a.draft != b.draft)
		return a.draft ? 1 : -1;
	if (a.later != b.later)
		return a.later ? 1 : -1;
	if (a.ordinary != b.ordinary)
		return a.ordinary ? 1 : -1;
	if (a.starts != b.starts)
		return a.starts < b.starts ? -1 : 1;
	return a.id < b.id ? -1 : a.id > b.id;
}

/* Sorts what is not over into today's and the others; drafts are not shown. */
static void arrange(struct conference *items, size_t n, struct view_home *view)
{
	size_t shown = 0;

	sort_now = view->now;
	if (n > 1)
		qsort(items, n, sizeof(*items), compare);
	while (shown < n && shown < LIST_MOST && items[shown].state != CONFERENCE_DRAFT)
		shown++;
	while (view->n_today < shown && !place_of(&items[view->n_today], view->now).later)
		view->n_today++;
	view->today = items;
	view->coming = items + view->n_today;
	view->n_coming = shown - view->n_today;
}

int home_get(struct request *req, struct reply *rep)
{
	struct registrar *registrar = registrar_of(req);
	struct view_home view = {.settings = &registrar->settings, .now = registrar_now()};
	struct conference *items = NULL, *past = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = conference_list(tx, view.now, &items, &n);
	if (result == 0)
		result = conference_past(tx, view.now, 0, LATELY, &past, &view.n_past);
	store_read_end(tx);
	if (result == 0) {
		arrange(items, n, &view);
		view.past = past;
		site_page(
		    req, rep, &view.page, request_say(req, "News conferences"), "/", SITE_NO_FORM);
		home_page(reply_body(rep), &view);
	}
	conference_list_free(items, n);
	conference_list_free(past, view.n_past);
	return site_result(result);
}

int past_get(struct request *req, struct reply *rep)
{
	struct view_past view = {.now = registrar_now()};
	struct form *query = request_query(req);
	struct conference *items = NULL;
	struct store_tx *tx = NULL;
	int64_t before = form_ok(query) ? form_number(query, 0) : 0;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_past(tx, view.now, before, PAST_MOST, &items, &view.n);
	store_read_end(tx);
	if (result < 0)
		return site_result(result);
	view.items = items;
	view.is_first = before == 0;
	view.earlier = view.n == PAST_MOST ? items[view.n - 1].id : 0;
	site_page(req, rep, &view.page, request_say(req, "Past conferences"), NULL, SITE_NO_FORM);
	past_page(reply_body(rep), &view);
	conference_list_free(items, view.n);
	return 0;
}

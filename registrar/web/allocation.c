/* What a run of the allocation would do, and applying it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/press/allocation_run.h"
#include "registrar/web/allocation.html.h"
#include "registrar/web/allocation_views.h"
#include "registrar/web/handlers.h"
#include "web/say.h"

/* So many lines on one page. */
enum { LINES = 500 };

enum { QUERY_FROM, QUERY_REPLAY, QUERY_DONE };
static const struct form_choice done_choices[] = {
    {"applied", "Applied. Everybody is told by mail.", NULL},
    {"set", "Saved.", NULL},
    {"given", "The place is given, and the person is told by mail.", NULL},
    {NULL, NULL, NULL},
};
const struct form_field allocation_query[3] = {
    [QUERY_FROM] = {.name = "from", .label = "first", .kind = FORM_INTEGER, .high = 1000000},
    [QUERY_REPLAY] = {.name = "replay", .label = "replay", .kind = FORM_CHECKBOX},
    [QUERY_DONE] = {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices},
};
const struct form_field allocation_fields[1] = {
    {.name = "digest", .label = "digest", .kind = FORM_LINE, .max = 64, .required = true},
};

struct page_tag view_allocation_tag(const struct view_allocation_line *line)
{
	if (line->c->has)
		return (struct page_tag){"Has a place", PAGE_GOOD};
	switch (line->result->outcome) {
	case ALLOCATION_PLACE:
		return (struct page_tag){"Place", PAGE_GOOD};
	case ALLOCATION_POOL:
		return (struct page_tag){"Pool place", PAGE_GOOD};
	case ALLOCATION_NOT_ADMITTED:
		return (struct page_tag){"No place", PAGE_STOP};
	default:
		return (struct page_tag){"Waits", PAGE_CHECK};
	}
}

/* Everything the page reads. */
struct whole {
	struct conference conference;
	struct allocation_draft draft;
	struct allocation_run run;
	struct allocation_replay replay;
	bool has_run, has_replay;
	struct view_allocation_line *lines;
	size_t n;
	char (*words)[2600];
};

static void whole_free(struct whole *whole)
{
	free(whole->lines);
	free(whole->words);
	allocation_draft_free(&whole->draft);
	conference_clear(&whole->conference);
}

/* Places first, then the waiting list in its order, then whoever has a place. */
static int group(const struct view_allocation_line *line)
{
	if (line->c->has)
		return 3;
	if (allocation_gives(line->result))
		return 0;
	return line->result->outcome == ALLOCATION_NOT_ADMITTED ? 2 : 1;
}

static int by_outcome(const void *left, const void *right)
{
	const struct view_allocation_line *a = left, *b = right;
	int one = group(a), two = group(b);

	if (one != two)
		return one - two;
	if (a->result->line != b->result->line)
		return a->result->line < b->result->line ? -1 : 1;
	if (a->c->asked != b->c->asked)
		return a->c->asked < b->c->asked ? -1 : 1;
	return a->c->id < b->c->id ? -1 : a->c->id > b->c->id;
}

static int read_replay(struct store_tx *tx, struct whole *whole)
{
	struct refusal why = {0};
	int result = allocation_replay(tx, whole->run.id, &whole->replay, NULL, NULL, &why);

	whole->has_replay = result == 0;
	return result == MODEL_REFUSED ? 0 : result;
}

static int read_whole(struct request *req, struct store_tx *tx, bool replay, struct whole *whole)
{
	int result = conference_by_slug(tx, request_segment(req, "slug"), &whole->conference);

	if (result == 0)
		result =
		    allocation_draft_read(tx, &whole->conference, registrar_now(), &whole->draft);
	if (result != 0)
		return result;
	result = allocation_run_last(tx, whole->conference.id, &whole->run);
	whole->has_run = result == 0;
	if (result == 0 && replay)
		result = read_replay(tx, whole);
	return result == MODEL_NOT_FOUND ? 0 : result;
}

/* The lines from the from-th on, in their order. */
static int make_lines(struct whole *whole, size_t from)
{
	struct allocation_draft *draft = &whole->draft;
	char kept[2100];

	whole->lines = calloc(draft->n + 1, sizeof(*whole->lines));
	whole->n = from < draft->n ? draft->n - from : 0;
	if (whole->n > LINES)
		whole->n = LINES;
	whole->words = calloc(whole->n + 1, sizeof(*whole->words));
	if (!whole->lines || !whole->words)
		return MODEL_SYSTEM;
	for (size_t i = 0; i < draft->n; i++)
		whole->lines[i] = (struct view_allocation_line){
		    &draft->cases[i], &draft->results[i], &draft->people[i], ""};
	qsort(whole->lines, draft->n, sizeof(*whole->lines), by_outcome);
	for (size_t i = 0; i < whole->n; i++) {
		struct view_allocation_line *line = &whole->lines[from + i];
		allocation_draft_say(draft, (size_t)(line->c - draft->cases), kept, sizeof(kept));
		say_kept(NULL, whole->words[i], sizeof(whole->words[i]), kept);
		line->words = whole->words[i];
	}
	return 0;
}

static void write_page(struct request *req, struct reply *rep, const struct whole *whole,
    size_t from, const char *done, const char *problem)
{
	const struct allocation_setting *setting = &whole->draft.setting;
	struct view_allocation view = {.conference = &whole->conference,
	    .setting = setting,
	    .draft = &whole->draft,
	    .run = whole->has_run ? &whole->run : NULL,
	    .replay = whole->has_replay ? &whole->replay : NULL,
	    .lines = whole->lines + (whole->n ? from : 0),
	    .n = whole->n,
	    .from = from,
	    .more = from + whole->n < whole->draft.n ? from + whole->n : 0,
	    .done = done,
	    .problem = problem,
	    .open = allocation_is_open(setting) && !(whole->has_run && !whole->run.applied),
	    .past = setting->deadline <= registrar_now()};

	bytes_hex(whole->draft.digest, sizeof(whole->draft.digest), view.digest);
	site_page(req, rep, &view.page, "Allocation", "/staff/conferences", SITE_FORMS);
	view.page.wide = true;
	view.page.error = problem != NULL;
	allocation_page(reply_body(rep), &view);
}

static int show(struct request *req, struct reply *rep, size_t from, bool replay, const char *done,
    const char *problem)
{
	struct whole whole = {.n = 0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = read_whole(req, tx, replay, &whole);
	store_read_end(tx);
	if (result == 0)
		result = make_lines(&whole, from);
	if (result == 0)
		write_page(req, rep, &whole, from, done, problem);
	whole_free(&whole);
	return site_result(result);
}

int allocation_get(struct request *req, struct reply *rep)
{
	struct form *query = request_query(req);

	if (!form_ok(query))
		return 404;
	return show(req, rep, (size_t)form_number(query, QUERY_FROM),
	    form_checked(query, QUERY_REPLAY),
	    form_given(query, QUERY_DONE) ? done_choices[form_number(query, QUERY_DONE)].label
					  : NULL,
	    NULL);
}

int allocation_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *slug = request_segment(req, "slug"), *hex = form_text(form, 0);
	uint8_t digest[ALLOCATION_DIGEST];
	struct refusal why = {0};
	int result;

	if (!form_ok(form) || bytes_unhex(hex, strlen(hex), digest, sizeof(digest)) != 0)
		return 400;
	result = allocation_apply(
	    registrar_of(req), slug, digest, session_of(req)->staff, registrar_now(), NULL, &why);
	if (result == MODEL_REFUSED) {
		reply_status(rep, 409);
		return show(req, rep, 0, false, NULL, why.words);
	}
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/allocation?done=applied", slug);
	return site_result(result);
}

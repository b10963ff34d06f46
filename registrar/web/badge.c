/* One person's badge: printed, printed again, and lost. */
#include <stdlib.h>
#include <string.h>

#include "registrar/press/pass_file.h"
#include "registrar/web/badges.h"
#include "registrar/web/badges.html.h"
#include "registrar/web/handlers.h"
#include "registrar/web/view_log.h"

enum { ONE_DONE };
static const struct form_choice done_choices[] = {
    {"replaced", "replaced", NULL},
    {NULL, NULL, NULL},
};
const struct form_field badge_query[1] = {
    [ONE_DONE] = {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices}};

enum { FIRST_SIZE };
const struct form_field badge_fields[1] = {[FIRST_SIZE] = BADGES_SIZE_FIELD};

enum { ONE_WORDS, ONE_SIZE };
const struct form_field badge_again_fields[2] = {
    [ONE_WORDS] = {.name = "words",
	.label = "what was wrong with the print",
	.hint = "The pass stays the same: destroy the badge that went wrong",
	.kind = FORM_LINE,
	.max = BADGE_WORDS_MAX,
	.required = true,
	.missing = "Say what was wrong with the print"},
    [ONE_SIZE] = BADGES_SIZE_FIELD,
};
const struct form_field badge_lost_fields[1] = {
    [ONE_WORDS] = {.name = "words",
	.label = "how the badge was lost",
	.hint = "Kept with the pass that is taken back; the person does not read it",
	.kind = FORM_LINE,
	.max = BADGE_WORDS_MAX,
	.required = true,
	.missing = "Say how the badge was lost"},
};

const char *view_badge_what(const struct badge_line *line)
{
	switch (line->what) {
	case BADGE_LINE_LOST:
		return "Lost: the pass was taken back";
	case BADGE_LINE_MISPRINT:
		return "Printed again after a misprint";
	case BADGE_LINE_PRINTED:
	default:
		return "Printed";
	}
}

struct one {
	struct conference conference;
	struct registration *registration;
	char *name, *outlet;
	struct badge_history history;
};

static void clear_one(struct one *it)
{
	conference_clear(&it->conference);
	free(it->registration);
	free(it->name);
	free(it->outlet);
	free(it->history.items);
}

static int read_one(struct request *req, struct one *it)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	it->registration = malloc(sizeof(*it->registration));
	if (result == 0 && !it->registration)
		result = MODEL_SYSTEM;
	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &it->conference);
	if (result == 0)
		result = registration_by_reference(
		    tx, request_segment(req, "reference"), it->registration);
	if (result == 0 && it->registration->conference_id != it->conference.id)
		result = MODEL_NOT_FOUND;
	if (result == 0)
		result =
		    badge_names(tx, it->registration->accreditation_id, &it->name, &it->outlet);
	if (result == 0)
		result = badge_history(tx, it->registration->id, &it->history);
	store_read_end(tx);
	return result;
}

/* A look at somebody's badge stands in the log before it is shown. */
static int note_look(struct request *req, const struct one *it)
{
	const struct view_log_look look = {.what = VIEW_LOG_BADGE,
	    .why = VIEW_LOG_CONFERENCE,
	    .person_id = it->registration->person_id,
	    .item = it->conference.slug};

	return view_log_note(req, &look);
}

static int64_t printed_of(const struct one *it)
{
	int64_t n = 0;

	for (size_t i = 0; i < it->history.n; i++)
		n += it->history.items[i].stands;
	return n;
}

typedef void page_of_badge(struct buf *b, const struct view_badge *v);

static int show_one(struct request *req, struct reply *rep, const struct form *form,
    page_of_badge *page, const char *problem, unsigned status)
{
	struct form *query = request_query(req);
	struct one it = {.registration = NULL};
	int result = read_one(req, &it);

	if (result == 0)
		result = note_look(req, &it);
	if (result == 0) {
		struct view_badge view = {.conference = &it.conference,
		    .registration = it.registration,
		    .name = it.name,
		    .outlet = it.outlet,
		    .history = &it.history,
		    .form = form,
		    .printed = printed_of(&it),
		    .replaced = query && form_size(query) > 0 && form_ok(query) &&
				form_given(query, ONE_DONE),
		    .is_over = registrar_now() >= it.conference.ends,
		    .problem = problem};

		pass_file_code(it.registration, view.code);
		site_page(req, rep, &view.page, it.name, "/staff/conferences", SITE_FORMS);
		view.page.error = problem != NULL || !form_ok(form);
		reply_status(rep, status);
		page(reply_body(rep), &view);
	}
	clear_one(&it);
	return site_result(result);
}

int badge_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(badge_again_fields, 2);
	int result = form ? show_one(req, rep, form, badge_page, NULL, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int badge_png_get(struct request *req, struct reply *rep)
{
	struct one it = {.registration = NULL};
	int result = read_one(req, &it);

	if (result == 0)
		result = note_look(req, &it);
	clear_one(&it);
	return result == 0 ? badges_picture(req, rep, request_segment(req, "reference"))
			   : site_result(result);
}

/* Prints it; what is refused is said on the page, above the form for another print. */
static int print_one(struct request *req, struct reply *rep, struct badge_wish *wish)
{
	struct form *form = form_new(badge_again_fields, 2);
	struct refusal why = {0};
	int result = form ? 0 : STORE_NO_MEMORY;

	wish->slug = request_segment(req, "slug");
	wish->reference = request_segment(req, "reference");
	wish->staff = session_of(req)->staff;
	if (result == 0)
		result = badges_reply(req, rep, wish, wish->reference, &why);
	if (result == MODEL_REFUSED)
		result = show_one(req, rep, form, badge_page, why.words, 422);
	form_free(form);
	return site_result(result);
}

int badge_post(struct request *req, struct reply *rep)
{
	const struct form *form = request_form(req);
	struct badge_wish wish = {.size = badges_size(form, FIRST_SIZE), .first = true};

	return form_ok(form) ? print_one(req, rep, &wish) : 400;
}

int badge_again_post(struct request *req, struct reply *rep)
{
	const struct form *form = request_form(req);
	struct badge_wish wish = {.size = badges_size(form, ONE_SIZE),
	    .misprint = true,
	    .words = form_text(form, ONE_WORDS)};

	return form_ok(form) ? print_one(req, rep, &wish)
			     : show_one(req, rep, form, badge_page, NULL, 422);
}

/* ---- a badge that was lost ---- */

int badge_lost_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(badge_lost_fields, 1);
	int result = form ? show_one(req, rep, form, badge_lost_page, NULL, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int badge_lost_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *slug = request_segment(req, "slug");
	const char *reference = request_segment(req, "reference");
	struct refusal why = {0};
	int result;

	if (!form_ok(form))
		return show_one(req, rep, form, badge_lost_page, NULL, 422);
	result = badge_lost(registrar_of(req), slug, reference, form_text(form, ONE_WORDS),
	    session_of(req)->staff, registrar_now(), &why);
	if (result == MODEL_REFUSED)
		return show_one(req, rep, form, badge_lost_page, why.words, 422);
	if (result == 0)
		reply_redirect(
		    rep, "/staff/conferences/%s/badges/%s?done=replaced", slug, reference);
	return site_result(result);
}

/* A conference at the desk: everything about it, and its cancelling. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/web/conference_desk.html.h"
#include "registrar/web/conference_handlers.h"
#include "registrar/web/conference_views.h"
#include "registrar/web/handlers.h"
#include "schema/registrar_db.h"

static const struct form_choice done_choices[] = {
    {"made", "It is kept as a draft. Check and publish it when it is ready.", NULL},
    {"saved", "It is changed.", NULL},
    {"published", "It is published: the public pages, the feeds and the calendar have it.", NULL},
    {"cancelled", "It is cancelled, and everybody who was registered is told.", NULL},
    {"announced", "It is announced: the mails are on their way.", NULL},
    {"added", "It is published.", NULL},
    {"removed", "It is taken back.", NULL},
    {"kept", "The template is kept.", NULL},
    {"gone", "The template is removed. What was made from it stays.", NULL},
    {NULL, NULL, NULL},
};
const struct form_field conference_done_query[1] = {
    {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices}};

const struct form_field cancel_fields[1 + PUBLICATION_FIELDS] = {
    {.name = "because",
	.label = "why",
	.hint = "Each person reads it in the mail. Left empty, the mail says only that it is "
		"cancelled",
	.kind = FORM_LINE,
	.max = CONFERENCE_BECAUSE_MAX},
    PUBLICATION_FORM};

const char *conference_done_words(const struct form *query)
{
	return form_ok(query) && form_given(query, 0) ? done_choices[form_number(query, 0)].label
						      : NULL;
}

int conference_of_path(struct request *req, struct conference *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), ret);
	store_read_end(tx);
	return result;
}

int64_t conference_number(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 15 && strspn(text, "0123456789") == len ? strtoll(text, NULL, 10)
									 : 0;
}

/* ---- everything about one ---- */

static int read_because(struct store_tx *tx, int64_t id, char ret[4 * CONFERENCE_BECAUSE_MAX + 1])
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_CONFERENCE_BECAUSE, STORE_ARGS(store_i64(id)), &rows);

	if (result != STORE_ROW)
		return result;
	snprintf(ret, 4 * CONFERENCE_BECAUSE_MAX + 1, "%s", store_get_text(rows, 0));
	store_done(rows);
	return 0;
}

int conference_desk_get(struct request *req, struct reply *rep)
{
	char because[4 * CONFERENCE_BECAUSE_MAX + 1] = "";
	struct view_conference_desk view = {.now = registrar_now(),
	    .because = because,
	    .done = conference_done_words(request_query(req))};
	struct material_list materials = {NULL, 0};
	struct publication_line *decisions = NULL;
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	if (result == 0)
		result = conference_numbers(tx, &conference, &view.numbers);
	if (result == 0)
		result = read_because(tx, conference.id, because);
	if (result == 0)
		result = material_of_conference(tx, conference.id, &materials);
	if (result == 0)
		result = publication_list(tx, conference.id, &decisions, &view.n_decisions);
	store_read_end(tx);
	if (result == 0) {
		view.conference = &conference;
		view.decisions = decisions;
		view.materials = materials.n;
		site_page(req, rep, &view.page, conference.title, CONFERENCE_MENU, SITE_FORMS);
		conference_desk_page(reply_body(rep), &view);
	}
	free(materials.items);
	free(decisions);
	conference_clear(&conference);
	return site_result(result);
}

/* ---- it does not take place ---- */

static int read_people(struct request *req, const struct conference *held, int64_t *ret)
{
	struct conference_numbers numbers = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_numbers(tx, held, &numbers);
	store_read_end(tx);
	*ret = numbers.confirmed + numbers.waitlisted;
	return result;
}

static int show_cancel(
    struct request *req, struct reply *rep, const struct form *form, const struct conference *held)
{
	struct view_cancel view = {.conference = held, .form = form};
	int result = read_people(req, held, &view.people);

	if (result)
		return result;
	site_page(req, rep, &view.page, "Cancel a conference", CONFERENCE_MENU, SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, form_ok(form) ? 200 : 422);
	conference_cancel_page(reply_body(rep), &view);
	return 0;
}

int conference_cancel_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(cancel_fields, 1 + PUBLICATION_FIELDS);
	struct conference held = {0};
	int result = form ? conference_of_path(req, &held) : STORE_NO_MEMORY;

	if (result == 0)
		result = show_cancel(req, rep, form, &held);
	conference_clear(&held);
	form_free(form);
	return site_result(result);
}

static int ask_cancel(
    struct request *req, struct reply *rep, const struct conference *held, bool again)
{
	struct form *form = request_form(req);
	const struct publication_text text = {"reason", form_text(form, 0), 0};
	char people[160], back[100];
	int64_t n = 0;
	int result = read_people(req, held, &n);

	if (result)
		return result;
	snprintf(back, sizeof(back), "/staff/conferences/%s/cancel", held->slug);
	snprintf(people, sizeof(people),
	    "%" PRId64 " %s cancelled, with %s passes; each person is told by mail. This can't be "
	    "undone.",
	    n, n == 1 ? "registration is" : "registrations are", n == 1 ? "its" : "their");
	return publication_ask(req, rep,
	    &(struct publication_ask){.heading = "Cancel the conference",
		.button = "Cancel the conference",
		.back = back,
		.menu = CONFERENCE_MENU,
		.warning = true,
		.lines = {held->title, people},
		.texts = &text,
		.n_texts = *form_text(form, 0) != 0,
		.form = form},
	    again);
}

static int cancel(struct request *req, struct reply *rep, const struct conference *held)
{
	struct form *form = request_form(req);
	struct publication_answer answers[PUBLICATION_ANSWERS];
	struct publication decision;
	struct refusal why = {0};
	int64_t people = 0;
	int result;

	publication_answers(form, answers, &decision);
	result = conference_cancel_because(registrar_of(req), held->slug,
	    &(struct conference_cancelling){form_text(form, 0), &decision}, session_of(req)->staff,
	    registrar_now(), &people, &why);
	if (result == MODEL_REFUSED && strcmp(why.field, PUBLICATION_FIELD) == 0)
		return ask_cancel(req, rep, held, true);
	if (result == MODEL_REFUSED) {
		form_refuse(form, 0, why.words);
		return show_cancel(req, rep, form, held);
	}
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/desk?done=cancelled", held->slug);
	return result;
}

int conference_cancel_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct conference held = {0};
	int result = conference_of_path(req, &held);

	if (result == 0 && !form_ok(form))
		result = show_cancel(req, rep, form, &held);
	else if (result == 0)
		result = form_checked(form, publication_seen(form))
			     ? cancel(req, rep, &held)
			     : ask_cancel(req, rep, &held, false);
	conference_clear(&held);
	return site_result(result);
}

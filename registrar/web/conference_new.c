/* A conference is made, edited and published. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "registrar/web/conference_desk.html.h"
#include "registrar/web/conference_handlers.h"
#include "registrar/web/conference_views.h"
#include "registrar/web/handlers.h"

enum { NEW_TEMPLATE, NEW_COPY };
const struct form_field conference_new_query[2] = {
    [NEW_TEMPLATE] = {.name = "template",
	.label = "template",
	.kind = FORM_INTEGER,
	.low = 1,
	.high = 1000000000},
    [NEW_COPY] = {.name = "copy", .label = "copy", .kind = FORM_SLUG},
};

const struct form_field publish_fields[PUBLICATION_FIELDS] = {PUBLICATION_FORM};

/* ---- a new one ---- */

static int show_form(struct request *req, struct reply *rep, struct view_conference_form *view)
{
	view->dated = true;
	view->action = request_path(req);
	site_page(req, rep, &view->page, view->heading, CONFERENCE_MENU, SITE_FORMS);
	view->page.error = !form_ok(view->form) || view->problem;
	if (view->page.error)
		reply_status(rep, 422);
	conference_form_page(reply_body(rep), view);
	return 0;
}

static int show_new(
    struct request *req, struct reply *rep, const struct form *form, const char *problem)
{
	struct view_conference_form view = {.heading = "New conference",
	    .button = "Keep as a draft",
	    .form = form,
	    .new = true,
	    .problem = problem};

	return show_form(req, rep, &view);
}

static int fill_from_template(struct store_tx *tx, int64_t id, struct form *form)
{
	struct conference_template template = {0};
	int result = conference_template_by_id(tx, id, &template);

	if (result == 0)
		conference_form_fill(form, &template.fields, false);
	conference_template_clear(&template);
	return result;
}

static int fill_from_other(struct store_tx *tx, const char *slug, struct form *form)
{
	struct conference other = {0};
	int result = conference_by_slug(tx, slug, &other);

	if (result == 0)
		conference_form_fill(form, &other, false);
	conference_clear(&other);
	return result;
}

/* An empty one: an hour of doors, two hours, the Media Gallery. */
static void fill_blank(struct form *form)
{
	struct conference blank;

	conference_default(&blank);
	blank.place = "Media Gallery";
	blank.starts = 3600;
	blank.ends = blank.starts + 7200;
	conference_form_fill(form, &blank, false);
}

int conference_new_get(struct request *req, struct reply *rep)
{
	const struct form *query = request_query(req);
	struct form *form = form_new(conference_fields, CONFERENCE_FIELDS);
	struct store_tx *tx = NULL;
	int result = form ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NO_MEMORY;

	if (result == 0 && !form_ok(query))
		result = MODEL_NOT_FOUND;
	else if (result == 0 && form_given(query, NEW_TEMPLATE))
		result = fill_from_template(tx, form_number(query, NEW_TEMPLATE), form);
	else if (result == 0 && form_given(query, NEW_COPY))
		result = fill_from_other(tx, form_text(query, NEW_COPY), form);
	else if (result == 0)
		fill_blank(form);
	store_read_end(tx);
	if (result == 0)
		result = show_new(req, rep, form, NULL);
	form_free(form);
	return site_result(result);
}

static int lead_to_desk(struct request *req, struct reply *rep, int64_t id)
{
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_id(tx, id, &conference);
	store_read_end(tx);
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/desk?done=made", conference.slug);
	conference_clear(&conference);
	return site_result(result);
}

int conference_new_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct conference wish;
	struct refusal why = {0};
	int64_t id = 0;
	int result;

	conference_default(&wish);
	if (!conference_form_read(form, true, &wish))
		return show_new(req, rep, form, NULL);
	wish.state = CONFERENCE_DRAFT;
	result = conference_create(
	    registrar_of(req), &wish, session_of(req)->staff, registrar_now(), &id, &why);
	if (result == MODEL_REFUSED || result == MODEL_KEY)
		return show_new(
		    req, rep, form, conference_form_refuse(form, &why) ? NULL : why.words);
	return result ? site_result(result) : lead_to_desk(req, rep, id);
}

/* ---- another form of one ---- */

static int show_edit(struct request *req, struct reply *rep, const struct form *form,
    const struct conference *held, const char *problem)
{
	bool public = held->state == CONFERENCE_ANNOUNCED;
	struct view_conference_form view = {.heading = "Edit the conference",
	    .button = public ? "Go on" : "Save",
	    .form = form,
	    .public = public,
	    .problem = problem};

	return show_form(req, rep, &view);
}

int conference_edit_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(conference_fields, CONFERENCE_FIELDS);
	struct conference held = {0};
	int result = form ? conference_of_path(req, &held) : STORE_NO_MEMORY;

	if (result == 0 && held.state == CONFERENCE_CANCELLED)
		result = MODEL_NOT_FOUND;
	if (result == 0) {
		conference_form_fill(form, &held, true);
		result = show_edit(req, rep, form, &held, NULL);
	}
	conference_clear(&held);
	form_free(form);
	return site_result(result);
}

static void say_people(char ret[160], int64_t people, int64_t passes)
{
	if (people == 0)
		snprintf(ret, 160, "Nobody is written to.");
	else if (passes == 0)
		snprintf(ret, 160, "%" PRId64 " %s told by mail.", people,
		    people == 1 ? "person is" : "people are");
	else
		snprintf(ret, 160,
		    "%" PRId64 " %s told by mail; %" PRId64 " %s a new pass, and the old one no "
		    "longer opens the door.",
		    people, people == 1 ? "person is" : "people are", passes,
		    passes == 1 ? "of them gets" : "of them get");
}

/* What saving does, and what the check finds in what is new. */
static int ask_edit(struct request *req, struct reply *rep, const struct conference *held,
    const struct conference *wish, bool again)
{
	struct conference_reach reach = {0, 0};
	struct publication_text texts[2];
	struct store_tx *tx = NULL;
	char people[160], back[100];
	size_t n = 0;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_edit_reach(tx, held, wish, registrar_now(), &reach);
	store_read_end(tx);
	if (result)
		return site_result(result);
	if (strcmp(held->title, wish->title) != 0)
		texts[n++] = (struct publication_text){"title", wish->title, 0};
	if (strcmp(held->summary, wish->summary) != 0)
		texts[n++] = (struct publication_text){"summary", wish->summary, 0};
	say_people(people, reach.people, reach.passes);
	snprintf(back, sizeof(back), "/staff/conferences/%s/edit", held->slug);
	return publication_ask(req, rep,
	    &(struct publication_ask){.heading = "Look at the change before it is made",
		.button = reach.passes ? "Change it and send new passes" : "Change it",
		.back = back,
		.menu = CONFERENCE_MENU,
		.warning = reach.passes > 0,
		.lines = {people},
		.texts = texts,
		.n_texts = n,
		.form = request_form(req)},
	    again);
}

static int save(
    struct request *req, struct reply *rep, const struct conference *held, struct conference *wish)
{
	struct form *form = request_form(req);
	struct publication_answer answers[PUBLICATION_ANSWERS];
	struct publication decision;
	struct conference asked = *wish;
	struct conference_reach reach;
	struct refusal why = {0};
	int result;

	publication_answers(form, answers, &decision);
	asked.publication = &decision;
	result = conference_edit(registrar_of(req), held->slug, &asked, session_of(req)->staff,
	    registrar_now(), &reach, &why);
	if (result == MODEL_REFUSED && strcmp(why.field, PUBLICATION_FIELD) == 0)
		return ask_edit(req, rep, held, wish, true);
	if (result == MODEL_REFUSED || result == MODEL_KEY)
		return show_edit(
		    req, rep, form, held, conference_form_refuse(form, &why) ? NULL : why.words);
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/desk?done=saved", held->slug);
	return site_result(result);
}

int conference_edit_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct conference held = {0}, wish;
	int result = conference_of_path(req, &held);

	if (result == 0 && held.state == CONFERENCE_CANCELLED)
		result = MODEL_NOT_FOUND;
	if (result) {
		conference_clear(&held);
		return site_result(result);
	}
	wish = held;
	if (!conference_form_read(form, true, &wish))
		result = show_edit(req, rep, form, &held, NULL);
	else if (held.state == CONFERENCE_DRAFT || form_checked(form, publication_seen(form)))
		result = save(req, rep, &held, &wish);
	else
		result = ask_edit(req, rep, &held, &wish, false);
	conference_clear(&held);
	return result;
}

/* ---- a draft becomes public ---- */

static int ask_publish(struct request *req, struct reply *rep, struct form *form,
    const struct conference *held, bool again)
{
	const struct publication_text texts[2] = {
	    {"title", held->title, 0}, {"summary", held->summary, 0}};
	char back[100];

	snprintf(back, sizeof(back), "/staff/conferences/%s/edit", held->slug);
	return publication_ask(req, rep,
	    &(struct publication_ask){.heading = "Check and publish",
		.button = "Publish",
		.back = back,
		.menu = CONFERENCE_MENU,
		.lines = {"Once published, the public pages, the feeds and the calendar have it, "
			  "and people can register. Nobody is written to: announce it by mail "
			  "afterwards."},
		.texts = texts,
		.n_texts = 2,
		.form = form},
	    again);
}

int conference_publish_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(publish_fields, PUBLICATION_FIELDS);
	struct conference held = {0};
	int result = form ? conference_of_path(req, &held) : STORE_NO_MEMORY;

	if (result == 0 && held.state != CONFERENCE_DRAFT)
		reply_redirect(rep, "/staff/conferences/%s/desk", held.slug);
	else if (result == 0)
		result = ask_publish(req, rep, form, &held, false);
	conference_clear(&held);
	form_free(form);
	return site_result(result);
}

static int publish(struct request *req, struct reply *rep, const struct conference *held)
{
	struct form *form = request_form(req);
	struct publication_answer answers[PUBLICATION_ANSWERS];
	struct publication decision;
	struct conference wish = *held;
	struct conference_reach reach;
	struct refusal why = {0};
	int result;

	publication_answers(form, answers, &decision);
	wish.state = CONFERENCE_ANNOUNCED;
	wish.publication = &decision;
	result = conference_edit(registrar_of(req), held->slug, &wish, session_of(req)->staff,
	    registrar_now(), &reach, &why);
	if (result == MODEL_REFUSED)
		return ask_publish(req, rep, form, held, true);
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/desk?done=published", held->slug);
	return site_result(result);
}

int conference_publish_post(struct request *req, struct reply *rep)
{
	struct conference held = {0};
	int result = conference_of_path(req, &held);

	if (result == 0 && held.state != CONFERENCE_DRAFT)
		reply_redirect(rep, "/staff/conferences/%s/desk", held.slug);
	else if (result == 0)
		result = publish(req, rep, &held);
	conference_clear(&held);
	return site_result(result);
}

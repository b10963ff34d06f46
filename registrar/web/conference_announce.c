/* Announcing by mail: what goes out, to how many, once. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "registrar/mail/announce.h"
#include "registrar/web/conference_desk.html.h"
#include "registrar/web/conference_handlers.h"
#include "registrar/web/conference_views.h"
#include "registrar/web/handlers.h"

const struct form_field announce_query[1] = {
    {.name = "material", .label = "material", .kind = FORM_INTEGER, .low = 1, .high = 1000000000}};

/* What is announced, and the page's own words. */
struct plan {
	struct announce_wish wish;
	char slug[65], back[120], action[160], after[160];
	const char *heading;
};

static int plan_of(struct request *req, struct plan *ret)
{
	const struct form *query = request_query(req);
	struct conference conference = {0};
	int result = conference_of_path(req, &conference);

	if (result == 0 && !form_ok(query))
		result = MODEL_NOT_FOUND;
	snprintf(ret->slug, sizeof(ret->slug), "%s", result == 0 ? conference.slug : "");
	snprintf(ret->back, sizeof(ret->back), "/staff/conferences/%s/desk", ret->slug);
	snprintf(ret->after, sizeof(ret->after), "%s?done=announced", ret->back);
	snprintf(ret->action, sizeof(ret->action), "%s", request_path(req));
	ret->heading = "Announce by mail";
	ret->wish = (struct announce_wish){.staff = session_of(req)->staff};
	if (form_given(query, 0)) {
		ret->wish.material = form_number(query, 0);
		snprintf(ret->action, sizeof(ret->action), "%.120s?material=%" PRId64,
		    request_path(req), ret->wish.material);
	} else {
		ret->wish.conference = ret->slug;
	}
	conference_clear(&conference);
	return result;
}

static struct plan plan_of_week(struct request *req)
{
	return (struct plan){.wish = {.week = true, .staff = session_of(req)->staff},
	    .back = "/staff/conferences",
	    .action = "/staff/conferences/week",
	    .after = "/staff/conferences/week",
	    .heading = "The week's schedule"};
}

static int show_done(struct request *req, struct reply *rep, const struct plan *plan,
    const struct announce_preview *preview, const char *problem)
{
	struct view_announced view = {
	    .heading = plan->heading, .back = plan->back, .problem = problem};

	if (preview) {
		view.mails = preview->mails;
		view.begun = preview->begun;
		view.subject = preview->subject;
		view.letter = preview->body;
	}
	site_page(req, rep, &view.page, plan->heading, CONFERENCE_MENU, SITE_FORMS);
	announced_page(reply_body(rep), &view);
	return 0;
}

static int ask(struct request *req, struct reply *rep, const struct plan *plan, struct form *form,
    const struct announce_preview *preview, bool again)
{
	char people[200];

	snprintf(people, sizeof(people),
	    "%" PRId64 " %s such announcements and %s this mail, once.", preview->people,
	    preview->people == 1 ? "address asked for" : "addresses asked for",
	    preview->people == 1 ? "gets" : "get");
	return publication_ask(req, rep,
	    &(struct publication_ask){.heading = plan->heading,
		.button = "Send the mails",
		.action = plan->action,
		.back = plan->back,
		.menu = CONFERENCE_MENU,
		.lines = {people},
		.texts = preview->texts,
		.n_texts = preview->n_texts,
		.form = form,
		.subject = preview->subject,
		.letter = preview->body},
	    again);
}

static int show(
    struct request *req, struct reply *rep, const struct plan *plan, struct form *form, bool again)
{
	struct announce_preview preview = {0};
	struct refusal why = {0};
	int result =
	    announce_preview(registrar_of(req), &plan->wish, registrar_now(), &preview, &why);

	if (result == MODEL_REFUSED)
		return show_done(req, rep, plan, NULL, why.words);
	if (result)
		return result;
	if (preview.finished)
		result = show_done(req, rep, plan, &preview, NULL);
	else if (preview.people == 0 && !preview.begun)
		result = show_done(req, rep, plan, &preview,
		    "Nobody asked for such announcements by mail yet. The feeds and the calendar "
		    "have it already.");
	else
		result = ask(req, rep, plan, form, &preview, again);
	announce_preview_free(&preview);
	return result;
}

static int get(struct request *req, struct reply *rep, const struct plan *plan)
{
	struct form *form = form_new(publish_fields, PUBLICATION_FIELDS);
	int result = form ? show(req, rep, plan, form, false) : STORE_NO_MEMORY;

	form_free(form);
	return site_result(result);
}

static int post(struct request *req, struct reply *rep, struct plan *plan)
{
	struct form *form = request_form(req);
	struct publication_answer answers[PUBLICATION_ANSWERS];
	struct publication decision;
	struct refusal why = {0};
	int64_t mails = 0;
	int result;

	publication_answers(form, answers, &decision);
	plan->wish.publication = &decision;
	result = announce(registrar_of(req), &plan->wish, registrar_now(), &mails, &why);
	if (result == MODEL_REFUSED)
		return site_result(show(req, rep, plan, form, true));
	if (result == 0)
		reply_redirect(rep, "%s", plan->after);
	return site_result(result);
}

int announce_get(struct request *req, struct reply *rep)
{
	struct plan plan;
	int result = plan_of(req, &plan);

	return result ? site_result(result) : get(req, rep, &plan);
}

int announce_post(struct request *req, struct reply *rep)
{
	struct plan plan;
	int result = plan_of(req, &plan);

	return result ? site_result(result) : post(req, rep, &plan);
}

int announce_week_get(struct request *req, struct reply *rep)
{
	struct plan plan = plan_of_week(req);

	return get(req, rep, &plan);
}

int announce_week_post(struct request *req, struct reply *rep)
{
	struct plan plan = plan_of_week(req);

	return post(req, rep, &plan);
}

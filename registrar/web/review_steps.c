/* What the desk does with an application before it decides: one button or a short form each. */
#include "registrar/web/review.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "registrar/journal/journal.h"
#include "registrar/press/case.h"
#include "registrar/web/handlers.h"

enum act {
	ACT_ASSIGN,
	ACT_PUT_BACK,
	ACT_PRE_APPROVE,
	ACT_HOLD,
	ACT_RELEASE,
	ACT_NOTE,
	ACT_SEND_BACK
};
static const char *const journal_words[] = {"review-assigned", "review-put-back", "pre-approved",
    "review-held", "review-released", "review-note", "proposal-sent-back"};

struct acting {
	struct registrar *registrar;
	const char *reference, *staff, *to, *words;
	enum act act;
	int64_t until, now;
};

static int carry_out(struct store_tx *tx, const struct acting *it, int64_t id)
{
	switch (it->act) {
	case ACT_ASSIGN:
		return decision_assign(tx, id, it->staff, it->to, it->now);
	case ACT_PUT_BACK:
		return decision_assign(tx, id, it->staff, NULL, it->now);
	case ACT_PRE_APPROVE:
		return decision_pre_approve(tx, id, it->staff, it->now);
	case ACT_HOLD:
		return decision_hold(tx, id, it->staff, it->until, it->words, it->now);
	case ACT_RELEASE:
		return decision_hold(tx, id, it->staff, 0, "", it->now);
	case ACT_NOTE:
		return decision_note(tx, id, it->staff, it->words, it->now);
	default:
		return decision_send_back(tx, id, it->staff, it->words, it->now);
	}
}

static int act_body(struct store_tx *tx, void *context)
{
	const struct acting *it = context;
	struct journal_line line = {
	    .kind = JOURNAL_CORRESPONDENCE, .staff = it->staff, .reason = journal_words[it->act]};
	struct application application = {0};
	char detail[80];
	int result = application_by_reference(tx, it->reference, &application);

	if (result == 0 && application.submitted == 0)
		result = STORE_NOT_FOUND;
	if (result == 0)
		result = carry_out(tx, it, application.id);
	snprintf(detail, sizeof(detail), "application %s", application.reference);
	line.detail = detail;
	if (result == 0)
		result = journal_append(tx, it->registrar, &line);
	application_free(&application);
	return result;
}

static const char *problem_of(int result)
{
	switch (result) {
	case DECISION_E_STAFF:
		return "That colleague does not review applications. Choose another one.";
	case DECISION_E_HOLD:
		return "Choose a day after today, within a year. Nothing was changed.";
	case CASE_E_DECIDER:
		return REVIEW_OTHER_DECIDER;
	default:
		return NULL;
	}
}

static int act(
    struct request *req, struct reply *rep, struct acting *it, const struct review_failed *failed)
{
	struct review_failed said = *failed;
	int result;

	it->registrar = registrar_of(req);
	it->reference = request_segment(req, "reference");
	it->staff = session_of(req)->staff;
	it->now = registrar_now();
	if (it->act == ACT_ASSIGN && !it->to)
		it->to = it->staff;
	result = store_write(it->registrar->store, act_body, it);
	if (result == CASE_E_STATE)
		return review_show_overtaken(req, rep, failed);
	said.problem = problem_of(result);
	if (said.problem)
		return review_show(req, rep, &said, result == CASE_E_DECIDER ? 403 : 422);
	if (result < 0)
		return site_result(result);
	if (it->act == ACT_HOLD || it->act == ACT_SEND_BACK)
		reply_redirect(rep, "/staff?done=%s", it->act == ACT_HOLD ? "held" : "sent-back");
	else
		reply_redirect(rep, "/staff/applications/%s", it->reference);
	return 0;
}

static int act_plain(struct request *req, struct reply *rep, enum act what)
{
	return act(req, rep, &(struct acting){.act = what}, &(struct review_failed){0});
}

int assign_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);

	if (!form_ok(form))
		return review_show(
		    req, rep, &(struct review_failed){.problem = "Choose who gets it."}, 422);
	return act(req, rep, &(struct acting){.act = ACT_ASSIGN, .to = form_text(form, 0)},
	    &(struct review_failed){0});
}

int take_post(struct request *req, struct reply *rep)
{
	return act_plain(req, rep, ACT_ASSIGN);
}

int put_back_post(struct request *req, struct reply *rep)
{
	return act_plain(req, rep, ACT_PUT_BACK);
}

int pre_approve_post(struct request *req, struct reply *rep)
{
	return act_plain(req, rep, ACT_PRE_APPROVE);
}

int release_post(struct request *req, struct reply *rep)
{
	return act_plain(req, rep, ACT_RELEASE);
}

/* When the desk opens on that day. */
static int64_t morning(const struct form_time *day, unsigned opens)
{
	struct tm at = {.tm_year = day->year - 1900,
	    .tm_mon = day->month - 1,
	    .tm_mday = day->day,
	    .tm_hour = (int)(opens / 60),
	    .tm_min = (int)(opens % 60),
	    .tm_isdst = -1};

	return (int64_t)mktime(&at);
}

int hold_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct form_time day = form_when(form, HOLD_UNTIL);

	if (!form_ok(form))
		return review_show(req, rep, &(struct review_failed){.hold = form}, 422);
	return act(req, rep,
	    &(struct acting){.act = ACT_HOLD,
		.words = form_text(form, HOLD_WORDS),
		.until = morning(&day, registrar_of(req)->settings.opens)},
	    &(struct review_failed){.hold = form});
}

int note_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);

	if (!form_ok(form))
		return review_show(req, rep, &(struct review_failed){.note = form}, 422);
	return act(req, rep, &(struct acting){.act = ACT_NOTE, .words = form_text(form, 0)},
	    &(struct review_failed){.note = form});
}

int send_back_post(struct request *req, struct reply *rep)
{
	return act(req, rep,
	    &(struct acting){.act = ACT_SEND_BACK, .words = form_text(request_form(req), 0)},
	    &(struct review_failed){0});
}

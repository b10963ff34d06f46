/* Approving and refusing, by one reviewer or by two. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "badges/class.h"
#include "registrar/journal/journal.h"
#include "registrar/mail/message.h"
#include "registrar/press/case.h"
#include "registrar/press/language.h"
#include "registrar/web/handlers.h"
#include "registrar/web/review.h"
#include "registrar/web/review_evidence.h"
#include "registrar/zone.h"
#include "web/say.h"

struct deciding {
	struct registrar *registrar;
	const char *reference;
	struct application_approval approval; /* of an approval */
	struct application_refusal refusal;   /* of a refusal */
	struct decision_proposal proposal;    /* as the form has it, or as it was confirmed */
	const char *staff;
	bool alias;    /* of an approval */
	bool photo;    /* filled: gates have one to fetch */
	bool proposed; /* filled: nothing is decided yet */
	int64_t now;
};

static int journal_decision(
    struct store_tx *tx, const struct deciding *it, enum journal_kind kind, const char *staff)
{
	struct journal_line line = {.kind = kind, .staff = staff};
	char detail[80];

	snprintf(detail, sizeof(detail), "application %s", it->reference);
	line.detail = detail;
	return journal_append(tx, it->registrar, &line);
}

/* The message of an approval, with its limits said first in the reader's language. */
static int say_limits(struct store_tx *tx, const struct say *language, int64_t accreditation_id,
    const char *message, char *out, size_t size)
{
	struct limit limit;
	char until[128], only[1200] = "", before[400] = "";
	int result = limit_read(tx, accreditation_id, &limit);

	if (result < 0)
		return result;
	if (limit.conference_id)
		SAY_FORMAT(only, sizeof(only), say(language, "It is for one conference only: %1."),
		    limit.title);
	if (limit.until) {
		zone_say(language, limit.until, until, sizeof(until));
		SAY_FORMAT(before, sizeof(before),
		    say(language, "It is for conferences that begin before %1."), until);
	}
	snprintf(
	    out, size, "%s%s%s%s%s", only, *only ? "\n" : "", before, *before ? "\n" : "", message);
	return 0;
}

static int mail_approval(struct store_tx *tx, const struct deciding *it,
    const struct application *application, int64_t accreditation_id)
{
	const struct say *language = language_of_mail(tx, application->email);
	struct accreditation granted;
	struct message_values values = {0};
	char until[128], message[18000];
	int result = accreditation_by_id(tx, accreditation_id, &granted);

	if (result == 0)
		result = say_limits(
		    tx, language, accreditation_id, it->approval.message, message, sizeof(message));
	if (result < 0)
		return result;
	zone_say_date(language, granted.valid_until, until, sizeof(until));
	values.name = application->name;
	values.reference = application->reference;
	values.outlet = granted.outlet.name;
	values.role = class_words(granted.class);
	values.until = until;
	values.message = message;
	return message_put(
	    tx, it->registrar, MESSAGE_APPROVED, application->email, &values, it->now);
}

/* Passes say for which outlet they are: after a change of it they are issued anew. */
static int renew_passes(struct store_tx *tx, const struct deciding *it,
    const struct application *application, int64_t accreditation_id)
{
	struct case_file file = {0};
	int result = case_read(tx, application->id, &file);
	bool moved = result == 0 && file.purpose == CASE_OUTLET;

	case_free(&file);
	if (!moved)
		return result;
	return case_reissue(tx, it->registrar, application->person_id, accreditation_id,
	    it->approval.staff, it->now);
}

static int approve(struct store_tx *tx, void *context)
{
	struct deciding *it = context;
	struct application application = {0};
	struct accreditation granted;
	int64_t accreditation_id;
	int result = application_by_reference(tx, it->reference, &application);

	if (result < 0)
		return result;
	it->approval.outlet_name = application.outlet;
	result = application_approve(tx, application.id, &it->approval, it->now, &accreditation_id);
	if (result == 0)
		result = accreditation_by_id(tx, accreditation_id, &granted);
	if (result == 0)
		result = review_evidence_settle(tx, it->registrar, &application, granted.outlet_id,
		    it->alias, it->approval.staff, it->now, &it->photo);
	if (result == 0)
		result = renew_passes(tx, it, &application, accreditation_id);
	if (result == 0)
		result = mail_approval(tx, it, &application, accreditation_id);
	if (result == 0)
		result = journal_decision(tx, it, JOURNAL_APPROVED, it->approval.staff);
	it->approval.outlet_name = NULL;
	application_free(&application);
	return result;
}

static int refuse_application(struct store_tx *tx, void *context)
{
	struct deciding *it = context;
	struct application application = {0};
	struct message_values values = {0};
	int result = application_by_reference(tx, it->reference, &application);

	if (result < 0)
		return result;
	result = application_refuse(tx, application.id, &it->refusal, it->now);
	if (result == 0) {
		values.name = application.name;
		values.reference = application.reference;
		values.criterion = application_criterion_find(it->refusal.criterion)->words;
		values.message = it->refusal.message;
		result = message_put(
		    tx, it->registrar, MESSAGE_REFUSED, application.email, &values, it->now);
	}
	if (result == 0)
		result = journal_decision(tx, it, JOURNAL_REFUSED, it->refusal.staff);
	application_free(&application);
	return result;
}

/* The form's decision, or one that was proposed, as the model takes it. */
static void fill(struct deciding *it)
{
	const struct decision_proposal *p = &it->proposal;

	it->alias = p->alias;
	it->approval = (struct application_approval){.staff = it->staff,
	    .outlet_id = p->outlet_id,
	    .local = p->local,
	    .months = p->months,
	    .message = p->message,
	    .note = p->note,
	    .other_class = p->limit_class >= 0,
	    .class = (uint8_t)(p->limit_class >= 0 ? p->limit_class : 0),
	    .limit = p->limit};
	it->refusal = (struct application_refusal){
	    .staff = it->staff, .criterion = p->criterion, .message = p->message, .note = p->note};
}

static int carry_out(struct store_tx *tx, struct deciding *it)
{
	fill(it);
	return it->proposal.approves ? approve(tx, it) : refuse_application(tx, it);
}

/* Not while a proposal waits for its second reviewer. */
static int decide_alone(struct store_tx *tx, struct deciding *it, int64_t id)
{
	struct decision_proposal standing = {0};
	int result = decision_proposal(tx, id, &standing);

	decision_proposal_free(&standing);
	if (result == STORE_NOT_FOUND)
		return carry_out(tx, it);
	return result < 0 ? result : (int)DECISION_E_STANDS;
}

static int journal_proposed(struct store_tx *tx, const struct deciding *it)
{
	char detail[80];

	snprintf(detail, sizeof(detail), "application %s", it->reference);
	return journal_append(tx, it->registrar,
	    &(struct journal_line){.kind = JOURNAL_CORRESPONDENCE,
		.staff = it->staff,
		.reason = "decision-proposed",
		.detail = detail});
}

/* What is asked for counts, and what is given: neither is a way around the second reviewer. */
static bool needs_second(const struct deciding *it, unsigned asked)
{
	const struct decision_proposal *p = &it->proposal;
	struct decision_policy policy = {0};

	if (decision_policy_read(it->registrar->settings.second_reviewer, &policy) < 0)
		policy.all = true;
	return decision_needs_second(&policy, asked, p->approves) ||
	       (p->limit_class >= 0 &&
		   decision_needs_second(&policy, (unsigned)p->limit_class, p->approves));
}

/* By one where the settings ask for no second one; else it is proposed. */
static int decide_body(struct store_tx *tx, void *context)
{
	struct deciding *it = context;
	struct application application = {0};
	int result = application_by_reference(tx, it->reference, &application);

	it->proposed = result == 0 && needs_second(it, application.class);
	if (it->proposed)
		result = decision_propose(tx, application.id, &it->proposal, it->now);
	else if (result == 0)
		result = decide_alone(tx, it, application.id);
	if (result == 0 && it->proposed)
		result = journal_proposed(tx, it);
	application_free(&application);
	return result;
}

static int confirm_body(struct store_tx *tx, void *context)
{
	struct deciding *it = context;
	struct application application = {0};
	int result = application_by_reference(tx, it->reference, &application);

	if (result == 0)
		result = decision_confirm(tx, application.id, it->staff, it->now, &it->proposal);
	if (result == 0)
		result = carry_out(tx, it);
	application_free(&application);
	return result;
}

/*
 * What does not wait any more is either the same decision by the same person (a button pressed
 * twice), which is done, or another's.
 */
static int answer_decided(struct request *req, struct reply *rep, const struct deciding *it,
    const char *state, const struct review_failed *failed)
{
	struct application application = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(it->registrar->store, &tx);
	bool mine;

	if (result == 0)
		result = application_by_reference(tx, it->reference, &application);
	store_read_end(tx);
	if (result < 0)
		return site_result(result);
	mine =
	    strcmp(application.state, state) == 0 && strcmp(application.decided_by, it->staff) == 0;
	application_free(&application);
	if (!mine)
		return review_show_overtaken(req, rep, failed);
	reply_redirect(rep, "/staff?done=%s", state);
	return 0;
}

static int say_problem(struct request *req, struct reply *rep, const struct review_failed *failed,
    const char *problem, unsigned status)
{
	struct review_failed said = *failed;

	said.problem = problem;
	return review_show(req, rep, &said, status);
}

/* What both decisions answer. */
static int answer(struct request *req, struct reply *rep, const struct deciding *it, int result,
    const struct review_failed *failed)
{
	const char *done = it->proposal.approves ? "approved" : "refused";

	if (result == APPLICATION_E_STATE)
		return answer_decided(req, rep, it, done, failed);
	if (result == DECISION_E_STANDS)
		return review_show_overtaken(req, rep, failed);
	if (result == CASE_E_DECIDER)
		return say_problem(req, rep, failed, REVIEW_OTHER_DECIDER, 403);
	if (result == DECISION_E_SAME)
		return say_problem(req, rep, failed,
		    "You proposed this: another reviewer confirms it or sends it back.", 403);
	if (result == APPLICATION_E_OUTLET || result == OUTLET_E_TAKEN)
		return say_problem(req, rep, failed,
		    "The outlet that was proposed has changed meanwhile. Send the proposal back.",
		    409);
	if (result < 0)
		return site_result(result);
	registrar_changed(it->registrar);
	registrar_mail_waits(it->registrar);
	reply_redirect(rep, "/staff?done=%s", it->proposed ? "proposed" : done);
	return 0;
}

/* The end of that day. */
static int64_t day_after(struct form_time day)
{
	struct tm at = {.tm_year = day.year - 1900,
	    .tm_mon = day.month - 1,
	    .tm_mday = day.day + 1,
	    .tm_isdst = -1};

	return day.year ? (int64_t)mktime(&at) : 0;
}

/* A form's text, for as long as the request lasts. */
static char *borrowed(const char *text)
{
	union {
		const char *in;
		char *out;
	} both = {.in = text};

	return both.out;
}

int approve_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const struct review_failed failed = {.approve = form};
	struct deciding it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff,
	    .now = registrar_now()};
	int result;

	if (!form_ok(form))
		return review_show(req, rep, &failed, 422);
	it.proposal = (struct decision_proposal){.approves = true,
	    .outlet_id = form_number(form, APPROVE_OUTLET),
	    .alias = form_checked(form, APPROVE_ALIAS),
	    .local = form_checked(form, APPROVE_LOCAL),
	    .months = (unsigned)form_number(form, APPROVE_MONTHS),
	    .limit_class =
		form_given(form, APPROVE_CLASS) ? (int)form_number(form, APPROVE_CLASS) - 1 : -1,
	    .limit = {.conference_id = form_number(form, APPROVE_CONFERENCE),
		.until = day_after(form_when(form, APPROVE_UNTIL))},
	    .message = borrowed(form_text(form, APPROVE_MESSAGE)),
	    .note = borrowed(form_text(form, APPROVE_NOTE))};
	snprintf(it.proposal.staff, sizeof(it.proposal.staff), "%s", it.staff);
	result = store_write(it.registrar->store, decide_body, &it);
	if (result == APPLICATION_E_OUTLET) {
		form_refuse(form, APPROVE_OUTLET, "That outlet is gone. Choose another one.");
		return review_show(req, rep, &failed, 422);
	}
	if (result == OUTLET_E_TAKEN) {
		form_refuse(form, APPROVE_ALIAS,
		    "What was typed is the name of another outlet already. Leave this out.");
		return review_show(req, rep, &failed, 422);
	}
	return answer(req, rep, &it, result, &failed);
}

int refuse_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const struct review_failed failed = {.refuse = form};
	struct deciding it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff,
	    .now = registrar_now()};
	int result;

	if (!form_ok(form))
		return review_show(req, rep, &failed, 422);
	it.proposal = (struct decision_proposal){.limit_class = -1,
	    .message = borrowed(form_text(form, REFUSE_MESSAGE)),
	    .note = borrowed(form_text(form, REFUSE_NOTE))};
	snprintf(it.proposal.staff, sizeof(it.proposal.staff), "%s", it.staff);
	snprintf(it.proposal.criterion, sizeof(it.proposal.criterion), "%s",
	    review_criteria[form_number(form, REFUSE_CRITERION)].value);
	result = store_write(it.registrar->store, decide_body, &it);
	return answer(req, rep, &it, result, &failed);
}

int confirm_decision_post(struct request *req, struct reply *rep)
{
	struct deciding it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff,
	    .now = registrar_now()};
	int result = store_write(it.registrar->store, confirm_body, &it);

	result = answer(req, rep, &it, result, &(struct review_failed){0});
	decision_proposal_free(&it.proposal);
	return result;
}

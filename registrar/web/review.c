#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/press/language.h"
#include "registrar/journal/journal.h"
#include "registrar/mail/message.h"
#include "registrar/web/handlers.h"
#include "registrar/web/my_handlers.h"
#include "registrar/web/review.h"
#include "registrar/web/review.html.h"
#include "registrar/web/review_evidence.h"
#include "registrar/web/view_log.h"
#include "registrar/zone.h"

enum {
	APPROVE_OUTLET,
	APPROVE_ALIAS,
	APPROVE_LOCAL,
	APPROVE_MONTHS,
	APPROVE_MESSAGE,
	APPROVE_NOTE,
	APPROVE_FIELDS
};
const struct form_field approve_fields[APPROVE_FIELDS] = {
    [APPROVE_OUTLET] = {.name = "outlet",
	.label = "outlet",
	.kind = FORM_INTEGER,
	.high = 9007199254740991,
	.required = true,
	.missing = "Choose the outlet, or “New”"},
    [APPROVE_ALIAS] = {.name = "alias",
	.label = "keep what was typed as another name of this outlet",
	.kind = FORM_CHECKBOX},
    [APPROVE_LOCAL] = {.name = "local",
	.label = "local outlet",
	.hint = "Local media come first where places are short",
	.kind = FORM_CHECKBOX},
    [APPROVE_MONTHS] = {.name = "months",
	.label = "valid for how many months",
	.kind = FORM_INTEGER,
	.low = 1,
	.high = ACCREDITATION_MONTHS_MAX,
	.required = true},
    [APPROVE_MESSAGE] = {.name = "message",
	.label = "message to the applicant",
	.hint = "Stands in the mail",
	.kind = FORM_TEXT,
	.max = 4000},
    [APPROVE_NOTE] = {.name = "note",
	.label = "internal note",
	.hint = "Never leaves this office",
	.kind = FORM_TEXT,
	.max = 4000},
};

enum { REFUSE_CRITERION, REFUSE_MESSAGE, REFUSE_NOTE };
static const struct form_choice criterion_choices[] = {
    {"not-news", "Not news gathering for the public", NULL},
    {"outlet-unconfirmed", "Outlet could not be confirmed", NULL},
    {"proof-missing", "Proof does not show the work", NULL},
    {"identity-unconfirmed", "Identity could not be confirmed", NULL},
    {"conduct", "Withdrawn before for conduct, and the reason still stands", NULL},
    {NULL, NULL, NULL},
};
const struct form_field refuse_fields[3] = {
    [REFUSE_CRITERION] = {.name = "criterion",
	.label = "published criterion",
	.kind = FORM_CHOICE,
	.choices = criterion_choices,
	.required = true,
	.missing = "Choose the criterion that is not met"},
    [REFUSE_MESSAGE] = {.name = "refusal-message",
	.label = "message to the applicant",
	.hint = "What is missing, and what could change the decision",
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = "Tell the applicant why, and what could change the decision"},
    [REFUSE_NOTE] = {.name = "refusal-note",
	.label = "internal note",
	.hint = "Never leaves this office",
	.kind = FORM_TEXT,
	.max = 4000},
};

/* ---- one application ---- */

struct looking {
	struct registrar *registrar;
	const char *reference;
	const char *staff;
	struct application application; /* filled */
};

/* A look at a person's record is noted with its reason, or there is no look. */
static int look(struct store_tx *tx, void *context)
{
	struct looking *it = context;
	struct view_log_look seen = {.what = VIEW_LOG_APPLICATION, .staff = it->staff};
	int result = application_by_reference(tx, it->reference, &it->application);

	if (result < 0)
		return result;
	seen.why = application_waits(&it->application) ? VIEW_LOG_REVIEW : VIEW_LOG_DECISION;
	seen.application_id = it->application.id;
	seen.item = it->application.reference;
	return view_log_add(tx, it->registrar, &seen, registrar_now());
}

/* What stands around the application: outlets, and other applications of the address. */
static int read_around(struct store_tx *tx, struct view_review *view, struct outlet_list *outlets,
    struct outlet *known, struct review_evidence *evidence)
{
	int result = outlet_list(tx, outlets);

	view->outlets = outlets;
	if (result == 0)
		result = outlet_by_name(tx, view->application->outlet, known);
	if (result == 0)
		view->known = known;
	if (result == STORE_NOT_FOUND)
		result = 0;
	if (result == 0)
		result = case_read(tx, view->application->id, &view->file);
	if (result == 0)
		result = review_evidence_read(tx, view->application, evidence);
	if (result == 0)
		result = review_focal_read(tx, view->application, view->now, &view->focal);
	if (result == 0 && view->application->person_id)
		result = application_of_person(tx, view->application->person_id, &view->earlier);
	return result;
}

/* The forms as first shown. */
static int fill_forms(struct registrar *registrar, struct view_review *view, struct form *approve)
{
	char months[16];

	snprintf(months, sizeof(months), "%u", registrar->settings.accreditation_months);
	form_fill(approve, APPROVE_MONTHS, months);
	if (view->known && view->known->local)
		form_fill(approve, APPROVE_LOCAL, "yes");
	return 0;
}

/* Forms that did not hold, or NULL; and what else is wrong. */
struct failed {
	struct form *approve, *refuse, *ask, *message;
	const char *problem;
};

static bool may_ask(const struct application *application)
{
	return application_waits(application) &&
	       strcmp(application->state, "more-information") != 0;
}

static int show(
    struct request *req, struct reply *rep, const struct failed *failed, unsigned status)
{
	struct registrar *registrar = registrar_of(req);
	struct looking it = {.registrar = registrar,
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff};
	struct view_review view = {.application = &it.application, .now = registrar_now()};
	struct form *own_approve = failed->approve ? NULL : form_new(approve_fields, APPROVE_FIELDS);
	struct form *own_refuse = failed->refuse ? NULL : form_new(refuse_fields, 3);
	struct form *own_ask = failed->ask ? NULL : form_new(case_ask_fields, 1);
	struct form *own_message = failed->message ? NULL : form_new(case_message_fields, 1);
	struct outlet_list outlets = {NULL, 0};
	struct review_evidence evidence = {0};
	struct outlet known;
	struct bounce bounce;
	struct store_tx *tx = NULL;
	int result = store_write(registrar->store, look, &it);

	view.approve = failed->approve ? failed->approve : own_approve;
	view.refuse = failed->refuse ? failed->refuse : own_refuse;
	view.desk = (struct view_case_desk){&view.page, it.reference, &view.file,
	    failed->ask ? failed->ask : own_ask, failed->message ? failed->message : own_message,
	    false};
	view.evidence = &evidence;
	view.problem = failed->problem;
	if (result == 0 && (!view.approve || !view.refuse || !view.desk.ask || !view.desk.message))
		result = STORE_NO_MEMORY;
	if (result == 0)
		result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = read_around(tx, &view, &outlets, &known, &evidence);
	if (result == 0 && bounce_of(tx, it.application.email, &bounce) == 0)
		view.bounce = &bounce;
	store_read_end(tx);
	if (result == 0 && own_approve)
		result = fill_forms(registrar, &view, own_approve);
	if (result == 0) {
		view.waits = application_waits(&it.application);
		view.desk.may_ask = may_ask(&it.application);
		site_page(req, rep, &view.page, it.application.name, "/staff", SITE_FORMS);
		view.page.error = view.problem || !form_ok(view.approve) || !form_ok(view.refuse) ||
				  !form_ok(view.desk.ask) || !form_ok(view.desk.message);
		reply_status(rep, status);
		review_page(reply_body(rep), &view);
	}
	form_free(own_approve);
	form_free(own_refuse);
	form_free(own_ask);
	form_free(own_message);
	case_free(&view.file);
	review_evidence_free(&evidence);
	outlet_list_free(&outlets);
	application_list_free(&view.earlier);
	application_free(&it.application);
	return site_result(result);
}

int review_get(struct request *req, struct reply *rep)
{
	return show(req, rep, &(struct failed){0}, 200);
}

int review_show_desk(struct request *req, struct reply *rep, struct form *ask, struct form *message,
    const char *problem, unsigned status)
{
	const struct failed failed = {.ask = ask, .message = message, .problem = problem};

	return show(req, rep, &failed, status);
}

/* ---- decisions ---- */

struct deciding {
	struct registrar *registrar;
	const char *reference;
	struct application_approval approval; /* of an approval */
	struct application_refusal refusal;   /* of a refusal */
	bool alias;			      /* of an approval */
	bool photo;			      /* filled: gates have one to fetch */
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

static int mail_approval(struct store_tx *tx, const struct deciding *it,
    const struct application *application, int64_t accreditation_id)
{
	struct accreditation granted;
	struct message_values values = {0};
	char until[128];
	int result = accreditation_by_id(tx, accreditation_id, &granted);

	if (result < 0)
		return result;
	zone_say_date(
	    language_of_mail(tx, application->email), granted.valid_until, until, sizeof(until));
	values.name = application->name;
	values.reference = application->reference;
	values.outlet = granted.outlet.name;
	values.role = class_words(granted.class);
	values.until = until;
	values.message = it->approval.message;
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

static int say_decided(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    "Someone else decided on this application in the meantime, or its applicant has not "
	    "confirmed the address. Nothing was changed."};

	return site_say(req, rep, 409, "This application does not wait any more", words, "/staff",
	    "To the queue");
}

/*
 * What does not wait any more is either the same decision by the same person (a button pressed
 * twice), which is done, or another's.
 */
static int answer_decided(
    struct request *req, struct reply *rep, const struct deciding *it, const char *state)
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
	mine = strcmp(application.state, state) == 0 &&
	       strcmp(application.decided_by, session_of(req)->staff) == 0;
	application_free(&application);
	if (!mine)
		return say_decided(req, rep);
	reply_redirect(rep, "/staff?done=%s", state);
	return 0;
}

/* What both decisions answer; done: the word that the queue shows. */
static int answer(
    struct request *req, struct reply *rep, const struct deciding *it, int result, const char *done)
{
	if (result == APPLICATION_E_STATE)
		return answer_decided(req, rep, it, done);
	if (result == CASE_E_DECIDER)
		return review_show_desk(req, rep, NULL, NULL, REVIEW_OTHER_DECIDER, 403);
	if (result < 0)
		return site_result(result);
	registrar_changed(it->registrar);
	registrar_mail_waits(it->registrar);
	reply_redirect(rep, "/staff?done=%s", done);
	return 0;
}

int approve_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct deciding it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .now = registrar_now()};
	int result;

	if (!form_ok(form))
		return show(req, rep, &(struct failed){.approve = form}, 422);
	it.approval = (struct application_approval){.staff = session_of(req)->staff,
	    .outlet_id = form_number(form, APPROVE_OUTLET),
	    .local = form_checked(form, APPROVE_LOCAL),
	    .months = (unsigned)form_number(form, APPROVE_MONTHS),
	    .message = form_text(form, APPROVE_MESSAGE),
	    .note = form_text(form, APPROVE_NOTE)};
	it.alias = form_checked(form, APPROVE_ALIAS);
	result = store_write(it.registrar->store, approve, &it);
	if (result == APPLICATION_E_OUTLET) {
		form_refuse(form, APPROVE_OUTLET, "That outlet is gone. Choose another one.");
		return show(req, rep, &(struct failed){.approve = form}, 422);
	}
	if (result == OUTLET_E_TAKEN) {
		form_refuse(form, APPROVE_ALIAS,
		    "What was typed is the name of another outlet already. Leave this out.");
		return show(req, rep, &(struct failed){.approve = form}, 422);
	}
	return answer(req, rep, &it, result, "approved");
}

int refuse_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct deciding it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .now = registrar_now()};
	int result;

	if (!form_ok(form))
		return show(req, rep, &(struct failed){.refuse = form}, 422);
	it.refusal = (struct application_refusal){.staff = session_of(req)->staff,
	    .criterion = criterion_choices[form_number(form, REFUSE_CRITERION)].value,
	    .message = form_text(form, REFUSE_MESSAGE),
	    .note = form_text(form, REFUSE_NOTE)};
	result = store_write(it.registrar->store, refuse_application, &it);
	return answer(req, rep, &it, result, "refused");
}

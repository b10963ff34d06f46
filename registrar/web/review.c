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

static bool may_ask(const struct application *application)
{
	return application_waits(application) &&
	       strcmp(application->state, "more-information") != 0;
}

int review_show(
    struct request *req, struct reply *rep, const struct review_failed *failed, unsigned status)
{
	struct registrar *registrar = registrar_of(req);
	struct looking it = {.registrar = registrar,
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff};
	struct view_review view = {.application = &it.application, .now = registrar_now()};
	struct form *own_approve =
	    failed->approve ? NULL : form_new(approve_fields, APPROVE_FIELDS);
	struct form *own_refuse = failed->refuse ? NULL : form_new(refuse_fields, REFUSE_FIELDS);
	struct form *own_ask = failed->ask ? NULL : form_new(case_ask_fields, 1);
	struct form *own_message = failed->message ? NULL : form_new(case_message_fields, 1);
	struct outlet_list outlets = {NULL, 0};
	struct review_evidence evidence = {0};
	struct review_more more = {.staff = it.staff, .hold = failed->hold, .note = failed->note};
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
	view.more = &more;
	if (result == 0 && (!view.approve || !view.refuse || !view.desk.ask || !view.desk.message))
		result = STORE_NO_MEMORY;
	if (result == 0)
		result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = read_around(tx, &view, &outlets, &known, &evidence);
	if (result == 0)
		result = review_more_read(tx, registrar, &it.application, view.now, &more);
	if (result == 0 && bounce_of(tx, it.application.email, &bounce) == 0)
		view.bounce = &bounce;
	store_read_end(tx);
	if (result == 0 && own_approve)
		result = fill_forms(registrar, &view, own_approve);
	if (result == 0) {
		view.waits = application_waits(&it.application);
		review_more_typed(&more, failed, view.waits);
		view.desk.may_ask = may_ask(&it.application);
		site_page(req, rep, &view.page, it.application.name, "/staff", SITE_FORMS);
		view.page.error = view.problem || !form_ok(view.approve) || !form_ok(view.refuse) ||
				  !form_ok(view.desk.ask) || !form_ok(view.desk.message) ||
				  (more.hold && !form_ok(more.hold)) ||
				  (more.note && !form_ok(more.note));
		reply_status(rep, status);
		review_page(reply_body(rep), &view);
	}
	form_free(own_approve);
	form_free(own_refuse);
	form_free(own_ask);
	form_free(own_message);
	case_free(&view.file);
	review_evidence_free(&evidence);
	review_more_free(&more);
	outlet_list_free(&outlets);
	application_list_free(&view.earlier);
	application_free(&it.application);
	return site_result(result);
}

int review_get(struct request *req, struct reply *rep)
{
	return review_show(req, rep, &(struct review_failed){0}, 200);
}

int review_show_desk(struct request *req, struct reply *rep, struct form *ask, struct form *message,
    const char *problem, unsigned status)
{
	const struct review_failed failed = {.ask = ask, .message = message, .problem = problem};

	return review_show(req, rep, &failed, status);
}

/* What a person asks about an accreditation that stands: more time, or another outlet. */
#include "registrar/mail/acknowledge.h"
#include "registrar/web/handlers.h"
#include "registrar/web/my_accreditation.html.h"
#include "registrar/web/my_handlers.h"

#include <stdlib.h>

enum { RENEW_PROOF };
const struct form_field my_renew_fields[1] = {
    [RENEW_PROOF] = {.name = "proof",
	.label = SAY("your work since"),
	.hint = SAY("Two or three links or titles, and who can confirm that you still work there"),
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = SAY("Tell us about your work since your last application")}};

enum { OUTLET_NAME, OUTLET_PROOF };
const struct form_field my_outlet_fields[2] = {
    [OUTLET_NAME] = {.name = "outlet",
	.label = SAY("new outlet"),
	.kind = FORM_LINE,
	.max = 200,
	.required = true,
	.autocomplete = "organization",
	.missing = SAY("Enter the name of the outlet you work for now")},
    [OUTLET_PROOF] = {.name = "proof",
	.label = SAY("who can confirm it"),
	.hint = SAY("Your editor's name and how we reach them, or a link to your new work"),
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = SAY("Tell us who can confirm that you work there")}};

/* The accreditation of the path, if it is the person's own and stands. */
static int read_own(struct request *req, struct accreditation *ret)
{
	const char *segment = request_segment(req, "id");
	struct store_tx *tx = NULL;
	char *end = NULL;
	long long id = strtoll(segment, &end, 10);
	int result;

	if (*segment < '1' || *segment > '9' || *end)
		return MODEL_NOT_FOUND;
	result = store_read_begin(registrar_of(req)->store, &tx);
	if (result == 0)
		result = accreditation_by_id(tx, id, ret);
	if (result == 0 && (ret->person_id != session_of(req)->person_id ||
			       !accreditation_stands(ret, registrar_now())))
		result = MODEL_NOT_FOUND;
	store_read_end(tx);
	return result;
}

static int show(struct request *req, struct reply *rep, bool renewal, struct form *failed,
    const char *problem, unsigned status)
{
	struct form *empty = renewal ? form_new(my_renew_fields, 1) : form_new(my_outlet_fields, 2);
	struct accreditation own = {0};
	struct view_wish view = {.settings = &registrar_of(req)->settings,
	    .accreditation = &own,
	    .form = failed ? failed : empty,
	    .renewal = renewal,
	    .problem = problem};
	int result = empty ? read_own(req, &own) : STORE_NO_MEMORY;

	if (result == 0) {
		site_page(req, rep, &view.page,
		    renewal ? request_say(req, "Renew your accreditation")
			    : request_say(req, "Change your outlet"),
		    "/my", SITE_FORMS);
		view.page.error = problem || !form_ok(view.form);
		reply_status(rep, status);
		wish_page(reply_body(rep), &view);
	}
	form_free(empty);
	return site_result(result);
}

struct wishing {
	struct registrar *registrar;
	struct case_wish wish;
	int64_t now;
	char reference[APPLICATION_REFERENCE];
};

static int send_body(struct store_tx *tx, void *context)
{
	struct wishing *it = context;
	struct due_desk desk = my_desk(&it->registrar->settings);

	enum queue_kind kind = it->wish.purpose == CASE_RENEWAL ? QUEUE_RENEWAL : QUEUE_OUTLET;
	int64_t id = 0;
	int result = case_apply(tx, &it->wish, &desk, it->now, it->reference);

	if (result == 0)
		result = case_find(tx, it->reference, it->wish.person_id, &id);
	return result < 0 ? result : acknowledge_application(tx, it->registrar, id, kind, it->now);
}

static int send(struct request *req, struct reply *rep, enum case_purpose purpose)
{
	struct form *form = request_form(req);
	bool renewal = purpose == CASE_RENEWAL;
	struct wishing it = {.registrar = registrar_of(req), .now = registrar_now()};
	struct accreditation own;
	int result = read_own(req, &own);

	if (result < 0)
		return site_result(result);
	if (!form_ok(form))
		return show(req, rep, renewal, form, NULL, 422);
	it.wish = (struct case_wish){.person_id = session_of(req)->person_id,
	    .accreditation_id = own.id,
	    .purpose = purpose,
	    .outlet = renewal ? NULL : form_text(form, OUTLET_NAME),
	    .proof = form_text(form, renewal ? RENEW_PROOF : OUTLET_PROOF)};
	result = store_write(it.registrar->store, send_body, &it);
	if (result == CASE_E_EARLY)
		return show(req, rep, renewal, form,
		    request_say(req, "It is too early: you can renew in the last 60 days."), 422);
	if (result == CASE_E_STATE)
		return 409;
	if (result < 0)
		return site_result(result);
	registrar_mail_waits(it.registrar);
	reply_redirect(rep, "/my/applications/%s", it.reference);
	return 0;
}

int my_renew_get(struct request *req, struct reply *rep)
{
	return show(req, rep, true, NULL, NULL, 200);
}

int my_renew_post(struct request *req, struct reply *rep)
{
	return send(req, rep, CASE_RENEWAL);
}

int my_outlet_get(struct request *req, struct reply *rep)
{
	return show(req, rep, false, NULL, NULL, 200);
}

int my_outlet_post(struct request *req, struct reply *rep)
{
	return send(req, rep, CASE_OUTLET);
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/qr.h"
#include "registrar/press/spoken.h"
#include "registrar/wallet/wallet.h"
#include "registrar/web/handlers.h"
#include "registrar/web/registration_own.h"
#include "registrar/web/registration.html.h"

enum { PAGE_PX = 345 }; /* the widest picture that fits a phone of 390 pixels */

enum { REGISTER_CONSENT, REGISTER_ACCREDITATION };

const struct form_field register_fields[2] = {
    [REGISTER_CONSENT] = {.name = "consent",
	.label = SAY("agreement to security screening"),
	.kind = FORM_CHECKBOX,
	.required = true,
	.missing = SAY("Agree to security screening to register: without it, entry is denied")},
    [REGISTER_ACCREDITATION] = {.name = "accreditation",
	.label = SAY("accreditation"),
	.kind = FORM_INTEGER,
	.low = 1,
	.high = 9007199254740991},
};

/* The accreditation to register with: the one chosen, if it is the person's, or the newest that
 * stands and is admitted; MODEL_NOT_FOUND where there is none. */
static int choose(struct store_tx *tx, const struct conference *conference, int64_t person_id,
    int64_t chosen, int64_t *ret_id)
{
	struct accreditation_list list = {NULL, 0};
	const struct accreditation *a;
	int result = accreditation_of_person(tx, person_id, &list);
	int64_t now = registrar_now();

	if (result < 0)
		return result;
	result = MODEL_NOT_FOUND;
	for (size_t i = 0; i < list.n && result != 0; i++) {
		a = &list.items[i];
		if (chosen
			? a->id == chosen
			: accreditation_stands(a, now) && (conference->classes >> a->class & 1)) {
			*ret_id = a->id;
			result = 0;
		}
	}
	accreditation_list_free(&list);
	return result;
}

static int read_wish(
    struct request *req, struct registration_wish *wish, const struct session *session)
{
	struct form *form = request_form(req);
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int64_t chosen = form_number(form, REGISTER_ACCREDITATION);
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	if (result == 0 && conference.state == CONFERENCE_DRAFT)
		result = MODEL_NOT_FOUND;
	if (result == 0) {
		wish->conference_id = conference.id;
		result =
		    choose(tx, &conference, session->person_id, chosen, &wish->accreditation_id);
		if (result == MODEL_NOT_FOUND && !chosen)
			result = MODEL_REFUSED;
	}
	store_read_end(tx);
	conference_clear(&conference);
	return result;
}

static int show_refused(struct request *req, struct reply *rep, const char *problem)
{
	reply_status(rep, 422);
	return conference_show(req, rep, request_segment(req, "slug"), problem);
}

int register_post(struct request *req, struct reply *rep)
{
	struct registrar *registrar = registrar_of(req);
	const struct session *session = session_of(req);
	struct form *form = request_form(req);
	struct registration_wish wish = {0};
	struct registration made;
	struct refusal why = {.language = request_language(req)};
	int64_t now = registrar_now();
	int result;

	if (form_message(form, REGISTER_CONSENT))
		return show_refused(req, rep, form_message(form, REGISTER_CONSENT));
	if (!form_ok(form))
		return 400;
	result = read_wish(req, &wish, session);
	if (result == MODEL_REFUSED)
		return show_refused(req, rep,
		    request_say(req,
			"You have no accreditation that this conference admits. What you can do is "
			"below."));
	if (result < 0)
		return site_result(result);
	wish.consented = now;
	result = registration_register(registrar, &wish, now, &made, &why);
	if (result == MODEL_REFUSED)
		return show_refused(req, rep, why.words);
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/registrations/%s", made.reference);
	return 0;
}

/* ---- one's own registration ---- */

static bool is_cancellable(const struct registration_own *own, int64_t now)
{
	return own->registration.state != REGISTRATION_CANCELLED &&
	       own->registration.state != REGISTRATION_DECLINED && now < own->conference.ends;
}

/* The picture's side on the page: whole pixels for each module. */
static unsigned picture_px(const char *text)
{
	struct qr qr = {0};
	unsigned modules, px = 0;

	if (qr_make(text, strlen(text), &qr) == 0) {
		modules = qr.width + 2 * QR_MARGIN;
		px = modules * (PAGE_PX / modules);
	}
	qr_free(&qr);
	return px;
}

static void fill(struct request *req, const struct registration_own *own, char code[10],
    struct view_registration *view)
{
	const char *typed = own->registration.pass_code;

	snprintf(code, 10, "%.4s-%.4s", typed, typed[0] ? typed + 4 : typed);
	view->settings = &registrar_of(req)->settings;
	view->registration = &own->registration;
	view->conference = &own->conference;
	view->accreditation = &own->accreditation;
	view->person = session_of(req)->name;
	view->code = code;
	spoken_code(request_language(req), typed, view->spoken, sizeof(view->spoken));
	view->apple = wallet_offers(view->settings, WALLET_APPLE);
	view->google = wallet_offers(view->settings, WALLET_GOOGLE);
	view->line = own->line;
	view->now = registrar_now();
	view->cancellable = is_cancellable(own, view->now);
	if (own->registration.has_pass)
		view->pass_px = picture_px(own->registration.pass_qr);
}

int registration_get(struct request *req, struct reply *rep)
{
	struct view_registration view = {0};
	struct registration_own own = {0};
	char code[10];
	int result = registration_own_read(req, &own);

	if (result == 0) {
		fill(req, &own, code, &view);
		site_page(req, rep, &view.page,
		    own.registration.has_pass ? request_say(req, "Your pass")
					      : request_say(req, "Your registration"),
		    "/my", SITE_NO_FORM);
		reply_policy(rep, "worker-src", "'self'");
		registration_page(reply_body(rep), &view);
	}
	registration_own_free(&own);
	return site_result(result);
}

int cancel_get(struct request *req, struct reply *rep)
{
	struct view_registration view = {0};
	struct registration_own own = {0};
	char code[10];
	int result = registration_own_read(req, &own);

	if (result < 0)
		goto done;
	fill(req, &own, code, &view);
	if (view.cancellable) {
		site_page(req, rep, &view.page, request_say(req, "Cancel your registration?"),
		    "/my", SITE_FORMS);
		cancel_page(reply_body(rep), &view);
	} else {
		reply_redirect(rep, "/registrations/%s", own.registration.reference);
	}
done:
	registration_own_free(&own);
	return site_result(result);
}

int cancel_post(struct request *req, struct reply *rep)
{
	struct registrar *registrar = registrar_of(req);
	struct refusal why = {.language = request_language(req)};
	struct registration_own own = {0};
	const char *words[4] = {why.words};
	int result = registration_own_read(req, &own);

	if (result == 0)
		result = registration_cancel(
		    registrar, own.registration.reference, NULL, registrar_now(), NULL, &why);
	if (result == MODEL_REFUSED)
		result = site_say(req, rep, 422, SAY("This can't be cancelled"), words, "/my",
		    SAY("To my registrations"));
	else if (result == 0)
		reply_redirect(rep, "/registrations/%s", own.registration.reference);
	registration_own_free(&own);
	return site_result(result);
}

/* The end of an application's pages: all answers, sending them, coming back later. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/mail/message.h"
#include "registrar/press/language.h"
#include "registrar/press/person.h"
#include "registrar/web/apply.h"
#include "registrar/web/apply.html.h"
#include "registrar/web/message.html.h"

/* The same once more within a minute is a button pressed twice. */
enum { TWICE_SECONDS = 60 };

static int show_check(struct request *req, struct reply *rep, const struct apply *apply,
    const char *problem, unsigned status)
{
	struct view_apply view = {.problem = problem};

	apply_view(req, rep, &view, apply, NULL, NULL);
	view.page.title = request_say(req, "Check your answers");
	view.page.error = problem != NULL;
	reply_status(rep, status);
	apply_check_page(reply_body(rep), &view);
	return 0;
}

/* Leads to the first question that is open; false: none is. */
static bool lead_to_missing(struct reply *rep, const struct apply *apply)
{
	const char *missing = apply_missing(apply);

	if (apply->dossier.id == 0)
		return apply_gone(rep) == 0;
	if (missing)
		reply_redirect(rep, "/accreditation/%s?change=yes", missing);
	return missing != NULL;
}

int apply_check_get(struct request *req, struct reply *rep)
{
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result == 0 && !lead_to_missing(rep, &apply))
		result = show_check(req, rep, &apply, NULL, 200);
	if (result == 0)
		apply_end(&apply);
	return site_result(result);
}

struct sending {
	struct registrar *registrar;
	const struct apply *apply;
	struct application_form form;
	const struct say *language;
	bool mailed; /* filled */
};

static int put_application(
    struct store_tx *tx, struct sending *it, const char *cookie, char ret_link[TOKEN_TEXT + 1])
{
	struct dossier dossier;
	int64_t id, now = it->apply->now;
	int result = dossier_find(tx, cookie, now, &dossier);

	if (result < 0 || (dossier.sent && now - dossier.sent < TWICE_SECONDS))
		return result;
	it->mailed = true;
	id = dossier.application_id;
	if (id)
		result = application_amend(tx, id, &it->form, now, ret_link);
	else
		result = application_apply(tx, &it->form, now, &id, ret_link);
	if (result == 0)
		result = language_of_applicant(tx, id, it->language);
	return result < 0 ? result : dossier_sent(tx, dossier.id, id, now);
}

struct posting {
	struct sending sending;
	const char *cookie;
};

static int post(struct store_tx *tx, void *context)
{
	struct posting *it = context;
	struct registrar *registrar = it->sending.registrar;
	char token[TOKEN_TEXT + 1], link[400];
	struct message_values values = {.lasts = SAY("24 hours"), .link = link};
	int result = put_application(tx, &it->sending, it->cookie, token);

	if (result < 0 || !it->sending.mailed)
		return result;
	snprintf(link, sizeof(link), "%s/confirm/%s", registrar->public_url, token);
	return message_put(tx, registrar, MESSAGE_CONFIRM, it->sending.form.email, &values,
	    it->sending.apply->now);
}

/* The answers as the model takes them; email has room for PERSON_EMAIL_MAX. */
static int fill_form(const struct apply *apply, char *email, struct application_form *ret_form)
{
	const struct dossier_answers *answers = &apply->answers;
	struct application_form form = {.name = dossier_answer(answers, "name"),
	    .outlet = dossier_answer(answers, "outlet"),
	    .proof = dossier_answer(answers, "proof"),
	    .outlet_id = strtoll(dossier_answer(answers, "outlet-id"), NULL, 10)};

	if (person_email_key(dossier_answer(answers, "email"), email) < 0 ||
	    class_find(dossier_answer(answers, "class"), &form.class) < 0)
		return STORE_MISUSE;
	form.email = email;
	*ret_form = form;
	return 0;
}

/* Who has been mailed often enough is not mailed again, and the page says the same. */
static int send_now(struct request *req, const struct apply *apply)
{
	struct posting it = {.sending = {.registrar = registrar_of(req),
				 .apply = apply,
				 .language = request_language(req)},
	    .cookie = request_cookie(req, APPLY_COOKIE)};
	char email[PERSON_EMAIL_MAX + 1];
	int result = fill_form(apply, email, &it.sending.form);

	if (result < 0 || !site_may_mail(req, 'm', email, apply->now))
		return result;
	result = store_write(it.sending.registrar->store, post, &it);
	if (result == 0 && it.sending.mailed)
		registrar_mail_waits(it.sending.registrar);
	return result;
}

int apply_check_post(struct request *req, struct reply *rep)
{
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	if (!lead_to_missing(rep, &apply)) {
		result = send_now(req, &apply);
		/* Confirmed in the meantime, in another window: the mail has the reference. */
		if (result == 0 || result == APPLICATION_E_STATE || result == STORE_NOT_FOUND) {
			reply_redirect(rep, "/accreditation/sent");
			result = 0;
		}
	}
	apply_end(&apply);
	return site_result(result);
}

int apply_sent_get(struct request *req, struct reply *rep)
{
	struct view_apply view = {.n_matches = 0};
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	apply_view(req, rep, &view, &apply, NULL, NULL);
	view.page.title = request_say(req, "Now confirm your e-mail address");
	apply_sent_page(reply_body(rep), &view);
	apply_end(&apply);
	return 0;
}

/* ---- coming back ---- */

const struct form_field apply_save_fields[1] = {
    {.name = "email",
	.label = SAY("e-mail address"),
	.kind = FORM_EMAIL,
	.required = true,
	.autocomplete = "email",
	.missing = SAY("Enter your e-mail address")},
};

static int show_save(struct request *req, struct reply *rep, const struct apply *apply,
    const struct form *form, unsigned status)
{
	struct view_apply view = {.n_matches = 0};

	apply_view(req, rep, &view, apply, NULL, form);
	view.page.title = request_say(req, "Come back later");
	reply_status(rep, status);
	apply_save_page(reply_body(rep), &view);
	return 0;
}

int apply_save_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(apply_save_fields, 1);
	struct apply apply;
	int result = form ? apply_begin(req, &apply) : STORE_NO_MEMORY;

	if (result == 0) {
		form_fill(form, 0, dossier_answer(&apply.answers, "email"));
		result =
		    apply.dossier.id ? show_save(req, rep, &apply, form, 200) : apply_gone(rep);
		apply_end(&apply);
	}
	form_free(form);
	return site_result(result);
}

struct mailing {
	struct registrar *registrar;
	const struct apply *apply;
	const char *email;
	const struct say *language; /* in which it is answered so far */
};

static int mail_link(struct store_tx *tx, void *context)
{
	const struct mailing *it = context;
	char token[TOKEN_TEXT + 1], link[400];
	struct message_values values = {.lasts = SAY("14 days"), .link = link};
	int result = dossier_save(tx, it->apply->dossier.id, token);

	if (result < 0)
		return result;
	snprintf(link, sizeof(link), "%s/return/%s", it->registrar->public_url, token);
	return message_put_in(
	    tx, it->registrar, MESSAGE_RETURN, it->language, it->email, &values, it->apply->now);
}

static int save_now(struct request *req, struct reply *rep, const struct apply *apply)
{
	struct mailing it = {
	    .registrar = registrar_of(req), .apply = apply, .language = request_language(req)};
	char email[PERSON_EMAIL_MAX + 1];
	int result;

	if (person_email_key(form_text(request_form(req), 0), email) < 0)
		return 400;
	it.email = email;
	result = site_mail(req, 'r', email, apply->now, mail_link, &it);
	if (result == 0)
		reply_redirect(rep, "/accreditation/saved");
	return result;
}

int apply_save_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	if (apply.dossier.id == 0)
		result = apply_gone(rep);
	else if (!form_ok(form))
		result = show_save(req, rep, &apply, form, 422);
	else
		result = save_now(req, rep, &apply);
	apply_end(&apply);
	return site_result(result);
}

int apply_saved_get(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("We have sent a link to the address you gave. It opens your answers on any device, "
		"once, within 14 days. In this browser you can also just go on.")};

	return site_say(
	    req, rep, 200, SAY("Your answers are kept"), words, "/accreditation", SAY("Go on now"));
}

static int dead_link(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("It was used already, or your answers are older than 14 days and were deleted. In "
		"the browser where you opened it your answers may still be there: look on the next "
		"page.")};

	return site_say(req, rep, 404, SAY("This link does not work any more"), words,
	    "/accreditation", SAY("Apply for accreditation"));
}

int apply_return_get(struct request *req, struct reply *rep)
{
	struct dossier dossier;
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result =
		    dossier_by_link(tx, request_segment(req, "token"), registrar_now(), &dossier);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	return site_button(req, rep, SAY("Go on with your application"),
	    SAY("With this button your answers open on this device. On the device where you began "
		"they do not open any more."),
	    SAY("Go on"));
}

struct returning {
	const char *link;
	char token[TOKEN_TEXT + 1]; /* filled */
};

static int take_back(struct store_tx *tx, void *context)
{
	struct returning *it = context;

	return dossier_return(tx, it->link, registrar_now(), it->token);
}

int apply_return_post(struct request *req, struct reply *rep)
{
	struct returning it = {.link = request_segment(req, "token")};
	int result = store_write(registrar_of(req)->store, take_back, &it);

	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	reply_cookie(rep, APPLY_COOKIE, it.token, DOSSIER_SECONDS);
	reply_redirect(rep, "/accreditation/check");
	return 0;
}

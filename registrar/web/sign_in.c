#include <stdio.h>
#include <string.h>

#include "registrar/mail/link.h"
#include "registrar/mail/message.h"
#include "registrar/mail/outbox.h"
#include "registrar/press/person.h"
#include "registrar/web/handlers.h"
#include "registrar/web/message.html.h"
#include "registrar/web/sign_in.html.h"

enum { SIGN_IN_EMAIL };

const struct form_field sign_in_fields[1] = {
    [SIGN_IN_EMAIL] = {.name = "email",
	.label = SAY("e-mail address"),
	.hint = SAY("The one you applied with"),
	.kind = FORM_EMAIL,
	.required = true,
	.autocomplete = "email",
	.missing = SAY("Enter your e-mail address")},
};

static int show(struct request *req, struct reply *rep, struct form *form, unsigned status)
{
	struct view_sign_in view = {.form = form};

	site_page(req, rep, &view.page, request_say(req, "Sign in"), "/sign-in", SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	sign_in_page(reply_body(rep), &view);
	return 0;
}

int sign_in_get(struct request *req, struct reply *rep)
{
	struct form *form;
	int result;

	if (session_of(req)) {
		reply_redirect(rep, "%s", session_of(req)->is_staff ? "/staff" : "/my");
		return 0;
	}
	form = form_new(sign_in_fields, 1);
	if (!form)
		return STORE_NO_MEMORY;
	result = show(req, rep, form, 200);
	form_free(form);
	return result;
}

struct asking {
	struct registrar *registrar;
	const char *email;
	int64_t now;
};

/*
 * A known address gets a link. An unknown one gets the same rows written, without a person and
 * without a mail that anybody sends, so that both take the same time.
 */
static int ask(struct store_tx *tx, void *context)
{
	struct asking *it = context;
	char token[TOKEN_TEXT + 1], url[400];
	struct message_values values = {.lasts = SAY("30 minutes"), .link = url};
	struct person person = {0};
	int result = person_by_email(tx, it->email, &person);

	if (result < 0 && result != STORE_NOT_FOUND)
		return result;
	result = link_make(tx, LINK_SIGN_IN, person.id, it->now, token);
	if (result < 0)
		return result;
	snprintf(url, sizeof(url), "%s/link/%s", it->registrar->public_url, token);
	values.name = person.name;
	result = message_put(tx, it->registrar, MESSAGE_SIGN_IN, it->email, &values, it->now);
	if (result == 0 && !person.id)
		result = outbox_sent(tx, store_last_id(tx));
	return result;
}

int sign_in_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct asking it = {.registrar = registrar_of(req), .now = registrar_now()};
	char email[PERSON_EMAIL_MAX + 1];
	int result;

	if (!form_ok(form))
		return show(req, rep, form, 422);
	if (site_must_wait(req, 's', form, SIGN_IN_EMAIL, it.now))
		return show(req, rep, form, 429);
	if (person_email_key(form_text(form, SIGN_IN_EMAIL), email) < 0)
		return 400;
	it.email = email;
	result = site_mail(req, 'l', email, it.now, ask, &it);
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/sign-in/sent");
	return 0;
}

int sign_in_sent_get(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("If we know the address you gave, a mail with a link is on its way. Open it on "
		"this device and press the button. The link works once, for 30 minutes."),
	    SAY("No mail after ten minutes? Look among unwanted mail. Each link of the last 30 "
		"minutes works that was not used; to one address we send only a few. We know only "
		"addresses that were confirmed in an application for accreditation.")};

	return site_say(
	    req, rep, 200, SAY("Look into your mail"), words, "/sign-in", SAY("Try again"));
}

static int dead_link(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("It was used already, or it is older than 30 minutes. If you have just pressed the "
		"button twice, you may be signed in already: the next page shows it. If not, ask "
		"for another link there.")};

	return site_say(req, rep, 404, SAY("This link does not work any more"), words, "/sign-in",
	    SAY("Sign in"));
}

static int find(struct registrar *registrar, const char *token, struct link *ret_link)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = link_find(tx, LINK_SIGN_IN, token, ret_link);
	store_read_end(tx);
	if (result == 0 && !link_usable(ret_link, registrar_now()))
		result = STORE_NOT_FOUND;
	return result;
}

int link_get(struct request *req, struct reply *rep)
{
	struct link link;
	int result = find(registrar_of(req), request_segment(req, "token"), &link);

	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	return site_button(req, rep, SAY("Sign in"),
	    SAY("With this button you sign in on this device. You stay signed in for a week after "
		"your last visit, or until you sign out."),
	    SAY("Sign in"));
}

struct entering {
	const char *token;
	const uint8_t *old; /* a session of this browser that ends, or NULL */
	uint8_t hash[TOKEN_BYTES];
	int64_t now;
};

static int enter(struct store_tx *tx, void *context)
{
	struct entering *it = context;
	struct link link;
	int result = link_use(tx, LINK_SIGN_IN, it->token, it->now, &link);

	if (result == 0 && link.subject == 0)
		result = STORE_NOT_FOUND;
	if (result == 0 && it->old)
		result = session_end(tx, it->old);
	if (result == 0)
		result = session_start_person(tx, it->hash, link.subject, it->now);
	return result;
}

int link_post(struct request *req, struct reply *rep)
{
	struct registrar *registrar = registrar_of(req);
	const struct visitor *visitor = request_visitor(req);
	struct entering it = {.token = request_segment(req, "token"),
	    .old = visitor->signed_in ? visitor->session : NULL,
	    .now = registrar_now()};
	struct link link;
	int result = find(registrar, it.token, &link);

	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	reply_session_start(rep, it.hash);
	result = store_write(registrar->store, enter, &it);
	if (result == STORE_NOT_FOUND)
		return 409; /* used between the look and the write */
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/my");
	return 0;
}

static int leave(struct store_tx *tx, void *context)
{
	return session_end(tx, context);
}

int sign_out_post(struct request *req, struct reply *rep)
{
	const struct visitor *visitor = request_visitor(req);
	uint8_t hash[TOKEN_BYTES];
	int result = 0;

	if (visitor->signed_in) {
		memcpy(hash, visitor->session, sizeof(hash));
		result = store_write(registrar_of(req)->store, leave, hash);
	}
	if (result < 0)
		return site_result(result);
	reply_session_end(rep);
	/* The copy of a pass that was kept for the door goes too, with its worker. */
	reply_header(rep, "Clear-Site-Data", "\"storage\"");
	reply_redirect(rep, "/");
	return 0;
}

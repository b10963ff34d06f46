/* Announcements by mail: asking for them, confirming it, ending it. */
#include <stdio.h>

#include "registrar/mail/subscription.h"
#include "registrar/press/person.h"
#include "registrar/web/announcements.html.h"
#include "registrar/web/handlers.h"
#include "registrar/web/message.html.h"

enum { ASK_EMAIL, ASK_KINDS };

static const struct form_choice kinds[] = {
    {"conferences", SAY("News conferences, when they are announced"), NULL},
    {"releases", SAY("Releases, photographs and recordings, when they are published"), NULL},
    {"week", SAY("The schedule, once a week"), NULL},
    {NULL, NULL, NULL},
};

const struct form_field announcements_fields[2] = {
    [ASK_EMAIL] = {.name = "email",
	.label = SAY("e-mail address"),
	.kind = FORM_EMAIL,
	.required = true,
	.autocomplete = "email",
	.missing = SAY("Enter your e-mail address")},
    [ASK_KINDS] = {.name = "kinds",
	.label = SAY("what you want to hear of"),
	.kind = FORM_SET,
	.required = true,
	.choices = kinds,
	.missing = SAY("Choose at least one kind of announcement")},
};

static int show(struct request *req, struct reply *rep, struct form *form, unsigned status)
{
	struct view_sign_in view = {.form = form};

	site_page(
	    req, rep, &view.page, request_say(req, "Announcements by mail"), NULL, SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	announcements_page(reply_body(rep), &view);
	return 0;
}

int announcements_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(announcements_fields, 2);
	int result;

	if (!form)
		return STORE_NO_MEMORY;
	result = show(req, rep, form, 200);
	form_free(form);
	return result;
}

struct asking {
	struct registrar *registrar;
	const char *email, *token;
	const struct say *language;
	uint32_t kinds;
	int64_t now;
};

static int ask(struct store_tx *tx, void *context)
{
	const struct asking *it = context;

	return subscription_ask(tx, it->registrar, it->email, it->kinds, it->language, it->now);
}

/* The same answer whatever is known of the address, and however often it was asked for. */
int announcements_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct asking it = {.registrar = registrar_of(req),
	    .language = request_language(req),
	    .now = registrar_now()};
	char email[PERSON_EMAIL_MAX + 1];
	int result;

	if (!form_ok(form))
		return show(req, rep, form, 422);
	if (site_must_wait(req, 'u', form, ASK_EMAIL, it.now))
		return show(req, rep, form, 429);
	if (person_email_key(form_text(form, ASK_EMAIL), email) < 0)
		return 400;
	it.email = email;
	it.kinds = (uint32_t)form_number(form, ASK_KINDS);
	result = site_mail(req, 'b', email, it.now, ask, &it);
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/announcements/sent");
	return 0;
}

int announcements_sent_get(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("A mail with a link is on its way to the address you gave. Open it and press the "
		"button: only then do announcements go there. The link works for 24 hours."),
	    SAY("No mail after ten minutes? Look among unwanted mail. To one address we send only "
		"a few.")};

	return site_say(
	    req, rep, 200, SAY("Look into your mail"), words, "/announcements", SAY("Try again"));
}

static int dead_link(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("It was used already, or it is older than 24 hours. If you pressed its button, you "
		"get announcements. If not, ask for another link.")};

	return site_say(req, rep, 404, SAY("This link does not work any more"), words,
	    "/announcements", SAY("Announcements by mail"));
}

/* Mail scanners open links: nothing happens before the button. */
int announcements_confirm_get(struct request *req, struct reply *rep)
{
	struct subscription subscription;
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = subscription_find(
		    tx, request_segment(req, "token"), registrar_now(), &subscription);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	return site_button(req, rep, SAY("Get announcements by mail"),
	    SAY("With this button you confirm that the address is yours and that announcements "
		"may be sent there. You can end that at any time with the link in each of them."),
	    SAY("Get announcements"));
}

static int confirm(struct store_tx *tx, void *context)
{
	const struct asking *it = context;

	return subscription_confirm(tx, it->token, it->now);
}

int announcements_confirm_post(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("From now on we write to you when there is something of what you chose."),
	    SAY("To end that, use the link in any of these mails.")};
	struct asking it = {.token = request_segment(req, "token"), .now = registrar_now()};
	int result = store_write(registrar_of(req)->store, confirm, &it);

	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	return site_say(req, rep, 200, SAY("You get announcements by mail"), words, "/",
	    SAY("News conferences"));
}

int announcements_stop_get(struct request *req, struct reply *rep)
{
	return site_button(req, rep, SAY("End announcements by mail"),
	    SAY("With this button announcements to your address end, and the address is deleted "
		"from their list. Mails about an accreditation of yours still come."),
	    SAY("End announcements"));
}

static int stop(struct store_tx *tx, void *context)
{
	return subscription_stop(tx, ((const struct asking *)context)->token);
}

/* The button, and the one click of a mail program, which has no cookie (RFC 8058): the secret in
 * the address is all it needs. The answer is the same for an address that ended before. */
int announcements_stop_post(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("No more announcements are sent to your address. One that is on its way may still "
		"arrive.")};
	struct asking it = {.token = request_segment(req, "key")};
	int result = store_write(registrar_of(req)->store, stop, &it);

	if (result < 0)
		return site_result(result);
	return site_say(req, rep, 200, SAY("Announcements have ended"), words, "/announcements",
	    SAY("Announcements by mail"));
}

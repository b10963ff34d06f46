/* A person corrects name, telephone, language and address, and asks for disposal (R14). */
#include <stdlib.h>
#include <string.h>

#include "registrar/mail/acknowledge.h"
#include "registrar/mail/message.h"
#include "registrar/web/handlers.h"
#include "registrar/web/message.html.h"
#include "registrar/web/my_data.html.h"
#include "registrar/web/my_handlers.h"

enum { DETAILS_NAME, DETAILS_PHONE, DETAILS_LANGUAGE };
static const struct form_choice languages[] = {
    {"en", "English", NULL}, {"fr", "Français", NULL}, {NULL, NULL, NULL}};
const struct form_field my_details_fields[3] = {
    [DETAILS_NAME] = {.name = "name",
	.label = SAY("full name"),
	.hint = SAY("As it stands on your identification. While you are accredited, the desk looks "
		    "at a new name first"),
	.kind = FORM_LINE,
	.max = 200,
	.required = true,
	.autocomplete = "name",
	.missing = SAY("Enter your full name")},
    [DETAILS_PHONE] = {.name = "phone",
	.label = SAY("telephone"),
	.kind = FORM_LINE,
	.max = 40,
	.autocomplete = "tel"},
    [DETAILS_LANGUAGE] = {.name = "language",
	.label = SAY("language of our mails"),
	.kind = FORM_CHOICE,
	.choices = languages,
	.required = true,
	.missing = SAY("Choose a language")}};

const struct form_field my_email_fields[1] = {{.name = "email",
    .label = SAY("new e-mail address"),
    .kind = FORM_EMAIL,
    .required = true,
    .autocomplete = "email",
    .missing = SAY("Enter the new e-mail address")}};

const struct form_field my_disposal_fields[1] = {{.name = "words",
    .label = SAY("what should go"),
    .hint = SAY("Everything, or name it"),
    .kind = FORM_TEXT,
    .max = 2000,
    .required = true,
    .missing = SAY("Write what should go")}};

static int show(
    struct request *req, struct reply *rep, struct view_data_form *view, unsigned status)
{
	site_page(req, rep, &view->page, request_say(req, view->heading), "/my", SITE_FORMS);
	view->heading = view->page.title;
	view->words = request_say(req, view->words);
	view->button = request_say(req, view->button);
	view->action = request_path(req);
	view->page.error = !form_ok(view->form);
	reply_status(rep, status);
	data_form_page(reply_body(rep), view);
	return 0;
}

static int show_details(
    struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct view_data_form view = {.heading = SAY("Correct your details"),
	    .words = SAY("What you change here is changed at once; a new name of someone who is "
			 "accredited is a request that the desk answers within 30 days."),
	    .button = SAY("Save"),
	    .form = form};

	return show(req, rep, &view, status);
}

int my_details_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(my_details_fields, 3);
	int64_t id = session_of(req)->person_id;
	struct subject_details details = {.stands = false};
	struct person person = {0};
	struct store_tx *tx = NULL;
	int result = form ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NO_MEMORY;

	if (result == 0)
		result = person_by_id(tx, id, &person);
	if (result == 0)
		result = subject_details(tx, id, registrar_now(), &details);
	store_read_end(tx);
	if (result == 0) {
		form_fill(form, DETAILS_NAME, person.name);
		form_fill(form, DETAILS_PHONE, details.phone);
		form_fill(form, DETAILS_LANGUAGE, details.language);
		result = show_details(req, rep, form, 200);
	}
	form_free(form);
	return site_result(result);
}

struct correcting {
	struct registrar *registrar;
	int64_t person_id, now;
	const char *name;
	struct subject_details details;
	bool asked;
};

static int correct(struct store_tx *tx, void *context)
{
	struct correcting *it = context;
	struct person person;
	int result = person_by_id(tx, it->person_id, &person);

	if (result < 0)
		return result;
	result = subject_correct(tx, &person, it->name, &it->details, it->now, &it->asked);
	if (result == 0 && it->asked)
		result = acknowledge_request(tx, it->registrar, it->person_id, it->now);
	return result;
}

int my_details_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct correcting it = {.registrar = registrar_of(req),
	    .person_id = session_of(req)->person_id,
	    .now = registrar_now(),
	    .name = form_text(form, DETAILS_NAME)};
	int result;

	if (!form_ok(form))
		return show_details(req, rep, form, 422);
	snprintf(it.details.phone, sizeof(it.details.phone), "%s", form_text(form, DETAILS_PHONE));
	snprintf(it.details.language, sizeof(it.details.language), "%s",
	    languages[form_number(form, DETAILS_LANGUAGE)].value);
	result = store_write(it.registrar->store, correct, &it);
	if (result < 0)
		return site_result(result);
	if (it.asked)
		registrar_mail_waits(it.registrar);
	reply_redirect(rep, "/my/data");
	return 0;
}

/* ---- another address ---- */

static int show_email(
    struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct view_data_form view = {.heading = SAY("Change your e-mail address"),
	    .words = SAY("We send a link to the new address, and a notice to the one you have. The "
			 "change holds once the link is opened; then you are signed out everywhere "
			 "and sign in with the new one."),
	    .button = SAY("Send the link"),
	    .form = form};

	return show(req, rep, &view, status);
}

static int show_empty(struct request *req, struct reply *rep, const struct form_field *fields,
    int (*page)(struct request *, struct reply *, const struct form *, unsigned))
{
	struct form *form = form_new(fields, 1);
	int result = form ? page(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int my_email_get(struct request *req, struct reply *rep)
{
	return show_empty(req, rep, my_email_fields, show_email);
}

struct moving {
	struct registrar *registrar;
	int64_t person_id, now;
	const char *email, *link;
};

/* Whether the new address is somebody's is told to nobody but its owner. */
static int ask_email(struct store_tx *tx, void *context)
{
	const struct moving *it = context;
	char token[TOKEN_TEXT + 1], link[400];
	struct message_values values = {.lasts = SAY("24 hours"), .link = link};
	struct person person;
	int result = person_by_id(tx, it->person_id, &person);

	if (result == 0)
		result = subject_email_ask(tx, it->person_id, it->email, it->now, token);
	if (result < 0)
		return result;
	snprintf(link, sizeof(link), "%s/email/%s", it->registrar->public_url, token);
	result = message_put(tx, it->registrar, MESSAGE_EMAIL_CHANGE, it->email, &values, it->now);
	values = (struct message_values){.name = person.name};
	if (result == 0)
		result = message_put(
		    tx, it->registrar, MESSAGE_EMAIL_NOTICE, person.email, &values, it->now);
	return result;
}

int my_email_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	char email[PERSON_EMAIL_MAX + 1];
	struct moving it = {.registrar = registrar_of(req),
	    .person_id = session_of(req)->person_id,
	    .now = registrar_now(),
	    .email = email};
	int result;

	if (!form_ok(form))
		return show_email(req, rep, form, 422);
	if (person_email_key(form_text(form, 0), email) < 0)
		return 400;
	result = site_mail(req, 'e', email, it.now, ask_email, &it);
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/my/email/sent");
	return 0;
}

int my_email_sent_get(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("Open the link in the mail to the new address and press the button. It works once, "
		"for 24 hours. Until then nothing is changed.")};

	return site_say(req, rep, 200, SAY("Look into the mail of the new address"), words,
	    "/my/data", SAY("Your data"));
}

static int dead_link(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("It was used already, or it is older than 24 hours. Nothing was changed. Sign in "
		"and ask for another one.")};

	return site_say(req, rep, 404, SAY("This link does not work any more"), words, "/sign-in",
	    SAY("Sign in"));
}

int email_link_get(struct request *req, struct reply *rep)
{
	char email[PERSON_EMAIL_MAX + 1];
	struct store_tx *tx = NULL;
	int64_t id = 0;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = subject_email_find(
		    tx, request_segment(req, "token"), registrar_now(), &id, email);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	return site_button(req, rep, SAY("Use this address from now on?"),
	    SAY("With this button you change the address you sign in with to this one."),
	    SAY("Use this address"));
}

static int use_email(struct store_tx *tx, void *context)
{
	const struct moving *it = context;

	return subject_email_use(tx, it->link, it->now);
}

int email_link_post(struct request *req, struct reply *rep)
{
	static const char *const taken[4] = {
	    SAY("There is an accreditation or an application with this address already. Sign in "
		"with it, or write to the media office to have both made one.")};
	static const char *const done[4] = {
	    SAY("You are signed out everywhere. Sign in with the new address.")};
	struct moving it = {.link = request_segment(req, "token"), .now = registrar_now()};
	int result = store_write(registrar_of(req)->store, use_email, &it);

	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result == SUBJECT_E_TAKEN)
		return site_say(req, rep, 409, SAY("This address is known already"), taken,
		    "/sign-in", SAY("Sign in"));
	if (result < 0)
		return site_result(result);
	return site_say(
	    req, rep, 200, SAY("Your address is changed"), done, "/sign-in", SAY("Sign in"));
}

/* ---- disposal ---- */

static int show_disposal(
    struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct view_data_form view = {.heading = SAY("Ask for disposal of your records"),
	    .words =
		SAY("The desk answers within 30 days and says what is destroyed, and what has "
		    "to be kept and why: records are kept for a year after their last use, and "
		    "what doors noted for as long as it may be needed as evidence. Without an "
		    "accreditation you can't register any more."),
	    .button = SAY("Ask for disposal"),
	    .form = form};

	return show(req, rep, &view, status);
}

int my_disposal_get(struct request *req, struct reply *rep)
{
	return show_empty(req, rep, my_disposal_fields, show_disposal);
}

struct asking {
	struct registrar *registrar;
	int64_t person_id, now;
	const char *words, *reference;
};

static int ask(struct store_tx *tx, void *context)
{
	const struct asking *it = context;

	int result = subject_ask(tx, it->person_id, SUBJECT_DISPOSAL, it->words, it->now);

	return result < 0 ? result : acknowledge_request(tx, it->registrar, it->person_id, it->now);
}

int my_disposal_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct asking it = {.registrar = registrar_of(req),
	    .person_id = session_of(req)->person_id,
	    .now = registrar_now(),
	    .words = form_text(form, 0)};
	int result;

	if (!form_ok(form))
		return show_disposal(req, rep, form, 422);
	result = store_write(it.registrar->store, ask, &it);
	if (result < 0)
		return site_result(result);
	registrar_mail_waits(it.registrar);
	reply_redirect(rep, "/my/data");
	return 0;
}

static int take_back(struct store_tx *tx, void *context)
{
	const struct asking *it = context;

	return subject_withdraw(tx, it->reference, it->person_id, it->now);
}

int my_request_withdraw_post(struct request *req, struct reply *rep)
{
	struct asking it = {.person_id = session_of(req)->person_id,
	    .now = registrar_now(),
	    .reference = request_segment(req, "reference")};
	int result = store_write(registrar_of(req)->store, take_back, &it);

	if (result == SUBJECT_E_STATE)
		return 409;
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/my/data");
	return 0;
}

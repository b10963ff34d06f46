#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/application.h"
#include "registrar/link.h"
#include "registrar/message.h"
#include "registrar/person.h"
#include "registrar/web/apply.html.h"
#include "registrar/web/confirmed.html.h"
#include "registrar/web/handlers.h"
#include "registrar/web/message.html.h"
#include "registrar/zone.h"
#include "web/text.h"

enum { APPLY_NAME, APPLY_EMAIL, APPLY_OUTLET, APPLY_CLASS, APPLY_PROOF };

/* Nobody's inbox is filled through us: mails to one address, and from one network. */
static const struct throttle_rule to_address = {.free = 3, .first = 300, .most = 3600};
static const struct throttle_rule from_network = {.free = 30, .first = 60, .most = 900};

static const struct form_choice classes[] = {
    {"reporter", "Reporter", NULL},
    {"photographer", "Photographer", NULL},
    {"camera", "Camera operator", NULL},
    {"sound", "Sound", NULL},
    {"producer", "Producer", NULL},
    {"freelance", "Freelance", "You sell your work to several outlets"},
    {"student", "Student", "Tell us your school, what you work on, and your deadline"},
    {"documentary", "Documentary or feature", "Tell us title, synopsis, dates and what you need"},
    {NULL, NULL, NULL},
};

const struct form_field apply_fields[APPLY_FIELDS] = {
    [APPLY_NAME] = {.name = "name",
	.label = "full name",
	.hint = "As on the identification you bring",
	.kind = FORM_LINE,
	.max = TEXT_NAME_MAX,
	.required = true,
	.autocomplete = "name",
	.missing = "Enter your full name"},
    [APPLY_EMAIL] = {.name = "email",
	.label = "e-mail address",
	.hint = "We send a link there; your work address is best",
	.kind = FORM_EMAIL,
	.required = true,
	.autocomplete = "email",
	.missing = "Enter your e-mail address"},
    [APPLY_OUTLET] = {.name = "outlet",
	.label = "outlet",
	.hint = "The organisation you work for; your own name if you work for yourself",
	.kind = FORM_LINE,
	.max = TEXT_NAME_MAX,
	.required = true,
	.autocomplete = "organization",
	.missing = "Enter the outlet you work for, or your own name"},
    [APPLY_CLASS] = {.name = "class",
	.label = "role",
	.kind = FORM_CHOICE,
	.choices = classes,
	.required = true,
	.missing = "Choose the role you come in"},
    [APPLY_PROOF] = {.name = "proof",
	.label = "proof of what you do",
	.hint =
	    "Links to recent work, the number of a press card, or whom we may ask at your outlet",
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = "Tell us how we can see that you do this work"},
};

static int show(struct request *req, struct reply *rep, struct form *form, unsigned status)
{
	struct view_apply view = {.settings = &registrar_of(req)->settings, .form = form};

	site_page(req, rep, &view.page, "Apply for accreditation", "/accreditation", SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	apply_page(reply_body(rep), &view);
	return 0;
}

int apply_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(apply_fields, APPLY_FIELDS);
	int result;

	if (!form)
		return STORE_NO_MEMORY;
	result = show(req, rep, form, 200);
	form_free(form);
	return result;
}

struct applying {
	struct registrar *registrar;
	struct application_form form;
	int64_t now;
};

static int apply(struct store_tx *tx, void *context)
{
	struct applying *it = context;
	char token[TOKEN_TEXT + 1], link[400];
	struct message_values values = {.lasts = "24 hours", .link = link};
	int64_t id;
	int result = application_apply(tx, &it->form, it->now, &id, token);

	if (result < 0)
		return result;
	snprintf(link, sizeof(link), "%s/confirm/%s", it->registrar->public_url, token);
	return message_put(tx, it->registrar, MESSAGE_CONFIRM, it->form.email, &values, it->now);
}

/* Who has been mailed often enough is not mailed again, and the page says the same. */
static int apply_now(struct request *req, struct applying *it)
{
	struct throttle *throttle = site_of(req)->throttle;
	int result;

	if (throttle_wait(throttle, &to_address, 'm', it->form.email, it->now) > 0)
		return 0;
	throttle_count(throttle, 'm', it->form.email, it->now);
	result = store_write(it->registrar->store, apply, it);
	if (result == 0)
		registrar_mail_waits(it->registrar);
	return result;
}

int apply_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct throttle *throttle = site_of(req)->throttle;
	struct applying it = {.registrar = registrar_of(req), .now = registrar_now()};
	char email[PERSON_EMAIL_MAX + 1], network[64], wait[128];
	int result;

	if (!form_ok(form))
		return show(req, rep, form, 422);
	throttle_network(request_address(req), network);
	if (throttle_wait(throttle, &from_network, 'a', network, it.now) > 0) {
		site_say_wait(throttle_wait(throttle, &from_network, 'a', network, it.now), wait,
		    sizeof(wait));
		form_refuse(form, APPLY_EMAIL, wait);
		return show(req, rep, form, 429);
	}
	throttle_count(throttle, 'a', network, it.now);
	if (person_email_key(form_text(form, APPLY_EMAIL), email) < 0 ||
	    class_find(classes[form_number(form, APPLY_CLASS)].value, &it.form.class) < 0)
		return 400;
	it.form.email = email;
	it.form.name = form_text(form, APPLY_NAME);
	it.form.outlet = form_text(form, APPLY_OUTLET);
	it.form.proof = form_text(form, APPLY_PROOF);
	result = apply_now(req, &it);
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/accreditation/sent");
	return 0;
}

int apply_sent_get(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    "We have sent a link to the address you gave. Open it and press the button: only then "
	    "does your application reach the media desk. The link works for 24 hours.",
	    "No mail after ten minutes? Look among unwanted mail, or apply again: the address may "
	    "have been mistyped."};

	return site_say(req, rep, 200, "Now confirm your e-mail address", words, "/",
	    "To the list of conferences");
}

static int dead_link(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {"It works for 24 hours. The application behind it may "
					     "be confirmed already; then you have "
					     "a mail with its reference.",
	    "If not, please apply again."};

	return site_say(req, rep, 404, "This link does not work any more", words, "/accreditation",
	    "Apply for accreditation");
}

int confirm_get(struct request *req, struct reply *rep)
{
	struct view_button view = {.heading = "Confirm your e-mail address",
	    .words = "With this button you confirm that the address is yours, and your application "
		     "goes to the media desk.",
	    .action = request_path(req),
	    .button = "Confirm and send application"};
	struct registrar *registrar = registrar_of(req);
	struct store_tx *tx = NULL;
	struct link link;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = link_find(tx, LINK_CONFIRM, request_segment(req, "token"), &link);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND || (result == 0 && registrar_now() >= link.expires))
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	site_page(req, rep, &view.page, view.heading, NULL, SITE_FORMS);
	button_page(reply_body(rep), &view);
	return 0;
}

struct confirming {
	struct registrar *registrar;
	const char *token;
	int64_t now;
	struct application application; /* filled */
	bool again;			/* filled */
};

static int confirm(struct store_tx *tx, void *context)
{
	struct confirming *it = context;
	const struct settings *settings = &it->registrar->settings;
	struct due_desk desk = {
	    (int)settings->opens, (int)settings->closes, (int)settings->acknowledge_minutes};
	struct message_values values = {0};
	char due[128];
	int result =
	    application_confirm(tx, it->token, &desk, it->now, &it->application, &it->again);

	if (result < 0 || it->again)
		return result;
	zone_say(it->application.due, due, sizeof(due));
	values.name = it->application.name;
	values.reference = it->application.reference;
	values.outlet = it->application.outlet;
	values.role = class_words(it->application.class);
	values.due = due;
	return message_put(
	    tx, it->registrar, MESSAGE_ACKNOWLEDGED, it->application.email, &values, it->now);
}

int confirm_post(struct request *req, struct reply *rep)
{
	struct confirming it = {.registrar = registrar_of(req),
	    .token = request_segment(req, "token"),
	    .now = registrar_now()};
	struct view_confirmed view = {.application = &it.application};
	int result = store_write(it.registrar->store, confirm, &it);

	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		goto done;
	if (!it.again)
		registrar_mail_waits(it.registrar);
	view.again = it.again;
	site_page(req, rep, &view.page, "Application received", NULL, SITE_NO_FORM);
	confirmed_page(reply_body(rep), &view);
done:
	application_free(&it.application);
	return site_result(result);
}

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/press/application.h"
#include "registrar/mail/link.h"
#include "registrar/mail/message.h"
#include "registrar/press/language.h"
#include "registrar/press/person.h"
#include "registrar/web/apply.html.h"
#include "registrar/web/confirmed.html.h"
#include "registrar/web/handlers.h"
#include "registrar/zone.h"
#include "web/text.h"

enum { APPLY_NAME, APPLY_EMAIL, APPLY_OUTLET, APPLY_CLASS, APPLY_PROOF };

/* One network's applications, whoever's they are. */
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
	const struct say *language;
	int64_t now;
};

static int apply(struct store_tx *tx, void *context)
{
	struct applying *it = context;
	char token[TOKEN_TEXT + 1], link[400];
	struct message_values values = {.lasts = SAY("24 hours"), .link = link};
	int64_t id;
	int result = application_apply(tx, &it->form, it->now, &id, token);

	if (result == 0)
		result = language_of_applicant(tx, id, it->language);
	if (result < 0)
		return result;
	snprintf(link, sizeof(link), "%s/confirm/%s", it->registrar->public_url, token);
	return message_put(tx, it->registrar, MESSAGE_CONFIRM, it->form.email, &values, it->now);
}

enum { CONTENT_BYTES = 16 };

/* The same content once more within a minute is a button pressed twice. */
static const struct throttle_rule once = {.free = 1, .first = 60, .most = 60};

/* What an application holds, as a key. */
static void content_key(const struct application_form *form, char ret[2 * CONTENT_BYTES + 1])
{
	const char *const texts[] = {form->email, form->name, form->outlet, form->proof};
	crypto_generichash_state state;
	uint8_t hash[CONTENT_BYTES];

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(&state, &form->class, sizeof(form->class));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		crypto_generichash_update(&state, (const uint8_t *)texts[i], strlen(texts[i]) + 1);
	crypto_generichash_final(&state, hash, sizeof(hash));
	sodium_bin2hex(ret, 2 * CONTENT_BYTES + 1, hash, sizeof(hash));
}

/* Who has been mailed often enough is not mailed again, and the page says the same. */
static int apply_now(struct request *req, struct applying *it)
{
	struct throttle *throttle = site_of(req)->throttle;
	char content[2 * CONTENT_BYTES + 1];
	int result;

	content_key(&it->form, content);
	if (throttle_wait(throttle, &once, 'd', content, it->now) > 0 ||
	    !site_may_mail(req, 'm', it->form.email, it->now))
		return 0;
	throttle_count(throttle, 'd', content, it->now);
	result = store_write(it->registrar->store, apply, it);
	if (result == 0)
		registrar_mail_waits(it->registrar);
	else
		throttle_clear(throttle, 'd', content);
	return result;
}

int apply_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct throttle *throttle = site_of(req)->throttle;
	struct applying it = {.registrar = registrar_of(req),
	    .language = request_language(req),
	    .now = registrar_now()};
	char email[PERSON_EMAIL_MAX + 1], network[64], wait[128];
	int result;

	if (!form_ok(form))
		return show(req, rep, form, 422);
	throttle_network(request_address(req), network);
	if (throttle_wait(throttle, &from_network, 'a', network, it.now) > 0) {
		site_say_wait(req, throttle_wait(throttle, &from_network, 'a', network, it.now), wait,
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

/* Whoever presses the button must see what it sends: someone else may have typed it. */
int confirm_get(struct request *req, struct reply *rep)
{
	struct application application = {0};
	struct view_confirm view = {.application = &application, .action = request_path(req)};
	struct store_tx *tx = NULL;
	struct link link;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = link_find(tx, LINK_CONFIRM, request_segment(req, "token"), &link);
	if (result == 0 && registrar_now() >= link.expires)
		result = STORE_NOT_FOUND;
	if (result == 0)
		result = application_for_mail(tx, link.subject, &application);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0)
		return site_result(result);
	site_page(req, rep, &view.page, "Confirm your e-mail address", NULL, SITE_FORMS);
	confirm_page(reply_body(rep), &view);
	application_free(&application);
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
	zone_say(
	    language_of_mail(tx, it->application.email), it->application.due, due, sizeof(due));
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

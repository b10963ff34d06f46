/* The link in the mail: only with its button does an application reach the desk. */
#include <stdio.h>

#include "badges/class.h"
#include "registrar/mail/link.h"
#include "registrar/mail/message.h"
#include "registrar/press/dossier.h"
#include "registrar/press/language.h"
#include "registrar/press/queue.h"
#include "registrar/web/confirmed.html.h"
#include "registrar/web/handlers.h"
#include "registrar/zone.h"

static int dead_link(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    SAY("It works for 24 hours. The application behind it may be confirmed already; then "
		"you have a mail with its reference."),
	    SAY("If not, please apply again.")};

	return site_say(req, rep, 404, SAY("This link does not work any more"), words,
	    "/accreditation", SAY("Apply for accreditation"));
}

/* What is sent along; an application may have come without a dossier. */
static int read_files(struct store_tx *tx, int64_t application_id, struct upload_list *ret_uploads)
{
	struct dossier dossier;
	int result = dossier_of(tx, application_id, &dossier);

	if (result == STORE_NOT_FOUND)
		return 0;
	return result < 0 ? result : upload_list(tx, dossier.id, ret_uploads);
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
	if (result == 0)
		result = read_files(tx, application.id, &view.uploads);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND)
		return dead_link(req, rep);
	if (result < 0) {
		application_free(&application);
		return site_result(result);
	}
	site_page(req, rep, &view.page, request_say(req, "Confirm your e-mail address"), NULL,
	    SITE_FORMS);
	confirm_page(reply_body(rep), &view);
	upload_list_free(&view.uploads);
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
	result = message_put(
	    tx, it->registrar, MESSAGE_ACKNOWLEDGED, it->application.email, &values, it->now);
	return result < 0 ? result : queue_acknowledged(tx, it->application.id, QUEUE_APPLICATION, it->now);
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
	site_page(
	    req, rep, &view.page, request_say(req, "Application received"), NULL, SITE_NO_FORM);
	confirmed_page(reply_body(rep), &view);
done:
	application_free(&it.application);
	return site_result(result);
}

/* What the desk asks and answers about an application. */
#include "badges/class.h"
#include "registrar/journal/journal.h"
#include "registrar/mail/message.h"
#include "registrar/press/language.h"
#include "registrar/web/handlers.h"
#include "registrar/web/my_handlers.h"
#include "registrar/web/review.h"
#include "registrar/zone.h"

#include <stdio.h>

const struct form_field case_ask_fields[1] = {{.name = "question",
    .label = "what we need to know",
    .hint = "The applicant reads it and is written to; the application waits for the answer",
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = "Write what you need from the applicant"}};
const struct form_field case_message_fields[1] = {{.name = "desk-message",
    .label = "message",
    .hint = "The applicant reads it. It changes nothing else",
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = "Write the message"}};

struct saying {
	struct registrar *registrar;
	const char *reference, *staff, *words;
	bool asks;
	int64_t now;
};

static int write_to_applicant(
    struct store_tx *tx, const struct saying *it, const struct application *application)
{
	struct message_values values = {
	    .name = application->name, .reference = application->reference};
	char due[128];

	zone_say(language_of_mail(tx, application->email), it->now + CASE_ANSWER_SECONDS, due,
	    sizeof(due));
	values.due = due;
	return message_put(tx, it->registrar, it->asks ? MESSAGE_ASKED : MESSAGE_DESK_WROTE,
	    application->email, &values, it->now);
}

static int say_body(struct store_tx *tx, void *context)
{
	const struct saying *it = context;
	struct journal_line line = {.kind = JOURNAL_CORRESPONDENCE, .staff = it->staff};
	struct application application = {0};
	char detail[80];
	int result = application_by_reference(tx, it->reference, &application);

	if (result < 0)
		return result;
	if (it->asks)
		result = case_ask(tx, application.id, it->staff, it->words, it->now);
	else
		result = case_message(tx, application.id, it->staff, it->words, NULL, it->now);
	if (result == 0)
		result = write_to_applicant(tx, it, &application);
	snprintf(detail, sizeof(detail), "application %s: %s", application.reference,
	    it->asks ? "more was asked for" : "a message was sent");
	line.detail = detail;
	if (result == 0)
		result = journal_append(tx, it->registrar, &line);
	application_free(&application);
	return result;
}

static int send(struct request *req, struct reply *rep, bool asks)
{
	struct form *form = request_form(req);
	struct saying it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff,
	    .words = form_text(form, 0),
	    .asks = asks,
	    .now = registrar_now()};
	int result;

	if (!form_ok(form))
		return review_show_desk(
		    req, rep, asks ? form : NULL, asks ? NULL : form, NULL, 422);
	result = store_write(it.registrar->store, say_body, &it);
	if (result == CASE_E_STATE)
		return review_show_desk(req, rep, NULL, NULL,
		    "This application has changed meanwhile; nothing was sent. Look at it again.",
		    409);
	if (result == CASE_E_DECIDER)
		return review_show_desk(req, rep, NULL, NULL, REVIEW_OTHER_DECIDER, 403);
	if (result < 0)
		return site_result(result);
	registrar_mail_waits(it.registrar);
	reply_redirect(rep, "/staff/applications/%s", it.reference);
	return 0;
}

int case_ask_post(struct request *req, struct reply *rep)
{
	return send(req, rep, true);
}

int case_message_post(struct request *req, struct reply *rep)
{
	return send(req, rep, false);
}

/* The desk answers what people ask about the records of them (R14). */
#include <stdio.h>
#include <stdlib.h>

#include "registrar/journal/journal.h"
#include "registrar/mail/message.h"
#include "registrar/web/handlers.h"
#include "registrar/web/my_handlers.h"
#include "registrar/press/view_log.h"
#include "registrar/web/requests.html.h"

enum { REQUEST_ANSWER, REQUEST_MESSAGE };
static const struct form_choice answers[] = {
    {"done", "Done as asked, or as the message says", NULL},
    {"refused", "Refused", NULL},
    {NULL, NULL, NULL},
};
const struct form_field request_fields[2] = {[REQUEST_ANSWER] = {.name = "answer",
						 .label = "answer",
						 .kind = FORM_CHOICE,
						 .choices = answers,
						 .required = true,
						 .missing = "Choose an answer"},
    [REQUEST_MESSAGE] = {.name = "message",
	.label = "message to the person",
	.hint = "Of a disposal: what is destroyed, what has to be kept, and why",
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = "Say what was done, or why not"}};

int requests_get(struct request *req, struct reply *rep)
{
	struct subject_requests requests = {NULL, 0};
	struct view_requests view = {.requests = &requests, .now = registrar_now()};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = subject_requests(tx, 0, &requests);
	store_read_end(tx);
	if (result == 0) {
		site_page(
		    req, rep, &view.page, "Requests about own records", "/staff", SITE_NO_FORM);
		requests_page(reply_body(rep), &view);
	}
	free(requests.items);
	return site_result(result);
}

struct viewing {
	struct registrar *registrar;
	const char *reference, *staff;
	struct subject_request request; /* filled */
};

/* A look at a person's record is noted with its reason. */
static int look(struct store_tx *tx, void *context)
{
	struct viewing *it = context;
	struct view_log_look seen = {
	    .what = VIEW_LOG_REQUEST, .why = VIEW_LOG_ANSWER, .staff = it->staff};
	int result = subject_request_by_reference(tx, it->reference, &it->request);

	if (result < 0)
		return result;
	seen.person_id = it->request.person_id;
	seen.item = it->request.reference;
	return view_log_add(tx, it->registrar, &seen, registrar_now());
}

static int show(struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct viewing *it = calloc(1, sizeof(*it));
	struct view_request view = {.form = form, .now = registrar_now()};
	int result = STORE_NO_MEMORY;

	if (it) {
		it->registrar = registrar_of(req);
		it->reference = request_segment(req, "reference");
		it->staff = session_of(req)->staff;
		view.request = &it->request;
		result = store_write(it->registrar->store, look, it);
	}
	if (result == 0) {
		site_page(req, rep, &view.page, it->request.name, "/staff", SITE_FORMS);
		view.page.error = !form_ok(form);
		reply_status(rep, status);
		request_page(reply_body(rep), &view);
	}
	free(it);
	return site_result(result);
}

int request_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(request_fields, 2);
	int result = form ? show(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

struct answering {
	struct registrar *registrar;
	struct subject_answer answer;
	int64_t now;
};

static int tell(struct store_tx *tx, const struct answering *it)
{
	struct subject_request *request = malloc(sizeof(*request));
	struct message_values values = {.reference = it->answer.reference};
	int result = request ? subject_request_by_reference(tx, it->answer.reference, request)
			     : STORE_NO_MEMORY;

	if (result == 0) {
		values.name = request->name;
		result = message_put(
		    tx, it->registrar, MESSAGE_REQUEST_ANSWERED, request->email, &values, it->now);
	}
	free(request);
	return result;
}

static int answer_body(struct store_tx *tx, void *context)
{
	const struct answering *it = context;
	struct journal_line line = {.kind = JOURNAL_REQUEST_ANSWERED, .staff = it->answer.staff};
	char detail[80];
	int result = subject_answer(tx, it->registrar, &it->answer, it->now);

	if (result == 0)
		result = tell(tx, it);
	snprintf(detail, sizeof(detail), "request %.20s: %s", it->answer.reference,
	    it->answer.done ? "done" : "refused");
	line.detail = detail;
	return result == 0 ? journal_append(tx, it->registrar, &line) : result;
}

int request_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct answering it = {.registrar = registrar_of(req), .now = registrar_now()};
	int result;

	if (!form_ok(form))
		return show(req, rep, form, 422);
	it.answer = (struct subject_answer){.reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff,
	    .message = form_text(form, REQUEST_MESSAGE),
	    .done = form_number(form, REQUEST_ANSWER) == 0};
	result = store_write(it.registrar->store, answer_body, &it);
	if (result == SUBJECT_E_STATE)
		return 409;
	if (result < 0)
		return site_result(result);
	registrar_changed(it.registrar);
	registrar_mail_waits(it.registrar);
	reply_redirect(rep, "/staff/requests");
	return 0;
}

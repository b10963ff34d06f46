#include <string.h>

#include "registrar/mail/acknowledge.h"
#include "registrar/mail/message.h"
#include "registrar/web/handlers.h"
#include "registrar/web/my_application.html.h"
#include "registrar/web/my_handlers.h"

const struct form_field my_message_fields[1] = {{.name = "message",
    .label = SAY("message to the media desk"),
    .hint = SAY("We write to you when there is an answer; it stands on this page"),
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = SAY("Write what you want to say")}};
const struct form_field my_answer_fields[1] = {{.name = "answer",
    .label = SAY("your answer"),
    .hint = SAY("Links to your work are welcome, one a line"),
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = SAY("Write what we asked for")}};
const struct form_field my_respond_fields[1] = {{.name = "response",
    .label = SAY("what was missing or wrong"),
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = SAY("Write what was missing or wrong")}};
const struct form_field my_appeal_fields[1] = {{.name = "appeal",
    .label = SAY("why the decision should be another"),
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = SAY("Write why the decision should be another")}};

const char *view_case_done(const struct correspondence_entry *entry, bool by_desk)
{
	static const char *const reporter[CORRESPONDENCE_KINDS] = {
	    [CORRESPONDENCE_MESSAGE] = SAY("You wrote"),
	    [CORRESPONDENCE_ASKED] = SAY("The media desk asked for more"),
	    [CORRESPONDENCE_ANSWERED] = SAY("You answered"),
	    [CORRESPONDENCE_APPROVED] = SAY("Approved"),
	    [CORRESPONDENCE_REFUSED] = SAY("Refused"),
	    [CORRESPONDENCE_RESPONDED] = SAY("You responded to the refusal"),
	    [CORRESPONDENCE_APPEALED] = SAY("You appealed"),
	    [CORRESPONDENCE_WITHDRAWN] = SAY("You withdrew the application"),
	};
	static const char *const desk[CORRESPONDENCE_KINDS] = {
	    [CORRESPONDENCE_MESSAGE] = "The applicant wrote",
	    [CORRESPONDENCE_ASKED] = "More information was asked for",
	    [CORRESPONDENCE_ANSWERED] = "The applicant answered",
	    [CORRESPONDENCE_APPROVED] = "Approved",
	    [CORRESPONDENCE_REFUSED] = "Refused",
	    [CORRESPONDENCE_RESPONDED] = "The applicant responded to the refusal",
	    [CORRESPONDENCE_APPEALED] = "The applicant appealed",
	    [CORRESPONDENCE_WITHDRAWN] = "The applicant withdrew",
	};

	if (entry->kind == CORRESPONDENCE_MESSAGE && entry->staff[0])
		return by_desk ? "The desk wrote" : SAY("The media desk wrote");
	return by_desk ? desk[entry->kind] : reporter[entry->kind];
}

const char *view_case_purpose(enum case_purpose purpose)
{
	static const char *const words[] = {
	    [CASE_NEW] = SAY("Application for accreditation"),
	    [CASE_RENEWAL] = SAY("Renewal of your accreditation"),
	    [CASE_OUTLET] = SAY("Change of outlet"),
	};

	return words[purpose];
}

/* ---- the page ---- */

enum act { ACT_MESSAGE, ACT_ANSWER, ACT_RESPOND, ACT_APPEAL, ACT_WITHDRAW };
enum { FORMS = ACT_WITHDRAW }; /* a withdrawal has no fields */

static int read_own(struct request *req, struct application *application, struct case_file *file)
{
	struct store_tx *tx = NULL;
	int64_t id = 0;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = case_find(
		    tx, request_segment(req, "reference"), session_of(req)->person_id, &id);
	if (result == 0)
		result = application_for_mail(tx, id, application);
	if (result == 0)
		result = case_read(tx, id, file);
	store_read_end(tx);
	return result;
}

/* Shows the page; failed: the form of an act that did not hold, or NULL. */
static int show(struct request *req, struct reply *rep, enum act act, struct form *failed,
    const char *problem, unsigned status)
{
	struct form *empty[FORMS] = {form_new(my_message_fields, 1), form_new(my_answer_fields, 1),
	    form_new(my_respond_fields, 1), form_new(my_appeal_fields, 1)};
	const struct form *forms[FORMS] = {empty[0], empty[1], empty[2], empty[3]};
	struct application application = {0};
	struct case_file file = {0};
	struct view_case view = {.settings = &registrar_of(req)->settings,
	    .application = &application,
	    .file = &file,
	    .problem = problem,
	    .now = registrar_now()};
	int result = empty[0] && empty[1] && empty[2] && empty[3] ? 0 : STORE_NO_MEMORY;

	if (failed)
		forms[act] = failed;
	view.message = forms[ACT_MESSAGE];
	view.answer = forms[ACT_ANSWER];
	view.response = forms[ACT_RESPOND];
	view.appeal = forms[ACT_APPEAL];
	if (result == 0)
		result = read_own(req, &application, &file);
	if (result == 0) {
		view.options = case_options(&application, &file, view.now);
		site_page(req, rep, &view.page, request_say(req, view_case_purpose(file.purpose)),
		    "/my", SITE_FORMS);
		view.page.error = problem || (failed && !form_ok(failed));
		reply_status(rep, status);
		my_application_page(reply_body(rep), &view);
	}
	for (size_t i = 0; i < FORMS; i++)
		form_free(empty[i]);
	case_free(&file);
	application_free(&application);
	return site_result(result);
}

int my_application_get(struct request *req, struct reply *rep)
{
	return show(req, rep, ACT_MESSAGE, NULL, NULL, 200);
}

/* ---- what may be done ---- */

struct acting {
	struct registrar *registrar;
	const char *reference, *words;
	enum act act;
	int64_t person_id, now;
};

static int carry_out(struct store_tx *tx, const struct acting *it, int64_t id)
{
	struct due_desk desk = my_desk(&it->registrar->settings);

	switch (it->act) {
	case ACT_ANSWER:
		return case_answer(tx, id, it->words, &desk, it->now);
	case ACT_RESPOND:
		return case_respond(tx, id, it->words, &desk, it->now);
	case ACT_APPEAL:
		return case_appeal(tx, id, it->words, &desk, it->now);
	case ACT_WITHDRAW:
		return case_withdraw(tx, id, it->now);
	default:
		return case_message(tx, id, NULL, it->words, &desk, it->now);
	}
}

/* A withdrawal leaves nothing to wait for. */
static int acknowledge(struct store_tx *tx, const struct acting *it, int64_t id)
{
	static const enum queue_kind kinds[] = {[ACT_MESSAGE] = QUEUE_MESSAGE,
	    [ACT_ANSWER] = QUEUE_ANSWER,
	    [ACT_RESPOND] = QUEUE_RESPONSE,
	    [ACT_APPEAL] = QUEUE_APPEAL};

	return it->act == ACT_WITHDRAW
		   ? 0
		   : acknowledge_application(tx, it->registrar, id, kinds[it->act], it->now);
}

/* The office is told that there is something, and not what: its mailbox is no place for it. */
static int act_body(struct store_tx *tx, void *context)
{
	const struct acting *it = context;
	const struct settings *settings = &it->registrar->settings;
	struct message_values values = {.reference = it->reference};
	int64_t id = 0;
	int result = case_find(tx, it->reference, it->person_id, &id);

	if (result == 0)
		result = carry_out(tx, it, id);
	if (result == 0)
		result = acknowledge(tx, it, id);
	if (result == 0 && settings->email[0])
		result = message_put(
		    tx, it->registrar, MESSAGE_APPLICANT_WROTE, settings->email, &values, it->now);
	return result;
}

static const char *problem_of(int result)
{
	switch (result) {
	case CASE_E_STATE:
		return SAY("This application has changed meanwhile. Look at where it stands now; "
			   "nothing was sent.");
	case CASE_E_LATE:
		return SAY("The 30 days are over. You may apply again at any time.");
	case CASE_E_ONCE:
		return SAY("You have used this already. Look at where the application stands now.");
	case CASE_E_MANY:
		return SAY("You have written many messages. Please wait for the media desk to "
			   "answer, or call.");
	default:
		return NULL;
	}
}

static int act(struct request *req, struct reply *rep, enum act act)
{
	struct form *form = request_form(req);
	struct acting it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .act = act,
	    .person_id = session_of(req)->person_id,
	    .now = registrar_now()};
	const char *problem;
	int result;

	if (act != ACT_WITHDRAW) {
		if (!form_ok(form))
			return show(req, rep, act, form, NULL, 422);
		it.words = form_text(form, 0);
	}
	result = store_write(it.registrar->store, act_body, &it);
	problem = problem_of(result);
	if (problem)
		return show(req, rep, act, act == ACT_WITHDRAW ? NULL : form,
		    request_say(req, problem), result == CASE_E_STATE ? 409 : 422);
	if (result < 0)
		return site_result(result);
	registrar_mail_waits(it.registrar);
	reply_redirect(rep, "/my/applications/%s", it.reference);
	return 0;
}

int my_message_post(struct request *req, struct reply *rep)
{
	return act(req, rep, ACT_MESSAGE);
}

int my_answer_post(struct request *req, struct reply *rep)
{
	return act(req, rep, ACT_ANSWER);
}

int my_respond_post(struct request *req, struct reply *rep)
{
	return act(req, rep, ACT_RESPOND);
}

int my_appeal_post(struct request *req, struct reply *rep)
{
	return act(req, rep, ACT_APPEAL);
}

int my_withdraw_post(struct request *req, struct reply *rep)
{
	return act(req, rep, ACT_WITHDRAW);
}

int my_withdraw_get(struct request *req, struct reply *rep)
{
	struct application application = {0};
	struct case_file file = {0};
	struct view_sure view = {.action = request_path(req)};
	char back[64];
	int result = read_own(req, &application, &file);

	if (result == 0 && !application_waits(&application)) {
		reply_redirect(rep, "/my/applications/%s", application.reference);
	} else if (result == 0) {
		snprintf(back, sizeof(back), "/my/applications/%s", application.reference);
		view.heading = request_say(req, "Withdraw this application?");
		view.words = request_say(req,
		    "Nobody decides on it then. It can't be taken up again; you may send a new one "
		    "at any time.");
		view.button = request_say(req, "Withdraw my application");
		view.back = back;
		view.back_text = request_say(req, "Keep it");
		site_page(req, rep, &view.page, view.heading, "/my", SITE_FORMS);
		sure_page(reply_body(rep), &view);
	}
	case_free(&file);
	application_free(&application);
	return site_result(result);
}

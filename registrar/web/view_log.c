#include "registrar/web/view_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/press/application.h"
#include "registrar/press/person.h"
#include "registrar/web/handlers.h"
#include "registrar/web/view_log.html.h"

enum { LOG_PAGE = 100 };

enum { LOG_STAFF, LOG_PERSON, LOG_BEFORE };
const struct form_field view_log_query[3] = {
    [LOG_STAFF] = {.name = "staff",
	.label = "sign-in name of the member of staff",
	.kind = FORM_LINE,
	.max = 16},
    [LOG_PERSON] = {.name = "person",
	.label = "whose file",
	.hint = "The reference of an application, or the number of the person",
	.kind = FORM_LINE,
	.max = 20},
    [LOG_BEFORE] = {.name = "before",
	.label = "before",
	.kind = FORM_INTEGER,
	.high = 9007199254740991},
};

enum { REASON_KIND, REASON_WORDS, REASON_BACK };
static const struct form_choice reason_choices[] = {
    {"inquiry", "The person or the outlet asks about it", NULL},
    {"door", "A question at the door, or of an officer", NULL},
    {"correction", "To check or correct what is kept", NULL},
    {"safety", "A matter of safety or conduct", NULL},
    {"other", "Something else: write it below", NULL},
    {NULL, NULL, NULL},
};
enum { ASKED_OTHER = 4 };
const struct form_field view_reason_fields[3] = {
    [REASON_KIND] = {.name = "reason",
	.label = "reason",
	.kind = FORM_CHOICE,
	.choices = reason_choices,
	.required = true,
	.missing = "Choose the reason"},
    [REASON_WORDS] = {.name = "words",
	.label = "in your words",
	.hint = "Needed for “something else”. The person may read it",
	.kind = FORM_LINE,
	.max = 300},
    [REASON_BACK] = {.name = "back", .label = "back", .kind = FORM_LINE, .max = 400},
};

const char *view_log_why(const struct view_log_entry *entry)
{
	static _Thread_local char words[1800];

	return view_log_why_words(entry, words, sizeof(words));
}

/* ---- noting ---- */

struct noting {
	struct registrar *registrar;
	struct view_log_look look;
	char *words; /* owned: the reason given before */
	bool asks;
	bool may; /* filled */
};

static int note_body(struct store_tx *tx, void *context)
{
	struct noting *it = context;
	int64_t now = registrar_now();
	int result = 0;

	if (it->asks)
		result = view_log_reason(tx, it->look.staff, it->look.person_id, now, &it->words);
	if (result == STORE_NOT_FOUND)
		return 0;
	if (it->asks)
		it->look.words = it->words;
	if (result == 0)
		result = view_log_add(tx, it->registrar, &it->look, now);
	it->may = result == 0;
	return result;
}

int view_log_note(struct request *req, const struct view_log_look *look)
{
	struct noting it = {.registrar = registrar_of(req), .look = *look};

	it.look.staff = session_of(req)->staff;
	return store_write(it.registrar->store, note_body, &it);
}

static int read_person(struct request *req, int64_t id, struct person *ret_person)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = person_by_id(tx, id, ret_person);
	store_read_end(tx);
	return result;
}

static int show_reason(struct request *req, struct reply *rep, const struct person *person,
    const struct form *form, unsigned status)
{
	struct view_reason view = {.name = person->name, .form = form};
	char action[80];

	snprintf(action, sizeof(action), "/staff/people/%lld/reason", (long long)person->id);
	view.action = action;
	site_page(req, rep, &view.page, "Reason for opening a file", NULL, SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	view_reason_page(reply_body(rep), &view);
	return 0;
}

int view_log_ask(struct request *req, struct reply *rep, int64_t person_id, enum view_log_what what,
    bool *ret_may)
{
	struct noting it = {.registrar = registrar_of(req),
	    .look = {.what = what,
		.why = VIEW_LOG_ASKED,
		.staff = session_of(req)->staff,
		.person_id = person_id},
	    .asks = true};
	struct person person;
	struct form *form = NULL;
	int result = store_write(it.registrar->store, note_body, &it);

	free(it.words);
	if (result == 0 && !it.may)
		result = read_person(req, person_id, &person);
	if (result == 0 && !it.may) {
		form = form_new(view_reason_fields, 3);
		result = form ? 0 : STORE_NO_MEMORY;
		if (form) {
			form_fill(form, REASON_BACK, request_path(req));
			result = show_reason(req, rep, &person, form, 200);
		}
	}
	form_free(form);
	if (result == 0)
		*ret_may = it.may;
	return result;
}

/* ---- the reason ---- */

struct giving {
	const char *staff, *words;
	int64_t person_id;
};

static int give_body(struct store_tx *tx, void *context)
{
	const struct giving *it = context;

	return view_log_give_reason(tx, it->staff, it->person_id, it->words, registrar_now());
}

int view_reason_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *back = form_text(form, REASON_BACK);
	struct giving it = {.staff = session_of(req)->staff,
	    .person_id = strtoll(request_segment(req, "id"), NULL, 10)};
	struct person person;
	char words[1600];
	int result = read_person(req, it.person_id, &person);

	if (result < 0)
		return site_result(result);
	if (form_ok(form) && form_number(form, REASON_KIND) == ASKED_OTHER &&
	    !form_given(form, REASON_WORDS))
		form_refuse(form, REASON_WORDS, "Write why you open the file");
	if (!form_ok(form))
		return show_reason(req, rep, &person, form, 422);
	if (form_number(form, REASON_KIND) == ASKED_OTHER)
		snprintf(words, sizeof(words), "%s", form_text(form, REASON_WORDS));
	else
		snprintf(words, sizeof(words), "%s%s%s",
		    reason_choices[form_number(form, REASON_KIND)].label,
		    form_given(form, REASON_WORDS) ? ": " : "", form_text(form, REASON_WORDS));
	it.words = words;
	result = store_write(registrar_of(req)->store, give_body, &it);
	if (result < 0)
		return site_result(result);
	/* Only pages of ours are led back to. */
	if (strncmp(back, "/staff/", 7) == 0 && !strpbrk(back, "\\?#%"))
		reply_redirect(rep, "%s", back);
	else
		reply_redirect(rep, "/staff");
	return 0;
}

/* ---- reading the log ---- */

/* Whose file is meant: 0 and a number, or STORE_NOT_FOUND. */
static int find_person(struct store_tx *tx, const char *text, int64_t *ret_id)
{
	struct application application = {0};
	int result;

	if (text[strspn(text, "0123456789")] == '\0') {
		*ret_id = strtoll(text, NULL, 10);
		return 0;
	}
	result = application_by_reference(tx, text, &application);
	if (result < 0)
		return result;
	*ret_id = application.person_id;
	application_free(&application);
	return *ret_id ? 0 : STORE_NOT_FOUND;
}

static int read_log(struct store_tx *tx, const struct form *query, struct view_log *ret_log)
{
	struct view_log_filter filter = {.most = LOG_PAGE};
	int result = 0;

	if (!form_ok(query))
		return 0;
	if (form_given(query, LOG_STAFF))
		filter.staff = form_text(query, LOG_STAFF);
	filter.before = form_number(query, LOG_BEFORE);
	if (form_given(query, LOG_PERSON))
		result = find_person(tx, form_text(query, LOG_PERSON), &filter.person_id);
	return result == 0 ? view_log_read(tx, &filter, ret_log) : result;
}

int view_log_get(struct request *req, struct reply *rep)
{
	struct form *query = request_query(req);
	struct view_log log = {0};
	struct view_view_log view = {.query = query,
	    .log = &log,
	    .staff = form_text(query, LOG_STAFF),
	    .person = form_text(query, LOG_PERSON),
	    .older = form_given(query, LOG_BEFORE)};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = read_log(tx, query, &log);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND) {
		view.problem = "No person has that number, and no application that reference.";
		result = 0;
	}
	if (result == 0) {
		site_page(
		    req, rep, &view.page, "Who looked at whose file", "/staff/views", SITE_NO_FORM);
		view.page.wide = true;
		view.page.error = view.problem || !form_ok(query);
		view_log_page(reply_body(rep), &view);
	}
	view_log_free(&log);
	return site_result(result);
}

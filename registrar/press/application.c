#include "registrar/press/application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/press/accreditation.h"
#include "registrar/press/case.h"
#include "registrar/press/decision.h"
#include "registrar/press/dossier.h"
#include "registrar/press/due.h"
#include "registrar/mail/link.h"
#include "registrar/list.h"
#include "registrar/press/language.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "registrar/press/queue.h"
#include "registrar/press/reference.h"
#include "schema/registrar_db.h"

/* A reference has 40 random bits: that eight are taken in a row does not happen. */
enum { REFERENCE_TRIES = 8 };

const struct application_criterion application_criteria[] = {
    {"not-news", SAY("The work described is not news gathering for the public.")},
    {"outlet-unconfirmed", SAY("We could not confirm that you work with the outlet you named.")},
    {"proof-missing", SAY("What you sent does not show that you do this work.")},
    {"identity-unconfirmed", SAY("We could not confirm who you are.")},
    {"conduct", SAY("Accreditation was withdrawn before for conduct at an event, and the reason "
		    "for that still stands.")},
};
const size_t application_n_criteria = sizeof(application_criteria) / sizeof(*application_criteria);

const struct application_criterion *application_criterion_find(const char *token)
{
	for (size_t i = 0; i < application_n_criteria; i++)
		if (strcmp(application_criteria[i].token, token) == 0)
			return &application_criteria[i];
	return NULL;
}

int application_apply(struct store_tx *tx, const struct application_form *form, int64_t now,
    int64_t *ret_id, char ret_link[TOKEN_TEXT + 1])
{
	char reference[REFERENCE_TEXT + 1];
	int result = STORE_CONFLICT;
	int64_t id;

	for (int i = 0; i < REFERENCE_TRIES && result == STORE_CONFLICT; i++) {
		reference_new('A', reference);
		result = store_exec(tx, REGISTRAR_Q_APPLICATION_INSERT,
		    STORE_ARGS(store_text(reference), store_text(form->email),
			store_text(form->name), store_text(form->outlet), store_i64(form->class),
			store_text(form->proof), store_i64(now),
			form->outlet_id ? store_i64(form->outlet_id) : store_null()),
		    NULL);
	}
	if (result < 0)
		return result;
	id = store_last_id(tx);
	result = link_make(tx, LINK_CONFIRM, id, now, ret_link);
	if (result == 0)
		*ret_id = id;
	return result;
}

int application_amend(struct store_tx *tx, int64_t id, const struct application_form *form,
    int64_t now, char ret_link[TOKEN_TEXT + 1])
{
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_APPLICATION_AMEND,
	    STORE_ARGS(store_i64(id), store_text(form->email), store_text(form->name),
		store_text(form->outlet), store_i64(form->class), store_text(form->proof),
		store_i64(now), form->outlet_id ? store_i64(form->outlet_id) : store_null()),
	    &changes);

	if (result == 0 && changes != 1)
		result = APPLICATION_E_STATE;
	/* They went to the address it had then. */
	if (result == 0)
		result = link_drop(tx, id);
	return result < 0 ? result : link_make(tx, LINK_CONFIRM, id, now, ret_link);
}

/* The columns every query of applications has. */
static void read_common(struct store_rows *rows, struct application *ret)
{
	ret->id = store_get_i64(rows, 0);
	snprintf(ret->reference, sizeof(ret->reference), "%s", store_get_text(rows, 1));
	snprintf(ret->state, sizeof(ret->state), "%s", store_get_text(rows, 2));
	snprintf(ret->email, sizeof(ret->email), "%s", store_get_text(rows, 3));
	snprintf(ret->name, sizeof(ret->name), "%s", store_get_text(rows, 4));
	snprintf(ret->outlet, sizeof(ret->outlet), "%s", store_get_text(rows, 5));
	ret->outlet_id = store_get_i64(rows, 6);
	ret->class = (uint8_t)store_get_i64(rows, 7);
	ret->created = store_get_i64(rows, 8);
	ret->submitted = store_get_i64(rows, 9);
	ret->due = store_get_i64(rows, 10);
	ret->decided = store_get_i64(rows, 11);
	snprintf(ret->decided_by, sizeof(ret->decided_by), "%s", store_get_text(rows, 12));
	snprintf(ret->criterion, sizeof(ret->criterion), "%s", store_get_text(rows, 13));
	ret->person_id = store_get_i64(rows, 14);
}

/* The long texts, as many of the three as the query has. */
static int read_row(struct store_rows *rows, struct application *ret)
{
	struct application row = {0};
	char **texts[] = {&row.proof, &row.message, &row.note};

	read_common(rows, &row);
	for (unsigned i = 0; i < 3 && 15 + i < store_columns(rows); i++) {
		*texts[i] = list_text(store_get_text(rows, 15 + i));
		if (!*texts[i]) {
			application_free(&row);
			return STORE_NO_MEMORY;
		}
	}
	*ret = row;
	return 0;
}

static int read_one(
    struct store_tx *tx, unsigned query, struct store_value key, struct application *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, &key, 1, &rows);

	if (result < 0)
		return result;
	result = read_row(rows, ret);
	store_done(rows);
	return result;
}

int application_by_reference(
    struct store_tx *tx, const char *reference, struct application *ret_application)
{
	return read_one(
	    tx, REGISTRAR_Q_APPLICATION_BY_REFERENCE, store_text(reference), ret_application);
}

int application_for_mail(struct store_tx *tx, int64_t id, struct application *ret_application)
{
	return read_one(tx, REGISTRAR_Q_APPLICATION_FOR_MAIL, store_i64(id), ret_application);
}

void application_free(struct application *application)
{
	free(application->proof);
	free(application->message);
	free(application->note);
	application->proof = application->message = application->note = NULL;
}

static int read_list(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, struct application_list *ret_list)
{
	struct application_list list = {NULL, 0};
	struct application *more;
	struct store_rows *rows = NULL;
	int result = store_query(tx, query, args, n_args, &rows);

	if (result < 0)
		return result;
	while ((result = store_next(rows)) == STORE_ROW) {
		more = realloc(list.items, (list.n + 1) * sizeof(*more));
		result = more ? 0 : STORE_NO_MEMORY;
		if (more) {
			list.items = more;
			result = read_row(rows, &list.items[list.n]);
		}
		if (result < 0)
			break;
		list.n++;
	}
	store_done(rows);
	if (result < 0)
		application_list_free(&list);
	else
		*ret_list = list;
	return result;
}

int application_decided(struct store_tx *tx, struct application_list *ret_list)
{
	return read_list(tx, REGISTRAR_Q_APPLICATION_DECIDED, STORE_NO_ARGS, ret_list);
}

int application_of_person(struct store_tx *tx, int64_t person_id, struct application_list *ret_list)
{
	return read_list(
	    tx, REGISTRAR_Q_APPLICATION_OF_PERSON, STORE_ARGS(store_i64(person_id)), ret_list);
}

void application_list_free(struct application_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		application_free(&list->items[i]);
	free(list->items);
	*list = (struct application_list){NULL, 0};
}

bool application_waits(const struct application *application)
{
	static const char *const states[] = {
	    "submitted", "more-information", "pre-approved", "appealed"};

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (strcmp(application->state, states[i]) == 0)
			return true;
	return false;
}

/* Turns a draft into a submitted application of the person of its address. */
static int submit(struct store_tx *tx, const struct due_desk *desk, int64_t id, int64_t now)
{
	struct application draft = {0};
	int64_t person_id = 0, changes = 0;
	int result = application_for_mail(tx, id, &draft);

	if (result < 0)
		return result;
	result = person_put(tx, draft.email, draft.name, now, &person_id);
	if (result == 0)
		result = language_of_person(tx, person_id, id);
	if (result == 0)
		result = person_phone(tx, person_id, id);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_APPLICATION_SUBMIT,
		    STORE_ARGS(store_i64(id), store_i64(now),
			store_i64(due_for(desk, draft.class, now)), store_i64(person_id)),
		    &changes);
	if (result == 0 && changes != 1)
		result = APPLICATION_E_STATE;
	if (result == 0)
		result = queue_index(tx, id, draft.reference, draft.name, draft.outlet,
		    draft.outlet_id != 0);
	if (result == 0)
		result = dossier_close(tx, id);
	application_free(&draft);
	return result;
}

int application_confirm(struct store_tx *tx, const char *text, const struct due_desk *desk,
    int64_t now, struct application *ret_application, bool *ret_again)
{
	struct link link;
	bool again;
	int result = link_find(tx, LINK_CONFIRM, text, &link);

	if (result < 0)
		return result;
	again = link.used != 0 && now < link.expires;
	if (!again) {
		result = link_use(tx, LINK_CONFIRM, text, now, &link);
		if (result == 0)
			result = submit(tx, desk, link.subject, now);
	}
	if (result == 0)
		result = application_for_mail(tx, link.subject, ret_application);
	if (result == 0)
		*ret_again = again;
	return result;
}

/* The outlet an approval names: a known one by its number, or by its name, or a new one. */
static int settle_outlet(
    struct store_tx *tx, const struct application_approval *approval, int64_t now, int64_t *ret_id)
{
	struct outlet known;
	int64_t id = approval->outlet_id;
	int result;

	if (id) {
		result = outlet_by_id(tx, id, &known);
		if (result == STORE_NOT_FOUND)
			return APPLICATION_E_OUTLET;
	} else {
		result = outlet_put(tx, approval->outlet_name, approval->local, now, &id);
	}
	if (result == 0)
		result = outlet_set_local(tx, id, approval->local);
	if (result == 0)
		*ret_id = id;
	return result;
}

/* Marks the application approved; refuses where it is not waiting. */
static int record_approval(struct store_tx *tx, int64_t id,
    const struct application_approval *approval, int64_t outlet_id, int64_t now)
{
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_APPLICATION_APPROVE,
	    STORE_ARGS(store_i64(id), store_i64(now), store_text(approval->staff),
		store_text(approval->message), store_text(approval->note), store_i64(outlet_id)),
	    &changes);

	if (result == 0 && changes != 1)
		return APPLICATION_E_STATE;
	return result;
}

/* The note of a decision stands among the others. */
static int keep_note(
    struct store_tx *tx, int64_t id, const char *staff, const char *note, int64_t now)
{
	return note && *note ? decision_note(tx, id, staff, note, now) : 0;
}

/* What is approved anew is as limited as is said; a renewal or change of outlet keeps its limit. */
static int settle_limit(struct store_tx *tx, int64_t id,
    const struct application_approval *approval, int64_t accreditation_id)
{
	bool limited = approval->limit.conference_id || approval->limit.until;
	struct case_file file = {0};
	int result = case_read(tx, id, &file);
	bool keeps = result == 0 && file.purpose != CASE_NEW && !limited;

	case_free(&file);
	if (result < 0 || keeps)
		return result;
	return limit_set(tx, accreditation_id, &approval->limit);
}

int application_approve(struct store_tx *tx, int64_t id,
    const struct application_approval *approval, int64_t now, int64_t *ret_accreditation)
{
	struct application application = {0};
	struct accreditation grant = {0};
	int64_t outlet_id = 0;
	int result = case_may_decide(tx, id, approval->staff);

	if (result == 0)
		result = settle_outlet(tx, approval, now, &outlet_id);
	if (result == 0)
		result = record_approval(tx, id, approval, outlet_id, now);
	if (result == 0)
		result = application_for_mail(tx, id, &application);
	if (result < 0)
		return result;
	grant.person_id = application.person_id;
	grant.outlet_id = outlet_id;
	grant.application_id = id;
	grant.class = approval->other_class ? approval->class : application.class;
	grant.valid_from = now;
	grant.valid_until = accreditation_months_later(now, approval->months);
	result = person_rename(tx, application.person_id, application.name);
	if (result == 0)
		result = case_grant(tx, &grant, approval->months, now, ret_accreditation);
	if (result == 0)
		result = settle_limit(tx, id, approval, *ret_accreditation);
	if (result == 0)
		result = keep_note(tx, id, approval->staff, approval->note, now);
	if (result == 0)
		result = correspondence_add(
		    tx, id, CORRESPONDENCE_APPROVED, approval->staff, approval->message, now);
	application_free(&application);
	return result;
}

int application_refuse(
    struct store_tx *tx, int64_t id, const struct application_refusal *refusal, int64_t now)
{
	int64_t changes = 0;
	int result;

	if (!application_criterion_find(refusal->criterion))
		return APPLICATION_E_CRITERION;
	result = case_may_decide(tx, id, refusal->staff);
	if (result < 0)
		return result;
	result = store_exec(tx, REGISTRAR_Q_APPLICATION_REFUSE,
	    STORE_ARGS(store_i64(id), store_i64(now), store_text(refusal->staff),
		store_text(refusal->message), store_text(refusal->note),
		store_text(refusal->criterion)),
	    &changes);
	if (result == 0 && changes != 1)
		return APPLICATION_E_STATE;
	if (result == 0)
		result = keep_note(tx, id, refusal->staff, refusal->note, now);
	if (result == 0)
		result = correspondence_add(
		    tx, id, CORRESPONDENCE_REFUSED, refusal->staff, refusal->message, now);
	return result;
}

/* What a person corrects and asks; what is kept is read in subject_read.c. */
#include "registrar/press/subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/mail/bounce.h"
#include "registrar/list.h"
#include "registrar/press/case.h"
#include "registrar/press/reference.h"
#include "schema/registrar_db.h"

enum { REFERENCE_TRIES = 8 };

static const char *const kinds[] = {[SUBJECT_NAME] = "name", [SUBJECT_DISPOSAL] = "disposal"};
static const char *const states[] = {[SUBJECT_WAITING] = "waiting",
    [SUBJECT_DONE] = "done",
    [SUBJECT_REFUSED] = "refused",
    [SUBJECT_WITHDRAWN] = "withdrawn"};

static int stands(struct store_tx *tx, int64_t person_id, int64_t now, bool *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_SUBJECT_STANDS,
	    STORE_ARGS(store_i64(person_id), store_i64(now)), &rows);

	store_done(rows);
	if (result < 0 && result != STORE_NOT_FOUND)
		return result;
	*ret = result != STORE_NOT_FOUND;
	return 0;
}

int subject_details(
    struct store_tx *tx, int64_t person_id, int64_t now, struct subject_details *ret)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_SUBJECT_PHONE, STORE_ARGS(store_i64(person_id)), &rows);

	if (result < 0)
		return result;
	snprintf(ret->phone, sizeof(ret->phone), "%s", store_get_text(rows, 0));
	snprintf(ret->language, sizeof(ret->language), "%s", store_get_text(rows, 1));
	store_done(rows);
	return stands(tx, person_id, now, &ret->stands);
}

int subject_correct(struct store_tx *tx, const struct person *person, const char *name,
    const struct subject_details *details, int64_t now, bool *ret_asked)
{
	bool asks = false;
	int result = store_exec(tx, REGISTRAR_Q_SUBJECT_CORRECT,
	    STORE_ARGS(
		store_i64(person->id), store_text(details->phone), store_text(details->language)),
	    NULL);

	if (result == 0 && strcmp(name, person->name) != 0) {
		result = stands(tx, person->id, now, &asks);
		if (result == 0 && asks)
			result = subject_ask(tx, person->id, SUBJECT_NAME, name, now);
		else if (result == 0)
			result = person_rename(tx, person->id, name);
	}
	if (result == 0)
		*ret_asked = asks;
	return result;
}

int subject_email_ask(struct store_tx *tx, int64_t person_id, const char *email, int64_t now,
    char ret_link[TOKEN_TEXT + 1])
{
	uint8_t hash[TOKEN_BYTES];
	char text[TOKEN_TEXT + 1];
	int result;

	token_new(text, hash);
	result = store_exec(tx, REGISTRAR_Q_SUBJECT_EMAIL_INSERT,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_i64(person_id), store_text(email),
		store_i64(now), store_i64(now + SUBJECT_EMAIL_SECONDS)),
	    NULL);
	if (result == 0)
		memcpy(ret_link, text, sizeof(text));
	return result;
}

int subject_email_find(struct store_tx *tx, const char *link, int64_t now, int64_t *ret_person,
    char ret_email[PERSON_EMAIL_MAX + 1])
{
	struct store_rows *rows = NULL;
	uint8_t hash[TOKEN_BYTES];
	int result;

	if (token_hash(link, hash) < 0)
		return STORE_NOT_FOUND;
	result = store_one(tx, REGISTRAR_Q_SUBJECT_EMAIL_FIND,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_i64(now)), &rows);
	if (result < 0)
		return result;
	*ret_person = store_get_i64(rows, 0);
	snprintf(ret_email, PERSON_EMAIL_MAX + 1, "%s", store_get_text(rows, 1));
	store_done(rows);
	return 0;
}

int subject_email_use(struct store_tx *tx, const char *link, int64_t now)
{
	char email[PERSON_EMAIL_MAX + 1];
	struct person other;
	int64_t id = 0;
	int result = subject_email_find(tx, link, now, &id, email);

	if (result < 0)
		return result;
	result = person_by_email(tx, email, &other);
	if (result == 0 && other.id != id)
		return SUBJECT_E_TAKEN;
	if (result < 0 && result != STORE_NOT_FOUND)
		return result;
	result = store_exec(
	    tx, REGISTRAR_Q_SUBJECT_EMAIL_USE, STORE_ARGS(store_i64(id), store_i64(now)), NULL);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_SUBJECT_SET_EMAIL,
		    STORE_ARGS(store_i64(id), store_text(email)), NULL);
	if (result == 0)
		result = bounce_clear(tx, email);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_SUBJECT_SET_MAIL_OF_APPLICATIONS,
		    STORE_ARGS(store_i64(id), store_text(email)), NULL);
	return result == 0 ? subject_sign_out(tx, id) : result;
}

int subject_sign_out(struct store_tx *tx, int64_t person_id)
{
	return store_exec(
	    tx, REGISTRAR_Q_SUBJECT_END_SESSIONS, STORE_ARGS(store_i64(person_id)), NULL);
}

static unsigned index_of(const char *const *words, unsigned n, const char *word)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return 0;
}

static int read_row(struct store_rows *rows, void *item)
{
	struct subject_request *ret = item;

	*ret = (struct subject_request){.person_id = store_get_i64(rows, 1),
	    .kind = (enum subject_kind)index_of(kinds, 2, store_get_text(rows, 4)),
	    .state = (enum subject_state)index_of(states, 4, store_get_text(rows, 5)),
	    .created = store_get_i64(rows, 7),
	    .due = store_get_i64(rows, 8),
	    .answered = store_get_i64(rows, 9)};
	snprintf(ret->reference, sizeof(ret->reference), "%s", store_get_text(rows, 0));
	snprintf(ret->name, sizeof(ret->name), "%s", store_get_text(rows, 2));
	snprintf(ret->email, sizeof(ret->email), "%s", store_get_text(rows, 3));
	snprintf(ret->words, sizeof(ret->words), "%s", store_get_text(rows, 6));
	snprintf(ret->message, sizeof(ret->message), "%s", store_get_text(rows, 10));
	return 0;
}

int subject_requests(struct store_tx *tx, int64_t person_id, struct subject_requests *ret)
{
	struct list_rows list = {NULL, 0};
	struct store_value of = store_i64(person_id);
	int result = list_read(tx,
	    person_id ? REGISTRAR_Q_SUBJECT_REQUESTS_OF : REGISTRAR_Q_SUBJECT_REQUESTS_ALL, &of,
	    person_id ? 1 : 0, sizeof(*ret->items), read_row, NULL, &list);

	if (result == 0)
		*ret = (struct subject_requests){list.items, list.n};
	return result;
}

int subject_request_by_reference(
    struct store_tx *tx, const char *reference, struct subject_request *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(
	    tx, REGISTRAR_Q_SUBJECT_REQUEST_BY_REFERENCE, STORE_ARGS(store_text(reference)), &rows);

	if (result < 0)
		return result;
	result = read_row(rows, ret);
	store_done(rows);
	return result;
}

static int waits(struct store_tx *tx, int64_t person_id, enum subject_kind kind, bool *ret)
{
	struct subject_requests list = {NULL, 0};
	int result = subject_requests(tx, person_id, &list);

	if (result < 0)
		return result;
	*ret = false;
	for (size_t i = 0; i < list.n; i++)
		if (list.items[i].kind == kind && list.items[i].state == SUBJECT_WAITING)
			*ret = true;
	free(list.items);
	return 0;
}

int subject_ask(
    struct store_tx *tx, int64_t person_id, enum subject_kind kind, const char *words, int64_t now)
{
	char reference[REFERENCE_TEXT + 1];
	bool waiting = false;
	int result = waits(tx, person_id, kind, &waiting);

	if (result < 0 || waiting)
		return result;
	result = STORE_CONFLICT;
	for (int i = 0; i < REFERENCE_TRIES && result == STORE_CONFLICT; i++) {
		reference_new('D', reference);
		result = store_exec(tx, REGISTRAR_Q_SUBJECT_REQUEST_INSERT,
		    STORE_ARGS(store_text(reference), store_i64(person_id), store_text(kinds[kind]),
			store_text(words), store_i64(now),
			store_i64(now + SUBJECT_DAYS * INT64_C(86400))),
		    NULL);
	}
	return result;
}

static int close_request(struct store_tx *tx, const char *reference, enum subject_state state,
    const char *staff, const char *message, int64_t now)
{
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_SUBJECT_REQUEST_ANSWER,
	    STORE_ARGS(store_text(reference), store_text(states[state]), store_i64(now),
		store_text(staff), store_text(message)),
	    &changes);

	return result == 0 && changes != 1 ? SUBJECT_E_STATE : result;
}

int subject_withdraw(struct store_tx *tx, const char *reference, int64_t person_id, int64_t now)
{
	struct subject_request *request = malloc(sizeof(*request));
	int result =
	    request ? subject_request_by_reference(tx, reference, request) : STORE_NO_MEMORY;

	if (result == 0 && request->person_id != person_id)
		result = STORE_NOT_FOUND;
	if (result == 0 && request->state != SUBJECT_WITHDRAWN)
		result = close_request(tx, reference, SUBJECT_WITHDRAWN, NULL, "", now);
	free(request);
	return result;
}

/* The name as it stands from now on, on rosters and passes that may still be shown. */
static int rename_person(struct store_tx *tx, struct registrar *registrar,
    const struct subject_request *request, const char *staff, int64_t now)
{
	int result = person_rename(tx, request->person_id, request->words);

	if (result == 0)
		result = case_reissue(tx, registrar, request->person_id, 0, staff, now);
	return result;
}

int subject_answer(struct store_tx *tx, struct registrar *registrar,
    const struct subject_answer *answer, int64_t now)
{
	struct subject_request *request = malloc(sizeof(*request));
	int result = request ? subject_request_by_reference(tx, answer->reference, request)
			     : STORE_NO_MEMORY;

	if (result == 0)
		result = close_request(tx, answer->reference,
		    answer->done ? SUBJECT_DONE : SUBJECT_REFUSED, answer->staff, answer->message,
		    now);
	if (result == 0 && answer->done && request->kind == SUBJECT_NAME)
		result = rename_person(tx, registrar, request, answer->staff, now);
	free(request);
	return result;
}

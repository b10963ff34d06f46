#include "registrar/records/erasure.h"

#include <stdio.h>
#include <stdlib.h>

#include "registrar/list.h"
#include "registrar/mail/message.h"
#include "registrar/press/language.h"
#include "registrar/press/registration.h"
#include "registrar/records/purge.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

enum { REFERENCE = 24 };

struct references {
	char (*items)[REFERENCE];
	size_t n;
};

static int read_reference(struct store_rows *rows, void *item)
{
	snprintf(item, REFERENCE, "%s", store_get_text(rows, 0));
	return 0;
}

static int read_references(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, struct references *ret)
{
	struct list_rows list = {NULL, 0};
	int result =
	    list_read(tx, query, args, n_args, sizeof(*ret->items), read_reference, NULL, &list);

	if (result == 0)
		*ret = (struct references){list.items, list.n};
	return result;
}

static int read_coming(struct store_tx *tx, int64_t person_id, int64_t now, struct references *ret)
{
	return read_references(
	    tx, REGISTRAR_Q_SUBJECT_COMING, STORE_ARGS(store_i64(person_id), store_i64(now)), ret);
}

static int is_held(struct store_tx *tx, int64_t person_id, int64_t now, bool *ret)
{
	int64_t held = 0;
	int result = store_number(
	    tx, REGISTRAR_Q_PURGE_IS_HELD, STORE_ARGS(store_i64(person_id), store_i64(now)), &held);

	if (result < 0 && result != STORE_NOT_FOUND)
		return result;
	*ret = result == 0;
	return 0;
}

int erasure_preview(
    struct store_tx *tx, int64_t person_id, int64_t now, struct erasure_preview *ret)
{
	struct erasure_preview it = {.coming = 0};
	struct references coming = {NULL, 0};
	int result = is_held(tx, person_id, now, &it.held);

	if (result == 0)
		result = read_coming(tx, person_id, now, &coming);
	if (result == 0)
		result = subject_read_whole(tx, person_id, &it.records);
	it.coming = coming.n;
	free(coming.items);
	if (result == 0)
		*ret = it;
	return result;
}

/* Nobody is let in with what is destroyed a moment later. */
static int cancel_coming(
    struct registrar *registrar, const struct erasure_wish *wish, int64_t now, struct refusal *why)
{
	struct references coming = {NULL, 0};
	struct store_tx *tx = NULL;
	bool held = false;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = is_held(tx, wish->person_id, now, &held);
	if (result == 0)
		result = read_coming(tx, wish->person_id, now, &coming);
	store_read_end(tx);
	if (result == 0 && held)
		result = refuse(why, "",
		    "A legal hold covers this person: nothing is destroyed until it is lifted.");
	for (size_t i = 0; result == 0 && i < coming.n; i++)
		result =
		    registration_cancel(registrar, coming.items[i], wish->staff, now, NULL, why);
	free(coming.items);
	return result;
}

struct closing {
	struct registrar *registrar;
	const struct erasure_wish *wish;
	int64_t now;
};

static int answer_waiting(struct store_tx *tx, const struct closing *it)
{
	struct references waiting = {NULL, 0};
	int result = read_references(
	    tx, REGISTRAR_Q_SUBJECT_WAITING, STORE_ARGS(store_i64(it->wish->person_id)), &waiting);

	for (size_t i = 0; result == 0 && i < waiting.n; i++) {
		struct subject_request request;
		struct subject_answer answer = {
		    .reference = waiting.items[i], .message = it->wish->words};
		result = subject_request_by_reference(tx, waiting.items[i], &request);
		/* A new name is of no use any more. */
		answer.done = result == 0 && request.kind == SUBJECT_DISPOSAL;
		if (result == 0)
			result = subject_answer(tx, it->registrar, &answer, it->now);
	}
	free(waiting.items);
	return result;
}

static int close_body(struct store_tx *tx, void *context)
{
	const struct closing *it = context;
	struct person person;
	int result = person_by_id(tx, it->wish->person_id, &person);

	if (result == 0)
		result = answer_waiting(tx, it);
	if (result < 0)
		return result;
	return message_put_in(tx, it->registrar, MESSAGE_ERASED, language_of_mail(tx, person.email),
	    person.email, &(struct message_values){.name = person.name, .message = it->wish->words},
	    it->now);
}

int erasure_carry_out(struct registrar *registrar, const struct erasure_wish *wish, int64_t now,
    int64_t *ret_id, struct refusal *why)
{
	struct closing closing = {registrar, wish, now};
	int result = cancel_coming(registrar, wish, now, why);

	return result == 0 ? purge_one(registrar, wish->person_id, wish->staff, now, close_body,
				 &closing, ret_id, why)
			   : result;
}

#include "registrar/press/dossier.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

int dossier_begin(struct store_tx *tx, int64_t now, char ret_token[TOKEN_TEXT + 1], int64_t *ret_id)
{
	uint8_t hash[TOKEN_BYTES];
	char token[TOKEN_TEXT + 1];
	int result;

	token_new(token, hash);
	result = store_exec(tx, REGISTRAR_Q_DOSSIER_INSERT,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_i64(now)), NULL);
	if (result < 0)
		return result;
	*ret_id = store_last_id(tx);
	memcpy(ret_token, token, sizeof(token));
	return 0;
}

static int read_one(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, struct dossier *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, args, n_args, &rows);

	if (result < 0)
		return result;
	ret->id = store_get_i64(rows, 0);
	ret->application_id = store_get_i64(rows, 1);
	snprintf(ret->reference, sizeof(ret->reference), "%s", store_get_text(rows, 2));
	ret->created = store_get_i64(rows, 3);
	ret->changed = store_get_i64(rows, 4);
	ret->sent = store_get_i64(rows, 5);
	store_done(rows);
	return 0;
}

static int find(struct store_tx *tx, unsigned query, const char *secret, int64_t now,
    struct dossier *ret_dossier)
{
	uint8_t hash[TOKEN_BYTES];

	if (token_hash(secret, hash) < 0)
		return STORE_NOT_FOUND;
	return read_one(tx, query,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_i64(now - DOSSIER_SECONDS)),
	    ret_dossier);
}

int dossier_find(struct store_tx *tx, const char *token, int64_t now, struct dossier *ret_dossier)
{
	return find(tx, REGISTRAR_Q_DOSSIER_BY_TOKEN, token, now, ret_dossier);
}

int dossier_by_link(struct store_tx *tx, const char *link, int64_t now, struct dossier *ret_dossier)
{
	return find(tx, REGISTRAR_Q_DOSSIER_BY_BACK, link, now, ret_dossier);
}

int dossier_of(struct store_tx *tx, int64_t application_id, struct dossier *ret_dossier)
{
	return read_one(tx, REGISTRAR_Q_DOSSIER_BY_APPLICATION,
	    STORE_ARGS(store_i64(application_id)), ret_dossier);
}

int dossier_touch(struct store_tx *tx, int64_t id, int64_t now)
{
	return store_exec(
	    tx, REGISTRAR_Q_DOSSIER_TOUCH, STORE_ARGS(store_i64(id), store_i64(now)), NULL);
}

int dossier_put(struct store_tx *tx, int64_t id, const char *name, const char *value, int64_t now)
{
	int result = *value
			 ? store_exec(tx, REGISTRAR_Q_ANSWER_PUT,
			       STORE_ARGS(store_i64(id), store_text(name), store_text(value)), NULL)
			 : store_exec(tx, REGISTRAR_Q_ANSWER_DELETE,
			       STORE_ARGS(store_i64(id), store_text(name)), NULL);

	return result < 0 ? result : dossier_touch(tx, id, now);
}

static int read_answer(struct store_rows *rows, void *item)
{
	struct dossier_answer *ret = item;

	ret->value = list_text(store_get_text(rows, 1));
	snprintf(ret->name, sizeof(ret->name), "%s", store_get_text(rows, 0));
	return ret->value ? 0 : STORE_NO_MEMORY;
}

static void clear_answer(void *item)
{
	struct dossier_answer *answer = item;

	sodium_memzero(answer->value, strlen(answer->value));
	free(answer->value);
}

int dossier_answers(struct store_tx *tx, int64_t id, struct dossier_answers *ret_answers)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_ANSWER_LIST, STORE_ARGS(store_i64(id)),
	    sizeof(*ret_answers->items), read_answer, clear_answer, &list);

	if (result == 0)
		*ret_answers = (struct dossier_answers){list.items, list.n};
	return result;
}

void dossier_answers_free(struct dossier_answers *answers)
{
	for (size_t i = 0; i < answers->n; i++)
		clear_answer(&answers->items[i]);
	free(answers->items);
	*answers = (struct dossier_answers){NULL, 0};
}

const char *dossier_answer(const struct dossier_answers *answers, const char *name)
{
	for (size_t i = 0; i < answers->n; i++)
		if (strcmp(answers->items[i].name, name) == 0)
			return answers->items[i].value;
	return "";
}

/* A new secret in one of the two columns. */
static int set_secret(
    struct store_tx *tx, unsigned query, int64_t id, char ret_secret[TOKEN_TEXT + 1])
{
	uint8_t hash[TOKEN_BYTES];
	char secret[TOKEN_TEXT + 1];
	int result;

	token_new(secret, hash);
	result =
	    store_exec(tx, query, STORE_ARGS(store_i64(id), store_blob(hash, sizeof(hash))), NULL);
	if (result == 0)
		memcpy(ret_secret, secret, sizeof(secret));
	return result;
}

int dossier_save(struct store_tx *tx, int64_t id, char ret_link[TOKEN_TEXT + 1])
{
	return set_secret(tx, REGISTRAR_Q_DOSSIER_SET_BACK, id, ret_link);
}

int dossier_return(
    struct store_tx *tx, const char *link, int64_t now, char ret_token[TOKEN_TEXT + 1])
{
	struct dossier dossier;
	int result = dossier_by_link(tx, link, now, &dossier);

	if (result < 0)
		return result;
	return set_secret(tx, REGISTRAR_Q_DOSSIER_SET_TOKEN, dossier.id, ret_token);
}

int dossier_sent(struct store_tx *tx, int64_t id, int64_t application_id, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_DOSSIER_SET_APPLICATION,
	    STORE_ARGS(store_i64(id), store_i64(application_id), store_i64(now)), NULL);
}

int dossier_close(struct store_tx *tx, int64_t application_id)
{
	return store_exec(
	    tx, REGISTRAR_Q_DOSSIER_CLOSE, STORE_ARGS(store_i64(application_id)), NULL);
}

int dossier_forget(struct store_tx *tx, int64_t id)
{
	return store_exec(tx, REGISTRAR_Q_DOSSIER_DELETE, STORE_ARGS(store_i64(id)), NULL);
}

int dossier_purge(struct store_tx *tx, int64_t now)
{
	return store_exec(
	    tx, REGISTRAR_Q_DOSSIER_PURGE, STORE_ARGS(store_i64(now - DOSSIER_SECONDS)), NULL);
}

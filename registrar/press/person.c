#include "registrar/press/person.h"

#include <stdio.h>
#include <string.h>

#include "schema/registrar_db.h"
#include "web/text.h"

int person_email_key(const char *email, char ret_key[PERSON_EMAIL_MAX + 1])
{
	size_t len = strlen(email);

	if (len > PERSON_EMAIL_MAX || text_email(email) < 0)
		return PERSON_E_EMAIL;
	for (size_t i = 0; i <= len; i++)
		ret_key[i] = email[i] >= 'A' && email[i] <= 'Z' ? (char)(email[i] + 32) : email[i];
	return 0;
}

/* Runs a query that gives one person. */
static int read_one(
    struct store_tx *tx, unsigned query, struct store_value key, struct person *ret_person)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, &key, 1, &rows);

	if (result < 0)
		return result;
	ret_person->id = store_get_i64(rows, 0);
	snprintf(ret_person->email, sizeof(ret_person->email), "%s", store_get_text(rows, 1));
	snprintf(ret_person->name, sizeof(ret_person->name), "%s", store_get_text(rows, 2));
	ret_person->created = store_get_i64(rows, 3);
	store_done(rows);
	return 0;
}

int person_by_email(struct store_tx *tx, const char *email, struct person *ret_person)
{
	return read_one(tx, REGISTRAR_Q_PERSON_BY_EMAIL, store_text(email), ret_person);
}

int person_by_id(struct store_tx *tx, int64_t id, struct person *ret_person)
{
	return read_one(tx, REGISTRAR_Q_PERSON_BY_ID, store_i64(id), ret_person);
}

int person_put(
    struct store_tx *tx, const char *email, const char *name, int64_t now, int64_t *ret_id)
{
	struct person known;
	int result = person_by_email(tx, email, &known);

	if (result == 0) {
		*ret_id = known.id;
		return 0;
	}
	if (result != STORE_NOT_FOUND)
		return result;
	result = store_exec(tx, REGISTRAR_Q_PERSON_INSERT,
	    STORE_ARGS(store_text(email), store_text(name), store_i64(now)), NULL);
	if (result == 0)
		*ret_id = store_last_id(tx);
	return result;
}

int person_rename(struct store_tx *tx, int64_t id, const char *name)
{
	return store_exec(
	    tx, REGISTRAR_Q_PERSON_RENAME, STORE_ARGS(store_i64(id), store_text(name)), NULL);
}

int person_phone(struct store_tx *tx, int64_t id, int64_t application_id)
{
	return store_exec(tx, REGISTRAR_Q_PERSON_PHONE_OF_APPLICATION,
	    STORE_ARGS(store_i64(id), store_i64(application_id)), NULL);
}

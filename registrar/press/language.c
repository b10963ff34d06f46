#include "registrar/press/language.h"

#include <stdio.h>

#include "schema/registrar_db.h"

/* Runs a query that gives one code. False where there is none. */
static bool read_code(struct store_tx *tx, unsigned query, const char *email, char ret[SAY_CODE])
{
	struct store_rows *rows = NULL;
	struct store_value key = store_text(email);

	if (store_one(tx, query, &key, 1, &rows) < 0)
		return false;
	snprintf(ret, SAY_CODE, "%s", store_get_text(rows, 0));
	store_done(rows);
	return true;
}

const struct say *language_of_mail(struct store_tx *tx, const char *email)
{
	const struct say *language = NULL;
	char person[SAY_CODE] = "", applicant[SAY_CODE] = "";
	/* Both, always: a known address takes the time of an unknown one. */
	bool known = read_code(tx, REGISTRAR_Q_LANGUAGE_OF_PERSON, email, person);
	bool applied = read_code(tx, REGISTRAR_Q_LANGUAGE_OF_APPLICATION, email, applicant);

	/* A language that this program no longer has is English. */
	if ((known || applied) && !say_find(known ? person : applicant, &language))
		language = NULL;
	return language;
}

int language_of_applicant(struct store_tx *tx, int64_t application_id, const struct say *language)
{
	return store_exec(tx, REGISTRAR_Q_LANGUAGE_APPLICATION_SET,
	    STORE_ARGS(store_i64(application_id), store_text(say_code(language))), NULL);
}

int language_of_person(struct store_tx *tx, int64_t person_id, int64_t application_id)
{
	return store_exec(tx, REGISTRAR_Q_LANGUAGE_PERSON_SET,
	    STORE_ARGS(store_i64(person_id), store_i64(application_id)), NULL);
}

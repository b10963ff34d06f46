/*
 * dossier: what an applicant has answered and sent so far, kept here and not in the browser.
 *
 *	begin --answers, files--> sent (an application in draft) --confirmed--> the application's
 *
 * A random token in a cookie opens it, so that no address shows it; a link sent by mail brings it
 * back on another device, once. What nobody has confirmed goes DOSSIER_SECONDS after its last
 * change. Once the application is confirmed no token opens it any more: it is the application's
 * file, for staff.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_DOSSIER_H
#define PRESSGATE_REGISTRAR_DOSSIER_H

#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"
#include "web/token.h"

#define DOSSIER_SECONDS	  (14 * 86400)
#define DOSSIER_NAME_MAX  32   /* bytes of an answer's name */
#define DOSSIER_VALUE_MAX 4000 /* code points of an answer */
#define DOSSIER_REFERENCE 12

struct dossier {
	int64_t id;
	int64_t application_id;		   /* 0: not sent yet */
	char reference[DOSSIER_REFERENCE]; /* the application's, or "" */
	int64_t created, changed;	   /* Unix seconds */
	int64_t sent; /* when it was sent as it is now; 0: changed since, or never */
};

/* Answers by their names. Free with dossier_answers_free. */
struct dossier_answers {
	struct dossier_answer {
		char name[DOSSIER_NAME_MAX + 1];
		char *value;
	} * items;
	size_t n;
};

/* A new one; ret_token goes into the cookie and nowhere else. */
STORE_MUST_CHECK int dossier_begin(
    struct store_tx *tx, int64_t now, char ret_token[TOKEN_TEXT + 1], int64_t *ret_id);

/* The one that a cookie opens. STORE_NOT_FOUND for a wrong or old token, and once it is closed. */
STORE_MUST_CHECK int dossier_find(
    struct store_tx *tx, const char *token, int64_t now, struct dossier *ret_dossier);

/* An application's. STORE_NOT_FOUND for one that came without. */
STORE_MUST_CHECK int dossier_of(
    struct store_tx *tx, int64_t application_id, struct dossier *ret_dossier);

/* Keeps an answer; "" takes it away. Counts as a change. */
STORE_MUST_CHECK int dossier_put(
    struct store_tx *tx, int64_t id, const char *name, const char *value, int64_t now);

STORE_MUST_CHECK int dossier_touch(struct store_tx *tx, int64_t id, int64_t now);

STORE_MUST_CHECK int dossier_answers(
    struct store_tx *tx, int64_t id, struct dossier_answers *ret_answers);
void dossier_answers_free(struct dossier_answers *answers); /* wiped; a zeroed one is fine */

/* An answer; "" where there is none. Borrowed. */
const char *dossier_answer(const struct dossier_answers *answers, const char *name);

/* Makes the secret of a link that brings it back, in place of the one before. */
STORE_MUST_CHECK int dossier_save(struct store_tx *tx, int64_t id, char ret_link[TOKEN_TEXT + 1]);

/* What a link leads to; changes nothing. */
STORE_MUST_CHECK int dossier_by_link(
    struct store_tx *tx, const char *link, int64_t now, struct dossier *ret_dossier);

/* Uses the link up: ret_token opens the dossier from now on, and the token before does not. */
STORE_MUST_CHECK int dossier_return(
    struct store_tx *tx, const char *link, int64_t now, char ret_token[TOKEN_TEXT + 1]);

/* Ties it to an application that was made of it, and notes that it is sent. */
STORE_MUST_CHECK int dossier_sent(
    struct store_tx *tx, int64_t id, int64_t application_id, int64_t now);

/* The application was confirmed: no token and no link opens its dossier any more. None is fine. */
STORE_MUST_CHECK int dossier_close(struct store_tx *tx, int64_t application_id);

/* Forgets it with all it holds, on the applicant's wish. */
STORE_MUST_CHECK int dossier_forget(struct store_tx *tx, int64_t id);

/* Removes what nobody confirmed in time. */
STORE_MUST_CHECK int dossier_purge(struct store_tx *tx, int64_t now);

#endif

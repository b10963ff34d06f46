/*
 * access: tokens of the JSON API.
 *
 *	token = "pgt_" text          text = 43 characters of base64url, 256 random bits
 *(web/token.h)
 *
 * The prefix lets scanners of source code find one that was left there. The text is shown once and
 * only its SHA-256 is stored. Uses are counted in memory and written at most every few seconds, so
 * that reading does not wait for the disk; access_flush() writes what is left.
 */
#ifndef REGISTRAR_API_ACCESS_H
#define REGISTRAR_API_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "schema/store.h"
#include "web/token.h"

struct registrar;

#define ACCESS_PREFIX	"pgt_"
#define ACCESS_TEXT	(4 + TOKEN_TEXT) /* characters, without the NUL */
#define ACCESS_DAYS_MAX 731

struct access_wish {
	const char *name;    /* what it is for, 1..100 characters */
	uint32_t scopes;     /* registrar/api/scope.h; at least one */
	int64_t expires;     /* Unix seconds, within ACCESS_DAYS_MAX days */
	const char *network; /* "192.0.2.0/24", or "": from anywhere */
	const char *staff;
};

/* Makes a token. Returns 0, MODEL_REFUSED with the field in why, or another model or store result.
 */
int access_add(struct registrar *registrar, const struct access_wish *wish, int64_t now,
    char ret_text[ACCESS_TEXT + 1], int64_t *ret_id, struct refusal *why)
    __attribute__((warn_unused_result));

/* Ends a token at once; ending it twice is quiet. MODEL_NOT_FOUND: there is none of that number. */
int access_revoke(struct registrar *registrar, int64_t id, const char *staff, int64_t now)
    __attribute__((warn_unused_result));

struct access_token {
	int64_t id;
	const char *name; /* texts live until the visit returns */
	uint32_t scopes;
	const char *network, *made_by, *revoked_by;
	int64_t created, expires, revoked, used, uses; /* revoked, used: 0: not */
};
typedef int access_visit(void *context, const struct access_token *token);

/* Calls visit for each token, the newest first, until it returns other than 0, which is returned.
 */
int access_each(struct store_tx *tx, access_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* ---- who asks ---- */

struct access; /* what is kept in memory: uses not written yet, and each token's rate */

/* per_minute: requests a token may make in a minute on the average, and at once. NULL: no memory.
 */
struct access *access_new(struct registrar *registrar, unsigned per_minute);
void access_free(struct access *access); /* writes what is left; NULL is quiet */

enum access_answer {
	ACCESS_OK = 0,
	ACCESS_NONE,	/* no token came */
	ACCESS_WRONG,	/* not one of ours, ended or over its time: who asks is not told which */
	ACCESS_NETWORK, /* from an address it is not for */
	ACCESS_RATE	/* too often */
};

struct access_caller {
	int64_t id;
	uint32_t scopes;
	unsigned wait; /* ACCESS_RATE: seconds */
};

/* Looks at an Authorization header's value (NULL: none came) from an address, and counts the use.
 * Returns an access_answer, or a negative store_result. */
int access_check(struct access *access, const char *authorization, const char *address,
    int64_t now_ms, struct access_caller *ret) __attribute__((warn_unused_result));

/* Writes the uses that are not written yet. */
int access_flush(struct access *access) __attribute__((warn_unused_result));

#endif

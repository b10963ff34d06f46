/*
 * session: who is signed in. The cookie's token is not stored, only its SHA-256.
 *
 * Staff: 30 minutes idle, 8 hours in all. Persons (no password, links by mail, a phone that is
 * theirs): 7 days idle, 30 days in all. A session of a disabled staff member, and one that began
 * before the limits, is not found, whether or not its row is still there.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_SESSION_H
#define PRESSGATE_REGISTRAR_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/store.h"

#define SESSION_HASH	    32
#define SESSION_STAFF_IDLE  (30 * 60)
#define SESSION_STAFF_MAX   (8 * 3600)
#define SESSION_PERSON_IDLE (7 * 86400)
#define SESSION_PERSON_MAX  (30 * 86400)
#define SESSION_TOUCH	    60 /* `seen` is written this often at most */

struct session {
	bool is_staff;
	char staff[17];	   /* staff name, or "" */
	char role[16];	   /* of a staff member, as stored */
	bool must_change;  /* the password is a one-time one */
	int64_t person_id; /* or 0 */
	char name[801];	   /* to show */
	int64_t created;   /* Unix seconds */
	int64_t seen;
	uint8_t hash[SESSION_HASH]; /* of its token */
};

/* Begins a session under the hash of a new token. */
STORE_MUST_CHECK int session_start_staff(
    struct store_tx *tx, const uint8_t hash[SESSION_HASH], const char *staff, int64_t now);
STORE_MUST_CHECK int session_start_person(
    struct store_tx *tx, const uint8_t hash[SESSION_HASH], int64_t person_id, int64_t now);

/* The session of a hash if it stands at `now`; else STORE_NOT_FOUND. Changes nothing. */
STORE_MUST_CHECK int session_find(struct store_tx *tx, const uint8_t hash[SESSION_HASH],
    int64_t now, struct session *ret_session);

/* True when session_touch is due, so that most requests write nothing. */
bool session_wants_touch(const struct session *session, int64_t now);
STORE_MUST_CHECK int session_touch(
    struct store_tx *tx, const uint8_t hash[SESSION_HASH], int64_t now);

/* Ends one; quiet where it is gone. */
STORE_MUST_CHECK int session_end(struct store_tx *tx, const uint8_t hash[SESSION_HASH]);

/* Ends every session of a staff member (disabled, password changed). */
STORE_MUST_CHECK int session_end_staff(struct store_tx *tx, const char *staff);

/* Removes the rows of sessions that ended by time. */
STORE_MUST_CHECK int session_purge(struct store_tx *tx, int64_t now);

#endif

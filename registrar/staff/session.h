/*
 * session: who is signed in. The cookie's token is not stored, only its SHA-256.
 *
 * Staff: 30 minutes idle, 8 hours in all. Persons (no password, links by mail, a phone that is
 * theirs): 7 days idle, 30 days in all. A session of a disabled staff member, and one that began
 * before the limits, is not found, whether or not its row is still there. A session of staff may be
 * half: the password was right and the code is waited for, for 5 minutes.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_SESSION_H
#define PRESSGATE_REGISTRAR_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/staff/authority.h"
#include "schema/store.h"

#define SESSION_HASH	    32
#define SESSION_STAFF_IDLE  (30 * 60)
#define SESSION_STAFF_MAX   (8 * 3600)
#define SESSION_HALF_MAX    (5 * 60)
#define SESSION_PERSON_IDLE (7 * 86400)
#define SESSION_PERSON_MAX  (30 * 86400)
#define SESSION_TOUCH	    60 /* `seen` is written this often at most */
#define SESSION_WORDS	    65 /* bytes of what a session's owner knows it by, with NUL */
#define SESSION_HANDLE	    17 /* of its handle, with NUL */

struct session {
	bool is_staff;
	char staff[17];		    /* staff name, or "" */
	char role[16];		    /* of a staff member, as stored */
	bool must_change;	    /* the password is a one-time one */
	bool half;		    /* the code is waited for: it can do nothing else */
	bool proxy;		    /* a trusted proxy looked at the person, not we */
	bool has_factor;	    /* a second factor stands */
	struct authority authority; /* of a staff member */
	int64_t person_id;	    /* or 0 */
	char name[801];		    /* to show */
	int64_t created;	    /* Unix seconds */
	int64_t seen;
	uint8_t hash[SESSION_HASH]; /* of its token */
};

/* A session that begins. */
struct session_start {
	const char *staff;
	bool half, proxy;
	const char *browser; /* session_browser */
	const char *network; /* session_network */
};

/* Begins a session under the hash of a new token. */
STORE_MUST_CHECK int session_start_staff(struct store_tx *tx, const uint8_t hash[SESSION_HASH],
    const struct session_start *start, int64_t now);
STORE_MUST_CHECK int session_start_person(
    struct store_tx *tx, const uint8_t hash[SESSION_HASH], int64_t person_id, int64_t now);

/* What kind of browser a User-Agent header names, in words that tell one's own devices apart and
 * nothing more: "Firefox on Windows". NULL: "An unknown browser". */
void session_browser(const char *user_agent, char ret_words[SESSION_WORDS]);

/* The network of an address: "192.0.2.*", "2001:db8:1:*". */
void session_network(const char *address, char ret_words[SESSION_WORDS]);

/* One of a staff member's sessions, as they are listed. */
struct session_line {
	char handle[SESSION_HANDLE]; /* names it in a form; made of its hash, and gives no way in */
	int64_t created, seen;
	bool half, proxy;
	bool own; /* the one that asks */
	char browser[SESSION_WORDS], network[SESSION_WORDS];
};

/* Those that stand at `now`, the newest use first; at most SESSION_LIST of them. own: the hash of
 * the one that asks, or NULL. The caller frees *ret_lines with free(). */
#define SESSION_LIST 200
STORE_MUST_CHECK int session_list(struct store_tx *tx, const char *staff,
    const uint8_t own[SESSION_HASH], int64_t now, struct session_line **ret_lines, size_t *ret_n);

/* Ends the session of a staff member that has this handle, or STORE_NOT_FOUND: nobody ends
 * another's by its handle alone. */
STORE_MUST_CHECK int session_end_handle(
    struct store_tx *tx, const char *staff, const char *handle, int64_t now);

/* Ends all of a staff member's sessions but one. */
STORE_MUST_CHECK int session_end_others(
    struct store_tx *tx, const char *staff, const uint8_t stays[SESSION_HASH]);

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

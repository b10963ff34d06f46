/*
 * desk: inside of `gate desk`. One struct for the program, one for each of its two sides (this
 * machine, the local network), one for each session. handlers.h lists the handlers.
 *
 * Locks, in the order they are taken: a session's `acting` (one act at a time; the page is written
 * under it, since it shows the look), the desk's `lock` (the tables; short), the gate's.
 */
#ifndef PRESSGATE_GATE_DESK_DESK_H
#define PRESSGATE_GATE_DESK_DESK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "gate/desk/command.h"
#include "gate/desk/views.h"
#include "gate/door/door.h"
#include "gate/gate.h"
#include "gate/door/shift.h"
#include "web/http.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/route.h"
#include "web/token.h"
#include "web/work.h"

enum {
	DESK_SESSIONS_MAX = 32, /* screens of one gate at once */
	DESK_LINKS_MAX = 8,	/* one-time links of pairings at once */
	DESK_PAIRINGS_MAX = 64, /* that stand at once */
	DESK_LINK_SECONDS = 600,
	DESK_LOCK_MINUTES = 15,	    /* without an act; --lock-after */
	DESK_SHIFT_SECONDS = 50400, /* 14 hours: longer than any shift */
	DESK_SAME_MS = 5000,	    /* the same code again within it is the same scan */
	DESK_TEXT_MAX = 4096,	    /* bytes of a scanned text that are taken at all */
	DESK_NAME_MAX = 64,	    /* characters of a paired device's name */
	DESK_POLL_SECONDS = 25,
};

/* Roles of a route: bits. */
enum {
	DESK_OFFICER = 1, /* a shift is open and not locked */
	DESK_LOCKED = 2,  /* a shift is open and locked */
};

/* Why a session is locked. */
enum desk_lock_why {
	DESK_BY_HAND,
	DESK_IDLE,    /* nobody used it */
	DESK_CHANGED, /* its officer is off the list, or has another PIN or role there */
};

struct desk_session {
	pthread_mutex_t
	    acting; /* guards what follows behind `began_ms`; stays when it is cleared */
	bool used;
	bool ended;	/* nobody finds it any more; the slot is free when nobody uses it */
	unsigned users; /* requests that hold it */
	uint8_t hash[TOKEN_BYTES];
	int64_t pairing; /* the device it was begun on; 0: this machine */
	bool locked;
	enum desk_lock_why why;	    /* while locked */
	uint64_t began_ms, last_ms; /* since boot */

	struct shift shift; /* ended while locked */
	char officer[STAFF_NAME_MAX + 1];
	enum staff_role role;
	struct door door;
	int64_t shift_id, shift_began_ms;
	uint64_t epoch, seq; /* of the shift's first entry */
	bool leaving;
	unsigned number;    /* of the newest look; 0: none */
	unsigned looks;	    /* how many there were: a number never comes again */
	uint64_t looked_ms; /* since boot */
	struct door_look look;
};

struct desk_link {
	bool used;
	uint8_t hash[TOKEN_BYTES];
	uint8_t session[TOKEN_BYTES]; /* whose screen shows it */
	char text[TOKEN_TEXT + 1];
	uint64_t until_ms; /* since boot */
	char made_by[STAFF_NAME_MAX + 1];
};

struct desk_options {
	uint64_t lock_ms;	/* without an act until a screen locks itself */
	uint64_t shift_ms;	/* until a shift is over */
	uint64_t link_ms;	/* until a one-time link is over */
	const char *conference; /* slug that is chosen first, or NULL */
	struct desk_test test;
};

struct desk {
	struct gate *gate;
	struct desk_options options;
	struct work *hashers;
	pthread_mutex_t lock;
	struct desk_session sessions[DESK_SESSIONS_MAX];
	struct desk_link links[DESK_LINKS_MAX];
	const char *lan_url; /* "https://ADDRESS:PORT", NULL: no listener there */
	char fingerprint[TLS_FINGERPRINT_TEXT + 1];
	bool stopping;
};

/* The context of a listener. */
struct desk_side {
	struct desk *desk;
	bool lan;
};

static inline struct desk_side *side_of(const struct request *req)
{
	return request_context(req);
}
static inline struct desk *desk_of(const struct request *req)
{
	return side_of(req)->desk;
}

/* ---- desk.c ---- */

/* desk_open: gate must outlive it. 0 or -1: no memory. */
int desk_open(struct gate *gate, const struct desk_options *options, struct desk **ret_desk)
    __attribute__((warn_unused_result));
void desk_close(struct desk *desk); /* NULL is quiet; no listener runs any more */

/* Milliseconds since boot, suspend included. */
uint64_t desk_now_ms(void);

/* ---- session.c ---- */

/* A new session for a shift that has begun; takes the shift over. NULL: all are in use. */
struct desk_session *session_new(struct desk *desk, const uint8_t hash[static TOKEN_BYTES],
    int64_t pairing, const struct shift *shift, const struct door *door)
    __attribute__((warn_unused_result));

/* The session of a token's hash begun on that device, held until session_let_go; NULL: none. */
struct desk_session *session_hold(struct desk *desk, const uint8_t hash[static TOKEN_BYTES])
    __attribute__((warn_unused_result));
void session_let_go(struct desk *desk, struct desk_session *session);

/* What it may open now: DESK_OFFICER or DESK_LOCKED. */
uint32_t session_roles(struct desk *desk, const struct desk_session *session);

/* An act: the desk does not lock itself for a while. */
void session_touch(struct desk *desk, struct desk_session *session);

/* Begins an act: takes `acting`. 0, or 403 without it: the session ended or was locked meanwhile,
 * or is now, since its officer no longer stands as they signed in. */
int session_act(struct desk *desk, struct desk_session *session)
    __attribute__((warn_unused_result));

/* Locks it: what was looked at is wiped, what is sealed can't be read by it. acting is held. */
void session_lock(struct desk *desk, struct desk_session *session, enum desk_lock_why why);
void session_unlock(struct desk *desk, struct desk_session *session, const struct shift *shift);

/* Ends it for good, and its one-time links with it. acting is held. */
void session_end(struct desk *desk, struct desk_session *session);

/* Ends all of one device: its pairing was revoked. */
void session_end_of(struct desk *desk, int64_t pairing);

/* Whether a device has one. */
bool session_of_pairing(struct desk *desk, int64_t pairing);

/* Locks and ends those whose time has come, and locks those whose officer no longer stands as they
 * signed in; each second. */
void session_sweep(struct desk *desk);

/* ---- site.c ---- */

extern const struct route desk_routes[];
extern const size_t desk_n_routes;
extern const struct http_program desk_program;

#endif

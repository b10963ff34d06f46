/*
 * gates: the doors this registrar knows: their enrolment by a one-time code, the keys they were
 * enrolled with, and their end.
 *
 * A code has 80 random bits, is shown once as XXXX-XXXX-XXXX-XXXX (Crockford base32), stands for
 * ten minutes and is stored hashed. A name serves one gate for ever, since its logs carry it.
 */
#ifndef REGISTRAR_GATES_H
#define REGISTRAR_GATES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/doors/enrol_code.h"
#include "schema/store.h"

struct registrar;

enum {
	GATES_NAME_MAX = 32,
	GATES_CODE_TEXT = ENROL_CODE_TEXT, /* XXXX-XXXX-XXXX-XXXX */
	GATES_CODE_SECONDS = 600,
	GATES_TRIES = 10, /* wrong codes a minute, over all callers */
	GATES_KEY = 32,
	GATES_PEER_MAX = 128, /* HOST:PORT of a gate's door to other gates */
};

enum gates_result {
	GATES_OK = 0,
	GATES_BAD_NAME = 301,	/* not [a-z0-9][a-z0-9-]{0,31}, or "registrar" */
	GATES_TAKEN = 302,	/* the name is or was another gate's */
	GATES_WRONG_CODE = 303, /* wrong, used or too old */
	GATES_TOO_MANY = 304,	/* GATES_TRIES wrong codes within the last minute */
	GATES_KNOWN_KEY = 305,	/* one of the keys is another gate's */
	GATES_BAD_KEY = 306,	/* the journal key is no good public key */
	GATES_UNKNOWN = 307,	/* no such gate */
	GATES_REVOKED = 308,
	GATES_NO_ROOT = 309, /* the root key is kept offline */
};

enum gates_state { GATES_WAITING, GATES_ENROLLED, GATES_REVOKED_STATE };

struct gates_gate {
	int64_t id;
	char name[GATES_NAME_MAX + 1];
	enum gates_state state;
	uint8_t journal_key[GATES_KEY];		       /* counts once enrolled */
	uint8_t spki[GATES_KEY];		       /* the same */
	int64_t code_expires, created, enrolled, seen; /* Unix seconds, 0: not */
};

/* What a gate brings to be enrolled. */
struct gates_claim {
	const char *code;		/* as typed */
	uint8_t journal_key[GATES_KEY]; /* Ed25519 */
	uint8_t spki[GATES_KEY];	/* SHA-256 of its certificate's public key */
};

/*
 * Counts wrong codes: from GATES_TRIES a minute over all callers on, they are answered as too many.
 * A right code is taken all the same. A code's 80 bits can't be tried out in its ten minutes at any
 * rate, and a stranger who sends wrong ones must not keep a gate from enrolling.
 * {0} after gates_guard_init. Times are of the monotonic clock.
 */
struct gates_guard {
	pthread_mutex_t mutex;
	int64_t wrong_ms[GATES_TRIES]; /* the newest wrong tries; 0: none */
};
void gates_guard_init(struct gates_guard *guard);
void gates_guard_destroy(struct gates_guard *guard);

/*
 * Makes a code for a new gate, or a new code for one that waits. staff is who asked, for the
 * journal. Returns 0, a gates_result or a store_result; ret_code is filled on 0 only.
 */
int gates_code(struct registrar *registrar, const char *name, const char *staff,
    char ret_code[static GATES_CODE_TEXT + 1]) __attribute__((warn_unused_result));

/*
 * Enrols: the code is used up, the keys stand with the gate, keys_version rises, the journal has
 * it, all in one transaction. The same claim again while the code stands gets the same answer.
 * Returns 0, a gates_result or a store_result.
 */
int gates_enrol(struct registrar *registrar, struct gates_guard *guard,
    const struct gates_claim *claim, struct gates_gate *ret_gate)
    __attribute__((warn_unused_result));

/*
 * The gate a certificate belongs to, whatever its state. Returns 0, GATES_UNKNOWN or a
 * store_result.
 */
int gates_find(struct store_tx *tx, const uint8_t spki[static GATES_KEY],
    struct gates_gate *ret_gate) __attribute__((warn_unused_result));

/*
 * Ends a gate: its certificate opens nothing from now on, keys_version rises, what it uploaded
 * stays. Revoking one that waits ends its code. Twice is quiet. Returns 0, GATES_UNKNOWN or a
 * store_result.
 */
int gates_revoke(struct registrar *registrar, const char *name, const char *staff)
    __attribute__((warn_unused_result));

/* Calls each for every gate in the order of names. Returns 0 or a store_result. */
int gates_each(struct store_tx *tx, void (*each)(void *context, const struct gates_gate *gate),
    void *context) __attribute__((warn_unused_result));

/* Notes that the gate was heard of, at most once a minute. Failures are quiet. */
void gates_seen(struct registrar *registrar, const struct gates_gate *gate, int64_t now);

/*
 * Notes where the gate's door to other gates is, as it says itself; "": it has none. A text that
 * is no HOST:PORT is dropped: gates prove each other by their keys, so a wrong address harms no
 * more than having none. Wakes who waits when it is another one. Failures are quiet.
 */
void gates_set_peer(
    struct registrar *registrar, const struct gates_gate *gate, const char *address);

/* The state's word: waiting, enrolled, revoked. */
const char *gates_state_word(enum gates_state state);

/* A sentence for people, with what to do. */
const char *gates_strerror(int result);

#endif

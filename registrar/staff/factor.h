/*
 * factor: the second factor of a staff account: a secret shared with the person's authenticator
 * (totp.h), sealed at rest (factor_key.h), and ten recovery codes, stored hashed, each good once.
 *
 * A set-up begins with a secret that waits; it stands when a first code has proved it. From then on
 * the right password opens half a session (session.h) and a code the rest.
 *
 * Functions return 0, MODEL_REFUSED with a sentence, another enum model_result, or a store_result;
 * ret_ values are untouched then. Each change is in the journal.
 */
#ifndef PRESSGATE_REGISTRAR_FACTOR_H
#define PRESSGATE_REGISTRAR_FACTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "registrar/staff/totp.h"
#include "schema/store.h"

struct registrar;

#define FACTOR_CODES	10
#define FACTOR_RECOVERY 20 /* a recovery code as shown, four groups of four, with NUL */

enum factor_state { FACTOR_NONE, FACTOR_WAITING, FACTOR_STANDING };

struct factor {
	enum factor_state state;
	int64_t recovery_left;
};

/* How an account stands. */
int factor_read(struct store_tx *tx, const char *staff, struct factor *ret)
    __attribute__((warn_unused_result));

/* Whether the key's file opens what is sealed with it: 0, also where nothing is; MODEL_KEY: nobody
 * with a second factor can sign in. */
int factor_probe(struct registrar *registrar) __attribute__((warn_unused_result));

/* Begins a set-up, or begins it anew. Refused where a factor stands. */
int factor_begin(struct registrar *registrar, const char *staff, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

/* The secret of a set-up that waits, for the person to copy; MODEL_NOT_FOUND where none waits. The
 * caller wipes it. */
int factor_secret(struct registrar *registrar, const char *staff, uint8_t ret_secret[TOTP_SECRET])
    __attribute__((warn_unused_result));

/*
 * Ends a set-up with its first code: the factor stands, all of the account's sessions but `stays`
 * (a session's hash) end, and these are its recovery codes, never to be seen again.
 * MODEL_NOT_FOUND: the code is wrong, or none waits. The caller wipes the codes.
 */
int factor_stand(struct registrar *registrar, const char *staff, const char *code,
    const uint8_t stays[32], int64_t now, char ret_codes[FACTOR_CODES][FACTOR_RECOVERY])
    __attribute__((warn_unused_result));

/*
 * Whether a code is right now: 0 and used up, or MODEL_NOT_FOUND. It is a code of the clock, with
 * blanks or without, or a recovery code, with hyphens or without, in letters of either case. It
 * counts nothing: back-off is the caller's. *ret_recovery (may be NULL): it was a recovery code.
 */
int factor_check(struct registrar *registrar, const char *staff, const char *code, int64_t now,
    bool *ret_recovery) __attribute__((warn_unused_result));

/* New recovery codes in the place of those that are left; after factor_check. */
int factor_renew(struct registrar *registrar, const char *staff, int64_t now,
    char ret_codes[FACTOR_CODES][FACTOR_RECOVERY]) __attribute__((warn_unused_result));

/* Takes the factor away with its recovery codes: by the person, after factor_check. Refused where
 * there is none. */
int factor_end(struct registrar *registrar, const char *staff, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

/* The same by an administrator, for somebody whose telephone is lost: all sessions of the account
 * end. */
int factor_reset(struct registrar *registrar, const char *staff, const char *by, int64_t now,
    struct refusal *why) __attribute__((warn_unused_result));

#endif

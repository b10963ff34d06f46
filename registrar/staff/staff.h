/*
 * staff: the accounts of the Service's people. Passwords (for the pages) are kept as Argon2id
 * verifiers; of PINs or passphrases (for the door) only a salt and the public half of the key pair
 * that comes of them (badges/officer.h). Both are hashed two at a time at most
 * (registrar->hashers).
 */
#ifndef REGISTRAR_STAFF_H
#define REGISTRAR_STAFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "registrar/staff/role.h"
#include "schema/store.h"

struct registrar;

#define STAFF_PASSWORD_MIN   8	 /* characters, as ASVS has it */
#define STAFF_PASSWORD_MAX   256 /* bytes */
#define STAFF_PIN_MIN	     6	 /* characters of any kind: a passphrase is a PIN too */
#define STAFF_PASSWORD_BYTES 24	 /* of a one-time password's text, with NUL */

struct staff_account {
	char name[16 + 1];
	char full_name[800 + 1];
	enum role role;
	bool has_password, has_pin, must_change, active;
	int64_t created;
	int64_t failures, blocked_until; /* of sign-in, kept by its own rules */
	uint8_t
	    checked[32]; /* after staff_check: a hash of what the password was checked against */
};

struct staff_wish {
	const char *name; /* [a-z0-9]{1,16} */
	const char *full_name;
	enum role role;
	const char *password; /* or NULL */
	const char *pin;      /* or NULL */
	bool must_change;
};

int staff_add(struct registrar *registrar, const struct staff_wish *wish, const char *by,
    int64_t now, struct refusal *why) __attribute__((warn_unused_result));

/* Ends all of the account's sessions. The last active administrator can't be disabled. */
int staff_disable(struct registrar *registrar, const char *name, const char *by, int64_t now,
    struct refusal *why) __attribute__((warn_unused_result));

/* Sets a password and ends all sessions of the account. must_change: it is a one-time password. */
int staff_set_password(struct registrar *registrar, const char *name, const char *password,
    bool must_change, const char *by, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

int staff_set_pin(struct registrar *registrar, const char *name, const char *pin, const char *by,
    int64_t now, struct refusal *why) __attribute__((warn_unused_result));

/*
 * Whether name and password belong together and the account is active: 0 with *ret, or
 * MODEL_NOT_FOUND for every kind of no, after the same work in every case. MODEL_BUSY: too many at
 * once. It counts nothing: back-off is the caller's.
 */
int staff_check(struct registrar *registrar, const char *name, const char *password,
    struct staff_account *ret) __attribute__((warn_unused_result));

/* Whether an account still has the password that staff_check found right and is active: 0 or
 * MODEL_NOT_FOUND. Checking takes its time; ask again within the write that begins a session. */
int staff_still(struct store_tx *tx, const struct staff_account *account)
    __attribute__((warn_unused_result));

int staff_by_name(struct store_tx *tx, const char *name, struct staff_account *ret)
    __attribute__((warn_unused_result));

/* All, by name; free with free(). */
int staff_list(struct store_tx *tx, struct staff_account **ret_list, size_t *ret_n)
    __attribute__((warn_unused_result));

/* Makes a one-time password that people can read out. */
void staff_one_time_password(char ret[STAFF_PASSWORD_BYTES]);

#endif

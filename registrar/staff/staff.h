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
#include "registrar/staff/authority.h"
#include "registrar/staff/role.h"
#include "schema/store.h"

struct registrar;

#define STAFF_PASSWORD_MIN   8	 /* characters, as ASVS has it */
#define STAFF_PASSWORD_MAX   256 /* bytes */
#define STAFF_PIN_MIN	     6	 /* characters of any kind: a passphrase is a PIN too */
#define STAFF_PASSWORD_BYTES 24	 /* of a one-time password's text, with NUL */
#define STAFF_PROXY_USER_MAX 200 /* bytes */

struct staff_account {
	char name[16 + 1];
	char full_name[800 + 1];
	enum role role;
	bool has_password, has_pin, has_factor, must_change, active;
	int64_t created;
	int64_t failures, blocked_until; /* of sign-in, kept by its own rules */
	struct authority authority;
	char dates_by[16 + 1]; /* who set them last, and when; "" and 0: nobody */
	int64_t dates_set;
	char proxy_user[STAFF_PROXY_USER_MAX +
			1]; /* who a trusted proxy calls them; "": their name */
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

/* A disabled account comes back with password, PIN and second factor as they were. */
int staff_enable(struct registrar *registrar, const char *name, const char *by, int64_t now,
    struct refusal *why) __attribute__((warn_unused_result));

/* Ends all of the account's sessions. The last administrator who can act keeps the role. */
int staff_set_role(struct registrar *registrar, const char *name, enum role role, const char *by,
    int64_t now, struct refusal *why) __attribute__((warn_unused_result));

/* Sets all three dates (R15). The last administrator who can act is not shut out. */
int staff_set_dates(struct registrar *registrar, const char *name,
    const struct authority *authority, const char *by, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

/* Who a trusted proxy calls this account; "": its own name. Ends all of its sessions. */
int staff_set_proxy_user(struct registrar *registrar, const char *name, const char *proxy_user,
    const char *by, int64_t now, struct refusal *why) __attribute__((warn_unused_result));

/* The active account that a trusted proxy calls so, or MODEL_NOT_FOUND. */
int staff_by_proxy_user(struct store_tx *tx, const char *proxy_user, struct staff_account *ret)
    __attribute__((warn_unused_result));

/* Ends a session of an account by its handle (session_list), or all of them where it is NULL.
 * STORE_NOT_FOUND or MODEL_NOT_FOUND: there is no such session or account. */
int staff_end_sessions(struct registrar *registrar, const char *name, const char *handle,
    const char *by, int64_t now) __attribute__((warn_unused_result));

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

#ifndef GATE_SHIFT_H
#define GATE_SHIFT_H

#include <stddef.h>

#include "badges/staff.h"
#include "gate/gate.h"

/*
 * An officer's sign-in at the start of a shift, with or without a network: the PIN or passphrase is
 * right when the public key of the staff object comes of it (badges/officer.h), and the secret half
 * opens the vault (vault.h). From the third wrong PIN each try has to wait, twice as long each time
 * up to five minutes; a right one ends that. Kept in the store, so that a new start of the program
 * forgets nothing. The lock is not held while a PIN is hashed: nobody at the door waits for it.
 */

enum shift_result {
	SHIFT_OK = 0,
	SHIFT_WRONG = -401,   /* no such officer, or another PIN: which is not told */
	SHIFT_WAIT = -402,    /* too soon after a wrong one */
	SHIFT_NO_LIST = -403, /* the list of officers has not come yet, or does not verify */
	SHIFT_NO_STORE = -404,
	SHIFT_ROLE = -405, /* the PIN is right, but the officer has not the role asked for */
	SHIFT_MEMORY = -406,
};

enum { SHIFT_PIN_MAX = 256 };

/* One officer at work: between shift_begin and shift_end what is sealed can be read. */
struct shift {
	struct gate *gate; /* NULL: none, or ended */
	char officer[STAFF_NAME_MAX + 1];
	enum staff_role role;
	uint64_t round; /* of the vault: a wipe ends every shift */
	uint64_t staff; /* of the list of officers when they were last found on it */
	uint8_t public[OFFICER_PUBLIC];
};

/* shift_begin: signs in: name NUL-terminated, pin of len bytes (the caller wipes it). Takes the
 * lock for short. *ret_wait_s is filled on SHIFT_WAIT: seconds. Returns a shift_result; *ret_shift
 * is untouched on failure. Several may be open at once. */
int shift_begin(struct gate *gate, const char *name, const char *pin, size_t len,
    struct shift *ret_shift, int64_t *ret_wait_s) __attribute__((warn_unused_result));

/* shift_end: the end of one, or its lock; with the last one open the keys are wiped from memory.
 * Takes the lock. A shift that has ended is left alone. */
void shift_end(struct shift *shift);

/* shift_stands: whether the officer is still on the list of officers, with the PIN and the role
 * they signed in with; true as well while the store can't be read. An ended shift stands. Takes the
 * lock.
 */
bool shift_stands(struct shift *shift) __attribute__((warn_unused_result));

/* shift_authorise: whether name and PIN are those of an officer of at least that role, for one act
 * of somebody else's shift. Counted and slowed like a sign-in; opens nothing. Takes the lock for
 * short. Returns a shift_result. */
int shift_authorise(struct gate *gate, const char *name, const char *pin, size_t len,
    enum staff_role role, int64_t *ret_wait_s) __attribute__((warn_unused_result));

#endif

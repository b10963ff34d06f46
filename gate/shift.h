#ifndef GATE_SHIFT_H
#define GATE_SHIFT_H

#include <stddef.h>

#include "gate/gate.h"

/*
 * An officer's sign-in at the start of a shift, with or without a network: name and PIN against the
 * verifier of the staff object. From the third wrong PIN each try has to wait, twice as long each
 * time up to five minutes; a right one ends that. Kept in the store, so that a new start of the
 * program forgets nothing.
 */

enum shift_result {
	SHIFT_OK = 0,
	SHIFT_WRONG = -401,   /* no such officer, or another PIN: which is not told */
	SHIFT_WAIT = -402,    /* too soon after a wrong one */
	SHIFT_NO_LIST = -403, /* the list of officers has not come yet, or does not verify */
	SHIFT_NO_STORE = -404,
};

enum { SHIFT_PIN_MAX = 128 };

/* shift_sign_in: name NUL-terminated, pin of len bytes. Takes the lock for short. *ret_wait_s is
 * filled on SHIFT_WAIT. Returns a shift_result. */
int shift_sign_in(struct gate *gate, const char *name, const char *pin, size_t len,
    int64_t *ret_wait_s) __attribute__((warn_unused_result));

#endif

#ifndef GATE_FORGET_H
#define GATE_FORGET_H

#include <stddef.h>
#include <stdint.h>

#include "gate/gate.h"

/*
 * forget: a gate holds the names of a roster for as long as somebody may come with a pass of it.
 *
 * A conference and its roster are removed when the registrar no longer lists it, or, while the
 * registrar is not heard, once it ended FORGET_AFTER_END ago. One that is on, from
 * FORGET_BEFORE_DOORS on to its end, stays: a mistake at the desk closes no door. Only by a clock
 * that can be trusted. What is removed is overwritten, in the store and in its WAL. Journal and
 * presence name passes only, and stay.
 */

enum {
	FORGET_AFTER_END = 86400, /* as long as the registrar gives the roster out */
	FORGET_BEFORE_DOORS = 7200,
};

/* What the registrar lists now, by number; NULL: it was not heard. */
struct forget_listed {
	const uint32_t *numbers;
	size_t n;
};

/* forget_trusts: whether a reading is one to judge by what is over: not behind any list held, any
 * entry or this build. The lock is held. Returns 0 or a store_result. */
int forget_trusts(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    bool *ret_trusted) __attribute__((warn_unused_result));

/* forget_rosters: takes the gate's lock. *ret_forgotten: how many conferences. Returns 0 or a
 * store_result; then nothing was removed, or it is not yet overwritten in the WAL (the store does
 * so when it is closed or opened). */
int forget_rosters(struct gate *gate, const struct forget_listed *listed, unsigned *ret_forgotten)
    __attribute__((warn_unused_result));

#endif

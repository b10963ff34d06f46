#ifndef GATE_WIPE_H
#define GATE_WIPE_H

#include "gate/gate.h"

/*
 * wipe: a gate that is out of the Service's hands forgets what it holds of people. The vault and
 * its wraps, data keys, rosters, photos, referrals, restrictions and the list of officers are
 * removed and overwritten, in the store and in its WAL. The journal stays: it names passes only,
 * and its details are sealed to the registrar.
 *
 * When: the registrar says at a request that this gate is revoked: at once. It says for longer than
 * WIPE_UNKNOWN_AGE that it does not know this gate: a registrar that was put back from an old
 * backup says so too, and gets that long before doors lose their lists. Or it was not heard for
 * WIPE_AGE, by a clock that the system says is synchronised, or was since this machine started.
 * (What is held of a conference goes at its end already: forget.h.)
 */

enum { WIPE_AGE = 14 * 86400, WIPE_UNKNOWN_AGE = 86400 };

enum wipe_why { WIPE_REFUSED, WIPE_UNHEARD };

/* wipe_gate: takes the lock. Ends what anybody signed in could read. Afterwards the gate knows no
 * conference and no officer, until it downloads again. Returns 0 (also where there is nothing to
 * wipe) or a store_result; then nothing was removed, or it is not yet overwritten in the WAL (the
 * store does so when it is closed or opened). Says so in the journal (`sync`, reason `wiped`). */
int wipe_gate(struct gate *gate, enum wipe_why why) __attribute__((warn_unused_result));

/* wipe_told: an answer 403 of the registrar (its JSON, len bytes): wipes where it has to. Takes the
 * lock. wipe_known: the registrar answered as to one of its gates. Return as wipe_gate. */
int wipe_told(struct gate *gate, const char *answer, size_t len, bool *ret_wiped)
    __attribute__((warn_unused_result));
int wipe_known(struct gate *gate) __attribute__((warn_unused_result));

/* wipe_when_unheard: wipes if the registrar was last heard more than WIPE_AGE ago. Takes the lock.
 * *ret_wiped: whether it did. Returns as wipe_gate. For gate_open and the download loop. */
int wipe_when_unheard(struct gate *gate, bool *ret_wiped) __attribute__((warn_unused_result));

#endif

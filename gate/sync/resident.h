#ifndef GATE_RESIDENT_H
#define GATE_RESIDENT_H

#include "gate/gate.h"

/*
 * The sync loops inside the process that owns the folder, and what the journal says of them: an
 * entry `keys` when a new keys object took effect, `sync` for every other list.
 */

/* resident_start: starts the loops of gate/sync/sync.h and of gate/peer/peer_loop.h; once. Takes
 * the lock. Returns 0 or a value of sync_strerror. */
int resident_start(struct gate *gate) __attribute__((warn_unused_result));

/* resident_stop: ends the loops. The lock is not held. */
void resident_stop(struct gate *gate);

/* resident_setup: the setup of gate/sync/sync.h for this gate: its callbacks write the entries. */
struct sync_setup;
void resident_setup(struct gate *gate, struct sync_setup *ret_setup);

#endif

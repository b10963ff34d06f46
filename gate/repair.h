#ifndef GATE_REPAIR_H
#define GATE_REPAIR_H

#include "gate/gate.h"

/*
 * repair_store: for gate_open with options->repair, when the store can't be read: renames its files
 * to gate.db.damaged-<Unix time> and so on (nothing is deleted: they are evidence), makes a new
 * store with the identity of DIR/identity.json, and begins an epoch that commits to the last
 * checkpoint of the mark. Lists come back with the next sync. Returns 0 or a code of gate_open with
 * a sentence in why.
 */
int repair_store(struct gate *gate, char *why, size_t why_size) __attribute__((warn_unused_result));

/*
 * repair_reopen: after the store failed: closes it, opens it, verifies it and reads the journal's
 * head. The gate's lock is held. Returns 0; else gate->store
 * is NULL and gate->journal.failed says why.
 */
int repair_reopen(struct gate *gate) __attribute__((warn_unused_result));

#endif

#ifndef GATE_REPAIR_H
#define GATE_REPAIR_H

#include "gate/gate.h"

/* In the store's meta, until the journal has begun the epoch that says so: the detail of its gap
 * entry, and the newest checkpoint that the damaged store still showed. */
#define REPAIR_NOTE_KEY	  "repair_note"
#define REPAIR_NEWEST_KEY "repair_newest"

enum { REPAIR_NOTE_MAX = 600 };

/*
 * repair_store: for gate_open with options->repair, when the store can't be read or does not
 * verify: makes a new store with the identity of DIR/identity.json and what the damaged one still
 * proves (salvage.h), renames the damaged files to gate.db.damaged-<Unix time> and so on (nothing
 * is deleted: they are evidence, until repair_discard), and begins an epoch (reason damaged) that
 * commits to the newest checkpoint known and says in a gap entry what was salvaged and what could
 * not be read. Lists come back with the next sync. Returns 0 or a code of gate_open with a sentence
 * in why; then the damaged store is where it was, or the next gate_open ends what was begun.
 */
int repair_store(struct gate *gate, char *why, size_t why_size) __attribute__((warn_unused_result));

/* repair_finish: ends a repair that was cut short after its new store was whole. For gate_open,
 * before the store is opened. Returns 0 or GATE_NO_FOLDER. */
int repair_finish(const struct gate *gate) __attribute__((warn_unused_result));

/* repair_discard: overwrites and removes the stores that repairs set aside, which hold what a wipe
 * or a forgotten roster must not leave. Returns 0, or GATE_NO_FOLDER where one stays. */
int repair_discard(const struct gate *gate) __attribute__((warn_unused_result));

/*
 * repair_reopen: after the store failed: closes it, opens it, verifies it and reads the journal's
 * head. The gate's lock is held. Returns 0; else gate->store
 * is NULL and gate->journal.failed says why.
 */
int repair_reopen(struct gate *gate) __attribute__((warn_unused_result));

#endif

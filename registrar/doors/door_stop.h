/*
 * door_stop: what supervisors stop and lift at gates, as it arrives with the gates' journals.
 *
 * An entry `sync restrict` becomes a restriction with the entry as its origin, DEVICE/EPOCH/SEQ, in
 * the transaction that stores the entry; `sync restrict-lift` lifts what gates made for the same
 * building, conference or pass up to it. An origin serves once, so that an upload that comes again,
 * or comes anew to a registrar put back from a backup, makes no second one. A lifting counts only
 * by an officer who is a supervisor, a stop by anybody who is not known to be less; neither is
 * later than it arrives, whatever the gate's clock says.
 */
#ifndef REGISTRAR_DOOR_STOP_H
#define REGISTRAR_DOOR_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/entry.h"
#include "schema/store.h"

struct registrar;

/* How long a lifted one still travels to gates, so that each learns that its own stop has ended: a
 * gate that has heard nothing for so long has wiped itself. */
#define DOOR_STOP_TRAVELS (15 * 86400)

/* An entry as it was stored. */
struct door_stop_entry {
	const struct entry *entry;
	const char *device;
	int64_t epoch, log; /* log.id */
	int64_t now;	    /* Unix seconds */
};

/* Looks at a stored entry, its detail included; those of other kinds change nothing. *ret_changed
 * becomes true when restrictions changed: then call registrar_changed after the commit. Returns 0
 * or a store_result or MODEL_JOURNAL. */
int door_stop_take(struct store_tx *tx, struct registrar *registrar,
    const struct door_stop_entry *stored, bool *ret_changed) __attribute__((warn_unused_result));

#endif

#ifndef GATE_PRESENCE_H
#define GATE_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/bundle.h"
#include "gate/gate.h"

/* Where each pass stands: in, out, or never seen. Written in the transaction of its entry. */

struct presence {
	bool inside;
	int64_t entries; /* how often it was admitted */
	int64_t time_ms; /* of the last change */
	char device[BUNDLE_NAME_MAX + 1];
};

/* presence_find: STORE_ROW, STORE_NOT_FOUND (never seen) or another store_result. */
int presence_find(struct store_tx *tx, uint32_t conference, const uint8_t pass[static 16],
    struct presence *ret_presence) __attribute__((warn_unused_result));

/* presence_enter: the pass goes in, by entry seq of the present epoch. */
int presence_enter(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq)
    __attribute__((warn_unused_result));

/* presence_inside: how many are in. Counted once and then kept in gate->tally_inside, which a
 * transaction that fails gives up. */
int presence_inside(struct gate *gate, struct store_tx *tx, uint32_t conference,
    int64_t *ret_inside) __attribute__((warn_unused_result));

#endif

#ifndef GATE_SALVAGE_H
#define GATE_SALVAGE_H

#include <stddef.h>
#include <stdint.h>

#include "badges/checkpoint.h"
#include "gate/gate.h"

/*
 * What a damaged store still proves. Records are read page by page (schema/carve.h), and nothing
 * of them is believed: a head counts when this gate's key signed it, and an entry when the tree
 * from one signed head to the next one comes out with it. So a damaged page costs the entries
 * between the two heads around it, and none of the others; heads are kept for this every
 * JOURNAL_ANCHOR_ENTRIES.
 *
 * Entries that verify from the first one on stay in their log, which ends with them. Entries that
 * verify after a hole can't be sent in that log any more: they are kept in the store at their own
 * numbers, and count for who is inside. A detail is kept when its entry commits to it.
 *
 * Movements are taken as their rows say: who is known inside is not let in again while other gates
 * are not heard and rosters have not come. Where a proved entry says otherwise, it counts.
 *
 * Lists are not salvaged: they prove nothing row by row, and the registrar has them.
 */

struct salvage; /* opaque */

struct salvage_counts {
	unsigned epochs;
	uint64_t entries; /* that stay in their logs */
	uint64_t apart;	  /* that verify, but after a hole */
	uint64_t unread;  /* that were signed, and can't be read or don't verify */
	uint64_t details;
	uint64_t moves; /* movement rows, of this gate and of others */
};

/*
 * salvage_read: what the closed store at path (with its WAL) proves about the journal of this
 * gate. mark is the checkpoint of the mark, "" for none. Returns 0 (free with salvage_free), or a
 * store_result; no such file is 0 and empty.
 */
int salvage_read(const char *path, const struct gate_identity *identity,
    const struct key_secret *journal_key, const char *mark, struct salvage **ret_salvage)
    __attribute__((warn_unused_result));

/* salvage_write: logs, entries, details, stops and movements into a store that has none, and the
 * newest time. */
int salvage_write(const struct salvage *salvage, struct gate *gate, struct store_tx *tx)
    __attribute__((warn_unused_result));

/*
 * salvage_moves: after the roster of a conference came that this store did not have, in the same
 * transaction: what was salvaged says who went in and out there. The gate's lock is held. Does
 * nothing in a store that never was salvaged. Returns 0 or a store_result.
 */
int salvage_moves(struct gate *gate, struct store_tx *tx, uint32_t conference, const char *slug,
    size_t len) __attribute__((warn_unused_result));

void salvage_counts(const struct salvage *salvage, struct salvage_counts *ret_counts);

/* salvage_newest: the newest signed checkpoint, "" for none, and its epoch, 0 for none. Lives as
 * long as the salvage. */
const char *salvage_newest(const struct salvage *salvage, uint64_t *ret_epoch);

/* NULL is quiet. */
void salvage_free(struct salvage *salvage);

#endif

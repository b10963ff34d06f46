#ifndef GATE_LEDGER_READ_H
#define GATE_LEDGER_READ_H

#include "badges/checkpoint.h"
#include "gate/gate.h"

/* Reading the journal back in batches, for ledger.c and its command. */

enum { LEDGER_BATCH = 256 };

/* One epoch as it stood when it was read; it may have grown since, and never changes below size. */
struct ledger_log {
	uint64_t epoch, size, received;
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
	char cosignature[NOTE_LINE_MAX + 1]; /* for size received; "" for none */
};

/* ledger_logs: every epoch, oldest first, in malloc'd memory (caller frees). Takes the lock. */
int ledger_logs(struct gate *gate, struct ledger_log **ret_logs, size_t *ret_count)
    __attribute__((warn_unused_result));

static inline int64_t ledger_batch(uint64_t left)
{
	return left < LEDGER_BATCH ? (int64_t)left : LEDGER_BATCH;
}

#endif

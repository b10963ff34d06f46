/*
 * doors: what gates follow of each other's journals, as the registrar received them.
 *
 * Fifty gates wait for the same few entries, so the store is looked at once for each ring and not
 * once for each gate: the heads of all logs are kept in memory and read again by the first who
 * wakes, and the piece that all of them lack is made once. Everything is read from what stands
 * committed; nothing is decided here.
 */
#ifndef REGISTRAR_DOORS_H
#define REGISTRAR_DOORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/doors/gates.h"
#include "web/buf.h"

struct registrar;
struct doors; /* opaque */

enum {
	DOORS_ENTRIES = 1000,	   /* of one answer, and of one piece of a log */
	DOORS_BYTES = 1 << 20,	   /* from here on an answer takes no further piece */
	DOORS_SINCE_S = 36 * 3600, /* how far back one begins that holds nothing of a log */
	DOORS_HELD_MAX = 512,	   /* logs in one question */
};

/* How far one log is held by who asks. */
struct doors_held {
	char device[GATES_NAME_MAX + 1];
	int64_t epoch;
	uint64_t size;
};

/* Returns 0, or MODEL_SYSTEM. The registrar must outlive it. */
int doors_open(struct registrar *registrar, struct doors **ret_doors)
    __attribute__((warn_unused_result));
void doors_close(struct doors *doors); /* NULL is quiet */

/* An upload has been committed: wakes who waits. */
void doors_ring(struct doors *doors);

/* A gate was heard: any request of its own that was let in. In memory only. */
void doors_seen(struct doors *doors, int64_t gate);

/* How often something happened that gates may follow; and waiting for it as bell_wait does. */
uint64_t doors_count(struct doors *doors);
uint64_t doors_wait(struct doors *doors, uint64_t seen, uint64_t ms);

/*
 * doors_answer: writes {"logs":[...],"seen":[...]} of registrar/device/device.h for a gate that
 * holds so much. held is sorted here, by device and epoch. *ret_logs: how many logs it has; with
 * none and may_wait, out stays as it was. Returns 0, GATES_REVOKED when the asker is no enrolled
 * gate (any more), or a store_result.
 */
int doors_answer(struct doors *doors, int64_t asker, struct doors_held *held, size_t n_held,
    bool may_wait, struct buf *out, size_t *ret_logs) __attribute__((warn_unused_result));

/* Tests: how often the store was read for heads, and for pieces. */
void doors_reads(struct doors *doors, uint64_t *ret_heads, uint64_t *ret_pieces);

#endif

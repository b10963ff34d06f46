#ifndef GATE_SHIFT_LOG_H
#define GATE_SHIFT_LOG_H

#include <stdint.h>

#include "badges/reason.h"
#include "gate/door/door.h"
#include "gate/gate.h"

/*
 * What a shift was, for the summary at its end: from the journal itself, since the shift's first
 * entry. All take the lock; the tally a batch at a time, so that no scan waits for it.
 */

struct shift_log {
	int64_t id;
	int64_t began_ms;
	uint64_t epoch, seq; /* of its first entry */
};

/* shift_log_begin: the entry (`boot`, reason: shift-start, hand-over) and the shift, in one
 * transaction. Returns as journal_write. */
int shift_log_begin(const struct door *door, const char *officer, const char *reason,
    struct shift_log *ret_log) __attribute__((warn_unused_result));

/* shift_log_end: `boot` `shift-end`. Returns as journal_write. */
int shift_log_end(const struct door *door, const char *officer, const struct shift_log *log)
    __attribute__((warn_unused_result));

/* shift_log_act: the entry belongs to this shift though another name stands in it: a supervisor's.
 * 0 or a store_result. */
int shift_log_act(struct gate *gate, int64_t shift, uint64_t epoch, uint64_t seq)
    __attribute__((warn_unused_result));

struct shift_tally {
	uint64_t admitted, denied, overrides, exits, undone, referred, conflicts;
	uint64_t by_reason[REASON_COUNT]; /* of the denials */
	uint64_t asked; /* of them: Communications was asked (reason `referred`) */
	int64_t now_ms;
};

/* shift_log_tally: 0 or a store_result. */
int shift_log_tally(const struct door *door, const char *officer, const struct shift_log *log,
    struct shift_tally *ret_tally) __attribute__((warn_unused_result));

/* shift_log_unsent: entries that the registrar has yet to receive; those of an epoch whose upload
 * is stopped are none. 0 or a store_result. */
int shift_log_unsent(struct gate *gate, uint64_t *ret_unsent) __attribute__((warn_unused_result));

#endif

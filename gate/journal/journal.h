#ifndef GATE_JOURNAL_H
#define GATE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/log.h"
#include "gate/clock.h"
#include "schema/store.h"

/*
 * The gate's journal: one log an epoch (formats: section 3). An entry, the tree, the signed
 * checkpoint, its detail and whatever the entry is about are written in one transaction, and only
 * then may a verdict be shown.
 *
 * A new, restored or damaged store begins a new epoch. Restored is noticed by the mark, a small
 * file beside the store (DIR/epoch.mark) with its own inode number and the newest checkpoint: a
 * store that is behind its mark, or a mark that was copied, means an older state came back. The
 * epoch's number is the Unix time of its beginning, or one more than the last when that is larger,
 * so that no two logs of a device ever have one name.
 */

enum {
	JOURNAL_DETAIL_MAX = 4000,   /* bytes of JSON kept behind an entry's commitment */
	JOURNAL_ANCHOR_ENTRIES = 16, /* a head is kept as often, for a salvage */
};

/* Beside the codes of schema/store.h. */
enum journal_error {
	JOURNAL_NO_CLOCK = -101,  /* the system gives no time */
	JOURNAL_BAD_ENTRY = -102, /* the record holds a value that no entry can have */
	JOURNAL_NO_SIGNATURE = -103,
};

/* In struct gate; under its lock. */
struct journal {
	uint64_t epoch; /* 0: no epoch begun yet */
	struct log log;
	int64_t newest_ms; /* time of the newest entry, of any epoch */
	int64_t kept_ms;   /* the newest time as the store has it beside the entries */
	int failed;	   /* 0, or the store_result that stopped the last write */
	uint64_t retry_ms; /* boot time before which a store that failed is not opened again */
	int mark;	   /* descriptor of the mark, -1: none */
};

/* What an entry says beside its number, time and clock, which journal_write fills in. */
struct journal_record {
	uint64_t seq; /* filled in before the body runs: the number the entry will have */
	enum entry_decision decision;
	char reason[ENTRY_REASON_MAX + 1];
	char event[ENTRY_EVENT_MAX + 1]; /* slug; "": none */
	bool has_pass;
	uint8_t pass[16];
	uint64_t rev;			 /* version of the revocations held */
	char staff[ENTRY_STAFF_MAX + 1]; /* "": none */
	const char *detail; /* JSON, kept outside the entry, committed to by it; NULL: none */
	size_t detail_len;  /* at most JOURNAL_DETAIL_MAX */
};

struct gate;

/*
 * What happens in an entry's transaction before the entry is appended: reads facts, makes changes,
 * and fills *record (zeroed before but for seq). record->detail must stay valid until journal_write
 * returns. Returns 0 to append and commit; anything else rolls everything back and is given to the
 * caller (positive numbers, or under -200, are the body's own). The gate's lock is held.
 */
typedef int journal_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context);

/*
 * journal_write: runs body and appends its record in one durable transaction; *ret_seq (may be
 * NULL) is the entry's number in the present epoch. Takes the gate's lock. When the wall clock was
 * set back, a `gap` entry goes before it in the same transaction. After a failure of the store the
 * next call tries again by itself: at once when the disk was full, and through closing, opening and
 * verifying the store, at most once a second, when the disk failed. Returns 0, the body's value, a
 * store_result or a journal_error; then nothing was written, or, after STORE_IO, it is unknown and
 * must not be shown as done.
 */
int journal_write(struct gate *gate, journal_body *body, void *context, uint64_t *ret_seq)
    __attribute__((warn_unused_result));

/* journal_heal: opens a store that failed anew, as the next journal_write would, for who reads it
 * where nobody scans. The lock is held. Returns 0 or why it does not stand. */
int journal_heal(struct gate *gate) __attribute__((warn_unused_result));

/* journal_note: journal_write of a record that needs no body. */
int journal_note(struct gate *gate, const struct journal_record *record, uint64_t *ret_seq)
    __attribute__((warn_unused_result));

/* journal_add: one entry with its detail into a stage and a transaction; for journal.c and epoch.c.
 * The head is saved by the caller. */
int journal_add(struct gate *gate, struct store_tx *tx, struct log_stage *stage,
    const struct clock_reading *now, const struct journal_record *record, uint64_t *ret_seq)
    __attribute__((warn_unused_result));

/*
 * journal_new_epoch: closes the log of that epoch for good and begins another, whose first entry
 * (decision epoch) commits to the last checkpoint known of the old one. When the present epoch is
 * another one already, nothing is done. reason: "new", "restored", "damaged", "equivocation". Takes
 * the gate's lock. Returns as journal_write.
 */
int journal_new_epoch(struct gate *gate, uint64_t epoch, const char *reason)
    __attribute__((warn_unused_result));

/* journal_load: reads the head at start and begins an epoch where one is needed. For gate_open. */
int journal_load(struct gate *gate, char *why, size_t why_size) __attribute__((warn_unused_result));

/* journal_unload: closes the mark. */
void journal_unload(struct gate *gate);

/* journal_accept_clock: a person says that the clock is right although it is behind what was
 * recorded: a `gap` entry says so, and the newest time known becomes now. Returns as
 * journal_write. */
int journal_accept_clock(struct gate *gate) __attribute__((warn_unused_result));

/* A sentence for people about any code that journal_write returns. */
const char *journal_strerror(int result);

#endif

/*
 * allocation_run: a run of the allocation: applied, kept with everything it looked at, made again.
 */
#ifndef REGISTRAR_ALLOCATION_RUN_H
#define REGISTRAR_ALLOCATION_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/press/allocation_decide.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

/* How many registrations one write settles; those of a smaller run are settled in the write that
 * keeps the run. */
enum { ALLOCATION_BATCH = 500 };

struct allocation_run {
	int64_t id, conference_id, made;
	char made_by[17]; /* "": at the deadline, by itself */
	int64_t rules_version;
	uint8_t digest[ALLOCATION_DIGEST];
	int64_t asked, places, waiting;
	bool applied; /* else its batches are still being written */
};

/*
 * Makes and applies a run of a conference that takes requests: keeps it, gives the places with
 * their passes, puts the others on the waiting list, writes to each, and journals it. digest: what
 * the person saw of the draft (allocation_draft.h); another one is refused, since something changed
 * in between; NULL: whatever stands. staff: NULL: at the deadline. Requests that come while it is
 * being applied are settled at its end. Refused too where places are given at once.
 */
int allocation_apply(struct registrar *registrar, const char *slug,
    const uint8_t digest[ALLOCATION_DIGEST], const char *staff, int64_t now, int64_t *ret_run,
    struct refusal *why) __attribute__((warn_unused_result));

/* Goes on with a run that was cut off, and makes those whose time has come; to be called each
 * second. Returns 0, or what went wrong. */
int allocation_tick(struct registrar *registrar, int64_t now) __attribute__((warn_unused_result));

/* MODEL_NOT_FOUND where there is none. */
int allocation_run_by_id(struct store_tx *tx, int64_t id, struct allocation_run *ret)
    __attribute__((warn_unused_result));
int allocation_run_last(struct store_tx *tx, int64_t conference, struct allocation_run *ret)
    __attribute__((warn_unused_result));

/* What a replay finds of one registration. */
struct allocation_difference {
	int64_t registration;
	struct allocation_result kept, again;
};

struct allocation_replay {
	struct allocation_run run;
	size_t cases, differences;
	bool same_facts; /* what is kept has the digest that the run had */
};

/* Decides again from what the run keeps. each (may be NULL) hears of every registration that comes
 * out otherwise. MODEL_NOT_FOUND: there is no such run; MODEL_REFUSED: it was made by rules that
 * this program does not know. */
int allocation_replay(struct store_tx *tx, int64_t run, struct allocation_replay *ret,
    void (*each)(void *context, const struct allocation_difference *difference), void *context,
    struct refusal *why) __attribute__((warn_unused_result));

/*
 * Gives a place to one who asked or waits, out of turn and past every limit; the reason is
 * journaled and kept, and the person reads that the media office gave it. Refused without a reason,
 * where it has a place already, stands no more, or is not admitted, and when the conference is
 * over.
 */
int allocation_give(struct registrar *registrar, const char *reference, const char *reason,
    const char *staff, int64_t now, struct refusal *why) __attribute__((warn_unused_result));

#endif

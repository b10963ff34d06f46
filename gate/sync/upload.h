/* upload: what the files of the upload share. */
#ifndef GATE_UPLOAD_H
#define GATE_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/checkpoint.h"
#include "gate/sync/sync_private.h"

/* An epoch's log as it stands in the store. */
struct epoch {
	int64_t number;
	uint64_t size, received;
	bool salvaged; /* what is left of it after damage (salvage.h) */
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

/*
 * upload_batch: sends up to most (at most SYNC_BATCH_ENTRIES) entries of an epoch from *from on
 * (none: its receipt is asked for) and moves *from to where the registrar stands. Returns 0, a
 * sync_result, client_error or store_result.
 */
int upload_batch(struct sync *sync, struct epoch *epoch, uint64_t most, uint64_t *from)
    __attribute__((warn_unused_result));

/* Whether this epoch's upload was stopped for good. */
bool upload_is_stopped(struct sync *sync, int64_t epoch);

/* The registrar holds something else than ours at or before entry seq: a person has to look, and
 * nothing of either is changed by us. Returns SYNC_EQUIVOCATION or a store_result. */
int upload_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq)
    __attribute__((warn_unused_result));

/* This epoch's upload stops for good. Returns result when that is noted. */
int upload_note_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq, int result)
    __attribute__((warn_unused_result));

/* A transaction on the gate's store, under its lock. */
int upload_write(struct sync *sync, store_body *body, void *context)
    __attribute__((warn_unused_result));

#endif

/*
 * sync: loops that never wait for each other, each with its own connection and thread. One
 * downloads what the registrar changed (long poll, then keys, staff, revocations, rosters); one
 * uploads the journal and keeps receipts. A further one is a row of the table in sync_loop.c and a
 * file with its pass.
 *
 * Intervals are of the time since boot, so that a clock set back stops nothing; after a failure
 * they grow with jitter. All time comes from the gate's clock. No answer removes or changes an
 * entry. Uploading goes on where the registrar stands; when it holds another entry at an index of
 * ours, that epoch's upload stops with an alarm, and downloading and other epochs go on.
 */
#ifndef GATE_SYNC_H
#define GATE_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate/sync/lists.h"
#include "schema/store.h"
#include "web/control.h"

enum {
	SYNC_POLL_SECONDS = 25, /* the registrar answers a quiet long poll after so long */
	SYNC_RETRY_SECONDS = 2, /* first wait after a failure, doubled up to: */
	SYNC_RETRY_MAX_SECONDS = 60,
	SYNC_DOORS_SECONDS = 5,	 /* so often at least each gate is heard, and hears of the others */
	SYNC_UPLOAD_SECONDS = 2, /* most that an entry waits for its upload while all is well */
	SYNC_BATCH_ENTRIES = 1000,
	SYNC_BATCH_BYTES = 1 << 20,
	SYNC_CLOCK_SECONDS = 60, /* a clock further off than this is named */
};

enum sync_result {
	SYNC_OK = 0,
	SYNC_NOT_ENROLLED = 421,
	SYNC_REFUSED = 422,	 /* the registrar refuses this gate: revoked or unknown */
	SYNC_EQUIVOCATION = 423, /* an epoch's upload is stopped */
	SYNC_AHEAD = 424,	 /* the registrar holds more than this store has: it was restored */
	SYNC_ANSWER = 425,	 /* an answer that is not of the protocol */
	SYNC_RECEIPT = 426,	 /* a receipt that does not verify; nothing was noted */
	SYNC_LISTS = 427,	 /* an object was refused: lists_error says why */
	SYNC_MEMORY = 428,
	SYNC_KEY = 429,	     /* a key of this gate can't be used */
	SYNC_POISONED = 430, /* an entry can't be taken: its epoch waits, others go on */
	SYNC_STOPPED = 431,  /* everything went that may: an epoch was stopped before this */
	SYNC_NO_KEYS = 432,  /* the list of keys has not come yet */
	SYNC_BEHIND = 433,   /* another gate's journal can't be taken yet */
};

enum sync_loop {
	SYNC_DOWN,    /* lists */
	SYNC_UP,      /* the journal */
	SYNC_DOORS,   /* the other gates' journals */
	SYNC_ERRANDS, /* everything else: errands.h */
	SYNC_LOOPS,
};

struct client;
struct client_setup;
struct gate;

/* What a sync needs of the gate around it. Everything outlives the sync. */
struct sync_setup {
	/* An open gate. Its lock is taken for each look at the store, and never while waiting for
	 * the network. */
	struct gate *gate;
	/*
	 * Told of each object that took effect, after its commit, on the download thread and
	 * without the lock. May be NULL.
	 */
	void (*changed)(void *context, const struct lists_change *change);
	/* A line for the log: printable, no names, no secrets. May be NULL. */
	void (*log)(void *context, const char *line);
	void *context;
	/* Opens each loop's connection, as client_open does; NULL: client_open. */
	int (*connect)(void *context, const struct client_setup *setup, struct client **ret_client);
	void *connect_context;
};

/* How a loop stands. Times are Unix seconds, 0: never. */
struct sync_side {
	int result;	     /* of the newest try: 0, a sync_result, client_error, store_result */
	int lists_error;     /* with SYNC_LISTS: lists_result */
	int64_t good, tried; /* newest success (or answer whole but for a list), newest try */
	unsigned failures;   /* in a row */
};

struct sync_status {
	struct sync_side side[SYNC_LOOPS];
	int64_t clock_ahead_ms; /* this clock less the registrar's, when last heard */
	bool clock_known;
	bool equivocation; /* some epoch's upload is stopped for good */
	uint64_t sent;	   /* entries received by the registrar, by this process's uploads */
	uint64_t unsent;   /* entries that wait for their receipt, as last looked */
	uint64_t stopped;  /* those of epochs whose upload is stopped wait no more */
	unsigned objects;  /* objects that took effect */
};

struct sync; /* opaque */

/* Reads the enrolment and keys; starts nothing. Returns 0, a sync_result, client_error or
 * store_result. */
int sync_open(const struct sync_setup *setup, struct sync **ret_sync)
    __attribute__((warn_unused_result));

/* Runs one pass of a loop on this thread: SYNC_DOWN brings what is newer here, SYNC_UP goes on
 * until the registrar has everything. Not for a loop that sync_start has started. Returns 0 or what
 * kept it from being done whole; what was done by then stays. */
int sync_run(struct sync *sync, enum sync_loop loop) __attribute__((warn_unused_result));

/* Starts every loop in its thread. Returns 0, or SYNC_MEMORY and then none runs. */
int sync_start(struct sync *sync) __attribute__((warn_unused_result));

/* Tells a loop that there is something for it: it begins a pass at once, or, after a failure, as
 * soon as SYNC_RETRY_SECONDS have gone since. Cheap; from any thread, also with the gate's lock. */
void sync_poke(struct sync *sync, enum sync_loop loop);

/* "download", "upload": for people. */
const char *sync_loop_name(enum sync_loop loop);

void sync_status(struct sync *sync, struct sync_status *ret_status);

/* Ends the loops (a running request is cut short) and frees. NULL is quiet. */
void sync_close(struct sync *sync);

/* A sentence for people for any result of this header. */
const char *sync_strerror(int result);

/* gate sync --data G [--once]. --once exits with 1 when something did not go that should have, also
 * when it finds the alarm that stops an epoch's upload. That an epoch was stopped before is said
 * each time, and is no failure. */
int sync_command(struct command *command);

#endif

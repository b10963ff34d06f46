/* sync_private: what the files of the sync share. */
#ifndef GATE_SYNC_PRIVATE_H
#define GATE_SYNC_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>

#include "badges/tree.h"
#include "gate/sync/client.h"
#include "gate/gate.h"
#include "gate/sync/sync.h"

enum { SYNC_TAG_MAX = 64, SYNC_ROSTERS_MAX = 256 };

/* The tree of an epoch as far as it was sent, so that the next batch goes on from there. */
struct sync_cursor {
	int64_t epoch; /* 0: none */
	struct tree tree;
};

/* Where the registrar stands by what it said last: the newest epoch it holds (0: none), and how
 * much of it. Of older ones it holds what it gave receipts for, of newer ones nothing: uploads are
 * in the order of epochs. */
struct sync_told {
	bool known;
	int64_t epoch;
	uint64_t size;
};

struct sync_line;

/* A loop as it is written: sync_rows in sync_loop.c has one for each enum sync_loop. */
struct sync_row {
	const char *name;
	/* One pass. Returns 0, or what kept it from being done whole. */
	int (*once)(struct sync *sync, struct sync_line *line);
	/* Whether the next pass comes after the usual time; NULL: after 0 only. Any other result
	 * is a failure, and each in a row makes the next wait longer. */
	bool (*well)(int result);
	unsigned idle_seconds;	/* between a pass that was well and the next, if nobody pokes */
	unsigned poll_seconds;	/* that a pass may wait for news (line->wait), once one was well */
	unsigned retry_seconds; /* the longest wait after failures; 0: SYNC_RETRY_MAX_SECONDS */
	unsigned stall_seconds; /* as in struct client_setup */
};

extern const struct sync_row sync_rows[SYNC_LOOPS];

/* A loop as it runs. Its thread, or who calls sync_run, has it alone but for what the mutex
 * guards. */
struct sync_line {
	struct sync *sync;
	const struct sync_row *row;
	struct sync_side *side; /* in the sync's status; the mutex guards it */
	struct client *client;	/* to the registrar; see also sync_redial */
	unsigned wait;		/* seconds the next pass may wait for news: 0 but in the loop */
	bool poked;		/* the mutex guards it */
	pthread_t thread;
	bool running;
};

/* What was there when no photograph was lacking, and, after one could not be had, when they are
 * asked for again; of the errands' line. */
struct sync_photos {
	int64_t rosters, held;
	int64_t again_ms;
};

/* What the registrar was told last of how this gate stands; of the errands' line. */
struct sync_health {
	bool told;
	int64_t told_ms; /* since boot */
	uint8_t hash[32];
};

struct sync {
	struct sync_setup setup;
	char *identity; /* path of keys/tls.pem */
	char site[BUNDLE_NAME_MAX + 1];
	uint8_t root[KEY_PUBLIC_SIZE];
	struct sync_line lines[SYNC_LOOPS];
	struct sync_cursor cursor; /* of the upload */
	struct sync_photos photos;
	struct sync_health health;
	int64_t confirmed; /* the newest epoch when the registrar last had all before it; 0: ask */
	int64_t poisoned;  /* an epoch that is not tried again before: 0: none */
	int64_t poisoned_until_ms;  /* time since boot */
	char tag[SYNC_TAG_MAX + 1]; /* of the newest state that was followed whole */

	/* Never taken while the gate's lock is asked for: sync_poke comes with that lock held. */
	pthread_mutex_t mutex;
	pthread_cond_t woken;
	bool stopping;
	struct sync_status status;
	struct sync_told told;
	int64_t answers_told; /* version of the newest answer to this gate; -1: not heard */
};

/* One line to the setup's log. */
void sync_say(struct sync *sync, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The gate's clock: Unix milliseconds, and milliseconds since boot, suspend included. */
int64_t sync_wall_ms(struct sync *sync);
int64_t sync_boot_ms(struct sync *sync);

/* One pass of each; sync_run notes what came of it. */
int sync_down_once(struct sync *sync, struct sync_line *line) __attribute__((warn_unused_result));
int sync_up_once(struct sync *sync, struct sync_line *line) __attribute__((warn_unused_result));
int sync_doors_once(struct sync *sync, struct sync_line *line) __attribute__((warn_unused_result));
bool sync_down_well(int result);
bool sync_up_well(int result);

/* Ends the threads of the loops; sync_loop.c. */
void sync_stop(struct sync *sync);
/* Whether a pass that goes on and on has to end. */
bool sync_stopping(struct sync *sync);

/* Opens a loop's connection with the registrar, or with whom the setup names, in place of the one
 * it has. Returns 0 or a client_error, and then it has the old one. */
int sync_redial(struct sync *sync, struct sync_line *line, const struct client_setup *setup)
    __attribute__((warn_unused_result));

/* Goes on in a new epoch where the present one is `epoch`, which has no way to the registrar any
 * more: what is recorded from now on has one again. */
void sync_leave_epoch(struct sync *sync, int64_t epoch, const char *reason);

/* Opens a snapshot of the gate's store; the gate's lock is held until sync_look_end. Returns 0 or
 * a store_result, and then the lock is not held. */
int sync_look(struct sync *sync, struct store_tx **ret_tx) __attribute__((warn_unused_result));
void sync_look_end(struct sync *sync, struct store_tx *tx);

/* Whether an answer says no to this gate itself; logs what it says. Returns SYNC_REFUSED or
 * SYNC_ANSWER. */
int sync_refused(struct sync *sync, const char *what, const struct client_answer *answer);

#endif

/* sync_private: what the files of the sync share. */
#ifndef GATE_SYNC_PRIVATE_H
#define GATE_SYNC_PRIVATE_H

#include <pthread.h>

#include "badges/tree.h"
#include "gate/client.h"
#include "gate/gate.h"
#include "gate/sync.h"

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

struct sync {
	struct sync_setup setup;
	char *identity; /* path of keys/tls.pem */
	char site[BUNDLE_NAME_MAX + 1];
	uint8_t root[KEY_PUBLIC_SIZE];
	struct client *down, *up;
	struct sync_cursor cursor;  /* of the upload */
	char tag[SYNC_TAG_MAX + 1]; /* of the newest state that was followed whole */
	unsigned wait;		    /* seconds the next state may take: 0 but in the loop */

	/* Never taken while the gate's lock is asked for: sync_poke comes with that lock held. */
	pthread_mutex_t mutex;
	pthread_cond_t woken;
	bool stopping, poked;
	bool running; /* the threads are there */
	pthread_t down_thread, up_thread;
	struct sync_status status;
	struct sync_told told;
};

/* One line to the setup's log. */
void sync_say(struct sync *sync, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Milliseconds since boot, suspend included. */
int64_t sync_boot_ms(void);

/* Once each way; see sync_download and sync_upload. */
int sync_down_once(struct sync *sync) __attribute__((warn_unused_result));
int sync_up_once(struct sync *sync) __attribute__((warn_unused_result));

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

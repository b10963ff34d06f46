#ifndef GATE_FOLLOW_H
#define GATE_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/log.h"
#include "gate/gate.h"

/*
 * follow: the journals of other gates, verified entry by entry and applied here.
 *
 * A piece of a log comes from the registrar or straight from its gate; where it came from proves
 * nothing. It holds when its entries, put onto the tree that is held, have the root of a checkpoint
 * signed by that gate's journal key, which the keys object names. Who begins to follow starts at a
 * frontier inside the log and not at entry 0: frontier and entries together must have the signed
 * root, so a forged frontier has none. Movements, presence, conflicts and STOPs change in the
 * transaction that moves the head. What an entry says that is not known here (another kind, a
 * conference without a roster) is passed over.
 *
 * This gate's own earlier epochs are followed from the registrar like another gate's: a store put
 * back from an older copy begins a new epoch, and learns so what it let in itself meanwhile. What
 * it holds of them is the same movement again and changes nothing. Its present epoch comes from
 * its journal only.
 *
 * A log that does not hold is followed no further, by whatever way: the table follow says why
 * (alarm), `gate status` and `gate check` show it, and every other log goes on. `gate peer forget`
 * ends an alarm and starts anew, once a person has looked.
 */

enum {
	FOLLOW_ENTRIES_MAX = 1000,	  /* of one piece */
	FOLLOW_SINCE_SECONDS = 36 * 3600, /* how far back one begins */
	FOLLOW_HELD_MAX = 512,		  /* logs in one question */
};

enum follow_result {
	FOLLOW_OK = 0, /* taken: *ret_news says how much of it was new */
	FOLLOW_UNKNOWN =
	    501, /* no active gate of that name in the keys held, or this gate's present log */
	FOLLOW_GAP = 502,   /* it begins after what is held: ask again */
	FOLLOW_ALARM = 503, /* it does not hold, now or before: nothing was taken */
};

/* A piece as it came. */
struct follow_piece {
	const char *device;
	uint64_t epoch;
	uint64_t old;	     /* index of its first entry */
	const uint8_t *tree; /* frontier at old as tree_store writes it; NULL: none was sent */
	size_t tree_len;
	const char *checkpoint; /* at old + n_entries */
	size_t checkpoint_len;
	const struct log_text *entries;
	size_t n_entries;
};

/* follow_apply: verifies a piece and takes what is new of it in one transaction. Takes the gate's
 * lock. *ret_news (may be NULL): entries taken. Returns 0, a follow_result or a store_result; then
 * nothing of it was taken. */
int follow_apply(struct gate *gate, const struct follow_piece *piece, size_t *ret_news)
    __attribute__((warn_unused_result));

/*
 * follow_question: what this gate asks the registrar or another gate for, as JSON of
 * registrar/device/device.h: the logs held, and for how long an answer without news may take. peer
 * NULL: all logs, and this gate's present epoch as one of which nothing is to come, which
 * asks for its earlier ones; else those of that gate only. Takes the lock. *ret_json is malloc'd. 0
 * or a store_result.
 */
int follow_question(struct gate *gate, const char *peer, unsigned wait, char **ret_json)
    __attribute__((warn_unused_result));

/* What came of an answer. */
struct follow_outcome {
	size_t news;			   /* entries taken */
	unsigned stuck;			   /* pieces that can't be used yet */
	size_t logs;			   /* pieces it had */
	unsigned alarms;		   /* of them, that did not hold */
	char alarmed[BUNDLE_NAME_MAX + 1]; /* the last of these */
};

/*
 * follow_answer: applies each piece of an answer, and notes who was heard. One piece that does not
 * hold keeps no other from being applied. peer NULL: from the registrar; else only that gate's own
 * logs are taken. Returns 0, STORE_MISUSE when it is no such answer, or another store_result.
 */
int follow_answer(struct gate *gate, const char *peer, const void *body, size_t len,
    struct follow_outcome *ret_outcome) __attribute__((warn_unused_result));

/* One log as it is followed. */
struct follow_log {
	char device[BUNDLE_NAME_MAX + 1];
	uint64_t epoch, size;
	char alarm[64]; /* "": none; else why it is followed no further */
};
typedef int follow_visit(void *context, const struct follow_log *log);

/* follow_each: calls visit with each log, newest epoch first, until it returns another value than
 * 0, which is returned; else 0 or a store_result. The lock is held. */
int follow_each(struct store_tx *tx, follow_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* follow_forget: everything followed of a device is to be asked for anew: its heads and alarms go,
 * its movements stay. 0 or a store_result. */
int follow_forget(struct store_tx *tx, const char *device) __attribute__((warn_unused_result));

/* follow_afresh: after the roster of a conference came that was not known: where entries were
 * passed over for want of one, the logs are followed anew. Takes the lock. 0 or a store_result. */
int follow_afresh(struct gate *gate) __attribute__((warn_unused_result));

#endif

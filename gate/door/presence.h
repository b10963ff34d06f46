#ifndef GATE_PRESENCE_H
#define GATE_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/bundle.h"
#include "badges/entry.h"
#include "gate/gate.h"

/*
 * Where each pass stands: in, out, or never seen, and who said so.
 *
 * The table movement has what the doors recorded of a pass, this gate's own entries and those
 * followed from others, in the order of time, device, epoch and number. presence is their sum, and
 * conflict the doors that contradict each other: both can be made again from it at any time, and
 * are, for one pass, whenever a movement comes that is not the newest. Everything is written in
 * the transaction of the entry that it is about; the gate's lock is held.
 */

enum presence_kind {
	PRESENCE_IN = 1,
	PRESENCE_OUT = 2,
	PRESENCE_OVERRIDE = 3, /* in, by a supervisor's word: counted, and no conflict */
};

struct presence {
	bool inside;
	int64_t entries; /* how often it was admitted, what was undone left out */
	int64_t time_ms; /* of the last movement */
	char device[BUNDLE_NAME_MAX + 1];
	uint64_t epoch, seq;
	char staff[ENTRY_STAFF_MAX + 1]; /* "": nobody was signed in */
};

struct presence_move {
	uint32_t conference;
	uint8_t pass[16];
	enum presence_kind kind;
	int64_t time_ms;
	const char *device;
	uint64_t epoch, seq;
	const char *staff; /* "": nobody */
};

/* presence_find: STORE_ROW, STORE_NOT_FOUND (never seen) or another store_result. */
int presence_find(struct store_tx *tx, uint32_t conference, const uint8_t pass[static 16],
    struct presence *ret_presence) __attribute__((warn_unused_result));

/*
 * presence_enter, presence_exit, presence_override: the pass goes in, out, or in by a supervisor's
 * word, at this gate, by entry seq of the present epoch, recorded at time_ms with officer staff
 * ("": nobody). For a journal_body, with record->seq. Return 0 or a store_result.
 */
int presence_enter(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq, const char *staff)
    __attribute__((warn_unused_result));
int presence_exit(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq, const char *staff)
    __attribute__((warn_unused_result));
int presence_override(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq, const char *staff)
    __attribute__((warn_unused_result));

/*
 * presence_void: an undo: this gate's newest admission of the pass (by an override too) counts no
 * longer. Its entry stays as it is. Returns 0, STORE_NOT_FOUND when there is none to undo, or
 * another store_result.
 */
int presence_void(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16]) __attribute__((warn_unused_result));

/* presence_move: a movement of any gate; the same again changes nothing. 0 or a store_result. */
int presence_move(struct gate *gate, struct store_tx *tx, const struct presence_move *move)
    __attribute__((warn_unused_result));

/* presence_void_of: presence_void for an undo that is entry seq of a device's epoch: its newest
 * admission before that one. */
int presence_void_of(struct gate *gate, struct store_tx *tx, const struct presence_move *undo)
    __attribute__((warn_unused_result));

/* presence_inside: how many are in, over all doors that are known of. Counted once and then kept
 * in gate->tally_inside, which a transaction that fails gives up. */
int presence_inside(struct gate *gate, struct store_tx *tx, uint32_t conference,
    int64_t *ret_inside) __attribute__((warn_unused_result));

/* Somebody inside whom no roster names: let in without a pass. */
struct presence_visitor {
	uint8_t pass[16]; /* drawn for the visit */
	int64_t time_ms;
	char device[BUNDLE_NAME_MAX + 1], staff[ENTRY_STAFF_MAX + 1]; /* where, and by whom */
};
typedef int presence_visitor_visit(void *context, const struct presence_visitor *visitor);

/* presence_visitors: calls visit with each of a conference, newest first, until it returns another
 * value than 0, which is returned; else 0 or a store_result. */
int presence_visitors(struct store_tx *tx, uint32_t conference, presence_visitor_visit *visit,
    void *context) __attribute__((warn_unused_result));

/* Two doors, or one in two epochs, that both let one pass in, with no exit between them: the
 * earlier first. Texts live until the visit returns. */
struct presence_conflict {
	uint32_t conference;
	uint8_t pass[16];
	struct {
		const char *device, *staff;
		uint64_t epoch, seq;
		int64_t time_ms;
	} first, second;
	int64_t found_ms; /* when this gate knew of both */
};
typedef int presence_visit(void *context, const struct presence_conflict *conflict);

/* presence_conflicts: calls visit with each conflict of a conference (0: of all), newest first,
 * until it returns another value than 0, which is returned; else 0 or a store_result. */
int presence_conflicts(struct store_tx *tx, uint32_t conference, presence_visit *visit,
    void *context) __attribute__((warn_unused_result));

/* presence_conflict_count: how many a conference has (0: all). 0 or a store_result. */
int presence_conflict_count(struct store_tx *tx, uint32_t conference, int64_t *ret_count)
    __attribute__((warn_unused_result));

#endif

#ifndef GATE_STOP_H
#define GATE_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/entry.h"
#include "badges/revoked.h"
#include "badges/staff.h"
#include "gate/conference.h"
#include "gate/gate.h"

/*
 * STOP: a supervisor at a gate stops the building or a conference, or bars one pass (R5).
 *
 * It holds at this gate with the commit of its entry (decision `sync`, reason `restrict`, event the
 * slug or none, pass the pass or none), with or without a network. Other gates take it from this
 * gate's journal; the registrar makes a restriction of it, with the entry as its origin
 * (DEVICE/EPOCH/SEQ), and then the registrar's word about that origin counts, and no longer ours.
 *
 * `restrict-lift` with the same event and pass lifts what gates made for it up to that moment, here
 * at once and elsewhere as it is heard of. What was made at the registrar is lifted at the
 * registrar. Between two logs the times of the entries say what came first, within one their
 * order does.
 */

enum {
	STOP_WORDS_MAX = 200,			   /* characters of a supervisor's reason */
	STOP_WORDS_SIZE = CONFERENCE_TEXT_MAX + 1, /* bytes that hold them, with the NUL */
};

enum stop_result {
	STOP_OK = 0,
	STOP_NOT_SUPERVISOR = 441, /* the role given is not a supervisor's */
	STOP_BAD_SCOPE = 442,	   /* the scope and what is named do not fit together */
	STOP_BAD_WORDS = 443,	   /* none, too long, or not plain text */
	STOP_NONE = 444,	   /* nothing that a gate made stands for it: nothing to lift */
	STOP_CLOCK = 445,	   /* this clock is behind the gate that stopped: lift it there */
};

/* What is ordered, and by whom. Texts are borrowed. */
struct stop_order {
	enum revoked_scope scope; /* REVOKED_SCOPE_BUILDING, _CONFERENCE or _PASS */
	const char *slug;     /* of the conference; NULL with _BUILDING, and may be with _PASS */
	const uint8_t *pass;  /* 16 bytes with _PASS, else NULL */
	const char *staff;    /* the supervisor; the caller has checked the sign-in or the PIN */
	enum staff_role role; /* of staff; anything else than STAFF_SUPERVISOR is refused */
	const char *words;    /* the reason: every officer reads it; wanted for lifting too */
};

/*
 * stop_make: stops; in force when it returns 0, and *ret_seq (may be NULL) is the entry's number.
 * stop_lift: lifts what gates made for the same scope, conference and pass. Both take the lock and
 * make the upload loop send the entry at once. Return 0, a stop_result (nothing is written), or
 * what journal_write returns.
 */
int stop_make(struct gate *gate, const struct stop_order *order, uint64_t *ret_seq)
    __attribute__((warn_unused_result));
int stop_lift(struct gate *gate, const struct stop_order *order, uint64_t *ret_seq)
    __attribute__((warn_unused_result));

/* What stands. */
struct stop {
	enum revoked_scope scope;
	char slug[CONFERENCE_SLUG_MAX + 1]; /* "": the building, or a pass at any */
	bool has_pass;
	uint8_t pass[16];
	int64_t since_ms;	     /* when it was made */
	char words[STOP_WORDS_SIZE]; /* as officers read them; without the supervisor's own where
					they are not known here, or while they are locked away */
	char origin[ENTRY_EVENT_MAX + ENTRY_STAFF_MAX + 64]; /* DEVICE/EPOCH/SEQ, "": made at the
								registrar */
	bool liftable; /* a gate made it: stop_lift lifts it */
};

/*
 * stop_hit: the widest of the stops made at gates that holds for a pass at a conference and that
 * the registrar has not taken over yet; beside the restriction_hit of the registrar's list. pass
 * NULL: what stops the whole door only. The gate's lock is held. Returns STORE_ROW, STORE_NOT_FOUND
 * or another store_result.
 */
int stop_hit(struct gate *gate, struct store_tx *tx, const char *slug, const uint8_t *pass,
    struct stop *ret_stop) __attribute__((warn_unused_result));

/* stop_standing: the widest of all that turns the whole door to STOP at a conference now: the
 * registrar's restrictions of building and conference, and gates' stops. As stop_hit. */
int stop_standing(struct gate *gate, struct store_tx *tx, int64_t now_s, uint32_t conference,
    struct stop *ret_stop) __attribute__((warn_unused_result));

/* stop_each: everything that stands at this gate now, the registrar's and gates', widest first,
 * until visit returns another value than 0, which is returned; else 0 or a store_result. The lock
 * is held. */
typedef int stop_visit(void *context, const struct stop *stop);
int stop_each(struct gate *gate, struct store_tx *tx, int64_t now_s, stop_visit *visit,
    void *context) __attribute__((warn_unused_result));

/*
 * stop_follow: takes a verified entry of another gate's journal into account, in the transaction
 * that notes it as followed; entries that are neither `sync restrict` nor `sync restrict-lift`
 * change nothing. The same again changes nothing.
 *
 * Where it is not certain who may, a door stays shut: a lifting counts only by somebody whom the
 * list of officers held names as supervisor; a stop by anybody whom it does not name as less, since
 * a supervisor may be newer than the list, or gone since. Neither is later than now_ms, this gate's
 * time. (A gate's word about its officers is its own: whoever holds its keys can name any. That is
 * ended by revoking the gate, and by the registrar's word about its stops.) Returns 0 or a
 * store_result.
 */
int stop_follow(struct gate *gate, struct store_tx *tx, int64_t now_ms, const char *device,
    uint64_t epoch, const struct entry *entry) __attribute__((warn_unused_result));

/* stop_again: the same for an entry of this gate's own journal, which was judged when it was made:
 * after a repair. */
int stop_again(struct store_tx *tx, const char *device, uint64_t epoch, const struct entry *entry)
    __attribute__((warn_unused_result));

/* stop_listed: after the registrar's restrictions were put into the store, in the same
 * transaction: a stop whose restriction has ended there has ended here. For lists.c. */
int stop_listed(struct store_tx *tx, int64_t now_s) __attribute__((warn_unused_result));

/* A sentence for people for any result of this header, and for those of journal_write. */
const char *stop_strerror(int result);

#endif

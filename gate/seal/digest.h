/*
 * digest: finds a list that is no longer what the registrar signed. A store finds a torn page, but
 * not a bit that flipped inside a row: a cancelled line would read as a confirmed one, and be
 * admitted.
 *
 * A digest is kept of each roster and of the revocations with the restrictions, in the transaction
 * in which the list takes effect: the sum over its rows of BLAKE2b-128 of what decides (two sums of
 * 64 bits), so that a change of one row costs two hashes, and for a roster also the conference's
 * record. What is sealed is not in it: that authenticates itself. It is compared when a gate is
 * opened, when a shift begins and by gate check. A list that differs counts from then on as never
 * confirmed, which needs a supervisor at the door, and is fetched whole.
 */
#ifndef GATE_DIGEST_H
#define GATE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/store.h"

struct gate;

struct digest {
	uint64_t sum[2];
};

/* 0: the revocations and restrictions; else the roster of that conference. */
typedef uint32_t digest_list;

/* What is kept for a list, without the parts that are always made anew (digest_keep adds them).
 * Returns 0, STORE_NOT_FOUND or another store_result. */
int digest_load(struct store_tx *tx, digest_list list, struct digest *ret_digest)
    __attribute__((warn_unused_result));

/* Adds the row of a pass, as it stands in the store now, or takes it away; nothing where there is
 * none. Returns 0 or a store_result. */
int digest_add(struct store_tx *tx, digest_list list, const uint8_t pass[static 16],
    struct digest *digest) __attribute__((warn_unused_result));
int digest_take(struct store_tx *tx, digest_list list, const uint8_t pass[static 16],
    struct digest *digest) __attribute__((warn_unused_result));

/* Sums all rows of a list up. Returns 0 or a store_result. */
int digest_rows(struct store_tx *tx, digest_list list, struct digest *ret_digest)
    __attribute__((warn_unused_result));

/* Keeps it for the list. Returns 0 or a store_result. */
int digest_keep(struct store_tx *tx, digest_list list, const struct digest *digest)
    __attribute__((warn_unused_result));

/* The roster has gone. Returns 0 or a store_result. */
int digest_forget(struct store_tx *tx, digest_list list) __attribute__((warn_unused_result));

/* Whether a list is what its digest was made of; one without a digest is. Returns 0 or a
 * store_result. */
int digest_holds(struct store_tx *tx, digest_list list, bool *ret_holds)
    __attribute__((warn_unused_result));

/*
 * Compares every list; a damaged one is marked as above and recorded (sync, list-damaged). Takes
 * the gate's lock. Returns 0 or a store_result; *ret_damaged counts lists.
 */
int digest_look(struct gate *gate, unsigned *ret_damaged) __attribute__((warn_unused_result));

#endif

#ifndef GATE_PHOTO_H
#define GATE_PHOTO_H

#include <stddef.h>
#include <stdint.h>

#include "gate/gate.h"
#include "schema/store.h"

/*
 * photo: the photographs of the people on the rosters that this gate holds.
 *
 * A roster names a photograph by its hash. The gate notes which hash belongs to which pass when the
 * roster arrives, fetches what it lacks from the registrar (the conference that opens soonest
 * first), checks it against the hash, and keeps it sealed (vault.h) as it comes, also with nobody
 * signed in. It is read only while a shift is open. One that no roster shows any more is removed.
 */

enum {
	PHOTO_HASH = 32,
	PHOTO_BYTES_MAX = 100000, /* of one, as it travels */
	PHOTO_HELD_MAX = 4000,	  /* 400 MB at the very most, of the soonest conferences */
};

enum photo_result {
	PHOTO_OK = 0,
	PHOTO_NONE = 501, /* not held: not fetched yet, or on no roster */
	PHOTO_BAD = 502,  /* what is held, or came, is not what the hash says */
			  /* and VAULT_LOCKED: no shift is open */
};

/* photo_open: the JPEG of a hash; the caller ends it with photo_wipe. Takes the lock. Returns 0,
 * PHOTO_NONE, PHOTO_BAD, VAULT_LOCKED or a store_result. */
int photo_open(struct gate *gate, const uint8_t hash[static PHOTO_HASH], uint8_t **ret_bytes,
    size_t *ret_len) __attribute__((warn_unused_result));
void photo_wipe(uint8_t *bytes, size_t len); /* and frees; NULL is quiet */

/*
 * For lists.c, in a roster's transaction: the photograph that a row shows (hash NULL: none), a row
 * that left (pass NULL: all of the conference); and, once, after a roster has changed or gone: the
 * photographs that nobody wants any more are removed. Each returns 0 or a store_result.
 */
int photo_want(struct store_tx *tx, uint32_t conference, const uint8_t pass[static 16],
    const uint8_t *hash) __attribute__((warn_unused_result));
int photo_unwant(struct store_tx *tx, uint32_t conference, const uint8_t *pass)
    __attribute__((warn_unused_result));
int photo_sweep(struct store_tx *tx) __attribute__((warn_unused_result));

/* photo_keep: a photograph that came: checked against its hash, sealed, stored. Takes the lock.
 * Returns 0, PHOTO_BAD, PHOTO_NONE (no roster shows it any more) or a store_result. */
int photo_keep(struct gate *gate, const uint8_t hash[static PHOTO_HASH], const uint8_t *bytes,
    size_t len) __attribute__((warn_unused_result));

/* photo_count: how many different photographs a conference's roster shows (0: of all), and how many
 * of them are held. 0 or a store_result. */
int photo_count(struct store_tx *tx, uint32_t conference, uint64_t *ret_wanted, uint64_t *ret_held)
    __attribute__((warn_unused_result));

#endif

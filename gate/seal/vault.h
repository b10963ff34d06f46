#ifndef GATE_VAULT_H
#define GATE_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/officer.h"
#include "badges/staff.h"
#include "schema/store.h"

/*
 * vault: personal details at rest on a gate are sealed, so that a copy of its disk names nobody.
 *
 * A gate makes an X25519 key pair, a generation of the vault. Its public half stands in the store;
 * its secret half is wrapped for each officer of the staff object (crypto_box_seal to the public
 * key that comes of the officer's PIN, badges/officer.h) and otherwise forgotten. Data keys are
 * sealed to the public half (table seal), and bytes are sealed with a data key by
 * XChaCha20-Poly1305 with the place they are kept at as additional data: a row copied to another
 * place does not open. So lists are sealed as they arrive with nobody signed in, and only a
 * sign-in (shift.h), with or without a network, reads them.
 *
 * When the list of officers changes, the newest generation is always wrapped for each officer on
 * it, and no generation for anybody else. Somebody new, or a new PIN: while the vault is open every
 * generation is wrapped for them at once; while it is closed a new generation begins and the lists
 * are fetched and sealed anew. Somebody gone: their wraps are overwritten and a new generation
 * begins. Whoever opens the vault brings what older generations hold into the newest.
 *
 * All functions: the gate's lock is held. The secret halves and data keys live in guarded memory
 * (sodium_malloc) and are wiped by the last shift_end; the data key in use for sealing is kept for
 * VAULT_WRITER_S at most with nobody signed in.
 */

enum {
	VAULT_OVERHEAD = 24 + 16, /* bytes that sealing adds: nonce and tag */
	VAULT_ID_MAX = 64,
	VAULT_WRITER_S = 3600,
	VAULT_DETAIL_OVERHEAD = 48, /* what crypto_box_seal adds */
};

/* Beside the codes of schema/store.h. */
enum vault_result {
	VAULT_LOCKED = -421,   /* no officer who can read it is signed in */
	VAULT_BAD = -422,      /* does not open: another place's, another gate's, or damaged */
	VAULT_NO_STAFF = -423, /* no list of officers is held: there is nobody to seal for */
};

/* Where sealed bytes are kept. It is authenticated with them, and not stored. */
struct vault_place {
	const char *table; /* "roster", "photo", ...; with a column where a row has several */
	int64_t number;	   /* conference or the like, else 0 */
	const void *id;	   /* what else names the row: pass id, hash */
	size_t id_len;	   /* at most VAULT_ID_MAX */
};

/* In struct gate; under its lock. */
struct vault {
	struct vault_keys *keys; /* guarded memory, NULL: none held */
	unsigned shifts;	 /* open ones */
	uint64_t round; /* how often all keys were wiped: a shift of an older round has ended */
	uint64_t staff; /* how often this process took a list of officers */
	bool has_details_key;
	uint8_t details_key[OFFICER_PUBLIC]; /* of the newest staff object */
};

struct gate;

/* vault_is_open: whether somebody is signed in. */
bool vault_is_open(const struct gate *gate);

/*
 * vault_seal: seals len bytes for that place, inside a write transaction. ret_blob has room for len
 * + VAULT_OVERHEAD bytes, *ret_seal is the data key's number, to be stored beside. Returns 0,
 * VAULT_NO_STAFF or a store_result.
 */
int vault_seal(struct gate *gate, struct store_tx *tx, const struct vault_place *place,
    const void *bytes, size_t len, int64_t *ret_seal, uint8_t *ret_blob)
    __attribute__((warn_unused_result));

/*
 * vault_unseal: opens what vault_seal gave for the same place. ret_bytes has room for len -
 * VAULT_OVERHEAD bytes. The caller wipes it when it is done. Returns 0, VAULT_LOCKED, VAULT_BAD or
 * a store_result; then nothing of it is in ret_bytes.
 */
int vault_unseal(struct gate *gate, struct store_tx *tx, const struct vault_place *place,
    int64_t seal, const void *blob, size_t len, uint8_t *ret_bytes)
    __attribute__((warn_unused_result));

/*
 * vault_seal_detail: seals to the registrar's details key (crypto_box_seal): what only it may read.
 * ret_blob has room for len + VAULT_DETAIL_OVERHEAD bytes. Returns 0 or VAULT_NO_STAFF.
 */
int vault_seal_detail(const struct gate *gate, const void *bytes, size_t len, uint8_t *ret_blob)
    __attribute__((warn_unused_result));

/* vault_collect: forgets the data keys with which nothing that is kept is sealed, for good: what an
 * old copy of a page still holds of it opens to nobody. At each sign-in, and when a conference is
 * forgotten. Returns 0 or a store_result. */
int vault_collect(struct store_tx *tx) __attribute__((warn_unused_result));

/* vault_load: takes the details key, which stays when a gate is wiped: at start. Returns 0 (also
 * when there is none) or a store_result. */
int vault_load(struct gate *gate, struct store_tx *tx) __attribute__((warn_unused_result));

/* vault_settle: brings the vault in line with a staff object, in the transaction in which it takes
 * effect. Returns 0 or a store_result. */
int vault_settle(struct gate *gate, struct store_tx *tx, const struct staff *staff)
    __attribute__((warn_unused_result));

/*
 * vault_open: one more shift: opens every generation that is wrapped for this officer, and brings
 * older ones into the newest. For shift.c. Returns 0, VAULT_LOCKED when the newest is not wrapped
 * for this key pair, or a store_result.
 */
int vault_open(struct gate *gate, const char *officer, const uint8_t public[static OFFICER_PUBLIC],
    const uint8_t secret[static OFFICER_SECRET]) __attribute__((warn_unused_result));

/* vault_close: one shift less; with the last, every key is wiped from memory. */
void vault_close(struct gate *gate);

/* vault_drop: wipes every key from memory, whoever is signed in: before the gate is closed or
 * wiped. */
void vault_drop(struct gate *gate);

#endif

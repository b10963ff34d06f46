#ifndef GATE_VAULT_PRIVATE_H
#define GATE_VAULT_PRIVATE_H

#include <sodium.h>

#include "gate/gate.h"
#include "gate/seal/vault.h"

/* What vault.c and vault_settle.c share. */

enum {
	VAULT_GENERATIONS = 8, /* whose secrets are held at once; more are brought in by turns */
	VAULT_CACHE = 64,      /* data keys held open */
	VAULT_KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	VAULT_SEALED = VAULT_KEY + crypto_box_SEALBYTES,
	VAULT_WRAPPED = crypto_box_SECRETKEYBYTES + crypto_box_SEALBYTES,
};

struct vault_generation {
	int64_t number; /* 0: none */
	uint8_t public[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
};

struct vault_data {
	int64_t seal; /* 0: none */
	uint8_t key[VAULT_KEY];
	uint8_t sealed[VAULT_SEALED]; /* as the store has it */
};

/* In guarded memory. */
struct vault_keys {
	struct vault_generation generations[VAULT_GENERATIONS];
	unsigned next_generation;
	struct vault_data writer;
	int64_t writer_made_s; /* CLOCK_BOOTTIME */
	struct vault_data cache[VAULT_CACHE];
	unsigned next_data;
};

/* vault_keys: the guarded memory, made where there is none yet; NULL: no memory. */
struct vault_keys *vault_keys(struct gate *gate);

/* vault_held: the generation of that number and public half, if its secret is held. */
const struct vault_generation *vault_held(const struct gate *gate, int64_t number,
    const uint8_t public[static crypto_box_PUBLICKEYBYTES]);

/* vault_hold: keeps a generation's secret. */
void vault_hold(struct vault_keys *keys, const struct vault_generation *generation);

/* vault_newest: STORE_ROW, STORE_NOT_FOUND or another store_result. */
int vault_newest(struct store_tx *tx, int64_t *ret_number,
    uint8_t ret_public[static crypto_box_PUBLICKEYBYTES]) __attribute__((warn_unused_result));

/* vault_data_of: opens a data key of the store into the cache. Returns 0, VAULT_LOCKED when its
 * generation is not held, VAULT_BAD or a store_result. */
int vault_data_of(struct gate *gate, struct store_tx *tx, int64_t seal,
    struct vault_data **ret_data) __attribute__((warn_unused_result));

/* vault_gather: forgets data keys that serve no more, brings those of older generations whose
 * secrets are held into the newest, and drops generations that hold none any more. Returns 0 or a
 * store_result. */
int vault_gather(struct gate *gate, struct store_tx *tx) __attribute__((warn_unused_result));

#endif

#include "gate/seal/photo.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gate/seal/vault.h"
#include "schema/gate_db.h"

static struct vault_place place_of(const uint8_t hash[static PHOTO_HASH])
{
	return (struct vault_place){.table = "photo", .id = hash, .id_len = PHOTO_HASH};
}

static bool fits_hash(const uint8_t *bytes, size_t len, const uint8_t hash[static PHOTO_HASH])
{
	uint8_t found[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(found, bytes, len);
	return sodium_memcmp(found, hash, PHOTO_HASH) == 0;
}

void photo_wipe(uint8_t *bytes, size_t len)
{
	if (bytes != NULL)
		sodium_memzero(bytes, len);
	free(bytes);
}

/* Opens a sealed row; the rows stay the caller's. */
static int unseal(struct gate *gate, struct store_tx *tx, struct store_rows *rows,
    const uint8_t hash[static PHOTO_HASH], uint8_t **ret_bytes, size_t *ret_len)
{
	struct vault_place place = place_of(hash);
	uint8_t *bytes;
	size_t len;
	const void *blob = store_get_blob(rows, 1, &len);
	int r;

	if (len <= VAULT_OVERHEAD || len > PHOTO_BYTES_MAX + VAULT_OVERHEAD)
		return PHOTO_BAD;
	bytes = malloc(len - VAULT_OVERHEAD);
	if (bytes == NULL)
		return STORE_NO_MEMORY;
	r = vault_unseal(gate, tx, &place, store_get_i64(rows, 0), blob, len, bytes);
	len -= VAULT_OVERHEAD;
	if (r == VAULT_BAD || (r == 0 && !fits_hash(bytes, len, hash)))
		r = PHOTO_BAD;
	if (r == 0) {
		*ret_bytes = bytes;
		*ret_len = len;
	} else {
		photo_wipe(bytes, len);
	}
	return r;
}

static int open_one(struct gate *gate, struct store_tx *tx, const uint8_t hash[static PHOTO_HASH],
    uint8_t **ret_bytes, size_t *ret_len)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_PHOTO_GET, STORE_ARGS(store_blob(hash, PHOTO_HASH)), &rows);

	if (r == STORE_NOT_FOUND)
		return PHOTO_NONE;
	if (r != STORE_ROW)
		return r;
	r = unseal(gate, tx, rows, hash, ret_bytes, ret_len);
	store_done(rows);
	return r;
}

int photo_open(
    struct gate *gate, const uint8_t hash[static PHOTO_HASH], uint8_t **ret_bytes, size_t *ret_len)
{
	struct store_tx *tx = NULL;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_read_begin(gate->store, &tx);
	if (r == 0 && !vault_is_open(gate))
		r = VAULT_LOCKED;
	if (r == 0)
		r = open_one(gate, tx, hash, ret_bytes, ret_len);
	store_read_end(tx);
	gate_unlock(gate);
	return r;
}

struct keeping {
	struct gate *gate;
	const uint8_t *hash, *bytes;
	size_t len;
	int64_t now_s;
	uint8_t *blob;
};

static bool is_wanted(struct store_tx *tx, const uint8_t *hash)
{
	struct store_rows *rows = NULL;
	bool wanted = store_one(tx, GATE_Q_PHOTO_WANTED, STORE_ARGS(store_blob(hash, PHOTO_HASH)),
			  &rows) == STORE_ROW;

	store_done(rows);
	return wanted;
}

static int keep_body(struct store_tx *tx, void *context)
{
	struct keeping *keeping = context;
	struct vault_place place = place_of(keeping->hash);
	int64_t seal = 0;
	int r;

	if (!is_wanted(tx, keeping->hash))
		return PHOTO_NONE;
	r = vault_seal(
	    keeping->gate, tx, &place, keeping->bytes, keeping->len, &seal, keeping->blob);
	if (r == 0)
		r = store_exec(tx, GATE_Q_PHOTO_PUT,
		    STORE_ARGS(store_blob(keeping->hash, PHOTO_HASH), store_i64(seal),
			store_blob(keeping->blob, keeping->len + VAULT_OVERHEAD)),
		    NULL);
	/* Where there are too many, those of the conferences that are furthest away go. */
	if (r == 0)
		r = store_exec(tx, GATE_Q_PHOTO_CROWD,
		    STORE_ARGS(store_i64(keeping->now_s), store_i64(PHOTO_HELD_MAX)), NULL);
	return r;
}

int photo_keep(
    struct gate *gate, const uint8_t hash[static PHOTO_HASH], const uint8_t *bytes, size_t len)
{
	struct keeping keeping = {.gate = gate, .hash = hash, .bytes = bytes, .len = len};
	struct clock_reading now;
	int r = STORE_CLOSED;

	if (len == 0 || len > PHOTO_BYTES_MAX || !fits_hash(bytes, len, hash))
		return PHOTO_BAD;
	keeping.blob = malloc(len + VAULT_OVERHEAD);
	if (keeping.blob == NULL)
		return STORE_NO_MEMORY;
	gate_lock(gate);
	if (clock_read(&gate->clock, &now) == 0)
		keeping.now_s = now.time_ms / 1000;
	if (gate->store != NULL)
		r = store_write(gate->store, keep_body, &keeping);
	gate_unlock(gate);
	free(keeping.blob);
	return r;
}

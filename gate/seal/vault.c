#include "gate/seal/vault.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "badges/bytes.h"
#include "gate/gate.h"
#include "gate/seal/vault_private.h"
#include "schema/gate_db.h"

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	TABLE_MAX = 32,
	AAD_MAX = sizeof("pressgate-seal/1") + TABLE_MAX + 8 + VAULT_ID_MAX,
};

static_assert(VAULT_OVERHEAD == NONCE + TAG, "what sealing adds");
static_assert(VAULT_DETAIL_OVERHEAD == crypto_box_SEALBYTES, "what crypto_box_seal adds");

bool vault_is_open(const struct gate *gate)
{
	return gate->vault.shifts > 0;
}

struct vault_keys *vault_keys(struct gate *gate)
{
	struct vault *vault = &gate->vault;

	if (vault->keys == NULL) {
		vault->keys = sodium_malloc(sizeof(*vault->keys));
		if (vault->keys != NULL)
			sodium_memzero(vault->keys, sizeof(*vault->keys));
	}
	return vault->keys;
}

const struct vault_generation *vault_held(
    const struct gate *gate, int64_t number, const uint8_t public[static crypto_box_PUBLICKEYBYTES])
{
	const struct vault_keys *keys = gate->vault.keys;

	for (size_t i = 0; keys != NULL && number != 0 && i < VAULT_GENERATIONS; i++)
		if (keys->generations[i].number == number &&
		    memcmp(keys->generations[i].public, public, crypto_box_PUBLICKEYBYTES) == 0)
			return &keys->generations[i];
	return NULL;
}

void vault_hold(struct vault_keys *keys, const struct vault_generation *generation)
{
	size_t at = VAULT_GENERATIONS;

	for (size_t i = 0; i < VAULT_GENERATIONS; i++)
		if (keys->generations[i].number == generation->number ||
		    (at == VAULT_GENERATIONS && keys->generations[i].number == 0))
			at = i;
	if (at == VAULT_GENERATIONS)
		at = keys->next_generation++ % VAULT_GENERATIONS;
	keys->generations[at] = *generation;
}

int vault_newest(
    struct store_tx *tx, int64_t *ret_number, uint8_t ret_public[static crypto_box_PUBLICKEYBYTES])
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_VAULT_NEWEST, STORE_NO_ARGS, &rows);

	if (r != STORE_ROW)
		return r;
	*ret_number = store_get_i64(rows, 0);
	r = store_get_fixed(rows, 1, ret_public, crypto_box_PUBLICKEYBYTES);
	store_done(rows);
	return r == 0 ? STORE_ROW : r;
}

static int64_t boot_seconds(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec;
}

/* The place as additional data: what is authenticated and not stored. Returns its length. */
static size_t place_bytes(const struct vault_place *place, uint8_t ret[static AAD_MAX])
{
	static const char head[] = "pressgate-seal/1";
	size_t table = strlen(place->table), at = sizeof(head);

	if (table >= TABLE_MAX || place->id_len > VAULT_ID_MAX)
		return 0;
	memcpy(ret, head, sizeof(head));
	memcpy(ret + at, place->table, table + 1);
	at += table + 1;
	bytes_put_u64(ret + at, (uint64_t)place->number);
	at += 8;
	if (place->id_len > 0)
		memcpy(ret + at, place->id, place->id_len);
	return at + place->id_len;
}

/* A new data key, sealed to the newest generation. */
static int make_writer(struct store_tx *tx, struct vault_keys *keys, int64_t generation,
    const uint8_t public[static crypto_box_PUBLICKEYBYTES])
{
	struct vault_data *writer = &keys->writer;
	int r;

	writer->seal = 0;
	randombytes_buf(writer->key, sizeof(writer->key));
	if (crypto_box_seal(writer->sealed, writer->key, sizeof(writer->key), public) != 0)
		return STORE_CORRUPT;
	r = store_exec(tx, GATE_Q_SEAL_INSERT,
	    STORE_ARGS(store_i64(generation), store_blob(writer->sealed, sizeof(writer->sealed))),
	    NULL);
	if (r != 0)
		return r;
	writer->seal = store_last_id(tx);
	keys->writer_made_s = boot_seconds();
	return 0;
}

/* The data key to seal with. The one in memory serves while its row stands as it was written: the
 * transaction that wrote it may have been rolled back, and the vault may have been wiped. */
static int writer_ready(struct gate *gate, struct store_tx *tx, struct vault_keys *keys)
{
	uint8_t public[crypto_box_PUBLICKEYBYTES];
	struct store_rows *rows = NULL;
	const void *sealed;
	bool serves = false;
	int64_t generation;
	size_t len;
	int r = store_one(tx, GATE_Q_VAULT_WRITER, STORE_ARGS(store_i64(keys->writer.seal)), &rows);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? VAULT_NO_STAFF : r;
	generation = store_get_i64(rows, 0);
	r = store_get_fixed(rows, 1, public, sizeof(public));
	if (r == 0 && keys->writer.seal != 0 && !store_is_null(rows, 2)) {
		sealed = store_get_blob(rows, 2, &len);
		serves = len == VAULT_SEALED && memcmp(sealed, keys->writer.sealed, len) == 0;
	}
	store_done(rows);
	if (r != 0)
		return r;
	if (!vault_is_open(gate) && boot_seconds() - keys->writer_made_s > VAULT_WRITER_S)
		serves = false;
	return serves ? 0 : make_writer(tx, keys, generation, public);
}

int vault_seal(struct gate *gate, struct store_tx *tx, const struct vault_place *place,
    const void *bytes, size_t len, int64_t *ret_seal, uint8_t *ret_blob)
{
	struct vault_keys *keys = vault_keys(gate);
	uint8_t aad[AAD_MAX];
	size_t aad_len = place_bytes(place, aad);
	unsigned long long sealed;
	int r;

	if (aad_len == 0)
		return STORE_MISUSE;
	if (keys == NULL)
		return STORE_NO_MEMORY;
	r = writer_ready(gate, tx, keys);
	if (r != 0)
		return r;
	*ret_seal = keys->writer.seal;
	if (gate->options.unsealed) {
		memset(ret_blob, 0, VAULT_OVERHEAD);
		memcpy(ret_blob + VAULT_OVERHEAD, bytes, len);
		return 0;
	}
	randombytes_buf(ret_blob, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    ret_blob + NONCE, &sealed, bytes, len, aad, aad_len, NULL, ret_blob, keys->writer.key);
	return 0;
}

/* Opens a data key of the store into the cache. */
int vault_data_of(
    struct gate *gate, struct store_tx *tx, int64_t seal, struct vault_data **ret_data)
{
	struct vault_keys *keys = gate->vault.keys;
	uint8_t public[crypto_box_PUBLICKEYBYTES], sealed[VAULT_SEALED];
	const struct vault_generation *generation = NULL;
	struct vault_data *data = NULL;
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_SEAL_GET, STORE_ARGS(store_i64(seal)), &rows);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? VAULT_BAD : r;
	r = store_get_fixed(rows, 1, public, sizeof(public));
	if (r == 0)
		r = store_get_fixed(rows, 2, sealed, sizeof(sealed));
	if (r == 0)
		generation = vault_held(gate, store_get_i64(rows, 0), public);
	store_done(rows);
	if (r != 0)
		return VAULT_BAD;
	if (generation == NULL)
		return VAULT_LOCKED;
	for (size_t i = 0; i < VAULT_CACHE && data == NULL; i++)
		if (keys->cache[i].seal == seal)
			data = &keys->cache[i];
	if (data == NULL)
		data = &keys->cache[keys->next_data++ % VAULT_CACHE];
	data->seal = 0;
	if (crypto_box_seal_open(
		data->key, sealed, sizeof(sealed), generation->public, generation->secret) != 0)
		return VAULT_BAD;
	memcpy(data->sealed, sealed, sizeof(sealed));
	data->seal = seal;
	*ret_data = data;
	return 0;
}

static int open_with(const struct vault_data *data, const uint8_t *aad, size_t aad_len,
    const uint8_t *blob, size_t len, uint8_t *ret_bytes)
{
	unsigned long long opened;

	if (crypto_aead_xchacha20poly1305_ietf_decrypt(ret_bytes, &opened, NULL, blob + NONCE,
		len - NONCE, aad, aad_len, blob, data->key) == 0)
		return 0;
	sodium_memzero(ret_bytes, len - VAULT_OVERHEAD);
	return VAULT_BAD;
}

int vault_unseal(struct gate *gate, struct store_tx *tx, const struct vault_place *place,
    int64_t seal, const void *blob, size_t len, uint8_t *ret_bytes)
{
	const struct vault_keys *keys = gate->vault.keys;
	struct vault_data *data = NULL;
	uint8_t aad[AAD_MAX];
	size_t aad_len = place_bytes(place, aad);
	int r;

	if (!vault_is_open(gate) || keys == NULL)
		return VAULT_LOCKED;
	if (aad_len == 0 || len < VAULT_OVERHEAD)
		return VAULT_BAD;
	if (gate->options.unsealed) {
		memcpy(ret_bytes, (const uint8_t *)blob + VAULT_OVERHEAD, len - VAULT_OVERHEAD);
		return 0;
	}
	for (size_t i = 0; i < VAULT_CACHE; i++)
		if (seal != 0 && keys->cache[i].seal == seal &&
		    open_with(&keys->cache[i], aad, aad_len, blob, len, ret_bytes) == 0)
			return 0;
	/* Not held; or a number given anew after a transaction that was rolled back. */
	r = vault_data_of(gate, tx, seal, &data);
	return r != 0 ? r : open_with(data, aad, aad_len, blob, len, ret_bytes);
}

int vault_seal_detail(const struct gate *gate, const void *bytes, size_t len, uint8_t *ret_blob)
{
	if (!gate->vault.has_details_key ||
	    crypto_box_seal(ret_blob, bytes, len, gate->vault.details_key) != 0)
		return VAULT_NO_STAFF;
	return 0;
}

/* One generation that is wrapped for the officer. Another officer's key pair, or damage: it stays
 * closed. */
static int take_generation(struct gate *gate, struct store_rows *rows,
    const uint8_t public[static OFFICER_PUBLIC], const uint8_t secret[static OFFICER_SECRET])
{
	struct vault_generation generation = {.number = store_get_i64(rows, 0)};
	uint8_t derived[crypto_box_PUBLICKEYBYTES], wrapped[VAULT_WRAPPED];
	struct vault_keys *keys = vault_keys(gate);
	int r = keys == NULL
		    ? STORE_NO_MEMORY
		    : store_get_fixed(rows, 1, generation.public, sizeof(generation.public));

	if (r == 0)
		r = store_get_fixed(rows, 3, wrapped, sizeof(wrapped));
	if (r == 0)
		r = crypto_box_seal_open(
			generation.secret, wrapped, sizeof(wrapped), public, secret) == 0 &&
			    crypto_scalarmult_base(derived, generation.secret) == 0 &&
			    memcmp(derived, generation.public, sizeof(derived)) == 0
			? 0
			: VAULT_LOCKED;
	if (r == 0)
		vault_hold(keys, &generation);
	sodium_memzero(&generation, sizeof(generation));
	return r;
}

/* *ret_newest: whether the newest was among them. */
static int take_generations(struct gate *gate, const char *officer,
    const uint8_t public[static OFFICER_PUBLIC], const uint8_t secret[static OFFICER_SECRET],
    bool *ret_newest)
{
	uint8_t newest_public[crypto_box_PUBLICKEYBYTES];
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int64_t newest = 0;
	unsigned n = 0;
	int r = store_read_begin(gate->store, &tx);

	*ret_newest = false;
	if (r == 0)
		r = vault_newest(tx, &newest, newest_public);
	if (r == STORE_ROW)
		r = store_query(tx, GATE_Q_VAULT_WRAPS_OF, STORE_ARGS(store_text(officer)), &rows);
	while (r == 0 && n++ < VAULT_GENERATIONS && (r = store_next(rows)) == STORE_ROW) {
		bool is_newest = store_get_i64(rows, 0) == newest;

		r = take_generation(gate, rows, public, secret);
		if (r == 0 && is_newest)
			*ret_newest = true;
		if (r == VAULT_LOCKED || r == STORE_CORRUPT)
			r = 0;
	}
	store_done(rows);
	store_read_end(tx);
	return r == STORE_NOT_FOUND ? 0 : r;
}

static int gather_body(struct store_tx *tx, void *context)
{
	return vault_gather(context, tx);
}

int vault_open(struct gate *gate, const char *officer, const uint8_t public[static OFFICER_PUBLIC],
    const uint8_t secret[static OFFICER_SECRET])
{
	bool newest = false;
	int r = gate->store == NULL ? STORE_CLOSED
				    : take_generations(gate, officer, public, secret, &newest);

	if (r == 0 && !newest)
		r = VAULT_LOCKED;
	if (r != 0) {
		if (gate->vault.shifts == 0)
			vault_drop(gate);
		return r;
	}
	gate->vault.shifts++;
	/* Of use to other officers; a disk that is full keeps nobody from signing in. */
	(void)!store_write(gate->store, gather_body, gate);
	return 0;
}

void vault_close(struct gate *gate)
{
	if (gate->vault.shifts > 0 && --gate->vault.shifts == 0)
		vault_drop(gate);
}

void vault_drop(struct gate *gate)
{
	gate->vault.shifts = 0;
	gate->vault.round++;
	sodium_free(gate->vault.keys);
	gate->vault.keys = NULL;
}

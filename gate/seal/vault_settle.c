/* For whom the vault is wrapped: the end of gate/seal/vault.h. */
#include <stdlib.h>
#include <string.h>

#include "badges/commit.h"
#include "gate/gate.h"
#include "gate/journal/journal.h"
#include "gate/seal/vault_private.h"
#include "schema/gate_db.h"

/* One wrap as the store has it. */
struct wrap {
	int64_t generation;
	char officer[STAFF_NAME_MAX + 1];
	uint8_t public[OFFICER_PUBLIC];
	bool stands; /* the staff object has this officer with this key */
};

struct settling {
	struct gate *gate;
	struct wrap *wraps;
	size_t n, room;
	int64_t newest; /* 0: none yet */
	bool gone;	/* somebody is no longer on the list, or has another PIN */
	bool missing;	/* somebody on it can't open the newest */
};

static int read_wraps(struct store_tx *tx, struct settling *settling)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, GATE_Q_VAULT_WRAPS, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		const char *officer = store_get_text(rows, 1);
		struct wrap *wrap;

		r = 0;
		if (settling->n == settling->room) {
			size_t room = settling->room == 0 ? 64 : 2 * settling->room;
			struct wrap *more = reallocarray(settling->wraps, room, sizeof(*more));

			if (more == NULL) {
				r = STORE_NO_MEMORY;
				break;
			}
			settling->wraps = more;
			settling->room = room;
		}
		wrap = &settling->wraps[settling->n++];
		*wrap = (struct wrap){.generation = store_get_i64(rows, 0)};
		if (strlen(officer) > STAFF_NAME_MAX)
			r = STORE_CORRUPT;
		else
			memcpy(wrap->officer, officer, strlen(officer) + 1);
		if (r == 0)
			r = store_get_fixed(rows, 2, wrap->public, sizeof(wrap->public));
	}
	store_done(rows);
	return r;
}

/* Whether an officer can open a generation; every wrap of theirs is marked as it stands. */
static bool has_newest(struct settling *settling, const struct staff_officer *officer)
{
	bool has = false;

	for (size_t i = 0; i < settling->n; i++) {
		struct wrap *wrap = &settling->wraps[i];

		if (strcmp(wrap->officer, officer->name) != 0 ||
		    memcmp(wrap->public, officer->public, sizeof(wrap->public)) != 0)
			continue;
		wrap->stands = true;
		has = has || wrap->generation == settling->newest;
	}
	return has;
}

static void compare(struct settling *settling, struct staff staff)
{
	struct staff_officer officer;

	while (staff_next(&staff, &officer))
		if (!has_newest(settling, &officer))
			settling->missing = true;
	for (size_t i = 0; i < settling->n; i++)
		if (!settling->wraps[i].stands)
			settling->gone = true;
}

static int remove_gone(struct store_tx *tx, const struct settling *settling)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < settling->n; i++)
		if (!settling->wraps[i].stands)
			r = store_exec(tx, GATE_Q_VAULT_WRAP_REMOVE,
			    STORE_ARGS(store_i64(settling->wraps[i].generation),
				store_text(settling->wraps[i].officer)),
			    NULL);
	return r;
}

/* Wraps one generation for everybody on the list. */
static int wrap_for_all(
    struct store_tx *tx, const struct vault_generation *generation, struct staff staff)
{
	struct staff_officer officer;
	uint8_t wrapped[VAULT_WRAPPED];
	int r = 0;

	while (r == 0 && staff_next(&staff, &officer)) {
		if (crypto_box_seal(wrapped, generation->secret, sizeof(generation->secret),
			officer.public) != 0)
			return STORE_CORRUPT;
		r = store_exec(tx, GATE_Q_VAULT_WRAP_PUT,
		    STORE_ARGS(store_i64(generation->number), store_text(officer.name),
			store_blob(officer.public, sizeof(officer.public)),
			store_blob(wrapped, sizeof(wrapped))),
		    NULL);
	}
	return r;
}

static int begin_generation(
    struct gate *gate, struct store_tx *tx, int64_t number, const struct staff *staff)
{
	struct vault_generation generation = {.number = number};
	int r;

	crypto_box_keypair(generation.public, generation.secret);
	r = store_exec(tx, GATE_Q_VAULT_INSERT,
	    STORE_ARGS(store_i64(number), store_blob(generation.public, sizeof(generation.public))),
	    NULL);
	if (r == 0)
		r = wrap_for_all(tx, &generation, *staff);
	/* Who is signed in goes on reading what comes from now on. */
	if (r == 0 && vault_is_open(gate) && gate->vault.keys != NULL)
		vault_hold(gate->vault.keys, &generation);
	sodium_memzero(&generation, sizeof(generation));
	return r;
}

int vault_collect(struct store_tx *tx)
{
	return store_exec(tx, GATE_Q_SEAL_COLLECT, STORE_NO_ARGS, NULL);
}

int vault_gather(struct gate *gate, struct store_tx *tx)
{
	uint8_t newest_public[crypto_box_PUBLICKEYBYTES], sealed[VAULT_SEALED];
	struct store_rows *rows = NULL;
	struct vault_data *data = NULL;
	int64_t newest = 0, seal = 0;
	int r = vault_newest(tx, &newest, newest_public);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? 0 : r;
	r = vault_collect(tx);
	if (r != 0)
		return r;
	for (;;) {
		r = store_one(tx, GATE_Q_SEAL_OLDER, STORE_ARGS(store_i64(seal)), &rows);
		if (r != STORE_ROW)
			break;
		seal = store_get_i64(rows, 0);
		store_done(rows);
		rows = NULL;
		r = vault_data_of(gate, tx, seal, &data);
		if (r == VAULT_LOCKED || r == VAULT_BAD)
			continue;
		if (r == 0 &&
		    crypto_box_seal(sealed, data->key, sizeof(data->key), newest_public) != 0)
			r = STORE_CORRUPT;
		if (r == 0)
			r = store_exec(tx, GATE_Q_SEAL_SET,
			    STORE_ARGS(store_i64(seal), store_i64(newest),
				store_blob(sealed, sizeof(sealed))),
			    NULL);
		if (r != 0)
			return r;
	}
	if (r == STORE_NOT_FOUND)
		r = store_exec(tx, GATE_Q_VAULT_PRUNE_WRAPS, STORE_NO_ARGS, NULL);
	return r == 0 ? store_exec(tx, GATE_Q_VAULT_PRUNE, STORE_NO_ARGS, NULL) : r;
}

/* What was recorded before the registrar's details key was known. */
static int seal_details(struct store_tx *tx, const struct staff *staff)
{
	uint8_t plain[COMMIT_SALT + JOURNAL_DETAIL_MAX],
	    sealed[sizeof(plain) + VAULT_DETAIL_OVERHEAD];
	struct store_rows *rows = NULL;
	int r;

	while ((r = store_one(tx, GATE_Q_DETAIL_CLEAR, STORE_NO_ARGS, &rows)) == STORE_ROW) {
		int64_t epoch = store_get_i64(rows, 0), seq = store_get_i64(rows, 1);
		const char *detail = store_get_text(rows, 3);
		size_t len = strlen(detail);

		r = len > JOURNAL_DETAIL_MAX ? STORE_CORRUPT
					     : store_get_fixed(rows, 2, plain, COMMIT_SALT);
		if (r == 0)
			memcpy(plain + COMMIT_SALT, detail, len);
		store_done(rows);
		rows = NULL;
		if (r == 0 &&
		    crypto_box_seal(sealed, plain, COMMIT_SALT + len, staff->details_key) != 0)
			r = STORE_CORRUPT;
		if (r == 0)
			r = store_exec(tx, GATE_Q_DETAIL_SEAL,
			    STORE_ARGS(store_i64(epoch), store_i64(seq),
				store_blob(sealed, COMMIT_SALT + len + VAULT_DETAIL_OVERHEAD)),
			    NULL);
		if (r != 0)
			break;
	}
	sodium_memzero(plain, sizeof(plain));
	return r == STORE_NOT_FOUND ? 0 : r;
}

/* Who is new can't open what was sealed before: it is fetched and sealed again. */
static int fetch_anew(struct store_tx *tx)
{
	int r = store_exec(tx, GATE_Q_VAULT_FETCH_ROSTERS, STORE_NO_ARGS, NULL);

	return r == 0 ? gate_meta_set(tx, "revoked_fetch", store_i64(1)) : r;
}

static int change_vault(struct store_tx *tx, struct settling *settling, const struct staff *staff,
    const uint8_t public[static crypto_box_PUBLICKEYBYTES])
{
	struct gate *gate = settling->gate;
	const struct vault_generation *held =
	    vault_is_open(gate) ? vault_held(gate, settling->newest, public) : NULL;
	int r = remove_gone(tx, settling);

	if (r == 0 && held != NULL && !settling->gone)
		return wrap_for_all(tx, held, *staff);
	if (r == 0)
		r = begin_generation(gate, tx, settling->newest + 1, staff);
	if (r != 0)
		return r;
	if (held != NULL)
		return vault_gather(gate, tx);
	return settling->missing ? fetch_anew(tx) : 0;
}

int vault_settle(struct gate *gate, struct store_tx *tx, const struct staff *staff)
{
	struct settling settling = {.gate = gate};
	uint8_t public[crypto_box_PUBLICKEYBYTES] = {0};
	int r = vault_newest(tx, &settling.newest, public);

	if (r == STORE_NOT_FOUND || r == STORE_ROW)
		r = read_wraps(tx, &settling);
	if (r == 0)
		compare(&settling, *staff);
	if (r == 0 && (settling.newest == 0 || settling.gone || settling.missing))
		r = change_vault(tx, &settling, staff, public);
	if (r == 0)
		r = gate_meta_set(
		    tx, "details_key", store_blob(staff->details_key, STAFF_DETAILS_KEY));
	if (r == 0 && !gate->options.unsealed)
		r = seal_details(tx, staff);
	free(settling.wraps);
	return r;
}

int vault_load(struct gate *gate, struct store_tx *tx)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text("details_key")), &rows);

	gate->vault.has_details_key = false;
	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? 0 : r;
	r = store_get_fixed(rows, 0, gate->vault.details_key, STAFF_DETAILS_KEY);
	store_done(rows);
	gate->vault.has_details_key = r == 0;
	return r;
}

#include "gate/seal/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "gate/conference.h"
#include "gate/gate.h"
#include "gate/sync/sync.h"
#include "schema/gate_db.h"

enum {
	KEY_MAX = 40,
	NUMBERS_MAX = 16, /* integers of a row */
	DIGEST_SIZE = 32, /* the rows' sum, and the hash of what is always made anew */
	LISTS_MAX = 256,
};

/* The tables that are hashed: the first letter keeps their rows apart. */
struct table {
	char letter;
	unsigned first, numbers; /* columns of integers */
	int text;		 /* a column, or -1 */
	bool has_pass;		 /* in column 0 */
};
static const struct table roster = {'r', 1, 3, 4, true};
static const struct table conference = {'c', 0, 16, -1, false};
static const struct table revocation = {'v', 1, 1, -1, true};
static const struct table restriction = {'x', 1, 7, 8, true};

static void key_of(digest_list list, char key[static KEY_MAX])
{
	if (list == 0)
		(void)snprintf(key, KEY_MAX, "digest_revoked");
	else
		(void)snprintf(key, KEY_MAX, "digest_roster:%" PRIu32, list);
}

static void hash_row(
    const struct table *table, struct store_rows *rows, uint8_t ret_hash[static 16])
{
	uint8_t numbers[NUMBERS_MAX * 8];
	crypto_generichash_state state;
	const char *text = "";
	const void *pass = "";
	size_t len = 0;

	if (table->has_pass)
		pass = store_get_blob(rows, 0, &len);
	if (table->text >= 0)
		text = store_get_text(rows, (unsigned)table->text);
	for (unsigned i = 0; i < table->numbers; i++)
		bytes_put_u64(
		    numbers + (size_t)i * 8, (uint64_t)store_get_i64(rows, table->first + i));
	crypto_generichash_init(&state, NULL, 0, 16);
	crypto_generichash_update(&state, (const uint8_t *)&table->letter, 1);
	crypto_generichash_update(&state, (const uint8_t[]){(uint8_t)len}, 1);
	crypto_generichash_update(&state, pass, len);
	crypto_generichash_update(&state, numbers, (size_t)table->numbers * 8);
	crypto_generichash_update(&state, (const uint8_t *)text, strlen(text));
	crypto_generichash_final(&state, ret_hash, 16);
}

static void count(struct digest *digest, const uint8_t hash[static 16], bool add)
{
	for (size_t i = 0; i < 2; i++) {
		uint64_t part = bytes_get_u64(hash + i * 8);

		digest->sum[i] += add ? part : 0 - part;
	}
}

static int sum(struct store_tx *tx, const struct table *table, unsigned query,
    const struct store_value *args, size_t n_args, bool add, struct digest *digest)
{
	struct store_rows *rows = NULL;
	uint8_t hash[16];
	int r = store_query(tx, query, args, n_args, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		hash_row(table, rows, hash);
		count(digest, hash, add);
		r = 0;
	}
	store_done(rows);
	return r;
}

static int one_row(struct store_tx *tx, digest_list list, const uint8_t pass[static 16], bool add,
    struct digest *digest)
{
	if (list == 0)
		return sum(tx, &revocation, GATE_Q_DIGEST_REVOCATION_ROW,
		    STORE_ARGS(store_blob(pass, 16)), add, digest);
	return sum(tx, &roster, GATE_Q_DIGEST_ROSTER_ROW,
	    STORE_ARGS(store_i64(list), store_blob(pass, 16)), add, digest);
}

int digest_add(
    struct store_tx *tx, digest_list list, const uint8_t pass[static 16], struct digest *digest)
{
	return one_row(tx, list, pass, true, digest);
}

int digest_take(
    struct store_tx *tx, digest_list list, const uint8_t pass[static 16], struct digest *digest)
{
	return one_row(tx, list, pass, false, digest);
}

int digest_rows(struct store_tx *tx, digest_list list, struct digest *ret_digest)
{
	struct digest digest = {{0}};
	int r = list == 0 ? sum(tx, &revocation, GATE_Q_DIGEST_REVOCATION_ROWS, STORE_NO_ARGS, true,
				&digest)
			  : sum(tx, &roster, GATE_Q_DIGEST_ROSTER_ROWS, STORE_ARGS(store_i64(list)),
				true, &digest);

	if (r == 0)
		*ret_digest = digest;
	return r;
}

/* What an object always writes whole: the conference's record, or the restrictions. */
static int rest(struct store_tx *tx, digest_list list, struct digest *ret_digest)
{
	*ret_digest = (struct digest){{0}};
	return list == 0 ? sum(tx, &restriction, GATE_Q_DIGEST_RESTRICTION_ROWS, STORE_NO_ARGS,
			       true, ret_digest)
			 : sum(tx, &conference, GATE_Q_DIGEST_CONFERENCE,
			       STORE_ARGS(store_i64(list)), true, ret_digest);
}

static void pack(
    const struct digest *rows, const struct digest *rest, uint8_t ret[static DIGEST_SIZE])
{
	bytes_put_u64(ret, rows->sum[0]);
	bytes_put_u64(ret + 8, rows->sum[1]);
	bytes_put_u64(ret + 16, rest->sum[0]);
	bytes_put_u64(ret + 24, rest->sum[1]);
}

int digest_keep(struct store_tx *tx, digest_list list, const struct digest *digest)
{
	uint8_t bytes[DIGEST_SIZE];
	struct digest other;
	char key[KEY_MAX];
	int r = rest(tx, list, &other);

	if (r != 0)
		return r;
	key_of(list, key);
	pack(digest, &other, bytes);
	return gate_meta_set(tx, key, store_blob(bytes, sizeof(bytes)));
}

static int load(struct store_tx *tx, digest_list list, uint8_t ret_bytes[static DIGEST_SIZE])
{
	struct store_rows *rows = NULL;
	char key[KEY_MAX];
	int r;

	key_of(list, key);
	r = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text(key)), &rows);
	if (r == STORE_ROW)
		r = store_get_fixed(rows, 0, ret_bytes, DIGEST_SIZE);
	store_done(rows);
	return r;
}

int digest_load(struct store_tx *tx, digest_list list, struct digest *ret_digest)
{
	uint8_t bytes[DIGEST_SIZE];
	int r = load(tx, list, bytes);

	if (r == 0)
		*ret_digest = (struct digest){{bytes_get_u64(bytes), bytes_get_u64(bytes + 8)}};
	return r;
}

int digest_forget(struct store_tx *tx, digest_list list)
{
	char key[KEY_MAX];

	key_of(list, key);
	return store_exec(tx, GATE_Q_META_DELETE, STORE_ARGS(store_text(key)), NULL);
}

int digest_holds(struct store_tx *tx, digest_list list, bool *ret_holds)
{
	uint8_t kept[DIGEST_SIZE], found[DIGEST_SIZE];
	struct digest rows, other;
	int r = load(tx, list, kept);

	if (r == STORE_NOT_FOUND) {
		*ret_holds = true;
		return 0;
	}
	if (r == 0)
		r = digest_rows(tx, list, &rows);
	if (r == 0)
		r = rest(tx, list, &other);
	if (r != 0)
		return r;
	pack(&rows, &other, found);
	*ret_holds = memcmp(kept, found, sizeof(kept)) == 0;
	return 0;
}

struct look {
	digest_list lists[LISTS_MAX];
	unsigned n, damaged;
};

/* The lists that are damaged. */
static int find(struct store_tx *tx, struct look *look)
{
	struct store_rows *rows = NULL;
	unsigned n = 1;
	int r = store_query(tx, GATE_Q_DIGEST_KEPT, STORE_NO_ARGS, &rows);

	look->lists[0] = 0;
	while (r == 0 && n < LISTS_MAX && (r = store_next(rows)) == STORE_ROW) {
		look->lists[n++] = (digest_list)store_get_i64(rows, 0);
		r = 0;
	}
	store_done(rows);
	for (unsigned i = 0; r == 0 && i < n; i++) {
		bool holds = true;

		r = digest_holds(tx, look->lists[i], &holds);
		if (r == 0 && !holds)
			look->lists[look->damaged++] = look->lists[i];
	}
	return r;
}

static int mark_body(struct store_tx *tx, void *context)
{
	const struct look *look = context;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < look->damaged; i++) {
		digest_list list = look->lists[i];

		if (list != 0) {
			r = store_exec(
			    tx, GATE_Q_DIGEST_DAMAGED_ROSTER, STORE_ARGS(store_i64(list)), NULL);
			continue;
		}
		r = gate_meta_set(tx, "revoked_fetch", store_i64(1));
		if (r == 0)
			r = gate_meta_set(tx, "revoked_checked", store_i64(0));
	}
	return r;
}

static void note(struct gate *gate, const struct look *look)
{
	struct journal_record record = {.decision = ENTRY_SYNC, .reason = "list-damaged"};
	char detail[96];

	for (unsigned i = 0; i < look->damaged; i++) {
		(void)snprintf(detail, sizeof(detail),
		    "{\"list\":\"%s\",\"conference\":%" PRIu32 "}",
		    look->lists[i] == 0 ? "revoked" : "roster", look->lists[i]);
		record.detail = detail;
		record.detail_len = strlen(detail);
		/* It is fetched anew, also where that can't be recorded. */
		(void)!journal_note(gate, &record, NULL);
	}
}

int digest_look(struct gate *gate, unsigned *ret_damaged)
{
	struct look look = {.damaged = 0};
	struct store_tx *tx = NULL;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_read_begin(gate->store, &tx);
	if (r == 0)
		r = find(tx, &look);
	store_read_end(tx);
	if (r == 0 && look.damaged > 0)
		r = store_write(gate->store, mark_body, &look);
	if (r == 0 && look.damaged > 0) {
		gate->lists_damaged = true;
		if (gate->sync != NULL)
			sync_poke(gate->sync, SYNC_DOWN);
	}
	gate_unlock(gate);
	if (r != 0)
		return r;
	note(gate, &look);
	*ret_damaged = look.damaged;
	return 0;
}

#include "gate/desk/pairing.h"

#include <stdio.h>
#include <string.h>

#include "schema/gate_db.h"

struct change {
	const uint8_t *hash;
	const char *name, *officer;
	int64_t id;
};

static int64_t oldest(int64_t now)
{
	return now - PAIRING_SECONDS;
}

static void say(struct journal_record *record, const char *reason, const char *officer)
{
	record->decision = ENTRY_BOOT;
	snprintf(record->reason, sizeof(record->reason), "%s", reason);
	snprintf(record->staff, sizeof(record->staff), "%s", officer);
}

static int check_room(struct store_tx *tx, int64_t now)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_PAIRING_COUNT, STORE_ARGS(store_i64(oldest(now))), &rows);

	if (r == STORE_ROW)
		r = store_get_i64(rows, 0) < PAIRING_MAX ? 0 : PAIRING_FULL;
	store_done(rows);
	return r;
}

static int make_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct change *change = context;
	int64_t now_s = now->time_ms / 1000;
	int r = check_room(tx, now_s);

	(void)gate;
	if (r == 0)
		r = store_exec(tx, GATE_Q_PAIRING_INSERT,
		    STORE_ARGS(store_blob(change->hash, PAIRING_HASH), store_text(change->name),
			store_i64(now_s), store_text(change->officer)),
		    NULL);
	change->id = store_last_id(tx);
	say(record, "paired", change->officer);
	return r;
}

int pairing_make(struct gate *gate, const uint8_t hash[static PAIRING_HASH], const char *name,
    const char *officer, int64_t *ret_id)
{
	struct change change = {.hash = hash, .name = name, .officer = officer};
	int r = journal_write(gate, make_body, &change, NULL);

	if (r == 0)
		*ret_id = change.id;
	return r;
}

static int revoke_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct change *change = context;
	int64_t changed = 0;
	int r = store_exec(tx, GATE_Q_PAIRING_REVOKE,
	    STORE_ARGS(store_i64(change->id), store_i64(now->time_ms / 1000)), &changed);

	(void)gate;
	say(record, "unpaired", change->officer);
	return r == 0 && changed == 0 ? PAIRING_NONE : r;
}

int pairing_revoke(struct gate *gate, int64_t id, const char *officer)
{
	struct change change = {.id = id, .officer = officer};

	return journal_write(gate, revoke_body, &change, NULL);
}

static int find(struct store_tx *tx, const uint8_t *hash, int64_t now, struct pairing *pairing)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_PAIRING_FIND,
	    STORE_ARGS(store_blob(hash, PAIRING_HASH), store_i64(oldest(now))), &rows);

	if (r == STORE_ROW) {
		memset(pairing, 0, sizeof(*pairing));
		pairing->id = store_get_i64(rows, 0);
		r = store_copy_text(pairing->name, sizeof(pairing->name), store_get_text(rows, 1));
		pairing->seen = store_get_i64(rows, 2);
	} else if (r == STORE_NOT_FOUND) {
		r = PAIRING_NONE;
	}
	store_done(rows);
	return r;
}

struct seen {
	int64_t id, now;
};

static int write_seen(struct store_tx *tx, void *context)
{
	const struct seen *seen = context;

	return store_exec(
	    tx, GATE_Q_PAIRING_SEEN, STORE_ARGS(store_i64(seen->id), store_i64(seen->now)), NULL);
}

/* The lock is held. */
static int find_now(struct gate *gate, const uint8_t *hash, struct pairing *pairing)
{
	struct clock_reading now;
	struct store_tx *tx = NULL;
	struct seen seen;
	int r;

	if (gate->store == NULL || clock_read(&gate->clock, &now) != 0)
		return STORE_CLOSED;
	seen.now = now.time_ms / 1000;
	r = store_read_begin(gate->store, &tx);
	if (r == 0)
		r = find(tx, hash, seen.now, pairing);
	store_read_end(tx);
	if (r != 0 ||
	    (seen.now >= pairing->seen && seen.now - pairing->seen < PAIRING_SEEN_SECONDS))
		return r;
	seen.id = pairing->id;
	/* Where the disk is full a device may still look. */
	if (store_write(gate->store, write_seen, &seen) == 0)
		pairing->seen = seen.now;
	return 0;
}

int pairing_find(
    struct gate *gate, const uint8_t hash[static PAIRING_HASH], struct pairing *ret_pairing)
{
	int r;

	gate_lock(gate);
	r = find_now(gate, hash, ret_pairing);
	gate_unlock(gate);
	return r;
}

static int fill(struct store_rows *rows, struct pairing *pairing)
{
	memset(pairing, 0, sizeof(*pairing));
	pairing->id = store_get_i64(rows, 0);
	pairing->made = store_get_i64(rows, 2);
	pairing->seen = store_get_i64(rows, 4);
	if (store_copy_text(pairing->name, sizeof(pairing->name), store_get_text(rows, 1)) != 0)
		return STORE_CORRUPT;
	return store_copy_text(pairing->by, sizeof(pairing->by), store_get_text(rows, 3));
}

static int list(struct store_tx *tx, int64_t now, struct pairing *list, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r = store_query(tx, GATE_Q_PAIRING_LIST, STORE_ARGS(store_i64(oldest(now))), &rows);

	while (r == 0 && n < PAIRING_MAX && (r = store_next(rows)) == STORE_ROW)
		r = fill(rows, &list[n++]);
	store_done(rows);
	if (r == 0)
		*ret_n = n;
	return r;
}

int pairing_list(struct gate *gate, struct pairing ret_list[static PAIRING_MAX], size_t *ret_n)
{
	struct clock_reading now;
	struct store_tx *tx = NULL;
	int r = gate_look_now(gate, &now, &tx);

	if (r != 0)
		return r;
	r = list(tx, now.time_ms / 1000, ret_list, ret_n);
	gate_look_end(gate, tx);
	return r;
}

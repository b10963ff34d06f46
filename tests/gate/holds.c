#include "tests/gate/holds.h"

#include <stdio.h>
#include <string.h>

#include "badges/entry.h"
#include "gate/journal/ledger.h"
#include "schema/gate_db.h"
#include "tests/gate/world.h"

static int count_damage(void *context, const struct ledger_finding *finding)
{
	uint64_t *corrupt = context;

	if (finding->damage[0] != '\0') {
		fprintf(stderr, "# %s: %s\n", finding->origin, finding->damage);
		++*corrupt;
	}
	return 0;
}

static bool has_item(struct store_tx *tx, uint64_t epoch, const struct holds_item *item)
{
	struct store_rows *rows = NULL;
	struct entry entry;
	const char *text;
	size_t len;
	bool good = false;

	if (store_one(tx, GATE_Q_ENTRY_GET,
		STORE_ARGS(store_i64((int64_t)epoch), store_i64((int64_t)item->seq)),
		&rows) == STORE_ROW) {
		text = store_get_blob(rows, 0, &len);
		good = entry_parse(text, len, &entry) == 0 && entry.seq == item->seq &&
		       entry.has_pass == item->has_pass &&
		       (entry.decision == ENTRY_ADMIT) == item->admitted &&
		       (!item->has_pass || memcmp(entry.pass, item->pass, 16) == 0);
	}
	store_done(rows);
	return good;
}

/* Each admission is one pass inside, and the other way round. */
static bool presence_agrees(struct store_tx *tx, uint64_t epoch)
{
	struct store_rows *rows = NULL;
	struct entry entry;
	const char *text;
	size_t len;
	int64_t admitted = 0, inside = -1;

	if (store_query(tx, GATE_Q_ENTRY_RANGE,
		STORE_ARGS(store_i64((int64_t)epoch), store_i64(0), store_i64(1000000)),
		&rows) != 0)
		return false;
	while (store_next(rows) == STORE_ROW) {
		text = store_get_blob(rows, 1, &len);
		if (entry_parse(text, len, &entry) == 0 && entry.decision == ENTRY_ADMIT)
			admitted++;
	}
	store_done(rows);
	rows = NULL;
	if (store_one(tx, GATE_Q_PRESENCE_INSIDE, STORE_ARGS(store_i64(WORLD_HERE)), &rows) ==
	    STORE_ROW)
		inside = store_get_i64(rows, 0);
	store_done(rows);
	return admitted == inside;
}

static void look(struct gate *gate, uint64_t epoch, const struct holds_item *items, size_t n,
    uint64_t *lost, uint64_t *corrupt)
{
	struct store_tx *tx = NULL;

	if (store_read_begin(gate->store, &tx) != 0) {
		++*corrupt;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!has_item(tx, epoch, &items[i]))
			++*lost;
	if (!presence_agrees(tx, epoch))
		++*corrupt;
	store_read_end(tx);
}

void holds_check(const char *dir, const struct gate_options *options, uint64_t epoch,
    const struct holds_item *items, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	char why[GATE_WHY_MAX] = "";
	struct gate *gate = NULL;

	if (gate_open(dir, options, &gate, why, sizeof(why)) != 0) {
		fprintf(stderr, "# %s\n", why);
		++*ret_corrupt;
		*ret_lost += n;
		return;
	}
	if (gate->journal.epoch != epoch) {
		fprintf(stderr, "# another epoch was begun\n");
		++*ret_corrupt;
	}
	if (store_verify(gate->store, why, sizeof(why)) != 0 ||
	    ledger_verify(gate, count_damage, ret_corrupt) != 0)
		++*ret_corrupt;
	look(gate, epoch, items, n, ret_lost, ret_corrupt);
	gate_close(gate);
}

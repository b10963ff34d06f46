#include "gate/seal/forget.h"

#include "gate/seal/digest.h"
#include "gate/seal/photo.h"
#include "gate/salvage/repair.h"
#include "gate/seal/vault.h"
#include "schema/gate_db.h"

struct work {
	struct gate *gate;
	const struct forget_listed *listed;
	struct clock_reading now;
	bool trusted;
	uint32_t number; /* the next to forget; 0: none */
};

/* The same floor as a scan's, over all lists. */
int forget_trusts(
    struct gate *gate, struct store_tx *tx, const struct clock_reading *now, bool *ret_trusted)
{
	struct clock_floor floor = {.entry_ms = gate->journal.newest_ms};
	struct store_rows *rows = NULL;
	int64_t issued;
	int r = store_one(tx, GATE_Q_FORGET_NEWEST, STORE_NO_ARGS, &rows);

	if (r != STORE_ROW)
		return r;
	issued = store_get_i64(rows, 0);
	store_done(rows);
	if (gate->keys != NULL && gate->keys->head.issued > issued)
		issued = gate->keys->head.issued;
	floor.bundle_ms = issued * 1000;
	*ret_trusted = !clock_suspect(&gate->clock, now, &floor);
	return 0;
}

static bool is_listed(const struct forget_listed *listed, uint32_t number)
{
	for (size_t i = 0; i < listed->n; i++)
		if (listed->numbers[i] == number)
			return true;
	return false;
}

static bool is_over(const struct work *work, uint32_t number, int64_t doors, int64_t ends)
{
	int64_t now = work->now.time_ms / 1000;

	if (work->listed == NULL)
		return ends + FORGET_AFTER_END <= now;
	/* What the registrar gives out is not fetched and forgotten in turns. */
	return !is_listed(work->listed, number) &&
	       (ends <= now || now < doors - FORGET_BEFORE_DOORS);
}

static int find_over(struct store_tx *tx, struct work *work)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, GATE_Q_FORGET_CONFERENCES, STORE_NO_ARGS, &rows);

	work->number = 0;
	while (r == 0 && work->number == 0 && (r = store_next(rows)) == STORE_ROW) {
		uint32_t number = (uint32_t)store_get_i64(rows, 0);

		r = 0;
		if (is_over(work, number, store_get_i64(rows, 1), store_get_i64(rows, 2)))
			work->number = number;
	}
	store_done(rows);
	return r;
}

static int look(struct work *work)
{
	struct store_tx *tx = NULL;
	int r = store_read_begin(work->gate->store, &tx);

	work->number = 0;
	if (r == 0)
		r = forget_trusts(work->gate, tx, &work->now, &work->trusted);
	if (r == 0 && work->trusted)
		r = find_over(tx, work);
	store_read_end(tx);
	return r;
}

static int forget_body(struct store_tx *tx, void *context)
{
	const struct work *work = context;
	int r =
	    store_exec(tx, GATE_Q_LISTS_ROSTER_CLEAR, STORE_ARGS(store_i64(work->number)), NULL);

	if (r == 0)
		r = digest_forget(tx, work->number);
	if (r == 0)
		r = photo_unwant(tx, work->number, NULL);
	if (r == 0)
		r = photo_sweep(tx);
	if (r == 0)
		r = vault_collect(tx);
	return r != 0 ? r
		      : store_exec(tx, GATE_Q_FORGET_CONFERENCE,
			    STORE_ARGS(store_i64(work->number)), NULL);
}

int forget_rosters(struct gate *gate, const struct forget_listed *listed, unsigned *ret_forgotten)
{
	struct work work = {.gate = gate, .listed = listed};
	unsigned forgotten = 0;
	int r = 0;

	gate_lock(gate);
	if (gate->store == NULL)
		r = STORE_CLOSED;
	/* Without a time nothing is judged to be over; a clock that was just set is not one yet. */
	if (r == 0 && clock_read(&gate->clock, &work.now) == 0 &&
	    work.now.state != ENTRY_CLOCK_STEPPED)
		r = look(&work);
	while (r == 0 && work.number != 0) {
		r = store_write(gate->store, forget_body, &work);
		if (r == 0) {
			forgotten++;
			r = look(&work);
		}
	}
	/* The WAL still holds the rows as they were, and so does a store that was set aside. */
	if (r == 0 && forgotten > 0)
		r = store_checkpoint(gate->store);
	if (r == 0 && forgotten > 0 && repair_discard(gate) != 0)
		r = STORE_IO;
	gate_unlock(gate);
	if (r == 0)
		*ret_forgotten = forgotten;
	return r;
}

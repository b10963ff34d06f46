#include "gate/door/shift_log.h"

#include <stdio.h>
#include <string.h>

#include "schema/gate_db.h"

enum { BATCH = 256 };

/* ---- begin and end ---- */

struct change {
	const struct door *door;
	const char *officer, *reason;
	struct shift_log log;
};

static void say(struct journal_record *record, const struct change *change)
{
	record->decision = ENTRY_BOOT;
	snprintf(record->reason, sizeof(record->reason), "%s", change->reason);
	memcpy(record->event, change->door->slug, sizeof(change->door->slug));
	snprintf(record->staff, sizeof(record->staff), "%s", change->officer);
}

static int begin_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct change *change = context;
	struct shift_log *log = &change->log;
	int r;

	log->began_ms = now->time_ms;
	log->epoch = gate->journal.epoch;
	log->seq = record->seq;
	r = store_exec(tx, GATE_Q_SHIFT_INSERT,
	    STORE_ARGS(store_text(change->officer), store_i64(change->door->conference),
		store_i64(log->began_ms), store_i64((int64_t)log->epoch),
		store_i64((int64_t)log->seq)),
	    NULL);
	log->id = store_last_id(tx);
	say(record, change);
	return r == 0 ? conference_revision(tx, &record->rev) : r;
}

int shift_log_begin(
    const struct door *door, const char *officer, const char *reason, struct shift_log *ret_log)
{
	struct change change = {.door = door, .officer = officer, .reason = reason};
	int r = journal_write(door->gate, begin_body, &change, NULL);

	if (r == 0)
		*ret_log = change.log;
	return r;
}

static int end_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct change *change = context;
	int r = store_exec(tx, GATE_Q_SHIFT_CLOSE,
	    STORE_ARGS(store_i64(change->log.id), store_i64(now->time_ms)), NULL);

	(void)gate;
	say(record, change);
	return r == 0 ? conference_revision(tx, &record->rev) : r;
}

int shift_log_end(const struct door *door, const char *officer, const struct shift_log *log)
{
	struct change change = {
	    .door = door, .officer = officer, .reason = "shift-end", .log = *log};

	return journal_write(door->gate, end_body, &change, NULL);
}

struct act {
	int64_t shift;
	uint64_t epoch, seq;
};

static int act_body(struct store_tx *tx, void *context)
{
	const struct act *act = context;

	return store_exec(tx, GATE_Q_SHIFT_ACT_INSERT,
	    STORE_ARGS(store_i64(act->shift), store_i64((int64_t)act->epoch),
		store_i64((int64_t)act->seq)),
	    NULL);
}

int shift_log_act(struct gate *gate, int64_t shift, uint64_t epoch, uint64_t seq)
{
	struct act act = {shift, epoch, seq};
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_write(gate->store, act_body, &act);
	gate_unlock(gate);
	return r;
}

/* ---- the tally ---- */

struct counting {
	const struct door *door;
	const char *officer;
	int64_t shift;
	uint64_t epoch, seq; /* counted so far */
	struct shift_tally tally;
};

static bool is_referral(enum reason reason)
{
	return reason == REASON_NOT_ON_ROSTER || reason == REASON_ROSTER_STALE ||
	       reason == REASON_CLOCK_SUSPECT || reason == REASON_JOURNAL_UNAVAILABLE;
}

static void count_denial(struct shift_tally *tally, const char *token)
{
	enum reason reason;

	if (strcmp(token, "referred") == 0) {
		tally->asked++;
		return;
	}
	if (reason_find(token, &reason) != 0)
		return;
	if (is_referral(reason))
		tally->referred++;
	else
		tally->denied++;
	tally->by_reason[reason]++;
}

static void count(struct shift_tally *tally, const struct entry *entry)
{
	switch (entry->decision) {
	case ENTRY_ADMIT:
		tally->admitted++;
		break;
	case ENTRY_DENY:
		count_denial(tally, entry->reason);
		break;
	case ENTRY_OVERRIDE:
		tally->overrides++;
		break;
	case ENTRY_EXIT:
		tally->exits++;
		break;
	case ENTRY_VOID:
		tally->undone++;
		break;
	default:
		break;
	}
}

/* 1: the entry is one of this shift's; 0: not; or a store_result. */
static int is_ours(struct store_tx *tx, const struct counting *counting, const struct entry *entry)
{
	struct store_rows *rows = NULL;
	int r;

	if (strcmp(entry->event, counting->door->slug) != 0)
		return 0;
	if (strcmp(entry->staff, counting->officer) == 0)
		return 1;
	if (entry->decision != ENTRY_OVERRIDE)
		return 0;
	r = store_one(tx, GATE_Q_SHIFT_ACT_FIND,
	    STORE_ARGS(store_i64(counting->shift), store_i64((int64_t)counting->epoch),
		store_i64((int64_t)counting->seq)),
	    &rows);
	store_done(rows);
	return r == STORE_NOT_FOUND ? 0 : r;
}

static int count_row(struct store_tx *tx, struct store_rows *rows, struct counting *counting)
{
	struct entry entry;
	const void *text;
	size_t len;
	int r;

	counting->epoch = (uint64_t)store_get_i64(rows, 0);
	counting->seq = (uint64_t)store_get_i64(rows, 1);
	text = store_get_blob(rows, 2, &len);
	if (entry_parse(text, len, &entry) != 0)
		return STORE_CORRUPT;
	r = is_ours(tx, counting, &entry);
	if (r < 0)
		return r;
	if (r == 1)
		count(&counting->tally, &entry);
	return 0;
}

/* *ret_n: entries read; fewer than BATCH: there are no more. */
static int count_batch(struct store_tx *tx, struct counting *counting, unsigned *ret_n)
{
	struct store_rows *rows = NULL;
	unsigned n = 0;
	int r = store_query(tx, GATE_Q_SHIFT_ENTRIES,
	    STORE_ARGS(store_i64((int64_t)counting->epoch), store_i64((int64_t)counting->seq),
		store_i64(BATCH)),
	    &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		n++;
		r = count_row(tx, rows, counting);
	}
	store_done(rows);
	*ret_n = n;
	return r;
}

static int look(struct gate *gate, struct counting *counting, int64_t began_ms, unsigned *ret_n)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	struct clock_reading now;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL && clock_read(&gate->clock, &now) == 0)
		r = store_read_begin(gate->store, &tx);
	if (r == 0)
		r = count_batch(tx, counting, ret_n);
	if (r == 0 && *ret_n < BATCH) {
		counting->tally.now_ms = now.time_ms;
		r = store_one(tx, GATE_Q_SHIFT_CONFLICTS,
		    STORE_ARGS(store_i64(counting->door->conference), store_i64(began_ms)), &rows);
		if (r == STORE_ROW) {
			counting->tally.conflicts = (uint64_t)store_get_i64(rows, 0);
			r = 0;
		}
		store_done(rows);
	}
	store_read_end(tx);
	gate_unlock(gate);
	return r;
}

int shift_log_tally(const struct door *door, const char *officer, const struct shift_log *log,
    struct shift_tally *ret_tally)
{
	struct counting counting = {.door = door,
	    .officer = officer,
	    .shift = log->id,
	    .epoch = log->epoch,
	    .seq = log->seq};
	unsigned n = BATCH;
	int r = 0;

	while (r == 0 && n == BATCH)
		r = look(door->gate, &counting, log->began_ms, &n);
	if (r == 0)
		*ret_tally = counting.tally;
	return r;
}

int shift_log_unsent(struct gate *gate, uint64_t *ret_unsent)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_read_begin(gate->store, &tx);
	if (r == 0)
		r = store_one(tx, GATE_Q_JOURNAL_TOTALS, STORE_NO_ARGS, &rows);
	if (r == STORE_ROW) {
		*ret_unsent = (uint64_t)(store_get_i64(rows, 0) - store_get_i64(rows, 1) -
					 store_get_i64(rows, 3));
		r = 0;
	}
	store_done(rows);
	store_read_end(tx);
	gate_unlock(gate);
	return r;
}

#include "gate/door/presence.h"

#include <stdlib.h>
#include <string.h>

#include "schema/gate_db.h"

/* Where a movement stands in the order of all of a pass. */
struct place {
	int64_t time_ms;
	const char *device;
	uint64_t epoch, seq;
};

static bool is_before(const struct place *a, const struct place *b)
{
	int device = strcmp(a->device, b->device);

	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms;
	if (device != 0)
		return device < 0;
	return a->epoch != b->epoch ? a->epoch < b->epoch : a->seq < b->seq;
}

int presence_find(struct store_tx *tx, uint32_t conference, const uint8_t pass[static 16],
    struct presence *ret_presence)
{
	struct store_rows *rows = NULL;
	struct presence found = {0};
	int bad, r = store_one(tx, GATE_Q_PRESENCE_FIND,
		     STORE_ARGS(store_i64(conference), store_blob(pass, 16)), &rows);

	if (r != STORE_ROW)
		return r;
	found.inside = store_get_i64(rows, 0) != 0;
	found.entries = store_get_i64(rows, 1);
	found.time_ms = store_get_i64(rows, 2);
	found.epoch = (uint64_t)store_get_i64(rows, 4);
	found.seq = (uint64_t)store_get_i64(rows, 5);
	bad = store_copy_text(found.device, sizeof(found.device), store_get_text(rows, 3));
	if (bad == 0)
		bad = store_copy_text(found.staff, sizeof(found.staff), store_get_text(rows, 6));
	store_done(rows);
	if (bad != 0)
		return bad;
	*ret_presence = found;
	return STORE_ROW;
}

static int put(struct store_tx *tx, const struct presence_move *at, const struct presence *sum)
{
	return store_exec(tx, GATE_Q_PRESENCE_PUT,
	    STORE_ARGS(store_i64(at->conference), store_blob(at->pass, 16), store_i64(sum->inside),
		store_i64(sum->entries), store_i64(sum->time_ms), store_text(sum->device),
		store_i64((int64_t)sum->epoch), store_i64((int64_t)sum->seq),
		store_text(sum->staff)),
	    NULL);
}

/* The sum with one more movement at its end. */
static int add_up(struct presence *sum, const struct presence_move *move)
{
	int r = store_copy_text(sum->device, sizeof(sum->device), move->device);

	if (r == 0)
		r = store_copy_text(sum->staff, sizeof(sum->staff), move->staff);
	sum->inside = move->kind != PRESENCE_OUT;
	sum->entries += move->kind != PRESENCE_OUT;
	sum->time_ms = move->time_ms;
	sum->epoch = move->epoch;
	sum->seq = move->seq;
	return r;
}

/* The tally follows a pass that was inside or not, and now is or is not. */
static void tally(struct gate *gate, uint32_t conference, bool before, bool after)
{
	if (gate->tally_conference == conference)
		gate->tally_inside += (int)after - (int)before;
}

/* All movements of a pass summed anew. */
struct sum {
	struct gate *gate;
	struct store_tx *tx;
	const struct presence_move *at; /* its conference and pass */
	struct presence total;
	size_t n;
	struct presence in; /* the ordinary admission since the last exit, or entries 0 */
	int64_t now_ms;
};

static int put_conflict(const struct sum *sum, const struct presence *second)
{
	const struct presence *first = &sum->in;

	return store_exec(sum->tx, GATE_Q_CONFLICT_PUT,
	    STORE_ARGS(store_i64(sum->at->conference), store_blob(sum->at->pass, 16),
		store_text(first->device), store_i64((int64_t)first->epoch),
		store_i64((int64_t)first->seq), store_i64(first->time_ms), store_text(first->staff),
		store_text(second->device), store_i64((int64_t)second->epoch),
		store_i64((int64_t)second->seq), store_i64(second->time_ms),
		store_text(second->staff), store_i64(sum->now_ms)),
	    NULL);
}

static int sum_row(struct sum *sum, struct store_rows *rows)
{
	struct presence_move move = {
	    .kind = (enum presence_kind)store_get_i64(rows, 4),
	    .time_ms = store_get_i64(rows, 0),
	    .device = store_get_text(rows, 1),
	    .epoch = (uint64_t)store_get_i64(rows, 2),
	    .seq = (uint64_t)store_get_i64(rows, 3),
	    .staff = store_get_text(rows, 5),
	};
	int r = add_up(&sum->total, &move);

	sum->n++;
	if (move.kind == PRESENCE_OUT)
		sum->in.entries = 0;
	if (r != 0 || move.kind != PRESENCE_IN)
		return r;
	if (sum->in.entries > 0 &&
	    (strcmp(sum->in.device, move.device) != 0 || sum->in.epoch != move.epoch))
		r = put_conflict(sum, &sum->total);
	sum->in = sum->total;
	return r;
}

/* Conflicts are made again with the sum: those that were known keep the time of their finding. */
static int sum_up(struct sum *sum)
{
	const struct presence_move *at = sum->at;
	struct store_rows *rows = NULL;
	int r = store_exec(sum->tx, GATE_Q_CONFLICT_DOUBT,
	    STORE_ARGS(store_i64(at->conference), store_blob(at->pass, 16)), NULL);

	if (r == 0)
		r = store_query(sum->tx, GATE_Q_MOVEMENT_LIST,
		    STORE_ARGS(store_i64(at->conference), store_blob(at->pass, 16)), &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW)
		r = sum_row(sum, rows);
	store_done(rows);
	if (r == 0)
		r = store_exec(sum->tx, GATE_Q_CONFLICT_SETTLE,
		    STORE_ARGS(store_i64(at->conference), store_blob(at->pass, 16)), NULL);
	return r;
}

static int sum_again(
    struct gate *gate, struct store_tx *tx, const struct presence_move *at, bool was_inside)
{
	struct sum sum = {.gate = gate, .tx = tx, .at = at};
	struct clock_reading now;
	int r;

	if (clock_read(&gate->clock, &now) == 0)
		sum.now_ms = now.time_ms;
	r = sum_up(&sum);
	if (r != 0)
		return r;
	tally(gate, at->conference, was_inside, sum.total.inside);
	if (sum.n > 0)
		return put(tx, at, &sum.total);
	return store_exec(tx, GATE_Q_PRESENCE_REMOVE,
	    STORE_ARGS(store_i64(at->conference), store_blob(at->pass, 16)), NULL);
}

int presence_move(struct gate *gate, struct store_tx *tx, const struct presence_move *move)
{
	const struct place place = {move->time_ms, move->device, move->epoch, move->seq};
	struct presence sum = {0};
	int64_t added = 0;
	bool inside, newest = true;
	int r = presence_find(tx, move->conference, move->pass, &sum);

	if (r == STORE_ROW) {
		const struct place last = {sum.time_ms, sum.device, sum.epoch, sum.seq};

		newest = is_before(&last, &place);
		r = 0;
	}
	if (r != 0 && r != STORE_NOT_FOUND)
		return r;
	r = store_exec(tx, GATE_Q_MOVEMENT_INSERT,
	    STORE_ARGS(store_i64(move->conference), store_blob(move->pass, 16),
		store_i64(move->time_ms), store_text(move->device), store_i64((int64_t)move->epoch),
		store_i64((int64_t)move->seq), store_i64(move->kind), store_text(move->staff)),
	    &added);
	if (r != 0 || added == 0)
		return r;
	inside = sum.inside;
	/* A second admission may be a conflict; what comes late may change everything after it. */
	if (!newest || (inside && move->kind == PRESENCE_IN))
		return sum_again(gate, tx, move, inside);
	r = add_up(&sum, move);
	if (r != 0)
		return r;
	tally(gate, move->conference, inside, sum.inside);
	return put(tx, move, &sum);
}

/* What this gate's own entry does. */
static int move_here(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], struct presence_move move)
{
	move.conference = conference;
	memcpy(move.pass, pass, sizeof(move.pass));
	move.device = gate->identity.device;
	move.epoch = gate->journal.epoch;
	return presence_move(gate, tx, &move);
}

int presence_enter(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq, const char *staff)
{
	return move_here(gate, tx, conference, pass,
	    (struct presence_move){
		.kind = PRESENCE_IN, .time_ms = time_ms, .seq = seq, .staff = staff});
}

int presence_exit(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq, const char *staff)
{
	return move_here(gate, tx, conference, pass,
	    (struct presence_move){
		.kind = PRESENCE_OUT, .time_ms = time_ms, .seq = seq, .staff = staff});
}

int presence_override(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq, const char *staff)
{
	return move_here(gate, tx, conference, pass,
	    (struct presence_move){
		.kind = PRESENCE_OVERRIDE, .time_ms = time_ms, .seq = seq, .staff = staff});
}

int presence_void_of(struct gate *gate, struct store_tx *tx, const struct presence_move *undo)
{
	struct presence before = {0};
	int64_t changed = 0;
	int r = presence_find(tx, undo->conference, undo->pass, &before);

	if (r != STORE_ROW && r != STORE_NOT_FOUND)
		return r;
	r = store_exec(tx, GATE_Q_MOVEMENT_VOID,
	    STORE_ARGS(store_i64(undo->conference), store_blob(undo->pass, 16),
		store_text(undo->device), store_i64((int64_t)undo->epoch),
		store_i64((int64_t)undo->seq)),
	    &changed);
	if (r != 0)
		return r;
	return changed == 0 ? STORE_NOT_FOUND : sum_again(gate, tx, undo, before.inside);
}

int presence_void(
    struct gate *gate, struct store_tx *tx, uint32_t conference, const uint8_t pass[static 16])
{
	struct presence_move undo = {.conference = conference,
	    .device = gate->identity.device,
	    .epoch = gate->journal.epoch,
	    .seq = INT64_MAX,
	    .staff = ""};

	memcpy(undo.pass, pass, sizeof(undo.pass));
	return presence_void_of(gate, tx, &undo);
}

int presence_inside(
    struct gate *gate, struct store_tx *tx, uint32_t conference, int64_t *ret_inside)
{
	struct store_rows *rows = NULL;
	int r;

	if (gate->tally_conference == conference) {
		*ret_inside = gate->tally_inside;
		return 0;
	}
	r = store_one(tx, GATE_Q_PRESENCE_INSIDE, STORE_ARGS(store_i64(conference)), &rows);
	if (r != STORE_ROW)
		return r;
	gate->tally_inside = store_get_i64(rows, 0);
	gate->tally_conference = conference;
	*ret_inside = gate->tally_inside;
	store_done(rows);
	return 0;
}

static int read_visitor(struct store_rows *rows, struct presence_visitor *visitor)
{
	int r = store_get_fixed(rows, 0, visitor->pass, sizeof(visitor->pass));

	visitor->time_ms = store_get_i64(rows, 1);
	if (r == 0)
		r = store_copy_text(
		    visitor->device, sizeof(visitor->device), store_get_text(rows, 2));
	if (r == 0)
		r = store_copy_text(
		    visitor->staff, sizeof(visitor->staff), store_get_text(rows, 3));
	return r;
}

int presence_visitors(
    struct store_tx *tx, uint32_t conference, presence_visitor_visit *visit, void *context)
{
	struct presence_visitor visitor;
	struct store_rows *rows = NULL;
	int r = store_query(tx, GATE_Q_PRESENCE_VISITORS, STORE_ARGS(store_i64(conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = read_visitor(rows, &visitor);
		if (r == 0)
			r = visit(context, &visitor);
	}
	store_done(rows);
	return r;
}

static int visit_row(struct store_rows *rows, presence_visit *visit, void *context)
{
	struct presence_conflict conflict = {
	    .conference = (uint32_t)store_get_i64(rows, 0),
	    .first = {store_get_text(rows, 2), store_get_text(rows, 6),
		(uint64_t)store_get_i64(rows, 3), (uint64_t)store_get_i64(rows, 4),
		store_get_i64(rows, 5)},
	    .second = {store_get_text(rows, 7), store_get_text(rows, 11),
		(uint64_t)store_get_i64(rows, 8), (uint64_t)store_get_i64(rows, 9),
		store_get_i64(rows, 10)},
	    .found_ms = store_get_i64(rows, 12),
	};
	int r = store_get_fixed(rows, 1, conflict.pass, sizeof(conflict.pass));

	return r == 0 ? visit(context, &conflict) : r;
}

int presence_conflicts(
    struct store_tx *tx, uint32_t conference, presence_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, GATE_Q_CONFLICT_LIST, STORE_ARGS(store_i64(conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW)
		r = visit_row(rows, visit, context);
	store_done(rows);
	return r;
}

int presence_conflict_count(struct store_tx *tx, uint32_t conference, int64_t *ret_count)
{
	return store_number(
	    tx, GATE_Q_CONFLICT_COUNT, STORE_ARGS(store_i64(conference)), ret_count);
}

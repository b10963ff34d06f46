/* Who went in and out by what was salvaged, once the conference's roster is here again. */
#include <stdlib.h>
#include <string.h>

#include "gate/door/presence.h"
#include "gate/salvage/salvage_private.h"
#include "schema/gate_db.h"

static bool kind_of(enum entry_decision decision, enum presence_kind *ret_kind)
{
	switch (decision) {
	case ENTRY_ADMIT:
		*ret_kind = PRESENCE_IN;
		return true;
	case ENTRY_OVERRIDE:
		*ret_kind = PRESENCE_OVERRIDE;
		return true;
	case ENTRY_EXIT:
		*ret_kind = PRESENCE_OUT;
		return true;
	default:
		return false;
	}
}

static int move(struct gate *gate, struct store_tx *tx, uint32_t conference, uint64_t epoch,
    const struct entry *entry)
{
	struct presence_move move = {.conference = conference,
	    .time_ms = entry->time_ms,
	    .device = gate->identity.device,
	    .epoch = epoch,
	    .seq = entry->seq,
	    .staff = entry->staff};
	int r;

	memcpy(move.pass, entry->pass, sizeof(move.pass));
	if (kind_of(entry->decision, &move.kind))
		return presence_move(gate, tx, &move);
	if (entry->decision != ENTRY_VOID || strcmp(entry->reason, "undo") != 0)
		return 0;
	r = presence_void_of(gate, tx, &move);
	return r == STORE_NOT_FOUND ? 0 : r;
}

static int by_place(const void *one, const void *other)
{
	const struct salvage_move *a = one, *b = other;
	int r = strcmp(a->device, b->device);

	if (r == 0)
		r = a->epoch < b->epoch ? -1 : a->epoch > b->epoch;
	if (r == 0)
		r = a->seq < b->seq ? -1 : a->seq > b->seq;
	/* What was undone stays so, whichever version of its row was met. */
	return r != 0 ? r : b->voided - a->voided;
}

/* Whether a proved entry of this gate says something else than the row. */
static bool is_contradicted(const struct salvage *salvage, const struct salvage_move *row)
{
	size_t at = salvage_find(salvage, row->epoch, row->seq);
	enum presence_kind kind = PRESENCE_IN;
	struct entry entry;

	if (strcmp(row->device, salvage->identity->device) != 0)
		return false;
	for (; at < salvage->n_entries && salvage->entries[at].epoch == row->epoch &&
	       salvage->entries[at].seq == row->seq;
	     at++)
		if (salvage->entries[at].good &&
		    entry_parse(salvage->entries[at].text, salvage->entries[at].len, &entry) == 0)
			return !entry.has_pass || memcmp(entry.pass, row->pass, 16) != 0 ||
			       !kind_of(entry.decision, &kind) || (int)kind != row->kind ||
			       entry.time_ms != row->time_ms;
	return false;
}

static bool same_place(const struct salvage_move *one, const struct salvage_move *other)
{
	return one->epoch == other->epoch && one->seq == other->seq &&
	       strcmp(one->device, other->device) == 0;
}

static int write_move(const struct salvage_move *row, struct gate *gate, struct store_tx *tx)
{
	struct presence_move move = {.conference = row->conference,
	    .kind = (enum presence_kind)row->kind,
	    .time_ms = row->time_ms,
	    .device = row->device,
	    .epoch = row->epoch,
	    .seq = row->seq,
	    .staff = row->staff};

	memcpy(move.pass, row->pass, sizeof(move.pass));
	return presence_move(gate, tx, &move);
}

int salvage_write_moves(const struct salvage *salvage, struct gate *gate, struct store_tx *tx)
{
	const struct salvage_move *first = NULL; /* of the versions of one row */
	int r = 0;

	gate->tally_conference = 0;
	if (salvage->n_moves > 0)
		qsort(salvage->moves, salvage->n_moves, sizeof(*salvage->moves), by_place);
	for (size_t i = 0; r == 0 && i < salvage->n_moves; i++) {
		const struct salvage_move *row = &salvage->moves[i];

		if (first != NULL && same_place(first, row))
			continue;
		first = row;
		if (!row->voided && !is_contradicted(salvage, row))
			r = write_move(row, gate, tx);
	}
	return r;
}

static bool has_salvage(struct store_tx *tx)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_SALVAGE_ANY, STORE_NO_ARGS, &rows);

	store_done(rows);
	return r == STORE_ROW;
}

int salvage_moves(
    struct gate *gate, struct store_tx *tx, uint32_t conference, const char *slug, size_t len)
{
	struct store_rows *rows = NULL;
	struct entry entry;
	int r;

	if (!has_salvage(tx))
		return 0;
	/* Counted anew: what follows may be rolled back. */
	gate->tally_conference = 0;
	r = store_query(tx, GATE_Q_SALVAGE_ENTRIES, STORE_NO_ARGS, &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		size_t text_len;
		const char *text = store_get_blob(rows, 1, &text_len);

		r = 0;
		if (entry_parse(text, text_len, &entry) == 0 && entry.has_pass &&
		    strlen(entry.event) == len && memcmp(entry.event, slug, len) == 0)
			r = move(gate, tx, conference, (uint64_t)store_get_i64(rows, 0), &entry);
	}
	store_done(rows);
	return r;
}

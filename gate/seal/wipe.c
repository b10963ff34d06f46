#include "gate/seal/wipe.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gate/seal/forget.h"
#include "gate/salvage/repair.h"
#include "schema/gate_db.h"

struct work {
	struct gate *gate;
	struct clock_reading now;
	bool anything, old;
};

static int look(struct store_tx *tx, struct work *work)
{
	struct store_rows *rows = NULL;
	int64_t now = work->now.time_ms / 1000, heard = 0;
	int r = store_one(tx, GATE_Q_WIPE_ANYTHING, STORE_NO_ARGS, &rows);

	if (r != STORE_ROW)
		return r;
	work->anything = store_get_i64(rows, 0) != 0;
	store_done(rows);
	rows = NULL;
	r = store_one(tx, GATE_Q_WIPE_HEARD, STORE_NO_ARGS, &rows);
	if (r != STORE_ROW)
		return r;
	heard = store_get_i64(rows, 0);
	store_done(rows);
	work->old = heard != 0 && now - heard > WIPE_AGE;
	return 0;
}

static int wipe_body(struct store_tx *tx, void *context)
{
	static const unsigned queries[] = {GATE_Q_WIPE_VAULT_KEYS, GATE_Q_WIPE_VAULT,
	    GATE_Q_WIPE_SEALS, GATE_Q_WIPE_ROSTERS, GATE_Q_WIPE_CONFERENCES, GATE_Q_WIPE_PHOTOS,
	    GATE_Q_WIPE_PHOTO_WANTS, GATE_Q_WIPE_REFERRALS, GATE_Q_WIPE_RESTRICTIONS,
	    GATE_Q_WIPE_REVOCATIONS, GATE_Q_WIPE_STOPS, GATE_Q_WIPE_STAFF, GATE_Q_WIPE_FACTS};
	int r = 0;

	(void)context;
	for (size_t i = 0; r == 0 && i < sizeof(queries) / sizeof(queries[0]); i++)
		r = store_exec(tx, queries[i], STORE_NO_ARGS, NULL);
	return r;
}

/* The lock is held. */
static int wipe_now(struct gate *gate)
{
	int discarded = repair_discard(gate);
	int r = store_write(gate->store, wipe_body, NULL);

	if (r != 0)
		return r;
	vault_drop(gate);
	gate->tally_conference = 0;
	/* The WAL still holds the rows as they were. */
	r = store_checkpoint(gate->store);
	return r != 0 ? r : discarded != 0 ? STORE_IO : 0;
}

static int look_at(struct gate *gate, struct work *work)
{
	struct store_tx *tx = NULL;
	int r = gate->store == NULL ? STORE_CLOSED : store_read_begin(gate->store, &tx);

	if (r == 0)
		r = look(tx, work);
	store_read_end(tx);
	return r;
}

static void note(struct gate *gate, enum wipe_why why)
{
	const char *word = why == WIPE_REFUSED ? "revoked" : "unheard";
	struct journal_record record = {.decision = ENTRY_SYNC, .reason = "wiped"};
	char detail[64];

	(void)snprintf(detail, sizeof(detail), "{\"why\":\"%s\"}", word);
	record.detail = detail;
	record.detail_len = strlen(detail);
	/* What is wiped is wiped, also where it can't be recorded. */
	(void)!journal_note(gate, &record, NULL);
}

int wipe_gate(struct gate *gate, enum wipe_why why)
{
	struct work work = {.gate = gate};
	int r;

	gate_lock(gate);
	r = look_at(gate, &work);
	if (r == 0 && work.anything)
		r = wipe_now(gate);
	else if (r == 0 && repair_discard(gate) != 0)
		r = STORE_IO;
	gate_unlock(gate);
	if (r == 0 && work.anything)
		note(gate, why);
	return r;
}

/* A machine that was off for long, or whose clock nobody set, proves no age. */
static bool is_judge(struct gate *gate, struct work *work)
{
	struct store_tx *tx = NULL;
	bool trusted = false;

	if (clock_read(&gate->clock, &work->now) != 0 ||
	    (work->now.state != ENTRY_CLOCK_SYNCED && work->now.state != ENTRY_CLOCK_HOLDOVER) ||
	    gate->store == NULL || store_read_begin(gate->store, &tx) != 0)
		return false;
	if (forget_trusts(gate, tx, &work->now, &trusted) != 0)
		trusted = false;
	store_read_end(tx);
	return trusted;
}

int wipe_when_unheard(struct gate *gate, bool *ret_wiped)
{
	struct work work = {.gate = gate};
	bool to_wipe = false;
	int r = 0;

	gate_lock(gate);
	if (is_judge(gate, &work)) {
		r = look_at(gate, &work);
		to_wipe = r == 0 && work.anything && work.old;
		if (to_wipe)
			r = wipe_now(gate);
	}
	gate_unlock(gate);
	if (r == 0 && to_wipe)
		note(gate, WIPE_UNHEARD);
	if (r == 0)
		*ret_wiped = to_wipe;
	return r;
}

struct word_work {
	int64_t now_s;
	bool unknown;
	bool due;
};

/* Since when the registrar says that it does not know this gate. */
static int word_body(struct store_tx *tx, void *context)
{
	struct word_work *work = context;
	int64_t since = 0;
	int r = gate_meta_i64(tx, "unknown_since", &since);

	if (r != STORE_ROW && r != STORE_NOT_FOUND)
		return r;
	if (r == STORE_NOT_FOUND || since > work->now_s)
		return gate_meta_set(tx, "unknown_since", store_i64(work->now_s));
	work->due = work->now_s - since > WIPE_UNKNOWN_AGE;
	return 0;
}

int wipe_told(struct gate *gate, const char *answer, size_t len, bool *ret_wiped)
{
	json_t *json = json_loadb(answer, len, JSON_REJECT_DUPLICATES, NULL);
	const char *error = json_string_value(json_object_get(json, "error"));
	struct word_work work = {0};
	struct clock_reading now;
	bool revoked = error != NULL && strcmp(error, "revoked") == 0;
	int r = 0;

	work.unknown = error != NULL && strcmp(error, "unknown") == 0;
	json_decref(json);
	*ret_wiped = false;
	if (work.unknown) {
		gate_lock(gate);
		if (gate->store != NULL && clock_read(&gate->clock, &now) == 0) {
			work.now_s = now.time_ms / 1000;
			r = store_write(gate->store, word_body, &work);
		}
		gate_unlock(gate);
	}
	if (r != 0 || (!revoked && !work.due))
		return r;
	r = wipe_gate(gate, WIPE_REFUSED);
	*ret_wiped = r == 0;
	return r;
}

static int known_body(struct store_tx *tx, void *context)
{
	(void)context;
	return store_exec(tx, GATE_Q_META_DELETE, STORE_ARGS(store_text("unknown_since")), NULL);
}

int wipe_known(struct gate *gate)
{
	struct store_tx *tx = NULL;
	int64_t since = 0;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_read_begin(gate->store, &tx);
	if (r == 0)
		r = gate_meta_i64(tx, "unknown_since", &since);
	store_read_end(tx);
	if (r == STORE_ROW)
		r = store_write(gate->store, known_body, NULL);
	gate_unlock(gate);
	return r == STORE_NOT_FOUND ? 0 : r;
}

#include "gate/journal/journal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "badges/commit.h"
#include "gate/gate.h"
#include "gate/journal/mark.h"
#include "gate/salvage/repair.h"
#include "schema/gate_db.h"

enum { RETRY_MS = 1000 }; /* a failed disk is not opened again more often than this */

/* One write on its way: filled by the body, used after the commit. */
struct write {
	struct gate *gate;
	journal_body *body;
	void *context;
	struct clock_reading now;
	struct log_stage stage;
	uint64_t seq;
	bool gap;
};

static void entry_of(
    const struct journal_record *record, const struct clock_reading *now, struct entry *ret_entry)
{
	struct entry entry = {
	    .time_ms = now->time_ms,
	    .clock = now->state,
	    .mono_ms = now->mono_ms,
	    .has_pass = record->has_pass,
	    .decision = record->decision,
	    .rev = record->rev,
	};

	memcpy(entry.boot, now->boot, sizeof(entry.boot));
	memcpy(entry.event, record->event, sizeof(entry.event));
	memcpy(entry.pass, record->pass, sizeof(entry.pass));
	memcpy(entry.reason, record->reason, sizeof(entry.reason));
	memcpy(entry.staff, record->staff, sizeof(entry.staff));
	*ret_entry = entry;
}

/* Salt and text, sealed to the registrar; in the clear only until its key has come. */
static int put_detail(struct gate *gate, struct store_tx *tx, uint64_t seq,
    const uint8_t salt[static COMMIT_SALT], const struct journal_record *record)
{
	uint8_t plain[COMMIT_SALT + JOURNAL_DETAIL_MAX],
	    sealed[sizeof(plain) + VAULT_DETAIL_OVERHEAD];
	size_t len = COMMIT_SALT + record->detail_len;
	/* How an epoch began and where a clock was set back names nobody, and salvage reads it. */
	bool in_clear = gate->options.unsealed || !gate->vault.has_details_key ||
			record->decision == ENTRY_EPOCH || record->decision == ENTRY_GAP;
	int r = 0;

	memcpy(plain, salt, COMMIT_SALT);
	memcpy(plain + COMMIT_SALT, record->detail, record->detail_len);
	if (!in_clear)
		r = vault_seal_detail(gate, plain, len, sealed);
	sodium_memzero(plain, sizeof(plain));
	if (r != 0)
		return STORE_CORRUPT;
	return store_exec(tx, GATE_Q_DETAIL_INSERT,
	    STORE_ARGS(store_i64((int64_t)gate->journal.epoch), store_i64((int64_t)seq),
		in_clear ? store_blob(salt, COMMIT_SALT) : store_null(),
		in_clear ? store_textn(record->detail, record->detail_len) : store_null(),
		in_clear ? store_null() : store_blob(sealed, len + VAULT_DETAIL_OVERHEAD)),
	    NULL);
}

int journal_add(struct gate *gate, struct store_tx *tx, struct log_stage *stage,
    const struct clock_reading *now, const struct journal_record *record, uint64_t *ret_seq)
{
	const int64_t epoch = (int64_t)gate->journal.epoch;
	uint8_t salt[COMMIT_SALT];
	struct log_leaf leaf;
	struct entry entry;
	int r;

	entry_of(record, now, &entry);
	if (record->detail != NULL) {
		commit_salt(salt);
		commit_make(salt, record->detail, record->detail_len, entry.commit);
		entry.has_commit = true;
	}
	if (record->detail_len > JOURNAL_DETAIL_MAX || log_add(stage, &entry, &leaf) != 0)
		return JOURNAL_BAD_ENTRY;
	r = store_exec(tx, GATE_Q_ENTRY_INSERT,
	    STORE_ARGS(
		store_i64(epoch), store_i64((int64_t)leaf.seq), store_blob(leaf.text, leaf.len)),
	    NULL);
	if (r == 0 && record->detail != NULL)
		r = put_detail(gate, tx, leaf.seq, salt, record);
	if (r == 0)
		*ret_seq = leaf.seq;
	return r;
}

/* An entry behind the newest time would hide it from the next start, which reads the last entry. */
static int keep_newest(struct write *write, struct store_tx *tx)
{
	const struct journal *journal = &write->gate->journal;

	if (write->now.time_ms >= journal->newest_ms || journal->kept_ms == journal->newest_ms)
		return 0;
	return gate_meta_set(tx, "newest_time_ms", store_i64(journal->newest_ms));
}

/* The wall clock was set back behind what is recorded: said before anything else. */
static int add_gap(struct write *write, struct store_tx *tx)
{
	static const char detail[] = "{\"words\":\"The clock was set back.\"}";
	struct journal_record record = {
	    .decision = ENTRY_GAP,
	    .reason = "clock-back",
	    .detail = detail,
	    .detail_len = sizeof(detail) - 1,
	};
	uint64_t seq;

	return journal_add(write->gate, tx, &write->stage, &write->now, &record, &seq);
}

/* Set back while this process ran, or before it began: then nobody has said so yet. */
static bool is_gap(const struct gate *gate, const struct clock_reading *now)
{
	const struct journal *journal = &gate->journal;

	return now->time_ms < journal->newest_ms - CLOCK_STEP_MS &&
	       (now->step_ms < 0 || journal->kept_ms != journal->newest_ms);
}

static int save_head(struct write *write, struct store_tx *tx)
{
	struct log_stage *stage = &write->stage;
	uint8_t tree[TREE_STORED_MAX];
	size_t len;
	int64_t changed = 0;
	int r;

	if (log_seal(stage) != 0)
		return JOURNAL_NO_SIGNATURE;
	len = tree_store(&stage->tree, tree);
	r = store_exec(tx, GATE_Q_LOG_UPDATE,
	    STORE_ARGS(store_i64((int64_t)write->gate->journal.epoch),
		store_i64((int64_t)stage->tree.size), store_blob(tree, len),
		store_textn(stage->checkpoint, stage->checkpoint_len)),
	    &changed);
	if (r == 0 && changed != 1)
		r = STORE_CORRUPT;
	if (r == 0 &&
	    stage->base / JOURNAL_ANCHOR_ENTRIES != stage->tree.size / JOURNAL_ANCHOR_ENTRIES)
		r = store_exec(tx, GATE_Q_ANCHOR_INSERT,
		    STORE_ARGS(store_i64((int64_t)write->gate->journal.epoch),
			store_i64((int64_t)stage->tree.size), store_blob(tree, len),
			store_textn(stage->checkpoint, stage->checkpoint_len)),
		    NULL);
	return r;
}

static int write_body(struct store_tx *tx, void *context)
{
	struct write *write = context;
	struct journal_record record = {0};
	int r = keep_newest(write, tx);

	log_begin(&write->gate->journal.log, &write->stage);
	if (r == 0 && write->gap)
		r = add_gap(write, tx);
	record.seq = write->stage.tree.size;
	if (r == 0)
		r = write->body(write->gate, tx, &write->now, &record, write->context);
	if (r == 0)
		r = journal_add(write->gate, tx, &write->stage, &write->now, &record, &write->seq);
	if (r == 0)
		r = save_head(write, tx);
	return r;
}

static bool store_failed(int r)
{
	return r == STORE_FULL || r == STORE_IO || r == STORE_CORRUPT || r == STORE_CLOSED ||
	       r == STORE_NO_MEMORY;
}

/* Stands the store ready? A full disk is asked again by the write itself. */
static int make_ready(struct gate *gate, const struct clock_reading *now)
{
	struct journal *journal = &gate->journal;

	if (gate->store != NULL && store_failure(gate->store) == 0 &&
	    (journal->failed == 0 || journal->failed == STORE_FULL))
		return 0;
	if (now->mono_ms < journal->retry_ms)
		return journal->failed;
	journal->retry_ms = now->mono_ms + RETRY_MS;
	return repair_reopen(gate);
}

int journal_heal(struct gate *gate)
{
	struct clock_reading now;

	if (clock_read(&gate->clock, &now) != 0)
		return JOURNAL_NO_CLOCK;
	return make_ready(gate, &now);
}

static void committed(struct write *write)
{
	struct gate *gate = write->gate;
	struct journal *journal = &gate->journal;

	/* The stage was made of this log under this lock, so it is taken. */
	if (log_accept(&journal->log, &write->stage) != 0)
		abort();
	mark_write(journal->mark, write->stage.checkpoint);
	if (write->now.time_ms < journal->newest_ms)
		journal->kept_ms = journal->newest_ms;
	else
		journal->newest_ms = write->now.time_ms;
	journal->failed = 0;
	clock_settle(&gate->clock, &write->now);
	if (gate->poke != NULL)
		gate->poke(gate);
	gong_ring(&gate->gong);
}

static int write_locked(struct gate *gate, journal_body *body, void *context, uint64_t *ret_seq)
{
	struct write write = {.gate = gate, .body = body, .context = context};
	int r;

	if (clock_read(&gate->clock, &write.now) != 0)
		return JOURNAL_NO_CLOCK;
	r = make_ready(gate, &write.now);
	if (r != 0)
		return r;
	if (gate->journal.epoch == 0)
		return STORE_CLOSED;
	write.gap = is_gap(gate, &write.now);
	r = store_write(gate->store, write_body, &write);
	/* A body that was rolled back may have counted someone in. */
	if (r != 0)
		gate->tally_conference = 0;
	if (r == 0) {
		committed(&write);
		if (ret_seq != NULL)
			*ret_seq = write.seq;
	} else if (store_failed(r)) {
		gate->journal.failed = r;
		gong_ring(&gate->gong);
	}
	return r;
}

int journal_write(struct gate *gate, journal_body *body, void *context, uint64_t *ret_seq)
{
	int r;

	gate_lock(gate);
	r = write_locked(gate, body, context, ret_seq);
	gate_unlock(gate);
	return r;
}

static int note_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	(void)gate;
	(void)tx;
	(void)now;
	*record = *(const struct journal_record *)context;
	return 0;
}

int journal_note(struct gate *gate, const struct journal_record *record, uint64_t *ret_seq)
{
	struct journal_record copy = *record;

	return journal_write(gate, note_body, &copy, ret_seq);
}

static int accept_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	(void)gate;
	(void)context;
	record->decision = ENTRY_GAP;
	snprintf(record->reason, sizeof(record->reason), "clock-accepted");
	return gate_meta_set(tx, "newest_time_ms", store_i64(now->time_ms));
}

int journal_accept_clock(struct gate *gate)
{
	int r;

	gate_lock(gate);
	r = write_locked(gate, accept_body, NULL, NULL);
	if (r == 0)
		gate->journal.newest_ms = gate->journal.kept_ms = gate->clock.last.time_ms;
	gate_unlock(gate);
	return r;
}

void journal_unload(struct gate *gate)
{
	if (gate->journal.mark >= 0)
		close(gate->journal.mark);
	gate->journal.mark = -1;
}

const char *journal_strerror(int result)
{
	switch (result) {
	case JOURNAL_NO_CLOCK:
		return "The system gives no time. Restart this machine.";
	case JOURNAL_BAD_ENTRY:
		return "What was to be recorded is no entry of the journal. Report this.";
	case JOURNAL_NO_SIGNATURE:
		return "The journal could not be signed. Its key or this machine is broken.";
	case GATE_MEMORY:
		return "There is no memory left.";
	default:
		return store_strerror(result);
	}
}

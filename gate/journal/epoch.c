/* Which log is the present one: the end of gate/journal/journal.h. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/gate.h"
#include "gate/journal/journal.h"
#include "gate/journal/mark.h"
#include "gate/salvage/repair.h"
#include "schema/gate_db.h"

/* A signed head that was found, in the store or in the mark. size counts when known. */
struct head {
	bool known; /* its signature holds */
	uint64_t epoch, size;
	char text[CHECKPOINT_SIGNED_MAX + 1];
};

struct found {
	bool held;			    /* the store has a log */
	bool sound;			    /* and it opened */
	char repaired[REPAIR_NOTE_MAX + 1]; /* what a repair says that made this store, "": none */
	struct head store, mark;
	struct head newest; /* that a repair saw */
	int mark_state;
};

/* The epoch in "<site>/presslog/<device>/<epoch>", 0 when it is not a number. */
static uint64_t epoch_of(const char *origin)
{
	const char *slash = strrchr(origin, '/');
	char *end = NULL;
	uint64_t epoch = slash == NULL ? 0 : strtoull(slash + 1, &end, 10);

	return end != NULL && *end == '\0' && epoch <= INT64_MAX ? epoch : 0;
}

/* Fills known, epoch and size of a head from its text, when this gate's key signed it. */
static void judge_head(const struct gate *gate, struct head *head)
{
	struct checkpoint claimed, checkpoint;
	struct note_key key;
	size_t len = strlen(head->text);

	head->known =
	    checkpoint_parse(head->text, len, &claimed) == 0 &&
	    note_key_make(claimed.origin, NOTE_ED25519, gate->journal_key->public, &key) == 0 &&
	    checkpoint_verify(head->text, len, &key, &checkpoint) == 0;
	if (!head->known)
		return;
	head->epoch = epoch_of(checkpoint.origin);
	head->size = checkpoint.size;
}

static bool head_is_after(const struct head *one, const struct head *other)
{
	if (one->epoch != other->epoch)
		return one->epoch > other->epoch;
	return one->size > other->size;
}

static int open_held(struct gate *gate, struct store_rows *rows, struct found *found)
{
	struct journal *journal = &gate->journal;
	const char *text = store_get_text(rows, 4);
	char number[24], origin[CHECKPOINT_ORIGIN_MAX + 1];
	const void *tree;
	size_t len;

	found->held = true;
	found->store.epoch = (uint64_t)store_get_i64(rows, 0);
	journal->epoch = found->store.epoch;
	if (strlen(text) > CHECKPOINT_SIGNED_MAX)
		return 0;
	memcpy(found->store.text, text, strlen(text) + 1);
	snprintf(number, sizeof(number), "%" PRIu64, found->store.epoch);
	tree = store_get_blob(rows, 3, &len);
	found->sound =
	    log_origin(gate->identity.site, gate->identity.device, number, origin) == 0 &&
	    log_open(origin, gate->journal_key->public, gate->journal_key->secret, tree, len, text,
		strlen(text), &journal->log) == 0 &&
	    (int64_t)journal->log.tree.size == store_get_i64(rows, 2);
	return 0;
}

static int read_newest_time(struct gate *gate, struct store_tx *tx)
{
	struct journal *journal = &gate->journal;
	struct store_rows *rows = NULL;
	struct entry entry;
	size_t len;
	const char *text;
	int r = gate_meta_i64(tx, "newest_time_ms", &journal->kept_ms);

	if (r == STORE_NOT_FOUND)
		journal->kept_ms = 0;
	else if (r != STORE_ROW)
		return r;
	journal->newest_ms = journal->kept_ms;
	if (journal->epoch == 0 || journal->log.tree.size == 0)
		return 0;
	r = store_one(tx, GATE_Q_ENTRY_GET,
	    STORE_ARGS(
		store_i64((int64_t)journal->epoch), store_i64((int64_t)journal->log.tree.size - 1)),
	    &rows);
	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? 0 : r;
	text = store_get_blob(rows, 0, &len);
	if (entry_parse(text, len, &entry) == 0 && entry.time_ms > journal->newest_ms)
		journal->newest_ms = entry.time_ms;
	store_done(rows);
	return 0;
}

static int read_store(struct gate *gate, struct found *found)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	int r = store_read_begin(gate->store, &tx);

	if (r == 0) {
		r = store_one(tx, GATE_Q_LOG_NEWEST, STORE_NO_ARGS, &rows);
		if (r == STORE_ROW)
			r = open_held(gate, rows, found);
		else if (r == STORE_NOT_FOUND)
			r = 0;
		store_done(rows);
	}
	if (r == 0)
		r = read_newest_time(gate, tx);
	if (r == 0) {
		r = gate_meta_text(tx, REPAIR_NOTE_KEY, found->repaired, sizeof(found->repaired));
		if (r == STORE_ROW)
			r = gate_meta_text(
			    tx, REPAIR_NEWEST_KEY, found->newest.text, sizeof(found->newest.text));
		r = r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
	}
	store_read_end(tx);
	return r;
}

static void read_mark(struct gate *gate, struct found *found)
{
	char *path;

	journal_unload(gate);
	found->mark_state = MARK_FAILED;
	if (gate->options.no_mark)
		return;
	path = gate_path(gate, "epoch.mark");
	if (path != NULL)
		found->mark_state = mark_open(path, found->mark.text, &gate->journal.mark);
	free(path);
	if (found->mark_state == MARK_GOOD || found->mark_state == MARK_MOVED)
		judge_head(gate, &found->mark);
}

/* Why a new epoch has to begin, or NULL when the held one goes on. */
static const char *reason_for(const struct gate *gate, const struct found *found)
{
	if (found->repaired[0] != '\0')
		return "damaged";
	if (!found->held)
		return found->mark.known ? "restored" : "new";
	if (!found->sound)
		return "damaged";
	if (gate->options.no_mark)
		return NULL;
	/* A mark that is good but torn by a power cut has no signature that holds. */
	if (found->mark_state != MARK_GOOD || !found->mark.known)
		return "restored";
	return head_is_after(&found->mark, &found->store) ? "restored" : NULL;
}

struct beginning {
	struct gate *gate;
	const char *reason;
	const char *previous; /* the last checkpoint known, "" for none */
	const char *repaired; /* what a repair has to say, "": nothing */
	uint64_t epoch;
	struct clock_reading now;
	struct log log;
	struct log_stage stage;
};

static int add_first(struct beginning *begin, struct store_tx *tx)
{
	struct journal_record record = {.decision = ENTRY_EPOCH};
	json_t *json = json_pack("{ss}", "previous", begin->previous);
	char *detail = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	uint64_t seq;
	int r = GATE_MEMORY;

	if (detail != NULL) {
		snprintf(record.reason, sizeof(record.reason), "%s", begin->reason);
		record.detail = detail;
		record.detail_len = strlen(detail);
		r = journal_add(begin->gate, tx, &begin->stage, &begin->now, &record, &seq);
	}
	free(detail);
	json_decref(json);
	return r;
}

/* What was salvaged, and what could not be read, after the first entry. */
static int add_repaired(struct beginning *begin, struct store_tx *tx)
{
	struct journal_record record = {.decision = ENTRY_GAP,
	    .reason = "salvaged",
	    .detail = begin->repaired,
	    .detail_len = strlen(begin->repaired)};
	uint64_t seq;
	int r = journal_add(begin->gate, tx, &begin->stage, &begin->now, &record, &seq);

	return r != 0 ? r
		      : store_exec(
			    tx, GATE_Q_META_DELETE, STORE_ARGS(store_text(REPAIR_NOTE_KEY)), NULL);
}

static int begin_body(struct store_tx *tx, void *context)
{
	struct beginning *begin = context;
	uint8_t tree[TREE_STORED_MAX];
	size_t len = tree_store(&begin->log.tree, tree);
	int r = store_exec(tx, GATE_Q_LOG_INSERT,
	    STORE_ARGS(store_i64((int64_t)begin->epoch), store_text(begin->log.key.name),
		store_i64(0), store_blob(tree, len), store_text("")),
	    NULL);

	log_begin(&begin->log, &begin->stage);
	if (r == 0)
		r = add_first(begin, tx);
	if (r == 0 && begin->repaired[0] != '\0')
		r = add_repaired(begin, tx);
	if (r == 0 && log_seal(&begin->stage) != 0)
		r = JOURNAL_NO_SIGNATURE;
	len = tree_store(&begin->stage.tree, tree);
	if (r == 0)
		r = store_exec(tx, GATE_Q_LOG_UPDATE,
		    STORE_ARGS(store_i64((int64_t)begin->epoch),
			store_i64((int64_t)begin->stage.tree.size), store_blob(tree, len),
			store_textn(begin->stage.checkpoint, begin->stage.checkpoint_len)),
		    NULL);
	if (r == 0)
		r = gate_meta_set(tx, "newest_time_ms", store_i64(begin->gate->journal.newest_ms));
	return r;
}

static int make_log(struct beginning *begin)
{
	const struct gate *gate = begin->gate;
	char number[24], origin[CHECKPOINT_ORIGIN_MAX + 1];

	snprintf(number, sizeof(number), "%" PRIu64, begin->epoch);
	if (log_origin(gate->identity.site, gate->identity.device, number, origin) != 0 ||
	    log_create(origin, gate->journal_key->public, gate->journal_key->secret, &begin->log) !=
		0)
		return JOURNAL_BAD_ENTRY;
	return 0;
}

static void make_mark(struct gate *gate, const char *checkpoint)
{
	char *path;

	journal_unload(gate);
	if (gate->options.no_mark)
		return;
	path = gate_path(gate, "epoch.mark");
	/* Without a mark the next start begins another epoch: loud, and nothing is lost. */
	if (path != NULL)
		gate->journal.mark = mark_make(path, checkpoint);
	free(path);
}

/* The present epoch's number is in journal.epoch, 0 when there was none. */
static int begin_epoch(struct gate *gate, const char *reason, const char *previous,
    const char *repaired, uint64_t above)
{
	struct beginning begin = {
	    .gate = gate, .reason = reason, .previous = previous, .repaired = repaired};
	struct journal *journal = &gate->journal;
	int r;

	if (clock_read(&gate->clock, &begin.now) != 0)
		return JOURNAL_NO_CLOCK;
	begin.epoch = (uint64_t)(begin.now.time_ms / 1000);
	if (begin.epoch <= above)
		begin.epoch = above + 1;
	journal->epoch = begin.epoch;
	r = make_log(&begin);
	if (r == 0)
		r = store_write(gate->store, begin_body, &begin);
	if (r != 0) {
		journal->epoch = 0;
		return r;
	}
	journal->log = begin.log;
	journal->log.tree = begin.stage.tree;
	journal->kept_ms = journal->newest_ms;
	if (begin.now.time_ms > journal->newest_ms)
		journal->newest_ms = begin.now.time_ms;
	make_mark(gate, begin.stage.checkpoint);
	return 0;
}

/* The newest head known, of the store, the mark and a repair. */
static const struct head *last_of(const struct found *found, uint64_t *ret_above)
{
	const struct head *heads[] = {&found->mark, &found->newest};
	const struct head *last = &found->store;

	*ret_above = found->store.epoch;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (!heads[i]->known)
			continue;
		if (heads[i]->epoch > *ret_above)
			*ret_above = heads[i]->epoch;
		if (!last->known || head_is_after(heads[i], last))
			last = heads[i];
	}
	return last;
}

int journal_load(struct gate *gate, char *why, size_t why_size)
{
	struct found found = {0};
	const struct head *last;
	const char *reason;
	uint64_t above;
	int r = read_store(gate, &found);

	if (r == 0) {
		judge_head(gate, &found.store);
		judge_head(gate, &found.newest);
		read_mark(gate, &found);
		reason = reason_for(gate, &found);
		if (reason == NULL) {
			mark_write(gate->journal.mark, found.store.text);
			return 0;
		}
		last = last_of(&found, &above);
		r = begin_epoch(gate, reason, last->known ? last->text : "", found.repaired, above);
	}
	if (r != 0)
		snprintf(why, why_size, "The journal can't be opened. %s", journal_strerror(r));
	return r;
}

static int leave_epoch(struct gate *gate, const char *reason)
{
	struct found found = {0};
	int r = gate->store == NULL ? STORE_CLOSED : read_store(gate, &found);

	if (r == 0) {
		judge_head(gate, &found.store);
		r = begin_epoch(
		    gate, reason, found.store.known ? found.store.text : "", "", found.store.epoch);
	}
	if (r != 0)
		gate->journal.failed = r;
	return r;
}

int journal_new_epoch(struct gate *gate, uint64_t epoch, const char *reason)
{
	int r = 0;

	gate_lock(gate);
	if (gate->journal.epoch == epoch)
		r = leave_epoch(gate, reason);
	gate_unlock(gate);
	return r;
}

#include "registrar/journal/reception.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/doors/door_stop.h"
#include "registrar/journal/journal.h"
#include "registrar/journal/reception_detail.h"
#include "registrar/registrar.h"
#include "registrar/webhook/event.h"
#include "schema/registrar_db.h"

/* What is held of the log an upload belongs to. */
struct held {
	int64_t log; /* 0: nothing yet */
	struct tree tree;
};

struct work {
	struct registrar *registrar;
	const struct reception_upload *upload;
	const struct key_secret *witness;
	struct note_key witness_key;
	struct note_key key; /* the gate's; its name is the log's origin */
	struct checkpoint checkpoint;
	struct entry *entries; /* parsed, one for each of the upload's */
	struct held held;
	uint64_t overlap; /* entries of the upload that are held already */
	struct reception_answer answer;
	int outcome;	 /* what to answer though the transaction is kept */
	bool restricted; /* entries of it changed restrictions */
};

static int refused(struct work *work, const char *word)
{
	work->answer.word = word;
	return RECEPTION_REFUSED;
}

/* The names of log_extend, so that a gate reads one word for one fault whoever finds it. */
static const char *checkpoint_word(int error)
{
	switch (error) {
	case CHECKPOINT_WRONG_ORIGIN:
		return log_error_word(LOG_WRONG_ORIGIN);
	case NOTE_NOT_SIGNED:
	case NOTE_BAD_SIGNATURE:
		return log_error_word(LOG_BAD_SIGNATURE);
	default:
		return log_error_word(LOG_BAD_CHECKPOINT);
	}
}

/* Everything that can be seen without the store. */
static int look(struct work *work)
{
	const struct reception_upload *upload = work->upload;
	char epoch[24], origin[CHECKPOINT_ORIGIN_MAX + 1];
	int r;

	if (upload->epoch < 1 || upload->epoch > RECEPTION_EPOCH_MAX)
		return refused(work, "bad-epoch");
	if (upload->n_entries > RECEPTION_ENTRIES_MAX || upload->n_details > upload->n_entries)
		return refused(work, "too-many");
	(void)snprintf(epoch, sizeof(epoch), "%lld", (long long)upload->epoch);
	if (log_origin(work->registrar->settings.site, upload->gate->name, epoch, origin) != 0 ||
	    note_key_make(origin, NOTE_ED25519, upload->gate->journal_key, &work->key) != 0)
		return refused(work, log_error_word(LOG_BAD_NAME));
	r = checkpoint_verify(
	    upload->checkpoint, upload->checkpoint_len, &work->key, &work->checkpoint);
	if (r != 0)
		return refused(work, checkpoint_word(r));
	if (upload->old > TREE_SIZE_MAX || work->checkpoint.size == 0 ||
	    work->checkpoint.size != upload->old + upload->n_entries)
		return refused(work, log_error_word(LOG_WRONG_SIZE));
	for (size_t i = 0; i < upload->n_entries; i++) {
		const struct log_text *text = &upload->entries[i];

		if (entry_parse(text->text, text->len, &work->entries[i]) != 0 ||
		    work->entries[i].seq != upload->old + i) {
			work->answer.seq = upload->old + i;
			return refused(work, log_error_word(LOG_BAD_ENTRY));
		}
	}
	return 0;
}

static int gate_stands(struct store_tx *tx, int64_t gate)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, REGISTRAR_Q_UPLOAD_GATE, STORE_ARGS(store_i64(gate)), &rows);

	if (r != STORE_ROW)
		return r;
	r = strcmp(store_get_text(rows, 0), "enrolled") == 0 ? 0 : RECEPTION_REVOKED;
	store_done(rows);
	return r;
}

static int read_held(struct store_tx *tx, const struct reception_upload *upload, struct held *ret)
{
	struct store_rows *rows = NULL;
	const uint8_t *tree;
	size_t len;
	int r = store_one(tx, REGISTRAR_Q_UPLOAD_LOG,
	    STORE_ARGS(store_i64(upload->gate->id), store_i64(upload->epoch)), &rows);

	ret->log = 0;
	tree_init(&ret->tree);
	if (r == STORE_NOT_FOUND)
		return 0;
	if (r != STORE_ROW)
		return r;
	tree = store_get_blob(rows, 2, &len);
	ret->log = store_get_i64(rows, 0);
	r = tree_load(tree, len, &ret->tree) == 0 ? 0 : STORE_CORRUPT;
	if (r == 0 && ret->tree.size != (uint64_t)store_get_i64(rows, 1))
		r = STORE_CORRUPT;
	store_done(rows);
	return r;
}

static int count_contradictions(struct store_tx *tx, int64_t log, int64_t *ret_count)
{
	return store_number(
	    tx, REGISTRAR_Q_UPLOAD_EQUIVOCATIONS, STORE_ARGS(store_i64(log)), ret_count);
}

/* Keeps what contradicts the log, and says so in the journal the first time. */
static int keep_contradiction(struct store_tx *tx, struct work *work, uint64_t seq,
    const void *text, size_t len, const char *what)
{
	const struct reception_upload *upload = work->upload;
	int64_t changes = 0, known = 0;
	char words[400];
	int r = store_exec(
	    tx, REGISTRAR_Q_UPLOAD_CONTRADICTED, STORE_ARGS(store_i64(work->held.log)), NULL);

	if (r == 0)
		r = count_contradictions(tx, work->held.log, &known);
	/* A gate that contradicts itself without end must not fill the disk: the rest is counted.
	 */
	if (r == 0 && known < RECEPTION_CONTRADICTIONS_MAX)
		r = store_exec(tx, REGISTRAR_Q_UPLOAD_EQUIVOCATION_INSERT,
		    STORE_ARGS(store_i64(work->held.log), store_i64((int64_t)seq),
			store_textn(upload->checkpoint, upload->checkpoint_len),
			store_blob(text, len), store_i64(upload->now)),
		    &changes);
	(void)snprintf(
	    words, sizeof(words), "%s: %s %llu", work->key.name, what, (unsigned long long)seq);
	if (r == 0 && changes > 0)
		r = journal_append(tx, work->registrar,
		    &(struct journal_line){.kind = JOURNAL_EQUIVOCATION, .detail = words});
	return r;
}

static int contradiction(struct store_tx *tx, struct work *work, uint64_t seq, const void *text,
    size_t len, const char *what)
{
	int r = keep_contradiction(tx, work, seq, text, len, what);

	work->answer.seq = seq;
	work->outcome = RECEPTION_EQUIVOCATION;
	return r;
}

/* A signed head that can't stand with what is held, though every entry sent that is held too is
 * the same: the two part before the first one sent. The head itself is kept. */
static int other_head(struct store_tx *tx, struct work *work)
{
	const struct reception_upload *upload = work->upload;

	return contradiction(tx, work, work->checkpoint.size, upload->checkpoint,
	    upload->checkpoint_len, "a signed head that does not agree with what is held, of size");
}

/* Compares the part of the upload that is held already. */
static int compare(struct store_tx *tx, struct work *work)
{
	const struct reception_upload *upload = work->upload;
	struct store_rows *rows = NULL;
	uint64_t i = 0;
	int r = 0;

	if (work->overlap == 0)
		return 0;
	r = store_query(tx, REGISTRAR_Q_UPLOAD_ENTRIES,
	    STORE_ARGS(store_i64(work->held.log), store_i64((int64_t)upload->old),
		store_i64((int64_t)work->overlap)),
	    &rows);
	while (r == 0 && i < work->overlap && (r = store_next(rows)) == STORE_ROW) {
		const struct log_text *sent = &upload->entries[i];
		size_t len;
		const void *held = store_get_blob(rows, 1, &len);

		r = 0;
		if (len != sent->len || memcmp(held, sent->text, len) != 0) {
			store_done(rows);
			return contradiction(tx, work, upload->old + i, sent->text, sent->len,
			    "another entry than the one held at");
		}
		i++;
	}
	store_done(rows);
	return r == 0 && i < work->overlap ? STORE_CORRUPT : r;
}

static int put_entry(
    struct store_tx *tx, struct work *work, const struct entry *entry, const struct log_text *text)
{
	const char *event = entry->event[0] == '\0' ? "-" : entry->event;
	const char *staff = entry->staff[0] == '\0' ? "-" : entry->staff;

	int result = store_exec(tx, REGISTRAR_Q_UPLOAD_ENTRY_INSERT,
	    STORE_ARGS(store_i64(work->held.log), store_i64((int64_t)entry->seq),
		store_blob(text->text, text->len), store_i64(entry->time_ms), store_text(event),
		entry->has_pass ? store_blob(entry->pass, sizeof(entry->pass)) : store_null(),
		store_text(entry_decision_word(entry->decision)), store_text(entry->reason),
		store_text(staff), store_i64(work->upload->now)),
	    NULL);

	return result ? result : event_of_entry(tx, entry, work->held.log, work->upload->now);
}

static int put_details(struct store_tx *tx, struct work *work)
{
	const struct reception_upload *upload = work->upload;
	int r = 0;

	work->answer.dropped = 0;
	for (size_t i = 0; r == 0 && i < upload->n_details; i++) {
		const struct reception_detail *sent = &upload->details[i];
		bool kept = false;

		if (sent->seq >= upload->old && sent->seq - upload->old < upload->n_entries)
			r = reception_detail_put(work->registrar, tx, work->held.log,
			    &work->entries[sent->seq - upload->old], sent, &kept);
		work->answer.dropped += !kept;
	}
	return r;
}

/* Whether the checkpoint's root is that of as many of the entries held. */
static int compare_root(struct store_tx *tx, struct work *work, bool *ret_same)
{
	struct store_rows *rows = NULL;
	uint8_t hash[TREE_HASH];
	struct tree tree;
	int r = store_query(tx, REGISTRAR_Q_LOG_TEXTS,
	    STORE_ARGS(store_i64(work->held.log), store_i64((int64_t)work->checkpoint.size)),
	    &rows);

	tree_init(&tree);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		size_t len;
		const void *text = store_get_blob(rows, 0, &len);

		tree_leaf(text, len, hash);
		r = tree_append(&tree, hash) == 0 ? 0 : STORE_CORRUPT;
	}
	store_done(rows);
	if (r != 0)
		return r;
	if (tree.size != work->checkpoint.size)
		return STORE_CORRUPT;
	tree_root(&tree, hash);
	*ret_same = memcmp(hash, work->checkpoint.root, sizeof(hash)) == 0;
	return 0;
}

/* A head below what is held that was never uploaded as such. */
static int unknown_head(struct store_tx *tx, struct work *work)
{
	bool same = false;
	int r = compare_root(tx, work, &same);

	if (r == 0 && !same)
		return other_head(tx, work);
	return r == 0 ? RECEPTION_GAP : r; /* there is no receipt: go on from what is held */
}

/* The receipt given for a size once already. */
static int old_receipt(struct store_tx *tx, struct work *work)
{
	struct checkpoint given;
	struct store_rows *rows = NULL;
	const char *text;
	int r = store_one(tx, REGISTRAR_Q_UPLOAD_RECEIPT,
	    STORE_ARGS(store_i64(work->held.log), store_i64((int64_t)work->checkpoint.size)),
	    &rows);

	if (r == STORE_NOT_FOUND)
		return unknown_head(tx, work);
	if (r != STORE_ROW)
		return r;
	text = store_get_text(rows, 0);
	r = checkpoint_parse(text, strlen(text), &given) == 0 ? 0 : STORE_CORRUPT;
	if (r == 0)
		(void)snprintf(work->answer.cosignature, sizeof(work->answer.cosignature), "%s",
		    store_get_text(rows, 1));
	store_done(rows);
	if (r == 0 && memcmp(given.root, work->checkpoint.root, sizeof(given.root)) != 0)
		return other_head(tx, work);
	work->answer.size = work->checkpoint.size;
	return r;
}

static int begin_log(struct store_tx *tx, struct work *work)
{
	const struct reception_upload *upload = work->upload;
	uint8_t tree[TREE_STORED_MAX];
	size_t len = tree_store(&work->held.tree, tree);
	int r = store_exec(tx, REGISTRAR_Q_UPLOAD_LOG_INSERT,
	    STORE_ARGS(store_text(work->key.name), store_text(upload->gate->name),
		store_i64(upload->epoch), store_i64(upload->gate->id),
		store_blob(upload->gate->journal_key, GATES_KEY), store_blob(tree, len)),
	    NULL);

	if (r == 0)
		work->held.log = store_last_id(tx);
	return r;
}

static int give_receipt(struct store_tx *tx, struct work *work, const struct tree *tree)
{
	const struct reception_upload *upload = work->upload;
	struct store_value note = store_textn(upload->checkpoint, upload->checkpoint_len);
	uint8_t stored[TREE_STORED_MAX];
	size_t tree_len = tree_store(tree, stored), len;
	int r;

	if (checkpoint_cosign(upload->checkpoint, upload->checkpoint_len, &work->witness_key,
		work->witness->secret, upload->now, work->answer.cosignature, &len) != 0)
		return RECEPTION_NO_WITNESS;
	r = store_exec(tx, REGISTRAR_Q_UPLOAD_LOG_UPDATE,
	    STORE_ARGS(store_i64(work->held.log), store_i64((int64_t)tree->size),
		store_blob(stored, tree_len), note, store_text(work->answer.cosignature)),
	    NULL);
	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_UPLOAD_RECEIPT_INSERT,
		    STORE_ARGS(store_i64(work->held.log), store_i64((int64_t)tree->size), note,
			store_text(work->answer.cosignature), store_i64(upload->now)),
		    NULL);
	work->answer.size = tree->size;
	return r;
}

/*
 * A gate that begins a new epoch leaves the old one for good. Entries of the old one that were
 * recorded after that come from a second machine with the same identity, such as a copied folder.
 * They are facts, and are stored; the first of them is kept beside as well, as what contradicts.
 */
static int look_for_twin(struct store_tx *tx, struct work *work)
{
	const struct reception_upload *upload = work->upload;
	int64_t newest = 0, known = 0;
	uint64_t size;
	size_t i = (size_t)work->overlap;
	int r = reception_held(tx, upload->gate->id, &newest, &size);

	/* An epoch's number is not before the time at which it began. */
	while (r == 0 && newest > upload->epoch && i < upload->n_entries &&
	       work->entries[i].time_ms < (newest + 1) * 1000)
		i++;
	if (r != 0 || newest <= upload->epoch || i == upload->n_entries)
		return r;
	r = count_contradictions(tx, work->held.log, &known);
	if (r != 0 || known > 0)
		return r;
	return keep_contradiction(tx, work, upload->old + i, upload->entries[i].text,
	    upload->entries[i].len, "recorded after the gate had begun another epoch: entry");
}

/* What supervisors stopped and lifted at the gate: after the details, which hold their words. */
static int take_stops(struct store_tx *tx, struct work *work)
{
	const struct reception_upload *upload = work->upload;
	struct door_stop_entry stored = {.device = upload->gate->name,
	    .epoch = upload->epoch,
	    .log = work->held.log,
	    .now = upload->now};
	int r = 0;

	work->restricted = false;
	for (size_t i = (size_t)work->overlap; r == 0 && i < upload->n_entries; i++) {
		stored.entry = &work->entries[i];
		r = door_stop_take(tx, work->registrar, &stored, &work->restricted);
	}
	return r;
}

static int extend(struct store_tx *tx, struct work *work)
{
	const struct reception_upload *upload = work->upload;
	const struct log_text *fresh = upload->entries + work->overlap;
	size_t n = upload->n_entries - (size_t)work->overlap;
	struct tree tree;
	uint64_t index = 0;
	int r = log_extend(&work->held.tree, fresh, n, upload->checkpoint, upload->checkpoint_len,
	    &work->key, &tree, NULL, &index);

	if (r == LOG_WRONG_ROOT && work->held.tree.size > 0)
		return other_head(tx, work);
	if (r != 0) {
		work->answer.seq = index;
		return refused(work, log_error_word(r));
	}
	if (work->held.log == 0)
		r = begin_log(tx, work);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_entry(tx, work, &work->entries[work->overlap + i], &fresh[i]);
	if (r == 0)
		r = put_details(tx, work);
	if (r == 0)
		r = take_stops(tx, work);
	if (r == 0)
		r = look_for_twin(tx, work);
	return r == 0 ? give_receipt(tx, work, &tree) : r;
}

static int body(struct store_tx *tx, void *context)
{
	struct work *work = context;
	const struct reception_upload *upload = work->upload;
	uint64_t size, end = work->checkpoint.size;
	int r = gate_stands(tx, upload->gate->id);

	work->outcome = 0;
	if (r == 0)
		r = read_held(tx, upload, &work->held);
	if (r != 0)
		return r;
	size = work->held.tree.size;
	work->answer.size = size;
	if (upload->old > size)
		return RECEPTION_GAP;
	work->overlap = (end < size ? end : size) - upload->old;
	r = compare(tx, work);
	if (r != 0 || work->outcome != 0)
		return r;
	if (end > size)
		return extend(tx, work);
	r = old_receipt(tx, work);
	return r == 0 && work->outcome == 0 ? put_details(tx, work) : r;
}

int reception_take(struct registrar *registrar, const struct reception_upload *upload,
    struct reception_answer *ret_answer)
{
	struct work *work = calloc(1, sizeof(*work));
	int r = STORE_NO_MEMORY;

	*ret_answer = (struct reception_answer){0};
	if (work == NULL)
		return r;
	work->registrar = registrar;
	work->upload = upload;
	work->witness = keyring_signer(registrar->keyring, KEY_USE_WITNESS);
	if (upload->n_entries <= RECEPTION_ENTRIES_MAX)
		work->entries = calloc(upload->n_entries + 1, sizeof(*work->entries));
	if (work->witness == NULL || checkpoint_witness_key(registrar->settings.site,
					 work->witness->public, &work->witness_key) != 0) {
		r = RECEPTION_NO_WITNESS;
	} else if (work->entries != NULL || upload->n_entries > RECEPTION_ENTRIES_MAX) {
		r = look(work);
		if (r == 0)
			r = store_write(registrar->store, body, work);
		if (r == 0 && work->restricted)
			registrar_changed(registrar);
		else if (r == 0)
			registrar_heard(registrar);
		if (r == 0)
			r = work->outcome;
		*ret_answer = work->answer;
	}
	free(work->entries);
	free(work);
	return r;
}

const char *reception_strerror(int result)
{
	switch (result) {
	case RECEPTION_REFUSED:
		return "the upload does not hold and nothing of it was stored";
	case RECEPTION_GAP:
		return "entries before this upload are missing: go on from the size held";
	case RECEPTION_EQUIVOCATION:
		return "this contradicts what is held: both are kept, and someone has to look";
	case RECEPTION_REVOKED:
		return "this gate has been revoked";
	case RECEPTION_NO_WITNESS:
		return "there is no witness key: run `registrar check`";
	default:
		return model_words(result);
	}
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "badges/bytes.h"
#include "badges/checkpoint.h"
#include "badges/log.h"
#include "gate/sync_private.h"
#include "schema/gate_db.h"

enum {
	EPOCHS_MAX = 256, /* uploaded in one go; more wait for the next */
	GAPS_MAX = 3,	  /* times the registrar may move the start before it makes no sense */
};

/* An epoch's log as it stands in the store. */
struct epoch {
	int64_t number;
	uint64_t size, received;
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

/* A batch on its way. */
struct batch {
	struct epoch *epoch;
	struct tree tree; /* with the batch */
	json_t *entries, *details;
	size_t bytes;
	uint64_t from, n;
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1]; /* over the tree */
};

static struct sync_told told_of(struct sync *sync)
{
	struct sync_told told;

	pthread_mutex_lock(&sync->mutex);
	told = sync->told;
	pthread_mutex_unlock(&sync->mutex);
	return told;
}

static int read_epochs(struct sync *sync, struct epoch *epochs, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	struct sync_told told = told_of(sync);
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	r = store_query(tx, GATE_Q_SYNC_LOGS,
	    STORE_ARGS(store_i64(told.known ? told.epoch : INT64_MAX)), &rows);
	while (r == 0 && n < EPOCHS_MAX && (r = store_next(rows)) == STORE_ROW) {
		struct epoch *epoch = &epochs[n];

		r = 0;
		epoch->number = store_get_i64(rows, 0);
		epoch->size = (uint64_t)store_get_i64(rows, 2);
		epoch->received = (uint64_t)store_get_i64(rows, 3);
		(void)snprintf(epoch->origin, sizeof(epoch->origin), "%s", store_get_text(rows, 1));
		(void)snprintf(
		    epoch->checkpoint, sizeof(epoch->checkpoint), "%s", store_get_text(rows, 4));
		n += epoch->size > 0;
	}
	store_done(rows);
	sync_look_end(sync, tx);
	*ret_n = n;
	return r;
}

/* The key in meta that says an epoch's upload is stopped for good. */
static void stop_key(int64_t epoch, char *key, size_t size)
{
	(void)snprintf(key, size, "upload_stopped_%" PRId64, epoch);
}

static bool is_stopped(struct sync *sync, int64_t epoch)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	bool stopped = false;
	char key[64];

	stop_key(epoch, key, sizeof(key));
	if (sync_look(sync, &tx) != 0)
		return false;
	stopped = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text(key)), &rows) == STORE_ROW;
	store_done(rows);
	sync_look_end(sync, tx);
	return stopped;
}

struct stop_work {
	char key[64];
	int64_t seq;
};

static int stop_body(struct store_tx *tx, void *context)
{
	const struct stop_work *work = context;

	return store_exec(
	    tx, GATE_Q_META_SET, STORE_ARGS(store_text(work->key), store_i64(work->seq)), NULL);
}

static int write_in(struct sync *sync, store_body *body, void *context)
{
	struct gate *gate = sync->setup.gate;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_write(gate->store, body, context);
	gate_unlock(gate);
	return r;
}

/* This epoch's upload stops for good. Returns result when that is noted. */
static int note_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq, int result)
{
	struct stop_work work = {.seq = (int64_t)seq};
	int r;

	stop_key(epoch->number, work.key, sizeof(work.key));
	r = write_in(sync, stop_body, &work);
	return r == 0 ? result : r;
}

/* The registrar holds something else than ours: a person has to look, and nothing of either is
 * changed by us. */
static int stop(struct sync *sync, const struct epoch *epoch, uint64_t seq)
{
	pthread_mutex_lock(&sync->mutex);
	sync->status.equivocation = true;
	pthread_mutex_unlock(&sync->mutex);
	sync_say(sync,
	    "ALARM: the registrar holds another story of %s than this gate at or before entry "
	    "%" PRIu64 "; its upload stops, tell the administrator",
	    epoch->origin, seq);
	return note_stop(sync, epoch, seq, SYNC_EQUIVOCATION);
}

static int add_detail(struct batch *batch, struct store_rows *rows, int64_t seq)
{
	uint8_t salt[32];
	char hex[65];
	const char *detail = store_get_text(rows, 3);
	json_t *object;
	int r = store_get_fixed(rows, 2, salt, sizeof(salt));

	if (r != 0)
		return r;
	bytes_hex(salt, sizeof(salt), hex);
	object =
	    json_pack("{s:I, s:s, s:s}", "seq", (json_int_t)seq, "salt", hex, "detail", detail);
	/* A detail that is no UTF-8 text can't travel; its entry can. */
	if (object == NULL)
		return 0;
	batch->bytes += strlen(detail) + 128;
	return json_array_append_new(batch->details, object) == 0 ? 0 : STORE_NO_MEMORY;
}

static int add_row(struct batch *batch, struct store_rows *rows, bool with_details)
{
	size_t len;
	const char *text = store_get_blob(rows, 1, &len);
	uint8_t leaf[TREE_HASH];

	if ((uint64_t)store_get_i64(rows, 0) != batch->from + batch->n)
		return STORE_CORRUPT;
	tree_leaf(text, len, leaf);
	if (tree_append(&batch->tree, leaf) != 0)
		return STORE_CORRUPT;
	batch->n++;
	batch->bytes += len + 32;
	if (batch->entries != NULL &&
	    json_array_append_new(batch->entries, json_stringn(text, len)) != 0)
		return STORE_NO_MEMORY;
	return with_details && !store_is_null(rows, 2)
		   ? add_detail(batch, rows, store_get_i64(rows, 0))
		   : 0;
}

/* Reads entries onto the batch's tree, and, where it has lists, into them. The lock is let go after
 * each batch, so that a scan never waits for a long journal. */
static int read_rows(struct sync *sync, struct batch *batch, uint64_t most)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	r = store_query(tx, GATE_Q_SYNC_ENTRIES,
	    STORE_ARGS(store_i64(batch->epoch->number), store_i64((int64_t)batch->from),
		store_i64((int64_t)most)),
	    &rows);
	while (r == 0 && batch->n < most &&
	       (batch->entries == NULL || batch->bytes < SYNC_BATCH_BYTES) &&
	       (r = store_next(rows)) == STORE_ROW)
		r = add_row(batch, rows, batch->entries != NULL);
	store_done(rows);
	sync_look_end(sync, tx);
	return r;
}

/* The tree of the epoch's first `size` entries: the cursor's, or read again. */
static int tree_at(struct sync *sync, struct epoch *epoch, uint64_t size)
{
	struct sync_cursor *cursor = &sync->cursor;
	int r = 0;

	if (cursor->epoch != epoch->number || cursor->tree.size > size) {
		cursor->epoch = epoch->number;
		tree_init(&cursor->tree);
	}
	while (r == 0 && cursor->tree.size < size) {
		struct batch batch = {
		    .epoch = epoch, .tree = cursor->tree, .from = cursor->tree.size};
		uint64_t left = size - cursor->tree.size;

		r = read_rows(sync, &batch, left < SYNC_BATCH_ENTRIES ? left : SYNC_BATCH_ENTRIES);
		if (r == 0 && batch.n == 0)
			r = STORE_CORRUPT;
		if (r == 0)
			cursor->tree = batch.tree;
	}
	if (r != 0)
		cursor->epoch = 0;
	return r;
}

/* The checkpoint over a batch: the journal's own when the batch ends where it does, else one that
 * this key signs over the part sent so far. */
static int seal(struct sync *sync, struct batch *batch)
{
	const struct key_secret *secret = sync->setup.gate->journal_key;
	struct checkpoint checkpoint = {.size = batch->tree.size};
	struct note_key key;
	size_t len;

	if (batch->tree.size == batch->epoch->size) {
		memcpy(batch->checkpoint, batch->epoch->checkpoint, sizeof(batch->checkpoint));
		return 0;
	}
	(void)snprintf(checkpoint.origin, sizeof(checkpoint.origin), "%s", batch->epoch->origin);
	tree_root(&batch->tree, checkpoint.root);
	if (note_key_make(batch->epoch->origin, NOTE_ED25519, secret->public, &key) != 0 ||
	    checkpoint_sign(&checkpoint, &key, secret->secret, batch->checkpoint, &len) != 0)
		return SYNC_KEY;
	return 0;
}

/* Whether a witness of the keys held signed the line for the batch's checkpoint. */
static bool receipt_holds(struct sync *sync, const struct batch *batch, const char *line)
{
	struct gate *gate = sync->setup.gate;
	char joined[CHECKPOINT_TEXT_MAX];
	struct note_key key;
	int64_t time;
	size_t len;
	bool holds = false;

	if (checkpoint_join(batch->checkpoint, strlen(batch->checkpoint), line, strlen(line),
		joined, sizeof(joined), &len) != 0)
		return false;
	gate_lock(gate);
	for (size_t i = 0; gate->keys != NULL && !holds && i < gate->keys->key_count; i++) {
		const struct keyset_key *k = &gate->keys->keys[i];

		holds = k->use == KEY_USE_WITNESS && k->state != KEYSET_REVOKED &&
			checkpoint_witness_key(sync->site, k->public, &key) == 0 &&
			checkpoint_check_cosignature(joined, len, &key, &time) == 0;
	}
	gate_unlock(gate);
	return holds;
}

struct receipt_work {
	int64_t epoch;
	uint64_t size;
	const char *cosignature;
};

static int receipt_body(struct store_tx *tx, void *context)
{
	const struct receipt_work *work = context;

	return store_exec(tx, GATE_Q_SYNC_RECEIVED,
	    STORE_ARGS(store_i64(work->epoch), store_i64((int64_t)work->size),
		store_text(work->cosignature)),
	    NULL);
}

static bool is_beyond(const struct sync_told *told, const struct batch *batch)
{
	if (batch->epoch->number != told->epoch)
		return batch->epoch->number > told->epoch;
	return batch->tree.size > told->size;
}

static int take_receipt(struct sync *sync, struct batch *batch, json_t *json)
{
	struct receipt_work work = {.epoch = batch->epoch->number, .size = batch->tree.size};
	json_int_t size = 0;
	int r;

	if (json_unpack(json, "{s:I, s:s}", "size", &size, "cosignature", &work.cosignature) != 0 ||
	    size < 0 || (uint64_t)size != batch->tree.size)
		return SYNC_ANSWER;
	if (!receipt_holds(sync, batch, work.cosignature))
		return SYNC_RECEIPT;
	r = write_in(sync, receipt_body, &work);
	if (r != 0)
		return r;
	sync->cursor.epoch = batch->epoch->number;
	sync->cursor.tree = batch->tree;
	batch->epoch->received = batch->tree.size;
	pthread_mutex_lock(&sync->mutex);
	sync->status.sent += batch->n;
	if (sync->told.known && is_beyond(&sync->told, batch))
		sync->told = (struct sync_told){true, batch->epoch->number, batch->tree.size};
	pthread_mutex_unlock(&sync->mutex);
	return 0;
}

/* 409: the registrar stands elsewhere (*from is moved there), or holds something else. */
static int take_conflict(struct sync *sync, struct batch *batch, json_t *json, uint64_t *from)
{
	const char *error = NULL;
	json_int_t size = -1, seq = -1;

	if (json_unpack(json, "{s:s, s?I, s?I}", "error", &error, "size", &size, "seq", &seq) != 0)
		return SYNC_ANSWER;
	if (strcmp(error, "equivocation") == 0 && seq >= 0)
		return stop(sync, batch->epoch, (uint64_t)seq);
	if (strcmp(error, "gap") != 0 || size < 0)
		return SYNC_ANSWER;
	if ((uint64_t)size > batch->epoch->size) {
		sync_say(sync,
		    "ALARM: the registrar holds %" PRId64 " entries of %s, this gate only %" PRIu64
		    ": its store was set back; tell the administrator",
		    (int64_t)size, batch->epoch->origin, batch->epoch->size);
		return note_stop(sync, batch->epoch, batch->epoch->size, SYNC_AHEAD);
	}
	*from = (uint64_t)size;
	return 0;
}

static int take_answer(
    struct sync *sync, struct batch *batch, const struct client_answer *answer, uint64_t *from)
{
	json_t *json;
	int r;

	if (answer->status != 200 && answer->status != 409)
		return sync_refused(sync, "journal", answer);
	json = json_loadb((const char *)answer->body, answer->len, JSON_REJECT_DUPLICATES, NULL);
	if (json == NULL)
		return SYNC_ANSWER;
	if (answer->status == 409) {
		r = take_conflict(sync, batch, json, from);
	} else {
		r = take_receipt(sync, batch, json);
		if (r == 0)
			*from = batch->tree.size;
	}
	json_decref(json);
	return r;
}

static int send(struct sync *sync, struct batch *batch, uint64_t *from)
{
	struct client_answer answer = {0};
	char path[64];
	char *body = NULL;
	json_t *json = json_pack("{s:I, s:s, s:O, s:O}", "old", (json_int_t)batch->from,
	    "checkpoint", batch->checkpoint, "entries", batch->entries, "details", batch->details);
	int r = SYNC_MEMORY;

	(void)snprintf(path, sizeof(path), "/device/v1/journal/%" PRId64, batch->epoch->number);
	if (json != NULL)
		body = json_dumps(json, JSON_COMPACT);
	if (body != NULL)
		r = client_ask(sync->up, path, body, strlen(body), 0, &answer);
	free(body);
	json_decref(json);
	if (r != 0)
		return r;
	r = take_answer(sync, batch, &answer, from);
	client_answer_free(&answer);
	return r;
}

static int send_batch(struct sync *sync, struct epoch *epoch, uint64_t *from)
{
	struct batch batch = {.epoch = epoch, .from = *from};
	uint64_t left = epoch->size - *from;
	int r = tree_at(sync, epoch, *from);

	if (r != 0)
		return r;
	batch.tree = sync->cursor.tree;
	batch.entries = json_array();
	batch.details = json_array();
	r = batch.entries == NULL || batch.details == NULL ? SYNC_MEMORY : 0;
	/* Nothing left but the receipt: an upload of no entries asks for it. */
	if (r == 0 && left > 0)
		r = read_rows(sync, &batch, left < SYNC_BATCH_ENTRIES ? left : SYNC_BATCH_ENTRIES);
	if (r == 0 && left > 0 && batch.n == 0)
		r = STORE_CORRUPT;
	if (r == 0)
		r = seal(sync, &batch);
	if (r == 0)
		r = send(sync, &batch, from);
	json_decref(batch.entries);
	json_decref(batch.details);
	return r;
}

static bool stopping(struct sync *sync)
{
	bool stop_now;

	pthread_mutex_lock(&sync->mutex);
	stop_now = sync->stopping;
	pthread_mutex_unlock(&sync->mutex);
	return stop_now;
}

/* Where to begin: where our receipts end, unless the registrar has said that it stands before. */
static uint64_t begin_at(struct sync *sync, const struct epoch *epoch)
{
	struct sync_told told = told_of(sync);
	uint64_t held = epoch->number == told.epoch ? told.size : 0;

	if (!told.known || epoch->number < told.epoch || held > epoch->received)
		return epoch->received;
	return held;
}

static int send_epoch(struct sync *sync, struct epoch *epoch)
{
	uint64_t from = begin_at(sync, epoch);
	unsigned gaps = 0;
	int r = 0;

	while (r == 0 && (from < epoch->size || epoch->received < epoch->size)) {
		uint64_t before = from, received = epoch->received;

		if (stopping(sync))
			return CLIENT_STOPPED;
		r = send_batch(sync, epoch, &from);
		/* A batch below what is received moves on as well, without a new receipt. */
		if (r == 0 && epoch->received == received && from <= before && ++gaps > GAPS_MAX)
			r = SYNC_ANSWER;
	}
	return r;
}

int sync_up_once(struct sync *sync)
{
	struct epoch *epochs = calloc(EPOCHS_MAX, sizeof(*epochs));
	uint64_t unsent = 0;
	size_t n = 0;
	int worst = 0, r = epochs == NULL ? SYNC_MEMORY : read_epochs(sync, epochs, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		int one = 0;

		if (epochs[i].size == begin_at(sync, &epochs[i]))
			continue;
		one = is_stopped(sync, epochs[i].number) ? SYNC_EQUIVOCATION
							 : send_epoch(sync, &epochs[i]);
		if (one == SYNC_EQUIVOCATION) {
			pthread_mutex_lock(&sync->mutex);
			sync->status.equivocation = true;
			pthread_mutex_unlock(&sync->mutex);
			sync_leave_epoch(sync, epochs[i].number, "equivocation");
		} else if (one == SYNC_AHEAD) {
			sync_leave_epoch(sync, epochs[i].number, "restored");
		}
		unsent += epochs[i].size - epochs[i].received;
		if (one != 0 && worst == 0)
			worst = one;
		/* One epoch's trouble does not hold up another; the network's does. */
		if (one < 0 || one == SYNC_REFUSED)
			r = one;
	}
	free(epochs);
	pthread_mutex_lock(&sync->mutex);
	sync->status.unsent = unsent;
	pthread_mutex_unlock(&sync->mutex);
	return r != 0 ? r : worst;
}

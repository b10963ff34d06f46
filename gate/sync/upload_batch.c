#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "badges/bytes.h"
#include "badges/checkpoint.h"
#include "badges/log.h"
#include "gate/sync/upload.h"
#include "schema/gate_db.h"

/* A batch on its way. */
struct batch {
	struct epoch *epoch;
	struct tree tree; /* with the batch */
	json_t *entries, *details;
	size_t bytes;
	uint64_t from, n;
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1]; /* over the tree */
};

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

/* As it is kept: only the registrar opens it. */
static int add_sealed(struct batch *batch, struct store_rows *rows, int64_t seq)
{
	size_t len, size;
	const void *sealed = store_get_blob(rows, 4, &len);
	char *text;
	json_t *object;

	size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
	text = malloc(size);
	if (text == NULL)
		return STORE_NO_MEMORY;
	sodium_bin2base64(text, size, sealed, len, sodium_base64_VARIANT_ORIGINAL);
	object = json_pack("{s:I, s:s}", "seq", (json_int_t)seq, "sealed", text);
	free(text);
	if (object == NULL)
		return STORE_NO_MEMORY;
	batch->bytes += size + 40;
	return json_array_append_new(batch->details, object) == 0 ? 0 : STORE_NO_MEMORY;
}

static int add_row(struct batch *batch, struct store_rows *rows, bool with_details)
{
	size_t len;
	const char *text = store_get_blob(rows, 1, &len);
	uint8_t leaf[TREE_HASH];

	/* What is damaged here is no reason to hold up other epochs. */
	if ((uint64_t)store_get_i64(rows, 0) != batch->from + batch->n)
		return SYNC_POISONED;
	tree_leaf(text, len, leaf);
	if (tree_append(&batch->tree, leaf) != 0)
		return STORE_CORRUPT;
	batch->n++;
	batch->bytes += len + 32;
	if (batch->entries != NULL &&
	    json_array_append_new(batch->entries, json_stringn(text, len)) != 0)
		return SYNC_POISONED;
	if (with_details && !store_is_null(rows, 4))
		return add_sealed(batch, rows, store_get_i64(rows, 0));
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
	r = upload_write(sync, receipt_body, &work);
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
/* Of a log that was salvaged the registrar may hold more than is left here: it has compared the
 * part it was sent. Its last word is about the head, sent without entries. */
static int take_more(struct sync *sync, struct batch *batch, uint64_t *from)
{
	struct receipt_work work = {
	    .epoch = batch->epoch->number, .size = batch->epoch->size, .cosignature = ""};
	int r = 0;

	if (batch->tree.size == batch->epoch->size) {
		r = upload_write(sync, receipt_body, &work);
		if (r == 0)
			batch->epoch->received = batch->epoch->size;
	}
	*from = batch->epoch->size;
	return r;
}

static int take_conflict(struct sync *sync, struct batch *batch, json_t *json, uint64_t *from)
{
	const char *error = NULL;
	json_int_t size = -1, seq = -1;

	if (json_unpack(json, "{s:s, s?I, s?I}", "error", &error, "size", &size, "seq", &seq) != 0)
		return SYNC_ANSWER;
	if (strcmp(error, "equivocation") == 0 && seq >= 0)
		return upload_stop(sync, batch->epoch, (uint64_t)seq);
	if (strcmp(error, "gap") != 0 || size < 0)
		return SYNC_ANSWER;
	if ((uint64_t)size > batch->epoch->size && batch->epoch->salvaged)
		return take_more(sync, batch, from);
	if ((uint64_t)size > batch->epoch->size) {
		sync_say(sync,
		    "ALARM: the registrar holds %" PRId64 " entries of %s, this gate only %" PRIu64
		    ": its store was set back; tell the administrator",
		    (int64_t)size, batch->epoch->origin, batch->epoch->size);
		return upload_note_stop(sync, batch->epoch, batch->epoch->size, SYNC_AHEAD);
	}
	*from = (uint64_t)size;
	return 0;
}

static int take_answer(
    struct sync *sync, struct batch *batch, const struct client_answer *answer, uint64_t *from)
{
	json_t *json;
	int r;

	if (answer->status != 200 && answer->status != 409) {
		r = sync_refused(sync, "journal", answer);
		return answer->status == 400 ? SYNC_POISONED : r;
	}
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
		r = client_ask(sync->lines[SYNC_UP].client, path, body, strlen(body), 0, &answer);
	free(body);
	json_decref(json);
	if (r != 0)
		return r;
	r = take_answer(sync, batch, &answer, from);
	client_answer_free(&answer);
	return r;
}

int upload_batch(struct sync *sync, struct epoch *epoch, uint64_t most, uint64_t *from)
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
		r = read_rows(sync, &batch, left < most ? left : most);
	if (r == 0 && left > 0 && batch.n == 0)
		r = SYNC_POISONED;
	if (r == 0)
		r = seal(sync, &batch);
	if (r == 0)
		r = send(sync, &batch, from);
	json_decref(batch.entries);
	json_decref(batch.details);
	return r;
}

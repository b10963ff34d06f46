#include "gate/peer/peer_answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "badges/bytes.h"
#include "badges/checkpoint.h"
#include "badges/log.h"
#include "gate/sync/follow.h"
#include "schema/gate_db.h"

enum { WAIT_MAX = 25, EPOCHS_MAX = 64, BACK_STEP = 256 };

struct held {
	uint64_t epoch, size;
};

struct peer_question {
	struct held held[FOLLOW_HELD_MAX];
	size_t n;
};

int peer_question_read(
    const void *body, size_t len, struct peer_question **ret_question, unsigned *ret_wait)
{
	json_t *json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL), *held = NULL;
	struct peer_question *question = calloc(1, sizeof(*question));
	json_int_t wait = 0, epoch, size;
	const char *device;
	int r = question == NULL ? STORE_NO_MEMORY : 0;

	if (r == 0 &&
	    (json == NULL || json_unpack(json, "{s:I, s:o!}", "wait", &wait, "held", &held) != 0 ||
		wait < 0 || wait > WAIT_MAX || !json_is_array(held) ||
		json_array_size(held) > FOLLOW_HELD_MAX))
		r = STORE_MISUSE;
	for (size_t i = 0; r == 0 && i < json_array_size(held); i++) {
		if (json_unpack(json_array_get(held, i), "{s:s, s:I, s:I!}", "device", &device,
			"epoch", &epoch, "size", &size) != 0 ||
		    epoch < 1 || size < 0)
			r = STORE_MISUSE;
		else
			question->held[question->n++] =
			    (struct held){(uint64_t)epoch, (uint64_t)size};
	}
	json_decref(json);
	if (r == 0) {
		*ret_question = question;
		*ret_wait = (unsigned)wait;
	} else {
		free(question);
	}
	return r;
}

void peer_question_free(struct peer_question *question)
{
	free(question);
}

/* One of this gate's logs as it stood when it was read. */
struct own {
	uint64_t epoch, size;
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

/* Newest first. */
static int read_logs(struct gate *gate, struct own *logs, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = store_query(tx, GATE_Q_PEER_LOGS, STORE_ARGS(store_i64(EPOCHS_MAX)), &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct own *log = &logs[n++];

		r = 0;
		log->epoch = (uint64_t)store_get_i64(rows, 0);
		log->size = (uint64_t)store_get_i64(rows, 2);
		(void)snprintf(log->origin, sizeof(log->origin), "%s", store_get_text(rows, 1));
		(void)snprintf(
		    log->checkpoint, sizeof(log->checkpoint), "%s", store_get_text(rows, 3));
	}
	store_done(rows);
	gate_look_end(gate, tx);
	*ret_n = n;
	return r;
}

/* What is done with each entry of a range; 0 to go on. */
typedef int each_entry(void *context, const char *text, size_t len);

static int read_some(
    struct gate *gate, uint64_t epoch, uint64_t *at, uint64_t end, each_entry *each, void *context)
{
	uint64_t most = end - *at < FOLLOW_ENTRIES_MAX ? end - *at : FOLLOW_ENTRIES_MAX;
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	size_t len;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = store_query(tx, GATE_Q_ENTRY_RANGE,
	    STORE_ARGS(
		store_i64((int64_t)epoch), store_i64((int64_t)*at), store_i64((int64_t)most)),
	    &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		const char *text = store_get_blob(rows, 1, &len);

		r = (uint64_t)store_get_i64(rows, 0) == *at ? each(context, text, len)
							    : STORE_CORRUPT;
		++*at;
	}
	store_done(rows);
	gate_look_end(gate, tx);
	return r;
}

/* Entries from, ..., end - 1; the lock is let go between batches. */
static int read_range(
    struct gate *gate, uint64_t epoch, uint64_t from, uint64_t end, each_entry *each, void *context)
{
	uint64_t at = from, before;
	int r = 0;

	while (r == 0 && at < end) {
		before = at;
		r = read_some(gate, epoch, &at, end, each, context);
		if (r == 0 && at == before)
			r = STORE_CORRUPT;
	}
	return r;
}

static int put_leaf(void *context, const char *text, size_t len)
{
	uint8_t leaf[TREE_HASH];

	tree_leaf(text, len, leaf);
	return tree_append(context, leaf) == 0 ? 0 : STORE_CORRUPT;
}

/* The tree of the epoch's first size entries. */
static int tree_at(struct gate *gate, struct peer_cursor *cursor, uint64_t epoch, uint64_t size,
    struct tree *ret_tree)
{
	int r;

	pthread_mutex_lock(&cursor->mutex);
	if (cursor->epoch != epoch || cursor->tree.size > size) {
		cursor->epoch = epoch;
		tree_init(&cursor->tree);
	}
	r = read_range(gate, epoch, cursor->tree.size, size, put_leaf, &cursor->tree);
	if (r == 0)
		*ret_tree = cursor->tree;
	else
		cursor->epoch = 0;
	pthread_mutex_unlock(&cursor->mutex);
	return r;
}

/* The number of the first entry in a run that is not older than since. */
struct first {
	int64_t since_ms, newest_ms;
	uint64_t at, found;
};

static int look_at_time(void *context, const char *text, size_t len)
{
	struct first *first = context;
	struct entry entry;

	if (entry_parse(text, len, &entry) == 0) {
		first->newest_ms = entry.time_ms;
		if (entry.time_ms >= first->since_ms && first->found == UINT64_MAX)
			first->found = first->at;
	}
	first->at++;
	return 0;
}

/* When the newest list was issued, by the registrar's clock: what is recorded here with a clock
 * that is ahead can't be told from what is new, so this is what the last hours are before. */
static int read_issued(struct gate *gate, int64_t *ret_ms)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int64_t issued = 0;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = store_one(tx, GATE_Q_REVOKED_STATE, STORE_NO_ARGS, &rows);
	if (r == STORE_ROW)
		issued = store_get_i64(rows, 1);
	store_done(rows);
	if (gate->keys != NULL && gate->keys->head.issued > issued)
		issued = gate->keys->head.issued;
	gate_look_end(gate, tx);
	*ret_ms = issued > 0 ? issued * 1000 : INT64_MAX;
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

/* Where the last hours begin, looked for from the end: the first entry of the last run of entries
 * that are not older. They are those before the newest entry or the newest list, where that is
 * older still: a clock that goes to 2106 hides nothing from other gates, whether or not something
 * was recorded by it. */
static int find_start(struct gate *gate, const struct own *log, uint64_t *ret_start)
{
	int64_t now = clock_wall_ms(&gate->clock), issued = INT64_MAX;
	struct first first = {.since_ms = INT64_MAX, .newest_ms = now};
	uint64_t start = log->size;
	int r = read_range(gate, log->epoch, start - 1, start, look_at_time, &first);

	if (r == 0)
		r = read_issued(gate, &issued);
	if (first.newest_ms < now)
		now = first.newest_ms;
	if (issued < now)
		now = issued;
	first.since_ms = now - INT64_C(1000) * FOLLOW_SINCE_SECONDS;
	while (r == 0 && start > 0) {
		uint64_t from = start > BACK_STEP ? start - BACK_STEP : 0;

		first.at = from;
		first.found = UINT64_MAX;
		r = read_range(gate, log->epoch, from, start, look_at_time, &first);
		if (first.found == UINT64_MAX)
			break;
		start = first.found;
		if (first.found != from)
			break;
	}
	if (r == 0)
		*ret_start = start;
	return r;
}

static int put_text(void *context, const char *text, size_t len)
{
	return json_array_append_new(context, json_stringn(text, len)) == 0 ? 0 : STORE_NO_MEMORY;
}

/* This gate's signature over its own log at an earlier size than it has. */
static int sign_at(struct gate *gate, struct peer_cursor *cursor, const struct own *log,
    uint64_t size, char ret_checkpoint[static CHECKPOINT_SIGNED_MAX + 1])
{
	struct log_stage *stage = malloc(sizeof(*stage));
	struct log *copy = calloc(1, sizeof(*copy));
	int r = stage == NULL || copy == NULL ? STORE_NO_MEMORY : 0;

	if (r == 0 && log_create(log->origin, gate->journal_key->public, gate->journal_key->secret,
			  copy) != 0)
		r = JOURNAL_NO_SIGNATURE;
	if (r == 0)
		r = tree_at(gate, cursor, log->epoch, size, &copy->tree);
	if (r == 0) {
		log_begin(copy, stage);
		r = log_seal(stage) == 0 ? 0 : JOURNAL_NO_SIGNATURE;
	}
	if (r == 0)
		memcpy(ret_checkpoint, stage->checkpoint, stage->checkpoint_len + 1);
	free(copy);
	free(stage);
	return r;
}

static int add_tree(struct gate *gate, struct peer_cursor *cursor, const struct own *log,
    uint64_t old, json_t *piece)
{
	uint8_t stored[TREE_STORED_MAX];
	char hex[2 * TREE_STORED_MAX + 1];
	struct tree tree;
	int r = tree_at(gate, cursor, log->epoch, old, &tree);

	if (r != 0)
		return r;
	bytes_hex(stored, tree_store(&tree, stored), hex);
	return json_object_set_new(piece, "tree", json_string(hex)) == 0 ? 0 : STORE_NO_MEMORY;
}

/* One log's piece from old on, into logs. */
static int add_piece(struct gate *gate, struct peer_cursor *cursor, struct own *log, uint64_t old,
    bool with_tree, json_t *logs)
{
	uint64_t end = log->size - old > FOLLOW_ENTRIES_MAX ? old + FOLLOW_ENTRIES_MAX : log->size;
	json_t *entries = json_array();
	json_t *piece = json_pack("{s:s, s:I, s:I, s:o}", "device", gate->identity.device, "epoch",
	    (json_int_t)log->epoch, "old", (json_int_t)old, "entries", entries);
	int r = piece == NULL ? STORE_NO_MEMORY : 0;

	if (r == 0 && with_tree)
		r = add_tree(gate, cursor, log, old, piece);
	if (r == 0)
		r = read_range(gate, log->epoch, old, end, put_text, entries);
	if (r == 0 && end < log->size)
		r = sign_at(gate, cursor, log, end, log->checkpoint);
	if (r == 0 && json_object_set_new(piece, "checkpoint", json_string(log->checkpoint)) != 0)
		r = STORE_NO_MEMORY;
	if (r == 0 && json_array_append(logs, piece) != 0)
		r = STORE_NO_MEMORY;
	json_decref(piece);
	return r;
}

static int add_log(struct gate *gate, struct peer_cursor *cursor,
    const struct peer_question *question, struct own *log, json_t *logs)
{
	uint64_t old = 0;
	bool known = false;
	int r = 0;

	for (size_t i = 0; i < question->n && !known; i++) {
		known = question->held[i].epoch == log->epoch;
		old = question->held[i].size;
	}
	if (!known)
		r = find_start(gate, log, &old);
	return r != 0 || old >= log->size ? r : add_piece(gate, cursor, log, old, !known, logs);
}

int peer_answer(struct gate *gate, struct peer_cursor *cursor, const struct peer_question *question,
    bool may_wait, char **ret_json)
{
	struct own *logs = calloc(EPOCHS_MAX, sizeof(*logs));
	json_t *array = json_array(), *json = NULL;
	char *text = NULL;
	size_t n = 0;
	int r = logs == NULL || array == NULL ? STORE_NO_MEMORY : read_logs(gate, logs, &n);

	/* One log a time: what else there is, the next answer has. */
	for (size_t i = 0; r == 0 && i < n && json_array_size(array) == 0; i++)
		r = add_log(gate, cursor, question, &logs[i], array);
	if (r == 0 && (json_array_size(array) > 0 || !may_wait)) {
		json = json_pack("{s:O, s:[]}", "logs", array, "seen");
		text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
		r = text == NULL ? STORE_NO_MEMORY : 0;
	}
	json_decref(json);
	json_decref(array);
	free(logs);
	if (r == 0)
		*ret_json = text;
	return r;
}

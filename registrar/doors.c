#include "registrar/doors.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "badges/checkpoint.h"
#include "badges/tree.h"
#include "registrar/bell.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* The start of a log is looked for again after so long: it moves by the hour. */
#define START_STANDS_S 3600

/* A log as it stands, and what was made of it last. */
struct head {
	int64_t log, gate, epoch;
	uint64_t size;
	int64_t newest_ms;
	char device[GATES_NAME_MAX + 1];

	int64_t start_at; /* Unix seconds when the start was found; 0: not yet */
	uint64_t start;
	char tree[2 * TREE_STORED_MAX + 1]; /* frontier at start, in hex */

	/* The piece from one size to another, as JSON; an append-only log never changes it. */
	uint64_t from, to;
	char *piece; /* malloc'd, or NULL */
	size_t piece_len;
};

struct known {
	int64_t gate;
	char name[GATES_NAME_MAX + 1];
	int64_t seen_ms; /* monotonic; 0: not since the start */
};

struct doors {
	struct registrar *registrar;
	struct bell bell;
	pthread_mutex_t mutex; /* guards everything below; held while the store is read for all */
	bool read;
	uint64_t rings, changes; /* of both bells, when the heads were read */
	struct head *heads;
	size_t n_heads;
	struct known *known;
	size_t n_known;
	uint64_t head_reads, piece_reads;
};

static int64_t mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int doors_open(struct registrar *registrar, struct doors **ret_doors)
{
	struct doors *doors = calloc(1, sizeof(*doors));

	if (doors == NULL)
		return MODEL_SYSTEM;
	doors->registrar = registrar;
	if (bell_init(&doors->bell) != 0) {
		free(doors);
		return MODEL_SYSTEM;
	}
	if (pthread_mutex_init(&doors->mutex, NULL) != 0) {
		bell_destroy(&doors->bell);
		free(doors);
		return MODEL_SYSTEM;
	}
	*ret_doors = doors;
	return 0;
}

static void free_heads(struct head *heads, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(heads[i].piece);
	free(heads);
}

void doors_close(struct doors *doors)
{
	if (doors == NULL)
		return;
	free_heads(doors->heads, doors->n_heads);
	free(doors->known);
	pthread_mutex_destroy(&doors->mutex);
	bell_destroy(&doors->bell);
	free(doors);
}

void doors_ring(struct doors *doors)
{
	bell_ring(&doors->bell);
}

uint64_t doors_count(struct doors *doors)
{
	return bell_count(&doors->bell);
}

uint64_t doors_wait(struct doors *doors, uint64_t seen, uint64_t ms)
{
	return bell_wait(&doors->bell, seen, ms);
}

void doors_seen(struct doors *doors, int64_t gate)
{
	pthread_mutex_lock(&doors->mutex);
	for (size_t i = 0; i < doors->n_known; i++)
		if (doors->known[i].gate == gate)
			doors->known[i].seen_ms = mono_ms();
	pthread_mutex_unlock(&doors->mutex);
}

void doors_reads(struct doors *doors, uint64_t *ret_heads, uint64_t *ret_pieces)
{
	pthread_mutex_lock(&doors->mutex);
	*ret_heads = doors->head_reads;
	*ret_pieces = doors->piece_reads;
	pthread_mutex_unlock(&doors->mutex);
}

/* Room for one more of a list that grows by itself. */
static void *room(void *list, size_t n, size_t size)
{
	return n % 64 == 0 ? realloc(list, (n + 64) * size) : list;
}

static int read_known(struct doors *doors, struct store_tx *tx)
{
	struct known *known = NULL, *bigger;
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r = store_query(tx, REGISTRAR_Q_DOORS_GATES, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		bigger = room(known, n, sizeof(*known));
		r = bigger == NULL ? STORE_NO_MEMORY : 0;
		if (bigger == NULL)
			break;
		known = bigger;
		known[n] = (struct known){.gate = store_get_i64(rows, 0)};
		(void)snprintf(known[n].name, sizeof(known[n].name), "%s", store_get_text(rows, 1));
		for (size_t i = 0; i < doors->n_known; i++)
			if (doors->known[i].gate == known[n].gate)
				known[n].seen_ms = doors->known[i].seen_ms;
		n++;
	}
	store_done(rows);
	if (r != 0) {
		free(known);
		return r;
	}
	free(doors->known);
	doors->known = known;
	doors->n_known = n;
	return 0;
}

/* What was made of a log before is still good: logs only grow. */
static void take_over(struct doors *doors, struct head *head)
{
	for (size_t i = 0; i < doors->n_heads; i++) {
		struct head *old = &doors->heads[i];

		if (old->log != head->log)
			continue;
		head->start_at = old->start_at;
		head->start = old->start;
		memcpy(head->tree, old->tree, sizeof(head->tree));
		head->from = old->from;
		head->to = old->to;
		head->piece = old->piece;
		head->piece_len = old->piece_len;
		old->piece = NULL;
		return;
	}
}

static int read_heads(struct doors *doors, struct store_tx *tx)
{
	struct head *heads = NULL, *bigger;
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r = store_query(tx, REGISTRAR_Q_DOORS_LOGS, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		bigger = room(heads, n, sizeof(*heads));
		r = bigger == NULL ? STORE_NO_MEMORY : 0;
		if (bigger == NULL)
			break;
		heads = bigger;
		heads[n] = (struct head){.log = store_get_i64(rows, 0),
		    .epoch = store_get_i64(rows, 2),
		    .size = (uint64_t)store_get_i64(rows, 3),
		    .gate = store_get_i64(rows, 4),
		    .newest_ms = store_get_i64(rows, 5)};
		(void)snprintf(
		    heads[n].device, sizeof(heads[n].device), "%s", store_get_text(rows, 1));
		n++;
	}
	store_done(rows);
	if (r != 0) {
		free(heads);
		return r;
	}
	for (size_t i = 0; i < n; i++)
		take_over(doors, &heads[i]);
	free_heads(doors->heads, doors->n_heads);
	doors->heads = heads;
	doors->n_heads = n;
	return 0;
}

/* Reads the heads when something happened since; the first who comes does it for all. */
static int refresh(struct doors *doors)
{
	/* Counted before the look, so that what happens meanwhile is looked at again. */
	uint64_t rings = bell_count(&doors->bell);
	uint64_t changes = bell_count(&doors->registrar->changes);
	struct store_tx *tx = NULL;
	int r;

	if (doors->read && rings == doors->rings && changes == doors->changes)
		return 0;
	r = store_read_begin(doors->registrar->store, &tx);
	if (r == 0 && (!doors->read || changes != doors->changes))
		r = read_known(doors, tx);
	if (r == 0)
		r = read_heads(doors, tx);
	store_read_end(tx);
	if (r != 0)
		return r;
	doors->read = true;
	doors->rings = rings;
	doors->changes = changes;
	doors->head_reads++;
	return 0;
}

/* The tree over the entries before the start. */
static int read_tree(struct store_tx *tx, struct head *head, uint64_t start)
{
	uint8_t leaf[TREE_HASH], stored[TREE_STORED_MAX];
	struct store_rows *rows = NULL;
	struct tree tree;
	size_t len;
	int r = store_query(tx, REGISTRAR_Q_LOG_TEXTS,
	    STORE_ARGS(store_i64(head->log), store_i64((int64_t)start)), &rows);

	tree_init(&tree);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		const void *text = store_get_blob(rows, 0, &len);

		tree_leaf(text, len, leaf);
		r = tree_append(&tree, leaf) == 0 ? 0 : STORE_CORRUPT;
	}
	store_done(rows);
	if (r == 0 && tree.size != start)
		r = STORE_CORRUPT;
	if (r == 0)
		bytes_hex(stored, tree_store(&tree, stored), head->tree);
	return r;
}

static int find_start(struct store_tx *tx, struct head *head, int64_t now)
{
	struct store_rows *rows = NULL;
	uint64_t start = 0;
	int r;

	if (head->start_at != 0 && now >= head->start_at && now - head->start_at < START_STANDS_S)
		return 0;
	r = store_one(tx, REGISTRAR_Q_DOORS_FIRST_SINCE,
	    STORE_ARGS(store_i64(head->log), store_i64((now - DOORS_SINCE_S) * 1000)), &rows);
	if (r != STORE_ROW)
		return r;
	start = store_is_null(rows, 0) ? head->size : (uint64_t)store_get_i64(rows, 0);
	store_done(rows);
	r = read_tree(tx, head, start);
	if (r != 0)
		return r;
	head->start = start;
	head->start_at = now;
	return 0;
}

/* Texts of entries and notes hold nothing that JSON would escape but LF. */
static void put_text(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;

	buf_putc(out, '"');
	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text));

		if (line == NULL)
			line = end;
		buf_add(out, text, (size_t)(line - text));
		if (line < end)
			buf_puts(out, "\\n");
		text = line < end ? line + 1 : end;
	}
	buf_putc(out, '"');
}

static int put_entries(
    struct store_tx *tx, const struct head *head, uint64_t from, uint64_t to, struct buf *out)
{
	struct store_rows *rows = NULL;
	uint64_t at = from;
	size_t len;
	int r = store_query(tx, REGISTRAR_Q_UPLOAD_ENTRIES,
	    STORE_ARGS(
		store_i64(head->log), store_i64((int64_t)from), store_i64((int64_t)(to - from))),
	    &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		const char *text = store_get_blob(rows, 1, &len);

		r = (uint64_t)store_get_i64(rows, 0) == at ? 0 : STORE_CORRUPT;
		if (at++ > from)
			buf_putc(out, ',');
		put_text(out, text, len);
	}
	store_done(rows);
	return r == 0 && at != to ? STORE_CORRUPT : r;
}

/* The head's piece from that size on, up to a size that has a receipt. Behind the last one there
 * is nothing to send: then the piece is empty and ends where it begins. */
static int make_piece(struct doors *doors, struct store_tx *tx, struct head *head, uint64_t from)
{
	struct store_rows *rows = NULL;
	struct buf out;
	uint64_t to;
	int r = store_one(tx, REGISTRAR_Q_DOORS_END,
	    STORE_ARGS(store_i64(head->log), store_i64((int64_t)from),
		store_i64((int64_t)(from + DOORS_ENTRIES))),
	    &rows);

	if (r != STORE_ROW)
		return r;
	buf_init(&out, BUF_LIMIT_PAGE);
	to = (uint64_t)store_get_i64(rows, 0);
	buf_puts(&out, "\"checkpoint\":");
	put_text(&out, store_get_text(rows, 1), strlen(store_get_text(rows, 1)));
	buf_puts(&out, ",\"entries\":[");
	store_done(rows);
	r = put_entries(tx, head, from, to, &out);
	buf_puts(&out, "]}");
	if (r == 0 && buf_error(&out) != 0)
		r = STORE_NO_MEMORY;
	if (r == 0) {
		free(head->piece);
		head->piece = buf_steal(&out, &head->piece_len);
		head->from = from;
		head->to = to;
		doors->piece_reads++;
	}
	buf_free(&out);
	return r;
}

/* An answer as it grows. */
struct answer {
	struct doors *doors;
	struct store_tx *tx; /* begun for the first who needs it */
	struct buf *out;
	size_t logs;
	uint64_t entries;
	int64_t now;
};

static int begin(struct answer *answer)
{
	return answer->tx != NULL ? 0
				  : store_read_begin(answer->doors->registrar->store, &answer->tx);
}

static int put_piece(struct answer *answer, struct head *head, const uint64_t *size)
{
	uint64_t from;
	int r = 0;

	if (size == NULL) {
		r = begin(answer);
		if (r == 0)
			r = find_start(answer->tx, head, answer->now);
	}
	if (r != 0)
		return r;
	from = size == NULL ? head->start : *size;
	if (head->piece == NULL || head->from != from) {
		r = begin(answer);
		if (r == 0)
			r = make_piece(answer->doors, answer->tx, head, from);
	}
	/* No receipt beyond it, such as at the end of a log that is as old as the horizon. */
	if (r != 0)
		return r == STORE_NOT_FOUND ? 0 : r;
	if (answer->logs > 0 && answer->entries + (head->to - from) > DOORS_ENTRIES)
		return 0;
	buf_printf(answer->out, "%s{\"device\":\"%s\",\"epoch\":%lld,\"old\":%llu,",
	    answer->logs == 0 ? "{\"logs\":[" : ",", head->device, (long long)head->epoch,
	    (unsigned long long)from);
	if (size == NULL)
		buf_printf(answer->out, "\"tree\":\"%s\",", head->tree);
	buf_add(answer->out, head->piece, head->piece_len);
	answer->logs++;
	answer->entries += head->to - from;
	return 0;
}

static void put_seen(struct doors *doors, int64_t asker, struct buf *out)
{
	int64_t now = mono_ms();
	const char *between = "";

	buf_puts(out, "],\"seen\":[");
	for (size_t i = 0; i < doors->n_known; i++) {
		const struct known *known = &doors->known[i];

		if (known->gate == asker || known->seen_ms == 0)
			continue;
		buf_printf(out, "%s{\"device\":\"%s\",\"ago\":%lld}", between, known->name,
		    (long long)(now - known->seen_ms) / 1000);
		between = ",";
	}
	buf_puts(out, "]}\n");
}

static int by_log(const void *a, const void *b)
{
	const struct doors_held *x = a, *y = b;
	int order = strcmp(x->device, y->device);

	return order != 0 ? order : (x->epoch > y->epoch) - (x->epoch < y->epoch);
}

/* How much of a log is held: NULL: nothing. */
static const uint64_t *held_of(const struct doors_held *held, size_t n, const struct head *head)
{
	struct doors_held key = {.epoch = head->epoch};
	const struct doors_held *found;

	memcpy(key.device, head->device, sizeof(key.device));
	found = n == 0 ? NULL : bsearch(&key, held, n, sizeof(*held), by_log);
	return found == NULL ? NULL : &found->size;
}

/* The logs are gone through from anywhere, so that a busy one keeps no other waiting. */
static int put_logs(
    struct answer *answer, int64_t asker, const struct doors_held *held, size_t n_held)
{
	struct doors *doors = answer->doors;
	size_t first = doors->n_heads == 0 ? 0 : randombytes_uniform((uint32_t)doors->n_heads);
	int r = 0;

	for (size_t i = 0; r == 0 && i < doors->n_heads; i++) {
		struct head *head = &doors->heads[(first + i) % doors->n_heads];
		const uint64_t *size = held_of(held, n_held, head);

		if (head->gate == asker || (size != NULL && *size >= head->size) ||
		    (size == NULL && head->newest_ms / 1000 < answer->now - DOORS_SINCE_S))
			continue;
		if (answer->entries >= DOORS_ENTRIES || answer->out->len >= DOORS_BYTES)
			break;
		r = put_piece(answer, head, size);
	}
	return r;
}

static bool is_known(const struct doors *doors, int64_t gate)
{
	for (size_t i = 0; i < doors->n_known; i++)
		if (doors->known[i].gate == gate)
			return true;
	return false;
}

int doors_answer(struct doors *doors, int64_t asker, struct doors_held *held, size_t n_held,
    bool may_wait, struct buf *out, size_t *ret_logs)
{
	struct answer answer = {.doors = doors, .out = out, .now = registrar_now()};
	int r;

	if (n_held > 1)
		qsort(held, n_held, sizeof(*held), by_log);
	pthread_mutex_lock(&doors->mutex);
	r = refresh(doors);
	if (r == 0 && !is_known(doors, asker))
		r = GATES_REVOKED;
	if (r == 0)
		r = put_logs(&answer, asker, held, n_held);
	store_read_end(answer.tx);
	if (r == 0 && (answer.logs > 0 || !may_wait)) {
		if (answer.logs == 0)
			buf_puts(out, "{\"logs\":[");
		put_seen(doors, asker, out);
	}
	pthread_mutex_unlock(&doors->mutex);
	*ret_logs = answer.logs;
	return r;
}

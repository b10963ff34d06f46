#include "registrar/doors/doors_private.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "registrar/registrar.h"
#include "schema/registrar_db.h"

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
	struct doors_head *heads;
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

static void free_heads(struct doors_head *heads, size_t n)
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
static void take_over(struct doors *doors, struct doors_head *head)
{
	for (size_t i = 0; i < doors->n_heads; i++) {
		struct doors_head *old = &doors->heads[i];

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
	struct doors_head *heads = NULL, *bigger;
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r = store_query(tx, REGISTRAR_Q_DOORS_LOGS, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		bigger = room(heads, n, sizeof(*heads));
		r = bigger == NULL ? STORE_NO_MEMORY : 0;
		if (bigger == NULL)
			break;
		heads = bigger;
		heads[n] = (struct doors_head){.log = store_get_i64(rows, 0),
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

static int put_piece(struct answer *answer, struct doors_head *head, const uint64_t *size)
{
	uint64_t from;
	int r = 0;

	if (size == NULL) {
		r = begin(answer);
		if (r == 0)
			r = doors_piece_start(answer->tx, head, answer->now);
	}
	if (r != 0)
		return r;
	from = size == NULL ? head->start : *size;
	if (from >= head->size)
		return 0;
	if (head->piece == NULL || head->from != from) {
		r = begin(answer);
		if (r == 0)
			r = doors_piece_make(answer->tx, head, from);
		if (r == 0)
			answer->doors->piece_reads++;
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
static const uint64_t *held_of(
    const struct doors_held *held, size_t n, const struct doors_head *head)
{
	struct doors_held key = {.epoch = head->epoch};
	const struct doors_held *found;

	memcpy(key.device, head->device, sizeof(key.device));
	found = n == 0 ? NULL : bsearch(&key, held, n, sizeof(*held), by_log);
	return found == NULL ? NULL : &found->size;
}

/* A gate that names its present epoch gets its other ones as it does other gates'. */
static bool names_itself(
    const struct doors *doors, int64_t asker, const struct doors_held *held, size_t n)
{
	const char *name = "";

	for (size_t i = 0; i < doors->n_known; i++)
		if (doors->known[i].gate == asker)
			name = doors->known[i].name;
	for (size_t i = 0; i < n; i++)
		if (strcmp(held[i].device, name) == 0)
			return true;
	return false;
}

/* The logs are gone through from anywhere, so that a busy one keeps no other waiting. */
static int put_logs(
    struct answer *answer, int64_t asker, const struct doors_held *held, size_t n_held)
{
	struct doors *doors = answer->doors;
	size_t first = doors->n_heads == 0 ? 0 : randombytes_uniform((uint32_t)doors->n_heads);
	bool own = names_itself(doors, asker, held, n_held);
	int r = 0;

	for (size_t i = 0; r == 0 && i < doors->n_heads; i++) {
		struct doors_head *head = &doors->heads[(first + i) % doors->n_heads];
		const uint64_t *size = held_of(held, n_held, head);

		if ((head->gate == asker && !own) || (size != NULL && *size >= head->size) ||
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

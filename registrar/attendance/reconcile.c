#include "registrar/attendance/reconcile.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/checkpoint.h"
#include "badges/entry.h"
#include "badges/tree.h"
#include "registrar/doors/health.h"
#include "registrar/list.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

/* A log as far as it was found good. */
struct known {
	int64_t id;
	struct tree tree;
	bool bad;
	char words[400]; /* what is wrong with it */
};

struct reconcile_memory {
	pthread_mutex_t lock;
	int64_t base; /* attendance_base of what is known */
	struct known *logs;
	size_t n, cap;
};

struct reconcile_memory *reconcile_memory_new(void)
{
	struct reconcile_memory *memory = calloc(1, sizeof(*memory));

	if (memory == NULL || pthread_mutex_init(&memory->lock, NULL) != 0) {
		free(memory);
		return NULL;
	}
	return memory;
}

void reconcile_memory_free(struct reconcile_memory *memory)
{
	if (memory == NULL)
		return;
	pthread_mutex_destroy(&memory->lock);
	free(memory->logs);
	free(memory);
}

__attribute__((format(printf, 2, 3))) static int note(struct reconcile *to, const char *format, ...)
{
	char words[600];
	char **list = list_grow(to->words, to->n, &to->cap, sizeof(*list));
	va_list args;

	if (list == NULL)
		return STORE_NO_MEMORY;
	to->words = list;
	va_start(args, format);
	(void)vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	list[to->n] = list_text(words);
	return list[to->n++] == NULL ? STORE_NO_MEMORY : 0;
}

void reconcile_clear(struct reconcile *reconcile)
{
	for (size_t i = 0; i < reconcile->n; i++)
		free(reconcile->words[i]);
	free(reconcile->words);
	*reconcile = (struct reconcile){0};
}

/* ---- one log ---- */

/* A log as it stands in the store. */
struct stored {
	int64_t id, epoch, size, contradicted;
	char device[65], origin[256];
	uint8_t public[32];
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

static struct known *known_of(struct reconcile_memory *memory, int64_t id)
{
	struct known *logs;

	for (size_t i = 0; i < memory->n; i++)
		if (memory->logs[i].id == id)
			return &memory->logs[i];
	logs = list_grow(memory->logs, memory->n, &memory->cap, sizeof(*logs));
	if (logs == NULL)
		return NULL;
	memory->logs = logs;
	logs += memory->n++;
	*logs = (struct known){.id = id};
	tree_init(&logs->tree);
	return logs;
}

__attribute__((format(printf, 3, 4))) static void spoil(
    struct known *known, const struct stored *log, const char *format, ...)
{
	char what[120];
	va_list args;

	if (known->bad)
		return;
	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	known->bad = true;
	(void)snprintf(known->words, sizeof(known->words), "The journal of %s (epoch %lld) %s.",
	    log->device, (long long)log->epoch, what);
}

/* Whether the columns say what the text says. */
static bool agrees(struct store_rows *rows, const struct entry *entry)
{
	size_t len = 0;
	const void *pass = store_get_blob(rows, 4, &len);
	const char *event = entry->event[0] == '\0' ? "-" : entry->event;
	const char *staff = entry->staff[0] == '\0' ? "-" : entry->staff;

	return store_get_i64(rows, 2) == entry->time_ms &&
	       strcmp(store_get_text(rows, 3), event) == 0 &&
	       store_is_null(rows, 4) == !entry->has_pass &&
	       (!entry->has_pass ||
		   (len == sizeof(entry->pass) && memcmp(pass, entry->pass, len) == 0)) &&
	       strcmp(store_get_text(rows, 5), entry_decision_word(entry->decision)) == 0 &&
	       strcmp(store_get_text(rows, 6), entry->reason) == 0 &&
	       strcmp(store_get_text(rows, 7), staff) == 0;
}

static int look_at_row(struct store_rows *rows, const struct stored *log, struct known *known)
{
	uint64_t seq = (uint64_t)store_get_i64(rows, 0);
	uint8_t leaf[TREE_HASH];
	struct entry entry;
	size_t len = 0;
	const void *text = store_get_blob(rows, 1, &len);

	if (seq != known->tree.size) {
		spoil(known, log, "lacks entry %llu in this database: a row was removed",
		    (unsigned long long)known->tree.size);
		return 0;
	}
	if (entry_parse(text, len, &entry) != 0 || entry.seq != seq || !agrees(rows, &entry)) {
		spoil(known, log, "was altered in this database: entry %llu is not what was signed",
		    (unsigned long long)seq);
		return 0;
	}
	tree_leaf(text, len, leaf);
	return tree_append(&known->tree, leaf) == 0 ? 0 : STORE_CORRUPT;
}

static void look_at_head(const struct stored *log, struct known *known)
{
	struct checkpoint checkpoint;
	struct note_key key;
	uint8_t root[TREE_HASH];

	if (known->bad)
		return;
	if (known->tree.size != (uint64_t)log->size) {
		spoil(known, log, "lacks entry %llu in this database: a row was removed",
		    (unsigned long long)known->tree.size);
		return;
	}
	if (note_key_make(log->origin, NOTE_ED25519, log->public, &key) != 0 ||
	    checkpoint_verify(log->checkpoint, strlen(log->checkpoint), &key, &checkpoint) != 0 ||
	    checkpoint.size != known->tree.size) {
		spoil(known, log, "has no signed head for its %lld entries", (long long)log->size);
		return;
	}
	tree_root(&known->tree, root);
	if (memcmp(root, checkpoint.root, sizeof(root)) != 0)
		spoil(known, log,
		    "was altered in this database: its %lld entries are not those that were signed",
		    (long long)log->size);
}

static int look_at_log(struct store_tx *tx, const struct stored *log, struct known *known)
{
	struct store_rows *rows = NULL;
	int64_t behind = 0;
	int r = 0;

	if (!known->bad && known->tree.size < (uint64_t)log->size) {
		r = store_query(tx, REGISTRAR_Q_RECONCILE_ENTRIES,
		    STORE_ARGS(store_i64(log->id), store_i64((int64_t)known->tree.size),
			store_i64(log->size)),
		    &rows);
		while (r == 0 && !known->bad && (r = store_next(rows)) == STORE_ROW)
			r = look_at_row(rows, log, known);
		store_done(rows);
		if (r == 0)
			look_at_head(log, known);
	}
	if (r == 0)
		r = store_number(tx, REGISTRAR_Q_RECONCILE_BEHIND,
		    STORE_ARGS(store_i64(log->id), store_i64(log->size)), &behind);
	if (r == 0 && behind > 0)
		spoil(known, log, "has %lld rows in this database that no signed head covers",
		    (long long)behind);
	return r;
}

/* ---- the logs of a conference ---- */

/* Those with entries about it, and each gate's newest: what is missing there can't be seen. */
static bool concerns(const struct attendance *attendance, const bool *used,
    const struct stored *log, const char *next_device)
{
	for (size_t i = 0; i < attendance->n_logs; i++)
		if (attendance->logs[i].id == log->id && used[i])
			return true;
	return strcmp(log->device, next_device) != 0;
}

static int read_log(struct store_rows *rows, struct stored *log)
{
	int r;

	log->id = store_get_i64(rows, 0);
	log->epoch = store_get_i64(rows, 2);
	log->size = store_get_i64(rows, 5);
	log->contradicted = store_get_i64(rows, 7);
	r = store_copy_text(log->device, sizeof(log->device), store_get_text(rows, 1));
	if (r == 0)
		r = store_copy_text(log->origin, sizeof(log->origin), store_get_text(rows, 3));
	if (r == 0)
		r = store_get_fixed(rows, 4, log->public, sizeof(log->public));
	if (r == 0)
		r = store_copy_text(
		    log->checkpoint, sizeof(log->checkpoint), store_get_text(rows, 6));
	return r;
}

static int judge(struct reconcile_memory *memory, struct store_tx *tx, const struct stored *log,
    struct reconcile *to)
{
	struct known *known = known_of(memory, log->id);
	int r = known == NULL ? STORE_NO_MEMORY : look_at_log(tx, log, known);

	if (r != 0)
		return r;
	to->logs++;
	to->entries += known->tree.size;
	if (known->bad)
		r = note(to, "%s", known->words);
	if (r == 0 && log->contradicted > 0)
		r = note(to,
		    "%s (epoch %lld) contradicted its own journal %lld times: see Conflicts.",
		    log->device, (long long)log->epoch, (long long)log->contradicted);
	return r;
}

static int judge_logs(struct reconcile_memory *memory, struct store_tx *tx,
    const struct attendance *attendance, struct reconcile *to)
{
	struct stored *both = calloc(2, sizeof(*both)), *log = both, *next = both + 1, *swap;
	bool *used = calloc(attendance->n_logs + 1, sizeof(*used));
	struct store_rows *rows = NULL;
	bool any = false;
	int r = both == NULL || used == NULL ? STORE_NO_MEMORY : 0;

	for (size_t i = 0; r == 0 && i < attendance->n_lines; i++)
		used[attendance->lines[i].log] = true;
	if (r == 0)
		r = store_query(tx, REGISTRAR_Q_RECONCILE_LOGS, STORE_NO_ARGS, &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = read_log(rows, next);
		if (r == 0 && any && concerns(attendance, used, log, next->device))
			r = judge(memory, tx, log, to);
		swap = log;
		log = next;
		next = swap;
		any = true;
	}
	store_done(rows);
	if (r == 0 && any)
		r = judge(memory, tx, log, to);
	free(used);
	free(both);
	return r;
}

/* ---- gates that hold something ---- */

struct waiting {
	const struct attendance *attendance;
	int64_t now;
	char words[500];
	unsigned n;
};

static bool is_here(const struct attendance *attendance, const struct health_gate *gate)
{
	for (size_t i = 0; i < attendance->n_gates; i++)
		if (strcmp(attendance->gates[i].device, gate->name) == 0)
			return true;
	return gate->has_health && strcmp(gate->health.conference, attendance->slug) == 0;
}

static void look_at_gate(void *context, const struct health_gate *gate)
{
	struct waiting *w = context;
	int64_t until = w->now - HEALTH_SILENT < w->attendance->over ? w->now - HEALTH_SILENT
								     : w->attendance->over;
	int64_t heard = gate->told > gate->seen ? gate->told : gate->seen;
	bool holds = gate->has_health && gate->health.unsent > 0, silent = heard < until;
	size_t len = strlen(w->words);
	char when[80], unsent[40] = "";

	if (!gate->enrolled || gate->revoked || !is_here(w->attendance, gate) ||
	    (!holds && !silent))
		return;
	w->n++;
	if (holds)
		(void)snprintf(unsent, sizeof(unsent), " (%lld waiting there)",
		    (long long)gate->health.unsent);
	zone_say(NULL, heard, when, sizeof(when));
	(void)snprintf(w->words + len, sizeof(w->words) - len, "%s%s%s%s%s", len > 0 ? ", " : "",
	    gate->name, silent ? heard > 0 ? " since " : " never heard" : "",
	    silent && heard > 0 ? when : "", unsent);
}

static int judge_gates(
    struct store_tx *tx, const struct attendance *attendance, int64_t now, struct reconcile *to)
{
	struct waiting waiting = {.attendance = attendance, .now = now};
	int r = health_each(tx, now, look_at_gate, &waiting);

	if (r != 0 || waiting.n == 0)
		return r;
	return note(to, "%u %s entries that are not yet received: %s", waiting.n,
	    waiting.n == 1 ? "gate may have" : "gates may have", waiting.words);
}

int reconcile_run(struct registrar *registrar, struct store_tx *tx,
    const struct attendance *attendance, int64_t now, struct reconcile *ret_reconcile)
{
	struct reconcile_memory own = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct reconcile_memory *m = registrar->reconciled == NULL ? &own : registrar->reconciled;
	struct reconcile to = {0};
	int64_t base = 0;
	int r;

	pthread_mutex_lock(&m->lock);
	r = store_number(tx, REGISTRAR_Q_RECONCILE_BASE, STORE_NO_ARGS, &base);
	if (r == 0 && base != m->base) {
		m->n = 0;
		m->base = base;
	}
	if (r == 0)
		r = judge_gates(tx, attendance, now, &to);
	if (r == 0 && !registrar->journals_unchecked)
		r = judge_logs(m, tx, attendance, &to);
	/* What a failure left half looked at is not known. */
	if (r != 0)
		m->n = 0;
	pthread_mutex_unlock(&m->lock);
	free(own.logs);
	if (r == 0)
		*ret_reconcile = to;
	else
		reconcile_clear(&to);
	return r;
}

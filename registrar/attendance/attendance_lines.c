/* What a book is read from: entries of the gates' logs. They are read in the order of an index and
 * sorted here, which takes a third of the time of a join. */
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance_book.h"
#include "registrar/list.h"
#include "schema/registrar_db.h"

/* While it is read. */
struct reading {
	struct attendance_book *book;
	struct attendance_log *logs; /* as they are now, by device and epoch */
	size_t n_logs, cap_logs;
	uint32_t *order; /* index into logs, by id */
	size_t before;	 /* lines that stand in order already */
};

/* ---- logs ---- */

static int read_logs(struct store_tx *tx, struct reading *reading)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, REGISTRAR_Q_ATTENDANCE_LOGS, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct attendance_log *logs =
		    list_grow(reading->logs, reading->n_logs, &reading->cap_logs, sizeof(*logs));

		r = logs == NULL ? STORE_NO_MEMORY : 0;
		if (r != 0)
			break;
		reading->logs = logs;
		logs += reading->n_logs++;
		*logs = (struct attendance_log){.id = store_get_i64(rows, 0),
		    .epoch = store_get_i64(rows, 2),
		    .size = store_get_i64(rows, 3)};
		r = store_copy_text(logs->device, sizeof(logs->device), store_get_text(rows, 1));
	}
	store_done(rows);
	return r;
}

/* Logs are found by id in the order of their ids. A list of numbers needs the list they point to:
 * the few logs are sorted by insertion. */
static int order_logs(struct reading *reading)
{
	reading->order = calloc(reading->n_logs + 1, sizeof(*reading->order));
	if (reading->order == NULL)
		return STORE_NO_MEMORY;
	for (uint32_t i = 0; i < reading->n_logs; i++) {
		uint32_t at = i;

		for (; at > 0 && reading->logs[reading->order[at - 1]].id > reading->logs[i].id; at--)
			reading->order[at] = reading->order[at - 1];
		reading->order[at] = i;
	}
	return 0;
}

/* UINT32_MAX: no gate's. */
static uint32_t find_log(const struct reading *reading, int64_t id)
{
	size_t low = 0, high = reading->n_logs;

	while (low < high) {
		size_t middle = (low + high) / 2;
		uint32_t at = reading->order[middle];

		if (reading->logs[at].id == id)
			return at;
		if (reading->logs[at].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return UINT32_MAX;
}

/* How far the book read a log: 0 where it is new. */
static int64_t read_before(const struct attendance_book *book, int64_t id)
{
	for (size_t i = 0; i < book->n_logs; i++)
		if (book->logs[i].id == id)
			return book->logs[i].size;
	return 0;
}

/* Logs only grow, or attendance_base rises: where one is shorter, the book knows more than tx. */
static bool is_older(const struct reading *reading)
{
	const struct attendance_book *book = reading->book;

	for (size_t i = 0; i < book->n_logs; i++) {
		uint32_t at = find_log(reading, book->logs[i].id);

		if (at == UINT32_MAX || reading->logs[at].size < book->logs[i].size)
			return true;
	}
	return false;
}

/* Where new logs came in between, the lines' numbers of logs are others now. */
static void renumber(struct reading *reading)
{
	struct attendance_book *book = reading->book;

	if (book->n_logs == reading->n_logs)
		return;
	for (size_t i = 0; i < book->n_lines; i++)
		book->lines[i].log = find_log(reading, book->logs[book->lines[i].log].id);
}

/* ---- lines ---- */

static uint32_t word_of(struct attendance_book *book, const char *text)
{
	const char **words;

	/* The newest words are asked for most. */
	for (size_t i = book->n_words; i-- > 0;)
		if (strcmp(book->words[i], text) == 0)
			return (uint32_t)i;
	words = list_grow(book->words, book->n_words, &book->cap_words, sizeof(*words));
	if (words == NULL)
		return UINT32_MAX;
	book->words = words;
	words[book->n_words] = attendance_texts_keep(book->texts, text);
	return words[book->n_words] == NULL ? UINT32_MAX : (uint32_t)book->n_words++;
}

/* Of somebody at the door. A start, a list that came, a clock that stepped are the gate's own. */
static bool is_of_somebody(enum entry_decision decision)
{
	return decision == ENTRY_ADMIT || decision == ENTRY_OVERRIDE || decision == ENTRY_DENY ||
	       decision == ENTRY_EXIT || decision == ENTRY_VOID;
}

static int read_line(struct reading *reading, struct store_rows *rows)
{
	struct attendance_book *book = reading->book;
	struct attendance_line line = {.time_ms = store_get_i64(rows, 2),
	    .seq = store_get_i64(rows, 1),
	    .log = find_log(reading, store_get_i64(rows, 0)),
	    .who = ATTENDANCE_NOBODY,
	    .has_pass = !store_is_null(rows, 5)};
	struct attendance_line *lines;
	enum entry_decision decision;

	/* The registrar's own journal speaks of conferences as well. What stands behind the signed
	 * head of a log is no entry of it. */
	if (line.log == UINT32_MAX || line.seq >= reading->logs[line.log].size ||
	    entry_decision_read(store_get_text(rows, 3), &decision) != 0 ||
	    !is_of_somebody(decision))
		return 0;
	line.decision = decision;
	line.reason = word_of(book, store_get_text(rows, 4));
	line.staff = word_of(book, store_get_text(rows, 6));
	lines = list_grow(book->lines, book->n_lines, &book->cap_lines, sizeof(line));
	if (lines == NULL || line.reason == UINT32_MAX || line.staff == UINT32_MAX)
		return STORE_NO_MEMORY;
	book->lines = lines;
	lines += book->n_lines++;
	*lines = line;
	return line.has_pass ? store_get_fixed(rows, 5, lines->pass, sizeof(lines->pass)) : 0;
}

static int take(struct reading *reading, struct store_rows *rows, int r)
{
	while (r == 0 && (r = store_next(rows)) == STORE_ROW)
		r = read_line(reading, rows);
	store_done(rows);
	return r;
}

static int read_new(struct store_tx *tx, struct reading *reading)
{
	struct attendance_book *book = reading->book;
	struct store_rows *rows = NULL;
	int r = 0;

	if (!book->loaded) {
		r = store_query(tx, REGISTRAR_Q_ATTENDANCE_ENTRIES,
		    STORE_ARGS(store_text(book->slug)), &rows);
		return take(reading, rows, r);
	}
	for (size_t i = 0; r == 0 && i < reading->n_logs; i++) {
		const struct attendance_log *log = &reading->logs[i];
		int64_t from = read_before(book, log->id);

		if (log->size <= from)
			continue;
		rows = NULL;
		r = store_query(tx, REGISTRAR_Q_ATTENDANCE_ENTRIES_SINCE,
		    STORE_ARGS(store_text(book->slug), store_i64(log->id), store_i64(from),
			store_i64(log->size)),
		    &rows);
		r = take(reading, rows, r);
	}
	return r;
}

static int by_time(const void *a, const void *b)
{
	const struct attendance_line *x = a, *y = b;

	if (x->time_ms != y->time_ms)
		return x->time_ms < y->time_ms ? -1 : 1;
	if (x->log != y->log)
		return x->log < y->log ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The new ones are sorted, and merged from behind into those that stand. */
static int merge(struct attendance_book *book, size_t before)
{
	size_t fresh = book->n_lines - before, at = book->n_lines, old = before;
	struct attendance_line *lines = book->lines, *copy;

	if (fresh == 0)
		return 0;
	qsort(lines + before, fresh, sizeof(*lines), by_time);
	if (before == 0 || by_time(&lines[before - 1], &lines[before]) < 0)
		return 0;
	copy = malloc(fresh * sizeof(*copy));
	if (copy == NULL)
		return STORE_NO_MEMORY;
	memcpy(copy, lines + before, fresh * sizeof(*copy));
	while (fresh > 0)
		lines[--at] = old > 0 && by_time(&lines[old - 1], &copy[fresh - 1]) > 0
				  ? lines[--old]
				  : copy[--fresh];
	free(copy);
	return 0;
}

/* Whose the new lines' passes are, once a pass and not once an entry. */
static int find_passes(struct store_tx *tx, struct attendance_book *book, size_t before)
{
	int r = 0;

	for (size_t i = before; r == 0 && i < book->n_lines; i++)
		if (book->lines[i].has_pass)
			r = attendance_read_pass(tx, book, book->lines[i].pass);
	return r;
}

int attendance_read_lines(struct store_tx *tx, struct attendance_book *book)
{
	struct reading reading = {.book = book, .before = book->n_lines};
	int r = read_logs(tx, &reading);

	if (r == 0)
		r = order_logs(&reading);
	if (r != 0 || is_older(&reading))
		goto done;
	renumber(&reading);
	r = read_new(tx, &reading);
	if (r == 0)
		r = find_passes(tx, book, reading.before);
	if (r == 0) {
		book->changed = book->changed || book->n_lines > reading.before;
		r = merge(book, reading.before);
	}
	if (r == 0) {
		free(book->logs);
		book->logs = reading.logs;
		book->n_logs = reading.n_logs;
		reading.logs = NULL;
	}
done:
	free(reading.logs);
	free(reading.order);
	return r;
}

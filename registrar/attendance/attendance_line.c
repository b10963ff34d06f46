#include "registrar/attendance/attendance_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

/* While it is read: logs by their id, and the entries that were undone. */
struct place {
	int64_t log, seq; /* of a log: seq is its index */
};

struct reading {
	struct attendance_lines *lines;
	size_t cap_lines, cap_logs;
	struct place *logs, *undone; /* in order of log and seq */
	size_t n_undone, cap_undone;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->log != y->log ? (x->log > y->log) - (x->log < y->log)
				: (x->seq > y->seq) - (x->seq < y->seq);
}

static int by_log(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->log > y->log) - (x->log < y->log);
}

static int read_logs(struct store_tx *tx, struct reading *reading)
{
	struct attendance_lines *to = reading->lines;
	struct store_rows *rows = NULL;
	int r = store_query(tx, REGISTRAR_Q_ATTENDANCE_LOGS, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct attendance_log *logs =
		    list_grow(to->logs, to->n_logs, &reading->cap_logs, sizeof(*logs));

		r = logs == NULL ? STORE_NO_MEMORY : 0;
		if (r != 0)
			break;
		to->logs = logs;
		logs += to->n_logs++;
		logs->id = store_get_i64(rows, 0);
		logs->epoch = store_get_i64(rows, 2);
		(void)snprintf(logs->device, sizeof(logs->device), "%s", store_get_text(rows, 1));
	}
	store_done(rows);
	if (r != 0 || to->n_logs == 0)
		return r;
	reading->logs = calloc(to->n_logs, sizeof(*reading->logs));
	if (reading->logs == NULL)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < to->n_logs; i++)
		reading->logs[i] = (struct place){to->logs[i].id, (int64_t)i};
	qsort(reading->logs, to->n_logs, sizeof(*reading->logs), by_log);
	return 0;
}

static int read_undone(struct store_tx *tx, const char *slug, struct reading *reading)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, REGISTRAR_Q_ATTENDANCE_UNDONE, STORE_ARGS(store_text(slug)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct place *undone = list_grow(
		    reading->undone, reading->n_undone, &reading->cap_undone, sizeof(*undone));

		r = undone == NULL ? STORE_NO_MEMORY : 0;
		if (r != 0)
			break;
		reading->undone = undone;
		undone[reading->n_undone++] =
		    (struct place){store_get_i64(rows, 0), store_get_i64(rows, 1)};
	}
	store_done(rows);
	if (reading->n_undone > 1)
		qsort(reading->undone, reading->n_undone, sizeof(*reading->undone), by_place);
	return r;
}

static int read_line(struct reading *reading, struct store_rows *rows)
{
	struct attendance_lines *to = reading->lines;
	const struct place at = {store_get_i64(rows, 0), store_get_i64(rows, 1)};
	const struct place *log = to->n_logs == 0 ? NULL
						  : bsearch(&at, reading->logs, to->n_logs,
							sizeof(*reading->logs), by_log);
	struct attendance_line *line;

	/* The registrar's own journal speaks of conferences as well. */
	if (log == NULL)
		return 0;
	line = list_grow(to->lines, to->n, &reading->cap_lines, sizeof(*line));
	if (line == NULL)
		return STORE_NO_MEMORY;
	to->lines = line;
	line += to->n;
	*line = (struct attendance_line){
	    .time_ms = store_get_i64(rows, 2), .seq = at.seq, .log = (uint32_t)log->seq};
	(void)snprintf(line->decision, sizeof(line->decision), "%s", store_get_text(rows, 3));
	(void)snprintf(line->reason, sizeof(line->reason), "%s", store_get_text(rows, 4));
	(void)snprintf(line->staff, sizeof(line->staff), "%s", store_get_text(rows, 6));
	line->has_pass = !store_is_null(rows, 5);
	line->undone = reading->n_undone > 0 && bsearch(&at, reading->undone, reading->n_undone,
						    sizeof(*reading->undone), by_place) != NULL;
	to->n++;
	return line->has_pass ? store_get_fixed(rows, 5, line->pass, sizeof(line->pass)) : 0;
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

int attendance_lines_read(struct store_tx *tx, const char *slug, struct attendance_lines *lines)
{
	struct reading reading = {.lines = lines};
	struct store_rows *rows = NULL;
	int r = read_logs(tx, &reading);

	if (r == 0)
		r = read_undone(tx, slug, &reading);
	if (r == 0)
		r = store_query(
		    tx, REGISTRAR_Q_ATTENDANCE_ENTRIES, STORE_ARGS(store_text(slug)), &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW)
		r = read_line(&reading, rows);
	store_done(rows);
	free(reading.logs);
	free(reading.undone);
	if (r == 0 && lines->n > 1)
		qsort(lines->lines, lines->n, sizeof(*lines->lines), by_time);
	return r;
}

void attendance_lines_clear(struct attendance_lines *lines)
{
	free(lines->logs);
	free(lines->lines);
}

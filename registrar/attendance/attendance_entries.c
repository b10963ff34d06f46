/* The entries one by one, with whom they are about and what the gates said of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance.h"
#include "schema/registrar_db.h"

/* For fewer entries than this each detail is looked up; for more, those of a log are read along. */
enum { MANY = 500 };

/* The details of one log, in order. */
struct along {
	struct store_rows *rows;
	bool begun;
	int64_t seq; /* of the row that stands ready; -1: there is none */
};

struct details {
	struct store_tx *tx;
	const struct attendance *attendance;
	struct along *logs;	   /* one a log, or NULL: each is looked up */
	struct store_rows *single; /* what was looked up last */
};

static int look_up(struct details *d, const struct attendance_line *line, const char **ret)
{
	int r;

	store_done(d->single);
	d->single = NULL;
	r = store_one(d->tx, REGISTRAR_Q_ATTENDANCE_DETAIL,
	    STORE_ARGS(store_i64(d->attendance->logs[line->log].id), store_i64(line->seq)),
	    &d->single);
	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? 0 : r;
	*ret = store_get_text(d->single, 0);
	return 0;
}

static int step(struct along *along)
{
	int r = store_next(along->rows);

	along->seq = r == STORE_ROW ? store_get_i64(along->rows, 0) : INT64_MAX;
	return r == STORE_ROW ? 0 : r;
}

/* NULL: there is none, or it was destroyed. */
static int detail_of(struct details *d, const struct attendance_line *line, const char **ret)
{
	struct along *along = d->logs == NULL ? NULL : &d->logs[line->log];
	int r = 0;

	*ret = NULL;
	if (along == NULL)
		return look_up(d, line, ret);
	if (!along->begun) {
		along->begun = true;
		r = store_query(d->tx, REGISTRAR_Q_ATTENDANCE_DETAILS,
		    STORE_ARGS(store_i64(d->attendance->logs[line->log].id), store_i64(line->seq)),
		    &along->rows);
		if (r == 0)
			r = step(along);
	}
	/* A clock that stepped: time does not go as numbers do. */
	if (r == 0 && along->seq > line->seq)
		return look_up(d, line, ret);
	while (r == 0 && along->seq < line->seq)
		r = step(along);
	if (r == 0 && along->seq == line->seq)
		*ret = store_get_text(along->rows, 1);
	return r;
}

void attendance_entry(
    const struct attendance *attendance, const struct attendance_line *line, struct attendance_entry *ret)
{
	const struct attendance_log *log = &attendance->logs[line->log];
	const struct attendance_person *person =
	    line->who == ATTENDANCE_NOBODY ? NULL : &attendance->people[line->who];

	*ret = (struct attendance_entry){
	    .at = {.epoch = log->epoch, .seq = line->seq, .time_ms = line->time_ms},
	    .decision = entry_decision_word(line->decision),
	    .reason = attendance->words[line->reason],
	    .staff = attendance->words[line->staff],
	    .has_pass = line->has_pass,
	    .person = person == NULL ? 0 : person->person,
	    .name = person == NULL ? "" : person->name,
	    .outlet = person == NULL ? "" : person->outlet,
	};
	memcpy(ret->at.device, log->device, sizeof(ret->at.device));
	memcpy(ret->pass, line->pass, sizeof(ret->pass));
}

int attendance_entries(struct store_tx *tx, const struct attendance *attendance,
    const uint32_t *which, size_t n,
    int (*each)(void *context, const struct attendance_entry *entry), void *context)
{
	struct details d = {.tx = tx, .attendance = attendance};
	int r = 0;

	if (n >= MANY) {
		d.logs = calloc(attendance->n_logs + 1, sizeof(*d.logs));
		if (d.logs == NULL)
			return STORE_NO_MEMORY;
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct attendance_line *line =
		    &attendance->lines[which == NULL ? i : which[i]];
		struct attendance_entry entry;

		attendance_entry(attendance, line, &entry);
		if (tx != NULL)
			r = detail_of(&d, line, &entry.detail);
		if (r == 0)
			r = each(context, &entry);
	}
	for (size_t i = 0; d.logs != NULL && i < attendance->n_logs; i++)
		store_done(d.logs[i].rows);
	store_done(d.single);
	free(d.logs);
	return r;
}

const char *attendance_conflict_words(enum attendance_conflict_kind kind)
{
	switch (kind) {
	case ATTENDANCE_TWO_DOORS:
		return "Admitted at two doors, or again at one whose store was put back, without "
		       "an "
		       "exit in between. Ask there who came in.";
	case ATTENDANCE_AFTER_REVOKED:
		return "Admitted after the pass had been revoked: that door had not heard of it. "
		       "Find the person.";
	}
	return "";
}

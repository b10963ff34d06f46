#include <stdio.h>
#include <string.h>

#include "registrar/attendance/attendance.h"
#include "schema/registrar_db.h"

static struct store_value text_or_null(const char *text)
{
	return text == NULL ? store_null() : store_text(text);
}

static int slug_of(struct store_tx *tx, int64_t conference, char *ret_slug, size_t size)
{
	struct store_rows *rows = NULL;
	int r = store_one(
	    tx, REGISTRAR_Q_ATTENDANCE_CONFERENCE, STORE_ARGS(store_i64(conference)), &rows);

	if (r != STORE_ROW)
		return r;
	(void)snprintf(ret_slug, size, "%s", store_get_text(rows, 0));
	store_done(rows);
	return 0;
}

static int entry_read(struct store_rows *rows, struct attendance_entry *ret)
{
	*ret = (struct attendance_entry){
	    .at = {.epoch = store_get_i64(rows, 1),
		.seq = store_get_i64(rows, 2),
		.time_ms = store_get_i64(rows, 3)},
	    .decision = store_get_text(rows, 4),
	    .reason = store_get_text(rows, 5),
	    .staff = store_get_text(rows, 6),
	    .has_pass = !store_is_null(rows, 7),
	    .person = store_get_i64(rows, 8),
	    .name = store_get_text(rows, 9),
	    .outlet = store_get_text(rows, 10),
	    .detail = store_is_null(rows, 11) ? NULL : store_get_text(rows, 11),
	};
	(void)snprintf(ret->at.device, sizeof(ret->at.device), "%s", store_get_text(rows, 0));
	return ret->has_pass ? store_get_fixed(rows, 7, ret->pass, sizeof(ret->pass)) : 0;
}

int attendance_each(struct store_tx *tx, int64_t conference, const struct attendance_filter *filter,
    int (*each)(void *context, const struct attendance_entry *entry), void *context)
{
	static const struct attendance_filter all = {0};
	const struct attendance_filter *f = filter == NULL ? &all : filter;
	struct attendance_entry entry;
	struct store_rows *rows = NULL;
	char slug[65];
	int r = slug_of(tx, conference, slug, sizeof(slug));

	if (r == 0)
		r = store_query(tx, REGISTRAR_Q_ATTENDANCE_LIST,
		    STORE_ARGS(store_text(slug), text_or_null(f->decision), text_or_null(f->reason),
			text_or_null(f->device), store_i64(f->person)),
		    &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = entry_read(rows, &entry);
		if (r == 0)
			r = each(context, &entry);
	}
	store_done(rows);
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

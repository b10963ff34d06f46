#include "gate/conference.h"

#include <string.h>

#include "gate/gate.h"
#include "schema/gate_db.h"

/* A list confirmed within two quiet long polls is confirmed now. */
enum { FRESH_SECONDS = 60 };

/* Columns of conference_by_slug and its like. */
enum {
	COL_NUMBER,
	COL_SLUG,
	COL_TITLE,
	COL_PLACE,
	COL_DOORS,
	COL_STARTS,
	COL_ENDS,
	COL_CAPACITY,
	COL_CLASSES,
	COL_ID_CHECK,
	COL_ID_SHARE,
	COL_REENTRY,
	COL_PREREGISTRATION,
	COL_ADMIT_AT_ONCE,
	COL_AMBER,
	COL_RED,
	COL_VERSION,
	COL_ISSUED,
	COL_NOT_AFTER,
	COL_CHECKED,
};

static int fill(struct store_rows *rows, struct conference *conference)
{
	memset(conference, 0, sizeof(*conference));
	conference->number = (uint32_t)store_get_i64(rows, COL_NUMBER);
	conference->doors = store_get_i64(rows, COL_DOORS);
	conference->starts = store_get_i64(rows, COL_STARTS);
	conference->ends = store_get_i64(rows, COL_ENDS);
	conference->capacity = (uint32_t)store_get_i64(rows, COL_CAPACITY);
	conference->classes = (uint32_t)store_get_i64(rows, COL_CLASSES);
	conference->id_check = (enum roster_id_check)store_get_i64(rows, COL_ID_CHECK);
	conference->id_share = (unsigned)store_get_i64(rows, COL_ID_SHARE);
	conference->reentry = store_get_i64(rows, COL_REENTRY) != 0;
	conference->registration_required = store_get_i64(rows, COL_PREREGISTRATION) != 0;
	conference->admit_at_once = store_get_i64(rows, COL_ADMIT_AT_ONCE) != 0;
	conference->amber = store_get_i64(rows, COL_AMBER);
	conference->red = store_get_i64(rows, COL_RED);
	conference->version = (uint64_t)store_get_i64(rows, COL_VERSION);
	conference->issued = store_get_i64(rows, COL_ISSUED);
	conference->not_after = store_get_i64(rows, COL_NOT_AFTER);
	conference->checked = store_get_i64(rows, COL_CHECKED);
	if (store_copy_text(
		conference->slug, sizeof(conference->slug), store_get_text(rows, COL_SLUG)) != 0)
		return STORE_CORRUPT;
	return store_copy_text(
	    conference->title, sizeof(conference->title), store_get_text(rows, COL_TITLE));
}

static int find(
    struct store_tx *tx, unsigned query, struct store_value key, struct conference *ret_conference)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, query, STORE_ARGS(key), &rows);

	if (r == STORE_ROW && fill(rows, ret_conference) != 0)
		r = STORE_CORRUPT;
	store_done(rows);
	return r;
}

int conference_by_slug(struct store_tx *tx, const char *slug, struct conference *ret_conference)
{
	return find(tx, GATE_Q_CONFERENCE_BY_SLUG, store_text(slug), ret_conference);
}

int conference_by_number(struct store_tx *tx, uint32_t number, struct conference *ret_conference)
{
	return find(tx, GATE_Q_CONFERENCE_BY_NUMBER, store_i64(number), ret_conference);
}

int conference_each(struct store_tx *tx, conference_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	struct conference conference;
	int r = store_query(tx, GATE_Q_CONFERENCE_ALL, STORE_NO_ARGS, &rows);

	if (r != 0)
		return r;
	while ((r = store_next(rows)) == STORE_ROW) {
		r = fill(rows, &conference);
		if (r == 0)
			r = visit(context, &conference);
		if (r != 0)
			break;
	}
	store_done(rows);
	return r;
}

void conference_policy(const struct conference *conference, struct decide_policy *ret_policy)
{
	*ret_policy = (struct decide_policy){
	    .conference = conference->number,
	    .capacity = conference->capacity,
	    .classes = conference->classes,
	    .id_check = conference->id_check,
	    .id_share = conference->id_share,
	    .reentry = conference->reentry,
	    .registration_required = conference->registration_required,
	    .amber = conference->amber,
	    .red = conference->red,
	    .fresh = FRESH_SECONDS,
	};
}

int conference_revision(struct store_tx *tx, uint64_t *ret_revision)
{
	int64_t value = 0;
	int r = gate_meta_i64(tx, "revoked_version", &value);

	if (r == STORE_ROW || r == STORE_NOT_FOUND)
		*ret_revision = (uint64_t)value;
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

#include "registrar/press/restriction.h"
#include "schema/registrar_db.h"

int restriction_reach(
    struct store_tx *tx, const struct restriction *restriction, int64_t now, int64_t *ret_people)
{
	const struct restriction *w = restriction;
	return store_number(tx, REGISTRAR_Q_RESTRICTION_REACH,
	    STORE_ARGS(store_i64(now), store_i64(w->conference),
		store_i64(w->scope == REVOKED_SCOPE_CLASS ? w->pass_class : -1),
		store_i64(w->outlet), w->pass == NULL ? store_null() : store_blob(w->pass, 16)),
	    ret_people);
}

int restriction_count(struct store_tx *tx, int64_t now, int64_t conference, int64_t *ret_count)
{
	return store_number(tx, REGISTRAR_Q_RESTRICTION_COUNT,
	    STORE_ARGS(store_i64(now), store_i64(conference)), ret_count);
}

static void read_standing(struct store_rows *rows, struct restriction_standing *ret)
{
	*ret = (struct restriction_standing){
	    .id = store_get_i64(rows, 0),
	    .scope = (enum revoked_scope)store_get_i64(rows, 1),
	    .title = store_get_text(rows, 2),
	    .pass_class = (int)store_get_i64(rows, 3),
	    .outlet = store_get_text(rows, 4),
	    .from = store_get_i64(rows, 6),
	    .until = store_get_i64(rows, 7),
	    .words = store_get_text(rows, 8),
	    .made_by = store_get_text(rows, 9),
	    .gate = store_get_text(rows, 10),
	    .person = store_get_text(rows, 11),
	    .person_outlet = store_get_text(rows, 12),
	    .person_title = store_get_text(rows, 13),
	};
}

int restriction_each(struct store_tx *tx, int64_t now, restriction_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	struct restriction_standing standing;
	int r =
	    store_query(tx, REGISTRAR_Q_RESTRICTION_STANDING, STORE_ARGS(store_i64(now)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		read_standing(rows, &standing);
		r = visit(context, &standing);
	}
	store_done(rows);
	return r;
}

int restriction_find(struct store_tx *tx, int64_t now, const char *text,
    restriction_pass_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	struct restriction_pass found;
	int r = store_query(tx, REGISTRAR_Q_RESTRICTION_PEOPLE,
	    STORE_ARGS(store_i64(now), store_text(text)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		found = (struct restriction_pass){.name = store_get_text(rows, 1),
		    .outlet = store_get_text(rows, 2),
		    .title = store_get_text(rows, 3)};
		r = store_get_fixed(rows, 0, found.pass, sizeof(found.pass));
		if (r == 0)
			r = visit(context, &found);
	}
	store_done(rows);
	return r;
}

int restriction_holder(struct store_tx *tx, const uint8_t pass[static 16],
    struct restriction_pass *ret_found, struct store_rows **ret_rows)
{
	struct store_rows *rows = NULL;
	int r =
	    store_one(tx, REGISTRAR_Q_RESTRICTION_HOLDER, STORE_ARGS(store_blob(pass, 16)), &rows);

	if (r != STORE_ROW)
		return r;
	*ret_found = (struct restriction_pass){.name = store_get_text(rows, 0),
	    .outlet = store_get_text(rows, 1),
	    .title = store_get_text(rows, 2)};
	*ret_rows = rows;
	return STORE_ROW;
}

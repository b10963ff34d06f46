#include "registrar/press/outlet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/registrar_db.h"
#include "web/text.h"

static void read_row(struct store_rows *rows, struct outlet *ret_outlet)
{
	ret_outlet->id = store_get_i64(rows, 0);
	snprintf(ret_outlet->name, sizeof(ret_outlet->name), "%s", store_get_text(rows, 1));
	ret_outlet->local = store_get_i64(rows, 2) != 0;
}

static int read_one(
    struct store_tx *tx, unsigned query, struct store_value key, struct outlet *ret_outlet)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, &key, 1, &rows);

	if (result < 0)
		return result;
	read_row(rows, ret_outlet);
	store_done(rows);
	return 0;
}

int outlet_by_id(struct store_tx *tx, int64_t id, struct outlet *ret_outlet)
{
	return read_one(tx, REGISTRAR_Q_OUTLET_BY_ID, store_i64(id), ret_outlet);
}

int outlet_by_name(struct store_tx *tx, const char *name, struct outlet *ret_outlet)
{
	char *fold = NULL;
	int result;

	if (text_fold(name, &fold) < 0)
		return STORE_NO_MEMORY;
	result = read_one(tx, REGISTRAR_Q_OUTLET_BY_FOLD, store_text(fold), ret_outlet);
	free(fold);
	return result;
}

int outlet_put(struct store_tx *tx, const char *name, bool local, int64_t now, int64_t *ret_id)
{
	struct outlet known;
	char *fold = NULL;
	int result = outlet_by_name(tx, name, &known);

	if (result == 0) {
		*ret_id = known.id;
		return 0;
	}
	if (result != STORE_NOT_FOUND)
		return result;
	if (text_fold(name, &fold) < 0)
		return STORE_NO_MEMORY;
	result = store_exec(tx, REGISTRAR_Q_OUTLET_INSERT,
	    STORE_ARGS(store_text(name), store_text(fold), store_i64(local), store_i64(now)), NULL);
	free(fold);
	if (result == 0)
		*ret_id = store_last_id(tx);
	return result;
}

int outlet_set_local(struct store_tx *tx, int64_t id, bool local)
{
	return store_exec(
	    tx, REGISTRAR_Q_OUTLET_SET_LOCAL, STORE_ARGS(store_i64(id), store_i64(local)), NULL);
}

/* Room for one more at the end of the list. */
static struct outlet *grow(struct outlet_list *list)
{
	struct outlet *more;

	if ((list->n & (list->n - 1)) == 0) {
		more = realloc(list->outlets, (list->n ? list->n * 2 : 1) * sizeof(*more));
		if (!more)
			return NULL;
		list->outlets = more;
	}
	return &list->outlets[list->n++];
}

int outlet_list(struct store_tx *tx, struct outlet_list *ret_list)
{
	struct outlet_list list = {NULL, 0};
	struct store_rows *rows = NULL;
	struct outlet *next;
	int result = store_query(tx, REGISTRAR_Q_OUTLET_LIST, STORE_NO_ARGS, &rows);

	if (result < 0)
		return result;
	while ((result = store_next(rows)) == STORE_ROW) {
		next = grow(&list);
		if (!next) {
			result = STORE_NO_MEMORY;
			break;
		}
		read_row(rows, next);
	}
	store_done(rows);
	if (result < 0)
		outlet_list_free(&list);
	else
		*ret_list = list;
	return result;
}

void outlet_list_free(struct outlet_list *list)
{
	free(list->outlets);
	*list = (struct outlet_list){NULL, 0};
}

#include "registrar/press/outlet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

static int read_row(struct store_rows *rows, void *item)
{
	struct outlet *ret_outlet = item;

	ret_outlet->id = store_get_i64(rows, 0);
	snprintf(ret_outlet->name, sizeof(ret_outlet->name), "%s", store_get_text(rows, 1));
	ret_outlet->local = store_get_i64(rows, 2) != 0;
	snprintf(ret_outlet->site, sizeof(ret_outlet->site), "%s", store_get_text(rows, 3));
	snprintf(ret_outlet->address, sizeof(ret_outlet->address), "%s", store_get_text(rows, 4));
	return 0;
}

static int read_one(
    struct store_tx *tx, unsigned query, struct store_value key, struct outlet *ret_outlet)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, &key, 1, &rows);

	if (result < 0)
		return result;
	result = read_row(rows, ret_outlet);
	store_done(rows);
	return result;
}

int outlet_by_id(struct store_tx *tx, int64_t id, struct outlet *ret_outlet)
{
	return read_one(tx, REGISTRAR_Q_OUTLET_BY_ID, store_i64(id), ret_outlet);
}

int outlet_by_name(struct store_tx *tx, const char *name, struct outlet *ret_outlet)
{
	char *key = NULL;
	int result = outlet_key(name, &key);

	if (result == 0)
		result = read_one(tx, REGISTRAR_Q_OUTLET_BY_FOLD, store_text(key), ret_outlet);
	free(key);
	return result;
}

int outlet_put(struct store_tx *tx, const char *name, bool local, int64_t now, int64_t *ret_id)
{
	struct outlet known;
	char *key = NULL;
	int result = outlet_by_name(tx, name, &known);

	if (result == 0) {
		*ret_id = known.id;
		return 0;
	}
	if (result != STORE_NOT_FOUND)
		return result;
	result = outlet_key(name, &key);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_OUTLET_INSERT,
		    STORE_ARGS(store_text(name), store_text(key), store_i64(local), store_i64(now)),
		    NULL);
	free(key);
	if (result == 0)
		*ret_id = store_last_id(tx);
	return result;
}

int outlet_set_local(struct store_tx *tx, int64_t id, bool local)
{
	return store_exec(
	    tx, REGISTRAR_Q_OUTLET_SET_LOCAL, STORE_ARGS(store_i64(id), store_i64(local)), NULL);
}

int outlet_set_details(struct store_tx *tx, int64_t id, const char *site, const char *address)
{
	return store_exec(tx, REGISTRAR_Q_OUTLET_SET_DETAILS,
	    STORE_ARGS(store_i64(id), store_text(site), store_text(address)), NULL);
}

int outlet_alias(struct store_tx *tx, int64_t id, const char *name, const char *staff, int64_t now)
{
	struct outlet known;
	char *key = NULL;
	int result = outlet_by_name(tx, name, &known);

	if (result == 0)
		return known.id == id ? 0 : OUTLET_E_TAKEN;
	if (result != STORE_NOT_FOUND)
		return result;
	result = outlet_key(name, &key);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_OUTLET_ALIAS_INSERT,
		    STORE_ARGS(store_text(key), store_i64(id), store_text(name), store_i64(now),
			store_text(staff)),
		    NULL);
	free(key);
	return result;
}

int outlet_list(struct store_tx *tx, struct outlet_list *ret_list)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_OUTLET_LIST, STORE_NO_ARGS,
	    sizeof(*ret_list->outlets), read_row, NULL, &list);

	if (result == 0)
		*ret_list = (struct outlet_list){list.items, list.n};
	return result;
}

void outlet_list_free(struct outlet_list *list)
{
	free(list->outlets);
	*list = (struct outlet_list){NULL, 0};
}

int outlet_each_name(struct store_tx *tx, outlet_name_seen *seen, void *context)
{
	struct store_rows *rows = NULL;
	struct outlet_name row;
	int result = store_query(tx, REGISTRAR_Q_OUTLET_NAMES, STORE_NO_ARGS, &rows);

	if (result < 0)
		return result;
	while ((result = store_next(rows)) == STORE_ROW) {
		read_row(rows, &row.outlet);
		row.name = store_get_text(rows, 5);
		row.key = store_get_text(rows, 6);
		result = seen(context, &row);
		if (result != 0)
			break;
	}
	store_done(rows);
	return result;
}

int outlet_settle(struct store_tx *tx, void *unused)
{
	struct outlet_list list;
	int result = outlet_list(tx, &list);

	(void)unused;
	if (result < 0)
		return result;
	for (size_t i = 0; result == 0 && i < list.n; i++) {
		char *key = NULL;

		result = outlet_key(list.outlets[i].name, &key);
		if (result == 0)
			result = store_exec(tx, REGISTRAR_Q_OUTLET_SET_FOLD,
			    STORE_ARGS(store_i64(list.outlets[i].id), store_text(key)), NULL);
		free(key);
	}
	outlet_list_free(&list);
	return result;
}

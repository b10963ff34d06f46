#include "registrar/press/correspondence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

static const char *const kinds[CORRESPONDENCE_KINDS] = {
    "message", "asked", "answered", "approved", "refused", "responded", "appealed", "withdrawn"};

int correspondence_add(struct store_tx *tx, int64_t application_id, enum correspondence_kind kind,
    const char *staff, const char *words, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_CORRESPONDENCE_INSERT,
	    STORE_ARGS(store_i64(application_id), store_i64(now), store_text(kinds[kind]),
		store_text(staff), store_text(words)),
	    NULL);
}

static int read_row(struct store_rows *rows, void *item)
{
	struct correspondence_entry *ret = item;
	const char *kind = store_get_text(rows, 1);

	*ret = (struct correspondence_entry){.at = store_get_i64(rows, 0)};
	for (unsigned i = 0; i < CORRESPONDENCE_KINDS; i++)
		if (strcmp(kinds[i], kind) == 0)
			ret->kind = (enum correspondence_kind)i;
	snprintf(ret->staff, sizeof(ret->staff), "%s", store_get_text(rows, 2));
	snprintf(ret->full_name, sizeof(ret->full_name), "%s", store_get_text(rows, 3));
	ret->words = list_text(store_get_text(rows, 4));
	return ret->words ? 0 : STORE_NO_MEMORY;
}

static void clear_row(void *item)
{
	free(((struct correspondence_entry *)item)->words);
}

int correspondence_read(
    struct store_tx *tx, int64_t application_id, struct correspondence *ret_said)
{
	struct list_rows list = {NULL, 0};
	int result =
	    list_read(tx, REGISTRAR_Q_CORRESPONDENCE_LIST, STORE_ARGS(store_i64(application_id)),
		sizeof(*ret_said->items), read_row, clear_row, &list);

	if (result == 0)
		*ret_said = (struct correspondence){list.items, list.n};
	return result;
}

void correspondence_free(struct correspondence *said)
{
	for (size_t i = 0; i < said->n; i++)
		clear_row(&said->items[i]);
	free(said->items);
	*said = (struct correspondence){NULL, 0};
}

int correspondence_count(struct store_tx *tx, int64_t application_id, enum correspondence_kind kind,
    const char *staff, int64_t *ret_count)
{
	return store_number(tx, REGISTRAR_Q_CORRESPONDENCE_COUNT,
	    STORE_ARGS(store_i64(application_id), store_text(kinds[kind]), store_text(staff)),
	    ret_count);
}

int correspondence_unanswered(struct store_tx *tx, int64_t application_id, int64_t *ret_count)
{
	return store_number(tx, REGISTRAR_Q_CORRESPONDENCE_UNANSWERED,
	    STORE_ARGS(store_i64(application_id)), ret_count);
}

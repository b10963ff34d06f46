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

static int read_row(struct store_rows *rows, struct correspondence_entry *ret)
{
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

int correspondence_read(
    struct store_tx *tx, int64_t application_id, struct correspondence *ret_said)
{
	struct correspondence said = {NULL, 0};
	struct store_rows *rows = NULL;
	size_t room = 0;
	void *more;
	int result = store_query(
	    tx, REGISTRAR_Q_CORRESPONDENCE_LIST, STORE_ARGS(store_i64(application_id)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		more = list_grow(said.items, said.n, &room, sizeof(*said.items));
		result = more ? 0 : STORE_NO_MEMORY;
		if (more) {
			said.items = more;
			result = read_row(rows, &said.items[said.n++]);
		}
	}
	store_done(rows);
	if (result < 0)
		correspondence_free(&said);
	else
		*ret_said = said;
	return result;
}

void correspondence_free(struct correspondence *said)
{
	for (size_t i = 0; i < said->n; i++)
		free(said->items[i].words);
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

#include "registrar/list.h"

#include <stdlib.h>
#include <string.h>

/* Most lists are shorter: one allocation. */
#define FIRST_ROOM 8

void *list_grow(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : FIRST_ROOM;
	void *grown;

	if (n < *room)
		return array;
	grown = reallocarray(array, more, size);
	if (grown)
		*room = more;
	return grown;
}

char *list_text(const char *text)
{
	return strdup(text ? text : "");
}

int list_read(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    size_t size, list_row *read, list_clear *clear, struct list_rows *ret)
{
	struct store_rows *rows = NULL;
	char *items = NULL, *more;
	size_t n = 0, room = 0;
	int result = store_query(tx, query, args, n_args, &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW) {
		more = list_grow(items, n, &room, size);
		result = more ? 0 : STORE_NO_MEMORY;
		if (result)
			break;
		items = more;
		result = read(rows, items + n * size);
		n += !result;
	}
	store_done(rows);
	if (!result) {
		*ret = (struct list_rows){items, n};
		return 0;
	}
	for (size_t i = 0; clear && i < n; i++)
		clear(items + i * size);
	free(items);
	return result;
}

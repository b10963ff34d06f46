/*
 * list: an array that grows while rows are read.
 */
#ifndef REGISTRAR_LIST_H
#define REGISTRAR_LIST_H

#include <stddef.h>

#include "schema/store.h"

/*
 * Room for one more element of `size` bytes in an array of `n` that has room for *room: the array,
 * perhaps moved, as realloc gives it; a NULL array has room 0. NULL: no memory, and the old array
 * stands.
 */
void *list_grow(void *array, size_t n, size_t *room, size_t size)
    __attribute__((warn_unused_result));

/* An element's own copy of a text, "" for NULL; the caller frees it. NULL: no memory. */
char *list_text(const char *text) __attribute__((warn_unused_result));

/* ---- all rows of a query ---- */

struct list_rows {
	void *items; /* NULL where there is no row */
	size_t n;
};

/* Fills an item, which holds nothing yet, from a row. Returns 0, or a failure's code with nothing
 * in the item to be freed. */
typedef int list_row(struct store_rows *rows, void *item);

/* Frees what `list_row` put into an item. */
typedef void list_clear(void *item);

/*
 * Reads every row of a query into an array of items of `size` bytes, which the caller frees with
 * what they hold; `clear` is NULL where they hold nothing. Returns 0, or as the store, or what
 * `read` failed with; then *ret is untouched and nothing is left.
 */
int list_read(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    size_t size, list_row *read, list_clear *clear, struct list_rows *ret)
    __attribute__((warn_unused_result));

#endif

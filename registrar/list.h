/*
 * list: an array that grows while rows are read.
 */
#ifndef REGISTRAR_LIST_H
#define REGISTRAR_LIST_H

#include <stddef.h>

/*
 * Room for one more element of `size` bytes in an array of `n` that has room for *room: the array,
 * perhaps moved, as realloc gives it; a NULL array has room 0. NULL: no memory, and the old array
 * stands.
 */
void *list_grow(void *array, size_t n, size_t *room, size_t size)
    __attribute__((warn_unused_result));

/* An element's own copy of a text, "" for NULL; the caller frees it. NULL: no memory. */
char *list_text(const char *text) __attribute__((warn_unused_result));

#endif

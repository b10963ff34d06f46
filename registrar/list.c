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

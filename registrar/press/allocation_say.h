/*
 * allocation_say: what allocation_decide() found, in words for the person.
 */
#ifndef REGISTRAR_ALLOCATION_SAY_H
#define REGISTRAR_ALLOCATION_SAY_H

#include <stddef.h>

#include "registrar/press/allocation_decide.h"

/* The explanation, to be said by say_kept(); 500 characters at most. pool: the name of
 * result->pool, or "". */
void allocation_say(const struct allocation_result *result, const char *outlet, const char *pool,
    char *ret, size_t size);

/* What is said to one who asked and will hear at the deadline. */
const char *allocation_say_asked(void);

#endif

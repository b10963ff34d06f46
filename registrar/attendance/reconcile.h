/*
 * reconcile: whether a conference's lists are what the gates signed, and whether all of it is here.
 *
 * Each log of the conference is hashed again and compared with its signed head, and the columns
 * that lists are made from with the text that is hashed. What was found good once is not read again
 * until something in the journals is altered (attendance_base), so that a page pays for what is
 * new. Beside that it says who has not been heard: gates that hold entries, or are silent.
 */
#ifndef REGISTRAR_RECONCILE_H
#define REGISTRAR_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/attendance/attendance.h"

struct registrar;
struct reconcile_memory; /* which logs were found good, as far as they went */

struct reconcile_memory *reconcile_memory_new(void);	     /* NULL: no memory */
void reconcile_memory_free(struct reconcile_memory *memory); /* NULL is quiet */

struct reconcile {
	char **words; /* what is to be known, a sentence each */
	size_t n, cap;
	uint64_t entries; /* that were compared with signed heads, now or before */
	size_t logs;
};

/* What is not in the registrar's memory is read. now: Unix seconds. Returns 0 (clear it) or a
 * store_result. */
int reconcile_run(struct registrar *registrar, struct store_tx *tx,
    const struct attendance *attendance, int64_t now, struct reconcile *ret_reconcile)
    __attribute__((warn_unused_result));
void reconcile_clear(struct reconcile *reconcile);

#endif

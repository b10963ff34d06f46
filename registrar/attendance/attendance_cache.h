/*
 * attendance_cache: the attendance of the conferences that are looked at, kept by a registrar that
 * serves. What is new is read at each look, so that a page is true by the second and costs what
 * changed, not what there is.
 */
#ifndef REGISTRAR_ATTENDANCE_CACHE_H
#define REGISTRAR_ATTENDANCE_CACHE_H

#include "registrar/attendance/attendance.h"

struct attendance_cache;

/*
 * How much is kept: of the conferences looked at last, as many as have together so many entries and
 * registrations (some 200 bytes each). One that has more by itself is counted anew each time.
 */
enum { ATTENDANCE_CACHE_BOOKS = 8, ATTENDANCE_CACHE_ROWS = 1000000 };

/* NULL: no memory. */
struct attendance_cache *attendance_cache_new(void);
void attendance_cache_free(struct attendance_cache *cache); /* NULL is quiet */

/* As attendance_load, equal to it at the time of tx or later; shared, so that nothing of it may be
 * changed. cache NULL: read anew. */
int attendance_cache_get(struct attendance_cache *cache, struct store_tx *tx, int64_t conference,
    const struct attendance **ret_attendance) __attribute__((warn_unused_result));

/* Lets go of all that is kept: after a purge no name of it stays in memory. */
void attendance_cache_forget(struct attendance_cache *cache);

/* Of how many conferences something is kept. */
size_t attendance_cache_kept(struct attendance_cache *cache);

#endif

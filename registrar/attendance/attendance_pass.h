/*
 * attendance_pass: whose each pass is, found once a pass and not once an entry. For attendance.c.
 */
#ifndef REGISTRAR_ATTENDANCE_PASS_H
#define REGISTRAR_ATTENDANCE_PASS_H

#include "registrar/attendance/attendance_index.h"

struct attendance_pass {
	uint8_t id[16];
	size_t who;	 /* index into people; ATTENDANCE_NONE: free */
	int64_t revoked; /* Unix seconds, 0: not */
};

struct attendance_passes {
	struct attendance_pass *passes;
	size_t n, cap; /* cap: a power of two, or 0 */
};

/* Those of the conference, whose registrations are in the index. Returns 0 or a store_result. */
int attendance_passes_load(struct store_tx *tx, struct attendance_index *index,
    struct attendance_passes *passes) __attribute__((warn_unused_result));

/* One, read where it is not known yet: of another conference, or of nobody here. Whom it names is
 * introduced to the index. *ret_pass is good until the next call. Returns 0 or a store_result. */
int attendance_passes_find(struct store_tx *tx, struct attendance_index *index,
    struct attendance_passes *passes, const uint8_t id[static 16],
    const struct attendance_pass **ret_pass) __attribute__((warn_unused_result));

void attendance_passes_clear(struct attendance_passes *passes);

#endif

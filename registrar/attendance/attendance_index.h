/*
 * attendance_index: the lists of a struct attendance while they grow: who, which gate, which
 * outlet, found by key. For attendance.c.
 */
#ifndef REGISTRAR_ATTENDANCE_INDEX_H
#define REGISTRAR_ATTENDANCE_INDEX_H

#include "registrar/attendance/attendance.h"

#define ATTENDANCE_NONE ((size_t)-1)

/* Where an index by person, or by pass where the person is not known, points to. */
struct attendance_seat {
	uint8_t key[16];
	size_t person; /* index into people; ATTENDANCE_NONE: free */
};

/* What is known of a person beside what is shown; one for each of people. */
struct attendance_stand {
	struct attendance_at let_in; /* newest without an override since an exit; time_ms 0: none */
	size_t outlet;
	size_t gate; /* of the newest admission */
	bool expected;
};

struct attendance_index {
	struct attendance *to;
	size_t cap_people, cap_gates, cap_outlets, cap_reasons, cap_conflicts;
	int64_t *outlet_ids;
	struct attendance_seat *seats;
	size_t n_seats; /* a power of two */
	struct attendance_stand *stands;
	bool failed; /* a list could not grow */
};

/* Frees the index, not what it made. */
void attendance_index_clear(struct attendance_index *index);

/* A copy that lives as long as the attendance; NULL: no memory. */
const char *attendance_index_keep(struct attendance *attendance, const char *text);

/* Each: the place in its list, made when new; ATTENDANCE_NONE: no memory. */
size_t attendance_index_person(struct attendance_index *index, int64_t person, const uint8_t *pass);
size_t attendance_index_outlet(
    struct attendance_index *index, int64_t id, const char *name, bool local);
size_t attendance_index_gate(struct attendance_index *index, const char *device);

/* Counts a denial's reason; adds a conflict. No memory sets failed. */
void attendance_index_reason(struct attendance_index *index, const char *reason);
void attendance_index_conflict(
    struct attendance_index *index, const struct attendance_conflict *conflict);

#endif

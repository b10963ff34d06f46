/*
 * attendance_index: the lists of a struct attendance while they grow: who, which gate, found by
 * key. For attendance_count.c.
 */
#ifndef REGISTRAR_ATTENDANCE_INDEX_H
#define REGISTRAR_ATTENDANCE_INDEX_H

#include "registrar/attendance/attendance.h"
#include "registrar/attendance/attendance_book.h"

#define ATTENDANCE_NONE ((size_t)-1)

/* Where an index by person, or by pass where the person is not known, points to. */
struct attendance_seat {
	uint8_t key[16];
	size_t person; /* index into people; ATTENDANCE_NONE: free */
};

/* What is known of a person beside what is shown; one for each of people. */
struct attendance_stand {
	struct attendance_at let_in; /* newest without an override since an exit; time_ms 0: none */
	uint32_t outlet;	     /* index into outlets, UINT32_MAX: none */
	size_t gate;		     /* of the newest admission */
	size_t line;		     /* of one without a pass: of the admission */
	int64_t issued;		     /* of the pass whose code is told */
};

struct attendance_index {
	struct attendance *to;
	size_t cap_people, cap_gates, cap_reasons, cap_conflicts;
	struct attendance_seat *seats;
	size_t n_seats; /* a power of two */
	struct attendance_stand *stands;
	bool failed; /* a list could not grow */
};

/* Frees the index, not what it made. */
void attendance_index_clear(struct attendance_index *index);

/* Each: the place in its list, made when new; ATTENDANCE_NONE: no memory. */
size_t attendance_index_person(struct attendance_index *index, int64_t person, const uint8_t *pass);
size_t attendance_index_unnamed(struct attendance_index *index); /* new each time */
size_t attendance_index_gate(struct attendance_index *index, const char *device);

/* Counts a denial's reason; adds a conflict. No memory sets failed. */
void attendance_index_reason(struct attendance_index *index, const char *reason);
void attendance_index_conflict(
    struct attendance_index *index, const struct attendance_conflict *conflict);

/* What a book is counted into, held once; NULL: no memory. */
struct attendance *attendance_index_new(const struct attendance_book *book);

/* The book's outlets, with nobody counted. 0 or STORE_NO_MEMORY. */
int attendance_index_outlets(struct attendance *to, const struct attendance_book *book)
    __attribute__((warn_unused_result));

/* Copies a book's lines, logs and words into what is counted: the book goes on. 0 or
 * STORE_NO_MEMORY; attendance_free frees what was copied, whatever came of it. */
int attendance_index_copy(struct attendance *to, const struct attendance_book *book)
    __attribute__((warn_unused_result));

#endif

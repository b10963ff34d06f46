/*
 * due: by when an inquiry is acknowledged (R9): within two hours of a staffed desk, from 6 a.m. to
 * midnight. Hours in which nobody is at the desk do not count: what comes at 23:30 is due at 7:30.
 */
#ifndef PRESSGATE_REGISTRAR_DUE_H
#define PRESSGATE_REGISTRAR_DUE_H

#include <stdint.h>

struct due_desk {
	int opens;   /* minutes after local midnight, 0..1439 */
	int closes;  /* more than opens, 1..1440 (midnight) */
	int minutes; /* staffed minutes until it is due, 1..10080 */
};

extern const struct due_desk due_r9;

/*
 * When something that came at `from` (Unix seconds) is due, by the process's zone (TZ). A pure
 * function of both. Elapsed time is counted, not the clock's face: on the day clocks change an
 * hour that does not exist is not waited for, and one that comes twice counts twice.
 */
int64_t due_at(const struct due_desk *desk, int64_t from);

#endif

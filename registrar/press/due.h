/*
 * due: by when an inquiry is acknowledged (R9): within two hours of a staffed desk, from 6 a.m. to
 * midnight. Hours in which nobody is at the desk do not count: what comes at 23:30 is due at 7:30.
 * A student's request may take ten business days (R10), by Ontario's public holidays.
 *
 * All are pure functions of their arguments and the process's zone (TZ).
 */
#ifndef PRESSGATE_REGISTRAR_DUE_H
#define PRESSGATE_REGISTRAR_DUE_H

#include <stdbool.h>
#include <stdint.h>

#define DUE_STUDENT_DAYS 10	   /* R10 */
#define DUE_BUSINESS_END (17 * 60) /* minutes: when a business day is over */

struct due_desk {
	int opens;   /* minutes after local midnight, 0..1439 */
	int closes;  /* more than opens, 1..1440 (midnight) */
	int minutes; /* staffed minutes until it is due, 1..10080 */
};

extern const struct due_desk due_r9;

/*
 * When something that came at `from` (Unix seconds) is due. Elapsed time is counted, not the
 * clock's face: on the day clocks change an hour that does not exist is not waited for, and one
 * that comes twice counts twice.
 */
int64_t due_at(const struct due_desk *desk, int64_t from);

/* 5 p.m. of the last of so many business days after the day of `from`. */
int64_t due_business(unsigned days, int64_t from);

/*
 * A day on which offices in Ontario are closed beside Saturdays and Sundays: the nine public
 * holidays of the Employment Standards Act, 2000; one that falls on a weekend is kept on the next
 * working day. month 1..12.
 */
bool due_is_holiday(int year, int month, int day);

/* The clock of an application: due_business for a student (R10), else due_at. class:
 * badges/class.h. */
int64_t due_for(const struct due_desk *desk, unsigned class, int64_t from);

#endif

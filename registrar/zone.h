/*
 * zone: local time of the Service's zone. The database knows only UTC (Unix seconds).
 *
 * mktime(3) moves a time that does not exist and guesses at one that comes twice; this refuses the
 * one and asks about the other.
 */
#ifndef REGISTRAR_ZONE_H
#define REGISTRAR_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/press/refusal.h"

enum zone_error {
	ZONE_UNKNOWN = -1, /* no such zone on this machine */
	ZONE_GAP = -2,	   /* clocks jump over this time */
	ZONE_FOLD = -3,	   /* clocks show this time twice: say which */
	ZONE_SYNTAX = -4,  /* not a date and time */
};

enum zone_which { ZONE_ONLY, ZONE_FIRST, ZONE_SECOND };

/* Sets the process's zone. Once, at start, before there are threads. */
int zone_set(const char *name) __attribute__((warn_unused_result));

/* Unix seconds of a local time. which decides between the two of a fold; a time that comes once
 * is the same for each of them. */
int zone_seconds(int year, int month, int day, int hour, int minute, enum zone_which which,
    int64_t *ret_seconds) __attribute__((warn_unused_result));

/* Reads "2026-09-12T14:00" (local) or, where that comes twice, "2026-11-01T01:30-04:00". field
 * names the option or form field in the refusal. Returns 0 or MODEL_REFUSED. */
int zone_read(const char *text, const char *field, int64_t *ret_seconds, struct refusal *why)
    __attribute__((warn_unused_result));

/* "2:05 p.m." */
void zone_say_time(int64_t seconds, char *ret, size_t size);
/* "Saturday 12 September 2026" */
void zone_say_date(int64_t seconds, char *ret, size_t size);
/* "Saturday 12 September 2026, 2:05 p.m." */
void zone_say(int64_t seconds, char *ret, size_t size);
/* "2026-09-12T18:05:00Z" */
void zone_rfc3339(int64_t seconds, char *ret, size_t size);

#endif

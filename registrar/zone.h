/*
 * zone: local time of the Service's zone. The database knows only UTC (Unix seconds).
 *
 * mktime(3) moves a time that does not exist and guesses at one that comes twice; this refuses the
 * one and asks about the other.
 */
#ifndef REGISTRAR_ZONE_H
#define REGISTRAR_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "web/say.h"

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

/* Whether local clocks show this moment's time twice that day, once before they go back. */
bool zone_is_twice(int64_t seconds);

/* ---- moments as people say them, in their language (NULL: English); 128 bytes hold any ---- */

/* "2:05 p.m.", "14 h 05"; where that comes twice, which: "1:30 a.m. EDT", "1 h 30 HAE". */
void zone_say_time(const struct say *language, int64_t seconds, char *ret, size_t size);
/* "Saturday 12 September 2026", "samedi 12 septembre 2026" */
void zone_say_date(const struct say *language, int64_t seconds, char *ret, size_t size);
/* "Saturday 12 September 2026, 2:05 p.m.", "samedi 12 septembre 2026 à 14 h 05" */
void zone_say(const struct say *language, int64_t seconds, char *ret, size_t size);
/* "in 2 hours", "5 minutes ago", "now": rounded to whole minutes, hours from 90 minutes on, days
 * from 36 hours on. */
void zone_say_relative(
    const struct say *language, int64_t seconds, int64_t now, char *ret, size_t size);

/* "2026-09-12T18:05:00Z" */
void zone_rfc3339(int64_t seconds, char *ret, size_t size);

#endif

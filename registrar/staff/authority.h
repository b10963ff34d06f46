/*
 * authority: staff are chosen, trained and authorised by role (R15), each until a date. Outside of
 * its dates an account can do nothing: not sign in here, not act in a session that stands, not sign
 * in at a door whose gate has heard of it.
 *
 * A date holds to its end: "until 3 December" ends as 4 December begins in the Service's zone.
 */
#ifndef PRESSGATE_REGISTRAR_AUTHORITY_H
#define PRESSGATE_REGISTRAR_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"

struct registrar;

/* Unix seconds; 0 sets no limit. The ends are the first second outside. */
struct authority {
	int64_t trained_until;
	int64_t from, until;
};

#define AUTHORITY_WARNING (30 * (int64_t)86400) /* an end is told of so long before */

enum authority_state {
	AUTHORITY_STANDS,
	AUTHORITY_NOT_YET, /* before the authorisation */
	AUTHORITY_UNTRAINED,
	AUTHORITY_OVER,
};

enum authority_state authority_state(const struct authority *authority, int64_t now);

/* The first end that is at most AUTHORITY_WARNING away, or over; 0: there is none. */
int64_t authority_ends(const struct authority *authority, int64_t now);

/* Sentences to the person: why nothing opens, or what ends soon. False, and ret untouched, where
 * there is nothing to say. */
bool authority_say(const struct authority *authority, int64_t now, char *ret, size_t size)
    __attribute__((warn_unused_result));

/* Reads "2026-12-03" as a limit: a beginning, or an end with that day in it. "" is none. Returns 0
 * or MODEL_REFUSED with the field. */
int authority_read_from(const char *text, const char *field, int64_t *ret, struct refusal *why)
    __attribute__((warn_unused_result));
int authority_read_until(const char *text, const char *field, int64_t *ret, struct refusal *why)
    __attribute__((warn_unused_result));

/* The date of a limit as authority_read_* takes it; "" for 0. */
#define AUTHORITY_DATE 11
void authority_write_from(int64_t from, char ret[AUTHORITY_DATE]);
void authority_write_until(int64_t until, char ret[AUTHORITY_DATE]);

/*
 * To be called once a second while the registrar serves: where somebody's dates began or ended
 * since *seen, gates get a new list of officers. Sets *seen to now.
 */
int authority_clock(struct registrar *registrar, int64_t *seen, int64_t now)
    __attribute__((warn_unused_result));

#endif

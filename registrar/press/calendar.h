/*
 * calendar: conferences and registrations as iCalendar (RFC 5545), for feeds, pages and mails.
 *
 * All times are in UTC: programs misread time zones of their own making. Lines end in CRLF and are
 * folded at 75 octets, never inside a character. The same thing has the same UID for ever; SEQUENCE
 * rises with each change that a calendar shows, and what is cancelled says STATUS:CANCELLED.
 */
#ifndef REGISTRAR_CALENDAR_H
#define REGISTRAR_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/conference.h"
#include "registrar/press/registration.h"
#include "registrar/settings.h"
#include "web/buf.h"
#include "web/say.h"

/* What every calendar needs to know; borrowed. */
struct calendar {
	const struct settings *settings; /* name, site, address, e-mail of the office */
	const char *url;		 /* where the site is reached, without a slash at the end */
	const struct say *language;	 /* of its words; NULL: English */
};

/* The type of such a file, for Content-Type in pages and mails. */
#define CALENDAR_TYPE "text/calendar; charset=utf-8"

/*
 * Writes a calendar of n conferences: METHOD:PUBLISH, one VEVENT each; drafts are left out. The
 * caller looks at buf_error().
 */
void calendar_write(
    struct buf *b, const struct calendar *calendar, const struct conference *items, size_t n);

/*
 * Writes one person's registration: confirmed (CONFIRMED), waitlisted or asked for (TENTATIVE);
 * METHOD:CANCEL and CANCELLED where the registration or its conference is. It holds nobody's name;
 * it is for this person all the same.
 */
void calendar_write_registration(struct buf *b, const struct calendar *calendar,
    const struct registration *registration, const struct conference *conference);

#endif

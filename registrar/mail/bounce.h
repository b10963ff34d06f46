/*
 * bounce: addresses that a mail server refused for good. To such an address only what proves it is
 * sent; announcements stop, and everything else waits (outbox.h) until a link that was mailed there
 * is used. The desk sees it; nobody else does.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_BOUNCE_H
#define PRESSGATE_REGISTRAR_BOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/mail/dsn.h"
#include "schema/store.h"

struct bounce {
	char status[21]; /* "5.1.1" or "550" */
	int64_t times, first, last;
};

/* Whether a status (RFC 3463, or a reply code of SMTP) is about the mailbox, and not about one
 * mail's size, content or sender. */
bool bounce_is_of_mailbox(const char *status);

/* Notes that an address (as person_email_key gives it) was refused. */
STORE_MUST_CHECK int bounce_note(
    struct store_tx *tx, const char *email, const char *status, int64_t now);

/* Notes what a report says. STORE_NOT_FOUND: we sent no such mail to any address it names. Reports
 * that are not about the mailbox note nothing; *ret_noted tells. */
STORE_MUST_CHECK int bounce_report(
    struct store_tx *tx, const struct dsn *dsn, int64_t now, bool *ret_noted);

/* STORE_NOT_FOUND: mail to this address is not known to come back. */
STORE_MUST_CHECK int bounce_of(struct store_tx *tx, const char *email, struct bounce *ret);

/* The address is proven; quiet where it was not noted. */
STORE_MUST_CHECK int bounce_clear(struct store_tx *tx, const char *email);

/* Forgets those of over a year ago. */
STORE_MUST_CHECK int bounce_purge(struct store_tx *tx, int64_t now);

#endif

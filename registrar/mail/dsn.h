/*
 * dsn: reads a mail server's report that a mail was not delivered (RFC 3464 in a multipart/report of
 * RFC 6522; OpenSMTPD 6 calls the whole multipart/mixed). Whatever else comes is refused, with nothing taken from it.
 */
#ifndef PRESSGATE_REGISTRAR_DSN_H
#define PRESSGATE_REGISTRAR_DSN_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/mail/outbox.h"
#include "registrar/press/person.h"

#define DSN_BYTES_MAX ((size_t)1 << 20)
#define DSN_ADDRESSES 8

enum dsn_error {
	DSN_E_SIZE = -261,    /* empty, or over DSN_BYTES_MAX */
	DSN_E_REPORT = -262,  /* no report of a delivery, or a damaged one */
	DSN_E_PASSING = -263, /* of a delivery that succeeded, waits, or failed for now only */
	DSN_E_FOREIGN = -264  /* it names no mail of this site */
};

struct dsn {
	uint8_t trace[OUTBOX_TRACE];				/* of the mail it is about */
	char status[12];					/* RFC 3463: "5.1.1" */
	char addresses[DSN_ADDRESSES][PERSON_EMAIL_MAX + 1]; /* whom it may have been for */
	size_t n;						/* at least 1 */
};

/* Reads a report; site: right side of our Message-IDs. Returns 0, or an enum dsn_error and *ret
 * untouched. Addresses are as person_email_key gives them; which is ours only outbox_traced says. */
int dsn_read(const char *message, size_t len, const char *site, struct dsn *ret)
    __attribute__((warn_unused_result));

#endif

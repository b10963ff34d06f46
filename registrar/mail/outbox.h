/*
 * outbox: mail that waits. A row is written in the transaction of what it tells about, so neither
 * happens without the other; mail.c sends it afterwards.
 *
 *	waiting --sent--> sent (address and body gone)
 *	   |  ^
 *	   +--+ a failure: next try after 1, 2, 4 ... 60 minutes
 *	   +--> failed after OUTBOX_TRIES, or when the receiver refused for good
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_OUTBOX_H
#define PRESSGATE_REGISTRAR_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

#define OUTBOX_TRIES	30    /* a little over a day */
#define OUTBOX_BODY_MAX 20000 /* bytes */

struct outbox_mail {
	int64_t id;
	char recipient[255];
	char subject[1601]; /* 400 code points */
	char *body;	    /* owned; outbox_mail_free */
	int64_t created;    /* Unix seconds */
	int tries;
};

enum {
	OUTBOX_E_RECIPIENT = -211, /* not one address, or a byte below 0x21 in it */
	OUTBOX_E_SUBJECT = -212,   /* empty, too long, or a byte below 0x20 in it */
	OUTBOX_E_BODY = -213	   /* too long, or a control byte other than LF and tab in it */
};

/* Adds a mail. Refuses what could become another header or another recipient. */
STORE_MUST_CHECK int outbox_put(
    struct store_tx *tx, const char *recipient, const char *subject, const char *body, int64_t now);

/* The waiting mail whose time has come, the oldest first. */
STORE_MUST_CHECK int outbox_next(struct store_tx *tx, int64_t now, struct outbox_mail *ret_mail);
void outbox_mail_free(struct outbox_mail *mail);

/* It was taken over by the server, or written: address and body are removed from the table. */
STORE_MUST_CHECK int outbox_sent(struct store_tx *tx, int64_t id);

/* It was not: error is a phrase without the address. `final`: never to be tried again. */
STORE_MUST_CHECK int outbox_failed(
    struct store_tx *tx, int64_t id, int64_t now, const char *error, int final);

/* Removes rows of mail that is done, 30 days after it was written. */
STORE_MUST_CHECK int outbox_purge(struct store_tx *tx, int64_t now);

/* Seconds to wait after so many tries: 60, 120, 240 ... 3600. */
int64_t outbox_wait(int tries);

#endif

/*
 * outbox: mail that waits. A row is written in the transaction of what it tells about, so neither
 * happens without the other; mail.c sends it afterwards.
 *
 *	waiting --sent--> sent (address, body and attachments gone)
 *	   |  ^
 *	   +--+ a failure: next try after 1, 2, 4 ... 60 minutes
 *	   +--> failed after OUTBOX_TRIES, or when the receiver refused for good
 *
 * A mail to an address that takes none (bounce.h) stays waiting until the address is proven again,
 * for a month at most; only what proves it is sent.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_OUTBOX_H
#define PRESSGATE_REGISTRAR_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

#define OUTBOX_TRIES	       30     /* a little over a day */
#define OUTBOX_BODY_MAX	       20000  /* bytes */
#define OUTBOX_ATTACHMENTS     4      /* of one mail */
#define OUTBOX_ATTACHMENT_MAX  262144 /* bytes of one */
#define OUTBOX_TRACE	       16     /* bytes */

enum outbox_kind {
	OUTBOX_NOTICE,	    /* about a person's own business */
	OUTBOX_PROOF,	    /* holds a link that proves the address */
	OUTBOX_ANNOUNCEMENT /* to subscribers: last in the queue, with a way out */
};

struct outbox_attachment {
	char name[81];
	char type[101]; /* a whole Content-Type */
	bool code;	/* bytes are a text, to be sent as a QR code: image/png */
	uint8_t *bytes; /* owned by the mail */
	size_t len;
};

struct outbox_mail {
	int64_t id;
	char recipient[255];
	char subject[1601]; /* 400 code points */
	char *body;	    /* owned; outbox_mail_free */
	int64_t created;    /* Unix seconds */
	int tries;
	enum outbox_kind kind;
	char language[17];
	char unsubscribe[501]; /* or "" */
	bool traced;	       /* false: written before there were traces */
	uint8_t trace[OUTBOX_TRACE];
	struct outbox_attachment attachments[OUTBOX_ATTACHMENTS];
	size_t n_attachments;
};

enum {
	OUTBOX_E_RECIPIENT = -211, /* not one address, or a byte below 0x21 in it */
	OUTBOX_E_SUBJECT = -212,   /* empty, too long, or a byte below 0x20 in it */
	OUTBOX_E_BODY = -213,	   /* too long, or a control byte other than LF and tab in it */
	OUTBOX_E_ATTACHMENT = -214, /* a name or type that is not plain ASCII; empty or too long */
	OUTBOX_E_LINK = -215	   /* an unsubscribe address with more than URL characters in it */
};

/* A mail to be added; borrowed texts. */
struct outbox_new {
	const char *recipient, *subject, *body;
	enum outbox_kind kind;
	const char *language;	 /* NULL: English */
	const char *unsubscribe; /* an http(s) address; NULL: none */
};

/* Adds a mail. Refuses what could become another header or another recipient. store_last_id() is
 * its id afterwards. */
STORE_MUST_CHECK int outbox_put(struct store_tx *tx, const struct outbox_new *mail, int64_t now);

/* Adds a file to a mail that waits: name of [A-Za-z0-9._-] without a dot first, type as it goes into
 * Content-Type. code: the bytes are a text (no NUL) that is made into a QR code when it is sent. */
STORE_MUST_CHECK int outbox_attach(struct store_tx *tx, int64_t id, const char *name,
    const char *type, const void *bytes, size_t len, bool code);

/* The waiting mail whose time has come, the oldest first, announcements last. */
STORE_MUST_CHECK int outbox_next(struct store_tx *tx, int64_t now, struct outbox_mail *ret_mail);
void outbox_mail_free(struct outbox_mail *mail);

/* It was taken over by the server, or written: address, body and attachments are removed. */
STORE_MUST_CHECK int outbox_sent(struct store_tx *tx, int64_t id);

/* It was not: error is a phrase without the address. `final`: never to be tried again. */
STORE_MUST_CHECK int outbox_failed(
    struct store_tx *tx, int64_t id, int64_t now, const char *error, int final);

/* Whether one of these addresses (as person_email_key gives them) is whom the mail of this trace
 * went to: its index in *ret_which. STORE_NOT_FOUND otherwise. */
STORE_MUST_CHECK int outbox_traced(struct store_tx *tx, const uint8_t trace[static OUTBOX_TRACE],
    const char *const *addresses, size_t n, size_t *ret_which);

/* Removes rows of mail that is done, 30 days after it was written, and what waited as long for an
 * address that takes no mail. */
STORE_MUST_CHECK int outbox_purge(struct store_tx *tx, int64_t now);

/* Seconds to wait after so many tries: 60, 120, 240 ... 3600. */
int64_t outbox_wait(int tries);

#endif

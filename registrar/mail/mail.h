/*
 * mail: sends what waits in the outbox, in a thread of its own: to the server of the settings by
 * SMTP, or into files DIR/mail/<number>.eml (mode 0600) where none is set.
 *
 * Messages are RFC 5322: multipart/mixed of the text, the same as plain HTML beside it
 * (multipart/alternative), and what is attached; without attachments only the two. Auto-Submitted
 * says that no person wrote them (RFC 3834). No address is ever written to a log.
 */
#ifndef PRESSGATE_REGISTRAR_MAIL_H
#define PRESSGATE_REGISTRAR_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/mail/outbox.h"
#include "web/buf.h"

struct registrar;
struct mail; /* the thread */

struct mail_head {
	const char *from;      /* one address */
	const char *from_name; /* UTF-8 */
	const char *site;      /* right side of the Message-ID */
	const char *url;       /* addresses that begin with it are links in the HTML part */
	bool unguarded;	       /* of tests: writes what could become a header too */
};

enum mail_error {
	MAIL_E_HEADER = -231, /* a byte that would start another header or command */
	MAIL_E_MEMORY = -232,
	MAIL_E_FILE = -233,   /* the file could not be written; errno */
	MAIL_E_SERVER = -234, /* not taken now */
	MAIL_E_REFUSED = -235, /* refused for good (5yz) */
	MAIL_E_MAILBOX = -236  /* so is every mail to this address: there is no such mailbox */
};

/* Writes the message as it travels, CRLF line ends. */
int mail_format(const struct mail_head *head, const struct outbox_mail *mail, struct buf *out)
    __attribute__((warn_unused_result));

struct mail_server {
	const char *url;  /* "smtp://127.0.0.1:25", "smtps://..."; TLS is required off loopback */
	const char *user; /* or "" */
	const char *password; /* or "" */
};

/*
 * Hands one message to a server. With MAIL_E_MAILBOX `said` is the reply's status alone, as
 * bounce_note takes it ("5.1.1" or "550"); else it gets a phrase for the outbox, without addresses.
 * Every value that becomes part of an SMTP command is refused with MAIL_E_HEADER if it has a byte
 * below 0x21 or an angle bracket.
 */
int mail_send(const struct mail_server *server, const char *from, const char *recipient,
    const struct buf *message, char *said, size_t said_size) __attribute__((warn_unused_result));

/* Starts the thread. Returns 0, or MODEL_SYSTEM with errno. */
int mail_start(struct registrar *registrar, struct mail **ret_mail)
    __attribute__((warn_unused_result));

/* Lets a running delivery end (30 s at most) and stops. NULL is quiet. */
void mail_stop(struct mail *mail);

#endif

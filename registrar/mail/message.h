/*
 * message: what the Service writes to people by mail. Each message is a file in mail/, compiled in
 * by the build: its first line is "Subject: ...", an empty line, then the text. {{name}} stands for
 * one of the values below; a name that is not listed stops the build, and the internal note of an
 * application is not listed.
 *
 * It is written in the recipient's language (language.h), paragraph by paragraph: each is a text of
 * its own in the .po files, with its {{names}}, its line breaks and its indents.
 */
#ifndef PRESSGATE_REGISTRAR_MESSAGE_H
#define PRESSGATE_REGISTRAR_MESSAGE_H

#include <stdint.h>

#include "registrar/mail/message_values.h"
#include "registrar/mail/messages.h" /* made by the build: enum message */
#include "schema/store.h"
#include "web/say.h"

#define MESSAGE_MEMBER(name) const char *name;
/* Borrowed texts; NULL stands for "". lasts, role, criterion and what are English, marked with SAY(), and
 * are translated; dates are in the language of language_of_mail() already. */
struct message_values {
	MESSAGE_VALUES(MESSAGE_MEMBER)
};

struct registrar;
struct say;

/* Fills in service, office, phone and url from the settings, writes the mail into the outbox. The
 * caller calls registrar_mail_waits() when its write is through. Returns as outbox_put. */
STORE_MUST_CHECK int message_put(struct store_tx *tx, struct registrar *registrar,
    enum message message, const char *recipient, const struct message_values *values, int64_t now);

/* The same in a language of the caller's: to somebody of whom nothing is kept yet. A mail
 * with a value for `stop` is an announcement. */
STORE_MUST_CHECK int message_put_in(struct store_tx *tx, struct registrar *registrar,
    enum message message, const struct say *language, const char *recipient,
    const struct message_values *values, int64_t now);

/* The mail's subject and text as they would be written; the caller frees both. Returns 0 or
 * STORE_NO_MEMORY. */
STORE_MUST_CHECK int message_render(const struct registrar *registrar, enum message message,
    const struct say *language, const struct message_values *values, char **ret_subject,
    char **ret_body);

#endif

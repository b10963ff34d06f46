/*
 * link: a secret sent by e-mail, 256 bits, stored as its SHA-256, used once, short of life.
 * Looking at a link changes nothing (mail scanners open them); using it is a POST.
 *
 * All functions run inside the caller's transaction and return 0 or a negative enum store_result;
 * ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_LINK_H
#define PRESSGATE_REGISTRAR_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/store.h"
#include "web/token.h"

enum link_purpose {
	LINK_CONFIRM, /* of an application */
	LINK_SIGN_IN  /* of a person */
};

#define LINK_CONFIRM_SECONDS (24 * 3600)
#define LINK_SIGN_IN_SECONDS (30 * 60)

struct link {
	enum link_purpose purpose;
	int64_t subject; /* the application's id, or the person's */
	int64_t created; /* Unix seconds */
	int64_t expires;
	int64_t used; /* 0: not yet */
};

/* Makes a link; ret_text is its secret, to go into the mail and nowhere else. Subject 0 makes one
 * that leads nowhere (for an address nobody has, so that it takes as long as the others). */
STORE_MUST_CHECK int link_make(struct store_tx *tx, enum link_purpose purpose, int64_t subject,
    int64_t now, char ret_text[TOKEN_TEXT + 1]);

/* The link of a secret, used or expired too. STORE_NOT_FOUND for a wrong secret or purpose. */
STORE_MUST_CHECK int link_find(
    struct store_tx *tx, enum link_purpose purpose, const char *text, struct link *ret_link);

/* True while it can be used. */
bool link_usable(const struct link *link, int64_t now);

/* Uses it up. STORE_NOT_FOUND for a wrong, used or expired one. */
STORE_MUST_CHECK int link_use(struct store_tx *tx, enum link_purpose purpose, const char *text,
    int64_t now, struct link *ret_link);

/* Ends the links of an application that nobody has used: they were mailed for what it was before. */
STORE_MUST_CHECK int link_drop(struct store_tx *tx, int64_t application_id);

/* Removes links that expired over a day ago, and the unconfirmed applications behind them. */
STORE_MUST_CHECK int link_purge(struct store_tx *tx, int64_t now);

#endif

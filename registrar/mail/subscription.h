/*
 * subscription: who gets announcements by mail (R13). Two steps: whoever asks types an address, and
 * whoever reads its mail confirms with a button. Each announcement has an address that ends it.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative code; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_SUBSCRIPTION_H
#define PRESSGATE_REGISTRAR_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/store.h"
#include "web/say.h"
#include "web/token.h"

struct registrar;

enum subscription_kind { /* bits */
	SUBSCRIPTION_CONFERENCES = 1,
	SUBSCRIPTION_RELEASES = 2,
	SUBSCRIPTION_WEEK = 4,
	SUBSCRIPTION_KINDS = 7
};

#define SUBSCRIPTION_LINK_SECONDS (24 * 3600)

struct subscription {
	int64_t id;
	char email[255];
	char language[SAY_CODE];
	uint32_t kinds, wanted;
};

/*
 * Somebody asks for these kinds to an address (as person_email_key gives it): writes the mail with
 * the link. The same is written whatever was known of the address, and nothing it gets changes. The
 * caller calls registrar_mail_waits().
 */
STORE_MUST_CHECK int subscription_ask(struct store_tx *tx, struct registrar *registrar,
    const char *email, uint32_t kinds, const struct say *language, int64_t now);

/* What a link would confirm; changes nothing. */
STORE_MUST_CHECK int subscription_find(
    struct store_tx *tx, const char *token, int64_t now, struct subscription *ret);

/* Uses the link: from now on the address gets what it asked for. STORE_NOT_FOUND: no such link. */
STORE_MUST_CHECK int subscription_confirm(struct store_tx *tx, const char *token, int64_t now);

/* Ends the subscription of a key, and forgets its address. Quiet where there is none. */
STORE_MUST_CHECK int subscription_stop(struct store_tx *tx, const char *key);

/* Forgets addresses that nobody confirmed. */
STORE_MUST_CHECK int subscription_purge(struct store_tx *tx, int64_t now);

#endif

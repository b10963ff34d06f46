#include "registrar/mail/bounce.h"

#include <stdio.h>
#include <string.h>

#include "schema/registrar_db.h"

enum { KEEP_SECONDS = 365 * 86400 };

bool bounce_is_of_mailbox(const char *status)
{
	/* Addressing, a mailbox that is disabled, routing; what is only said to have failed. */
	static const char *const known[] = {"5.0.0", "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6",
	    "5.1.10", "5.2.0", "5.2.1", "5.4.0", "5.4.1", "5.4.4", "5.5.0", "550", "551", "553",
	    "556"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i], status) == 0)
			return true;
	return false;
}

int bounce_note(struct store_tx *tx, const char *email, const char *status, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_BOUNCE_NOTE,
	    STORE_ARGS(store_text(email), store_text(status), store_i64(now)), NULL);
}

int bounce_report(struct store_tx *tx, const struct dsn *dsn, int64_t now, bool *ret_noted)
{
	const char *addresses[DSN_ADDRESSES];
	size_t which;
	int result;

	for (size_t i = 0; i < dsn->n; i++)
		addresses[i] = dsn->addresses[i];
	result = outbox_traced(tx, dsn->trace, addresses, dsn->n, &which);
	if (result < 0)
		return result;
	*ret_noted = bounce_is_of_mailbox(dsn->status);
	return *ret_noted ? bounce_note(tx, addresses[which], dsn->status, now) : 0;
}

int bounce_of(struct store_tx *tx, const char *email, struct bounce *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_BOUNCE_OF, STORE_ARGS(store_text(email)), &rows);

	if (result < 0)
		return result;
	snprintf(ret->status, sizeof(ret->status), "%s", store_get_text(rows, 0));
	ret->times = store_get_i64(rows, 1);
	ret->first = store_get_i64(rows, 2);
	ret->last = store_get_i64(rows, 3);
	store_done(rows);
	return 0;
}

int bounce_clear(struct store_tx *tx, const char *email)
{
	return store_exec(tx, REGISTRAR_Q_BOUNCE_CLEAR, STORE_ARGS(store_text(email)), NULL);
}

int bounce_purge(struct store_tx *tx, int64_t now)
{
	return store_exec(
	    tx, REGISTRAR_Q_BOUNCE_PURGE, STORE_ARGS(store_i64(now - KEEP_SECONDS)), NULL);
}

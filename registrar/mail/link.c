#include "registrar/mail/link.h"

#include "schema/registrar_db.h"

/* How long what nobody used is kept after its end. */
enum { PURGE_SECONDS = 86400 };

static const struct {
	const char *name;
	int64_t seconds;
} purposes[] = {
    [LINK_CONFIRM] = {"confirm", LINK_CONFIRM_SECONDS},
    [LINK_SIGN_IN] = {"sign-in", LINK_SIGN_IN_SECONDS},
};

int link_make(struct store_tx *tx, enum link_purpose purpose, int64_t subject, int64_t now,
    char ret_text[TOKEN_TEXT + 1])
{
	uint8_t hash[TOKEN_BYTES];
	char text[TOKEN_TEXT + 1];
	struct store_value of = subject ? store_i64(subject) : store_null();
	bool confirms = purpose == LINK_CONFIRM;
	int result;

	token_new(text, hash);
	result = store_exec(tx, REGISTRAR_Q_LINK_INSERT,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_text(purposes[purpose].name),
		confirms ? of : store_null(), confirms ? store_null() : of, store_i64(now),
		store_i64(now + purposes[purpose].seconds)),
	    NULL);
	if (result == 0)
		for (size_t i = 0; i < sizeof(text); i++)
			ret_text[i] = text[i];
	return result;
}

int link_find(
    struct store_tx *tx, enum link_purpose purpose, const char *text, struct link *ret_link)
{
	struct store_rows *rows = NULL;
	uint8_t hash[TOKEN_BYTES];
	int result;

	if (token_hash(text, hash) < 0)
		return STORE_NOT_FOUND;
	result = store_one(tx, REGISTRAR_Q_LINK_FIND,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_text(purposes[purpose].name)), &rows);
	if (result < 0)
		return result;
	ret_link->purpose = purpose;
	ret_link->subject = store_get_i64(rows, purpose == LINK_CONFIRM ? 0 : 1);
	ret_link->created = store_get_i64(rows, 2);
	ret_link->expires = store_get_i64(rows, 3);
	ret_link->used = store_get_i64(rows, 4);
	store_done(rows);
	return 0;
}

bool link_usable(const struct link *link, int64_t now)
{
	return link->used == 0 && now < link->expires;
}

int link_use(struct store_tx *tx, enum link_purpose purpose, const char *text, int64_t now,
    struct link *ret_link)
{
	uint8_t hash[TOKEN_BYTES];
	int64_t changes = 0;
	int result;

	if (token_hash(text, hash) < 0)
		return STORE_NOT_FOUND;
	result = store_exec(tx, REGISTRAR_Q_LINK_USE,
	    STORE_ARGS(
		store_blob(hash, sizeof(hash)), store_text(purposes[purpose].name), store_i64(now)),
	    &changes);
	if (result < 0)
		return result;
	if (changes != 1)
		return STORE_NOT_FOUND;
	/* Whoever has the link has the mail: the address works. */
	result = store_exec(tx, REGISTRAR_Q_BOUNCE_CLEAR_BY_LINK,
	    STORE_ARGS(store_blob(hash, sizeof(hash))), NULL);
	return result < 0 ? result : link_find(tx, purpose, text, ret_link);
}

int link_drop(struct store_tx *tx, int64_t application_id)
{
	return store_exec(
	    tx, REGISTRAR_Q_LINK_DROP, STORE_ARGS(store_i64(application_id)), NULL);
}

int link_purge(struct store_tx *tx, int64_t now)
{
	int result = store_exec(
	    tx, REGISTRAR_Q_LINK_PURGE, STORE_ARGS(store_i64(now - PURGE_SECONDS)), NULL);

	if (result < 0)
		return result;
	return store_exec(tx, REGISTRAR_Q_LINK_PURGE_DRAFTS,
	    STORE_ARGS(store_i64(now - LINK_CONFIRM_SECONDS - PURGE_SECONDS)), NULL);
}

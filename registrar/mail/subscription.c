#include "registrar/mail/subscription.h"

#include <stdio.h>

#include "registrar/mail/bounce.h"
#include "registrar/mail/message.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

int subscription_ask(struct store_tx *tx, struct registrar *registrar, const char *email,
    uint32_t kinds, const struct say *language, int64_t now)
{
	char token[TOKEN_TEXT + 1], key[TOKEN_TEXT + 1], link[400];
	uint8_t hash[TOKEN_BYTES], unused[TOKEN_BYTES];
	struct message_values values = {.lasts = SAY("24 hours"), .link = link};
	int result;

	token_new(token, hash);
	token_new(key, unused);
	result = store_exec(tx, REGISTRAR_Q_SUBSCRIPTION_ASK,
	    STORE_ARGS(store_text(email), store_text(say_code(language)), store_i64(kinds),
		store_blob(hash, sizeof(hash)), store_i64(now + SUBSCRIPTION_LINK_SECONDS),
		store_text(key), store_i64(now)),
	    NULL);
	if (result < 0)
		return result;
	snprintf(link, sizeof(link), "%s/announcements/confirm/%s", registrar->public_url, token);
	return message_put_in(tx, registrar, MESSAGE_SUBSCRIBE, language, email, &values, now);
}

int subscription_find(struct store_tx *tx, const char *token, int64_t now, struct subscription *ret)
{
	struct store_rows *rows = NULL;
	uint8_t hash[TOKEN_BYTES];
	int result;

	if (token_hash(token, hash) < 0)
		return STORE_NOT_FOUND;
	result = store_one(tx, REGISTRAR_Q_SUBSCRIPTION_BY_TOKEN,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_i64(now)), &rows);
	if (result < 0)
		return result;
	ret->id = store_get_i64(rows, 0);
	snprintf(ret->email, sizeof(ret->email), "%s", store_get_text(rows, 1));
	snprintf(ret->language, sizeof(ret->language), "%s", store_get_text(rows, 2));
	ret->kinds = (uint32_t)store_get_i64(rows, 3);
	ret->wanted = (uint32_t)store_get_i64(rows, 4);
	store_done(rows);
	return 0;
}

int subscription_confirm(struct store_tx *tx, const char *token, int64_t now)
{
	struct subscription subscription;
	uint8_t hash[TOKEN_BYTES];
	int result = subscription_find(tx, token, now, &subscription);

	if (result < 0)
		return result;
	if (token_hash(token, hash) < 0)
		return STORE_NOT_FOUND;
	result = bounce_clear(tx, subscription.email);
	if (result < 0)
		return result;
	return store_exec(tx, REGISTRAR_Q_SUBSCRIPTION_CONFIRM,
	    STORE_ARGS(store_blob(hash, sizeof(hash)), store_i64(now)), NULL);
}

int subscription_stop(struct store_tx *tx, const char *key)
{
	return store_exec(tx, REGISTRAR_Q_SUBSCRIPTION_STOP, STORE_ARGS(store_text(key)), NULL);
}

int subscription_purge(struct store_tx *tx, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_SUBSCRIPTION_PURGE, STORE_ARGS(store_i64(now)), NULL);
}

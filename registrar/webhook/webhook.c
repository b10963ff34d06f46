#include "registrar/webhook/webhook.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/api/network.h"
#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "registrar/webhook/event.h"
#include "schema/registrar_db.h"
#include "web/token.h"

enum { URL_MAX = 500, WAIT_FIRST = 30, WAIT_MOST = 3600 };

/* ---- addresses ---- */

/* An address written as a number says at once where it leads; of names only the connection tells.
 */
static bool number_is_private(const char *host)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	char bare[64];
	size_t len = strlen(host);

	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
		return !network_is_public((const struct sockaddr *)&v4, sizeof(v4));
	if (len < 3 || len >= sizeof(bare) || host[0] != '[')
		return false;
	snprintf(bare, sizeof(bare), "%.*s", (int)len - 2, host + 1);
	return inet_pton(AF_INET6, bare, &v6.sin6_addr) == 1 &&
	       !network_is_public((const struct sockaddr *)&v6, sizeof(v6));
}

static int check_parts(CURLU *url, const struct settings *settings, struct refusal *why)
{
	char *scheme = NULL, *host = NULL, *user = NULL, *fragment = NULL;
	int result = 0;

	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0))
		result = refuse(why, "url", "Write the whole address: https://host/path.");
	else if (strcmp(scheme, "https") != 0 &&
		 !(settings->webhook_http && strcmp(scheme, "http") == 0))
		result = refuse(why, "url",
		    "The address begins with https://. Without TLS it is taken only where "
		    "[webhooks] http = yes.");
	else if (!curl_url_get(url, CURLUPART_USER, &user, 0) ||
		 !curl_url_get(url, CURLUPART_FRAGMENT, &fragment, 0))
		result = refuse(
		    why, "url", "Leave out a name before @ and what follows #: they are not sent.");
	else if (!settings->webhook_private && number_is_private(host))
		result = refuse(why, "url",
		    "This is an address of an own network. It is taken only where [webhooks] "
		    "private = yes.");
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_free(fragment);
	return result;
}

static int check_url(const char *text, const struct settings *settings, struct refusal *why)
{
	CURLU *url = curl_url();
	int result;

	if (!url)
		return MODEL_SYSTEM;
	if (strlen(text) > URL_MAX || strpbrk(text, " \"<>\\^`{|}") ||
	    curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME))
		result = refuse(why, "url",
		    "This is no address. Write it whole, in %d characters at most: "
		    "https://host/path.",
		    URL_MAX);
	else
		result = check_parts(url, settings, why);
	curl_url_cleanup(url);
	return result;
}

/* ---- making and ending ---- */

struct change {
	struct registrar *registrar;
	const char *url, *staff, *secret;
	uint32_t events;
	int64_t id, now;
	struct refusal *why;
};

static int note(struct store_tx *tx, const struct change *c, enum journal_kind kind)
{
	char detail[64];

	snprintf(detail, sizeof(detail), "webhook %lld", (long long)c->id);
	return journal_append(tx, c->registrar,
	    &(struct journal_line){.kind = kind, .staff = c->staff, .detail = detail});
}

static int add_body(struct store_tx *tx, void *context)
{
	struct change *c = context;
	int64_t n = 0;
	int result = store_number(tx, REGISTRAR_Q_WEBHOOK_COUNT, STORE_NO_ARGS, &n);

	if (!result && n >= WEBHOOKS_MAX)
		return refuse(c->why, "url", "There are %d webhooks: end one first.", WEBHOOKS_MAX);
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_WEBHOOK_INSERT,
		    STORE_ARGS(store_text(c->url), store_text(c->secret), store_i64(c->events),
			store_i64(c->now), store_text(c->staff)),
		    NULL);
	if (result)
		return result;
	c->id = store_last_id(tx);
	return note(tx, c, JOURNAL_WEBHOOK_MADE);
}

int webhook_add(struct registrar *registrar, const char *url, uint32_t events, const char *staff,
    int64_t now, char ret_secret[WEBHOOK_SECRET + 1], int64_t *ret_id, struct refusal *why)
{
	char text[TOKEN_TEXT + 1], secret[WEBHOOK_SECRET + 1];
	uint8_t hash[TOKEN_BYTES];
	struct change c = {registrar, url, staff, secret, events, 0, now, why};
	int result = check_url(url, &registrar->settings, why);

	if (!result && (!events || events >> EVENT_TYPES))
		result = refuse(why, "events", "Say at least one event to tell.");
	if (result)
		return result;
	token_new(text, hash);
	snprintf(secret, sizeof(secret), "pgs_%s", text);
	result = store_write(registrar->store, add_body, &c);
	if (result)
		return result;
	memcpy(ret_secret, secret, sizeof(secret));
	*ret_id = c.id;
	return 0;
}

static int known(struct store_tx *tx, int64_t id)
{
	int64_t one;
	int result = store_number(tx, REGISTRAR_Q_WEBHOOK_KNOWN, STORE_ARGS(store_i64(id)), &one);

	return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
}

static int end_body(struct store_tx *tx, void *context)
{
	struct change *c = context;
	int result = known(tx, c->id);

	if (!result)
		result = store_exec(
		    tx, REGISTRAR_Q_WEBHOOK_DROP_WAITING, STORE_ARGS(store_i64(c->id)), NULL);
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_WEBHOOK_END,
		    STORE_ARGS(store_i64(c->id), store_i64(c->now),
			store_text("destroyed-when-the-webhook-was-ended-----------")),
		    NULL);
	return result ? result : note(tx, c, JOURNAL_WEBHOOK_ENDED);
}

int webhook_end(struct registrar *registrar, int64_t id, const char *staff, int64_t now)
{
	struct change c = {.registrar = registrar, .staff = staff, .id = id, .now = now};

	return store_write(registrar->store, end_body, &c);
}

static int test_body(struct store_tx *tx, void *context)
{
	const struct change *c = context;
	int result = known(tx, c->id);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_WEBHOOK_PAUSE,
		    STORE_ARGS(store_i64(c->id), store_i64(0)), NULL);
	if (result)
		return result;
	return event_put(tx, &(struct event){.type = EVENT_TEST, .webhook = c->id}, c->now);
}

int webhook_test(struct registrar *registrar, int64_t id, int64_t now)
{
	struct change c = {.id = id, .now = now};

	return store_write(registrar->store, test_body, &c);
}

int webhook_each(struct store_tx *tx, webhook_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_WEBHOOK_LIST, STORE_NO_ARGS, &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW)
		result = visit(context, &(struct webhook){.id = store_get_i64(rows, 0),
					    .url = store_get_text(rows, 1),
					    .events = (uint32_t)store_get_i64(rows, 2),
					    .created = store_get_i64(rows, 3),
					    .made_by = store_get_text(rows, 4),
					    .next_try = store_get_i64(rows, 5),
					    .waiting = store_get_i64(rows, 6),
					    .delivered = store_get_i64(rows, 7),
					    .failed = store_get_i64(rows, 8)});
	store_done(rows);
	return result;
}

int webhook_each_delivery(struct store_tx *tx, int64_t webhook, int64_t most,
    webhook_delivery_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_WEBHOOK_DELIVERIES,
	    STORE_ARGS(store_i64(webhook), store_i64(most)), &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW)
		result = visit(context, &(struct webhook_delivery){.id = store_get_i64(rows, 0),
					    .event = store_get_text(rows, 1),
					    .state = store_get_text(rows, 2),
					    .tries = store_get_i64(rows, 3),
					    .created = store_get_i64(rows, 4),
					    .next_try = store_get_i64(rows, 5),
					    .done = store_get_i64(rows, 6),
					    .status = store_get_i64(rows, 7),
					    .error = store_get_text(rows, 8)});
	store_done(rows);
	return result;
}

/* ---- one delivery ---- */

void webhook_sign(const char *secret, int64_t now, const char *body, size_t len,
    char ret[static WEBHOOK_SIGNATURE])
{
	crypto_auth_hmacsha256_state state;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	char when[32], hex[2 * sizeof(mac) + 1];
	int n = snprintf(when, sizeof(when), "%lld.", (long long)now);

	crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)when, (unsigned long long)n);
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)body, len);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
	bytes_hex(mac, sizeof(mac), hex);
	snprintf(ret, WEBHOOK_SIGNATURE, "t=%lld,v1=%s", (long long)now, hex);
}

int64_t webhook_wait(int64_t tries)
{
	int64_t seconds = WAIT_FIRST;

	for (; tries > 1 && seconds < WAIT_MOST; tries--)
		seconds *= 2;
	return seconds < WAIT_MOST ? seconds : WAIT_MOST;
}

#include "registrar/api/access.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "registrar/api/network.h"
#include "registrar/api/scope.h"
#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

enum { TOKENS_MAX = 500, NAME_MAX_CHARS = 100, FLUSH_MS = 5000 };

/* ---- making and ending ---- */

struct add {
	struct registrar *registrar;
	const struct access_wish *wish;
	char *name;
	uint8_t hash[TOKEN_BYTES];
	int64_t now, id;
};

static int note(struct store_tx *tx, struct registrar *registrar, enum journal_kind kind,
    const char *staff, int64_t id, uint32_t scopes)
{
	char detail[SCOPE_TEXT + 64], words[SCOPE_TEXT];

	scope_write(scopes, words);
	snprintf(detail, sizeof(detail), "token %lld %s", (long long)id, words);
	return journal_append(
	    tx, registrar, &(struct journal_line){.kind = kind, .staff = staff, .detail = detail});
}

static int add_body(struct store_tx *tx, void *context)
{
	struct add *add = context;
	const struct access_wish *wish = add->wish;
	int result = store_exec(tx, REGISTRAR_Q_API_TOKEN_INSERT,
	    STORE_ARGS(store_text(add->name), store_blob(add->hash, sizeof(add->hash)),
		store_i64(wish->scopes), store_text(wish->network), store_i64(add->now),
		store_text(wish->staff), store_i64(wish->expires)),
	    NULL);

	if (result)
		return result;
	add->id = store_last_id(tx);
	return note(tx, add->registrar, JOURNAL_TOKEN_MADE, wish->staff, add->id, wish->scopes);
}

static int check_wish(const struct access_wish *wish, int64_t now, struct refusal *why)
{
	struct network network;

	if (!wish->scopes || wish->scopes >> SCOPES)
		return refuse(why, "scopes", "Say at least one thing that the token may do.");
	if (wish->expires <= now || wish->expires > now + INT64_C(86400) * ACCESS_DAYS_MAX)
		return refuse(why, "days", "A token lasts from 1 to %d days.", ACCESS_DAYS_MAX);
	if (*wish->network && (strlen(wish->network) > 50 || network_read(wish->network, &network)))
		return refuse(why, "network",
		    "A range of addresses is written as 192.0.2.0/24 or 2001:db8::/32, with no bit "
		    "set behind the prefix. Leave it empty for any address.");
	return 0;
}

int access_add(struct registrar *registrar, const struct access_wish *wish, int64_t now,
    char ret_text[ACCESS_TEXT + 1], int64_t *ret_id, struct refusal *why)
{
	struct add add = {.registrar = registrar, .wish = wish, .now = now};
	char text[TOKEN_TEXT + 1];
	int result = check_wish(wish, now, why);

	if (result)
		return result;
	if (text_clean(wish->name, strlen(wish->name), TEXT_ONE_LINE, NAME_MAX_CHARS, &add.name) ||
	    !*add.name) {
		free(add.name);
		return refuse(why, "name", "Say what the token is for, in 1 to %d characters.",
		    NAME_MAX_CHARS);
	}
	token_new(text, add.hash);
	result = store_write(registrar->store, add_body, &add);
	free(add.name);
	if (result)
		return result;
	snprintf(ret_text, ACCESS_TEXT + 1, ACCESS_PREFIX "%s", text);
	*ret_id = add.id;
	return 0;
}

struct revoke {
	struct registrar *registrar;
	int64_t id, now;
	const char *staff;
};

static int revoke_body(struct store_tx *tx, void *context)
{
	const struct revoke *it = context;
	int64_t known, changes = 0;
	int result =
	    store_number(tx, REGISTRAR_Q_API_TOKEN_KNOWN, STORE_ARGS(store_i64(it->id)), &known);

	if (result)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	result = store_exec(tx, REGISTRAR_Q_API_TOKEN_REVOKE,
	    STORE_ARGS(store_i64(it->id), store_i64(it->now), store_text(it->staff)), &changes);
	if (result || !changes)
		return result;
	return note(tx, it->registrar, JOURNAL_TOKEN_ENDED, it->staff, it->id, 0);
}

int access_revoke(struct registrar *registrar, int64_t id, const char *staff, int64_t now)
{
	struct revoke it = {registrar, id, now, staff};

	return store_write(registrar->store, revoke_body, &it);
}

int access_each(struct store_tx *tx, access_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_API_TOKEN_LIST, STORE_NO_ARGS, &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW)
		result = visit(context, &(struct access_token){.id = store_get_i64(rows, 0),
					    .name = store_get_text(rows, 1),
					    .scopes = (uint32_t)store_get_i64(rows, 2),
					    .network = store_get_text(rows, 3),
					    .created = store_get_i64(rows, 4),
					    .made_by = store_get_text(rows, 5),
					    .expires = store_get_i64(rows, 6),
					    .revoked = store_get_i64(rows, 7),
					    .revoked_by = store_get_text(rows, 8),
					    .used = store_get_i64(rows, 9),
					    .uses = store_get_i64(rows, 10)});
	store_done(rows);
	return result;
}

/* ---- who asks ---- */

/* A token that was used since the start. */
struct use {
	int64_t id;
	int64_t uses, used;  /* not written yet; Unix seconds */
	int64_t spent, then; /* thousandths of a request still to be made good; ms */
};

struct access {
	struct registrar *registrar;
	unsigned per_minute;
	pthread_mutex_t lock;
	size_t n;
	int64_t dirty; /* ms since which something is not written; 0: nothing is */
	struct use uses[TOKENS_MAX];
};

struct access *access_new(struct registrar *registrar, unsigned per_minute)
{
	struct access *access = calloc(1, sizeof(*access));

	if (!access)
		return NULL;
	if (pthread_mutex_init(&access->lock, NULL)) {
		free(access);
		return NULL;
	}
	access->registrar = registrar;
	access->per_minute = per_minute;
	return access;
}

void access_free(struct access *access)
{
	if (!access)
		return;
	/* A count that a full disk does not take is no reason to stay. */
	(void)(access_flush(access) == 0);
	pthread_mutex_destroy(&access->lock);
	free(access);
}

struct flush {
	size_t n;
	struct use uses[TOKENS_MAX];
};

static int flush_body(struct store_tx *tx, void *context)
{
	const struct flush *flush = context;
	int result = 0;

	for (size_t i = 0; !result && i < flush->n; i++)
		if (flush->uses[i].uses)
			result = store_exec(tx, REGISTRAR_Q_API_TOKEN_USED,
			    STORE_ARGS(store_i64(flush->uses[i].id), store_i64(flush->uses[i].uses),
				store_i64(flush->uses[i].used)),
			    NULL);
	return result;
}

int access_flush(struct access *access)
{
	struct flush *flush = malloc(sizeof(*flush));
	int result;

	if (!flush)
		return STORE_NO_MEMORY;
	pthread_mutex_lock(&access->lock);
	flush->n = access->dirty ? access->n : 0;
	memcpy(flush->uses, access->uses, flush->n * sizeof(*flush->uses));
	for (size_t i = 0; i < flush->n; i++)
		access->uses[i].uses = 0;
	access->dirty = 0;
	pthread_mutex_unlock(&access->lock);
	result = flush->n ? store_write(access->registrar->store, flush_body, flush) : 0;
	free(flush);
	return result;
}

/* The use of this token; a new one takes the place of the one unused the longest. */
static struct use *use_of(struct access *access, int64_t id)
{
	struct use *oldest = access->uses;

	for (size_t i = 0; i < access->n; i++) {
		if (access->uses[i].id == id)
			return &access->uses[i];
		if (access->uses[i].used < oldest->used)
			oldest = &access->uses[i];
	}
	if (access->n < TOKENS_MAX)
		oldest = &access->uses[access->n++];
	*oldest = (struct use){.id = id};
	return oldest;
}

/* Counts a use. Returns the seconds to wait; 0: it may. */
static unsigned count(struct access *access, int64_t id, int64_t now_ms)
{
	struct use *use = use_of(access, id);
	int64_t most = (int64_t)access->per_minute * 60000, good, over;

	use->uses++;
	use->used = now_ms / 1000;
	if (!access->dirty)
		access->dirty = now_ms;
	/* One request is worth 60,000; each millisecond makes per_minute of it good. */
	good = now_ms > use->then ? (now_ms - use->then) * (int64_t)access->per_minute : 0;
	use->spent = use->spent > good ? use->spent - good : 0;
	use->then = now_ms;
	over = use->spent + 60000 - most;
	if (over > 0)
		return (unsigned)(over / ((int64_t)access->per_minute * 1000) + 1);
	use->spent += 60000;
	return 0;
}

struct found {
	int64_t id, expires;
	uint32_t scopes;
	bool revoked;
	char network[64];
};

static int find(struct registrar *registrar, const uint8_t hash[TOKEN_BYTES], struct found *ret)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	uint8_t held[TOKEN_BYTES];
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = store_one(tx, REGISTRAR_Q_API_TOKEN_FIND,
		    STORE_ARGS(store_blob(hash, TOKEN_BYTES)), &rows);
	if (result == STORE_ROW) {
		result = store_get_fixed(rows, 1, held, sizeof(held));
		if (!result && !token_same(held, hash))
			result = STORE_NOT_FOUND;
		ret->id = store_get_i64(rows, 0);
		ret->scopes = (uint32_t)store_get_i64(rows, 2);
		snprintf(ret->network, sizeof(ret->network), "%s", store_get_text(rows, 3));
		ret->expires = store_get_i64(rows, 4);
		ret->revoked = store_get_i64(rows, 5) != 0;
		store_done(rows);
	}
	store_read_end(tx);
	return result;
}

/* The hash of what a header brings: the scheme in any case, one space, the token. */
static int read_header(const char *header, uint8_t ret_hash[TOKEN_BYTES])
{
	static const char scheme[] = "Bearer ", prefix[] = ACCESS_PREFIX;

	if (strncasecmp(header, scheme, sizeof(scheme) - 1) != 0)
		return ACCESS_NONE;
	header += sizeof(scheme) - 1;
	if (strncmp(header, prefix, sizeof(prefix) - 1) != 0 ||
	    token_hash(header + sizeof(prefix) - 1, ret_hash))
		return ACCESS_WRONG;
	return 0;
}

int access_check(struct access *access, const char *authorization, const char *address,
    int64_t now_ms, struct access_caller *ret)
{
	uint8_t hash[TOKEN_BYTES];
	struct found found = {0};
	struct network network;
	int64_t late;
	int result = authorization ? read_header(authorization, hash) : ACCESS_NONE;

	if (!result)
		result = find(access->registrar, hash, &found);
	if (result)
		return result == STORE_NOT_FOUND ? ACCESS_WRONG : result;
	if (found.revoked || found.expires <= now_ms / 1000)
		return ACCESS_WRONG;
	if (*found.network &&
	    (network_read(found.network, &network) || !network_has(&network, address)))
		return ACCESS_NETWORK;
	pthread_mutex_lock(&access->lock);
	*ret = (struct access_caller){
	    .id = found.id, .scopes = found.scopes, .wait = count(access, found.id, now_ms)};
	late = now_ms - access->dirty;
	pthread_mutex_unlock(&access->lock);
	/* The count is worth no refusal where the disk is full. */
	if (late > FLUSH_MS)
		(void)(access_flush(access) == 0);
	return ret->wait ? ACCESS_RATE : ACCESS_OK;
}

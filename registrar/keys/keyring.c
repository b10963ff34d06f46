#include "registrar/keys/keyring.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "registrar/journal/journal.h"
#include "registrar/keys/keys_object.h"
#include "registrar/list.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* A key that was loaded. It stays until the keyring is closed; `row.state` says whether it signs.
 */
struct held {
	struct keyring_row row;
	struct key_secret *secret; /* NULL: kept offline (root) */
	struct held *next;
};

struct keyring {
	char *dir;
	pthread_rwlock_t lock;
	struct held *first;
};

/* The journal's key is a device key in its file and `journal` in the table. */
static const char *table_word(enum key_use use)
{
	return use == KEY_USE_DEVICE ? "journal" : key_use_word(use);
}

static int key_path(
    const char *dir, enum key_use use, const uint8_t kid[static KEY_KID_SIZE], char **ret_path)
{
	char hex[2 * KEY_KID_SIZE + 1];
	size_t size = strlen(dir) + 64;
	char *path = malloc(size);

	if (!path)
		return MODEL_SYSTEM;
	bytes_hex(kid, KEY_KID_SIZE, hex);
	snprintf(path, size, "%s/keys/%s-%s.key", dir, key_use_word(use), hex);
	*ret_path = path;
	return 0;
}

static int read_row(struct store_rows *rows, void *item)
{
	struct keyring_row *ret = item;
	const char *use = store_get_text(rows, 1);
	int result = store_get_fixed(rows, 0, ret->kid, sizeof ret->kid);

	if (!result)
		result = store_get_fixed(rows, 2, ret->public, sizeof ret->public);
	if (result)
		return result;
	if (strcmp(use, "journal") == 0)
		ret->use = KEY_USE_DEVICE;
	else if (key_use_find(use, &ret->use))
		return STORE_CORRUPT;
	ret->conference = store_get_i64(rows, 3);
	ret->valid_from = store_get_i64(rows, 4);
	ret->valid_until = store_get_i64(rows, 5);
	snprintf(ret->state, sizeof ret->state, "%s", store_get_text(rows, 6));
	return 0;
}

int keyring_rows(struct store_tx *tx, struct keyring_row **ret_rows, size_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(
	    tx, REGISTRAR_Q_KEY_LIST, STORE_NO_ARGS, sizeof **ret_rows, read_row, NULL, &list);

	if (result)
		return result;
	*ret_rows = list.items;
	*ret_n = list.n;
	return 0;
}

static bool is_active(const struct keyring_row *row)
{
	return strcmp(row->state, "active") == 0;
}

static struct held *find(struct keyring *keyring, const uint8_t kid[static KEY_KID_SIZE])
{
	for (struct held *held = keyring->first; held; held = held->next)
		if (memcmp(held->row.kid, kid, KEY_KID_SIZE) == 0)
			return held;
	return NULL;
}

static int load_file(struct keyring *keyring, const struct keyring_row *row,
    struct key_secret **ret_secret, struct refusal *why)
{
	char *path = NULL;
	int result = key_path(keyring->dir, row->use, row->kid, &path);

	if (result)
		return result;
	if (row->use == KEY_USE_ROOT && access(path, F_OK) && errno == ENOENT)
		goto done;
	int got = key_load(path, row->use, ret_secret);
	if (got == KEY_E_READ)
		result = refuse(why, "", "%s: %s. Put the key file back from your backup.", path,
		    strerror(errno));
	else if (got)
		result = refuse(why, "", "%s: %s.", path, key_error_words(got));
	else if (sodium_memcmp((*ret_secret)->public, row->public, KEY_PUBLIC_SIZE) != 0) {
		key_free(*ret_secret);
		*ret_secret = NULL;
		result = refuse(why, "",
		    "%s holds another key than the store expects. Put the right file back from "
		    "your "
		    "backup.",
		    path);
	}
	if (result == MODEL_REFUSED)
		result = MODEL_KEY;
done:
	free(path);
	return result;
}

/* Takes one row over: its state when it is known, itself and its secret when it is new. */
static int take(struct keyring *keyring, const struct keyring_row *row, struct refusal *why)
{
	struct held *held = find(keyring, row->kid);

	if (held) {
		memcpy(held->row.state, row->state, sizeof row->state);
		/* A root key that was offline may be back. */
		return held->secret || !is_active(row)
			   ? 0
			   : load_file(keyring, row, &held->secret, why);
	}
	if (!is_active(row))
		return 0;
	held = calloc(1, sizeof *held);
	if (!held)
		return MODEL_SYSTEM;
	held->row = *row;
	int result = load_file(keyring, row, &held->secret, why);
	if (result) {
		free(held);
		return result;
	}
	held->next = keyring->first;
	keyring->first = held;
	return 0;
}

int keyring_reload(struct keyring *keyring, struct store *store, struct refusal *why)
{
	struct store_tx *tx = NULL;
	struct keyring_row *rows = NULL;
	size_t n = 0;
	int result = store_read_begin(store, &tx);

	if (!result)
		result = keyring_rows(tx, &rows, &n);
	store_read_end(tx);
	pthread_rwlock_wrlock(&keyring->lock);
	for (size_t i = 0; !result && i < n; i++)
		result = take(keyring, &rows[i], why);
	pthread_rwlock_unlock(&keyring->lock);
	free(rows);
	return result;
}

int keyring_open(
    const char *dir, struct store *store, struct keyring **ret_keyring, struct refusal *why)
{
	struct keyring *keyring = calloc(1, sizeof *keyring);

	if (!keyring)
		return MODEL_SYSTEM;
	if (!(keyring->dir = strdup(dir)) || pthread_rwlock_init(&keyring->lock, NULL)) {
		free(keyring->dir);
		free(keyring);
		return MODEL_SYSTEM;
	}
	int result = keyring_reload(keyring, store, why);
	if (result) {
		keyring_close(keyring);
		return result;
	}
	*ret_keyring = keyring;
	return 0;
}

void keyring_close(struct keyring *keyring)
{
	if (!keyring)
		return;
	while (keyring->first) {
		struct held *next = keyring->first->next;
		key_free(keyring->first->secret);
		free(keyring->first);
		keyring->first = next;
	}
	pthread_rwlock_destroy(&keyring->lock);
	free(keyring->dir);
	free(keyring);
}

static const struct key_secret *newest(
    struct keyring *keyring, enum key_use use, int64_t conference)
{
	const struct held *best = NULL;

	pthread_rwlock_rdlock(&keyring->lock);
	for (const struct held *held = keyring->first; held; held = held->next)
		if (held->row.use == use && held->row.conference == conference &&
		    is_active(&held->row) && (!best || held->row.valid_from > best->row.valid_from))
			best = held;
	pthread_rwlock_unlock(&keyring->lock);
	return best ? best->secret : NULL;
}

const struct key_secret *keyring_signer(struct keyring *keyring, enum key_use use)
{
	return newest(keyring, use, 0);
}

const struct key_secret *keyring_pass_signer(struct keyring *keyring, int64_t conference)
{
	return newest(keyring, KEY_USE_PASS, conference);
}

/* A key that replaces another is younger than it, so that it is the one that signs. */
static int later_than_others(
    struct store_tx *tx, enum key_use use, int64_t conference, int64_t *from)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_KEY_COUNT_ACTIVE,
	    STORE_ARGS(store_text(table_word(use)), store_i64(conference)), &rows);

	if (result != STORE_ROW)
		return result;
	if (store_get_i64(rows, 0) > 0 && store_get_i64(rows, 1) >= *from)
		*from = store_get_i64(rows, 1) + 1;
	store_done(rows);
	return 0;
}

static int journal_key(struct store_tx *tx, struct registrar *registrar, enum journal_kind kind,
    const char *word, const uint8_t kid[static KEY_KID_SIZE], const char *staff)
{
	char hex[2 * KEY_KID_SIZE + 1], detail[96];

	bytes_hex(kid, KEY_KID_SIZE, hex);
	snprintf(detail, sizeof detail, "use=%s kid=%s", word, hex);
	return journal_append(
	    tx, registrar, &(struct journal_line){.kind = kind, .staff = staff, .detail = detail});
}

int keyring_make(struct store_tx *tx, struct registrar *registrar, enum key_use use,
    int64_t conference, int64_t from, int64_t until, const char *staff, struct key_secret **ret_key)
{
	struct key_secret *key = NULL;
	char *path = NULL;
	int result;

	if (key_new(use, &key))
		return MODEL_KEY;
	result = key_path(registrar->dir, use, key->kid, &path);
	if (!result)
		result = later_than_others(tx, use, conference, &from);
	if (!result && key_save(key, path))
		result = MODEL_KEY;
	if (result)
		goto done;
	result = store_exec(tx, REGISTRAR_Q_KEY_INSERT,
	    STORE_ARGS(store_blob(key->kid, KEY_KID_SIZE), store_text(table_word(use)),
		store_blob(key->public, KEY_PUBLIC_SIZE),
		conference ? store_i64(conference) : store_null(), store_i64(from),
		store_i64(until)),
	    NULL);
	/* The registrar's own journal key is in no list of the gates'; details is in another. */
	if (!result && use == KEY_USE_DETAILS)
		result = registrar_raise(tx, "staff_version", NULL);
	else if (!result && use != KEY_USE_DEVICE)
		result = keys_object_changed(tx, registrar);
	if (!result && registrar->journal)
		result =
		    journal_key(tx, registrar, JOURNAL_KEY_MADE, table_word(use), key->kid, staff);
	if (result)
		unlink(path);
done:
	free(path);
	if (result)
		key_free(key);
	else
		*ret_key = key;
	return result;
}

const struct key_secret *keyring_active(struct keyring *keyring, enum key_use use, size_t i)
{
	const struct key_secret *found = NULL;

	pthread_rwlock_rdlock(&keyring->lock);
	for (const struct held *held = keyring->first; held && !found; held = held->next)
		if (held->row.use == use && is_active(&held->row) && i-- == 0)
			found = held->secret;
	pthread_rwlock_unlock(&keyring->lock);
	return found;
}

const struct key_secret *keyring_by_public(
    struct keyring *keyring, enum key_use use, const uint8_t public[static KEY_PUBLIC_SIZE])
{
	const struct key_secret *found = NULL;

	pthread_rwlock_rdlock(&keyring->lock);
	for (const struct held *held = keyring->first; held && !found; held = held->next)
		if (held->row.use == use && is_active(&held->row) &&
		    memcmp(held->row.public, public, KEY_PUBLIC_SIZE) == 0)
			found = held->secret;
	pthread_rwlock_unlock(&keyring->lock);
	return found;
}

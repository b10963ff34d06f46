/* Whoever was purged since a backup was made is purged again once it is put back. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/records/purge_private.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

enum { RECEIPT_MAX = 16000000, BATCH_PEOPLE = 20 };

struct known { /* of one receipt */
	uint8_t salt[PURGE_SALT];
	uint8_t *hashes; /* in order; owned */
	size_t n;
};
struct reading {
	struct registrar *registrar;
	struct known *items;
	size_t n, room;
	struct refusal *why;
};

/* Whether this store has the receipt, and so what it did. */
static int is_here(const struct reading *it, const char *text, size_t len, bool *ret)
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	struct store_tx *tx = NULL;
	int64_t id = 0;
	int result = store_read_begin(it->registrar->store, &tx);

	crypto_hash_sha256(digest, (const uint8_t *)text, len);
	if (result == 0)
		result = store_number(tx, REGISTRAR_Q_PURGE_BY_DIGEST,
		    STORE_ARGS(store_blob(digest, sizeof(digest))), &id);
	store_read_end(tx);
	if (result < 0 && result != STORE_NOT_FOUND)
		return result;
	*ret = result == 0;
	return 0;
}

static void drop(struct reading *it)
{
	for (size_t i = 0; i < it->n; i++)
		free(it->items[i].hashes);
	free(it->items);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, PURGE_DIGEST);
}

static bool read_hex(const json_t *value, uint8_t ret[static PURGE_DIGEST])
{
	const char *hex = json_string_value(value);
	size_t len = 0;

	return hex && sodium_hex2bin(ret, PURGE_DIGEST, hex, strlen(hex), NULL, &len, NULL) == 0 &&
	       len == PURGE_DIGEST;
}

static bool take_people(const json_t *root, struct known *ret)
{
	const json_t *people = json_object_get(root, "people");
	size_t n = json_array_size(people);

	if (!json_is_array(people) || !read_hex(json_object_get(root, "salt"), ret->salt))
		return false;
	ret->hashes = calloc(n + 1, PURGE_DIGEST);
	if (!ret->hashes)
		return false;
	for (; ret->n < n; ret->n++)
		if (!read_hex(json_array_get(people, ret->n), ret->hashes + ret->n * PURGE_DIGEST))
			return false;
	qsort(ret->hashes, n, PURGE_DIGEST, by_bytes);
	return true;
}

/* The name holds the beginning of the text's digest. */
static bool is_whole(const char *name, const char *text, size_t len)
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	char hex[17];
	const char *dash = strchr(name, '-');

	crypto_hash_sha256(digest, (const uint8_t *)text, len);
	sodium_bin2hex(hex, sizeof(hex), digest, 8);
	return dash && strncmp(dash + 1, hex, 16) == 0 && strcmp(dash + 17, ".json") == 0;
}

static int refuse_file(const struct reading *it, const char *name)
{
	return refuse(it->why, "receipts",
	    "%.80s is no receipt of a purge, or was changed. Take the folder of receipts as it "
	    "was.",
	    name);
}

static int keep_known(struct reading *it, const struct known *known)
{
	void *more = list_grow(it->items, it->n, &it->room, sizeof(*it->items));

	if (!more)
		return MODEL_SYSTEM;
	it->items = more;
	it->items[it->n++] = *known;
	return 0;
}

static int take_text(struct reading *it, const char *name, const char *text, size_t len)
{
	struct known known = {.n = 0};
	json_t *root = NULL;
	const char *format;
	bool here = false;
	int result = is_here(it, text, len, &here);

	if (result < 0 || here)
		return result;
	if (is_whole(name, text, len))
		root = json_loadb(text, len, 0, NULL);
	format = json_string_value(json_object_get(root, "format"));
	if (format && strcmp(format, "pressgate-purge/v1") == 0 && take_people(root, &known))
		result = keep_known(it, &known);
	else
		result = refuse_file(it, name);
	if (result < 0)
		free(known.hashes);
	json_decref(root);
	return result;
}

static int read_file(struct reading *it, const char *folder, const char *name)
{
	char path[4352], *text = NULL;
	FILE *file;
	size_t len;
	int result = MODEL_SYSTEM;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rbe");
	text = file ? malloc(RECEIPT_MAX) : NULL;
	if (text) {
		len = fread(text, 1, RECEIPT_MAX, file);
		result =
		    len == RECEIPT_MAX ? refuse_file(it, name) : take_text(it, name, text, len);
	}
	if (file)
		fclose(file);
	free(text);
	return result;
}

static int read_folder(struct reading *it, const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	size_t len;
	int result = 0;

	if (!folder)
		return refuse(it->why, "receipts", "%.200s: %s.", path, strerror(errno));
	while (result == 0 && (entry = readdir(folder)) != NULL) {
		len = strlen(entry->d_name);
		if (len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0)
			result = read_file(it, path, entry->d_name);
	}
	closedir(folder);
	return result;
}

static bool is_known(const struct reading *it, int64_t id, int64_t created)
{
	uint8_t hash[PURGE_DIGEST];

	for (size_t i = 0; i < it->n; i++) {
		if (it->items[i].n == 0)
			continue;
		purge_hash(it->items[i].salt, id, created, hash);
		if (bsearch(hash, it->items[i].hashes, it->items[i].n, PURGE_DIGEST, by_bytes))
			return true;
	}
	return false;
}

struct found {
	int64_t *ids;
	size_t n, room;
};

static int find_people(struct registrar *registrar, const struct reading *it, struct found *ret)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	void *more;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = store_query(tx, REGISTRAR_Q_PURGE_STANDING_PEOPLE, STORE_NO_ARGS, &rows);
	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		result = 0;
		if (!is_known(it, store_get_i64(rows, 0), store_get_i64(rows, 1)))
			continue;
		more = list_grow(ret->ids, ret->n, &ret->room, sizeof(*ret->ids));
		if (!more) {
			result = STORE_NO_MEMORY;
			break;
		}
		ret->ids = more;
		ret->ids[ret->n++] = store_get_i64(rows, 0);
	}
	store_done(rows);
	store_read_end(tx);
	return result;
}

struct batch {
	struct purge *purge;
	const int64_t *ids;
	size_t n;
	bool first, last;
};

static int batch_body(struct store_tx *tx, void *context)
{
	struct batch *it = context;
	int result = it->first ? purge_begin(tx, it->purge) : 0;

	for (size_t i = 0; result == 0 && i < it->n; i++)
		result = store_exec(
		    tx, REGISTRAR_Q_PURGE_ADD_PERSON, STORE_ARGS(store_i64(it->ids[i])), NULL);
	/* A receipt does not tell an erasure from the end of a term: nothing is sent any more. */
	if (result == 0)
		result =
		    store_exec(tx, REGISTRAR_Q_PURGE_PERSON_SUBSCRIPTIONS, STORE_NO_ARGS, NULL);
	if (result == 0)
		result = purge_people(tx, it->purge);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_PURGE_CLEAR, STORE_NO_ARGS, NULL);
	return result == 0 && it->last ? purge_end(tx, it->purge) : result;
}

static int purge_found(struct registrar *registrar, const struct found *found, int64_t now)
{
	struct purge purge = {
	    .registrar = registrar, .now = now, .kind = "restored", .made_by = "restored"};
	int result = purge_take();

	if (result < 0)
		return result;
	for (size_t at = 0; result == 0 && at < found->n; at += BATCH_PEOPLE) {
		size_t left = found->n - at, n = left < BATCH_PEOPLE ? left : BATCH_PEOPLE;
		struct batch batch = {&purge, found->ids + at, n, at == 0, n == left};
		result = store_write(registrar->store, batch_body, &batch);
	}
	if (result == 0)
		result = purge_settle(&purge);
	purge_release(&purge);
	purge_give();
	return result;
}

int purge_again(struct registrar *registrar, const char *receipts, int64_t now, size_t *ret_people,
    struct refusal *why)
{
	struct reading it = {.registrar = registrar, .why = why};
	struct found found = {NULL, 0, 0};
	int result = read_folder(&it, receipts);

	if (result == 0)
		result = find_people(registrar, &it, &found);
	if (result == 0 && found.n > 0)
		result = purge_found(registrar, &found, now);
	if (result == 0)
		*ret_people = found.n;
	free(found.ids);
	drop(&it);
	return result;
}

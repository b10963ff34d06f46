/* Receipts of purges: their text, their rows, their files. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registrar/list.h"
#include "registrar/records/purge_private.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

enum { KEPT_FILES = 200, NAME_BYTES = 64 };

static json_t *json_hex(const uint8_t *bytes, size_t len)
{
	char hex[2 * PURGE_DIGEST + 1];

	return json_string(sodium_bin2hex(hex, sizeof(hex), bytes, len));
}

static json_t *json_time(int64_t at)
{
	char text[32];

	zone_rfc3339(at, text, sizeof(text));
	return json_string(text);
}

static int add_counts(struct store_tx *tx, const struct purge *purge, json_t *list)
{
	const struct settings *settings = &purge->registrar->settings;
	struct store_rows *rows = NULL;
	int result =
	    store_query(tx, REGISTRAR_Q_PURGE_COUNTS, STORE_ARGS(store_i64(purge->id)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		enum records_rule rule = rule_find(store_get_text(rows, 0));
		json_t *item = json_object();
		json_object_set_new(item, "rule", json_string(store_get_text(rows, 0)));
		json_object_set_new(item, "records", json_integer(store_get_i64(rows, 1)));
		if (rule < RULES) {
			json_object_set_new(item, "what", json_string(records_rules[rule].words));
			json_object_set_new(item, "basis", json_string(records_rules[rule].basis));
			json_object_set_new(
			    item, "term_days", json_integer(rule_days(settings, rule)));
			json_object_set_new(item, "last_used_before",
			    json_time(rule_before(settings, rule, purge->now)));
		}
		result = json_array_append_new(list, item) < 0 ? STORE_NO_MEMORY : 0;
	}
	store_done(rows);
	return result;
}

static int add_people(struct store_tx *tx, const struct purge *purge, json_t *list)
{
	struct store_rows *rows = NULL;
	uint8_t hash[PURGE_DIGEST];
	int result = store_query(
	    tx, REGISTRAR_Q_PURGE_PERSON_NOTES, STORE_ARGS(store_i64(purge->id)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		result = store_get_fixed(rows, 0, hash, sizeof(hash));
		if (result == 0 && json_array_append_new(list, json_hex(hash, sizeof(hash))) < 0)
			result = STORE_NO_MEMORY;
	}
	store_done(rows);
	return result;
}

int purge_write_receipt(struct store_tx *tx, const struct purge *purge, char **ret_text)
{
	json_t *root = json_object(), *counts = json_array(), *people = json_array();
	int64_t held = 0;
	int result = add_counts(tx, purge, counts);

	if (result == 0)
		result = add_people(tx, purge, people);
	if (result == 0)
		result = store_number(
		    tx, REGISTRAR_Q_PURGE_HELD_PEOPLE, STORE_ARGS(store_i64(purge->now)), &held);
	json_object_set_new(root, "format", json_string("pressgate-purge/v1"));
	json_object_set_new(root, "site", json_string(purge->registrar->settings.site));
	json_object_set_new(root, "number", json_integer(purge->id));
	json_object_set_new(root, "kind", json_string(purge->kind));
	json_object_set_new(root, "at", json_time(purge->now));
	json_object_set_new(root, "by", json_string(purge->made_by));
	json_object_set_new(root, "destroyed", counts);
	json_object_set_new(root, "people_held", json_integer(held));
	json_object_set_new(root, "salt", json_hex(purge->salt, sizeof(purge->salt)));
	json_object_set_new(root, "people", people);
	*ret_text = result == 0 ? json_dumps(root, JSON_INDENT(1)) : NULL;
	json_decref(root);
	return result == 0 && !*ret_text ? STORE_NO_MEMORY : result;
}

/* ---- rows ---- */

static int read_head(struct store_rows *rows, struct purge_receipt *ret)
{
	*ret = (struct purge_receipt){.id = store_get_i64(rows, 0),
	    .begun = store_get_i64(rows, 2),
	    .ended = store_get_i64(rows, 3)};
	snprintf(ret->kind, sizeof(ret->kind), "%s", store_get_text(rows, 1));
	snprintf(ret->made_by, sizeof(ret->made_by), "%s", store_get_text(rows, 4));
	return store_get_fixed(rows, 5, ret->digest, sizeof(ret->digest));
}

static int read_row(struct store_rows *rows, void *item)
{
	struct purge_receipt *ret = item;
	int result = read_head(rows, ret);

	ret->records = store_get_i64(rows, 6);
	return result;
}

int purge_receipts(struct store_tx *tx, unsigned most, struct purge_receipts *ret)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_PURGE_LIST, STORE_ARGS(store_i64(most)),
	    sizeof(*ret->items), read_row, NULL, &list);

	if (result == 0)
		*ret = (struct purge_receipts){list.items, list.n};
	return result;
}

int purge_receipt(struct store_tx *tx, int64_t id, struct purge_receipt *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_PURGE_BY_ID, STORE_ARGS(store_i64(id)), &rows);

	if (result < 0)
		return result;
	result = read_head(rows, ret);
	ret->records = store_get_i64(rows, 8);
	ret->text = result == 0 ? list_text(store_get_text(rows, 6)) : NULL;
	store_done(rows);
	return result == 0 && !ret->text ? STORE_NO_MEMORY : result;
}

void purge_receipt_free(struct purge_receipt *receipt)
{
	free(receipt->text);
	receipt->text = NULL;
}

/* ---- files ---- */

static int write_file(int folder, const char *name, const char *text)
{
	size_t len = strlen(text);
	int fd = openat(
	    folder, "receipt.part", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result = MODEL_SYSTEM;

	if (fd < 0)
		return MODEL_SYSTEM;
	if (write(fd, text, len) == (ssize_t)len && fsync(fd) == 0 &&
	    renameat(folder, "receipt.part", folder, name) == 0 && fsync(folder) == 0)
		result = 0;
	close(fd);
	return result;
}

/* Two stores of one past may count the same number: the digest tells them apart. */
static int keep_file(struct store_tx *tx, int folder, const struct purge_receipt *head)
{
	char name[NAME_BYTES], hex[17];
	struct purge_receipt whole = {.text = NULL};
	struct stat status;
	int result;

	sodium_bin2hex(hex, sizeof(hex), head->digest, 8);
	snprintf(name, sizeof(name), "%lld-%s.json", (long long)head->id, hex);
	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	result = purge_receipt(tx, head->id, &whole);
	if (result == 0)
		result = write_file(folder, name, whole.text);
	purge_receipt_free(&whole);
	return result;
}

int purge_keep_receipts(struct registrar *registrar)
{
	struct purge_receipts list = {NULL, 0};
	struct store_tx *tx = NULL;
	char *path = registrar_path(registrar, "receipts");
	int folder = -1, result = MODEL_SYSTEM;

	if (path && (mkdir(path, 0700) == 0 || errno == EEXIST))
		folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(path);
	if (folder < 0)
		return MODEL_SYSTEM;
	result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = purge_receipts(tx, KEPT_FILES, &list);
	for (size_t i = 0; result == 0 && i < list.n; i++)
		result = keep_file(tx, folder, &list.items[i]);
	store_read_end(tx);
	free(list.items);
	close(folder);
	return result;
}

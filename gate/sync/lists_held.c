#include <string.h>

#include "gate/sync/lists.h"
#include "schema/gate_db.h"

static int meta_get(struct store_tx *tx, const char *key, int64_t *ret)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text(key)), &rows);

	*ret = 0;
	if (r == STORE_NOT_FOUND)
		return 0;
	if (r != STORE_ROW)
		return r;
	*ret = store_get_i64(rows, 0);
	store_done(rows);
	return 0;
}

static int held_roster(struct store_tx *tx, uint32_t conference, struct lists_held *ret)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_LISTS_ROSTER_HELD, STORE_ARGS(store_i64(conference)), &rows);

	if (r == STORE_NOT_FOUND)
		return 0;
	if (r != STORE_ROW)
		return r;
	*ret = (struct lists_held){.version = (uint64_t)store_get_i64(rows, 0),
	    .issued = store_get_i64(rows, 1),
	    .not_after = store_get_i64(rows, 2),
	    .checked = store_get_i64(rows, 3),
	    .fetch = store_get_i64(rows, 4) != 0};
	store_done(rows);
	return 0;
}

static int held_revoked(struct store_tx *tx, struct lists_held *ret)
{
	int64_t version = 0, fetch = 0;
	int r = meta_get(tx, "revoked_version", &version);

	if (r == 0)
		r = meta_get(tx, "revoked_fetch", &fetch);
	ret->fetch = fetch != 0;
	ret->version = (uint64_t)version;
	if (r == 0)
		r = meta_get(tx, "revoked_issued", &ret->issued);
	if (r == 0)
		r = meta_get(tx, "revoked_not_after", &ret->not_after);
	if (r == 0)
		r = meta_get(tx, "revoked_checked", &ret->checked);
	return r;
}

static int held_object(struct store_tx *tx, enum lists_kind kind, struct lists_held *ret)
{
	struct store_rows *rows = NULL;
	int r =
	    store_one(tx, GATE_Q_OBJECT_GET, STORE_ARGS(store_text(lists_kind_word(kind))), &rows);

	if (r == STORE_NOT_FOUND)
		return 0;
	if (r != STORE_ROW)
		return r;
	ret->version = (uint64_t)store_get_i64(rows, 1);
	ret->issued = store_get_i64(rows, 2);
	ret->not_after = store_get_i64(rows, 3);
	store_done(rows);
	return meta_get(tx, kind == LISTS_KEYS ? "keys_checked" : "staff_checked", &ret->checked);
}

int lists_held(
    struct store_tx *tx, enum lists_kind kind, uint32_t conference, struct lists_held *ret_held)
{
	struct lists_held held = {0};
	int r;

	if (kind == LISTS_ROSTER || kind == LISTS_ROSTER_DELTA)
		r = held_roster(tx, conference, &held);
	else if (kind == LISTS_REVOKED || kind == LISTS_REVOKED_DELTA)
		r = held_revoked(tx, &held);
	else
		r = held_object(tx, kind, &held);
	if (r == 0)
		*ret_held = held;
	return r;
}

int lists_keyset(struct store_tx *tx, const uint8_t root[static 32], struct keyset **ret_keys)
{
	struct store_rows *rows = NULL;
	const uint8_t *bytes;
	size_t len;
	int r = store_one(tx, GATE_Q_OBJECT_GET, STORE_ARGS(store_text("keys")), &rows);

	if (r == STORE_NOT_FOUND)
		return LISTS_NO_KEYS;
	if (r != STORE_ROW)
		return r;
	bytes = store_get_blob(rows, 0, &len);
	r = keyset_open(bytes, len, root, 0, ret_keys);
	store_done(rows);
	return r == BUNDLE_E_MEMORY ? STORE_NO_MEMORY : r != 0 ? LISTS_BAD : 0;
}

static const char *const kind_words[] = {
    "keys", "staff", "roster", "roster-delta", "revoked", "revoked-delta"};

const char *lists_kind_word(enum lists_kind kind)
{
	return kind_words[kind];
}

int lists_kind_find(const char *word, enum lists_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(kind_words) / sizeof(kind_words[0]); i++) {
		if (strcmp(word, kind_words[i]) == 0) {
			*ret_kind = (enum lists_kind)i;
			return 0;
		}
	}
	return LISTS_BAD;
}

const char *lists_strerror(int result)
{
	switch (result) {
	case LISTS_SAME:
		return "this version is held already";
	case LISTS_OLDER:
		return "the registrar sent a list older than the one held: its data may have been "
		       "restored from a backup; tell the administrator";
	case LISTS_BASE:
		return "the change is for another version than the one held";
	case LISTS_COUNT:
		return "the change does not add up to the list it was made for";
	case LISTS_NO_KEYS:
		return "no keys have been received yet: run gate sync --once";
	case LISTS_BAD:
		return "the list is not signed as it must be, or is damaged; the one held stays";
	case LISTS_CONFERENCE:
		return "the registrar sent another conference's roster";
	case LISTS_SITE:
		return "these are the keys of another site";
	case LISTS_NO_STAFF:
		return "the list of officers has not come yet, so that nobody could read the "
		       "roster: "
		       "it is fetched again";
	case LISTS_EXPIRED:
		return "the list was past its time when it arrived: check this gate's clock";
	default:
		return store_strerror(result);
	}
}

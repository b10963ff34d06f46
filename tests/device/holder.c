#include "tests/device/holder.h"

#include <sqlite3.h>
#include <unistd.h>

#include "gate/seal/digest.h"
#include "schema/gate_db.h"

void holder_begin(struct house *house, struct holder *holder, const char *name)
{
	const struct store_options options = {.create = true, .exclusive = true};
	const struct key_secret *root = keyring_signer(house->registrar->keyring, KEY_USE_ROOT);
	char why[256] = "";

	/* In the clear, so that rows can be compared. */
	*holder = (struct holder){.gate.options.unsealed = true};
	(void)snprintf(holder->path, sizeof(holder->path), "%s/%s.db", house->dir, name);
	assert_int_equal(store_open(holder->path, &gate_store_spec, &options, &holder->gate.store,
			     why, sizeof(why)),
	    0);
	memcpy(holder->root, root->public, sizeof(holder->root));
}

void holder_end(struct holder *holder)
{
	vault_drop(&holder->gate);
	store_close(holder->gate.store);
	keyset_free(holder->keys);
	unlink(holder->path);
}

static enum lists_kind kind_of(const struct bundles_object *object)
{
	enum lists_kind kind;

	assert_int_equal(lists_kind_find(bundles_kind_word(object->kind), &kind), 0);
	return kind;
}

int holder_apply(struct holder *holder, const struct bundles_object *object, uint32_t conference,
    int64_t now, struct lists_change *ret_change)
{
	const struct lists_object arrived = {.kind = kind_of(object),
	    .bytes = object->bytes,
	    .len = object->len,
	    .conference = conference,
	    .now = now,
	    .root = holder->root,
	    .site = HOLDER_SITE,
	    .keys = holder->keys};
	struct lists_change change;
	int r = lists_apply(&holder->gate, &arrived, ret_change == NULL ? &change : ret_change);

	if (object->kind == BUNDLES_ROSTER_DELTA || object->kind == BUNDLES_REVOKED_DELTA)
		holder->deltas += r == 0;
	else
		holder->fulls += r == 0;
	return r;
}

void holder_take_keys(struct bundles *bundles, struct holder *holder, int64_t now)
{
	struct bundles_object *object = NULL;
	struct store_tx *tx = NULL;

	assert_int_equal(bundles_keys(bundles, &object), 0);
	assert_int_equal(holder_apply(holder, object, 0, now, NULL), 0);
	bundles_put(bundles, object);
	assert_int_equal(store_read_begin(holder->gate.store, &tx), 0);
	assert_int_equal(lists_keyset(tx, holder->root, &holder->keys), 0);
	store_read_end(tx);
	object = NULL;
	assert_int_equal(bundles_staff(bundles, &object), 0);
	assert_int_equal(holder_apply(holder, object, 0, now, NULL), 0);
	bundles_put(bundles, object);
}

uint64_t holder_held(struct holder *holder, enum lists_kind kind, uint32_t conference)
{
	struct lists_held found;
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(holder->gate.store, &tx), 0);
	assert_int_equal(lists_held(tx, kind, conference, &found), 0);
	store_read_end(tx);
	return found.version;
}

void holder_follow(
    struct bundles *bundles, struct holder *holder, uint32_t conference, bool full, int64_t now)
{
	struct bundles_object *object = NULL;
	int r = bundles_roster(
	    bundles, conference, full ? 0 : holder_held(holder, LISTS_ROSTER, conference), &object);

	if (r == 0) {
		r = holder_apply(holder, object, conference, now, NULL);
		bundles_put(bundles, object);
	}
	assert_true(r == 0 || r == BUNDLES_SAME || r == LISTS_SAME);
	object = NULL;
	r = bundles_revoked(bundles, full ? 0 : holder_held(holder, LISTS_REVOKED, 0), &object);
	if (r == 0) {
		r = holder_apply(holder, object, 0, now, NULL);
		bundles_put(bundles, object);
	}
	assert_true(r == 0 || r == BUNDLES_SAME || r == LISTS_SAME);
}

bool holder_digests_hold(struct holder *holder, uint32_t conference)
{
	struct digest digest;
	struct store_tx *tx = NULL;
	bool roster = false, revoked = false;

	assert_int_equal(store_read_begin(holder->gate.store, &tx), 0);
	assert_int_equal(digest_load(tx, conference, &digest), 0);
	assert_int_equal(digest_load(tx, 0, &digest), 0);
	assert_int_equal(digest_holds(tx, conference, &roster), 0);
	assert_int_equal(digest_holds(tx, 0, &revoked), 0);
	store_read_end(tx);
	return roster && revoked;
}

char *holder_dump(struct holder *holder)
{
	static const char sql[] =
	    "SELECT group_concat(t, char(10)) FROM ("
	    "SELECT 'c' || number || slug || title || capacity || version AS t FROM conference "
	    "UNION ALL SELECT 'r' || conference || hex(pass) || class || hex(person) || outlet || "
	    "status "
	    "|| code FROM roster UNION ALL SELECT 'v' || hex(pass) || reason FROM revocation "
	    "UNION ALL SELECT 'x' || id || scope || conference || class || outlet || hex(pass) || "
	    "hex(words) FROM restriction ORDER BY t)";
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	char *text;
	struct store *store = holder->gate.store;
	const struct store_options options = {.exclusive = true};
	char why[256];

	/* The store is exclusive: it is closed to be looked at. */
	store_close(store);
	assert_int_equal(sqlite3_open_v2(holder->path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	text = strdup((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	assert_int_equal(store_open(holder->path, &gate_store_spec, &options, &holder->gate.store,
			     why, sizeof(why)),
	    0);
	return text;
}

int holder_take_revoked(struct house *house, struct bundles *bundles, struct holder *holder,
    bool full, struct lists_change *ret_change)
{
	struct bundles_object *object = NULL;
	int r = bundles_revoked(bundles, full ? 0 : holder_held(holder, LISTS_REVOKED, 0), &object);

	if (r == 0)
		r = holder_apply(holder, object, 0, house->now, ret_change);
	bundles_put(bundles, object);
	return r;
}

void holder_is_as_new(struct house *house, struct bundles *bundles, struct holder *holder)
{
	struct lists_change change;
	struct holder fresh;
	char *first, *second;

	holder_begin(house, &fresh, "fresh");
	holder_take_keys(bundles, &fresh, house->now);
	assert_int_equal(holder_take_revoked(house, bundles, &fresh, true, &change), 0);
	first = holder_dump(holder);
	second = holder_dump(&fresh);
	assert_string_equal(first, second);
	free(first);
	free(second);
	holder_end(&fresh);
}

#include <sqlite3.h>

#include "registrar/doors/bundles.h"
#include "registrar/doors/gates.h"
#include "registrar/keys/keys_object.h"
#include "tests/registrar/folder.h"

static void the_root_key_may_be_kept_offline(void **state)
{
	struct folder *folder = *state;
	char command[256];

	snprintf(command, sizeof command, "rm %s/keys/root-*", folder->dir);
	assert_int_equal(system(command), 0);
	folder_reopen(folder);
	assert_null(keyring_signer(folder->registrar->keyring, KEY_USE_ROOT));
	assert_non_null(keyring_signer(folder->registrar->keyring, KEY_USE_BUNDLE));
}

static bool keys_wait(struct folder *folder)
{
	struct keys_object object = {0};
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(keys_object_read(tx, &object), 0);
	store_read_end(tx);
	free(object.bytes);
	return object.waits;
}

static int ask_keys(struct folder *folder, uint64_t *ret_version)
{
	struct bundles_object *object = NULL;
	struct bundles *bundles = NULL;
	int result;

	assert_int_equal(bundles_open(folder->registrar, &bundles), 0);
	result = bundles_keys(bundles, &object);
	*ret_version = result ? 0 : object->version;
	bundles_put(bundles, object);
	bundles_close(bundles);
	return result;
}

static void move_root(struct folder *folder, bool away)
{
	char command[400];

	snprintf(command, sizeof command, "mv %s/%s/root-*.key %s/%s/", folder->dir,
	    away ? "keys" : "mail", folder->dir, away ? "mail" : "keys");
	assert_int_equal(system(command), 0);
}

static void without_the_root_gates_get_what_it_signed_last(void **state)
{
	struct folder *folder = *state;
	uint64_t before, version = 0;
	struct refusal why = {0};
	char code[GATES_CODE_TEXT + 1];

	/* Its pass key is in the list, although no gate has asked since. */
	(void)folder_conference(folder, "briefing", 0, 0, false);
	before = (uint64_t)folder_counter(folder, "keys_version");
	assert_int_equal(gates_code(folder->registrar, "north-door", "admin", code), 0);
	move_root(folder, true);
	folder_reopen(folder);
	/* As a server does when it starts. */
	assert_int_equal(bundles_renew(folder->registrar, registrar_now()), 0);
	assert_int_equal(ask_keys(folder, &version), 0);
	assert_int_equal(version, before);
	/* What needs a new list is refused, and nothing was changed. */
	assert_int_equal(
	    keyring_rotate(folder->registrar, KEY_USE_BUNDLE, 0, "admin", registrar_now(), &why),
	    MODEL_REFUSED);
	assert_non_null(strstr(why.words, "Put its file back"));
	assert_int_equal(gates_code(folder->registrar, "south-door", "admin", code), GATES_NO_ROOT);
	assert_int_equal(folder_counter(folder, "keys_version"), before);
	assert_false(keys_wait(folder));
	/* Taking trust away never is; gates go on with the list they may have. */
	assert_int_equal(gates_revoke(folder->registrar, "north-door", "admin"), 0);
	assert_true(keys_wait(folder));
	assert_int_equal(ask_keys(folder, &version), 0);
	assert_int_equal(version, before);
	/* With the root back it reaches them, without a new start. */
	move_root(folder, false);
	assert_int_equal(keys_object_need_root(folder->registrar, &why), 0);
	assert_int_equal(ask_keys(folder, &version), 0);
	assert_true(version > before);
	assert_false(keys_wait(folder));
	assert_int_equal(
	    keyring_rotate(folder->registrar, KEY_USE_BUNDLE, 0, "admin", registrar_now(), &why),
	    0);
}

static void change_keys_object(struct folder *folder, const char *sql)
{
	char path[128];
	sqlite3 *db = NULL;

	registrar_close(folder->registrar);
	snprintf(path, sizeof path, "%s/registrar.db", folder->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	folder->registrar = NULL;
	folder_reopen(folder);
}

static void a_list_of_keys_that_ended_or_is_behind_is_not_given_out(void **state)
{
	struct folder *folder = *state;
	uint64_t version = 0;

	move_root(folder, true);
	change_keys_object(folder, "UPDATE keys_object SET not_after = 1700000000");
	assert_int_equal(ask_keys(folder, &version), BUNDLES_NO_KEY);
	change_keys_object(
	    folder, "UPDATE keys_object SET not_after = 4000000000, version = version - 1");
	assert_int_equal(ask_keys(folder, &version), BUNDLES_NO_KEY);
	/* Control: as it was. */
	change_keys_object(folder, "UPDATE keys_object SET version = version + 1");
	assert_int_equal(ask_keys(folder, &version), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_root_key_may_be_kept_offline),
	    TEST(without_the_root_gates_get_what_it_signed_last),
	    TEST(a_list_of_keys_that_ended_or_is_behind_is_not_given_out),
	};

	return cmocka_run_group_tests_name("root key", tests, NULL, NULL);
}

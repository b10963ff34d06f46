/* Every older version of every database upgrades to what a fresh one is; every query prepares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema/gate_db.h"
#include "schema/registrar_db.h"
#include "schema/store_private.h"
#include "tests/store/sample.h"

static struct memdisk *disk;

static int make_disk(void **state)
{
	(void)state;
	disk = memdisk_new();
	memdisk_use(disk, false);
	return 0;
}

static int drop_disk(void **state)
{
	(void)state;
	memdisk_use(NULL, false);
	memdisk_free(disk);
	return 0;
}

static struct store *open_spec(const char *path, const struct store_spec *spec)
{
	struct store *store = NULL;
	struct store_options options = {.create = true, .vfs = MEMDISK_VFS};
	int result = store_open(path, spec, &options, &store, sample_why, sizeof(sample_why));
	if (result)
		print_message("# %s: %s\n", spec->name, sample_why);
	assert_int_equal(result, 0);
	return store;
}

/* The database as it was at that version: only so many migrations, and no query of today's. */
static struct store_spec older(const struct store_spec *spec, unsigned version)
{
	struct store_spec old = *spec;
	old.n_migrations = version;
	old.n_queries = 0;
	return old;
}

/* Every table, index and trigger, as text. */
static char *schema_text(struct store *store)
{
	sqlite3_stmt *list = NULL;
	char *text = sqlite3_mprintf("%s", "");
	assert_int_equal(
	    sqlite3_prepare_v2(store->writer.db,
		"SELECT type || ' ' || name || ' ' || tbl_name || ': ' || coalesce(sql, '') "
		"FROM sqlite_schema ORDER BY type, name",
		-1, &list, NULL),
	    SQLITE_OK);
	while (sqlite3_step(list) == SQLITE_ROW) {
		char *more = sqlite3_mprintf("%s%s\n", text, sqlite3_column_text(list, 0));
		sqlite3_free(text);
		text = more;
	}
	sqlite3_finalize(list);
	return text;
}

static void upgrade_from(const struct store_spec *spec, unsigned version, const char *fresh)
{
	char path[32];
	int64_t now = -1, id = -1;
	struct store_spec old = older(spec, version);
	snprintf(path, sizeof(path), "/%s-%u.db", spec->name, version);
	struct store *store = open_spec(path, &old);
	assert_int_equal(store_scalar(store, store->writer.db, "PRAGMA user_version", &now), 0);
	assert_int_equal(now, version);
	store_close(store);

	store = open_spec(path, spec);
	assert_int_equal(store_scalar(store, store->writer.db, "PRAGMA user_version", &now), 0);
	assert_int_equal(now, spec->n_migrations);
	assert_int_equal(store_scalar(store, store->writer.db, "PRAGMA application_id", &id), 0);
	assert_int_equal(id, spec->application_id);
	char *text = schema_text(store);
	assert_string_equal(text, fresh);
	sqlite3_free(text);
	assert_int_equal(store_verify(store, sample_why, sizeof(sample_why)), 0);
	store_close(store);
}

static void upgrades(const struct store_spec *spec)
{
	assert_true(spec->n_migrations >= 1);
	struct store *store = open_spec("/fresh.db", spec);
	char *fresh = schema_text(store);
	store_close(store);
	assert_true(strlen(fresh) > 100);
	for (unsigned version = 1; version <= spec->n_migrations; version++)
		upgrade_from(spec, version, fresh);
	sqlite3_free(fresh);
	print_message("# %s: %u versions\n", spec->name, spec->n_migrations);
}

static void every_older_registrar_upgrades(void **state)
{
	(void)state;
	upgrades(&registrar_store_spec);
}

static void every_older_gate_upgrades(void **state)
{
	(void)state;
	upgrades(&gate_store_spec);
}

static void every_older_sample_upgrades(void **state)
{
	(void)state;
	upgrades(&sample_store_spec);
}

static void old_rows_come_through_an_upgrade(void **state)
{
	struct store_spec old = older(&sample_store_spec, 2);
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	(void)state;
	struct store *store = open_spec(SAMPLE_MEMORY, &old);
	assert_int_equal(
	    store_run(store, store->writer.db,
		"INSERT INTO note (id, words, body) VALUES (40, 'from before', x'0102')"),
	    0);
	store_close(store);
	store = open_spec(SAMPLE_MEMORY, &sample_store_spec);
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(
	    store_one(tx, SAMPLE_Q_NOTE_GET, STORE_ARGS(store_i64(40)), &rows), STORE_ROW);
	assert_string_equal(store_get_text(rows, 0), "from before");
	store_done(rows);
	store_read_end(tx);
	assert_int_equal(sample_count(store), 2);
	store_close(store);
}

static void a_migration_that_fails_leaves_the_older_version(void **state)
{
	struct store_migration list[4];
	struct store_spec broken = sample_store_spec;
	struct store *store = NULL;
	struct store_options options = {.create = true, .vfs = MEMDISK_VFS};
	int64_t version = 0, tables = -1;
	static const char *const bad[] = {
	    "CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE note (again INTEGER) STRICT",
	    "CREATE TABLE half (a INTEGER) STRICT; INSERT INTO reply (note) VALUES (999)",
	    "CREATE TABLE half (a INTEGER) STRICT; COMMIT",
	};
	(void)state;
	memcpy(list, sample_store_spec.migrations, sizeof(list[0]) * 3);
	broken.migrations = list;
	broken.n_migrations = 4;
	for (size_t i = 0; i < 2; i++) {
		store_close(open_spec(SAMPLE_MEMORY, &sample_store_spec));
		list[3] = (struct store_migration){"0004-broken", bad[i]};
		assert_int_not_equal(store_open(SAMPLE_MEMORY, &broken, &options, &store,
					 sample_why, sizeof(sample_why)),
		    0);
		store = open_spec(SAMPLE_MEMORY, &sample_store_spec);
		assert_int_equal(
		    store_scalar(store, store->writer.db, "PRAGMA user_version", &version), 0);
		assert_int_equal(version, 3);
		assert_int_equal(
		    store_scalar(store, store->writer.db,
			"SELECT count(*) FROM sqlite_schema WHERE name = 'half'", &tables),
		    0);
		assert_int_equal(tables, 0);
		assert_int_equal(store_write(store, sample_insert, (void *)(uintptr_t)bad[i]), 0);
		store_close(store);
	}
	/* One that ends its own transaction is found out, and is no upgrade. */
	list[3] = (struct store_migration){"0004-broken", bad[2]};
	assert_int_equal(
	    store_open(SAMPLE_MEMORY, &broken, &options, &store, sample_why, sizeof(sample_why)),
	    STORE_MISUSE);
	assert_non_null(strstr(sample_why, "ended its transaction"));
}

static void a_looker_does_not_upgrade(void **state)
{
	struct store_spec old = older(&sample_store_spec, 2);
	struct store_options options = {.read_only = true, .vfs = MEMDISK_VFS};
	struct store *store = NULL;
	(void)state;
	store_close(open_spec(SAMPLE_MEMORY, &old));
	assert_int_equal(store_open(SAMPLE_MEMORY, &sample_store_spec, &options, &store, sample_why,
			     sizeof(sample_why)),
	    STORE_OLDER);
	assert_non_null(strstr(sample_why, "older version"));
}

/* EXPLAIN runs the whole of the preparation, under the store's own limits and switches. */
static void explain(struct store *store, sqlite3 *db, const struct store_query *query)
{
	sqlite3_stmt *stmt = NULL;
	char *sql = sqlite3_mprintf("EXPLAIN %s", query->sql);
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (code)
		print_message("# %s: %s: %s\n", store->spec.name, query->name, sqlite3_errmsg(db));
	assert_int_equal(code, SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_bind_parameter_count(stmt), query->args);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
}

static void prepares(const struct store_spec *spec)
{
	struct store *store = open_spec("/queries.db", spec);
	struct store_tx *tx = NULL;
	unsigned reads = 0;
	assert_true(spec->n_queries > 0);
	assert_int_equal(store_read_begin(store, &tx), 0);
	for (unsigned i = 0; i < spec->n_queries; i++) {
		sqlite3_stmt *stmt = NULL;
		explain(store, store->writer.db, &spec->queries[i]);
		/* Readers prepare those that only read. */
		assert_int_equal(
		    sqlite3_prepare_v2(tx->conn->db, spec->queries[i].sql, -1, &stmt, NULL),
		    SQLITE_OK);
		reads += sqlite3_stmt_readonly(stmt) != 0;
		sqlite3_finalize(stmt);
		for (unsigned other = 0; other < i; other++)
			assert_string_not_equal(spec->queries[i].name, spec->queries[other].name);
	}
	store_read_end(tx);
	store_close(store);
	print_message("# %s: %u queries, %u of them read\n", spec->name, spec->n_queries, reads);
}

static void every_query_of_the_registrar_prepares(void **state)
{
	(void)state;
	assert_int_equal(REGISTRAR_Q_COUNT, registrar_store_spec.n_queries);
	prepares(&registrar_store_spec);
}

static void every_query_of_the_gate_prepares(void **state)
{
	(void)state;
	assert_int_equal(GATE_Q_COUNT, gate_store_spec.n_queries);
	prepares(&gate_store_spec);
}

#define upgrade_test(name) cmocka_unit_test_setup_teardown(name, make_disk, drop_disk)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    upgrade_test(every_older_registrar_upgrades),
	    upgrade_test(every_older_gate_upgrades),
	    upgrade_test(every_older_sample_upgrades),
	    upgrade_test(old_rows_come_through_an_upgrade),
	    upgrade_test(a_migration_that_fails_leaves_the_older_version),
	    upgrade_test(a_looker_does_not_upgrade),
	    upgrade_test(every_query_of_the_registrar_prepares),
	    upgrade_test(every_query_of_the_gate_prepares),
	};
	return cmocka_run_group_tests_name("upgrade", tests, NULL, NULL);
}

/* Every pragma, switch and limit of the rules, read back from the connections themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "schema/store_private.h"
#include "tests/store/sample.h"

static void assert_pragma(sqlite3 *db, const char *name, const char *want)
{
	char sql[64];
	sqlite3_stmt *stmt = NULL;
	snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	if (strcmp((const char *)sqlite3_column_text(stmt, 0), want))
		print_message("# %s\n", name);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0), want);
	sqlite3_finalize(stmt);
}

static void assert_switch(sqlite3 *db, int id, int want)
{
	int now = -1;
	assert_int_equal(sqlite3_db_config(db, id, -1, &now), SQLITE_OK);
	assert_int_equal(now, want);
}

static void assert_common(sqlite3 *db)
{
	assert_pragma(db, "journal_mode", "wal");
	assert_pragma(db, "trusted_schema", "0");
	assert_pragma(db, "cell_size_check", "1");
	assert_pragma(db, "mmap_size", "0");
	assert_pragma(db, "wal_autocheckpoint", "0");
	assert_pragma(db, "temp_store", "2");
	assert_pragma(db, "foreign_keys", "1");
	assert_switch(db, SQLITE_DBCONFIG_DEFENSIVE, 1);
	assert_switch(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
	assert_switch(db, SQLITE_DBCONFIG_DQS_DML, 0);
	assert_switch(db, SQLITE_DBCONFIG_DQS_DDL, 0);
	assert_switch(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0);
	assert_switch(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0);
	assert_true(sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1) <= 16 * 1024 * 1024);
	assert_true(sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, -1) <= 256 * 1024);
	assert_true(sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, -1) <= 64);
	assert_true(sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1) <= 500);
	assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, -1), 0);
}

static void writer_of(struct store_options options, const char *locking)
{
	struct store *store = sample_open(sample_path, options);
	sqlite3 *db = store->writer.db;
	assert_common(db);
	assert_pragma(db, "synchronous", "2");
	assert_pragma(db, "locking_mode", locking);
	assert_pragma(db, "secure_delete", "1");
	assert_pragma(db, "query_only", "0");
	store_close(store);
}

static void the_writer_has_every_setting(void **state)
{
	(void)state;
	writer_of((struct store_options){0}, "normal");
	writer_of((struct store_options){.group_commit = true}, "normal");
}

static void the_gates_connection_is_exclusive_before_its_wal(void **state)
{
	struct stat status;
	char index[128];
	(void)state;
	writer_of((struct store_options){.exclusive = true}, "exclusive");
	/* Had it been set after, the WAL's index would be a file. */
	struct store *store = sample_open(sample_path, (struct store_options){.exclusive = true});
	assert_int_equal(store_write(store, sample_insert, "x"), 0);
	snprintf(index, sizeof(index), "%s-shm", sample_path);
	assert_int_not_equal(stat(index, &status), 0);
	store_close(store);
}

static void a_reader_only_reads_and_never_checkpoints(void **state)
{
	struct store_tx *tx = NULL;
	(void)state;
	struct store *store = sample_open(sample_path, (struct store_options){0});
	assert_int_equal(store_read_begin(store, &tx), 0);
	sqlite3 *db = tx->conn->db;
	assert_common(db);
	assert_pragma(db, "query_only", "1");
	assert_int_equal(sqlite3_db_readonly(db, "main"), 1);
	assert_switch(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
	assert_ptr_not_equal(db, store->writer.db);
	store_read_end(tx);
	store_close(store);
}

static void the_controls_of_the_power_cuts_are_what_they_say(void **state)
{
	(void)state;
	struct store *store =
	    sample_open(sample_path, (struct store_options){.synchronous = "OFF"});
	assert_pragma(store->writer.db, "synchronous", "0");
	store_close(store);
	store = sample_open(sample_path, (struct store_options){.synchronous = "NORMAL"});
	assert_pragma(store->writer.db, "synchronous", "1");
	store_close(store);
}

static void attaching_and_loading_are_impossible(void **state)
{
	(void)state;
	struct store *store = sample_open(sample_path, (struct store_options){0});
	sqlite3 *db = store->writer.db;
	assert_int_not_equal(sqlite3_exec(db, "ATTACH ':memory:' AS x", NULL, NULL, NULL), 0);
	assert_int_not_equal(sqlite3_exec(db, "SELECT load_extension('x')", NULL, NULL, NULL), 0);
	assert_int_not_equal(sqlite3_exec(db, "SELECT \"text\"", NULL, NULL, NULL), 0);
	assert_int_not_equal(sqlite3_exec(db, "DELETE FROM sqlite_schema", NULL, NULL, NULL), 0);
	store_close(store);
}

#define disk_test(name)                                                                            \
	cmocka_unit_test_setup_teardown(name, sample_make_folder, sample_remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    disk_test(the_writer_has_every_setting),
	    disk_test(the_gates_connection_is_exclusive_before_its_wal),
	    disk_test(a_reader_only_reads_and_never_checkpoints),
	    disk_test(the_controls_of_the_power_cuts_are_what_they_say),
	    disk_test(attaching_and_loading_are_impossible),
	};
	return cmocka_run_group_tests_name("pragma", tests, NULL, NULL);
}

/* Limits and settings of a connection: each is set, then read back. */
#include "schema/store_private.h"

#include <stdio.h>
#include <string.h>

/* Far above what this program's own statements need, far below what hurts. */
static const struct {
	int id;
	int value;
} limits[] = {
    {SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024},
    {SQLITE_LIMIT_SQL_LENGTH, 256 * 1024},
    {SQLITE_LIMIT_COLUMN, 100},
    {SQLITE_LIMIT_EXPR_DEPTH, 100},
    {SQLITE_LIMIT_COMPOUND_SELECT, 16},
    {SQLITE_LIMIT_VDBE_OP, 100000},
    {SQLITE_LIMIT_FUNCTION_ARG, 32},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 64},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 8},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

static const struct {
	int id;
	int on;
} switches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},
    {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
};

struct pragma {
	const char *name;
	const char *value; /* as written */
	const char *want;  /* as read back */
};

/* The writing connection's, besides journal_mode, synchronous and locking_mode. */
static const struct pragma writer_pragmas[] = {
    {"wal_autocheckpoint", "0", "0"},
    {"foreign_keys", "ON", "1"},
    {"trusted_schema", "OFF", "0"},
    {"cell_size_check", "ON", "1"},
    {"mmap_size", "0", "0"},
    {"temp_store", "MEMORY", "2"},
    {"secure_delete", "ON", "1"},
    {"journal_size_limit", "16777216", "16777216"},
    {NULL, NULL, NULL},
};

static const struct pragma reader_pragmas[] = {
    {"query_only", "ON", "1"},
    {"trusted_schema", "OFF", "0"},
    {"cell_size_check", "ON", "1"},
    {"mmap_size", "0", "0"},
    {"temp_store", "MEMORY", "2"},
    {"wal_autocheckpoint", "0", "0"},
    {NULL, NULL, NULL},
};

int store_harden(struct store *store, sqlite3 *db)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		sqlite3_limit(db, limits[i].id, limits[i].value);
		if (sqlite3_limit(db, limits[i].id, -1) != limits[i].value) {
			store_detail_set(store, "a limit of SQLite could not be set");
			return STORE_MISUSE;
		}
	}
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		int now = -1;
		int code = sqlite3_db_config(db, switches[i].id, switches[i].on, &now);
		if (code || now != switches[i].on) {
			store_detail_set(store, "a switch of SQLite could not be set");
			return STORE_MISUSE;
		}
	}
	return 0;
}

int store_run(struct store *store, sqlite3 *db, const char *sql)
{
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	return code ? store_error(store, db, code) : 0;
}

int store_scalar(struct store *store, sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int result;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (!code)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		*ret = sqlite3_column_int64(stmt, 0);
		result = 0;
	} else if (code == SQLITE_DONE) {
		result = STORE_NOT_FOUND;
	} else {
		result = store_error(store, db, code);
	}
	sqlite3_finalize(stmt);
	return result;
}

/* The text that "PRAGMA name" gives, "" when it gives no row: a VFS without mmap has no mmap_size.
 */
static int read_pragma(
    struct store *store, sqlite3 *db, const char *name, char *ret_text, size_t size)
{
	char sql[96];
	sqlite3_stmt *stmt = NULL;
	int result = 0;

	snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (!code)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);
		snprintf(ret_text, size, "%s", text ? text : "");
	} else if (code == SQLITE_DONE) {
		ret_text[0] = '\0';
	} else {
		result = store_error(store, db, code);
	}
	sqlite3_finalize(stmt);
	return result;
}

static int set_pragma(struct store *store, sqlite3 *db, const struct pragma *pragma)
{
	char text[64], words[STORE_DETAIL];
	snprintf(text, sizeof(text), "%s=%s", pragma->name, pragma->value);
	int result = read_pragma(store, db, text, text, sizeof(text));
	if (!result)
		result = read_pragma(store, db, pragma->name, text, sizeof(text));
	if (result)
		return result;
	if (!strcmp(text, pragma->want) || (!*text && !strcmp(pragma->name, "mmap_size")))
		return 0;
	snprintf(words, sizeof(words),
	    "%s is %s where %s was asked for: this file system can't "
	    "hold the database",
	    pragma->name, text, pragma->want);
	store_detail_set(store, words);
	return STORE_IO;
}

static int set_pragmas(struct store *store, sqlite3 *db, const struct pragma *list)
{
	int result = 0;
	for (; !result && list->name; list++)
		result = set_pragma(store, db, list);
	return result;
}

int store_pragmas_first(struct store *store, sqlite3 *db)
{
	/* Before the first look at the file, so that the WAL index stays in this process. */
	const struct pragma locking =
	    store->options.exclusive ? (struct pragma){"locking_mode", "EXCLUSIVE", "exclusive"}
				     : (struct pragma){"locking_mode", "NORMAL", "normal"};
	return set_pragma(store, db, &locking);
}

static int set_synchronous(struct store *store, sqlite3 *db)
{
	const char *level = store->options.synchronous ? store->options.synchronous : "FULL";
	const char *want = !strcmp(level, "OFF") ? "0" : !strcmp(level, "NORMAL") ? "1" : "2";
	return set_pragma(store, db, &(struct pragma){"synchronous", level, want});
}

int store_pragmas_writer(struct store *store, sqlite3 *db)
{
	int result = set_pragma(store, db, &(struct pragma){"journal_mode", "WAL", "wal"});
	if (!result)
		result = set_synchronous(store, db);
	if (!result)
		result = set_pragmas(store, db, writer_pragmas);
	return result;
}

int store_pragmas_reader(struct store *store, sqlite3 *db)
{
	char mode[16];
	int now = -1;
	int result = read_pragma(store, db, "journal_mode", mode, sizeof(mode));
	if (result)
		return result;
	/* A backup has no WAL, and may be looked at as it is. */
	if (strcmp(mode, "wal") != 0 && !store->options.read_only) {
		store_detail_set(store, "journal_mode is not wal");
		return STORE_IO;
	}
	if (sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &now) || now != 1) {
		store_detail_set(store, "a switch of SQLite could not be set");
		return STORE_MISUSE;
	}
	return set_pragmas(store, db, reader_pragmas);
}

/* Verification, and a verified copy. */
#include "schema/store_private.h"

#include <stdio.h>
#include <string.h>

static void one_line(char *words)
{
	for (; *words; words++)
		if (*words == '\n')
			*words = ' ';
}

/* The first finding that is not "ok", or nothing. */
static int first_finding(
    struct store *store, sqlite3 *db, const char *sql, char *ret_words, size_t size)
{
	sqlite3_stmt *stmt = NULL;
	int result = 0;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (!code)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);
		if (!text || strcmp(text, "ok") != 0) {
			snprintf(ret_words, size, "%s", text ? text : "no answer");
			one_line(ret_words);
			result = STORE_CORRUPT;
		}
	} else if (code != SQLITE_DONE) {
		result = store_error(store, db, code);
		snprintf(ret_words, size, "%s", store_detail(store));
	}
	sqlite3_finalize(stmt);
	return result;
}

static int verify_db(struct store *store, sqlite3 *db, bool quick, char *why, size_t why_size)
{
	char words[STORE_DETAIL] = "";
	int result = first_finding(store, db,
	    quick ? "SELECT * FROM pragma_quick_check(1)"
		  : "SELECT * FROM pragma_integrity_check(1)",
	    words, sizeof(words));
	if (!result && !quick)
		result = first_finding(store, db,
		    "SELECT 'a row of ' || \"table\" || ' refers to a missing one of ' || parent "
		    "FROM pragma_foreign_key_check LIMIT 1",
		    words, sizeof(words));
	if (!result)
		return 0;
	if (result == STORE_CORRUPT) {
		store_latch(store, result);
		store_detail_set(store, words);
	}
	store_why(why, why_size, store->path, result, words);
	return result;
}

int store_verify_db(struct store *store, sqlite3 *db, char *why, size_t why_size)
{
	return verify_db(store, db, false, why, why_size);
}

static int verify(struct store *store, bool quick, char *why, size_t why_size)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(store, &tx);
	if (result) {
		store_why(why, why_size, store->path, result, store_detail(store));
		return result;
	}
	result = verify_db(store, tx->conn->db, quick, why, why_size);
	store_read_end(tx);
	return result;
}

int store_verify(struct store *store, char *why, size_t why_size)
{
	return verify(store, false, why, why_size);
}

int store_verify_quick(struct store *store, char *why, size_t why_size)
{
	return verify(store, true, why, why_size);
}

/* The whole file in one step, so that a writer can't make it start again. */
static int copy_all(struct store *copy, sqlite3 *from)
{
	sqlite3 *to = copy->writer.db;
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (!backup)
		return store_error(copy, to, sqlite3_extended_errcode(to));
	int code = sqlite3_backup_step(backup, -1);
	int finish = sqlite3_backup_finish(backup);
	if (code != SQLITE_DONE)
		return store_error(copy, to, code);
	return finish ? store_error(copy, to, finish) : 0;
}

/* The copy gets no WAL beside it: one file that can be carried away. */
static int fill_copy(struct store *copy, sqlite3 *from)
{
	int result = store_conn_open(
	    copy, &copy->writer, copy->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	if (result)
		return result;
	sqlite3 *to = copy->writer.db;
	result = store_run(copy, to, "PRAGMA locking_mode=EXCLUSIVE");
	if (!result)
		result = store_run(copy, to, "PRAGMA synchronous=FULL");
	if (!result)
		result = copy_all(copy, from);
	if (!result)
		result = store_run(copy, to, "PRAGMA journal_mode=DELETE");
	if (!result)
		result = store_verify_db(copy, to, NULL, 0);
	return result;
}

/* The copy is a store of its own, so that a full or failing disk under it latches nothing here. */
static int copy_to(struct store *store, struct store_tx *tx, const char *path)
{
	struct store *copy = NULL;
	struct store_options options = {.vfs = store->vfs};
	int result = store_make(path, &store->spec, &options, &copy);
	if (result)
		return result;
	result = fill_copy(copy, tx->conn->db);
	if (result)
		store_detail_set(store, store_detail(copy));
	store_conn_close(&copy->writer);
	store_free(copy);
	return result;
}

int store_backup(struct store *store, const char *path)
{
	struct store_tx *tx = NULL;
	bool on_disk = store_on_disk(store->vfs);
	int result = on_disk ? store_make_file(path) : 0;
	if (result) {
		store_detail_set(store, result == STORE_CONFLICT
					    ? "there is a file of that name already"
					    : "the new file can't be made");
		return result;
	}
	result = store_read_begin(store, &tx);
	if (!result)
		result = copy_to(store, tx, path);
	store_read_end(tx);
	if (!result && on_disk)
		result = store_sync_folder(path);
	if (result && on_disk)
		store_remove_file(path);
	return result;
}

/* Queries by number: bound, stepped, read. */
#include "schema/store_private.h"

#include <stdlib.h>
#include <string.h>

static int misuse(struct store_tx *tx, unsigned query, const char *words)
{
	char text[STORE_DETAIL];
	const char *name = query < tx->store->spec.n_queries ? tx->store->spec.queries[query].name
							     : "no such query";
	sqlite3_snprintf((int)sizeof(text), text, "%s: %s", name, words);
	store_detail_set(tx->store, text);
	return STORE_MISUSE;
}

static int prepare(struct store_tx *tx, unsigned query, unsigned flags, sqlite3_stmt **ret_stmt)
{
	int code = sqlite3_prepare_v3(
	    tx->conn->db, tx->store->spec.queries[query].sql, -1, flags, ret_stmt, NULL);
	return code ? store_error(tx->store, tx->conn->db, code) : 0;
}

static void end_rows(struct store_rows *rows)
{
	sqlite3_reset(rows->stmt);
	/* Values may be secrets or somebody's name; they are not kept. */
	sqlite3_clear_bindings(rows->stmt);
	rows->tx = NULL;
	if (!rows->cached) {
		sqlite3_finalize(rows->stmt);
		free(rows);
	}
}

void store_rows_end_all(struct store_tx *tx)
{
	while (tx->open) {
		struct store_rows *rows = tx->open;
		tx->open = rows->next;
		end_rows(rows);
	}
}

void store_done(struct store_rows *rows)
{
	if (!rows || !rows->tx)
		return;
	struct store_rows **link = &rows->tx->open;
	while (*link && *link != rows)
		link = &(*link)->next;
	if (*link)
		*link = rows->next;
	end_rows(rows);
}

/* The query's own kept rows; others, for this use only, when those are being read. */
static int take_rows(struct store_tx *tx, unsigned query, struct store_rows **ret_rows)
{
	struct store_rows *rows = &tx->conn->slots[query];
	int result = 0;
	if (rows->tx) {
		rows = calloc(1, sizeof(*rows));
		if (!rows)
			return STORE_NO_MEMORY;
		result = prepare(tx, query, 0, &rows->stmt);
		if (result)
			free(rows);
	} else if (!rows->stmt) {
		result = prepare(tx, query, SQLITE_PREPARE_PERSISTENT, &rows->stmt);
		rows->cached = true;
	}
	if (result)
		return result;
	rows->tx = tx;
	rows->ended = true;
	rows->next = tx->open;
	tx->open = rows;
	*ret_rows = rows;
	return 0;
}

static int bind_one(
    sqlite3_stmt *stmt, int index, const struct store_value *value, sqlite3_destructor_type keep)
{
	const char *bytes = value->bytes ? value->bytes : "";
	switch (value->type) {
	case STORE_NULL:
		return sqlite3_bind_null(stmt, index);
	case STORE_INT:
		return sqlite3_bind_int64(stmt, index, value->integer);
	case STORE_TEXT:
		/* SQLite leaves undefined what a NUL inside a text does. */
		if (value->len && memchr(bytes, '\0', value->len))
			return SQLITE_MISUSE;
		return sqlite3_bind_text64(stmt, index, bytes, value->len, keep, SQLITE_UTF8);
	case STORE_BLOB:
		return sqlite3_bind_blob64(stmt, index, bytes, value->len, keep);
	default:
		return SQLITE_MISUSE;
	}
}

/* keep says whether the values outlive the statement's run (STATIC) or must be copied. */
static int start(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    sqlite3_destructor_type keep, struct store_rows **ret_rows)
{
	struct store_rows *rows = NULL;
	if (query >= tx->conn->n_slots || n_args != tx->store->spec.queries[query].args)
		return misuse(tx, query, "wrong number of values");
	int result = take_rows(tx, query, &rows);
	if (result)
		return result;
	if (!tx->writer && !sqlite3_stmt_readonly(rows->stmt))
		result = misuse(tx, query, "writes inside a read");
	for (size_t i = 0; !result && i < n_args; i++) {
		int code = bind_one(rows->stmt, (int)i + 1, &args[i], keep);
		if (code == SQLITE_MISUSE)
			result = misuse(tx, query, "a value that can't be bound");
		else if (code)
			result = store_error(tx->store, tx->conn->db, code);
	}
	if (result)
		store_done(rows);
	else
		*ret_rows = rows;
	return result;
}

int store_exec(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    int64_t *ret_changes)
{
	struct store_rows *rows = NULL;
	int result = start(tx, query, args, n_args, SQLITE_STATIC, &rows);
	if (result)
		return result;
	int code = sqlite3_step(rows->stmt);
	if (code == SQLITE_ROW)
		result = misuse(tx, query, "gives rows");
	else if (code != SQLITE_DONE)
		result = store_error(tx->store, tx->conn->db, code);
	else if (ret_changes)
		*ret_changes = sqlite3_changes64(tx->conn->db);
	store_done(rows);
	return result;
}

int64_t store_last_id(struct store_tx *tx)
{
	return sqlite3_last_insert_rowid(tx->conn->db);
}

int store_query(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    struct store_rows **ret_rows)
{
	struct store_rows *rows = NULL;
	int result = start(tx, query, args, n_args, SQLITE_TRANSIENT, &rows);
	if (result)
		return result;
	rows->ended = false;
	*ret_rows = rows;
	return 0;
}

int store_next(struct store_rows *rows)
{
	/* A statement that is stepped past its end would start again. */
	if (rows->ended)
		return STORE_OK;
	int code = sqlite3_step(rows->stmt);
	if (code == SQLITE_ROW)
		return STORE_ROW;
	rows->ended = true;
	if (code == SQLITE_DONE)
		return STORE_OK;
	return store_error(rows->tx->store, rows->tx->conn->db, code);
}

int store_one(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    struct store_rows **ret_rows)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, query, args, n_args, &rows);
	if (result)
		return result;
	result = store_next(rows);
	if (result == STORE_ROW) {
		*ret_rows = rows;
		return STORE_ROW;
	}
	store_done(rows);
	return result ? result : STORE_NOT_FOUND;
}

unsigned store_columns(struct store_rows *rows)
{
	return (unsigned)sqlite3_column_count(rows->stmt);
}

const char *store_column_name(struct store_rows *rows, unsigned column)
{
	const char *name = sqlite3_column_name(rows->stmt, (int)column);
	return name ? name : "";
}

bool store_is_null(struct store_rows *rows, unsigned column)
{
	return sqlite3_column_type(rows->stmt, (int)column) == SQLITE_NULL;
}

int64_t store_get_i64(struct store_rows *rows, unsigned column)
{
	return sqlite3_column_int64(rows->stmt, (int)column);
}

const char *store_get_text(struct store_rows *rows, unsigned column)
{
	const char *text = (const char *)sqlite3_column_text(rows->stmt, (int)column);
	return text ? text : "";
}

const void *store_get_blob(struct store_rows *rows, unsigned column, size_t *ret_len)
{
	const void *bytes = sqlite3_column_blob(rows->stmt, (int)column);
	int len = sqlite3_column_bytes(rows->stmt, (int)column);
	*ret_len = bytes && len > 0 ? (size_t)len : 0;
	return bytes ? bytes : "";
}

int store_get_fixed(struct store_rows *rows, unsigned column, void *out, size_t size)
{
	size_t len = 0;
	const void *bytes = store_get_blob(rows, column, &len);
	if (len != size || store_is_null(rows, column)) {
		store_detail_set(rows->tx->store, "a value has another size than it should");
		return STORE_CORRUPT;
	}
	memcpy(out, bytes, size);
	return 0;
}

int store_copy_text(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return STORE_CORRUPT;
	memcpy(out, text, len + 1);
	return 0;
}

int store_number(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    int64_t *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, args, n_args, &rows);

	if (rows == NULL) /* set with STORE_ROW only */
		return result;
	*ret = store_get_i64(rows, 0);
	store_done(rows);
	return 0;
}

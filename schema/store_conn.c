/* One SQLite connection: opened, hardened, its statements kept, closed. */
#include "schema/store_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const fixed_sql[FIXED_COUNT] = {
    [FIXED_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [FIXED_BEGIN_READ] = "BEGIN",
    [FIXED_SNAPSHOT] = "SELECT 1 FROM sqlite_schema LIMIT 1",
    [FIXED_COMMIT] = "COMMIT",
    [FIXED_ROLLBACK] = "ROLLBACK",
    [FIXED_SAVEPOINT] = "SAVEPOINT body",
    [FIXED_RELEASE] = "RELEASE body",
    [FIXED_ROLLBACK_TO] = "ROLLBACK TO body",
};

int store_conn_open(struct store *store, struct store_conn *conn, const char *path, int flags)
{
	int code = sqlite3_open_v2(path, &conn->db,
	    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
	    store->vfs);
	int result = 0;

	if (code) {
		result = conn->db ? store_error(store, conn->db, code) : STORE_NO_MEMORY;
	} else if (!(flags & SQLITE_OPEN_READONLY) && sqlite3_db_readonly(conn->db, "main") == 1) {
		/* SQLite falls back to reading when it may not write. */
		store_detail_set(store, "the file may be read but not written");
		result = STORE_DENIED;
	} else {
		result = store_harden(store, conn->db);
	}
	if (result)
		store_conn_close(conn);
	return result;
}

int store_conn_slots(struct store *store, struct store_conn *conn)
{
	/* One more than the queries, so that none asks calloc for nothing. */
	conn->slots = calloc((size_t)store->spec.n_queries + 1, sizeof(*conn->slots));
	if (!conn->slots)
		return STORE_NO_MEMORY;
	conn->n_slots = store->spec.n_queries;
	return 0;
}

int store_conn_fixed(struct store *store, struct store_conn *conn, enum store_fixed which)
{
	sqlite3_stmt **stmt = &conn->fixed[which];
	int code = SQLITE_OK;
	if (!*stmt)
		code = sqlite3_prepare_v3(
		    conn->db, fixed_sql[which], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	if (!code)
		code = sqlite3_step(*stmt);
	int result =
	    code == SQLITE_ROW || code == SQLITE_DONE ? 0 : store_error(store, conn->db, code);
	sqlite3_reset(*stmt);
	return result;
}

void store_conn_close(struct store_conn *conn)
{
	if (!conn->db)
		return;
	for (size_t i = 0; i < FIXED_COUNT; i++)
		sqlite3_finalize(conn->fixed[i]);
	for (unsigned i = 0; i < conn->n_slots; i++)
		sqlite3_finalize(conn->slots[i].stmt);
	free(conn->slots);
	int code = sqlite3_close(conn->db);
	assert(code == SQLITE_OK);
	(void)code;
	*conn = (struct store_conn){0};
}

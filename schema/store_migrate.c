/* Is the file ours, which version is it, and the way to the newest. */
#include "schema/store_private.h"

#include <stdio.h>

static int scalar(struct store *store, const char *sql, int64_t *ret)
{
	return store_scalar(store, store->writer.db, sql, ret);
}

int store_identify(struct store *store, unsigned *ret_version)
{
	int64_t id = 0, version = 0, tables = 0;
	/* SQLite opens a file when it first reads it, so a wrong one shows here. */
	int code =
	    sqlite3_exec(store->writer.db, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);
	if ((code & 0xff) == SQLITE_NOTADB)
		return STORE_NOT_A_STORE;
	int result = code ? store_error(store, store->writer.db, code) : 0;
	if (!result)
		result = scalar(store, "PRAGMA application_id", &id);
	if (!result)
		result = scalar(store, "PRAGMA user_version", &version);
	if (!result)
		result = scalar(store, "SELECT count(*) FROM sqlite_schema", &tables);
	if (result)
		return result;
	/* An empty file: new, or its first migration was cut off. */
	if (!id && !version && !tables && store->options.create)
		goto done;
	if (id != store->spec.application_id || version < 0) {
		store_detail_set(store, "the application id is another's");
		return STORE_NOT_A_STORE;
	}
	if (version > store->spec.n_migrations) {
		char words[64];
		snprintf(words, sizeof(words), "version %lld, this program knows %u",
		    (long long)version, store->spec.n_migrations);
		store_detail_set(store, words);
		return STORE_NEWER;
	}
done:
	*ret_version = (unsigned)version;
	return 0;
}

/* Inside the transaction: the statements, the version, and no reference left hanging. */
static int apply(struct store *store, unsigned index)
{
	char sql[96];
	int64_t unused;
	sqlite3 *db = store->writer.db;
	int result = store_run(store, db, store->spec.migrations[index].sql);
	if (!result && sqlite3_get_autocommit(db)) {
		store_detail_set(store, "a migration ended its transaction");
		result = STORE_MISUSE;
	}
	if (result)
		return result;
	result = scalar(store, "SELECT 1 FROM pragma_foreign_key_check LIMIT 1", &unused);
	if (result != STORE_NOT_FOUND) {
		if (!result)
			store_detail_set(store, "a migration left a reference hanging");
		return result ? result : STORE_CORRUPT;
	}
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%lu; PRAGMA user_version=%u",
	    (unsigned long)store->spec.application_id, index + 1);
	return store_run(store, db, sql);
}

static int migrate_one(struct store *store, unsigned index)
{
	int result = store_conn_fixed(store, &store->writer, FIXED_BEGIN_WRITE);
	if (result)
		return result;
	result = apply(store, index);
	if (!result)
		result = store_conn_fixed(store, &store->writer, FIXED_COMMIT);
	if (result && !sqlite3_get_autocommit(store->writer.db)) {
		/* The first failure is the one to tell; closing rolls back in any case. */
		char words[STORE_DETAIL];
		snprintf(words, sizeof(words), "%s: %s", store->spec.migrations[index].name,
		    store_detail(store));
		if (!store_conn_fixed(store, &store->writer, FIXED_ROLLBACK))
			store_detail_set(store, words);
	}
	return result;
}

int store_migrate(struct store *store, unsigned version)
{
	int result;
	int64_t on = 0;
	if (version >= store->spec.n_migrations)
		return 0;
	/* A migration may rebuild a table; each ends with a foreign_key_check of its own. */
	result = store_run(store, store->writer.db, "PRAGMA foreign_keys=OFF");
	for (; !result && version < store->spec.n_migrations; version++)
		result = migrate_one(store, version);
	if (!result)
		result = store_run(store, store->writer.db, "PRAGMA foreign_keys=ON");
	if (!result)
		result = scalar(store, "PRAGMA foreign_keys", &on);
	return !result && !on ? STORE_MISUSE : result;
}

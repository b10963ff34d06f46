/* Tries the SQL on SQLite itself, so that a mistake stops the build with its own file and line. */
#include "schema/pack.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

/* Queries read and change rows and do nothing else: no PRAGMA, no ATTACH, no transaction. */
static int rows_only(
    void *unused, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)unused, (void)a, (void)b, (void)c, (void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

/* Migrations run without foreign_keys, as they may rebuild a table that others refer to. */
static bool dangling(sqlite3 *db)
{
	sqlite3_stmt *check = NULL;
	int step = sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &check, NULL);
	if (!step)
		step = sqlite3_step(check);
	sqlite3_finalize(check);
	return step != SQLITE_DONE;
}

static int migrate(sqlite3 *db, const struct pack_migration *migration)
{
	char *words = NULL;
	int result = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (!result)
		result = sqlite3_exec(db, migration->sql.bytes, NULL, NULL, &words);
	if (!result && sqlite3_get_autocommit(db)) {
		fprintf(stderr, "%s:1: ends the transaction it runs in\n", migration->file);
		return -1;
	}
	if (!result && dangling(db)) {
		fprintf(stderr, "%s:1: leaves a reference hanging\n", migration->file);
		return -1;
	}
	if (!result)
		result = sqlite3_exec(db, "COMMIT", NULL, NULL, &words);
	if (result)
		fprintf(stderr, "%s:1: %s\n", migration->file, words ? words : sqlite3_errmsg(db));
	sqlite3_free(words);
	return result ? -1 : 0;
}

static int all_strict(sqlite3 *db, const struct pack *pack)
{
	sqlite3_stmt *loose = NULL;
	int result = -1;
	if (sqlite3_prepare_v2(db,
		"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
		"AND NOT strict AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
		-1, &loose, NULL))
		goto done;
	int step = sqlite3_step(loose);
	if (step == SQLITE_ROW)
		fprintf(stderr, "%s:1: the table %s is not STRICT\n", pack->folder,
		    (const char *)sqlite3_column_text(loose, 0));
	else if (step == SQLITE_DONE)
		result = 0;
done:
	sqlite3_finalize(loose);
	return result;
}

static int count_args(sqlite3_stmt *statement, struct pack_query *query)
{
	int n = sqlite3_bind_parameter_count(statement);
	for (int i = 1; i <= n; i++) {
		char want[16];
		const char *name = sqlite3_bind_parameter_name(statement, i);
		snprintf(want, sizeof(want), "?%d", i);
		if (!name || strcmp(name, want) != 0) {
			fprintf(stderr,
			    "%s:%u: %s: values are numbered ?1 to ?n without a gap (%s "
			    "is missing)\n",
			    query->file, query->line, query->name, want);
			return -1;
		}
	}
	query->args = (unsigned)n;
	return 0;
}

static int check_query(sqlite3 *db, struct pack_query *query)
{
	sqlite3_stmt *statement = NULL;
	const char *tail = NULL;
	int result = -1;

	if (sqlite3_prepare_v2(db, query->sql.bytes, -1, &statement, &tail)) {
		fprintf(stderr, "%s:%u: %s: %s\n", query->file, query->line, query->name,
		    sqlite3_errmsg(db));
		goto done;
	}
	if (!statement) {
		fprintf(stderr, "%s:%u: %s: no statement\n", query->file, query->line, query->name);
		goto done;
	}
	if (tail[strspn(tail, " \t\r\n")]) {
		fprintf(stderr, "%s:%u: %s: more than one statement\n", query->file, query->line,
		    query->name);
		goto done;
	}
	result = count_args(statement, query);
done:
	sqlite3_finalize(statement);
	return result;
}

static int strict_rules(sqlite3 *db)
{
	if (sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL) ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL))
		return -1;
	return 0;
}

int pack_check(struct pack *pack)
{
	sqlite3 *db = NULL;
	int result = -1;

	if (sqlite3_open(":memory:", &db) || strict_rules(db)) {
		fprintf(stderr, "%s:1: sqlite can't open a database in memory\n", pack->folder);
		goto done;
	}
	for (size_t i = 0; i < pack->n_migrations; i++)
		if (migrate(db, &pack->migrations[i]))
			goto done;
	if (all_strict(db, pack))
		goto done;
	if (sqlite3_set_authorizer(db, rows_only, NULL))
		goto done;
	result = 0;
	for (size_t i = 0; i < pack->n_queries; i++)
		if (check_query(db, &pack->queries[i]))
			result = -1;
done:
	sqlite3_close(db);
	return result;
}

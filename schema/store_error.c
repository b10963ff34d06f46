/* What SQLite's codes mean here, and the words kept of them. */
#include "schema/store_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The disk said that it has no room, by the operating system's own number. */
static bool no_room(sqlite3 *db)
{
	int number = db ? sqlite3_system_errno(db) : 0;
	return number == ENOSPC || number == EDQUOT;
}

static int map_io(sqlite3 *db, int code)
{
	switch (code) {
	case SQLITE_IOERR_NOMEM:
		return STORE_NO_MEMORY;
	case SQLITE_IOERR_WRITE:
	case SQLITE_IOERR_SHMSIZE:
	case SQLITE_IOERR_SHMOPEN:
		/* Refused before anything was promised, so it may be tried again; never so an
		 * fsync. */
		return no_room(db) ? STORE_FULL : STORE_IO;
	case SQLITE_IOERR_CORRUPTFS:
		return STORE_CORRUPT;
	default:
		return STORE_IO;
	}
}

static int map_open(sqlite3 *db)
{
	int number = db ? sqlite3_system_errno(db) : 0;
	switch (number) {
	case EACCES:
	case EPERM:
	case EROFS:
		return STORE_DENIED;
	case ENOENT:
	case ENOTDIR:
		return STORE_NOT_FOUND;
	case ENOSPC:
	case EDQUOT:
		return STORE_FULL;
	case EISDIR:
		return STORE_NOT_A_STORE;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return STORE_NO_MEMORY;
	default:
		return STORE_IO;
	}
}

int store_error_map(sqlite3 *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
		return STORE_OK;
	case SQLITE_ROW:
		return STORE_ROW;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return STORE_LOCKED;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return STORE_DENIED;
	case SQLITE_NOTADB:
		return STORE_NOT_A_STORE;
	case SQLITE_FULL:
		return STORE_FULL;
	case SQLITE_IOERR:
		return map_io(db, code);
	case SQLITE_CANTOPEN:
		return map_open(db);
	case SQLITE_CORRUPT:
		return STORE_CORRUPT;
	case SQLITE_CONSTRAINT:
		return code == SQLITE_CONSTRAINT_DATATYPE ? STORE_MISUSE : STORE_CONFLICT;
	case SQLITE_NOMEM:
		return STORE_NO_MEMORY;
	default:
		return STORE_MISUSE;
	}
}

void store_detail_set(struct store *store, const char *words)
{
	pthread_mutex_lock(&store->detail_lock);
	snprintf(store->detail, sizeof(store->detail), "%s", words);
	pthread_mutex_unlock(&store->detail_lock);
}

const char *store_detail(struct store *store)
{
	static _Thread_local char copy[STORE_DETAIL];
	pthread_mutex_lock(&store->detail_lock);
	memcpy(copy, store->detail, sizeof(copy));
	pthread_mutex_unlock(&store->detail_lock);
	return copy;
}

int store_error(struct store *store, sqlite3 *db, int code)
{
	char words[STORE_DETAIL];
	int result = store_error_map(db, code);
	if (result >= 0)
		return result;
	snprintf(words, sizeof(words), "%s (SQLite %d, system %d)",
	    db ? sqlite3_errmsg(db) : sqlite3_errstr(code), code,
	    db ? sqlite3_system_errno(db) : 0);
	store_detail_set(store, words);
	/* A file that was a database and no longer reads as one is damaged. */
	if (result == STORE_NOT_A_STORE)
		result = STORE_CORRUPT;
	bool fatal =
	    (result == STORE_IO && (code & 0xff) == SQLITE_IOERR) || result == STORE_CORRUPT;
	if (fatal)
		store_latch(store, result);
	if (fatal || result == STORE_FULL || result == STORE_NO_MEMORY)
		atomic_store(&store->trouble, result);
	return result;
}

void store_latch(struct store *store, int result)
{
	int none = 0;
	atomic_compare_exchange_strong(&store->failed, &none, result);
}

void store_why(char *why, size_t why_size, const char *path, int result, const char *detail)
{
	if (!why || !why_size)
		return;
	if (detail && *detail)
		snprintf(why, why_size, "%s: %s (%s)", path, store_strerror(result), detail);
	else
		snprintf(why, why_size, "%s: %s", path, store_strerror(result));
}

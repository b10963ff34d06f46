/* Nothing of what was deleted stays in the files. */
#include "schema/store_private.h"

#include <time.h>

enum { SCRUB_TRIES = 50, SCRUB_PAUSE_MS = 200, SCRUB_MEMORY_MIB = 512 };

/* The copy that VACUUM works on stands in memory, where the store is not too large for that. */
static int set_copy_place(struct store *store)
{
	int64_t pages = 0, size = 0;
	int result = store_scalar(store, store->writer.db, "PRAGMA page_count", &pages);

	if (!result)
		result = store_scalar(store, store->writer.db, "PRAGMA page_size", &size);
	if (!result && pages * size > SCRUB_MEMORY_MIB * INT64_C(1048576))
		result = store_run(store, store->writer.db, "PRAGMA temp_store=FILE");
	return result;
}

/* Deleted content is overwritten as it goes (secure_delete), but a page that was rebuilt keeps
 * pieces of rows that moved away; VACUUM writes each page anew. It attaches its copy. */
static int pack(struct store *store)
{
	sqlite3 *db = store->writer.db;
	int result = set_copy_place(store);

	if (result)
		return result;
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1);
	result = store_run(store, db, "VACUUM");
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	int back = store_run(store, db, "PRAGMA temp_store=MEMORY");
	return result ? result : back;
}

static int empty_wal(struct store *store)
{
	store_write_lock(store);
	store_pool_drain(store);
	int result = store_truncate(store);
	store_pool_resume(store);
	store_write_unlock(store);
	return result;
}

int store_scrub(struct store *store)
{
	const struct timespec pause = {0, SCRUB_PAUSE_MS * 1000000L};

	if (atomic_load(&store->owner) == store_self())
		return STORE_MISUSE;
	if (atomic_load(&store->closing))
		return STORE_CLOSED;
	if (store->options.read_only)
		return STORE_DENIED;
	store_write_lock(store);
	int result = atomic_load(&store->failed);
	if (!result)
		result = pack(store);
	store_write_unlock(store);
	if (result)
		return result;
	for (int i = 0; i < SCRUB_TRIES; i++) {
		result = empty_wal(store);
		if (result != STORE_LOCKED)
			break;
		nanosleep(&pause, NULL);
	}
	return result;
}

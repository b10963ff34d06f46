/*
 * Checkpoints. The writing connection makes every one: SQLite before 3.51.3 can lose a reset of
 * the WAL when a second connection checkpoints at the same moment.
 */
#include "schema/store_private.h"

void store_settle(struct store *store)
{
	sqlite3_busy_timeout(store->writer.db, STORE_WRITER_BUSY_MS);
	store->settled = true;
}

static int checkpoint(struct store *store, int mode, int *ret_frames)
{
	int frames = -1, moved = -1;
	sqlite3_busy_timeout(store->writer.db, 0);
	int code = sqlite3_wal_checkpoint_v2(store->writer.db, "main", mode, &frames, &moved);
	if (store->settled)
		sqlite3_busy_timeout(store->writer.db, STORE_WRITER_BUSY_MS);
	if (ret_frames)
		*ret_frames = frames;
	if (!code)
		return 0;
	/* A reader in the way is no failure: the frames wait for the next time. */
	if ((code & 0xff) == SQLITE_BUSY)
		return STORE_LOCKED;
	return store_error(store, store->writer.db, code);
}

int store_truncate(struct store *store)
{
	int result = atomic_load(&store->failed);
	if (result || store->options.read_only)
		return result;
	result = checkpoint(store, SQLITE_CHECKPOINT_TRUNCATE, NULL);
	if (!result)
		store->wal_frames = store->wal_baseline = 0;
	return result;
}

void store_tidy(struct store *store)
{
	/* Fewer frames than at the last checkpoint: the WAL began again since. */
	if (store->wal_frames < store->wal_baseline)
		store->wal_baseline = 0;
	if (store->wal_frames - store->wal_baseline < STORE_PASSIVE_PAGES ||
	    atomic_load(&store->failed))
		return;
	/* Readers that always overlap would keep the WAL from ever starting again. */
	if (store->wal_frames >= STORE_DRAIN_PAGES && !store->options.exclusive) {
		store_pool_drain(store);
		int result = store_truncate(store);
		store_pool_resume(store);
		if (!result)
			return;
	}
	/* Not done is not lost: the WAL holds it, and STORE_IO has latched. */
	if (checkpoint(store, SQLITE_CHECKPOINT_PASSIVE, NULL))
		store->wal_baseline = 0;
	store->wal_baseline = store->wal_frames;
}

int store_checkpoint(struct store *store)
{
	if (atomic_load(&store->owner) == store_self())
		return STORE_MISUSE;
	if (atomic_load(&store->closing))
		return STORE_CLOSED;
	store_write_lock(store);
	int result = store_truncate(store);
	store_write_unlock(store);
	return result;
}

int store_recover(struct store *store, char *why, size_t why_size)
{
	int frames = 0;
	if (store->options.read_only)
		return 0;
	/*
	 * After a failed fsync the operating system may hold pages as written that the disk never
	 * got. Copying the WAL into the file writes them anew, and a WAL that starts again at its
	 * head leaves none of them below later commits.
	 */
	int result = checkpoint(store, SQLITE_CHECKPOINT_PASSIVE, &frames);
	if (!result && frames > 0)
		result = store_truncate(store);
	if (!result && frames > 0)
		result = store_verify_db(store, store->writer.db, why, why_size);
	return result;
}

void store_counts(struct store *store, uint64_t *ret_commits, uint64_t *ret_writes)
{
	*ret_commits = atomic_load(&store->commits);
	*ret_writes = atomic_load(&store->writes);
}

uint64_t store_commit_us(struct store *store)
{
	return atomic_load(&store->commit_us);
}

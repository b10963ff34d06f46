/* Opening and closing. */
#include "schema/store_private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* SQLite counts its memory under one lock for all threads, and nobody asks for the sum. Where it
 * has begun already this is refused, and it goes on counting. */
static void count_no_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int frames_in_wal(void *context, sqlite3 *db, const char *name, int frames)
{
	struct store *store = context;
	(void)db, (void)name;
	store->wal_frames = frames;
	return SQLITE_OK;
}

static int init_locks(struct store *store)
{
	if (pthread_mutex_init(&store->write_lock, NULL) ||
	    pthread_mutex_init(&store->pool_lock, NULL) ||
	    pthread_mutex_init(&store->queue_lock, NULL) ||
	    pthread_mutex_init(&store->detail_lock, NULL))
		return STORE_NO_MEMORY;
	if (store_cond_init(&store->pool_changed) || store_cond_init(&store->queue_changed))
		return STORE_NO_MEMORY;
	return 0;
}

void store_free(struct store *store)
{
	if (!store)
		return;
	pthread_mutex_destroy(&store->write_lock);
	pthread_mutex_destroy(&store->pool_lock);
	pthread_mutex_destroy(&store->queue_lock);
	pthread_mutex_destroy(&store->detail_lock);
	pthread_cond_destroy(&store->pool_changed);
	pthread_cond_destroy(&store->queue_changed);
	free(store->path);
	free(store->vfs);
	free(store);
}

int store_make(const char *path, const struct store_spec *spec, const struct store_options *options,
    struct store **ret_store)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct store *store = calloc(1, sizeof(*store));
	if (!store)
		return STORE_NO_MEMORY;
	pthread_once(&once, count_no_memory);
	store->spec = *spec;
	store->options = *options;
	store->lock_fd = -1;
	store->max_readers = options->readers ? options->readers : STORE_READERS;
	store->path = strdup(path);
	store->vfs = options->vfs ? strdup(options->vfs) : NULL;
	if (init_locks(store) || !store->path || (options->vfs && !store->vfs)) {
		store_free(store);
		return STORE_NO_MEMORY;
	}
	*ret_store = store;
	return 0;
}

/* The settings, then what a crash left, then the migrations. */
static int prepare_writer(struct store *store, unsigned version, char *why, size_t why_size)
{
	int result = store_pragmas_writer(store, store->writer.db);
	if (result)
		return result;
	sqlite3_wal_hook(store->writer.db, frames_in_wal, store);
	result = store_recover(store, why, why_size);
	if (!result)
		result = store_migrate(store, version);
	if (!result)
		result = store_truncate(store);
	return result;
}

static int open_writer(struct store *store, char *why, size_t why_size)
{
	unsigned version = 0;
	struct store_conn *writer = &store->writer;
	bool looking = store->options.read_only;
	int result = store_conn_open(store, writer, store->path,
	    looking ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	if (result)
		return result;
	result = store_pragmas_first(store, writer->db);
	if (!result)
		result = store_identify(store, &version);
	if (!result && looking && version < store->spec.n_migrations)
		result = STORE_OLDER;
	if (!result)
		result = looking ? store_pragmas_reader(store, writer->db)
				 : prepare_writer(store, version, why, why_size);
	if (!result)
		result = store_conn_slots(store, writer);
	if (!result)
		store_settle(store);
	return result;
}

static void close_writer(struct store *store)
{
	/* After a failed fsync a checkpoint would try it a second time. */
	if (store->writer.db && atomic_load(&store->failed))
		sqlite3_db_config(store->writer.db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	store_conn_close(&store->writer);
}

int store_open(const char *path, const struct store_spec *spec, const struct store_options *options,
    struct store **ret_store, char *why, size_t why_size)
{
	struct store *store = NULL;
	bool made = false;
	if (why && why_size)
		why[0] = '\0';
	int result = store_make(path, spec, options, &store);
	if (result) {
		store_why(why, why_size, path, result, NULL);
		return result;
	}
	result = store_lock_take(store, &made, why, why_size);
	if (result)
		goto done;
	result = open_writer(store, why, why_size);
	if (!result)
		result = store_group_start(store);
	if (result && why && why_size && !why[0])
		store_why(why, why_size, path, result, store_detail(store));
done:
	if (result) {
		close_writer(store);
		if (made && store_on_disk(store->vfs))
			store_remove_file(path);
		store_lock_drop(store);
		store_free(store);
		return result;
	}
	store->options.vfs = NULL;
	store->options.synchronous = NULL;
	*ret_store = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	atomic_store(&store->closing, true);
	store_group_stop(store);
	store_pool_close(store);
	store_write_lock(store);
	/* What stays in the WAL is read at the next start. */
	if (store_truncate(store))
		store->wal_baseline = 0;
	close_writer(store);
	store_write_unlock(store);
	store_lock_drop(store);
	store_free(store);
}

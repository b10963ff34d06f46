/* Read transactions: a pool of read-only connections, or the one connection of the store. */
#include "schema/store_private.h"

#include <errno.h>
#include <stdlib.h>

static bool reads_on_writer(const struct store *store)
{
	return store->options.exclusive || store->options.read_only;
}

static int open_reader(struct store *store, struct store_conn **ret_conn)
{
	struct store_conn *conn = calloc(1, sizeof(*conn));
	if (!conn)
		return STORE_NO_MEMORY;
	int result = store_conn_open(store, conn, store->path, SQLITE_OPEN_READONLY);
	if (result) {
		free(conn);
		return result;
	}
	sqlite3_busy_timeout(conn->db, STORE_READER_BUSY_MS);
	result = store_pragmas_reader(store, conn->db);
	if (!result)
		result = store_conn_slots(store, conn);
	if (result) {
		store_conn_close(conn);
		free(conn);
		return result;
	}
	*ret_conn = conn;
	return 0;
}

static void give_back(struct store *store, struct store_conn *conn)
{
	pthread_mutex_lock(&store->pool_lock);
	if (conn) {
		conn->next = store->idle;
		store->idle = conn;
	} else {
		store->n_readers--;
	}
	store->n_busy--;
	pthread_cond_broadcast(&store->pool_changed);
	pthread_mutex_unlock(&store->pool_lock);
}

static int take_reader(struct store *store, struct store_conn **ret_conn)
{
	struct store_conn *conn = NULL;

	pthread_mutex_lock(&store->pool_lock);
	while (!atomic_load(&store->closing) &&
	       (store->draining || (!store->idle && store->n_readers >= store->max_readers)))
		pthread_cond_wait(&store->pool_changed, &store->pool_lock);
	if (atomic_load(&store->closing)) {
		pthread_mutex_unlock(&store->pool_lock);
		return STORE_CLOSED;
	}
	conn = store->idle;
	if (conn)
		store->idle = conn->next;
	else
		store->n_readers++;
	store->n_busy++;
	pthread_mutex_unlock(&store->pool_lock);

	int result = conn ? 0 : open_reader(store, &conn);
	if (result)
		give_back(store, NULL);
	else
		*ret_conn = conn;
	return result;
}

/* A transaction whose snapshot is taken now, not at the first query. */
static int begin(struct store *store, struct store_conn *conn)
{
	int result = store_conn_fixed(store, conn, FIXED_BEGIN_READ);
	if (!result)
		result = store_conn_fixed(store, conn, FIXED_SNAPSHOT);
	if (result && !sqlite3_get_autocommit(conn->db) &&
	    store_conn_fixed(store, conn, FIXED_ROLLBACK))
		return STORE_IO;
	return result;
}

static int begin_on_writer(struct store *store, struct store_tx **ret_tx)
{
	if (atomic_load(&store->owner) == store_self()) {
		store_detail_set(store, "a read inside another transaction");
		return STORE_MISUSE;
	}
	if (atomic_load(&store->closing))
		return STORE_CLOSED;
	store_write_lock(store);
	int result = begin(store, &store->writer);
	if (result) {
		store_write_unlock(store);
		return result;
	}
	*ret_tx = &store->writer.tx;
	**ret_tx = (struct store_tx){.store = store, .conn = &store->writer};
	return 0;
}

int store_read_begin(struct store *store, struct store_tx **ret_tx)
{
	struct store_conn *conn = NULL;
	if (reads_on_writer(store))
		return begin_on_writer(store, ret_tx);
	int result = take_reader(store, &conn);
	if (result)
		return result;
	result = begin(store, conn);
	if (result) {
		give_back(store, conn);
		return result;
	}
	conn->tx = (struct store_tx){.store = store, .conn = conn};
	*ret_tx = &conn->tx;
	return 0;
}

void store_read_end(struct store_tx *tx)
{
	if (!tx)
		return;
	struct store *store = tx->store;
	struct store_conn *conn = tx->conn;
	store_rows_end_all(tx);
	int result = store_conn_fixed(store, conn, FIXED_COMMIT);
	/* A connection that can't even end a read is not used again. */
	if (result && !reads_on_writer(store)) {
		store_conn_close(conn);
		free(conn);
		conn = NULL;
	}
	if (reads_on_writer(store))
		store_write_unlock(store);
	else
		give_back(store, conn);
}

void store_pool_drain(struct store *store)
{
	struct timespec until = store_after_us(STORE_DRAIN_MS * 1000L);
	pthread_mutex_lock(&store->pool_lock);
	store->draining = true;
	while (store->n_busy)
		if (pthread_cond_timedwait(&store->pool_changed, &store->pool_lock, &until) ==
		    ETIMEDOUT)
			break;
	pthread_mutex_unlock(&store->pool_lock);
}

void store_pool_resume(struct store *store)
{
	pthread_mutex_lock(&store->pool_lock);
	store->draining = false;
	pthread_cond_broadcast(&store->pool_changed);
	pthread_mutex_unlock(&store->pool_lock);
}

void store_pool_close(struct store *store)
{
	pthread_mutex_lock(&store->pool_lock);
	pthread_cond_broadcast(&store->pool_changed);
	while (store->n_busy)
		pthread_cond_wait(&store->pool_changed, &store->pool_lock);
	while (store->idle) {
		struct store_conn *conn = store->idle;
		store->idle = conn->next;
		store_conn_close(conn);
		free(conn);
	}
	store->n_readers = 0;
	pthread_mutex_unlock(&store->pool_lock);
}

/* Write transactions: one commit for a list of bodies, each in a savepoint of its own. */
#include "schema/store_private.h"

#include <time.h>

uintptr_t store_self(void)
{
	static _Thread_local char mark;
	return (uintptr_t)&mark;
}

int store_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes))
		return STORE_NO_MEMORY;
	int failed = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
		     pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
	return failed ? STORE_NO_MEMORY : 0;
}

struct timespec store_after_us(long us)
{
	struct timespec time = {0};
	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_sec += us / 1000000;
	time.tv_nsec += us % 1000000 * 1000;
	if (time.tv_nsec >= 1000000000) {
		time.tv_sec++;
		time.tv_nsec -= 1000000000;
	}
	return time;
}

void store_write_lock(struct store *store)
{
	pthread_mutex_lock(&store->write_lock);
	atomic_store(&store->owner, store_self());
}

void store_write_unlock(struct store *store)
{
	atomic_store(&store->owner, 0);
	pthread_mutex_unlock(&store->write_lock);
}

/* Rows refused only at the end (DEFERRED references) would fail everybody's commit. */
static int check_deferred(struct store *store)
{
	int now = 0, high = 0;
	sqlite3 *db = store->writer.db;
	if (sqlite3_db_status(db, SQLITE_DBSTATUS_DEFERRED_FKS, &now, &high, 0))
		return STORE_MISUSE;
	if (!now)
		return 0;
	store_detail_set(store, "FOREIGN KEY constraint failed (deferred)");
	return STORE_CONFLICT;
}

static int run_body(struct store *store, struct store_request *request)
{
	struct store_tx *tx = &store->writer.tx;
	*tx = (struct store_tx){.store = store, .conn = &store->writer, .writer = true};
	int result = request->body(tx, request->context);
	store_rows_end_all(tx);
	if (!result)
		result = check_deferred(store);
	return result;
}

/* A savepoint of the shared commit; only SQLite's own trouble with it is returned. */
static int run_saved(struct store *store, struct store_request *request)
{
	struct store_conn *writer = &store->writer;
	int trouble = store_conn_fixed(store, writer, FIXED_SAVEPOINT);
	if (trouble)
		return trouble;
	request->result = run_body(store, request);
	if (request->result && !sqlite3_get_autocommit(writer->db))
		trouble = store_conn_fixed(store, writer, FIXED_ROLLBACK_TO);
	if (!trouble && !sqlite3_get_autocommit(writer->db))
		trouble = store_conn_fixed(store, writer, FIXED_RELEASE);
	return trouble;
}

/* SQLite rolled everything back by itself, which only a failure makes it do. */
static int lost_transaction(struct store *store)
{
	int trouble = atomic_load(&store->trouble);
	if (trouble)
		return trouble;
	store_detail_set(store, "a query ended the transaction it ran in");
	return STORE_MISUSE;
}

/*
 * Runs every body. Returns what took the transaction from under all of them (a full disk may make
 * SQLite roll everything back), and counts those whose changes stand.
 */
static int run_bodies(struct store *store, struct store_request *first, unsigned *ret_kept)
{
	sqlite3 *db = store->writer.db;
	for (struct store_request *request = first; request; request = request->next) {
		int trouble = 0;
		if (first->next)
			trouble = run_saved(store, request);
		else
			request->result = run_body(store, request);
		if (!trouble)
			trouble = atomic_load(&store->failed);
		if (!trouble && sqlite3_get_autocommit(db))
			trouble = lost_transaction(store);
		if (trouble)
			return trouble;
		*ret_kept += !request->result;
	}
	return 0;
}

/* Until it is durable; how long that took is counted. */
static int commit(struct store *store)
{
	struct timespec began, ended;
	int64_t us;
	int result;

	clock_gettime(CLOCK_MONOTONIC, &began);
	result = store_conn_fixed(store, &store->writer, FIXED_COMMIT);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	us = (int64_t)(ended.tv_sec - began.tv_sec) * 1000000 +
	     (ended.tv_nsec - began.tv_nsec) / 1000;
	if (!result && us > 0)
		atomic_fetch_add(&store->commit_us, (uint64_t)us);
	return result;
}

/* Everybody whose change did not reach the disk hears why; own refusals stand. */
static void fail_all(struct store_request *first, int result)
{
	for (; first; first = first->next)
		if (!first->result)
			first->result = result;
}

/* What all the bodies share: see store_before_commit. */
static int finish(struct store *store)
{
	struct store_request last = {
	    .body = store->before_commit, .context = store->before_context};

	if (!last.body)
		return 0;
	int result = run_body(store, &last);
	if (!result && sqlite3_get_autocommit(store->writer.db))
		result = lost_transaction(store);
	return result;
}

int store_failure(struct store *store)
{
	return atomic_load(&store->failed);
}

void store_before_commit(struct store *store, store_body *body, void *context)
{
	store_write_lock(store);
	store->before_commit = body;
	store->before_context = context;
	store_write_unlock(store);
}

void store_batch(struct store *store, struct store_request *first)
{
	unsigned kept = 0;
	struct store_conn *writer = &store->writer;
	int result = atomic_load(&store->failed);

	atomic_store(&store->trouble, 0);
	if (!result && store->options.read_only)
		result = STORE_DENIED;
	if (!result)
		result = store_conn_fixed(store, writer, FIXED_BEGIN_WRITE);
	if (result) {
		fail_all(first, result);
		return;
	}
	result = run_bodies(store, first, &kept);
	if (!result && kept)
		result = finish(store);
	if (!result && kept)
		result = commit(store);
	if (!sqlite3_get_autocommit(writer->db)) {
		int undone = store_conn_fixed(store, writer, FIXED_ROLLBACK);
		if (!result && undone)
			result = undone;
	}
	if (result) {
		fail_all(first, result);
	} else if (kept) {
		atomic_fetch_add(&store->commits, 1);
		atomic_fetch_add(&store->writes, kept);
	}
}

int store_write(struct store *store, store_body *body, void *context)
{
	struct store_request request = {.body = body, .context = context};

	if (atomic_load(&store->owner) == store_self()) {
		store_detail_set(store, "a write inside another transaction");
		return STORE_MISUSE;
	}
	if (atomic_load(&store->closing))
		return STORE_CLOSED;
	if (store->has_thread)
		return store_group_write(store, &request);
	store_write_lock(store);
	store_batch(store, &request);
	store_tidy(store);
	store_write_unlock(store);
	return request.result;
}

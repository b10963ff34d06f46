/* store_private.h: what the store's own files share. Nobody outside schema/ includes it. */
#ifndef PRESSGATE_SCHEMA_STORE_PRIVATE_H
#define PRESSGATE_SCHEMA_STORE_PRIVATE_H

#include "schema/store.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <sqlite3.h>

enum {
	/* reader connections when the caller names no number */
	STORE_READERS = 8,
	/* frames in the WAL that call for a PASSIVE checkpoint, and for a TRUNCATE that new readers
	 * wait for, and how long it waits for the readers there are */
	STORE_PASSIVE_PAGES = 1000,
	STORE_DRAIN_PAGES = 4000,
	STORE_DRAIN_MS = 200,
	/* without a write: TRUNCATE */
	STORE_IDLE_MS = 1000,
	/* a reader meets a lock only while the WAL is being reset; the writer: see store_settle */
	STORE_READER_BUSY_MS = 5000,
	STORE_WRITER_BUSY_MS = 2000,
	/* at most so long, and only with so many writers, one commit waits for those just woken */
	STORE_LINGER_US = 300,
	STORE_CROWD = 4,
	/* bodies in one commit */
	STORE_BATCH = 256,
	/* bytes of SQLite's words that are kept */
	STORE_DETAIL = 320,
};

/* The statements of the transactions themselves. */
enum store_fixed {
	FIXED_BEGIN_WRITE,
	FIXED_BEGIN_READ,
	FIXED_SNAPSHOT,
	FIXED_COMMIT,
	FIXED_ROLLBACK,
	FIXED_SAVEPOINT,
	FIXED_RELEASE,
	FIXED_ROLLBACK_TO,
	FIXED_COUNT,
};

struct store_conn;

struct store_rows {
	struct store_tx *tx; /* NULL: not in use */
	sqlite3_stmt *stmt;
	bool cached; /* stmt stays when the rows are done */
	bool ended;  /* no row stands ready any more */
	struct store_rows *next;
};

struct store_tx {
	struct store *store;
	struct store_conn *conn;
	bool writer;
	struct store_rows *open;
};

/* One SQLite connection with its prepared statements. Used by one thread at a time. */
struct store_conn {
	sqlite3 *db;
	sqlite3_stmt *fixed[FIXED_COUNT];
	struct store_rows *slots; /* one a query, prepared when first used */
	unsigned n_slots;
	struct store_tx tx;
	struct store_conn *next; /* in the pool */
};

/* A write that waits: lives on its caller's stack until done is posted. */
struct store_request {
	store_body *body;
	void *context;
	int result;
	sem_t done;
	struct store_request *next;
};

struct store {
	struct store_spec spec;
	struct store_options options; /* vfs and synchronous are the caller's texts only in open */
	char *path;
	char *vfs;
	int lock_fd;

	/* The writing connection; in a store without readers, the reading one too. */
	pthread_mutex_t write_lock;
	_Atomic uintptr_t owner; /* who holds write_lock: see store_self */
	struct store_conn writer;
	bool settled;	    /* opened: see store_settle */
	int wal_frames;	    /* after the newest commit */
	int wal_baseline;   /* when the newest checkpoint ended */
	atomic_int failed;  /* latched: STORE_IO or STORE_CORRUPT */
	atomic_int trouble; /* the newest failure that can make SQLite roll back by itself */
	atomic_bool closing;
	atomic_uint_fast64_t commits, writes, commit_us;
	store_body *before_commit;
	void *before_context;

	/* The readers. */
	pthread_mutex_t pool_lock;
	pthread_cond_t pool_changed;
	struct store_conn *idle;
	unsigned n_readers, n_busy, max_readers;
	bool draining;

	/* The writes that wait for the writer thread. */
	pthread_mutex_t queue_lock;
	pthread_cond_t queue_changed;
	struct store_request *first, *last;
	unsigned n_waiting;
	unsigned crowd; /* how many writers there were at the newest commit */
	pthread_t thread;
	bool has_thread, stop;

	pthread_mutex_t detail_lock;
	char detail[STORE_DETAIL];
};

/* store.c: memory and locks only; store_free takes a store without a thread or connection. */
STORE_MUST_CHECK int store_make(const char *path, const struct store_spec *spec,
    const struct store_options *options, struct store **ret_store);
void store_free(struct store *store);

/* A number that no other living thread has. */
uintptr_t store_self(void);

/* A condition whose waits are timed by CLOCK_MONOTONIC, and the time us microseconds from now on
 * it. */
STORE_MUST_CHECK int store_cond_init(pthread_cond_t *cond);
struct timespec store_after_us(long us);

/*
 * store_error.c: what an SQLite code means here. Keeps SQLite's words for store_detail and latches
 * STORE_IO and STORE_CORRUPT. code is an extended code of db's newest call.
 */
int store_error(struct store *store, sqlite3 *db, int code);
int store_error_map(sqlite3 *db, int code);
/* From now on every write answers result. */
void store_latch(struct store *store, int result);
void store_detail_set(struct store *store, const char *words);
/* Fills why, when there is one, with path, what happened and what to do. */
void store_why(char *why, size_t why_size, const char *path, int result, const char *detail);

/* store_pragma.c: limits and settings of a new connection, each read back. */
STORE_MUST_CHECK int store_harden(struct store *store, sqlite3 *db);
STORE_MUST_CHECK int store_pragmas_first(struct store *store, sqlite3 *db);
STORE_MUST_CHECK int store_pragmas_writer(struct store *store, sqlite3 *db);
STORE_MUST_CHECK int store_pragmas_reader(struct store *store, sqlite3 *db);
/* The first column of the first row of sql as a number or text; STORE_NOT_FOUND without a row. */
STORE_MUST_CHECK int store_scalar(struct store *store, sqlite3 *db, const char *sql, int64_t *ret);
STORE_MUST_CHECK int store_run(struct store *store, sqlite3 *db, const char *sql);

/* store_lock.c: the file and who owns it. */
STORE_MUST_CHECK int store_lock_take(
    struct store *store, bool *ret_made, char *why, size_t why_size);
void store_lock_drop(struct store *store);
/* An empty file with mode 0600, made without open(2). STORE_CONFLICT when something is there. */
STORE_MUST_CHECK int store_make_file(const char *path);
/* Takes a database away that was made but never became one, with the files beside it. */
void store_remove_file(const char *path);
/* Makes the names in path's folder durable. */
STORE_MUST_CHECK int store_sync_folder(const char *path);
/* Is the VFS the system's own, with files that other programs see? */
bool store_on_disk(const char *vfs);

/* store_migrate.c */
STORE_MUST_CHECK int store_identify(struct store *store, unsigned *ret_version);
STORE_MUST_CHECK int store_migrate(struct store *store, unsigned version);

/* store_conn.c */
STORE_MUST_CHECK int store_conn_open(
    struct store *store, struct store_conn *conn, const char *path, int flags);
STORE_MUST_CHECK int store_conn_slots(struct store *store, struct store_conn *conn);
/* Runs one of the fixed statements to its end. */
STORE_MUST_CHECK int store_conn_fixed(
    struct store *store, struct store_conn *conn, enum store_fixed which);
void store_conn_close(struct store_conn *conn);
/* Ends the rows a transaction left open. */
void store_rows_end_all(struct store_tx *tx);

/* store_write.c: carries a list of writes out in one commit; write_lock is held. */
void store_batch(struct store *store, struct store_request *first);
void store_write_lock(struct store *store);
void store_write_unlock(struct store *store);

/* store_group.c */
STORE_MUST_CHECK int store_group_start(struct store *store);
void store_group_stop(struct store *store);
STORE_MUST_CHECK int store_group_write(struct store *store, struct store_request *request);

/*
 * store_checkpoint.c; write_lock is held. From store_settle on the writer waits for a lock, where
 * opening answered at once: whoever else may lock it is a reader of this process that met the WAL
 * index between two writes of it, and reads it again under the writer's lock. Checkpoints never
 * wait for readers.
 */
void store_settle(struct store *store);
void store_tidy(struct store *store);
STORE_MUST_CHECK int store_truncate(struct store *store);
/* What an unclean end left in the WAL goes into the file, which is then verified. */
STORE_MUST_CHECK int store_recover(struct store *store, char *why, size_t why_size);

/* store_read.c */
void store_pool_close(struct store *store);
/* Makes new readers wait, and waits a little for those there are. */
void store_pool_drain(struct store *store);
void store_pool_resume(struct store *store);

/* store_verify.c */
STORE_MUST_CHECK int store_verify_db(struct store *store, sqlite3 *db, char *why, size_t why_size);

#endif

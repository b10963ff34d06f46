/*
 * store.h: one SQLite database, owned by one process.
 *
 * One connection does every write and every checkpoint; readers are read-only connections with a
 * snapshot each. Queries are called by number out of a table that the pack tool made from the
 * .sql files; every value is bound. Nothing outside schema/ sees an SQLite type.
 *
 * Durability: WAL with synchronous=FULL, read back at start. When store_write() returns 0 the
 * change is on the disk.
 *
 * A failure that says the store can't be trusted any more (STORE_IO, STORE_CORRUPT) latches: every
 * later write answers the same until the store is opened again, because a failed fsync may not be
 * tried twice. A write that was answered STORE_IO may be found done, or not, at the next opening.
 * After an unclean end store_open copies what the WAL holds into the file and verifies it.
 *
 * STORE_FULL does not latch, so that a full disk is recovered from by itself: the disk refused the
 * bytes before anything was promised, the transaction is rolled back whole, and the next write is
 * the probe. (A disk that takes the bytes and has no room at fsync is STORE_IO, and latches.)
 * Every write that shared the refused commit answers STORE_FULL.
 *
 * Threads: all functions may be called from any thread. A struct store_tx belongs to the thread
 * that got it.
 */
#ifndef PRESSGATE_SCHEMA_STORE_H
#define PRESSGATE_SCHEMA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_MUST_CHECK __attribute__((warn_unused_result))

/* Results. A negative value is never a row or a success. */
enum store_result {
	STORE_OK = 0,
	STORE_ROW = 1,	      /* store_next: a row stands ready */
	STORE_NOT_FOUND = -1, /* store_open without STORE_CREATE: no such file; store_one: no row */
	STORE_LOCKED = -2,    /* another process owns the store */
	STORE_DENIED = -3,    /* file permissions */
	STORE_NOT_A_STORE = -4, /* not a database, or another application's */
	STORE_NEWER = -5,	/* written by a newer version of this program */
	STORE_FULL = -6,	/* disk full */
	STORE_IO = -7,		/* the disk failed, fsync included */
	STORE_CORRUPT = -8,	/* a page, an index or a constraint of the file is damaged */
	STORE_CONFLICT = -9,	/* a unique, foreign-key or CHECK rule refused the change */
	STORE_NO_MEMORY = -10,
	STORE_MISUSE = -11, /* a bug of the caller: wrong number or type of values */
	STORE_CLOSED = -12, /* the store is closing */
	STORE_OLDER = -13,  /* store_open with read_only: migrations are missing */
};

/* One bound value. Text and blobs are borrowed until the call that takes them returns. */
enum store_type { STORE_NULL, STORE_INT, STORE_TEXT, STORE_BLOB };
struct store_value {
	enum store_type type;
	int64_t integer;
	const void *bytes;
	size_t len;
};

static inline struct store_value store_null(void)
{
	return (struct store_value){STORE_NULL, 0, NULL, 0};
}
static inline struct store_value store_i64(int64_t value)
{
	return (struct store_value){STORE_INT, value, NULL, 0};
}
static inline struct store_value store_blob(const void *bytes, size_t len)
{
	return (struct store_value){STORE_BLOB, 0, bytes, len};
}
/* NUL-terminated UTF-8; NULL binds an SQL NULL. */
struct store_value store_text(const char *text);
struct store_value store_textn(const char *text, size_t len);

/* The last two arguments of store_exec and its like: STORE_ARGS(store_i64(1), store_text("x")). */
#define STORE_ARGS(...)                                                                            \
	((const struct store_value[]){__VA_ARGS__}),                                               \
	    (sizeof((const struct store_value[]){__VA_ARGS__}) / sizeof(struct store_value))
#define STORE_NO_ARGS ((const struct store_value *)NULL), ((size_t)0)

/* What the pack tool makes from schema/<name>/: see schema/registrar_db.h, schema/gate_db.h. */
struct store_migration {
	const char *name; /* "0001-start" */
	const char *sql;
};
struct store_query {
	const char *name; /* "registration_insert" */
	const char *sql;
	unsigned args; /* how many values it takes */
};
struct store_spec {
	const char *name;	 /* "registrar", "gate" */
	uint32_t application_id; /* PRAGMA application_id */
	const struct store_migration *migrations;
	unsigned n_migrations; /* user_version of an up-to-date file */
	const struct store_query *queries;
	unsigned n_queries;
};

struct store;	   /* opaque */
struct store_tx;   /* a transaction: a writer's, or a reader's snapshot */
struct store_rows; /* a running query */

struct store_options {
	bool create;	   /* make the file (mode 0600) when there is none */
	bool exclusive;	   /* a gate's: EXCLUSIVE locking, reads on the one connection, no reader */
	bool group_commit; /* a writer thread joins waiting writes in one commit */
	bool read_only;	   /* look only (registrar export while nothing serves); no migration */
	unsigned readers;  /* reader connections at most; 0: 8 */
	const char *vfs;   /* tests: a VFS by name; NULL: the system's */
	const char *synchronous; /* tests' controls: "NORMAL" or "OFF"; NULL: "FULL" */
};

/*
 * Opens the database at path, and owns it: an flock on path.lock refuses a second process (and a
 * second opening here) with STORE_LOCKED at once; several read_only openings share it. Checks
 * application_id and user_version, carries out missing migrations (each in one transaction), sets
 * and reads back every pragma. spec must outlive the store. On failure *ret_store is untouched, a
 * file made by this call is gone again and, when why is not NULL, a sentence for people is written
 * there.
 */
STORE_MUST_CHECK int store_open(const char *path, const struct store_spec *spec,
    const struct store_options *options, struct store **ret_store, char *why, size_t why_size);

/* Waits for running transactions, checkpoints (TRUNCATE) and closes. NULL is quiet. */
void store_close(struct store *store);

/* A fixed sentence for people, with what to do. */
const char *store_strerror(int result);

/* The newest failure's details (SQLite's own words) for a log; never holds bound values. */
const char *store_detail(struct store *store);

/*
 * Runs body inside a write transaction (BEGIN IMMEDIATE, or a savepoint of a group commit) and
 * returns after the commit is durable. A reference left hanging at the end is STORE_CONFLICT. body
 * returns 0 to keep its changes; any other value rolls them back, and only them, and is returned
 * unchanged (use positive numbers or numbers under -100 for your own). body may run on another
 * thread than the caller's while the caller waits, and must not start another transaction
 * (STORE_MISUSE); it must not keep tx. Rows it left open are ended. No row of another body in the
 * same commit is hidden from it: bodies run one after another.
 */
typedef int store_body(struct store_tx *tx, void *context);
STORE_MUST_CHECK int store_write(struct store *store, store_body *body, void *context);

/*
 * Has body run once at the end of each write transaction that keeps a change, before its COMMIT,
 * for what many writes can share (a signature over all of them). What it changes is committed with
 * them; if it does not return 0, all of them are rolled back and return what it returned. Set it
 * when the store is opened, before there are writers. NULL: none.
 */
void store_before_commit(struct store *store, store_body *body, void *context);

/*
 * Begins a read on a consistent snapshot. Ends with store_read_end (NULL is quiet). Keep it short:
 * it holds a connection, and callers beyond the number of readers wait.
 */
STORE_MUST_CHECK int store_read_begin(struct store *store, struct store_tx **ret_tx);
void store_read_end(struct store_tx *tx);

/* Runs a query that gives no rows; STORE_CONFLICT leaves the rest of the transaction standing. When
 * ret_changes is not NULL: how many rows it changed. */
STORE_MUST_CHECK int store_exec(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, int64_t *ret_changes);
/* The rowid of the last INSERT of this transaction. */
int64_t store_last_id(struct store_tx *tx);

/*
 * Starts a query that gives rows; read them with store_next until it is not STORE_ROW, and end
 * with store_done in any case (NULL is quiet), once, before the transaction ends. Values of a row
 * live until the next store_next. One query may be read several times at once.
 */
STORE_MUST_CHECK int store_query(struct store_tx *tx, unsigned query,
    const struct store_value *args, size_t n_args, struct store_rows **ret_rows);
STORE_MUST_CHECK int store_next(struct store_rows *rows); /* STORE_ROW, STORE_OK at the end, <0 */
void store_done(struct store_rows *rows);

/* The first row of a query that should give one: STORE_ROW with *ret_rows to be ended by
 * store_done, or STORE_NOT_FOUND, or another negative; then *ret_rows is untouched. */
STORE_MUST_CHECK int store_one(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, struct store_rows **ret_rows);

/* The first column of that row as a number: 0, or a negative as store_one and *ret untouched. */
STORE_MUST_CHECK int store_number(struct store_tx *tx, unsigned query,
    const struct store_value *args, size_t n_args, int64_t *ret);

/* Columns of the present row, counted from 0. */
unsigned store_columns(struct store_rows *rows);
const char *store_column_name(struct store_rows *rows, unsigned column);
bool store_is_null(struct store_rows *rows, unsigned column);
int64_t store_get_i64(struct store_rows *rows, unsigned column);      /* 0 for NULL */
const char *store_get_text(struct store_rows *rows, unsigned column); /* "" for NULL */
const void *store_get_blob(struct store_rows *rows, unsigned column, size_t *ret_len);
/* A blob of exactly size bytes into out; STORE_CORRUPT when it has another size. */
STORE_MUST_CHECK int store_get_fixed(
    struct store_rows *rows, unsigned column, void *out, size_t size);

/* A text into a field of size bytes with its NUL; STORE_CORRUPT, and nothing is written, when it is
 * longer than the field. */
STORE_MUST_CHECK int store_copy_text(char *out, size_t size, const char *text);

/*
 * The store checkpoints by itself: PASSIVE from 1,000 pages, TRUNCATE from 4,000 (new readers wait
 * for it), TRUNCATE after a second without a write (by the writer thread of group_commit) and at
 * store_close. This asks for a TRUNCATE now, as a store without group_commit may when it is idle.
 * STORE_LOCKED: a reader is in the way; nothing is wrong.
 */
STORE_MUST_CHECK int store_checkpoint(struct store *store);

/*
 * After a destruction: packs the file, so that no page holds a piece of what was deleted, and empties
 * the WAL. Writers wait meanwhile, and it needs as much free disk as the store is large.
 * STORE_LOCKED: readers were in the way of the second for ten seconds; it happens at the next pause.
 */
STORE_MUST_CHECK int store_scrub(struct store *store);

/* PRAGMA integrity_check and foreign_key_check; STORE_CORRUPT with the first finding in why. */
STORE_MUST_CHECK int store_verify(struct store *store, char *why, size_t why_size);

/* PRAGMA quick_check: every page and row, but not whether indexes agree with tables. As
 * store_verify. */
STORE_MUST_CHECK int store_verify_quick(struct store *store, char *why, size_t why_size);

/*
 * A consistent copy by the backup API into a new file (mode 0600; STORE_CONFLICT when there is one
 * of that name), verified and durable; nothing is left of it on failure. Writers go on meanwhile,
 * but in an exclusive store. A failure of the copy latches nothing here.
 */
STORE_MUST_CHECK int store_backup(struct store *store, const char *path);

/* 0, or the failure that latched (STORE_IO, STORE_CORRUPT): nothing is written any more, and the
 * process should end, so that the store is looked at when it is opened again. */
int store_failure(struct store *store);

/* How many durable commits this store made, and how many writes they carried. */
void store_counts(struct store *store, uint64_t *ret_commits, uint64_t *ret_writes);
/* How long they took together, in microseconds: the COMMIT alone, until it was durable. */
uint64_t store_commit_us(struct store *store);

#endif

/*
 * work: a small pool of threads for what is slow and heavy on memory (password hashing), so that
 * no more than that many run at once whatever the number of visitors.
 */
#ifndef WEB_WORK_H
#define WEB_WORK_H

enum work_error { WORK_OK = 0, WORK_NOMEM = -1, WORK_BUSY = -2, WORK_STOPPED = -3 };

/* Argon2id at 64 MiB each: two at a time. */
#define WORK_HASHERS 2

/* How many callers may wait before the next is told WORK_BUSY. */
#define WORK_QUEUE 32

struct work;

/* Starts a pool of n threads. */
int work_start(unsigned n, struct work **ret) __attribute__((warn_unused_result));

/*
 * Runs fn(ctx) on a thread of the pool and returns when it is done: 0; or WORK_BUSY when the queue
 * is full, WORK_STOPPED while the pool is ending; fn did not run then.
 */
int work_run(struct work *w, void (*fn)(void *ctx), void *ctx) __attribute__((warn_unused_result));

/* Lets what is queued finish, ends the threads and frees the pool. NULL is quiet. */
void work_stop(struct work *w);

#endif

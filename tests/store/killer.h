/*
 * killer.h: starts a worker, kills it with SIGKILL at a random moment, and lets a check look at
 * what it left; again and again.
 *
 * The worker is a function run in a forked process, or any program. It acknowledges by lines: the
 * function by killer_ack, the program on its standard output. A line that came out counts as
 * acknowledged, even when the kill followed at once.
 */
#ifndef PRESSGATE_TESTS_STORE_KILLER_H
#define PRESSGATE_TESTS_STORE_KILLER_H

#include <stddef.h>
#include <stdint.h>

struct killer; /* the child's end */

/* In the child: says that the item of this line (without its newline) is done for good. */
void killer_ack(struct killer *killer, const char *line);

/* The child's work; it goes on until it is killed. Returning ends the child with that status. */
typedef int killer_work(struct killer *killer, void *context, unsigned round);

/* Line number n for the program's standard input, without a newline; NULL: no more. Lives until
 * the next call. */
typedef const char *killer_feed(void *context, unsigned round, size_t n);

/* After each kill: the lines acknowledged in this round. Adds the missing ones to *ret_lost and
 * whatever is broken to *ret_corrupt. */
typedef void killer_check(void *context, unsigned round, char *const *acked, size_t n,
    uint64_t *ret_lost, uint64_t *ret_corrupt);

struct killer_job {
	killer_work *work; /* a function, or */
	char *const *argv; /* a program, looked for in PATH; its standard error goes to ours */
	killer_feed *feed; /* what the program reads; NULL: nothing */
	unsigned ahead;	   /* lines it may be sent beyond those it answered; 0: 1 */
	killer_check *check;
	void *context;
	unsigned most_acks; /* the kill follows the nth line, n by chance up to this; 0: 20 */
	unsigned most_us;   /* and a chance wait up to this, in microseconds; 0: 2000 */
};

struct killer_stats {
	uint64_t kills, acks;
	uint64_t lost, corrupt; /* as the check counted */
	uint64_t rounds_with_loss;
	uint64_t ended;	 /* rounds in which the worker ended by itself, before the kill */
	uint64_t failed; /* of those, with a status that is not 0 */
	double seconds;
};

/* 0, or -1 when a worker could not be started. */
__attribute__((warn_unused_result)) int killer_run(
    const struct killer_job *job, unsigned kills, uint64_t seed, struct killer_stats *ret_stats);

/* One line of figures, as a TAP comment. */
void killer_print(const char *name, const struct killer_stats *stats);

#endif

/*
 * bench.h: a ratio to a floor measured in the same run.
 *
 * Subject and floor are run in turns, a batch of each, so that a machine that slows down slows
 * both; the ratio is that of the medians. A time alone says nothing and is never compared.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>

/* Does the work once; false stops the benchmark with a failure. */
typedef bool bench_work(void *context);

struct bench {
	const char *name;
	bench_work *subject, *floor;
	void *context;
	size_t batch;  /* runs of each in a turn */
	size_t rounds; /* turns */
	double target;
	bool at_least; /* the ratio is of rates and must be at least target; else of times, at most
			*/
};

/* Seconds of a clock that never steps; and of CPU used by this process. */
double bench_now(void);
double bench_cpu(void);

/* Runs one and prints its row. Returns false when the work itself failed; a missed target is
 * printed, not failed. */
bool bench_run(const struct bench *bench);

/* Prints a row for a figure measured in another way. unit stands after both numbers. */
void bench_row(const char *name, double got, double target, bool at_least, const char *unit,
    const char *details);

#endif

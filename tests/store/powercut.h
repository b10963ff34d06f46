/*
 * powercut.h: a workload is run once on a disk that records; then the power is cut, many times, at
 * any operation, and what would be on the disk is opened and checked.
 *
 * At a cut everything stands that was synced (each file by its own fsync, names by the folder's).
 * Each write, truncation and name since then was kept, dropped or torn, by chance: writes tear at
 * 512 bytes, take effect in any order, and leave zeros or garbage where a file grew. Everything
 * follows from the seed.
 *
 * The workload and the check open their databases as they always do: the recording VFS is the
 * default one meanwhile. Both run in this process, any number of threads.
 */
#ifndef PRESSGATE_TESTS_STORE_POWERCUT_H
#define PRESSGATE_TESTS_STORE_POWERCUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct powercut;

/* Says that item is done for good: to be called after the durable commit came back. */
void powercut_ack(struct powercut *run, uint64_t item);

/* Does the work and closes everything; 0, or anything else: the run stops and returns it. */
typedef int powercut_work(struct powercut *run, void *context);

/*
 * Opens what the cut left and looks: acked are the n items that were acknowledged before it. Adds
 * the missing ones to *ret_lost, counts (any number) in *ret_corrupt whatever is broken: the store
 * doesn't open, the integrity check finds something, half a transaction stands. Closes everything.
 */
typedef void powercut_check(
    void *context, const uint64_t *acked, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt);

enum powercut_mode {
	POWERCUT_CHANCE,    /* kept, dropped, torn: the real test */
	POWERCUT_TEAR_ONLY, /* each unsynced write torn, none dropped: a control */
};

struct powercut_options {
	enum powercut_mode mode;
	unsigned cuts;
	uint64_t seed;
	uint64_t from; /* operations before the first cut, such as those that make the file */
};

struct powercut_stats {
	uint64_t operations, syncs, acks; /* of the workload */
	uint64_t cuts;
	uint64_t kept, dropped, torn; /* unsynced operations, over all cuts */
	uint64_t lost;		      /* acknowledged items missing, over all cuts */
	uint64_t cuts_with_loss;
	uint64_t corrupt; /* cuts after which something was broken */
	double seconds;
};

/* Runs work once and check after each cut. 0, or what work returned. */
__attribute__((warn_unused_result)) int powercut_run(powercut_work *work, powercut_check *check,
    void *context, const struct powercut_options *options, struct powercut_stats *ret_stats);

/* How many of n cuts (or kills) to make: all, or a fiftieth when PRESSGATE_TESTS_SHORT is set, as
 * for runs under valgrind. */
unsigned powercut_share(unsigned n);

/* One line of figures, as a TAP comment. */
void powercut_print(const char *name, const struct powercut_stats *stats);

/* How many operations have been recorded so far: for options.from of a later run. */
uint64_t powercut_operations(struct powercut *run);

#endif

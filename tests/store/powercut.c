/* Records a workload, then cuts the power again and again. */
#include "tests/store/powercut_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "powercut: no memory\n");
		abort();
	}
	return memory;
}

/* splitmix64 */
uint64_t cut_random(uint64_t *seed)
{
	uint64_t z = (*seed += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void cut_record(void *context, const struct memdisk_op *op)
{
	struct powercut *run = context;
	pthread_mutex_lock(&run->lock);
	if (run->n_ops == run->room_ops) {
		run->room_ops = run->room_ops * 2 + 1024;
		run->ops = must(realloc(run->ops, run->room_ops * sizeof(*run->ops)));
	}
	struct cut_op *copy = &run->ops[run->n_ops++];
	*copy = (struct cut_op){op->what, op->file, op->offset, NULL, op->len, NULL};
	if (op->len)
		copy->bytes = memcpy(must(malloc(op->len)), op->bytes, op->len);
	if (op->what == MEMDISK_CREATE || op->what == MEMDISK_DELETE)
		copy->path = must(strdup(op->path));
	if (op->file >= run->n_files)
		run->n_files = op->file + 1;
	run->syncs += op->what == MEMDISK_SYNC;
	pthread_mutex_unlock(&run->lock);
}

void powercut_ack(struct powercut *run, uint64_t item)
{
	pthread_mutex_lock(&run->lock);
	if (run->n_acks == run->room_acks) {
		run->room_acks = run->room_acks * 2 + 256;
		run->acks = must(realloc(run->acks, run->room_acks * sizeof(*run->acks)));
	}
	run->acks[run->n_acks++] = (struct cut_ack){item, run->n_ops};
	pthread_mutex_unlock(&run->lock);
}

uint64_t powercut_operations(struct powercut *run)
{
	pthread_mutex_lock(&run->lock);
	uint64_t n = run->n_ops;
	pthread_mutex_unlock(&run->lock);
	return n;
}

void cut_forget(struct powercut *run)
{
	for (size_t i = 0; i < run->n_ops; i++) {
		free(run->ops[i].bytes);
		free(run->ops[i].path);
	}
	free(run->ops);
	free(run->acks);
	pthread_mutex_destroy(&run->lock);
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Evenly over the operations, and several times at each when there are more cuts than those. */
static size_t cut_point(
    const struct powercut *run, const struct powercut_options *options, size_t i)
{
	size_t from = options->from < run->n_ops ? options->from : run->n_ops;
	size_t span = run->n_ops - from + 1;
	return from + (size_t)((unsigned __int128)i * span / options->cuts);
}

static void cut_all(const struct powercut *run, powercut_check *check, void *context,
    const struct powercut_options *options, struct powercut_stats *stats)
{
	struct replay replay;
	uint64_t *items = must(malloc((run->n_acks + 1) * sizeof(*items)));
	size_t n_acked = 0;

	for (size_t i = 0; i < run->n_acks; i++)
		items[i] = run->acks[i].item;
	replay_init(&replay, run);
	for (size_t i = 0; i < options->cuts; i++) {
		size_t point = cut_point(run, options, i);
		uint64_t seed = options->seed + i * 0x2545f4914f6cdd1du;
		uint64_t lost = 0, corrupt = 0;
		replay_advance(&replay, point);
		while (n_acked < run->n_acks && run->acks[n_acked].after <= point)
			n_acked++;
		struct memdisk *disk = replay_cut(&replay, options->mode, &seed, stats);
		memdisk_use(disk, true);
		check(context, items, n_acked, &lost, &corrupt);
		memdisk_use(NULL, false);
		memdisk_free(disk);
		stats->cuts++;
		stats->lost += lost;
		stats->cuts_with_loss += lost > 0;
		stats->corrupt += corrupt > 0;
	}
	replay_free(&replay);
	free(items);
}

int powercut_run(powercut_work *work, powercut_check *check, void *context,
    const struct powercut_options *options, struct powercut_stats *ret_stats)
{
	struct powercut run = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct powercut_stats stats = {0};
	double start = now();
	struct memdisk *disk = memdisk_new();

	memdisk_set_watch(disk, cut_record, &run);
	memdisk_use(disk, true);
	int result = work(&run, context);
	memdisk_use(NULL, false);
	memdisk_free(disk);
	if (!result) {
		stats.operations = run.n_ops;
		stats.syncs = run.syncs;
		stats.acks = run.n_acks;
		cut_all(&run, check, context, options, &stats);
		stats.seconds = now() - start;
		*ret_stats = stats;
	}
	cut_forget(&run);
	return result;
}

unsigned powercut_share(unsigned n)
{
	return getenv("PRESSGATE_TESTS_SHORT") ? (n + 49) / 50 : n;
}

void powercut_print(const char *name, const struct powercut_stats *stats)
{
	printf("# %s: %llu power cuts over %llu operations (%llu syncs, %llu acknowledged): "
	       "%llu acknowledged lost in %llu cuts, %llu corrupt; unsynced kept %llu, dropped "
	       "%llu, torn %llu; %.1f s\n",
	    name, (unsigned long long)stats->cuts, (unsigned long long)stats->operations,
	    (unsigned long long)stats->syncs, (unsigned long long)stats->acks,
	    (unsigned long long)stats->lost, (unsigned long long)stats->cuts_with_loss,
	    (unsigned long long)stats->corrupt, (unsigned long long)stats->kept,
	    (unsigned long long)stats->dropped, (unsigned long long)stats->torn, stats->seconds);
	fflush(stdout);
}

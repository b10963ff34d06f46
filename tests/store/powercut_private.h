/* powercut_private.h: the record of a workload, and the disk it would leave at a cut. */
#ifndef PRESSGATE_TESTS_STORE_POWERCUT_PRIVATE_H
#define PRESSGATE_TESTS_STORE_POWERCUT_PRIVATE_H

#include "tests/store/memdisk.h"
#include "tests/store/powercut.h"

#include <pthread.h>

struct cut_op {
	enum memdisk_what what;
	unsigned file;
	uint64_t offset;
	uint8_t *bytes; /* own copy */
	size_t len;
	char *path; /* of MEMDISK_CREATE and MEMDISK_DELETE */
};

struct cut_ack {
	uint64_t item;
	size_t after; /* operations recorded before it */
};

struct powercut {
	pthread_mutex_t lock;
	struct cut_op *ops;
	size_t n_ops, room_ops;
	struct cut_ack *acks;
	size_t n_acks, room_acks;
	uint64_t syncs;
	unsigned n_files;
};

/* A file during the replay: what is durable of it, and which operations are not. */
struct replay_file {
	uint8_t *bytes;
	size_t size, room;
	size_t *pending; /* numbers of operations */
	size_t n_pending, room_pending;
};

/* A name during the replay: durable, then each change since the folder was last synced. */
struct replay_name {
	char *path;
	int durable; /* number of its file, -1: none */
	size_t *pending;
	size_t n_pending, room_pending;
};

enum { REPLAY_NAMES = 16 };

struct replay {
	const struct powercut *run;
	struct replay_file *files;
	struct replay_name names[REPLAY_NAMES];
	size_t done; /* operations taken in */
};

uint64_t cut_random(uint64_t *seed);

/* powercut.c: what memdisk_set_watch takes, with a struct powercut whose lock is made; and frees
 * what was recorded. */
memdisk_watch cut_record;
void cut_forget(struct powercut *run);

/* powercut_replay.c */
void replay_init(struct replay *replay, const struct powercut *run);
void replay_free(struct replay *replay);
/* Takes in the operations below upto. */
void replay_advance(struct replay *replay, size_t upto);
/* The disk that a power cut now would leave. */
struct memdisk *replay_cut(
    struct replay *replay, enum powercut_mode mode, uint64_t *seed, struct powercut_stats *stats);

#endif

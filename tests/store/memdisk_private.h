/* memdisk_private.h: shared by memdisk.c and memdisk_lock.c. */
#ifndef PRESSGATE_TESTS_STORE_MEMDISK_PRIVATE_H
#define PRESSGATE_TESTS_STORE_MEMDISK_PRIVATE_H

#include "tests/store/memdisk.h"

#include <pthread.h>

#include <sqlite3.h>

enum { MEM_REGIONS = 64, MEM_NAMES = 64 };

/* One file: its bytes and who locks it. */
struct mem_file {
	unsigned number;
	uint8_t *bytes;
	size_t size, room;
	unsigned handles;
	bool named;
	/* SQLite's locks of the whole file */
	unsigned n_shared;
	const void *reserved, *pending, *exclusive;
	/* and of the WAL index */
	void *regions[MEM_REGIONS];
	unsigned shm_shared[SQLITE_SHM_NLOCK];
	const void *shm_exclusive[SQLITE_SHM_NLOCK];
};

struct mem_name {
	char *path;
	struct mem_file *file;
};

struct memdisk {
	pthread_mutex_t lock;
	struct mem_name names[MEM_NAMES];
	unsigned n_files;
	uint64_t used, quota, syncs;
	unsigned fail_sync;
	bool fail_forever, no_sharing;
	uint64_t fuse; /* operations until the power goes; 0: it stays */
	bool off;
	memdisk_watch *watch;
	void *watch_context;
};

/* What SQLite holds of an open file. */
struct mem_handle {
	sqlite3_file base;
	struct memdisk *disk;
	struct mem_file *file;
	char *path; /* NULL: a temporary file */
	int level;  /* SQLITE_LOCK_* */
	unsigned shm_shared, shm_exclusive;
	bool sync_folder; /* its name is not durable yet; the first fsync makes it so */
};

int memdisk_lock(sqlite3_file *base, int level);
int memdisk_unlock(sqlite3_file *base, int level);
int memdisk_check_reserved(sqlite3_file *base, int *ret_reserved);
int memdisk_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret_map);
int memdisk_shm_lock(sqlite3_file *base, int offset, int n, int flags);
void memdisk_shm_barrier(sqlite3_file *base);
int memdisk_shm_unmap(sqlite3_file *base, int delete_too);

#endif

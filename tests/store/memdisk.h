/*
 * memdisk.h: a disk in memory that SQLite writes to through a VFS, for tests.
 *
 * There is one VFS, "memdisk"; it stands on the disk last given to memdisk_use. Files have locks
 * and shared memory as the system's, so that several connections of one process work on it. What
 * happens to it can be watched, its room can be limited, and its fsync can fail.
 */
#ifndef PRESSGATE_TESTS_STORE_MEMDISK_H
#define PRESSGATE_TESTS_STORE_MEMDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMDISK_VFS "memdisk"

struct memdisk;

/* What happened, in the order it did. Files without a name (temporary ones) are not told of. */
enum memdisk_what {
	MEMDISK_CREATE, /* the file got its name */
	MEMDISK_DELETE, /* the name is gone */
	MEMDISK_WRITE,
	MEMDISK_TRUNCATE,    /* to size offset */
	MEMDISK_SYNC,	     /* of the file's bytes */
	MEMDISK_SYNC_FOLDER, /* of all names */
};
struct memdisk_op {
	enum memdisk_what what;
	unsigned file; /* its number, from 0; a name created again is a new file */
	const char *path;
	uint64_t offset;
	const uint8_t *bytes; /* lives for the call */
	size_t len;
};
typedef void memdisk_watch(void *context, const struct memdisk_op *op);

/* All allocation failures end the test program. */
struct memdisk *memdisk_new(void);
void memdisk_free(struct memdisk *disk);

/* Registers the VFS (as the default one, so that code under test finds it by itself) and puts it
 * on disk; NULL takes it away again. No file of the disk before may be open. */
void memdisk_use(struct memdisk *disk, bool make_default);

/* Puts the files below a folder ("/a/", with its slash) on a disk of their own while the VFS is in
 * use, so that several machines stand in one process; NULL takes it away again. */
void memdisk_mount(const char *folder, struct memdisk *disk);

/*
 * Cuts the power at the nth next operation (1: the very next; create, delete, write, truncate,
 * fsync): it does not happen, and everything until memdisk_power_on answers an I/O error.
 * memdisk_step counts and answers as one operation does, for what a machine does beside the VFS:
 * false when the power is off.
 */
void memdisk_cut_power(struct memdisk *disk, uint64_t nth);
void memdisk_power_on(struct memdisk *disk);
bool memdisk_step(struct memdisk *disk);
bool memdisk_is_off(const struct memdisk *disk);

/* SQLite's own time and chance while the VFS is in use, so that a run can be repeated: Unix
 * milliseconds, and a byte. NULL: the system's. Before memdisk_use. */
void memdisk_set_world(int64_t (*now_ms)(void), uint8_t (*chance)(void));

/* Calls each for every file there is. */
void memdisk_each(struct memdisk *disk,
    void (*each)(void *context, const char *path, const uint8_t *bytes, size_t size),
    void *context);

void memdisk_set_watch(struct memdisk *disk, memdisk_watch *watch, void *context);
/* Bytes all files together may have; 0: no limit. Beyond it a write answers "disk full". */
void memdisk_set_quota(struct memdisk *disk, uint64_t bytes);
/* The nth next fsync (1: the very next) and, when forever, each after it answers an I/O error. */
void memdisk_fail_sync(struct memdisk *disk, unsigned nth, bool forever);
/* As a file system that can't share memory between processes. */
void memdisk_forbid_sharing(struct memdisk *disk);
uint64_t memdisk_syncs(const struct memdisk *disk);
uint64_t memdisk_used(struct memdisk *disk);

/* The bytes of a file, NULL when there is none of that name; valid until it is written. */
const uint8_t *memdisk_bytes(struct memdisk *disk, const char *path, size_t *ret_size);
/* Puts a file there, in place of one of that name; the bytes now belong to the disk (malloc). */
void memdisk_put(struct memdisk *disk, const char *path, uint8_t *bytes, size_t size);

#endif

#ifndef GATE_MARK_H
#define GATE_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/checkpoint.h"

/*
 * The mark: DIR/epoch.mark, beside the store, mode 0600:
 *
 *	pressgate-mark/v1
 *	inode <20 digits: the file's own inode number>
 *	born <20 digits: nanoseconds since 1970; 0 where the file system does not say>
 *	<the newest signed checkpoint>
 *
 * padded with LF to its fixed size. It is written after each commit without a sync, so it is never
 * ahead of the store, unless the store went back: an older copy was put in its place. A copied or
 * restored folder gives the mark another inode number, or, when a freed number is given out again,
 * another time of birth, which nothing can set: that shows it too.
 */

enum { MARK_SIZE = 2048 };

enum mark_state {
	MARK_GOOD = 0,
	MARK_ABSENT = 1,
	MARK_MOVED = 2,	  /* another file than it says: the folder was copied */
	MARK_DAMAGED = 3, /* not a mark */
	MARK_FAILED = -1, /* errno says why */
};

/* mark_open: reads the mark at path. MARK_GOOD and MARK_MOVED fill ret_checkpoint (NUL-terminated
 * signed note); MARK_GOOD also *ret_fd, open for mark_write. */
int mark_open(const char *path, char ret_checkpoint[static CHECKPOINT_SIGNED_MAX + 1], int *ret_fd)
    __attribute__((warn_unused_result));

/* mark_make: a new mark in the place of whatever is there, synced. Returns the descriptor or
 * MARK_FAILED. */
int mark_make(const char *path, const char *checkpoint) __attribute__((warn_unused_result));

/* mark_write: the newest checkpoint. A failure only makes the mark lag. */
void mark_write(int fd, const char *checkpoint);

#endif

/*
 * journal_mark: a file beside the store that says how far the registrar's own log had come, so that
 * a store or a folder put back from a backup is noticed and never tells its story a second time.
 *
 * It also names its own inode and time of birth: a copied mark is another file. It may lag behind
 * the store, by one commit while the registrar runs, and never runs ahead of it.
 */
#ifndef REGISTRAR_JOURNAL_MARK_H
#define REGISTRAR_JOURNAL_MARK_H

#include <stdbool.h>
#include <stdint.h>

struct journal_mark {
	int64_t epoch;
	uint64_t size;
};

/* Whether path is a whole mark that was never copied; *ret_mark is then what it says. What can
 * still be read of another one is in *ret_mark too, else it is zero. */
bool journal_mark_read(const char *path, struct journal_mark *ret_mark)
    __attribute__((warn_unused_result));

/* Puts a new mark in path's place, durably. Returns its descriptor, which the caller closes, or
 * -1. */
int journal_mark_make(const char *path, const struct journal_mark *mark)
    __attribute__((warn_unused_result));

/* Writes it anew in place, in one piece; it lags when that fails. fd -1: nothing. */
void journal_mark_write(int fd, const struct journal_mark *mark);

#endif

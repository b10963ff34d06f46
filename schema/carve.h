/*
 * carve.h: what can still be read of a damaged database file: each record of each leaf page, of
 * the file and of its WAL, without trusting anything that leads there (the first page, inner
 * pages, the WAL's index). Older versions of a page are read as well, so a record may come more
 * than once, in the order of the files; nothing tells which one was committed. The caller proves
 * what it takes.
 *
 * Reads the format that https://www.sqlite.org/fileformat2.html draws: b-tree pages, varints,
 * serial types, overflow chains, WAL frames.
 */
#ifndef PRESSGATE_SCHEMA_CARVE_H
#define PRESSGATE_SCHEMA_CARVE_H

#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

enum {
	CARVE_COLUMNS_MAX = 32,
	CARVE_RECORD_MAX = 32768, /* longer records are passed over */
};

/* A record: its columns as stored (of a WITHOUT ROWID table the key's come first), and its rowid,
 * 0 where there is none. A real number comes as NULL. Values live until the visit returns; any
 * other value than 0 ends the reading. */
typedef int carve_visit(
    void *context, int64_t rowid, const struct store_value *values, size_t n_values);

/*
 * carve_file: visits the records of the database at path and of path-wal. The store must be
 * closed: closing the file drops the locks of this process on it. What the disk can't read is
 * passed over. Returns 0, what visit returned, STORE_NOT_FOUND (no such file), STORE_DENIED,
 * STORE_IO or STORE_NO_MEMORY.
 */
int carve_file(const char *path, carve_visit *visit, void *context)
    __attribute__((warn_unused_result));

#endif

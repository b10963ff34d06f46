#ifndef BADGES_TILE_FILE_H
#define BADGES_TILE_FILE_H

#include <stddef.h>
#include <stdint.h>

/* The files of a log's folder, read whole and written whole. Codes are those of tiles.h. */

enum { TILE_FILE_NONE = 1 }; /* there is no such file */

/*
 * tile_file_read: folder/path as bytes, with a NUL behind them, to be freed by the caller. Returns
 * 0; TILE_FILE_NONE; TILES_UNEXPECTED when it is no regular file or is larger than any tile;
 * TILES_BAD_PATH, TILES_MEMORY or TILES_IO (errno).
 */
int tile_file_read(const char *folder, const char *path, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

/*
 * tile_file_write: writes folder/path through folder/unfinished: write, sync, rename; makes the
 * folders on the way. Replaces what is there. Returns 0, TILES_BAD_PATH or TILES_IO (errno).
 */
int tile_file_write(const char *folder, const char *path, const void *bytes, size_t len)
    __attribute__((warn_unused_result));

/* tile_file_remove: removes folder/path; 0 also when it was not there. Returns as above. */
int tile_file_remove(const char *folder, const char *path) __attribute__((warn_unused_result));

#endif

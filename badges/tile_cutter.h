#ifndef BADGES_TILE_CUTTER_H
#define BADGES_TILE_CUTTER_H

#include <stddef.h>
#include <stdint.h>

#include "badges/tiles.h"
#include "badges/tree.h"

/*
 * Cuts a log into tiles: entries go in, in order; every entry bundle and hash tile comes out once,
 * full ones as soon as they are full, the partial ones at the end. Writing and verifying a folder
 * differ only in what they do with a tile, so the tiling rules stand here alone.
 */

enum { TILE_LEVELS = 8, TILE_BUNDLE = -1 };

/* A finished tile (level 0..7) or entry bundle (TILE_BUNDLE). Returns 0, or a code that stops. */
typedef int tile_take(
    void *context, int level, uint64_t number, unsigned width, const uint8_t *bytes, size_t len);

struct tile_level {
	uint64_t number; /* of the tile being filled */
	unsigned width;	 /* hashes in it so far */
	uint8_t hash[TILES_WIDTH][TREE_HASH];
};

struct tile_cutter {
	struct tree tree; /* its size counts the entries */
	tile_take *take;
	void *context;
	struct tile_level level[TILE_LEVELS];
	size_t bundle_len;
	uint8_t bundle[TILES_WIDTH * (2 + UINT16_MAX)];
};

/* tile_cutter_new: an empty cutter, to be freed with tile_cutter_free(). NULL without memory. */
struct tile_cutter *tile_cutter_new(tile_take *take, void *context);

/* tile_cutter_free: quiet about NULL. */
void tile_cutter_free(struct tile_cutter *cutter);

/*
 * tile_cutter_add: the next entry, at most UINT16_MAX bytes. Returns 0, TILES_BAD_ENTRY (too long,
 * or the log is full), or what take returned.
 */
int tile_cutter_add(struct tile_cutter *cutter, const char *text, size_t len)
    __attribute__((warn_unused_result));

/* tile_cutter_finish: gives out the partial tiles. Returns 0 or what take returned. */
int tile_cutter_finish(struct tile_cutter *cutter) __attribute__((warn_unused_result));

#endif

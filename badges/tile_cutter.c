#include "badges/tile_cutter.h"

#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"

struct tile_cutter *tile_cutter_new(tile_take *take, void *context)
{
	struct tile_cutter *cutter = calloc(1, sizeof(*cutter));

	if (cutter == NULL)
		return NULL;
	tree_init(&cutter->tree);
	cutter->take = take;
	cutter->context = context;
	return cutter;
}

void tile_cutter_free(struct tile_cutter *cutter)
{
	free(cutter);
}

static int give_tile(struct tile_cutter *cutter, int level)
{
	const struct tile_level *tile = &cutter->level[level];

	return cutter->take(cutter->context, level, tile->number, tile->width, tile->hash[0],
	    (size_t)tile->width * TREE_HASH);
}

static int give_bundle(struct tile_cutter *cutter)
{
	const struct tile_level *tile = &cutter->level[0];

	return cutter->take(cutter->context, TILE_BUNDLE, tile->number, tile->width, cutter->bundle,
	    cutter->bundle_len);
}

/* The root over the 256 hashes of a full tile. */
static void full_root(const struct tile_level *tile, uint8_t ret_root[static TREE_HASH])
{
	uint8_t hash[TILES_WIDTH / 2][TREE_HASH];

	for (size_t i = 0; i < TILES_WIDTH / 2; i++)
		tree_node(tile->hash[2 * i], tile->hash[2 * i + 1], hash[i]);
	for (unsigned width = TILES_WIDTH / 4; width > 0; width /= 2) {
		for (size_t i = 0; i < width; i++)
			tree_node(hash[2 * i], hash[2 * i + 1], hash[i]);
	}
	memcpy(ret_root, hash[0], TREE_HASH);
}

/* Gives out a full tile and moves its root up; again where that filled the tile above. */
static int carry(struct tile_cutter *cutter)
{
	for (int level = 0; level + 1 < TILE_LEVELS; level++) {
		struct tile_level *tile = &cutter->level[level], *above = tile + 1;
		int error;

		if (tile->width < TILES_WIDTH)
			break;
		error = give_tile(cutter, level);
		if (error != 0)
			return error;
		full_root(tile, above->hash[above->width++]);
		tile->number++;
		tile->width = 0;
	}
	return 0;
}

int tile_cutter_add(struct tile_cutter *cutter, const char *text, size_t len)
{
	struct tile_level *tile = &cutter->level[0];
	uint8_t *leaf = tile->hash[tile->width];
	int error;

	if (len > UINT16_MAX)
		return TILES_BAD_ENTRY;
	tree_leaf(text, len, leaf);
	if (tree_append(&cutter->tree, leaf) < 0)
		return TILES_BAD_ENTRY;
	bytes_put_u16(cutter->bundle + cutter->bundle_len, (uint16_t)len);
	memcpy(cutter->bundle + cutter->bundle_len + 2, text, len);
	cutter->bundle_len += 2 + len;
	tile->width++;
	if (tile->width < TILES_WIDTH)
		return 0;
	error = give_bundle(cutter);
	if (error != 0)
		return error;
	cutter->bundle_len = 0;
	return carry(cutter);
}

int tile_cutter_finish(struct tile_cutter *cutter)
{
	int error = cutter->level[0].width > 0 ? give_bundle(cutter) : 0;

	for (int level = 0; error == 0 && level < TILE_LEVELS; level++) {
		if (cutter->level[level].width > 0)
			error = give_tile(cutter, level);
	}
	return error;
}

#include "badges/tiles.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "badges/tile_cutter.h"
#include "badges/tile_file.h"

struct export
{
	const struct tiles_source *source;
	struct tiles_fault *fault;
	char folder[TILES_PATH_MAX];
	struct checkpoint head;
	char text[CHECKPOINT_TEXT_MAX + 1]; /* the checkpoint with its cosignatures */
	size_t text_len;
};

static int fail(struct export *export, const char *path, int error)
{
	snprintf(export->fault->path, sizeof(export->fault->path), "%s", path);
	export->fault->system = error == TILES_IO ? errno : 0;
	return error;
}

/* The checkpoint to be written and its cosignature, verified. */
static int prepare_head(struct export *export)
{
	const struct tiles_source *source = export->source;
	const char *lines = source->cosignatures == NULL ? "" : source->cosignatures;
	size_t len = strlen(source->checkpoint);
	int64_t time;
	int error;

	error = checkpoint_verify(source->checkpoint, len, source->key, &export->head);
	if (error < 0)
		return fail(export, "checkpoint",
		    error == NOTE_NOT_SIGNED || error == NOTE_BAD_SIGNATURE ? TILES_BAD_SIGNATURE
									    : TILES_BAD_CHECKPOINT);
	if ((source->cosignatures == NULL) != (source->witness == NULL))
		return fail(export, "witness-vkey", TILES_BAD_COSIGNATURE);
	if (checkpoint_join(source->checkpoint, len, lines, strlen(lines), export->text,
		sizeof(export->text), &export->text_len) < 0)
		return fail(export, "checkpoint", TILES_BAD_COSIGNATURE);
	if (source->witness != NULL && checkpoint_check_cosignature(export->text, export->text_len,
					   source->witness, &time) < 0)
		return fail(export, "checkpoint", TILES_BAD_COSIGNATURE);
	return 0;
}

/* The checkpoint that the folder already holds; size 0 of the empty log when it holds none. */
static int read_older(struct export *export, struct checkpoint *ret_older)
{
	uint8_t *bytes = NULL;
	struct tree empty;
	size_t len;
	int error;

	error = tile_file_read(export->folder, "checkpoint", &bytes, &len);
	if (error < 0)
		return fail(export, "checkpoint", error);
	if (error == TILE_FILE_NONE) {
		tree_init(&empty);
		*ret_older = (struct checkpoint){0};
		tree_root(&empty, ret_older->root);
		return 0;
	}
	error = checkpoint_verify((const char *)bytes, len, export->source->key, ret_older);
	free(bytes);
	if (error < 0 || ret_older->size > export->head.size)
		return fail(export, "checkpoint", TILES_CONFLICT);
	return 0;
}

static int read_entry(struct export *export, uint64_t index, const char **ret_text, size_t *ret_len)
{
	export->fault->index = index;
	if (export->source->read(export->source->context, index, ret_text, ret_len) != 0)
		return fail(export, "", TILES_NO_ENTRY);
	return 0;
}

static bool tree_is(const struct tree *tree, const struct checkpoint *checkpoint)
{
	uint8_t root[TREE_HASH];

	tree_root(tree, root);
	return sodium_memcmp(root, checkpoint->root, TREE_HASH) == 0;
}

/* First run through the entries: are they what the checkpoint says, and what the older one said? */
static int check_root(struct export *export, const struct checkpoint *older)
{
	struct tree tree;
	uint8_t leaf[TREE_HASH];

	tree_init(&tree);
	while (true) {
		const char *text;
		size_t len;
		int error;

		if (tree.size == older->size && !tree_is(&tree, older))
			return fail(export, "checkpoint", TILES_CONFLICT);
		if (tree.size == export->head.size)
			break;
		error = read_entry(export, tree.size, &text, &len);
		if (error < 0)
			return error;
		tree_leaf(text, len, leaf);
		if (tree_append(&tree, leaf) < 0)
			return fail(export, "", TILES_BAD_ENTRY);
	}
	return tree_is(&tree, &export->head) ? 0 : fail(export, "checkpoint", TILES_WRONG_ROOT);
}

/* Writes a file that never changes once it is there. */
static int put(struct export *export, const char *path, const uint8_t *bytes, size_t len)
{
	uint8_t *there = NULL;
	size_t there_len;
	int error;

	error = tile_file_read(export->folder, path, &there, &there_len);
	if (error == TILE_FILE_NONE)
		error = tile_file_write(export->folder, path, bytes, len);
	else if (error == 0 && (there_len != len || memcmp(there, bytes, len) != 0))
		error = TILES_CONFLICT;
	free(there);
	return error < 0 ? fail(export, path, error) : 0;
}

static int put_tile(
    void *context, int level, uint64_t number, unsigned width, const uint8_t *bytes, size_t len)
{
	char path[TILES_PATH_MAX];

	tiles_path(level, number, width, path);
	return put(context, path, bytes, len);
}

/* Second run: the tiles. */
static int write_tiles(struct export *export)
{
	struct tile_cutter *cutter = tile_cutter_new(put_tile, export);
	int error = 0;

	if (cutter == NULL)
		return fail(export, "", TILES_MEMORY);
	while (error == 0 && cutter->tree.size < export->head.size) {
		const char *text;
		size_t len;

		error = read_entry(export, cutter->tree.size, &text, &len);
		if (error == 0 && len > UINT16_MAX)
			error = fail(export, "", TILES_BAD_ENTRY);
		if (error == 0)
			error = tile_cutter_add(cutter, text, len);
	}
	if (error == 0)
		error = tile_cutter_finish(cutter);
	/* A reader that gives other entries the second time must not get a checkpoint. */
	if (error == 0 && !tree_is(&cutter->tree, &export->head))
		error = fail(export, "checkpoint", TILES_WRONG_ROOT);
	tile_cutter_free(cutter);
	return error;
}

static int put_vkey(struct export *export, const char *path, const struct note_key *key)
{
	char text[NOTE_VKEY_MAX + 2];
	size_t len;

	note_vkey_format(key, text);
	len = strlen(text);
	text[len++] = '\n';
	return put(export, path, (const uint8_t *)text, len);
}

/* The head comes last. Between old and new witness there is a moment without one, never one with
 * a wrong one. */
static int write_head(struct export *export)
{
	const struct note_key *witness = export->source->witness;
	int error;

	error = put_vkey(export, "vkey", export->source->key);
	if (error < 0)
		return error;
	error = tile_file_remove(export->folder, "witness-vkey");
	if (error < 0)
		return fail(export, "witness-vkey", error);
	error = tile_file_write(export->folder, "checkpoint", export->text, export->text_len);
	if (error < 0)
		return fail(export, "checkpoint", error);
	return witness == NULL ? 0 : put_vkey(export, "witness-vkey", witness);
}

int tiles_write(const char *base, const struct tiles_source *source, struct tiles_fault *ret_fault)
{
	struct tiles_fault own = {0};
	struct export export = {.source = source, .fault = ret_fault == NULL ? &own : ret_fault};
	struct checkpoint older;
	int error;

	memset(export.fault, 0, sizeof(*export.fault));
	error = prepare_head(&export);
	if (error == 0 && tiles_folder(base, export.head.origin, export.folder) < 0)
		error = fail(&export, "", TILES_BAD_PATH);
	if (error == 0)
		error = read_older(&export, &older);
	if (error == 0)
		error = check_root(&export, &older);
	if (error == 0)
		error = write_tiles(&export);
	if (error == 0)
		error = write_head(&export);
	return error;
}

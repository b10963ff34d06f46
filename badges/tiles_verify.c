#include "badges/tiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "badges/decimal.h"
#include "badges/entry.h"
#include "badges/tile_cutter.h"
#include "badges/tile_file.h"

enum { DEPTH_MAX = 12 }; /* tile/<level>/ and seven groups, with room */

struct check {
	const char *folder;
	struct tiles_fault *fault;
	struct note_key key;
	struct checkpoint head;
};

static int fail(struct check *check, const char *path, int error)
{
	snprintf(check->fault->path, sizeof(check->fault->path), "%s", path);
	check->fault->system = error == TILES_IO ? errno : 0;
	return error;
}

/* Reads a file that must be there; missing is the code for that. */
static int need(
    struct check *check, const char *path, int missing, uint8_t **ret_bytes, size_t *ret_len)
{
	int error = tile_file_read(check->folder, path, ret_bytes, ret_len);

	if (error == TILE_FILE_NONE)
		error = missing;
	return error < 0 ? fail(check, path, error) : 0;
}

static int check_vkey(struct check *check, const char *trusted)
{
	uint8_t *bytes = NULL;
	char again[NOTE_VKEY_MAX + 1];
	size_t len, trusted_len;
	int error;

	error = need(check, "vkey", TILES_BAD_VKEY, &bytes, &len);
	if (error < 0)
		return error;
	if (note_vkey_parse((const char *)bytes, len, &check->key) < 0 ||
	    check->key.type != NOTE_ED25519 || bytes[len - 1] != '\n')
		error = fail(check, "vkey", TILES_BAD_VKEY);
	free(bytes);
	if (error < 0 || trusted == NULL)
		return error;
	note_vkey_format(&check->key, again);
	trusted_len = strcspn(trusted, "\n");
	if (strlen(again) != trusted_len || memcmp(again, trusted, trusted_len) != 0)
		error = fail(check, "vkey", TILES_WRONG_VKEY);
	return error;
}

/* The witness's signature, where the folder names a witness. */
static int check_witness(struct check *check, const char *text, size_t len)
{
	struct note_key witness;
	uint8_t *bytes = NULL;
	size_t vkey_len;
	int64_t time;
	int error;

	error = tile_file_read(check->folder, "witness-vkey", &bytes, &vkey_len);
	if (error == TILE_FILE_NONE)
		return 0;
	if (error < 0)
		return fail(check, "witness-vkey", error);
	if (note_vkey_parse((const char *)bytes, vkey_len, &witness) < 0 ||
	    witness.type != NOTE_COSIGNATURE || bytes[vkey_len - 1] != '\n')
		error = fail(check, "witness-vkey", TILES_BAD_VKEY);
	else if (checkpoint_check_cosignature(text, len, &witness, &time) < 0)
		error = fail(check, "checkpoint", TILES_BAD_COSIGNATURE);
	free(bytes);
	return error;
}

static int check_head(struct check *check)
{
	uint8_t *bytes = NULL;
	size_t len;
	int error;

	error = need(check, "checkpoint", TILES_BAD_CHECKPOINT, &bytes, &len);
	if (error < 0)
		return error;
	error = checkpoint_verify((const char *)bytes, len, &check->key, &check->head);
	if (error == NOTE_NOT_SIGNED || error == NOTE_BAD_SIGNATURE)
		error = fail(check, "checkpoint", TILES_BAD_SIGNATURE);
	else if (error < 0)
		error = fail(check, "checkpoint", TILES_BAD_CHECKPOINT);
	else
		error = check_witness(check, (const char *)bytes, len);
	free(bytes);
	return error;
}

/* Called with every tile as it must be. */
static int compare_tile(
    void *context, int level, uint64_t number, unsigned width, const uint8_t *bytes, size_t len)
{
	struct check *check = context;
	char path[TILES_PATH_MAX];
	uint8_t *there = NULL;
	size_t there_len, same = 0;
	int error;

	if (level == TILE_BUNDLE)
		return 0; /* it was read from the folder a moment ago */
	tiles_path(level, number, width, path);
	error = need(check, path, TILES_BAD_TILE, &there, &there_len);
	if (error < 0)
		return error;
	while (same < len && same < there_len && there[same] == bytes[same])
		same++;
	if (same < len || there_len != len) {
		check->fault->index = number * TILES_WIDTH + same / TREE_HASH;
		error = fail(check, path, TILES_BAD_TILE);
	}
	free(there);
	return error;
}

/* Takes the next entry of a bundle; at_end is its remainder. */
static bool take_entry(struct bytes_cursor *bundle, const char **ret_text, size_t *ret_len)
{
	const uint8_t *head = bytes_take(bundle, 2), *text;

	if (head == NULL)
		return false;
	*ret_len = bytes_get_u16(head);
	text = bytes_take(bundle, *ret_len);
	*ret_text = (const char *)text;
	return text != NULL;
}

/* Feeds the entries of one bundle to the cutter. */
static int check_bundle(struct check *check, struct tile_cutter *cutter, const char *path,
    struct bytes_cursor bundle, unsigned width)
{
	for (unsigned i = 0; i < width; i++) {
		uint64_t index = cutter->tree.size;
		struct entry entry;
		const char *text;
		size_t len;
		int error;

		check->fault->index = index;
		if (!take_entry(&bundle, &text, &len))
			return fail(check, path, TILES_BAD_BUNDLE);
		if (entry_parse(text, len, &entry) < 0 || entry.seq != index)
			return fail(check, path, TILES_BAD_ENTRY);
		error = tile_cutter_add(cutter, text, len);
		if (error < 0)
			return error;
	}
	return bytes_left(&bundle) == 0 ? 0 : fail(check, path, TILES_BAD_BUNDLE);
}

/* How wide a tile of the log is: 256, less for the last of its level, 0 when there is none. */
static unsigned width_of(uint64_t size, int level, uint64_t number)
{
	uint64_t count = level <= 0 ? size : size >> 8 * level;

	if (number < count / TILES_WIDTH)
		return TILES_WIDTH;
	return number == count / TILES_WIDTH ? (unsigned)(count % TILES_WIDTH) : 0;
}

static int check_entries(struct check *check)
{
	struct tile_cutter *cutter = tile_cutter_new(compare_tile, check);
	uint8_t root[TREE_HASH];
	int error = 0;

	if (cutter == NULL)
		return fail(check, "", TILES_MEMORY);
	for (uint64_t number = 0; error == 0; number++) {
		unsigned width = width_of(check->head.size, TILE_BUNDLE, number);
		char path[TILES_PATH_MAX];
		uint8_t *bytes = NULL;
		size_t len;

		if (width == 0)
			break;
		tiles_path(TILE_BUNDLE, number, width, path);
		error = need(check, path, TILES_BAD_BUNDLE, &bytes, &len);
		if (error == 0)
			error = check_bundle(check, cutter, path, bytes_cursor(bytes, len), width);
		free(bytes);
	}
	if (error == 0)
		error = tile_cutter_finish(cutter);
	if (error == 0) {
		tree_root(&cutter->tree, root);
		if (sodium_memcmp(root, check->head.root, TREE_HASH) != 0)
			error = fail(check, "checkpoint", TILES_WRONG_ROOT);
	}
	tile_cutter_free(cutter);
	return error;
}

/* The tile a path names, if it is one written as tiles_path() does. */
static bool parse_path(const char *path, int *ret_level, uint64_t *ret_number, unsigned *ret_width)
{
	static const char top[] = "tile/";
	uint64_t level = 0, number = 0, width = TILES_WIDTH;
	char again[TILES_PATH_MAX];
	const char *at = path + sizeof(top) - 1, *end;
	bool bundle;

	if (strncmp(path, top, sizeof(top) - 1) != 0 || (end = strchr(at, '/')) == NULL)
		return false;
	bundle = strncmp(at, "entries/", 8) == 0;
	if (!bundle && (!decimal_read(at, (size_t)(end - at), &level) || level >= TILE_LEVELS))
		return false;
	for (at = end + 1; *at != '\0' && *at != '.'; at++) {
		if (*at >= '0' && *at <= '9' && number < UINT64_MAX / 16)
			number = number * 10 + (uint64_t)(*at - '0');
	}
	if (strncmp(at, ".p/", 3) == 0 && !decimal_read(at + 3, strlen(at + 3), &width))
		return false;
	if (width == 0 || width > TILES_WIDTH)
		return false;
	*ret_level = bundle ? TILE_BUNDLE : (int)level;
	*ret_number = number;
	*ret_width = (unsigned)width;
	/* Digits were read loosely above; only the one right way to write it comes out the same. */
	tiles_path(*ret_level, number, *ret_width, again);
	return strcmp(again, path) == 0;
}

/* How many bytes the first width entries of a bundle take; 0 when it holds fewer. */
static size_t bundle_prefix(const uint8_t *bytes, size_t len, unsigned width)
{
	struct bytes_cursor bundle = bytes_cursor(bytes, len);

	for (unsigned i = 0; i < width; i++) {
		const char *text;
		size_t text_len;

		if (!take_entry(&bundle, &text, &text_len))
			return 0;
	}
	return len - bytes_left(&bundle);
}

/* An earlier export's partial tile: it must be how the wider one begins. */
static int check_narrower(
    struct check *check, const char *path, int level, uint64_t number, unsigned width, unsigned now)
{
	int damage = level == TILE_BUNDLE ? TILES_BAD_BUNDLE : TILES_BAD_TILE;
	uint8_t *old_bytes = NULL, *new_bytes = NULL;
	size_t old_len, new_len, prefix;
	char wider[TILES_PATH_MAX];
	int error;

	tiles_path(level, number, now, wider);
	error = need(check, path, damage, &old_bytes, &old_len);
	if (error == 0)
		error = need(check, wider, damage, &new_bytes, &new_len);
	if (error == 0) {
		prefix = level == TILE_BUNDLE ? bundle_prefix(new_bytes, new_len, width)
					      : (size_t)width * TREE_HASH;
		if (old_len != prefix || memcmp(old_bytes, new_bytes, prefix) != 0)
			error = fail(check, path, damage);
	}
	free(old_bytes);
	free(new_bytes);
	return error;
}

static int check_file(struct check *check, const char *path)
{
	unsigned width, now;
	uint64_t number;
	int level;

	if (strcmp(path, "checkpoint") == 0 || strcmp(path, "vkey") == 0 ||
	    strcmp(path, "witness-vkey") == 0)
		return 0;
	if (!parse_path(path, &level, &number, &width))
		return fail(check, path, TILES_UNEXPECTED);
	now = width_of(check->head.size, level, number);
	if (width > now)
		return fail(check, path, TILES_UNEXPECTED);
	return width == now ? 0 : check_narrower(check, path, level, number, width, now);
}

static int check_folder(struct check *check, const char *path, int depth);

static int check_name(struct check *check, const char *path, const char *name, int depth)
{
	char inner[TILES_PATH_MAX], full[TILES_PATH_MAX];
	struct stat status;
	int len;

	len = path[0] == '\0' ? snprintf(inner, sizeof(inner), "%s", name)
			      : snprintf(inner, sizeof(inner), "%s/%s", path, name);
	if (len < 0 || len >= TILES_PATH_MAX)
		return fail(check, path, TILES_BAD_PATH);
	len = snprintf(full, sizeof(full), "%s/%s", check->folder, inner);
	if (len < 0 || len >= TILES_PATH_MAX)
		return fail(check, path, TILES_BAD_PATH);
	if (lstat(full, &status) < 0)
		return fail(check, inner, TILES_IO);
	if (S_ISREG(status.st_mode))
		return check_file(check, inner);
	if (S_ISDIR(status.st_mode) && depth < DEPTH_MAX)
		return check_folder(check, inner, depth + 1);
	return fail(check, inner, TILES_UNEXPECTED);
}

/* Looks for files that nothing above has read. path is "" for the log's folder. */
static int check_folder(struct check *check, const char *path, int depth)
{
	char full[TILES_PATH_MAX];
	int len = snprintf(full, sizeof(full), "%s/%s", check->folder, path);
	int error = 0;
	DIR *folder;

	if (len < 0 || len >= TILES_PATH_MAX)
		return fail(check, path, TILES_BAD_PATH);
	folder = opendir(full);
	if (folder == NULL)
		return fail(check, path, TILES_IO);
	while (error == 0) {
		const struct dirent *name;

		errno = 0;
		name = readdir(folder);
		if (name == NULL && errno != 0)
			error = fail(check, path, TILES_IO);
		if (name == NULL)
			break;
		if (strcmp(name->d_name, ".") != 0 && strcmp(name->d_name, "..") != 0)
			error = check_name(check, path, name->d_name, depth);
	}
	closedir(folder);
	return error;
}

int tiles_verify(const char *folder, const char *vkey, struct checkpoint *ret_checkpoint,
    struct tiles_fault *ret_fault)
{
	struct tiles_fault own = {0};
	struct check check = {.folder = folder, .fault = ret_fault == NULL ? &own : ret_fault};
	int error;

	memset(check.fault, 0, sizeof(*check.fault));
	error = check_vkey(&check, vkey);
	if (error == 0)
		error = check_head(&check);
	if (error == 0)
		error = check_entries(&check);
	if (error == 0)
		error = check_folder(&check, "", 0);
	if (error == 0 && ret_checkpoint != NULL)
		*ret_checkpoint = check.head;
	return error;
}

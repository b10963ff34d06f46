#include "badges/tiles.h"

#include <stdio.h>
#include <string.h>

const char *tiles_error_word(int code)
{
	static const struct {
		int code;
		const char *word;
	} words[] = {
	    {TILES_BAD_PATH, "bad-path"},
	    {TILES_IO, "io"},
	    {TILES_MEMORY, "memory"},
	    {TILES_BAD_VKEY, "bad-vkey"},
	    {TILES_WRONG_VKEY, "wrong-vkey"},
	    {TILES_BAD_CHECKPOINT, "bad-checkpoint"},
	    {TILES_BAD_SIGNATURE, "bad-signature"},
	    {TILES_BAD_COSIGNATURE, "bad-cosignature"},
	    {TILES_BAD_ENTRY, "bad-entry"},
	    {TILES_BAD_BUNDLE, "bad-bundle"},
	    {TILES_BAD_TILE, "bad-tile"},
	    {TILES_WRONG_ROOT, "wrong-root"},
	    {TILES_UNEXPECTED, "unexpected-file"},
	    {TILES_CONFLICT, "conflict"},
	    {TILES_NO_ENTRY, "no-entry"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].code == code)
			return words[i].word;
	}
	return "unknown";
}

size_t tiles_path(int level, uint64_t number, unsigned width, char ret_path[static TILES_PATH_MAX])
{
	unsigned group[7]; /* of three digits each, the last first: 2^64 has 20 digits */
	size_t count = 0, len;

	do {
		group[count++] = (unsigned)(number % 1000);
		number /= 1000;
	} while (number > 0);
	len = level < 0 ? (size_t)snprintf(ret_path, TILES_PATH_MAX, "tile/entries")
			: (size_t)snprintf(ret_path, TILES_PATH_MAX, "tile/%d", level);
	while (count-- > 0)
		len += (size_t)snprintf(ret_path + len, TILES_PATH_MAX - len,
		    count > 0 ? "/x%03u" : "/%03u", group[count]);
	if (width < TILES_WIDTH)
		len += (size_t)snprintf(ret_path + len, TILES_PATH_MAX - len, ".p/%u", width);
	return len;
}

int tiles_folder(const char *base, const char *origin, char ret_path[static TILES_PATH_MAX])
{
	static const char middle[] = "/presslog/";
	const char *device = strstr(origin, middle), *epoch;
	int len;

	if (device == NULL || device == origin)
		return TILES_BAD_PATH;
	device += sizeof(middle) - 1;
	epoch = strchr(device, '/');
	/* A part that begins with a dot could lead out of base. */
	if (epoch == NULL || epoch == device || device[0] == '.' || epoch[1] == '.' ||
	    epoch[1] == '\0' || strchr(epoch + 1, '/') != NULL)
		return TILES_BAD_PATH;
	len = snprintf(ret_path, TILES_PATH_MAX, "%s/%s", base, device);
	return len < 0 || len >= TILES_PATH_MAX ? TILES_BAD_PATH : 0;
}

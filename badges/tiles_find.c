#include "badges/tiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 2 }; /* DIR/<device>/<epoch> */

static bool is_log(const char *path)
{
	char checkpoint[TILES_PATH_MAX];
	struct stat st;

	return snprintf(checkpoint, sizeof(checkpoint), "%s/checkpoint", path) <
		   (int)sizeof(checkpoint) &&
	       stat(checkpoint, &st) == 0;
}

static int below(const char *path, int depth, tiles_found *found, void *context);

static int enter(const char *path, const char *name, int depth, tiles_found *found, void *context)
{
	char inner[TILES_PATH_MAX];
	struct stat st;

	if (name[0] == '.')
		return 0;
	if (snprintf(inner, sizeof(inner), "%s/%s", path, name) >= (int)sizeof(inner))
		return TILES_BAD_PATH;
	if (stat(inner, &st) != 0 || !S_ISDIR(st.st_mode))
		return 0;
	return below(inner, depth + 1, found, context);
}

static int below(const char *path, int depth, tiles_found *found, void *context)
{
	struct dirent **names = NULL;
	int n, r = 0;

	if (is_log(path))
		return found(context, path);
	if (depth == DEPTH_MAX)
		return 0;
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return TILES_IO;
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = enter(path, names[i]->d_name, depth, found, context);
		free(names[i]);
	}
	free(names);
	return r;
}

int tiles_find(const char *folder, tiles_found *found, void *context)
{
	return below(folder, 0, found, context);
}

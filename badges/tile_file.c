#include "badges/tile_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "badges/tiles.h"

/* No bundle is larger: 256 entries with lengths of 16 bits. */
enum { FILE_MAX = TILES_WIDTH * (2 + UINT16_MAX) };

static int join(const char *folder, const char *path, char ret_full[static TILES_PATH_MAX])
{
	int len = snprintf(ret_full, TILES_PATH_MAX, "%s/%s", folder, path);

	return len < 0 || len >= TILES_PATH_MAX ? TILES_BAD_PATH : 0;
}

/* Closes without losing the errno of what went wrong before. */
static void close_quietly(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

static bool read_all(int fd, uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t count = read(fd, bytes, len);

		if (count < 0 && errno == EINTR)
			continue;
		if (count == 0)
			errno = EIO; /* it became shorter under our hands */
		if (count <= 0)
			return false;
		bytes += count;
		len -= (size_t)count;
	}
	return true;
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t count = write(fd, bytes, len);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		bytes += count;
		len -= (size_t)count;
	}
	return true;
}

int tile_file_read(const char *folder, const char *path, uint8_t **ret_bytes, size_t *ret_len)
{
	char full[TILES_PATH_MAX];
	uint8_t *bytes = NULL;
	struct stat status;
	int fd = -1, error;

	error = join(folder, path, full);
	if (error < 0)
		return error;
	/* O_NONBLOCK: a named pipe in the folder must not hang the reader. */
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return TILE_FILE_NONE;
	if (fd < 0)
		return errno == ELOOP ? TILES_UNEXPECTED : TILES_IO;
	error = TILES_IO;
	if (fstat(fd, &status) < 0)
		goto done;
	error = TILES_UNEXPECTED;
	if (!S_ISREG(status.st_mode) || status.st_size > FILE_MAX)
		goto done;
	error = TILES_MEMORY;
	bytes = malloc((size_t)status.st_size + 1);
	if (bytes == NULL)
		goto done;
	error = TILES_IO;
	if (!read_all(fd, bytes, (size_t)status.st_size))
		goto done;
	bytes[status.st_size] = '\0';
	*ret_bytes = bytes;
	*ret_len = (size_t)status.st_size;
	bytes = NULL;
	error = 0;
done:
	free(bytes);
	close_quietly(fd);
	return error;
}

/* Makes every folder on the way to the file full. */
static int make_parents(char *full)
{
	for (char *slash = strchr(full + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		int made;

		*slash = '\0';
		made = mkdir(full, 0777);
		*slash = '/';
		if (made < 0 && errno != EEXIST)
			return TILES_IO;
	}
	return 0;
}

static int place(const char *from, char *to)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno != ENOENT || make_parents(to) < 0 || rename(from, to) < 0)
		return TILES_IO;
	return 0;
}

int tile_file_write(const char *folder, const char *path, const void *bytes, size_t len)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
	char full[TILES_PATH_MAX], unfinished[TILES_PATH_MAX];
	int fd = -1, error;

	if (join(folder, path, full) < 0 || join(folder, "unfinished", unfinished) < 0)
		return TILES_BAD_PATH;
	fd = open(unfinished, flags, 0666);
	if (fd < 0 && errno == ENOENT && make_parents(unfinished) == 0)
		fd = open(unfinished, flags, 0666);
	error = TILES_IO;
	if (fd < 0 || !write_all(fd, bytes, len) || fsync(fd) < 0)
		goto done;
	error = place(unfinished, full);
done:
	close_quietly(fd);
	return error;
}

int tile_file_remove(const char *folder, const char *path)
{
	char full[TILES_PATH_MAX];
	int error = join(folder, path, full);

	if (error < 0)
		return error;
	return unlink(full) < 0 && errno != ENOENT ? TILES_IO : 0;
}

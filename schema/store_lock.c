/* The database's file: making it, and owning it by a lock on PATH.lock beside it. */
#include "schema/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int from_errno(int number)
{
	switch (number) {
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP:
		return STORE_DENIED;
	case ENOENT:
	case ENOTDIR:
		return STORE_NOT_FOUND;
	case ENOSPC:
	case EDQUOT:
		return STORE_FULL;
	case EEXIST:
		return STORE_CONFLICT;
	case ENOMEM:
		return STORE_NO_MEMORY;
	default:
		return STORE_IO;
	}
}

bool store_on_disk(const char *vfs)
{
	sqlite3_vfs *found = sqlite3_vfs_find(vfs);
	return found && !strcmp(found->zName, "unix");
}

int store_make_file(const char *path)
{
	/* Not open(2): closing such a descriptor drops every lock this process has on the file. */
	if (mknod(path, S_IFREG | 0600, 0))
		return from_errno(errno);
	return 0;
}

void store_remove_file(const char *path)
{
	static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *name = sqlite3_mprintf("%s%s", path, ends[i]);
		if (name)
			unlink(name);
		sqlite3_free(name);
	}
}

int store_sync_folder(const char *path)
{
	int result = STORE_IO;
	char *copy = strdup(path);
	if (!copy)
		return STORE_NO_MEMORY;
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		if (!fsync(fd))
			result = 0;
		close(fd);
	}
	free(copy);
	return result;
}

/* The number the owner wrote, for the sentence; 0 when it can't be read. */
static long read_owner(int fd)
{
	char text[24] = {0};
	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return strtol(text, NULL, 10);
}

static void write_owner(int fd)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	/* Only words for people: the lock is what counts, so a full disk is no reason to stop. */
	if (!ftruncate(fd, 0) && pwrite(fd, text, (size_t)len, 0) != len)
		(void)!ftruncate(fd, 0);
}

static int take_lock(struct store *store, char *why, size_t why_size)
{
	char words[64] = "";
	size_t size = strlen(store->path) + sizeof(".lock");
	char *name = malloc(size);
	if (!name)
		return STORE_NO_MEMORY;
	snprintf(name, size, "%s.lock", store->path);
	int result = 0;
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0) {
		result = from_errno(errno);
		store_why(why, why_size, name, result, strerror(errno));
		goto done;
	}
	if (flock(fd, (store->options.read_only ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
		result = errno == EWOULDBLOCK ? STORE_LOCKED : from_errno(errno);
		if (result == STORE_LOCKED)
			snprintf(words, sizeof(words), "process %ld", read_owner(fd));
		store_why(why, why_size, store->path, result, words);
		close(fd);
		goto done;
	}
	if (!store->options.read_only)
		write_owner(fd);
	store->lock_fd = fd;
done:
	free(name);
	return result;
}

static int file_exists(struct store *store, bool *ret_exists)
{
	int exists = 0;
	sqlite3_vfs *vfs = sqlite3_vfs_find(store->vfs);
	if (!vfs) {
		store_detail_set(store, "no such VFS");
		return STORE_MISUSE;
	}
	if (vfs->xAccess(vfs, store->path, SQLITE_ACCESS_EXISTS, &exists))
		return STORE_IO;
	/* SQLite takes an empty file for none at all. */
	struct stat status;
	if (!exists && store_on_disk(store->vfs))
		exists = !stat(store->path, &status);
	*ret_exists = exists;
	return 0;
}

int store_lock_take(struct store *store, bool *ret_made, char *why, size_t why_size)
{
	bool exists = false;
	bool on_disk = store_on_disk(store->vfs);
	int result = file_exists(store, &exists);

	if (!result && !exists && (!store->options.create || store->options.read_only))
		result = STORE_NOT_FOUND;
	if (result) {
		store_why(why, why_size, store->path, result, store_detail(store));
		return result;
	}
	if (on_disk)
		result = take_lock(store, why, why_size);
	if (result)
		return result;
	if (on_disk && !exists) {
		result = store_make_file(store->path);
		if (result == STORE_CONFLICT)
			result = 0; /* the owner before us made it since we looked */
		if (result) {
			store_why(why, why_size, store->path, result, NULL);
			return result;
		}
	}
	*ret_made = !exists;
	return 0;
}

void store_lock_drop(struct store *store)
{
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	store->lock_fd = -1;
}

/* A backup's way back. */
#define _XOPEN_SOURCE 700 /* nftw */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registrar/records/backup_stream.h"
#include "schema/registrar_db.h"
#include "schema/store.h"

enum { NAME_BYTES = 512, WORDS_BYTES = 256 };

struct restoring {
	struct backup_in in;
	struct backup_facts facts;
	char dir[PATH_MAX]; /* while it is filled */
	struct refusal *why;
};

static const char *const errors[] = {
    [BACKUP_IN_NONE] = "it could not be read",
    [BACKUP_IN_SHAPE] = "it is no backup of a registrar",
    [BACKUP_IN_KEY] = "it was made with another key. Give the key file it was made with",
    [BACKUP_IN_CHANGED] = "it was changed since it was made. Take another copy of it",
    [BACKUP_IN_CUT] = "it is cut off, or goes on behind its end. Take a whole copy of it",
    [BACKUP_IN_MORE] = "something follows behind its end. Take another copy of it",
};

static int refuse_file(const struct restoring *it)
{
	return refuse(it->why, "in", "Nothing was restored: %s.", errors[it->in.error]);
}

/* Relative, as a backup names its files: none begins with a dot, and none has a character that
 * would end its line. What people call their files in the folder is theirs to say. */
static bool is_name(const char *name)
{
	const char *at = name;

	for (;;) {
		size_t len = strcspn(at, "/");

		if (len == 0 || *at == '.')
			return false;
		for (size_t i = 0; i < len; i++)
			if ((unsigned char)at[i] < 0x20 || at[i] == 0x7f)
				return false;
		if (at[len] == '\0')
			return true;
		at += len + 1;
	}
}

static bool make_folders(char *path, size_t from)
{
	for (char *at = path + from; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		bool good = mkdir(path, 0700) == 0 || errno == EEXIST;
		*at = '/';
		if (!good)
			return false;
	}
	return true;
}

static bool copy_bytes(struct restoring *it, FILE *file, int64_t left)
{
	char bytes[8192];

	while (left > 0) {
		size_t take = left < (int64_t)sizeof(bytes) ? (size_t)left : sizeof(bytes);
		if (!backup_in_get(&it->in, bytes, take) || fwrite(bytes, 1, take, file) != take)
			return false;
		left -= (int64_t)take;
	}
	return true;
}

static int take_file(struct restoring *it, unsigned mode, int64_t size, const char *name)
{
	char path[PATH_MAX + NAME_BYTES + 66];
	FILE *file = NULL;
	int fd = -1;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", it->dir, name);
	if (make_folders(path, strlen(it->dir) + 1))
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0700);
	file = fd < 0 ? NULL : fdopen(fd, "wb");
	if (!file) {
		if (fd >= 0)
			close(fd);
		return refuse(it->why, "data", "%.200s: %s.", path, strerror(errno));
	}
	good = copy_bytes(it, file, size);
	good = fflush(file) == 0 && fsync(fd) == 0 && good;
	good = fclose(file) == 0 && good;
	it->facts.files++;
	it->facts.bytes += size;
	if (good)
		return 0;
	return it->in.error != BACKUP_IN_NONE
		   ? refuse_file(it)
		   : refuse(it->why, "data", "%.200s: %s.", path, strerror(errno));
}

static int take_all(struct restoring *it)
{
	char line[NAME_BYTES + 64];
	unsigned mode;
	long long size;
	size_t count;
	int end = 0, result = 0;

	while (result == 0) {
		if (!backup_in_line(&it->in, line, sizeof(line)))
			return refuse_file(it);
		if (sscanf(line, "end %zu", &count) == 1) {
			if (count != it->facts.files || !backup_in_end(&it->in))
				return refuse_file(it);
			return 0;
		}
		if (sscanf(line, "file %o %lld%n", &mode, &size, &end) != 2 || size < 0 ||
		    line[end] != ' ' || !is_name(line + end + 1)) {
			it->in.error = BACKUP_IN_SHAPE;
			return refuse_file(it);
		}
		result = take_file(it, mode, size, line + end + 1);
	}
	return result;
}

/* The store as a whole, before anybody works on it. */
static int check_store(struct restoring *it)
{
	const struct store_options options = {.read_only = true};
	char path[PATH_MAX + 32], words[WORDS_BYTES] = "";
	struct store *store = NULL;
	int result;

	snprintf(path, sizeof(path), "%s/registrar.db", it->dir);
	result = store_open(path, &registrar_store_spec, &options, &store, words, sizeof(words));
	/* Of an older version: it is changed to the present one when it is opened. */
	if (result == STORE_OLDER)
		return 0;
	if (result == 0)
		result = store_verify(store, words, sizeof(words));
	store_close(store);
	return result < 0 ? refuse(it->why, "in",
				"Nothing was restored: its store is damaged. %.200s", words)
			  : 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)type, (void)at;
	return remove(path);
}

static int restore_into(struct restoring *it, const char *dir)
{
	int result = take_all(it);

	if (result == 0)
		result = check_store(it);
	if (result == 0 && rename(it->dir, dir) != 0)
		result = refuse(it->why, "data", "%.200s: %s.", dir, strerror(errno));
	if (result < 0)
		nftw(it->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return result;
}

int backup_restore(const char *path, const uint8_t key[static BACKUP_KEY], const char *dir,
    struct backup_facts *ret, struct refusal *why)
{
	struct restoring *it = calloc(1, sizeof(*it));
	FILE *file = fopen(path, "rbe");
	struct stat status;
	int result = MODEL_SYSTEM;

	if (!it)
		goto done;
	it->why = why;
	snprintf(it->dir, sizeof(it->dir), "%.*s.restoring", PATH_MAX - 16, dir);
	if (!file)
		result = refuse(why, "in", "%.200s: %s.", path, strerror(errno));
	else if (lstat(dir, &status) == 0)
		result = refuse(why, "data",
		    "%.200s is there already. Name a folder that is not: nothing is put over "
		    "another.",
		    dir);
	else if (!backup_in_begin(&it->in, file, key))
		result = refuse_file(it);
	else if (mkdir(it->dir, 0700) != 0)
		result = refuse(why, "data", "%.200s: %s.", it->dir, strerror(errno));
	else
		result = restore_into(it, dir);
	if (result == 0) {
		it->facts.made = it->in.made;
		it->facts.until = it->in.until;
		*ret = it->facts;
	}
done:
	if (file)
		fclose(file);
	free(it);
	return result;
}

#define _GNU_SOURCE /* statx */
#include "registrar/journal/journal_mark.h"

#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT = 4 * 21 }; /* four numbers of 20 digits, each with the blank or LF behind it */

/* What no copy of a file has in common with it: a freed inode number is given out again, the time
 * of birth can't be set. 0 where the file system keeps none. */
struct self {
	uint64_t inode, born;
};

static bool self_of(int fd, struct self *ret)
{
	struct statx info;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &info) != 0)
		return false;
	*ret = (struct self){.inode = info.stx_ino};
	if (info.stx_mask & STATX_BTIME)
		ret->born = (uint64_t)info.stx_btime.tv_sec * 1000000000 + info.stx_btime.tv_nsec;
	return true;
}

static bool say(int fd, const struct journal_mark *mark, char ret_text[static TEXT + 1])
{
	struct self self;

	return self_of(fd, &self) &&
	       snprintf(ret_text, TEXT + 1,
		   "%020" PRId64 " %020" PRIu64 " %020" PRIu64 " %020" PRIu64 "\n", mark->epoch,
		   mark->size, self.inode, self.born) == TEXT;
}

bool journal_mark_read(const char *path, struct journal_mark *ret_mark)
{
	char text[TEXT + 1] = "";
	struct journal_mark mark = {0};
	struct self said = {0}, self;
	bool whole = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*ret_mark = (struct journal_mark){0};
	if (fd < 0)
		return false;
	if (pread(fd, text, TEXT, 0) == TEXT &&
	    sscanf(text, "%20" SCNd64 " %20" SCNu64 " %20" SCNu64 " %20" SCNu64, &mark.epoch,
		&mark.size, &said.inode, &said.born) == 4 &&
	    mark.epoch >= 0) {
		*ret_mark = mark;
		whole = self_of(fd, &self) && said.inode == self.inode && said.born == self.born;
	}
	close(fd);
	return whole;
}

void journal_mark_write(int fd, const struct journal_mark *mark)
{
	char text[TEXT + 1];

	/* It only lags when this fails. */
	if (fd >= 0 && say(fd, mark, text) && pwrite(fd, text, TEXT, 0) != TEXT)
		return;
}

static bool sync_parent(const char *path)
{
	char copy[PATH_MAX];
	bool synced;
	int fd;

	if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
		return false;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	synced = fsync(fd) == 0;
	close(fd);
	return synced;
}

int journal_mark_make(const char *path, const struct journal_mark *mark)
{
	char beside[PATH_MAX], text[TEXT + 1];
	int fd;

	if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
		return -1;
	(void)unlink(beside);
	fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	/* The old one stays until the new one is whole, so their inodes differ. */
	if (!say(fd, mark, text) || pwrite(fd, text, TEXT, 0) != TEXT || fsync(fd) != 0 ||
	    rename(beside, path) != 0 || !sync_parent(path)) {
		close(fd);
		(void)unlink(beside);
		return -1;
	}
	return fd;
}

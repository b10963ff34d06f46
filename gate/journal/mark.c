#define _GNU_SOURCE /* statx */
#include "gate/journal/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK_HEAD "pressgate-mark/v1\ninode %020llu\nborn %020llu\n"

enum { CHECKPOINT_AT = 18 + (6 + 20 + 1) + (5 + 20 + 1), PATH_MAX_BYTES = 4096 };

_Static_assert(CHECKPOINT_AT + CHECKPOINT_SIGNED_MAX < MARK_SIZE, "a mark holds any checkpoint");

/* The head of a mark in this very file. */
static int make_head(int fd, char ret_head[static CHECKPOINT_AT + 1])
{
	unsigned long long born = 0;
	struct statx info;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &info) != 0)
		return -1;
	if ((info.stx_mask & STATX_BTIME) != 0)
		born =
		    (unsigned long long)info.stx_btime.tv_sec * 1000000000 + info.stx_btime.tv_nsec;
	return snprintf(ret_head, CHECKPOINT_AT + 1, MARK_HEAD, (unsigned long long)info.stx_ino,
		   born) == CHECKPOINT_AT
		   ? 0
		   : -1;
}

/* The checkpoint in the text of a mark: up to the first LF of the padding. */
static int parse(const char text[static MARK_SIZE], const char own[static CHECKPOINT_AT + 1],
    char ret_checkpoint[static CHECKPOINT_SIGNED_MAX + 1])
{
	unsigned long long inode, born;
	size_t len = MARK_SIZE - CHECKPOINT_AT;
	char head[CHECKPOINT_AT + 1], again[CHECKPOINT_AT + 1];

	memcpy(head, text, CHECKPOINT_AT);
	head[CHECKPOINT_AT] = '\0';
	if (sscanf(head, "pressgate-mark/v1 inode %20llu born %20llu", &inode, &born) != 2 ||
	    snprintf(again, sizeof(again), MARK_HEAD, inode, born) != CHECKPOINT_AT ||
	    strcmp(again, head) != 0)
		return MARK_DAMAGED;
	while (len > 1 && text[CHECKPOINT_AT + len - 1] == '\n' &&
	       text[CHECKPOINT_AT + len - 2] == '\n')
		len--;
	if (len > CHECKPOINT_SIGNED_MAX || memchr(text, '\0', MARK_SIZE) != NULL)
		return MARK_DAMAGED;
	memcpy(ret_checkpoint, text + CHECKPOINT_AT, len);
	ret_checkpoint[len] = '\0';
	return strcmp(head, own) == 0 ? MARK_GOOD : MARK_MOVED;
}

int mark_open(const char *path, char ret_checkpoint[static CHECKPOINT_SIGNED_MAX + 1], int *ret_fd)
{
	char text[MARK_SIZE], own[CHECKPOINT_AT + 1];
	struct stat info;
	int r = MARK_FAILED;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno == ENOENT ? MARK_ABSENT : MARK_FAILED;
	if (fstat(fd, &info) != 0 || make_head(fd, own) != 0)
		goto done;
	r = MARK_DAMAGED;
	if (info.st_size == MARK_SIZE && pread(fd, text, MARK_SIZE, 0) == MARK_SIZE)
		r = parse(text, own, ret_checkpoint);
done:
	if (r == MARK_GOOD)
		*ret_fd = fd;
	else
		close(fd);
	return r;
}

/* Written in place and in one piece: a power cut leaves the old checkpoint or the new one, or a
 * torn one, whose signature does not hold. */
void mark_write(int fd, const char *checkpoint)
{
	char text[MARK_SIZE - CHECKPOINT_AT];
	size_t len = strlen(checkpoint);

	if (fd < 0 || len >= sizeof(text))
		return;
	memset(text, '\n', sizeof(text));
	/* No string: padded with LF. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	memcpy(text, checkpoint, len);
	/* It only lags then; the next one may reach the file. */
	if (pwrite(fd, text, sizeof(text), CHECKPOINT_AT) != (ssize_t)sizeof(text))
		return;
}

static int sync_parent(const char *path)
{
	char copy[PATH_MAX_BYTES];
	int fd, r;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = fsync(fd);
	close(fd);
	return r;
}

static int fill(int fd, const char *checkpoint)
{
	char head[CHECKPOINT_AT + 1];
	struct stat info;

	if (make_head(fd, head) != 0)
		return -1;
	if (pwrite(fd, head, CHECKPOINT_AT, 0) != CHECKPOINT_AT)
		return -1;
	mark_write(fd, checkpoint);
	if (fstat(fd, &info) != 0 || info.st_size != MARK_SIZE)
		return -1;
	return fsync(fd);
}

int mark_make(const char *path, const char *checkpoint)
{
	char beside[PATH_MAX_BYTES];
	int fd;

	if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside))
		return MARK_FAILED;
	/* The old one stays until the new one is whole, so their inode numbers differ. */
	(void)unlink(beside);
	fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return MARK_FAILED;
	if (fill(fd, checkpoint) != 0 || rename(beside, path) != 0 || sync_parent(path) != 0) {
		close(fd);
		(void)unlink(beside);
		return MARK_FAILED;
	}
	return fd;
}

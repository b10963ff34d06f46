#include "registrar/records/mail_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registrar/registrar.h"

enum { HEAD_BYTES = 8192 };

typedef bool chosen(int folder, const char *name, const void *context);

static bool is_mail(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".eml") == 0;
}

static int64_t each(
    const struct registrar *registrar, chosen *choose, const void *context, bool take_away)
{
	char *path = registrar_path(registrar, "mail");
	DIR *folder = path ? opendir(path) : NULL;
	struct dirent *entry;
	int64_t n = 0;

	free(path);
	if (!folder)
		return path && errno == ENOENT ? 0 : -1;
	while ((entry = readdir(folder)) != NULL) {
		if (!is_mail(entry->d_name) || !choose(dirfd(folder), entry->d_name, context))
			continue;
		if (take_away && unlinkat(dirfd(folder), entry->d_name, 0) < 0 && errno != ENOENT)
			n = -1;
		if (n < 0)
			break;
		n++;
	}
	if (n > 0 && take_away && fsync(dirfd(folder)) < 0)
		n = -1;
	closedir(folder);
	return n;
}

static bool is_old(int folder, const char *name, const void *context)
{
	struct stat status;

	return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       status.st_mtime < *(const int64_t *)context;
}

int64_t mail_files_old(const struct registrar *registrar, int64_t before, bool remove)
{
	return each(registrar, is_old, &before, remove);
}

struct addresses {
	char *const *emails;
	size_t n;
};

static bool is_to(int folder, const char *name, const void *context)
{
	const struct addresses *to = context;
	char head[HEAD_BYTES + 1], line[300];
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, head, HEAD_BYTES);

	if (fd >= 0)
		close(fd);
	if (len <= 0)
		return false;
	head[len] = '\0';
	for (size_t i = 0; i < to->n; i++) {
		snprintf(line, sizeof(line), "\r\nTo: <%s>\r\n", to->emails[i]);
		if (strstr(head, line))
			return true;
	}
	return false;
}

int64_t mail_files_to(const struct registrar *registrar, char *const *emails, size_t n)
{
	const struct addresses to = {emails, n};

	return n == 0 ? 0 : each(registrar, is_to, &to, true);
}

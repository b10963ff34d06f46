#include "gate/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gate/gate.h"

enum { PATH_MAX_BYTES = 4096 };

static int make_one(const char *path, char *why, size_t why_size)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	snprintf(why, why_size, "The folder %s can't be made: %s.", path, strerror(errno));
	return GATE_NO_FOLDER;
}

int folder_make(const char *dir, char *why, size_t why_size)
{
	char keys[PATH_MAX_BYTES];
	int len = snprintf(keys, sizeof(keys), "%s/keys", dir);

	if (len < 0 || (size_t)len >= sizeof(keys)) {
		snprintf(why, why_size, "The folder's name is too long.");
		return GATE_NO_FOLDER;
	}
	if (make_one(dir, why, why_size) != 0)
		return GATE_NO_FOLDER;
	return make_one(keys, why, why_size);
}

static int check_folder(const char *path, char *why, size_t why_size)
{
	struct stat info;

	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
		snprintf(why, why_size, "%s is not a folder that can be used.", path);
		return GATE_NO_FOLDER;
	}
	if (info.st_uid != geteuid()) {
		snprintf(
		    why, why_size, "%s belongs to another user. Run the gate as its owner.", path);
		return GATE_NO_FOLDER;
	}
	if ((info.st_mode & 077) != 0) {
		snprintf(why, why_size, "Others can use %s (mode %04o). Run: chmod 700 %s", path,
		    (unsigned)(info.st_mode & 07777), path);
		return GATE_NO_FOLDER;
	}
	return 0;
}

static int check_key(const char *folder, const char *name, char *why, size_t why_size)
{
	char path[PATH_MAX_BYTES];
	struct stat info;
	int len = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (len < 0 || (size_t)len >= sizeof(path) || lstat(path, &info) != 0)
		return 0;
	if (!S_ISREG(info.st_mode)) {
		snprintf(why, why_size, "%s is not a regular file. Move it elsewhere.", path);
		return GATE_BAD_KEY;
	}
	if ((info.st_mode & 0177) != 0) {
		snprintf(why, why_size,
		    "Others can use the key %s (mode %04o). Run: chmod 600 %s; and if others "
		    "could have read it, revoke this gate and enrol it again.",
		    path, (unsigned)(info.st_mode & 07777), path);
		return GATE_BAD_KEY;
	}
	return 0;
}

int folder_check(const char *dir, char *why, size_t why_size)
{
	char keys[PATH_MAX_BYTES];
	struct dirent *found;
	struct stat info;
	DIR *list;
	int len = snprintf(keys, sizeof(keys), "%s/keys", dir), r;

	if (len < 0 || (size_t)len >= sizeof(keys) || stat(keys, &info) != 0) {
		snprintf(why, why_size,
		    "No gate is enrolled in %s. Run: gate enrol --data %s --url URL --code CODE "
		    "--pin PIN",
		    dir, dir);
		return GATE_NOT_ENROLLED;
	}
	r = check_folder(dir, why, why_size);
	if (r == 0)
		r = check_folder(keys, why, why_size);
	if (r != 0)
		return r;
	list = opendir(keys);
	if (list == NULL) {
		snprintf(why, why_size, "%s can't be read: %s.", keys, strerror(errno));
		return GATE_NO_FOLDER;
	}
	while (r == 0 && (found = readdir(list)) != NULL)
		if (found->d_name[0] != '.')
			r = check_key(keys, found->d_name, why, why_size);
	closedir(list);
	return r;
}

void folder_no_core(void)
{
	const struct rlimit none = {0, 0};

	/* Each alone is enough; a system that has not the one has the other. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

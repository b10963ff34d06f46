#include "registrar/records/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registrar/journal/journal.h"
#include "registrar/records/backup_stream.h"
#include "registrar/records/rule.h"
#include "registrar/registrar.h"
#include "schema/store.h"

enum { DEPTH = 4, NAME_MAX_BYTES = 512 };

/* ---- keys ---- */

int backup_key_make(const char *path, struct refusal *why)
{
	uint8_t key[BACKUP_KEY];
	char hex[2 * BACKUP_KEY + 2];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool written;

	if (fd < 0)
		return refuse(why, "new-key", "%.200s: %s.", path, strerror(errno));
	randombytes_buf(key, sizeof(key));
	sodium_bin2hex(hex, sizeof(hex), key, sizeof(key));
	hex[2 * BACKUP_KEY] = '\n';
	written = write(fd, hex, 2 * BACKUP_KEY + 1) == 2 * BACKUP_KEY + 1 && fsync(fd) == 0;
	close(fd);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(hex, sizeof(hex));
	if (!written)
		unlink(path);
	return written ? 0 : refuse(why, "new-key", "%.200s could not be written.", path);
}

int backup_key_read(const char *path, uint8_t ret_key[static BACKUP_KEY], struct refusal *why)
{
	char hex[2 * BACKUP_KEY + 2] = "";
	struct stat status;
	size_t len = 0;
	FILE *file = fopen(path, "re");
	int result = 0;

	if (!file)
		return refuse(why, "key-file",
		    "%.160s: %s. `registrar backup --new-key FILE` makes a key.", path,
		    strerror(errno));
	if (fstat(fileno(file), &status) != 0 || status.st_mode & 077)
		result = refuse(why, "key-file",
		    "%.160s can be read by others. Run: chmod 600 %.80s", path, path);
	else if (!fgets(hex, sizeof(hex), file) ||
		 sodium_hex2bin(ret_key, BACKUP_KEY, hex, 2 * BACKUP_KEY, NULL, &len, NULL) != 0 ||
		 len != BACKUP_KEY)
		result = refuse(why, "key-file",
		    "%.200s is no key of backups: its first line has not 64 digits.", path);
	sodium_memzero(hex, sizeof(hex));
	fclose(file);
	return result;
}

/* ---- what goes in ---- */

static bool ends(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len >= n && strcmp(name + len - n, end) == 0;
}

/* The store goes in as a copy; a mark that was copied says nothing; mails have their own term. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = {"registrar.db", "registrar.db-wal", "registrar.db-shm",
	    "registrar.db.lock", "control.sock", "journal.mark", "mail"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return *name == '.' || ends(name, ".part") || ends(name, ".part-journal");
}

/* A name that the way back would not take. */
static bool is_odd(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return true;
	return false;
}

struct making {
	struct backup_out out;
	struct backup_facts facts;
	bool odd; /* a file was not taken for its name */
};

static bool put_file(struct making *it, int folder, const char *name, const char *as)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
	char head[NAME_MAX_BYTES + 64], bytes[8192];
	struct stat status;
	int64_t left = -1;
	size_t len;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		left = status.st_size;
		snprintf(head, sizeof(head), "file %o %lld %s\n", (unsigned)(status.st_mode & 0700),
		    (long long)left, as);
		backup_out_put(&it->out, head, strlen(head));
		it->facts.files++;
		it->facts.bytes += left;
	}
	while (left > 0 && (len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		len = (int64_t)len > left ? (size_t)left : len;
		backup_out_put(&it->out, bytes, len);
		left -= (int64_t)len;
	}
	fclose(file);
	return left == 0 && !it->out.failed;
}

/* The files of a folder and of those in it; prefix ends with a slash, or is "". */
static bool put_folder(struct making *it, int at, const char *prefix, int depth)
{
	DIR *folder = fdopendir(at);
	struct dirent *entry;
	struct stat status;
	char name[NAME_MAX_BYTES];
	bool good = folder != NULL && depth < DEPTH;

	if (!folder)
		close(at);
	while (good && (entry = readdir(folder)) != NULL) {
		if (is_left_out(entry->d_name) ||
		    fstatat(at, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (is_odd(entry->d_name) ||
		    snprintf(name, sizeof(name), "%s%s%s", prefix, entry->d_name,
			S_ISDIR(status.st_mode) ? "/" : "") >= (int)sizeof(name))
			it->odd = true, good = false;
		else if (S_ISREG(status.st_mode))
			good = put_file(it, at, entry->d_name, name);
		else if (S_ISDIR(status.st_mode))
			good = put_folder(it,
			    openat(
				at, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
			    name, depth + 1);
	}
	if (folder)
		closedir(folder);
	return good;
}

static bool put_all(struct making *it, const struct registrar *registrar)
{
	int folder = open(registrar->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char end[40];

	if (folder < 0)
		return false;
	if (!put_file(it, folder, "backup.part", "registrar.db")) {
		close(folder);
		return false;
	}
	if (!put_folder(it, folder, "", 0))
		return false;
	snprintf(end, sizeof(end), "end %zu\n", it->facts.files);
	backup_out_put(&it->out, end, strlen(end));
	return true;
}

/* ---- making one ---- */

static int write_file(struct registrar *registrar, struct making *it, const char *path,
    const uint8_t key[static BACKUP_KEY], struct refusal *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
	char line[BACKUP_LINE];
	bool good;

	if (!file) {
		int saved = errno;
		if (fd >= 0)
			close(fd);
		return refuse(why, "out", "%.200s: %s.", path, strerror(saved));
	}
	backup_line_write(line, it->facts.made, it->facts.until, key);
	good = backup_out_begin(&it->out, file, line, key) && put_all(it, registrar);
	good = backup_out_end(&it->out) && good;
	good = fflush(file) == 0 && fsync(fd) == 0 && good;
	good = fclose(file) == 0 && good;
	if (!good)
		unlink(path);
	if (it->odd)
		return refuse(why, "out",
		    "A file in the data folder has a name with a line break or another control "
		    "character, or one that is too long. Rename it, and try again.");
	return good ? 0
		    : refuse(why, "out",
			  "%.200s could not be written whole. See that the disk has room, and try "
			  "again.",
			  path);
}

static int note(struct store_tx *tx, void *context)
{
	return journal_append(tx, context,
	    &(struct journal_line){.kind = JOURNAL_BACKUP_MADE, .detail = "a copy of this folder"});
}

int backup_make(struct registrar *registrar, const char *path, const uint8_t key[static BACKUP_KEY],
    int64_t now, struct backup_facts *ret, struct refusal *why)
{
	struct making *it = calloc(1, sizeof(*it));
	char *copy = registrar_path(registrar, "backup.part");
	int result = MODEL_SYSTEM;

	if (!it || !copy)
		goto done;
	it->facts.made = now;
	it->facts.until = now + rule_days(&registrar->settings, RULE_BACKUP) * INT64_C(86400);
	/* Of one that was cut off. */
	unlink(copy);
	result = store_backup(registrar->store, copy);
	if (result == 0)
		result = write_file(registrar, it, path, key, why);
	if (result == 0)
		result = store_write(registrar->store, note, registrar);
	if (result == 0)
		*ret = it->facts;
done:
	if (copy)
		unlink(copy);
	free(copy);
	free(it);
	return result;
}

/* ---- their end ---- */

/* The end of a backup's term, or 0 for a file that is none. */
static int64_t read_until(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
	char line[BACKUP_LINE], key[17];
	int64_t made = 0, until = 0;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	if (!fgets(line, sizeof(line), file) || !backup_line_read(line, &made, &until, key))
		until = 0;
	fclose(file);
	return until;
}

int backup_prune(
    const char *path, int64_t now, size_t *ret_removed, size_t *ret_kept, struct refusal *why)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	size_t removed = 0, kept = 0;
	int result = 0;

	if (!folder)
		return refuse(why, "prune", "%.200s: %s.", path, strerror(errno));
	while (result == 0 && (entry = readdir(folder)) != NULL) {
		int64_t until = read_until(dirfd(folder), entry->d_name);
		if (until == 0)
			continue;
		if (until > now)
			kept++;
		else if (unlinkat(dirfd(folder), entry->d_name, 0) == 0)
			removed++;
		else
			result =
			    refuse(why, "prune", "%.200s: %s.", entry->d_name, strerror(errno));
	}
	closedir(folder);
	if (result == 0) {
		*ret_removed = removed;
		*ret_kept = kept;
	}
	return result;
}

#include "gate/salvage/repair.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gate/identity.h"
#include "gate/journal/mark.h"
#include "gate/salvage/salvage.h"
#include "schema/gate_db.h"

enum { PATH_MAX_BYTES = 4096 };

/* The new store while it is made, and once it is whole. */
#define PART "gate.db.part"
#define NEW  "gate.db.new"

static int make_path(const struct gate *gate, const char *name, char path[static PATH_MAX_BYTES])
{
	return (size_t)snprintf(path, PATH_MAX_BYTES, "%s/%s", gate->dir, name) < PATH_MAX_BYTES
		   ? 0
		   : GATE_NO_FOLDER;
}

static int set_aside(const struct gate *gate, const char *suffix, long long stamp)
{
	char from[PATH_MAX_BYTES], to[PATH_MAX_BYTES];

	if ((size_t)snprintf(from, sizeof(from), "%s/gate.db%s", gate->dir, suffix) >=
		sizeof(from) ||
	    (size_t)snprintf(to, sizeof(to), "%s/gate.db.damaged-%lld%s", gate->dir, stamp,
		suffix) >= sizeof(to))
		return GATE_NO_FOLDER;
	return rename(from, to) == 0 || errno == ENOENT ? 0 : GATE_NO_FOLDER;
}

static int sync_folder(const struct gate *gate)
{
	int fd = open(gate->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	return r == 0 ? 0 : GATE_NO_FOLDER;
}

static int rename_in(const struct gate *gate, const char *from, const char *to)
{
	char source[PATH_MAX_BYTES], target[PATH_MAX_BYTES];

	if (make_path(gate, from, source) != 0 || make_path(gate, to, target) != 0)
		return GATE_NO_FOLDER;
	return rename(source, target) == 0 ? sync_folder(gate) : GATE_NO_FOLDER;
}

/* The WAL goes first: the new store must never meet the old one's. */
static int swap(const struct gate *gate)
{
	static const char *const suffixes[] = {"-wal", "-shm", ""};
	long long stamp = (long long)time(NULL);
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		r = set_aside(gate, suffixes[i], stamp);
	return r == 0 ? rename_in(gate, NEW, "gate.db") : r;
}

int repair_finish(const struct gate *gate)
{
	char path[PATH_MAX_BYTES];

	if (make_path(gate, NEW, path) != 0 || access(path, F_OK) != 0)
		return 0;
	return swap(gate);
}

static int load_journal_key(struct gate *gate)
{
	char *path;
	int r;

	if (gate->journal_key != NULL)
		return 0;
	path = gate_path(gate, "keys/journal.key");
	r = path == NULL ? -1 : key_load(path, KEY_USE_DEVICE, &gate->journal_key);
	free(path);
	return r == 0 ? 0 : GATE_BAD_KEY;
}

static void remove_part(const struct gate *gate)
{
	static const char *const names[] = {PART, PART "-wal", PART "-shm", PART ".lock"};
	char path[PATH_MAX_BYTES];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (make_path(gate, names[i], path) == 0)
			(void)unlink(path);
}

static int read_salvage(struct gate *gate, struct salvage **ret_salvage)
{
	char mark[CHECKPOINT_SIGNED_MAX + 1] = "", path[PATH_MAX_BYTES];
	int fd = -1, r = make_path(gate, "epoch.mark", path);

	if (r == 0 && mark_open(path, mark, &fd) == MARK_GOOD)
		close(fd);
	if (r == 0)
		r = make_path(gate, gate->options.no_salvage ? PART : "gate.db", path);
	return r == 0 ? salvage_read(path, &gate->identity, gate->journal_key, mark, ret_salvage)
		      : r;
}

struct making {
	struct gate *gate;
	const struct salvage *salvage;
};

/* What the gap entry tells. */
static int write_note(struct store_tx *tx, const struct salvage *salvage)
{
	char note[REPAIR_NOTE_MAX + 1];
	struct salvage_counts counts;
	uint64_t epoch;
	const char *newest = salvage_newest(salvage, &epoch);
	int r;

	salvage_counts(salvage, &counts);
	(void)snprintf(note, sizeof(note),
	    "{\"words\":\"The store was damaged. Of its journal, %" PRIu64 " entries verify and "
	    "stay in their logs, %" PRIu64 " verify after a hole, %" PRIu64 " could not be "
	    "read.\",\"epochs\":%u,\"entries\":%" PRIu64 ",\"apart\":%" PRIu64
	    ",\"unread\":%" PRIu64 ",\"details\":%" PRIu64 ",\"moves\":%" PRIu64 "}",
	    counts.entries, counts.apart, counts.unread, counts.epochs, counts.entries,
	    counts.apart, counts.unread, counts.details, counts.moves);
	r = gate_meta_set(tx, REPAIR_NOTE_KEY, store_text(note));
	return r == 0 ? gate_meta_set(tx, REPAIR_NEWEST_KEY, store_text(newest)) : r;
}

static int making_body(struct store_tx *tx, void *context)
{
	const struct making *making = context;
	int r = identity_write(tx, &making->gate->identity, (int64_t)time(NULL));

	if (r == 0)
		r = salvage_write(making->salvage, making->gate, tx);
	return r == 0 ? write_note(tx, making->salvage) : r;
}

/* The new store, whole and on the disk, under its own name. */
static int make_new(struct gate *gate, const struct salvage *salvage, char *why, size_t why_size)
{
	const struct store_options options = {.create = true, .exclusive = true};
	struct making making = {gate, salvage};
	char path[PATH_MAX_BYTES], wal[PATH_MAX_BYTES];
	struct store *store = NULL;
	int r;

	if (make_path(gate, PART, path) != 0 || make_path(gate, PART "-wal", wal) != 0)
		return GATE_NO_FOLDER;
	r = store_open(path, &gate_store_spec, &options, &store, why, why_size);
	if (r == 0)
		r = store_write(store, making_body, &making);
	store_close(store);
	/* A WAL that stayed holds what did not get into the file. */
	if (r == 0 && access(wal, F_OK) == 0)
		r = STORE_IO;
	if (r == 0)
		r = rename_in(gate, PART, NEW);
	remove_part(gate);
	return r;
}

static int load_anew(struct gate *gate, char *why, size_t why_size)
{
	int r;

	vault_drop(gate);
	gate->vault.has_details_key = false;
	keyset_free(gate->keys);
	gate->keys = NULL;
	memset(&gate->journal.log, 0, sizeof(gate->journal.log));
	gate->journal.epoch = 0;
	r = gate_open_store(gate, why, why_size);
	gate->enrolled = r == 0;
	return r == 0 ? journal_load(gate, why, why_size) : r;
}

int repair_store(struct gate *gate, char *why, size_t why_size)
{
	struct salvage *salvage = NULL;
	int r;

	if (identity_load(gate->dir, &gate->identity) != 0) {
		snprintf(why, why_size,
		    "%s/identity.json is missing or damaged too, so this gate does not know who it "
		    "is. Enrol it again in a new folder.",
		    gate->dir);
		return GATE_NOT_ENROLLED;
	}
	store_close(gate->store);
	gate->store = NULL;
	why[0] = '\0';
	remove_part(gate);
	r = load_journal_key(gate);
	if (r == 0)
		r = read_salvage(gate, &salvage);
	if (r == 0)
		r = make_new(gate, salvage, why, why_size);
	salvage_free(salvage);
	if (r == 0)
		r = swap(gate);
	if (r == GATE_NO_FOLDER)
		snprintf(why, why_size, "The damaged store can't be renamed: %s.", strerror(errno));
	return r == 0 ? load_anew(gate, why, why_size) : r;
}

/* What was on the disk is no longer, as far as a file system overwrites in place. */
static int overwrite(int folder, const char *name)
{
	static const uint8_t zeros[4096];
	int fd = openat(folder, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW), r = 0;
	struct stat info;

	if (fd < 0)
		return -1;
	if (fstat(fd, &info) != 0)
		r = -1;
	for (off_t at = 0; r == 0 && at < info.st_size; at += (off_t)sizeof(zeros))
		if (pwrite(fd, zeros, sizeof(zeros), at) < 0)
			r = -1;
	if (fsync(fd) != 0)
		r = -1;
	close(fd);
	return r;
}

int repair_discard(const struct gate *gate)
{
	static const char prefix[] = "gate.db.damaged-";
	DIR *folder = opendir(gate->dir);
	struct dirent *entry;
	int r = 0;

	if (folder == NULL)
		return GATE_NO_FOLDER;
	while ((entry = readdir(folder)) != NULL) {
		if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) != 0)
			continue;
		/* Where it can't be overwritten, it is at least no file any more. */
		(void)overwrite(dirfd(folder), entry->d_name);
		if (unlinkat(dirfd(folder), entry->d_name, 0) != 0)
			r = GATE_NO_FOLDER;
	}
	if (fsync(dirfd(folder)) != 0)
		r = GATE_NO_FOLDER;
	closedir(folder);
	return r;
}

int repair_reopen(struct gate *gate)
{
	char why[GATE_WHY_MAX];
	int r;

	store_close(gate->store);
	gate->store = NULL;
	gate->tally_conference = 0;
	r = gate_open_store(gate, why, sizeof(why));
	if (r == 0)
		r = store_verify(gate->store, why, sizeof(why));
	if (r == 0)
		r = journal_load(gate, why, sizeof(why));
	if (r != 0) {
		store_close(gate->store);
		gate->store = NULL;
	}
	gate->journal.failed = r;
	return r;
}

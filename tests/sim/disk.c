/* Machines: their disks, their marks, their clocks. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/sim/sim.h"

struct machine *sim_here;
struct memdisk *sim_beside;
int64_t sim_true_ms = SIM_TRUE;

static void now(struct sim_time *ret_time)
{
	*ret_time = (struct sim_time){.wall_ms = sim_true_ms + sim_here->clock_ms,
	    .boot_ms = sim_true_ms - sim_here->booted_ms,
	    .disciplined = true};
	memcpy(ret_time->boot, sim_here->boot, 16);
}

int64_t machine_now_ms(void)
{
	return sim_true_ms + (sim_here == NULL ? 0 : sim_here->clock_ms);
}

static size_t read_file(const char *path, uint8_t *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return 0;
	n = read(fd, bytes, size);
	close(fd);
	return n < 0 ? 0 : (size_t)n;
}

/* Before a write to the mark: what stands in it may come back at a power cut, since nothing syncs
 * it. */
static bool step(int fd)
{
	if (fd >= 0)
		sim_here->mark_before_len =
		    read_file(sim_here->mark, sim_here->mark_before, MARK_MAX);
	else
		sim_here->mark_before_len = 0;
	return memdisk_step(sim_here->disk);
}

struct sim_hooks sim_hooks_live = {.now = now, .step = step, .know = known_add, .knows = known_has};

void machine_init(struct machine *machine, const char *folder, const char *name, const char *mark)
{
	*machine = (struct machine){0};
	(void)snprintf(machine->name, sizeof(machine->name), "%s", name);
	(void)snprintf(machine->dir, sizeof(machine->dir), "%s/%s", folder, name);
	(void)snprintf(machine->mark, sizeof(machine->mark), "%s/%s", machine->dir, mark);
	machine->booted_ms = SIM_TRUE - 60000;
	memset(machine->boot, name[0], sizeof(machine->boot));
}

static void mount_disk(struct machine *machine)
{
	char prefix[170];

	(void)snprintf(prefix, sizeof(prefix), "%s/", machine->dir);
	memdisk_mount(prefix, machine->disk);
}

static void new_disk(struct machine *machine, struct memdisk *disk)
{
	if (machine->disk != NULL) {
		memdisk_free(machine->disk);
		cut_forget(&machine->record);
	}
	machine->disk = disk;
	machine->record = (struct powercut){.lock = PTHREAD_MUTEX_INITIALIZER};
	mount_disk(machine);
}

void machine_empty(struct machine *machine)
{
	new_disk(machine, memdisk_new());
	memdisk_set_watch(machine->disk, cut_record, &machine->record);
}

static void take_file(void *context, const char *path, const uint8_t *bytes, size_t size)
{
	struct image *image = context;
	size_t n = image->n_files;

	if (n == 4)
		abort();
	(void)snprintf(image->files[n].path, sizeof(image->files[n].path), "%s", path);
	image->files[n].bytes = malloc(size + 1);
	if (image->files[n].bytes == NULL)
		abort();
	if (size > 0)
		memcpy(image->files[n].bytes, bytes, size);
	image->files[n].size = size;
	image->n_files++;
}

void image_free(struct image *image)
{
	for (size_t i = 0; i < image->n_files; i++)
		free(image->files[i].bytes);
	*image = (struct image){0};
}

void machine_take(struct machine *machine, struct image *image)
{
	image_free(image);
	memdisk_each(machine->disk, take_file, image);
	image->mark_len = read_file(machine->mark, image->mark, MARK_MAX);
	image->taken = true;
}

/* What was put there is durable. */
static void note_durable(struct machine *machine, unsigned number, const uint8_t *bytes, size_t len)
{
	struct memdisk_op op = {.what = MEMDISK_WRITE, .file = number, .path = "-", .bytes = bytes};

	op.len = len;
	if (len > 0)
		cut_record(&machine->record, &op);
	op = (struct memdisk_op){.what = MEMDISK_SYNC, .file = number, .path = "-"};
	cut_record(&machine->record, &op);
	op.what = MEMDISK_SYNC_FOLDER;
	cut_record(&machine->record, &op);
}

static void fill(struct machine *machine, const struct image *image)
{
	memdisk_set_watch(machine->disk, cut_record, &machine->record);
	for (size_t i = 0; i < image->n_files; i++) {
		uint8_t *copy = malloc(image->files[i].size + 1);

		if (copy == NULL)
			abort();
		memcpy(copy, image->files[i].bytes, image->files[i].size);
		memdisk_put(machine->disk, image->files[i].path, copy, image->files[i].size);
		note_durable(machine, (unsigned)i, copy, image->files[i].size);
	}
}

/* A new file, as a copy is. */
static void put_mark(const struct machine *machine, const uint8_t *bytes, size_t len)
{
	int fd;

	(void)unlink(machine->mark);
	if (len == 0)
		return;
	fd = open(machine->mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

void machine_put(struct machine *machine, const struct image *image)
{
	new_disk(machine, memdisk_new());
	fill(machine, image);
	put_mark(machine, image->mark, image->mark_len);
	machine->mark_before_len = 0;
}

static void kept_name(const struct machine *machine, char ret_name[static 220])
{
	(void)snprintf(ret_name, 220, "%s.kept", machine->mark);
}

void machine_keep_mark(struct machine *machine)
{
	char kept[220];

	kept_name(machine, kept);
	machine->mark_kept_len = read_file(machine->mark, machine->mark_kept, MARK_MAX);
	if (machine->mark_kept_len == 0 || link(machine->mark, kept) != 0)
		abort();
}

void machine_return_mark(struct machine *machine)
{
	char kept[220];
	int fd;

	kept_name(machine, kept);
	(void)unlink(machine->mark);
	if (link(kept, machine->mark) != 0)
		abort();
	fd = open(kept, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || write(fd, machine->mark_kept, machine->mark_kept_len) !=
			  (ssize_t)machine->mark_kept_len)
		abort();
	close(fd);
}

void machine_boot(struct machine *machine, uint64_t *seed)
{
	for (size_t i = 0; i < sizeof(machine->boot); i++)
		machine->boot[i] = (uint8_t)cut_random(seed);
	machine->booted_ms = sim_true_ms - 5000;
}

/* The bytes of the mark before its last write, or some of both. */
static void tear_mark(struct machine *machine, uint64_t *seed)
{
	uint8_t bytes[MARK_MAX];
	size_t len = read_file(machine->mark, bytes, MARK_MAX), from = 0;
	int fd;

	if (machine->mark_before_len != len || len == 0 || cut_random(seed) % 2 == 0)
		return;
	if (cut_random(seed) % 2 == 0)
		from = cut_random(seed) % (len / 512 + 1) * 512;
	memcpy(bytes + from, machine->mark_before + from, len - from);
	fd = open(machine->mark, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len)
		abort();
	close(fd);
}

void machine_power_cut(struct machine *machine, uint64_t *seed)
{
	struct powercut_stats stats = {0};
	struct image image = {0};
	struct replay replay;
	struct memdisk *left;

	replay_init(&replay, &machine->record);
	replay_advance(&replay, machine->record.n_ops);
	left = replay_cut(&replay, POWERCUT_CHANCE, seed, &stats);
	replay_free(&replay);
	memdisk_each(left, take_file, &image);
	memdisk_free(left);
	new_disk(machine, memdisk_new());
	fill(machine, &image);
	image_free(&image);
	tear_mark(machine, seed);
	machine->mark_before_len = 0;
	machine_boot(machine, seed);
}

/* ---- the same files on a real file system ---- */

static void write_file(const char *path, const uint8_t *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

static bool is_store(const char *name)
{
	return strncmp(name, "gate.db", 7) == 0;
}

static void remove_stores(const struct machine *machine)
{
	DIR *folder = opendir(machine->dir);
	const struct dirent *entry;

	if (folder == NULL)
		abort();
	while ((entry = readdir(folder)) != NULL)
		if (is_store(entry->d_name) && unlinkat(dirfd(folder), entry->d_name, 0) != 0)
			abort();
	closedir(folder);
}

static void take_back(struct image *image, const char *path)
{
	struct stat info;
	uint8_t *bytes;

	if (stat(path, &info) != 0)
		abort();
	bytes = malloc((size_t)info.st_size + 1);
	if (bytes == NULL || read_file(path, bytes, (size_t)info.st_size) != (size_t)info.st_size)
		abort();
	take_file(image, path, bytes, (size_t)info.st_size);
	free(bytes);
}

void machine_outside(
    struct machine *machine, struct image *image, void (*act)(void *), void *context)
{
	char path[200];

	for (size_t i = 0; i < image->n_files; i++)
		write_file(image->files[i].path, image->files[i].bytes, image->files[i].size);
	image_free(image);
	memdisk_use(NULL, false);
	act(context);
	(void)snprintf(path, sizeof(path), "%s/gate.db", machine->dir);
	take_back(image, path);
	(void)strcat(path, "-wal");
	if (access(path, F_OK) == 0)
		take_back(image, path);
	remove_stores(machine);
	memdisk_use(sim_beside, true);
	new_disk(machine, memdisk_new());
	fill(machine, image);
	machine->mark_before_len = 0;
}

/* What is durable so far, and the disk a cut would leave of it. */
#include "tests/store/powercut_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512 };

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "powercut: no memory\n");
		abort();
	}
	return memory;
}

static void push(size_t **list, size_t *n, size_t *room, size_t value)
{
	if (*n == *room) {
		*room = *room * 2 + 64;
		*list = must(realloc(*list, *room * sizeof(**list)));
	}
	(*list)[(*n)++] = value;
}

static void set_size(struct replay_file *file, size_t size)
{
	if (size > file->room) {
		file->room = size + size / 2 + 4096;
		file->bytes = must(realloc(file->bytes, file->room));
	}
	if (size > file->size)
		memset(file->bytes + file->size, 0, size - file->size);
	file->size = size;
}

static void apply(struct replay_file *file, const struct cut_op *op)
{
	if (op->what == MEMDISK_TRUNCATE) {
		set_size(file, op->offset);
		return;
	}
	if (op->offset + op->len > file->size)
		set_size(file, op->offset + op->len);
	memcpy(file->bytes + op->offset, op->bytes, op->len);
}

static void sync_file(struct replay *replay, unsigned number)
{
	struct replay_file *file = &replay->files[number];
	for (size_t i = 0; i < file->n_pending; i++)
		apply(file, &replay->run->ops[file->pending[i]]);
	file->n_pending = 0;
}

static void apply_name(const struct replay *replay, size_t number, int *file)
{
	const struct cut_op *op = &replay->run->ops[number];
	*file = op->what == MEMDISK_CREATE ? (int)op->file : -1;
}

static void sync_folder(struct replay *replay)
{
	for (int i = 0; i < REPLAY_NAMES && replay->names[i].path; i++) {
		struct replay_name *name = &replay->names[i];
		for (size_t n = 0; n < name->n_pending; n++)
			apply_name(replay, name->pending[n], &name->durable);
		name->n_pending = 0;
	}
}

static struct replay_name *find_name(struct replay *replay, const char *path)
{
	for (int i = 0; i < REPLAY_NAMES; i++) {
		struct replay_name *name = &replay->names[i];
		if (!name->path) {
			name->path = must(strdup(path));
			name->durable = -1;
		}
		if (!strcmp(name->path, path))
			return name;
	}
	fprintf(stderr, "powercut: more than %d names\n", REPLAY_NAMES);
	abort();
}

static void take_in(struct replay *replay, size_t number)
{
	const struct cut_op *op = &replay->run->ops[number];
	struct replay_file *file = &replay->files[op->file];
	struct replay_name *name;
	switch (op->what) {
	case MEMDISK_CREATE:
	case MEMDISK_DELETE:
		name = find_name(replay, op->path);
		push(&name->pending, &name->n_pending, &name->room_pending, number);
		break;
	case MEMDISK_WRITE:
	case MEMDISK_TRUNCATE:
		push(&file->pending, &file->n_pending, &file->room_pending, number);
		break;
	case MEMDISK_SYNC:
		sync_file(replay, op->file);
		break;
	case MEMDISK_SYNC_FOLDER:
		sync_folder(replay);
		break;
	}
}

void replay_init(struct replay *replay, const struct powercut *run)
{
	*replay = (struct replay){.run = run};
	replay->files = must(calloc(run->n_files + 1, sizeof(*replay->files)));
}

void replay_free(struct replay *replay)
{
	for (unsigned i = 0; i < replay->run->n_files; i++) {
		free(replay->files[i].bytes);
		free(replay->files[i].pending);
	}
	free(replay->files);
	for (int i = 0; i < REPLAY_NAMES; i++) {
		free(replay->names[i].path);
		free(replay->names[i].pending);
	}
}

void replay_advance(struct replay *replay, size_t upto)
{
	while (replay->done < upto)
		take_in(replay, replay->done++);
}

/* Each sector of the write arrives or not; growth that did not arrive is zero or garbage. */
static void apply_torn(struct replay_file *image, const struct cut_op *op, uint64_t *seed)
{
	size_t end = op->offset + op->len, old = image->size;
	bool garbage = cut_random(seed) % 4 == 0;
	if (end > old && cut_random(seed) % 2)
		set_size(image, end);
	for (size_t i = old; garbage && i < image->size; i++)
		image->bytes[i] = (uint8_t)cut_random(seed);
	for (size_t at = op->offset; at < end;) {
		size_t next = (at / SECTOR + 1) * SECTOR;
		size_t stop = next < end ? next : end;
		if (cut_random(seed) % 2) {
			if (stop > image->size)
				set_size(image, stop);
			memcpy(image->bytes + at, op->bytes + (at - op->offset), stop - at);
		}
		at = stop;
	}
}

static void shuffle(size_t *list, size_t n, uint64_t *seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t other = cut_random(seed) % i;
		size_t kept = list[i - 1];
		list[i - 1] = list[other];
		list[other] = kept;
	}
}

struct chances {
	unsigned drop, tear; /* of 100 */
	bool shuffled;
};

/* Some cuts lose all, some lose nothing, most something between. */
static struct chances choose(enum powercut_mode mode, uint64_t *seed)
{
	if (mode == POWERCUT_TEAR_ONLY)
		return (struct chances){0, 100, false};
	switch (cut_random(seed) % 8) {
	case 0:
		return (struct chances){100, 0, false};
	case 1:
		return (struct chances){0, 0, true};
	case 2:
		return (struct chances){0, 50, true};
	default:
		return (struct chances){(unsigned)(cut_random(seed) % 80),
		    (unsigned)(cut_random(seed) % 60), cut_random(seed) % 4 != 0};
	}
}

static void cut_file(const struct replay *replay, const struct replay_file *file,
    struct chances chances, uint64_t *seed, struct replay_file *image, struct powercut_stats *stats)
{
	size_t *order = must(malloc((file->n_pending + 1) * sizeof(*order)));
	memset(image, 0, sizeof(*image));
	set_size(image, file->size);
	if (file->size)
		memcpy(image->bytes, file->bytes, file->size);
	if (file->n_pending)
		memcpy(order, file->pending, file->n_pending * sizeof(*order));
	if (chances.shuffled)
		shuffle(order, file->n_pending, seed);
	for (size_t i = 0; i < file->n_pending; i++) {
		const struct cut_op *op = &replay->run->ops[order[i]];
		if (cut_random(seed) % 100 < chances.drop) {
			stats->dropped++;
		} else if (op->what == MEMDISK_WRITE && cut_random(seed) % 100 < chances.tear) {
			apply_torn(image, op, seed);
			stats->torn++;
		} else {
			apply(image, op);
			stats->kept++;
		}
	}
	free(order);
}

struct memdisk *replay_cut(
    struct replay *replay, enum powercut_mode mode, uint64_t *seed, struct powercut_stats *stats)
{
	struct memdisk *disk = memdisk_new();
	struct chances chances = choose(mode, seed);
	for (int i = 0; i < REPLAY_NAMES && replay->names[i].path; i++) {
		const struct replay_name *name = &replay->names[i];
		struct replay_file image;
		int number = name->durable;
		/* One name's changes keep their order; how far they got is chance. */
		size_t kept = name->n_pending ? cut_random(seed) % (name->n_pending + 1) : 0;
		for (size_t n = 0; n < kept; n++)
			apply_name(replay, name->pending[n], &number);
		if (number < 0)
			continue;
		cut_file(replay, &replay->files[number], chances, seed, &image, stats);
		memdisk_put(disk, name->path, image.bytes, image.size);
	}
	return disk;
}

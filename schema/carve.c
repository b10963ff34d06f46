#include "schema/carve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PAGE_MIN = 512,
	PAGE_MAX = 65536,
	PAGE_USUAL = 4096,
	FILE_HEAD = 100, /* before the b-tree header of page 1 */
	WAL_HEAD = 32,
	FRAME_HEAD = 24,
	FRAMES_MAX = 1 << 20,
	PATH_BYTES = 4096,
	INNER_INDEX = 0x02,
	LEAF_INDEX = 0x0a,
	LEAF_TABLE = 0x0d,
};

/* A frame of the WAL: which page it holds, and where. */
struct frame {
	uint32_t page;
	uint64_t at;
};

struct carve {
	int file, wal; /* -1: none */
	size_t page_size;
	uint64_t pages; /* of the file */
	struct frame *frames;
	size_t n_frames;
	carve_visit *visit;
	void *context;
	uint8_t *page;	 /* one that is read */
	uint8_t *beyond; /* one of an overflow chain */
	uint8_t record[CARVE_RECORD_MAX];
};

/* A cell as its page has it. */
struct cell {
	int64_t rowid;
	uint64_t size;	/* of the record */
	size_t at, len; /* of its beginning in the page */
	uint32_t next;	/* first page of the rest, 0: none */
};

static uint32_t get32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static size_t get16(const uint8_t *bytes)
{
	return (size_t)bytes[0] << 8 | bytes[1];
}

/* A varint of at most nine bytes before end; moves *at behind it. */
static bool varint(const uint8_t *bytes, size_t end, size_t *at, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (int i = 0; i < 9; i++) {
		uint8_t byte;

		if (*at >= end)
			return false;
		byte = bytes[(*at)++];
		if (i == 8) {
			*ret_value = value << 8 | byte;
			return true;
		}
		value = value << 7 | (byte & 0x7f);
		if ((byte & 0x80) == 0)
			break;
	}
	*ret_value = value;
	return true;
}

static bool read_at(int fd, uint64_t at, void *bytes, size_t len)
{
	return fd >= 0 && pread(fd, bytes, len, (off_t)at) == (ssize_t)len;
}

static bool sound_page_size(size_t size)
{
	return size >= PAGE_MIN && size <= PAGE_MAX && (size & (size - 1)) == 0;
}

/* By either file's head; where neither holds, every database of this program has the usual one. */
static size_t find_page_size(const struct carve *carve)
{
	uint8_t head[FILE_HEAD];
	size_t size = 0;

	if (read_at(carve->file, 0, head, sizeof(head)) && memcmp(head, "SQLite format 3", 16) == 0)
		size = get16(head + 16) == 1 ? PAGE_MAX : get16(head + 16);
	if (!sound_page_size(size) && read_at(carve->wal, 0, head, WAL_HEAD) &&
	    (get32(head) & ~1U) == 0x377f0682)
		size = get32(head + 8);
	return sound_page_size(size) ? size : PAGE_USUAL;
}

static int find_frames(struct carve *carve)
{
	uint64_t at = WAL_HEAD;
	uint8_t head[FRAME_HEAD];
	struct stat info;
	size_t most;

	if (carve->wal < 0 || fstat(carve->wal, &info) != 0 || info.st_size < WAL_HEAD)
		return 0;
	most = ((size_t)info.st_size - WAL_HEAD) / (FRAME_HEAD + carve->page_size);
	if (most > FRAMES_MAX)
		most = FRAMES_MAX;
	carve->frames = calloc(most + 1, sizeof(*carve->frames));
	if (carve->frames == NULL)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < most; i++, at += FRAME_HEAD + carve->page_size)
		if (read_at(carve->wal, at, head, sizeof(head)))
			carve->frames[carve->n_frames++] =
			    (struct frame){get32(head), at + FRAME_HEAD};
	return 0;
}

/* A page by its number: the newest of the WAL, else the file's. */
static bool page_of(struct carve *carve, uint32_t number, uint8_t *bytes)
{
	if (number == 0)
		return false;
	for (size_t i = carve->n_frames; i > 0; i--)
		if (carve->frames[i - 1].page == number)
			return read_at(
			    carve->wal, carve->frames[i - 1].at, bytes, carve->page_size);
	return read_at(
	    carve->file, (uint64_t)(number - 1) * carve->page_size, bytes, carve->page_size);
}

/* How much of a record of that size stands in its page. */
static size_t local_part(size_t page_size, bool table, uint64_t size)
{
	uint64_t most = table ? page_size - 35 : (page_size - 12) * 64 / 255 - 23;
	uint64_t least = (page_size - 12) * 32 / 255 - 23;
	uint64_t part;

	if (size <= most)
		return (size_t)size;
	part = least + (size - least) % (page_size - 4);
	return (size_t)(part <= most ? part : least);
}

static bool read_cell(const struct carve *carve, uint8_t kind, size_t at, struct cell *ret_cell)
{
	const size_t end = carve->page_size;
	struct cell cell = {0};
	uint64_t rowid = 0;

	if (kind == INNER_INDEX)
		at += 4; /* the child's number */
	if (!varint(carve->page, end, &at, &cell.size) ||
	    (kind == LEAF_TABLE && !varint(carve->page, end, &at, &rowid)))
		return false;
	if (cell.size < 2 || cell.size > CARVE_RECORD_MAX)
		return false;
	cell.rowid = (int64_t)rowid;
	cell.at = at;
	cell.len = local_part(end, kind == LEAF_TABLE, cell.size);
	if (at > end || cell.len + (cell.len < cell.size ? 4 : 0) > end - at)
		return false;
	if (cell.len < cell.size)
		cell.next = get32(carve->page + at + cell.len);
	*ret_cell = cell;
	return true;
}

/* The whole record into carve->record. */
static bool join(struct carve *carve, const struct cell *cell)
{
	size_t have = cell->len;
	uint32_t next = cell->next;

	memcpy(carve->record, carve->page + cell->at, have);
	while (have < cell->size) {
		size_t part = carve->page_size - 4;

		if (!page_of(carve, next, carve->beyond))
			return false;
		if (part > cell->size - have)
			part = (size_t)cell->size - have;
		memcpy(carve->record + have, carve->beyond + 4, part);
		have += part;
		next = get32(carve->beyond);
	}
	return true;
}

static int64_t integer_of(const uint8_t *bytes, size_t len)
{
	uint64_t value = len > 0 && bytes[0] >= 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | bytes[i];
	return (int64_t)value;
}

/* One column of that serial type; false where it can't be. */
static bool column(const uint8_t *bytes, size_t left, uint64_t type, struct store_value *ret_value,
    size_t *ret_len)
{
	static const uint8_t lengths[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};

	if (type == 10 || type == 11)
		return false;
	*ret_len = type < 10 ? lengths[type] : (size_t)((type - 12) / 2);
	if (*ret_len > left)
		return false;
	if (type == 0 || type == 7)
		*ret_value = store_null();
	else if (type == 8 || type == 9)
		*ret_value = store_i64((int64_t)type - 8);
	else if (type < 7)
		*ret_value = store_i64(integer_of(bytes, *ret_len));
	else if (type % 2 == 0)
		*ret_value = store_blob(bytes, *ret_len);
	else
		*ret_value = store_textn((const char *)bytes, *ret_len);
	return true;
}

/* The columns of carve->record, which must fill it exactly. */
static int visit_record(struct carve *carve, const struct cell *cell)
{
	struct store_value values[CARVE_COLUMNS_MAX];
	const uint8_t *record = carve->record;
	uint64_t head, type;
	size_t n = 0, at = 0, body, len;

	if (!varint(record, (size_t)cell->size, &at, &head) || head < at || head > cell->size)
		return 0;
	body = (size_t)head;
	while (at < head) {
		if (n == CARVE_COLUMNS_MAX || !varint(record, (size_t)head, &at, &type) ||
		    !column(record + body, (size_t)cell->size - body, type, &values[n], &len))
			return 0;
		body += len;
		n++;
	}
	return body == cell->size ? carve->visit(carve->context, cell->rowid, values, n) : 0;
}

/* The cells of carve->page, whatever page it is. */
static int visit_page(struct carve *carve, bool first)
{
	size_t head = first ? FILE_HEAD : 0, n, pointers;
	uint8_t kind = carve->page[head];
	int r = 0;

	if (kind != INNER_INDEX && kind != LEAF_INDEX && kind != LEAF_TABLE)
		return 0;
	n = get16(carve->page + head + 3);
	pointers = head + (kind == INNER_INDEX ? 12 : 8);
	if (n > (carve->page_size - pointers) / 2)
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct cell cell;
		size_t at = get16(carve->page + pointers + 2 * i);

		if (at >= pointers + 2 * n && at < carve->page_size &&
		    read_cell(carve, kind, at, &cell) && join(carve, &cell))
			r = visit_record(carve, &cell);
	}
	return r;
}

static int visit_all(struct carve *carve)
{
	int r = 0;

	for (uint64_t i = 0; r == 0 && i < carve->pages; i++)
		if (read_at(carve->file, i * carve->page_size, carve->page, carve->page_size))
			r = visit_page(carve, i == 0);
	for (size_t i = 0; r == 0 && i < carve->n_frames; i++)
		if (read_at(carve->wal, carve->frames[i].at, carve->page, carve->page_size))
			r = visit_page(carve, carve->frames[i].page == 1);
	return r;
}

static int open_files(struct carve *carve, const char *path)
{
	char wal[PATH_BYTES];
	struct stat info;

	if ((size_t)snprintf(wal, sizeof(wal), "%s-wal", path) >= sizeof(wal))
		return STORE_NOT_FOUND;
	carve->file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	carve->wal = open(wal, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (carve->file < 0)
		return errno == ENOENT ? STORE_NOT_FOUND : STORE_DENIED;
	if (fstat(carve->file, &info) != 0)
		return STORE_IO;
	carve->page_size = find_page_size(carve);
	carve->pages = (uint64_t)info.st_size / carve->page_size;
	return 0;
}

int carve_file(const char *path, carve_visit *visit, void *context)
{
	struct carve *carve = calloc(1, sizeof(*carve));
	int r;

	if (carve == NULL)
		return STORE_NO_MEMORY;
	carve->visit = visit;
	carve->context = context;
	carve->file = carve->wal = -1;
	carve->page = malloc(PAGE_MAX);
	carve->beyond = malloc(PAGE_MAX);
	r = carve->page == NULL || carve->beyond == NULL ? STORE_NO_MEMORY : 0;
	if (r == 0)
		r = open_files(carve, path);
	if (r == 0)
		r = find_frames(carve);
	if (r == 0)
		r = visit_all(carve);
	if (carve->file >= 0)
		close(carve->file);
	if (carve->wal >= 0)
		close(carve->wal);
	free(carve->frames);
	free(carve->page);
	free(carve->beyond);
	free(carve);
	return r;
}

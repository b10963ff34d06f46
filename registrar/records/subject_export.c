#include "registrar/records/subject_export.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/press/subject.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"
#include "web/buf.h"

struct collecting {
	struct subject_parts parts;
	size_t room;
	int64_t person, now;
	struct registrar *registrar;
	const char *staff;
};

static int add(struct collecting *it, const char *name, const void *bytes, size_t len)
{
	void *more = list_grow(it->parts.items, it->parts.n, &it->room, sizeof(*it->parts.items));
	struct subject_part part = {.len = len};

	if (!more)
		return STORE_NO_MEMORY;
	it->parts.items = more;
	part.bytes = malloc(len + 1);
	if (!part.bytes)
		return STORE_NO_MEMORY;
	memcpy(part.bytes, bytes, len);
	snprintf(part.name, sizeof(part.name), "%s", name);
	it->parts.items[it->parts.n++] = part;
	return 0;
}

/* "said_at" as "said": a line of the text. */
static void put_value(struct buf *out, const struct subject_line *line)
{
	char when[32];

	for (const char *at = line->key; *at; at++)
		buf_putc(out, *at == '_' ? ' ' : *at);
	if (line->is_time)
		zone_rfc3339(line->at, when, sizeof(when));
	if (strcmp(line->key, "photo_blob") == 0)
		buf_puts(out, ": photo.jpg\n");
	else
		buf_printf(out, ": %s\n", line->is_time ? when : line->text);
}

static int add_text(struct collecting *it, const struct subject_records *records)
{
	struct buf out;
	int result;

	buf_init(&out, BUF_LIMIT_PAGE);
	for (size_t i = 0; i < records->n; i++) {
		const struct subject_line *line = &records->lines[i];
		if (line->kind == SUBJECT_SECTION)
			buf_printf(&out, "\n== %s: %zu ==\n", line->key, line->records);
		else if (line->kind == SUBJECT_RECORD)
			buf_puts(&out, "\n");
		else
			put_value(&out, line);
	}
	result = out.error ? STORE_NO_MEMORY : add(it, "data.txt", buf_text(&out), out.len);
	buf_free(&out);
	return result;
}

static int add_records(struct store_tx *tx, struct collecting *it)
{
	struct subject_records records = {NULL, 0};
	char *json = NULL;
	int result = subject_read_whole(tx, it->person, &records);

	if (result == 0) {
		json = subject_json(&records, it->now);
		result = json ? add(it, "data.json", json, strlen(json)) : STORE_NO_MEMORY;
	}
	if (result == 0)
		result = add_text(it, &records);
	free(json);
	subject_records_free(&records);
	return result;
}

static int add_photo(struct store_tx *tx, struct collecting *it)
{
	struct store_rows *rows = NULL;
	size_t len = 0;
	int result =
	    store_one(tx, REGISTRAR_Q_SUBJECT_PHOTO, STORE_ARGS(store_i64(it->person)), &rows);

	if (result == STORE_NOT_FOUND)
		return 0;
	if (result < 0)
		return result;
	const void *bytes = store_get_blob(rows, 0, &len);
	result = add(it, "photo.jpg", bytes, len);
	store_done(rows);
	return result;
}

static const char *ending(const char *type)
{
	return strcmp(type, "application/pdf") == 0 ? "pdf"
	       : strcmp(type, "image/png") == 0	    ? "png"
						    : "jpg";
}

/* Numbered: what a file was called stands in the records. */
static int add_files(struct store_tx *tx, struct collecting *it)
{
	struct store_rows *rows = NULL;
	char name[64];
	size_t len = 0;
	int result =
	    store_query(tx, REGISTRAR_Q_SUBJECT_FILES, STORE_ARGS(store_i64(it->person)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		const void *bytes = store_get_blob(rows, 3, &len);
		snprintf(name, sizeof(name), "files/%lld.%s", (long long)store_get_i64(rows, 0),
		    ending(store_get_text(rows, 2)));
		result = add(it, name, bytes, len);
	}
	store_done(rows);
	return result;
}

static int note(struct store_tx *tx, void *context)
{
	const struct collecting *it = context;

	return journal_append(tx, it->registrar,
	    &(struct journal_line){
		.kind = JOURNAL_RECORDS_EXPORTED, .staff = it->staff, .detail = "a subject's own"});
}

int subject_collect(struct registrar *registrar, int64_t person_id, const char *staff, int64_t now,
    struct subject_parts *ret)
{
	struct collecting it = {
	    .person = person_id, .now = now, .registrar = registrar, .staff = staff};
	struct store_tx *tx = NULL;
	int result = store_write(registrar->store, note, &it);

	if (result == 0)
		result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = add_records(tx, &it);
	if (result == 0)
		result = add_photo(tx, &it);
	if (result == 0)
		result = add_files(tx, &it);
	store_read_end(tx);
	if (result < 0)
		subject_parts_free(&it.parts);
	else
		*ret = it.parts;
	return result;
}

void subject_parts_free(struct subject_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		sodium_memzero(parts->items[i].bytes, parts->items[i].len);
		free(parts->items[i].bytes);
	}
	free(parts->items);
	*parts = (struct subject_parts){NULL, 0};
}

static bool zip_parts(zip_t *zip, const struct subject_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		const struct subject_part *part = &parts->items[i];
		zip_source_t *source = zip_source_buffer(zip, part->bytes, part->len, 0);
		if (!source)
			return false;
		if (zip_file_add(zip, part->name, source, ZIP_FL_ENC_UTF_8) < 0) {
			zip_source_free(source);
			return false;
		}
	}
	return true;
}

static int take_bytes(zip_source_t *source, uint8_t **ret_bytes, size_t *ret_len)
{
	zip_stat_t stat;
	uint8_t *bytes = NULL;
	int result = MODEL_SYSTEM;

	if (zip_source_stat(source, &stat) < 0 || !(stat.valid & ZIP_STAT_SIZE) ||
	    zip_source_open(source) < 0)
		return MODEL_SYSTEM;
	bytes = malloc(stat.size + 1);
	if (bytes && zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size) {
		*ret_bytes = bytes;
		*ret_len = stat.size;
		bytes = NULL;
		result = 0;
	}
	free(bytes);
	zip_source_close(source);
	return result;
}

int subject_zip(const struct subject_parts *parts, uint8_t **ret_bytes, size_t *ret_len)
{
	zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = whole ? zip_open_from_source(whole, ZIP_TRUNCATE, NULL) : NULL;
	int result = MODEL_SYSTEM;

	if (!zip) {
		zip_source_free(whole);
		return MODEL_SYSTEM;
	}
	zip_source_keep(whole);
	if (zip_parts(zip, parts) && zip_close(zip) == 0)
		result = take_bytes(whole, ret_bytes, ret_len);
	else
		zip_discard(zip);
	zip_source_free(whole);
	return result;
}

static bool write_part(int folder, const struct subject_part *part)
{
	int fd =
	    openat(folder, part->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
	bool good;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	good = fwrite(part->bytes, 1, part->len, file) == part->len;
	return fclose(file) == 0 && good;
}

int subject_folder(const struct subject_parts *parts, const char *path, struct refusal *why)
{
	int folder = -1;
	bool good = mkdir(path, 0700) == 0;

	if (good)
		folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	good = folder >= 0 && mkdirat(folder, "files", 0700) == 0;
	for (size_t i = 0; good && i < parts->n; i++)
		good = write_part(folder, &parts->items[i]);
	if (!good)
		refuse(why, "out", "%.200s: %s.", path, strerror(errno));
	if (folder >= 0)
		close(folder);
	return good ? 0 : MODEL_REFUSED;
}

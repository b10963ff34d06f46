#include "registrar/press/upload.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/press/dossier.h"
#include "schema/registrar_db.h"
#include "web/say.h"

static const struct {
	const char *token, *words;
} kinds[] = {
    [UPLOAD_LETTER] = {"letter", SAY("Letter of your outlet")},
    [UPLOAD_PRESS_CARD] = {"press-card", SAY("Press card")},
    [UPLOAD_SAMPLE] = {"sample", SAY("Sample of your work")},
    [UPLOAD_PHOTO] = {"photo", SAY("Photograph")},
};

static const struct {
	const char *magic;
	size_t len;
	const char *type;
} types[] = {
    {"%PDF-", 5, "application/pdf"},
    {"\xff\xd8\xff", 3, "image/jpeg"},
    {"\x89PNG\r\n\x1a\n", 8, "image/png"},
};

const char *upload_type(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (len >= types[i].len && memcmp(bytes, types[i].magic, types[i].len) == 0)
			return types[i].type;
	return NULL;
}

const char *upload_kind_words(enum upload_kind kind)
{
	return kinds[kind].words;
}

static enum upload_kind kind_of(const char *token)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].token, token) == 0)
			return (enum upload_kind)i;
	return UPLOAD_SAMPLE;
}

/* The type as our own text: what is in the store is one of these. */
static const char *type_of(const char *token)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].type, token) == 0)
			return types[i].type;
	return "application/octet-stream";
}

static int numbers(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, int64_t ret[2])
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, args, n_args, &rows);

	if (result < 0)
		return result;
	ret[0] = store_get_i64(rows, 0);
	ret[1] = store_columns(rows) > 1 ? store_get_i64(rows, 1) : 0;
	store_done(rows);
	return 0;
}

/* Whether there is room for so many bytes more. */
static int check_room(struct store_tx *tx, int64_t dossier_id, size_t len)
{
	int64_t mine[2] = {0}, all[2] = {0};
	int result = numbers(tx, REGISTRAR_Q_UPLOAD_COUNT, STORE_ARGS(store_i64(dossier_id)), mine);

	if (result == 0)
		result = numbers(tx, REGISTRAR_Q_UPLOAD_WAITING_BYTES, STORE_NO_ARGS, all);
	if (result < 0)
		return result;
	if (mine[0] >= UPLOAD_FILES_MAX || mine[1] + (int64_t)len > UPLOAD_TOTAL_MAX)
		return UPLOAD_E_COUNT;
	return all[0] + (int64_t)len > UPLOAD_WAITING_MAX ? UPLOAD_E_FULL : 0;
}

static int insert(struct store_tx *tx, int64_t dossier_id, const struct upload_file *file,
    const char *type, int64_t now)
{
	uint8_t unused[TOKEN_BYTES];
	char name[TOKEN_TEXT + 1];
	int result;

	token_new(name, unused);
	result = store_exec(tx, REGISTRAR_Q_UPLOAD_INSERT,
	    STORE_ARGS(store_i64(dossier_id), store_text(name), store_text(kinds[file->kind].token),
		store_text(*file->title ? file->title : kinds[file->kind].words), store_text(type),
		store_blob(file->bytes, file->len), store_i64(now), store_i64(file->width),
		store_i64(file->height)),
	    NULL);
	return result < 0 ? result : dossier_touch(tx, dossier_id, now);
}

int upload_add(struct store_tx *tx, int64_t dossier_id, const struct upload_file *file, int64_t now)
{
	const char *type = upload_type(file->bytes, file->len);
	int result;

	if (file->len == 0 || file->len > UPLOAD_BYTES_MAX)
		return UPLOAD_E_LONG;
	if (!type)
		return UPLOAD_E_TYPE;
	result = check_room(tx, dossier_id, file->len);
	return result < 0 ? result : insert(tx, dossier_id, file, type, now);
}

int upload_set_photo(
    struct store_tx *tx, int64_t dossier_id, const struct photo *photo, int64_t now)
{
	const struct upload_file file = {
	    UPLOAD_PHOTO, "", photo->bytes, photo->len, photo->width, photo->height};
	int64_t all[2] = {0};
	int result = numbers(tx, REGISTRAR_Q_UPLOAD_WAITING_BYTES, STORE_NO_ARGS, all);

	if (result == 0 && all[0] + (int64_t)photo->len > UPLOAD_WAITING_MAX)
		result = UPLOAD_E_FULL;
	if (result == 0)
		result = store_exec(
		    tx, REGISTRAR_Q_UPLOAD_DELETE_PHOTO, STORE_ARGS(store_i64(dossier_id)), NULL);
	return result < 0 ? result : insert(tx, dossier_id, &file, "image/jpeg", now);
}

static int read_row(struct store_rows *rows, void *item)
{
	struct upload *ret = item;

	snprintf(ret->name, sizeof(ret->name), "%s", store_get_text(rows, 0));
	ret->kind = kind_of(store_get_text(rows, 1));
	snprintf(ret->title, sizeof(ret->title), "%s", store_get_text(rows, 2));
	ret->type = type_of(store_get_text(rows, 3));
	ret->size = store_get_i64(rows, 4);
	ret->width = (unsigned)store_get_i64(rows, 5);
	ret->height = (unsigned)store_get_i64(rows, 6);
	ret->bytes = NULL;
	return 0;
}

int upload_list(struct store_tx *tx, int64_t dossier_id, struct upload_list *ret_list)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_UPLOAD_LIST, STORE_ARGS(store_i64(dossier_id)),
	    sizeof(*ret_list->items), read_row, NULL, &list);

	if (result == 0)
		*ret_list = (struct upload_list){list.items, list.n};
	return result;
}

void upload_list_free(struct upload_list *list)
{
	free(list->items);
	*list = (struct upload_list){NULL, 0};
}

static int read_whole(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, struct upload *ret_upload)
{
	struct store_rows *rows = NULL;
	struct upload upload;
	const void *bytes;
	size_t len = 0;
	int result = store_one(tx, query, args, n_args, &rows);

	if (result < 0)
		return result;
	read_row(rows, &upload);
	bytes = store_get_blob(rows, 7, &len);
	upload.bytes = malloc(len + 1);
	if (upload.bytes && len)
		memcpy(upload.bytes, bytes, len);
	store_done(rows);
	if (!upload.bytes)
		return STORE_NO_MEMORY;
	upload.size = (int64_t)len;
	*ret_upload = upload;
	return 0;
}

int upload_open(
    struct store_tx *tx, int64_t dossier_id, const char *name, struct upload *ret_upload)
{
	return read_whole(tx, REGISTRAR_Q_UPLOAD_OPEN,
	    STORE_ARGS(store_i64(dossier_id), store_text(name)), ret_upload);
}

int upload_photo(struct store_tx *tx, int64_t dossier_id, struct upload *ret_upload)
{
	return read_whole(
	    tx, REGISTRAR_Q_UPLOAD_PHOTO, STORE_ARGS(store_i64(dossier_id)), ret_upload);
}

void upload_free(struct upload *upload)
{
	if (upload->bytes)
		sodium_memzero(upload->bytes, (size_t)upload->size);
	free(upload->bytes);
	upload->bytes = NULL;
}

int upload_remove(struct store_tx *tx, int64_t dossier_id, const char *name, int64_t now)
{
	int result = store_exec(tx, REGISTRAR_Q_UPLOAD_DELETE,
	    STORE_ARGS(store_i64(dossier_id), store_text(name)), NULL);

	return result < 0 ? result : dossier_touch(tx, dossier_id, now);
}

const char *upload_strerror(int result)
{
	switch (result) {
	case UPLOAD_E_TYPE:
		return SAY("This file is no PDF, JPEG or PNG. Save it as one of these and send it "
			   "again");
	case UPLOAD_E_LONG:
		return SAY("This file is larger than 5 MB. Save it smaller, or send another");
	case UPLOAD_E_COUNT:
		return SAY(
		    "You have sent 8 files, or 20 MB, which is all we take. Remove one first");
	case UPLOAD_E_FULL:
		return SAY(
		    "We cannot take files at the moment. Go on without; we will ask you for it");
	default:
		return NULL;
	}
}

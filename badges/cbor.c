#include "badges/cbor.h"

#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/text.h"

#define CBOR_FIRST_CAP 1024
#define CBOR_HEAD_MAX  9

void cbor_free(struct cbor_writer *writer)
{
	free(writer->bytes);
	*writer = (struct cbor_writer){0};
}

/* Room for more bytes; returns where they go, or NULL. */
static uint8_t *cbor_room(struct cbor_writer *writer, size_t more)
{
	size_t cap = writer->cap == 0 ? CBOR_FIRST_CAP : writer->cap;
	uint8_t *bytes;

	if (writer->failed)
		return NULL;
	if (more <= writer->cap - writer->len)
		return writer->bytes + writer->len;
	while (cap - writer->len < more) {
		if (cap > SIZE_MAX / 2)
			goto failed;
		cap *= 2;
	}
	bytes = realloc(writer->bytes, cap);
	if (bytes == NULL)
		goto failed;
	writer->bytes = bytes;
	writer->cap = cap;
	return bytes + writer->len;
failed:
	writer->failed = true;
	return NULL;
}

/* Writes the shortest head and returns its size. */
static size_t cbor_head(uint8_t head[static CBOR_HEAD_MAX], enum cbor_major major, uint64_t value)
{
	uint8_t kind = (uint8_t)((unsigned)major << 5);

	if (value < 24) {
		head[0] = (uint8_t)(kind | value);
		return 1;
	}
	if (value <= UINT8_MAX) {
		head[0] = kind | 24;
		head[1] = (uint8_t)value;
		return 2;
	}
	if (value <= UINT16_MAX) {
		head[0] = kind | 25;
		bytes_put_u16(head + 1, (uint16_t)value);
		return 3;
	}
	if (value <= UINT32_MAX) {
		head[0] = kind | 26;
		bytes_put_u32(head + 1, (uint32_t)value);
		return 5;
	}
	head[0] = kind | 27;
	bytes_put_u64(head + 1, value);
	return 9;
}

void cbor_put_raw(struct cbor_writer *writer, const void *bytes, size_t len)
{
	uint8_t *at = cbor_room(writer, len);

	if (at == NULL || len == 0)
		return;
	memcpy(at, bytes, len);
	writer->len += len;
}

void cbor_put_head(struct cbor_writer *writer, enum cbor_major major, uint64_t value)
{
	uint8_t head[CBOR_HEAD_MAX];
	size_t size = cbor_head(head, major, value);

	cbor_put_raw(writer, head, size);
}

void cbor_put_uint(struct cbor_writer *writer, uint64_t value)
{
	cbor_put_head(writer, CBOR_UINT, value);
}

void cbor_put_bytes(struct cbor_writer *writer, const void *bytes, size_t len)
{
	cbor_put_head(writer, CBOR_BYTES, len);
	cbor_put_raw(writer, bytes, len);
}

void cbor_put_text(struct cbor_writer *writer, const char *text, size_t len)
{
	cbor_put_head(writer, CBOR_TEXT, len);
	cbor_put_raw(writer, text, len);
}

void cbor_put_field(struct cbor_writer *writer, uint64_t key, uint64_t value)
{
	cbor_put_uint(writer, key);
	cbor_put_uint(writer, value);
}

void cbor_insert_head(struct cbor_writer *writer, size_t at, enum cbor_major major, uint64_t value)
{
	uint8_t head[CBOR_HEAD_MAX];
	size_t size = cbor_head(head, major, value);

	if (cbor_room(writer, size) == NULL)
		return;
	memmove(writer->bytes + at + size, writer->bytes + at, writer->len - at);
	memcpy(writer->bytes + at, head, size);
	writer->len += size;
}

struct cbor_reader cbor_reader(const uint8_t *bytes, size_t len)
{
	return (struct cbor_reader){bytes, bytes + len};
}

bool cbor_get_head(struct cbor_reader *reader, enum cbor_major major, uint64_t *ret_value)
{
	static const uint64_t least[] = {24, 0x100, 0x10000, 0x100000000};
	const uint8_t *at = reader->at;
	size_t left = (size_t)(reader->end - at), size;
	uint64_t value = 0;
	unsigned info;

	if (left == 0 || *at >> 5 != (unsigned)major)
		return false;
	info = *at++ & 31;
	if (info < 24) {
		reader->at = at;
		*ret_value = info;
		return true;
	}
	size = info > 27 ? left : (size_t)1 << (info - 24);
	if (size >= left)
		return false;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | at[i];
	if (value < least[info - 24])
		return false;
	reader->at = at + size;
	*ret_value = value;
	return true;
}

bool cbor_get_uint(struct cbor_reader *reader, uint64_t max, uint64_t *ret_value)
{
	uint64_t value;

	if (!cbor_get_head(reader, CBOR_UINT, &value) || value > max)
		return false;
	*ret_value = value;
	return true;
}

static bool cbor_get_string(struct cbor_reader *reader, enum cbor_major major, size_t min,
    size_t max, const uint8_t **ret_bytes, size_t *ret_len)
{
	uint64_t len;

	if (!cbor_get_head(reader, major, &len) || len < min || len > max ||
	    len > (uint64_t)(reader->end - reader->at))
		return false;
	*ret_bytes = reader->at;
	*ret_len = (size_t)len;
	reader->at += len;
	return true;
}

bool cbor_get_bytes(
    struct cbor_reader *reader, size_t min, size_t max, const uint8_t **ret_bytes, size_t *ret_len)
{
	return cbor_get_string(reader, CBOR_BYTES, min, max, ret_bytes, ret_len);
}

bool cbor_get_text(
    struct cbor_reader *reader, size_t min, size_t max, const char **ret_text, size_t *ret_len)
{
	const uint8_t *bytes;
	size_t len;

	if (!cbor_get_string(reader, CBOR_TEXT, min, max, &bytes, &len) ||
	    !text_is_plain((const char *)bytes, len))
		return false;
	*ret_text = (const char *)bytes;
	*ret_len = len;
	return true;
}

bool cbor_get_array(struct cbor_reader *reader, uint64_t items)
{
	uint64_t count;

	return cbor_get_head(reader, CBOR_ARRAY, &count) && count == items;
}

bool cbor_get_map(struct cbor_reader *reader, uint64_t pairs)
{
	uint64_t count;

	return cbor_get_head(reader, CBOR_MAP, &count) && count == pairs;
}

bool cbor_get_key(struct cbor_reader *reader, uint64_t key)
{
	uint64_t value;

	return cbor_get_head(reader, CBOR_UINT, &value) && value == key;
}

bool cbor_get_field(struct cbor_reader *reader, uint64_t key, uint64_t max, uint64_t *ret_value)
{
	return cbor_get_key(reader, key) && cbor_get_uint(reader, max, ret_value);
}

#ifndef BADGES_CBOR_H
#define BADGES_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As much of CBOR (RFC 8949) as bundle objects use: unsigned integers, byte and text strings,
 * arrays and maps of known size, and one tag; deterministic (section 4.2.1), so that there is one
 * encoding of each object. Passes have a reader of their own. */

enum cbor_major {
	CBOR_UINT = 0,
	CBOR_BYTES = 2,
	CBOR_TEXT = 3,
	CBOR_ARRAY = 4,
	CBOR_MAP = 5,
	CBOR_TAG = 6,
};

/* A growing buffer. {0} is an empty one. When memory runs out `failed` is set, later calls do
 * nothing, and the maker asks once, at the end. */
struct cbor_writer {
	uint8_t *bytes;
	size_t len, cap;
	bool failed;
};

/* Frees and empties. */
void cbor_free(struct cbor_writer *writer);

void cbor_put_head(struct cbor_writer *writer, enum cbor_major major, uint64_t value);
void cbor_put_uint(struct cbor_writer *writer, uint64_t value);
void cbor_put_bytes(struct cbor_writer *writer, const void *bytes, size_t len);
void cbor_put_text(struct cbor_writer *writer, const char *text, size_t len);
/* A map's key, and an unsigned integer after it. */
void cbor_put_field(struct cbor_writer *writer, uint64_t key, uint64_t value);
/* Bytes that are CBOR already. */
void cbor_put_raw(struct cbor_writer *writer, const void *bytes, size_t len);

/* Puts a head in front of what was written from offset `at` on: for an array whose number of items
 * was not known when it was begun. */
void cbor_insert_head(struct cbor_writer *writer, size_t at, enum cbor_major major, uint64_t value);

/* Reads [at, end) and borrows it. Each call returns false, and leaves its result untouched, when
 * what follows is not the shortest encoding of that kind; the reader is then of no further use. */
struct cbor_reader {
	const uint8_t *at;
	const uint8_t *end;
};

struct cbor_reader cbor_reader(const uint8_t *bytes, size_t len);
bool cbor_get_head(struct cbor_reader *reader, enum cbor_major major, uint64_t *ret_value)
    __attribute__((warn_unused_result));
/* An unsigned integer not above max. */
bool cbor_get_uint(struct cbor_reader *reader, uint64_t max, uint64_t *ret_value)
    __attribute__((warn_unused_result));
/* A byte string of min..max bytes. */
bool cbor_get_bytes(struct cbor_reader *reader, size_t min, size_t max, const uint8_t **ret_bytes,
    size_t *ret_len) __attribute__((warn_unused_result));
/* A text string of min..max bytes that text_is_plain. */
bool cbor_get_text(struct cbor_reader *reader, size_t min, size_t max, const char **ret_text,
    size_t *ret_len) __attribute__((warn_unused_result));
/* The head of an array or map of exactly that many items (pairs). */
bool cbor_get_array(struct cbor_reader *reader, uint64_t items) __attribute__((warn_unused_result));
bool cbor_get_map(struct cbor_reader *reader, uint64_t pairs) __attribute__((warn_unused_result));
/* A map's key: this number and no other. */
bool cbor_get_key(struct cbor_reader *reader, uint64_t key) __attribute__((warn_unused_result));
/* A key and an unsigned integer after it. */
bool cbor_get_field(struct cbor_reader *reader, uint64_t key, uint64_t max, uint64_t *ret_value)
    __attribute__((warn_unused_result));

static inline bool cbor_at_end(const struct cbor_reader *reader)
{
	return reader->at == reader->end;
}

#endif

#ifndef BADGES_BYTES_H
#define BADGES_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Hex, big-endian integers and a bounded cursor. Nothing here allocates. */

/* Writes 2 * len lower-case hex digits and a NUL to ret_text, which holds 2 * len + 1 bytes. */
void bytes_hex(const uint8_t *bytes, size_t len, char *ret_text);

enum { BYTES_E_HEX = -1 };

/* Reads exactly len bytes from exactly 2 * len hex digits of either case (text need not end in
 * NUL). Returns 0, or BYTES_E_HEX with ret_bytes untouched when text_len differs or a digit is
 * wrong. */
int bytes_unhex(const char *text, size_t text_len, uint8_t *ret_bytes, size_t len)
    __attribute__((warn_unused_result));

static inline void bytes_put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void bytes_put_u32(uint8_t *at, uint32_t value)
{
	bytes_put_u16(at, (uint16_t)(value >> 16));
	bytes_put_u16(at + 2, (uint16_t)value);
}

static inline void bytes_put_u64(uint8_t *at, uint64_t value)
{
	bytes_put_u32(at, (uint32_t)(value >> 32));
	bytes_put_u32(at + 4, (uint32_t)value);
}

static inline uint16_t bytes_get_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t bytes_get_u32(const uint8_t *at)
{
	return (uint32_t)bytes_get_u16(at) << 16 | bytes_get_u16(at + 2);
}

static inline uint64_t bytes_get_u64(const uint8_t *at)
{
	return (uint64_t)bytes_get_u32(at) << 32 | bytes_get_u32(at + 4);
}

/* What is left to read: [at, end). It borrows the bytes. */
struct bytes_cursor {
	const uint8_t *at;
	const uint8_t *end;
};

static inline struct bytes_cursor bytes_cursor(const uint8_t *bytes, size_t len)
{
	return (struct bytes_cursor){bytes, bytes + len};
}

static inline size_t bytes_left(const struct bytes_cursor *cursor)
{
	return (size_t)(cursor->end - cursor->at);
}

/* Steps over len bytes and returns where they begin, or NULL, cursor unmoved, when fewer are left.
 */
static inline const uint8_t *bytes_take(struct bytes_cursor *cursor, size_t len)
{
	const uint8_t *at = cursor->at;

	if (len > bytes_left(cursor))
		return NULL;
	cursor->at += len;
	return at;
}

#endif

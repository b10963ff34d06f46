#ifndef BADGES_BASE45_H
#define BADGES_BASE45_H

#include <stddef.h>
#include <stdint.h>

/* Base45 as in RFC 9285: two bytes are three characters, a last odd byte is two. */

enum { BASE45_E_TEXT = -1 };

/* The characters that len bytes take, without a NUL. */
static inline size_t base45_text_len(size_t len)
{
	return len / 2 * 3 + len % 2 * 2;
}

/* Writes base45_text_len(len) characters and a NUL to ret_text. */
void base45_encode(const uint8_t *bytes, size_t len, char *ret_text);

/* Reads text_len characters into at most cap bytes.
 * Strict: the alphabet only, length mod 3 never 1, a triplet at most 65535, a last pair at most
 * 255. Returns 0 with the number of bytes in ret_len, or BASE45_E_TEXT (ret_bytes may then hold
 * part of the input, ret_len is untouched). Every text that is read is the one that encode would
 * write. */
int base45_decode(const char *text, size_t text_len, uint8_t *ret_bytes, size_t cap,
    size_t *ret_len) __attribute__((warn_unused_result));

#endif

#include "registrar/doors/enrol_code.h"

#include <string.h>

#include <sodium.h>

#define CODE_BYTES 10 /* 80 bits */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void enrol_code_hash(const char chars[static ENROL_CODE_CHARS], uint8_t ret[static ENROL_CODE_HASH])
{
	static const char prefix[] = "pressgate-enrol/v1\n";
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)prefix, sizeof(prefix) - 1);
	crypto_hash_sha256_update(&state, (const uint8_t *)chars, ENROL_CODE_CHARS);
	crypto_hash_sha256_final(&state, ret);
}

void enrol_code_new(
    char ret_text[static ENROL_CODE_TEXT + 1], uint8_t ret_hash[static ENROL_CODE_HASH])
{
	uint8_t bytes[CODE_BYTES];
	char chars[ENROL_CODE_CHARS];
	size_t out = 0;

	randombytes_buf(bytes, sizeof(bytes));
	for (size_t i = 0; i < ENROL_CODE_CHARS; i++) {
		size_t bit = i * 5;
		unsigned two = (unsigned)bytes[bit / 8] << 8;

		if (bit / 8 + 1 < CODE_BYTES)
			two |= bytes[bit / 8 + 1];
		chars[i] = alphabet[(two >> (11 - bit % 8)) & 31];
		if (i > 0 && i % 4 == 0)
			ret_text[out++] = '-';
		ret_text[out++] = chars[i];
	}
	ret_text[out] = '\0';
	enrol_code_hash(chars, ret_hash);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(chars, sizeof(chars));
}

bool enrol_code_read(const char *text, char ret_chars[static ENROL_CODE_CHARS])
{
	size_t n = 0;

	for (size_t i = 0; text[i] != '\0'; i++) {
		char c = text[i];

		if (c == '-' || c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c == 'I' || c == 'L')
			c = '1';
		if (c == 'O')
			c = '0';
		if (n == ENROL_CODE_CHARS || strchr(alphabet, c) == NULL)
			return false;
		ret_chars[n++] = c;
	}
	return n == ENROL_CODE_CHARS;
}

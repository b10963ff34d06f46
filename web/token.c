#include "web/token.h"

#include <sodium.h>
#include <string.h>

static void encode(const uint8_t bytes[TOKEN_BYTES], char ret_text[TOKEN_TEXT + 1])
{
	sodium_bin2base64(
	    ret_text, TOKEN_TEXT + 1, bytes, TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* sodium_base642bin refuses stray bits at the end itself. */
static int decode(const char *text, uint8_t ret[TOKEN_BYTES])
{
	uint8_t bytes[TOKEN_BYTES];
	const char *end = NULL;
	size_t len = 0;

	if (!text || strnlen(text, TOKEN_TEXT + 1) != TOKEN_TEXT)
		return -1;
	if (sodium_base642bin(bytes, sizeof(bytes), text, TOKEN_TEXT, NULL, &len, &end,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    len != TOKEN_BYTES || end != text + TOKEN_TEXT)
		return -1;
	memcpy(ret, bytes, TOKEN_BYTES);
	sodium_memzero(bytes, sizeof(bytes));
	return 0;
}

void token_new(char ret_text[TOKEN_TEXT + 1], uint8_t ret_hash[TOKEN_BYTES])
{
	uint8_t bytes[TOKEN_BYTES];

	randombytes_buf(bytes, sizeof(bytes));
	encode(bytes, ret_text);
	crypto_hash_sha256(ret_hash, bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
}

int token_hash(const char *text, uint8_t ret_hash[TOKEN_BYTES])
{
	uint8_t bytes[TOKEN_BYTES];

	if (decode(text, bytes))
		return -1;
	crypto_hash_sha256(ret_hash, bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
	return 0;
}

bool token_same(const uint8_t a[TOKEN_BYTES], const uint8_t b[TOKEN_BYTES])
{
	return sodium_memcmp(a, b, TOKEN_BYTES) == 0;
}

static void csrf_bytes(const uint8_t key[TOKEN_BYTES], enum token_csrf_kind kind,
    const uint8_t binding[TOKEN_BYTES], uint8_t ret[TOKEN_BYTES])
{
	static const char purpose[] = "pressgate-csrf/v1\n";
	uint8_t message[sizeof(purpose) - 1 + 1 + TOKEN_BYTES];

	memcpy(message, purpose, sizeof(purpose) - 1);
	message[sizeof(purpose) - 1] = (uint8_t)kind;
	memcpy(message + sizeof(purpose), binding, TOKEN_BYTES);
	crypto_generichash(ret, TOKEN_BYTES, message, sizeof(message), key, TOKEN_BYTES);
}

void token_csrf(const uint8_t key[TOKEN_BYTES], enum token_csrf_kind kind,
    const uint8_t binding[TOKEN_BYTES], char ret_text[TOKEN_TEXT + 1])
{
	uint8_t bytes[TOKEN_BYTES];

	csrf_bytes(key, kind, binding, bytes);
	encode(bytes, ret_text);
}

bool token_csrf_holds(const uint8_t key[TOKEN_BYTES], enum token_csrf_kind kind,
    const uint8_t binding[TOKEN_BYTES], const char *text)
{
	uint8_t want[TOKEN_BYTES];
	uint8_t got[TOKEN_BYTES];

	if (decode(text, got))
		return false;
	csrf_bytes(key, kind, binding, want);
	return token_same(want, got);
}

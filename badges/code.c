#include "badges/code.h"

#include <sodium.h>
#include <string.h>

#define CODE_DIGITS    7
#define CODE_DOMAIN    "pressgate-code/v1\n"
#define CODE_TYPED_MAX 64

static const char code_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* x * value in GF(32) modulo x^5 + x^2 + 1. */
static unsigned code_times_x(unsigned value)
{
	value <<= 1;
	return value & 32 ? value ^ 0x25 : value;
}

/* By Horner's rule: the first digit has the weight x^7, the last x^1, and the check digit x^0. */
static unsigned code_check(const unsigned digits[static CODE_DIGITS])
{
	unsigned sum = 0;

	for (size_t i = 0; i < CODE_DIGITS; i++)
		sum = code_times_x(sum ^ digits[i]);
	return sum;
}

static void code_write(const unsigned digits[static CODE_DIGITS + 1], char *ret_text)
{
	for (size_t i = 0; i <= CODE_DIGITS; i++)
		ret_text[i + i / 4] = code_alphabet[digits[i]];
	ret_text[4] = '-';
	ret_text[CODE_TEXT_LEN] = '\0';
}

void code_of_pass(const uint8_t pass[static 16], char ret_text[static CODE_TEXT_LEN + 1])
{
	uint8_t input[sizeof(CODE_DOMAIN) - 1 + 16], hash[crypto_hash_sha256_BYTES];
	unsigned digits[CODE_DIGITS + 1];
	uint64_t bits = 0;

	memcpy(input, CODE_DOMAIN, sizeof(CODE_DOMAIN) - 1);
	memcpy(input + sizeof(CODE_DOMAIN) - 1, pass, 16);
	crypto_hash_sha256(hash, input, sizeof(input));
	for (size_t i = 0; i < 5; i++)
		bits = bits << 8 | hash[i];
	for (size_t i = 0; i < CODE_DIGITS; i++)
		digits[i] = (unsigned)(bits >> (35 - 5 * i)) & 31;
	digits[CODE_DIGITS] = code_check(digits);
	code_write(digits, ret_text);
}

static int code_digit(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'I' || c == 'L')
		c = '1';
	if (c == 'O')
		c = '0';
	at = c == '\0' ? NULL : strchr(code_alphabet, c);
	return at == NULL ? -1 : (int)(at - code_alphabet);
}

int code_read(const char *text, size_t len, char ret_text[static CODE_TEXT_LEN + 1])
{
	unsigned digits[CODE_DIGITS + 1];
	size_t count = 0;

	if (len > CODE_TYPED_MAX)
		return CODE_E_TEXT;
	for (size_t i = 0; i < len; i++) {
		int digit;

		if (text[i] == ' ' || text[i] == '-')
			continue;
		digit = code_digit(text[i]);
		if (digit < 0 || count > CODE_DIGITS)
			return CODE_E_TEXT;
		digits[count++] = (unsigned)digit;
	}
	if (count != CODE_DIGITS + 1)
		return CODE_E_TEXT;
	if (code_check(digits) != digits[CODE_DIGITS])
		return CODE_E_CHECK;
	code_write(digits, ret_text);
	return 0;
}

#include "badges/bytes.h"

void bytes_hex(const uint8_t *bytes, size_t len, char *ret_text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		ret_text[2 * i] = digits[bytes[i] >> 4];
		ret_text[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret_text[2 * len] = '\0';
}

static int bytes_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int bytes_unhex(const char *text, size_t text_len, uint8_t *ret_bytes, size_t len)
{
	if (text_len / 2 != len || text_len % 2 != 0)
		return BYTES_E_HEX;
	for (size_t i = 0; i < text_len; i++) {
		if (bytes_digit(text[i]) < 0)
			return BYTES_E_HEX;
	}
	for (size_t i = 0; i < len; i++)
		ret_bytes[i] =
		    (uint8_t)(bytes_digit(text[2 * i]) * 16 + bytes_digit(text[2 * i + 1]));
	return 0;
}

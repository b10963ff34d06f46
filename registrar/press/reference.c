#include "registrar/press/reference.h"

#include <stdint.h>

#include <sodium.h>

void reference_new(char letter, char ret_text[REFERENCE_TEXT + 1])
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t random[8];
	char *at = ret_text;

	randombytes_buf(random, sizeof random);
	*at++ = letter;
	for (int i = 0; i < 8; i++) {
		if (i % 4 == 0)
			*at++ = '-';
		*at++ = alphabet[random[i] & 31];
	}
	*at = '\0';
}

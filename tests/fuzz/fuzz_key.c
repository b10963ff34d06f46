/* Key files: what is read is a key whose line is the input. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/key.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct key_secret *key = NULL;
	char line[160], seed[65];
	int len;

	FUZZ_NEED(sodium_init() >= 0);
	if (key_parse((const char *)data, size, &key) != 0) {
		FUZZ_NEED(key == NULL);
		return 0;
	}
	bytes_hex(key->secret, KEY_SEED_SIZE, seed);
	len = snprintf(
	    line, sizeof(line), "pressgate-secret-key/v1 %s %s\n", key_use_word(key->use), seed);
	FUZZ_NEED(size == (size_t)len || size == (size_t)len - 1);
	FUZZ_NEED(memcmp(data, line, (size_t)len - 65) == 0);
	FUZZ_NEED(key_is_point(key->public));
	key_free(key);
	return 0;
}

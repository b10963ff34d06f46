/* Base45: any bytes read back; any text that is read is the one that is written. */
#include <string.h>

#include "badges/base45.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t text_len = base45_text_len(size), len = 0;
	uint8_t *bytes = malloc(size + 1);
	char *text = malloc(text_len + 1);

	FUZZ_NEED(bytes != NULL && text != NULL);
	base45_encode(data, size, text);
	FUZZ_NEED(strlen(text) == text_len);
	FUZZ_NEED(base45_decode(text, text_len, bytes, size, &len) == 0);
	FUZZ_NEED(len == size && memcmp(bytes, data, size) == 0);
	if (base45_decode((const char *)data, size, bytes, size, &len) == 0) {
		FUZZ_NEED(base45_text_len(len) == size);
		base45_encode(bytes, len, text);
		FUZZ_NEED(memcmp(text, data, size) == 0);
	}
	free(bytes);
	free(text);
	return 0;
}

/* Typed codes: what is read reads as itself again. */
#include <sodium.h>
#include <string.h>

#include "badges/code.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[CODE_TEXT_LEN + 1], again[CODE_TEXT_LEN + 1];

	if (code_read((const char *)data, size, text) == 0) {
		FUZZ_NEED(strlen(text) == CODE_TEXT_LEN && text[4] == '-');
		FUZZ_NEED(code_read(text, CODE_TEXT_LEN, again) == 0 && strcmp(text, again) == 0);
	}
	if (size == 16) {
		FUZZ_NEED(sodium_init() >= 0);
		code_of_pass(data, text);
		FUZZ_NEED(code_read(text, CODE_TEXT_LEN, again) == 0 && strcmp(text, again) == 0);
	}
	return 0;
}

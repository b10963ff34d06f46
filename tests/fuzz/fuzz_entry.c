/* Any bytes as a journal entry: refused, or one that writes back to the same bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "badges/entry.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[ENTRY_MAX + 1];
	struct entry entry;
	size_t len;

	if (entry_parse((const char *)data, size, &entry) < 0)
		return 0;
	if (entry_format(&entry, text, &len) < 0 || len != size || memcmp(text, data, size) != 0)
		abort();
	return 0;
}

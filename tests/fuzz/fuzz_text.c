/* Plain text, against the GNU project's reader of UTF-8. */
#include <unictype.h>
#include <unistr.h>

#include "badges/text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool plain = text_is_plain((const char *)data, size);
	size_t cut = text_cut((const char *)data, size, size / 2);

	FUZZ_NEED(cut <= size / 2);
	if (!plain)
		return 0;
	FUZZ_NEED(u8_check(data, size) == NULL);
	FUZZ_NEED(text_is_plain((const char *)data, cut));
	FUZZ_NEED(text_is_plain((const char *)data + cut, size - cut));
	return 0;
}

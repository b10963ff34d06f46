#include "gate/printable.h"

#include "badges/text.h"

static void print_one(FILE *out, const char *text, size_t left, size_t *ret_taken)
{
	unsigned char lead = (unsigned char)text[0];
	size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (len <= left && text_is_plain(text, len)) {
		fwrite(text, 1, len, out);
		*ret_taken = len;
	} else {
		fputs("\xef\xbf\xbd", out);
		*ret_taken = 1;
	}
}

void printable_write(FILE *out, const char *text, size_t len, size_t max)
{
	size_t end = len < max ? len : max, taken;

	for (size_t i = 0; i < end; i += taken)
		print_one(out, text + i, end - i, &taken);
}

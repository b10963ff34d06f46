#include "badges/text.h"

#include <stdint.h>

/* What no text may hold, in rising order: controls and separators, Unicode's category Cf (which has
 * the bidi and zero-width characters), what shows as nothing, and noncharacters of plane 0. */
static const struct text_range {
	uint32_t first, last;
} text_forbidden[] = {
    {0x0000, 0x001f},	/* C0 */
    {0x007f, 0x009f},	/* DEL, C1 */
    {0x00ad, 0x00ad},	/* soft hyphen */
    {0x034f, 0x034f},	/* combining grapheme joiner */
    {0x0600, 0x0605},	/* Arabic number signs */
    {0x061c, 0x061c},	/* Arabic letter mark */
    {0x06dd, 0x06dd},	/* Arabic end of ayah */
    {0x070f, 0x070f},	/* Syriac abbreviation mark */
    {0x0890, 0x0891},	/* Arabic pound, piastre marks */
    {0x08e2, 0x08e2},	/* Arabic disputed end of ayah */
    {0x115f, 0x1160},	/* Hangul fillers */
    {0x17b4, 0x17b5},	/* Khmer inherent vowels */
    {0x180e, 0x180e},	/* Mongolian vowel separator */
    {0x200b, 0x200f},	/* zero-width, LRM, RLM */
    {0x2028, 0x202e},	/* line and paragraph separators, bidi embeddings and overrides */
    {0x2060, 0x206f},	/* word joiner, invisible operators, bidi isolates */
    {0x3164, 0x3164},	/* Hangul filler */
    {0xd800, 0xdfff},	/* surrogates */
    {0xfdd0, 0xfdef},	/* noncharacters */
    {0xfeff, 0xfeff},	/* byte order mark */
    {0xffa0, 0xffa0},	/* half-width Hangul filler */
    {0xfff0, 0xfffb},	/* interlinear annotation and its neighbours */
    {0xfffe, 0xffff},	/* noncharacters */
    {0x110bd, 0x110bd}, /* Kaithi number sign */
    {0x110cd, 0x110cd}, /* Kaithi number sign above */
    {0x13430, 0x1343f}, /* Egyptian hieroglyph format controls */
    {0x1bca0, 0x1bca3}, /* shorthand format controls */
    {0x1d173, 0x1d17a}, /* musical format controls */
    {0xe0000, 0xe00ff}, /* tags */
};

static bool text_is_forbidden(uint32_t c)
{
	size_t low = 0, high = sizeof(text_forbidden) / sizeof(text_forbidden[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c < text_forbidden[middle].first)
			high = middle;
		else if (c > text_forbidden[middle].last)
			low = middle + 1;
		else
			return true;
	}
	return (c & 0xfffe) == 0xfffe;
}

/* The length of the character at text and its number, or 0 when it is not valid UTF-8. */
static size_t text_char(const unsigned char *text, size_t len, uint32_t *ret_c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	uint32_t c;

	if (text[0] < 0x80) {
		*ret_c = text[0];
		return 1;
	}
	if (text[0] < 0xc2 || text[0] > 0xf4 || size > len)
		return 0;
	c = text[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3fu);
	}
	if (c < least[size] || c > 0x10ffff)
		return 0;
	*ret_c = c;
	return size;
}

bool text_is_plain(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;

	while (len > 0) {
		uint32_t c;
		size_t size;

		if (*at >= 0x20 && *at < 0x7f) {
			at++;
			len--;
			continue;
		}
		size = text_char(at, len, &c);
		if (size == 0 || text_is_forbidden(c))
			return false;
		at += size;
		len -= size;
	}
	return true;
}

size_t text_cut(const char *text, size_t len, size_t limit)
{
	if (len <= limit)
		return len;
	while (limit > 0 && ((unsigned char)text[limit] & 0xc0) == 0x80)
		limit--;
	return limit;
}

bool text_is_name(const char *text, size_t len, size_t max)
{
	if (len == 0 || len > max)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}

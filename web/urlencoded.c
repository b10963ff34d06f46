#include "web/urlencoded.h"

#include <string.h>

int urlencoded_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes in place; the result is never longer. */
static int decode(char *text, size_t *ret_len)
{
	char *out = text;

	for (const char *p = text; *p; p++) {
		if (*p == '+') {
			*out++ = ' ';
		} else if (*p == '%') {
			int high = urlencoded_hex(p[1]);
			int low = high < 0 ? -1 : urlencoded_hex(p[2]);

			if (low < 0 || (high == 0 && low == 0))
				return -1;
			*out++ = (char)(high << 4 | low);
			p += 2;
		} else {
			*out++ = *p;
		}
	}
	*out = '\0';
	*ret_len = (size_t)(out - text);
	return 0;
}

void urlencoded_begin(struct urlencoded *u, char *text)
{
	u->at = text;
	u->done = *text == '\0';
}

static char *cut_piece(struct urlencoded *u)
{
	char *piece = u->at;
	char *end = strchr(piece, '&');

	if (end) {
		*end = '\0';
		u->at = end + 1;
	} else {
		u->done = true;
	}
	return piece;
}

int urlencoded_next(struct urlencoded *u, struct urlencoded_pair *ret)
{
	char *name = NULL;
	char *value;
	size_t name_len, value_len;

	while (!u->done && !(name && *name))
		name = cut_piece(u);
	if (!name || !*name)
		return 0;
	value = strchr(name, '=');
	if (value)
		*value++ = '\0';
	else
		value = name + strlen(name);
	if (decode(name, &name_len) || decode(value, &value_len))
		return -1;
	ret->name = name;
	ret->value = value;
	ret->value_len = value_len;
	return 1;
}

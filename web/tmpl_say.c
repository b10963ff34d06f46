#include <stdbool.h>
#include <string.h>

#include "web/say.h"
#include "web/tmpl.h"

static void put_number(struct buf *b, long long number)
{
	char text[32];

	say_number(b->language, number, text);
	tmpl_text(b, text);
}

static void put_value(
    struct buf *b, void (*escape)(struct buf *, const char *), const struct tmpl_value *v)
{
	switch (v->as) {
	case TMPL_AS_TEXT:
		escape(b, v->text);
		break;
	case TMPL_AS_BDI:
		buf_puts(b, "<bdi>");
		escape(b, v->text);
		buf_puts(b, "</bdi>");
		break;
	case TMPL_AS_STRONG:
		buf_puts(b, "<strong>");
		escape(b, v->text);
		buf_puts(b, "</strong>");
		break;
	case TMPL_AS_NUMBER:
		put_number(b, v->number);
		break;
	case TMPL_AS_PAGE:
		v->page(b, v->number);
		break;
	}
}

/* Escaping goes by whole strings: a piece is written from a copy, however long it is. */
static void put_plain(
    struct buf *b, void (*escape)(struct buf *, const char *), const char *text, size_t len)
{
	char piece[256];

	while (len > 0) {
		size_t n = len < sizeof(piece) - 1 ? len : sizeof(piece) - 1;

		memcpy(piece, text, n);
		piece[n] = '\0';
		escape(b, piece);
		text += n;
		len -= n;
	}
}

/* Whether what is written ends with a full stop, as "2:00 p.m." does; tags may close after it. */
static bool has_stopped(const struct buf *b)
{
	size_t len = b->len;

	while (len > 0 && b->data[len - 1] == '>') {
		while (len > 0 && b->data[len - 1] != '<')
			len--;
		if (len == 0 || b->data[len] != '/')
			return false;
		len--;
	}
	return len > 0 && b->data[len - 1] == '.';
}

/* Writes len bytes of a text, its values among them. A sentence whose last value ends with a full
 * stop gets no second one. */
static void put(struct buf *b, void (*escape)(struct buf *, const char *), const char *text,
    size_t len, const struct tmpl_value *values, size_t n)
{
	const char *end = text + len;

	while (text < end) {
		const char *sign = memchr(text, '%', (size_t)(end - text));
		size_t which;

		if (!sign || sign + 1 == end) {
			put_plain(b, escape, text, (size_t)(end - text));
			return;
		}
		put_plain(b, escape, text, (size_t)(sign - text));
		which = sign[1] == 'n' ? TMPL_COUNT : (size_t)(sign[1] - '1');
		if (sign[1] == '%')
			escape(b, "%");
		else if (which < n)
			put_value(b, escape, &values[which]);
		text = sign + 2;
		if (which < n && text < end && *text == '.' && has_stopped(b))
			text++;
	}
}

void tmpl_say(struct buf *b, void (*escape)(struct buf *, const char *), const char *text,
    const struct tmpl_value *values, size_t n)
{
	put(b, escape, text, strlen(text), values, n);
}

/* The literal bytes of a path were looked at by the compiler; the values are encoded. */
static void put_path(struct buf *b, const char *url, const struct tmpl_value *values, size_t n)
{
	for (; *url; url++) {
		if (url[0] == '%' && url[1] >= '1' && url[1] <= '9') {
			size_t which = (size_t)(*++url - '1');

			if (which < n && values[which].as == TMPL_AS_NUMBER)
				buf_int(b, values[which].number);
			else if (which < n)
				tmpl_segment(b, values[which].text);
		} else {
			buf_putc(b, *url);
		}
	}
}

void tmpl_say_link(struct buf *b, const char *text, const char *url, bool ours,
    const struct tmpl_value *values, size_t n)
{
	const char *open = strchr(text, '[');
	const char *close = open ? strchr(open, ']') : NULL;

	if (!close) {
		tmpl_say(b, tmpl_text, text, values, n);
		return;
	}
	put(b, tmpl_text, text, (size_t)(open - text), values, n);
	buf_puts(b, "<a class=\"govuk-link\" href=\"");
	if (ours)
		put_path(b, url, values, n);
	else
		tmpl_url(b, url);
	buf_puts(b, "\">");
	put(b, tmpl_text, open + 1, (size_t)(close - open - 1), values, n);
	buf_puts(b, "</a>");
	tmpl_say(b, tmpl_text, close + 1, values, n);
}

#include "web/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t limit)
{
	memset(b, 0, sizeof(*b));
	b->limit = limit;
}

void buf_free(struct buf *b)
{
	const struct say *language = b->language;

	free(b->data);
	buf_init(b, b->limit);
	b->language = language;
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->error = BUF_OK;
	if (b->data)
		b->data[0] = '\0';
}

void buf_fail(struct buf *b, int error)
{
	if (!b->error)
		b->error = error;
}

/* Room for `more` bytes and the NUL, or a latched error. */
static bool reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 1024;
	char *data;

	if (b->error)
		return false;
	if (more > b->limit - b->len) {
		buf_fail(b, BUF_LIMIT);
		return false;
	}
	if (b->data && b->len + more < b->cap)
		return true;
	while (cap <= b->len + more)
		cap *= 2;
	data = realloc(b->data, cap);
	if (!data) {
		buf_fail(b, BUF_NOMEM);
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *text)
{
	if (text)
		buf_add(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_int(struct buf *b, long long value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lld", value);

	buf_add(b, text, (size_t)len);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len < 0) {
		buf_fail(b, BUF_VALUE);
		return;
	}
	if (!reserve(b, (size_t)len))
		return;
	va_start(ap, format);
	vsnprintf(b->data + b->len, (size_t)len + 1, format, ap);
	va_end(ap);
	b->len += (size_t)len;
}

int buf_error(const struct buf *b)
{
	return b->error;
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_steal(struct buf *b, size_t *ret_len)
{
	char *data;

	if (!b->data)
		(void)reserve(b, 0);
	if (b->error || !b->data)
		return NULL;
	data = b->data;
	data[b->len] = '\0';
	if (ret_len)
		*ret_len = b->len;
	b->data = NULL;
	buf_init(b, b->limit);
	return data;
}

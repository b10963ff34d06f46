#include "web/tmpl.h"

#include <string.h>
#include <strings.h>

#include "web/asset.h"

static const char *text_reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	default:
		return NULL;
	}
}

static const char *attr_reference(char c)
{
	switch (c) {
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '`':
		return "&#96;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return text_reference(c);
	}
}

static void write_escaped(struct buf *b, const char *text, const char *(*reference)(char))
{
	const char *from = text;
	const char *p;

	if (!text)
		return;
	for (p = text; *p; p++) {
		const char *ref = reference(*p);

		if (!ref)
			continue;
		buf_add(b, from, (size_t)(p - from));
		buf_puts(b, ref);
		from = p + 1;
	}
	buf_add(b, from, (size_t)(p - from));
}

void tmpl_text(struct buf *b, const char *text)
{
	write_escaped(b, text, text_reference);
}

void tmpl_attr(struct buf *b, const char *text)
{
	write_escaped(b, text, attr_reference);
}

static bool unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

void tmpl_segment(struct buf *b, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (const char *p = text ? text : ""; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (unreserved(c)) {
			buf_putc(b, (char)c);
		} else {
			buf_putc(b, '%');
			buf_putc(b, hex[c >> 4]);
			buf_putc(b, hex[c & 15]);
		}
	}
}

static bool url_bytes_allowed(const char *url)
{
	for (const char *p = url; *p; p++) {
		if ((unsigned char)*p <= 0x20 || *p == 0x7f || *p == '\\')
			return false;
	}
	return true;
}

static bool url_allowed(const char *url)
{
	size_t scheme = strcspn(url, ":/?#");

	if (!url_bytes_allowed(url))
		return false;
	if (url[0] == '/' && url[1] == '/')
		return false;
	if (url[scheme] != ':')
		return true;
	return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0 ||
	       strncasecmp(url, "mailto:", 7) == 0;
}

void tmpl_url(struct buf *b, const char *url)
{
	if (!url)
		return;
	tmpl_attr(b, url_allowed(url) ? url : "#");
}

void tmpl_asset(struct buf *b, const char *name)
{
	const char *url = asset_url(name);

	if (url)
		tmpl_attr(b, url);
	else
		buf_fail(b, BUF_VALUE);
}

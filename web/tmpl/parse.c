#include "web/tmpl/tmpl.h"

#include <stdarg.h>
#include <string.h>

void tmpl_error(struct tmpl *t, unsigned line, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: error: ", t->path, line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	t->failed = true;
}

static unsigned count_lines(const char *text, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* Follows the HTML through literal text; says where it is wrong. */
static void follow(struct tmpl *t, const char *text, size_t len, unsigned line)
{
	for (size_t i = 0; i < len; i++) {
		const char *error = html_byte(&t->html, text[i]);

		if (error)
			tmpl_error(t, line, "%s", error);
		line += text[i] == '\n';
	}
}

static void literal(struct tmpl *t, const char *text, size_t len)
{
	if (t->in_page) {
		follow(t, text, len, t->line);
		emit_literal(t, text, len, t->line);
	} else if (strspn(text, " \t\r\n") < len) {
		tmpl_error(t, t->line, "text before the first {{page ...}}");
	}
	t->line += count_lines(text, len);
}

/* Directives that print nothing themselves: alone on a line, the whole line vanishes. */
static bool is_silent(const char *words, size_t len)
{
	static const char *const silent[] = {
	    "page", "include", "if", "else", "end", "for", "with", "call", "#"};

	for (size_t i = 0; i < sizeof(silent) / sizeof(*silent); i++) {
		size_t n = strlen(silent[i]);

		if (len >= n && strncmp(words, silent[i], n) == 0 &&
		    (len == n || silent[i][0] == '#' || strchr(" \t\n", words[n])))
			return true;
	}
	return false;
}

static size_t blanks_before(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (text[len - 1 - n] == ' ' || text[len - 1 - n] == '\t'))
		n++;
	return n;
}

/* The bytes up to and with the line's end, if only blanks stand before it; else 0. */
static size_t blank_line_rest(const char *text, const char *end)
{
	const char *p = text;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p < end && *p == '\n' ? (size_t)(p - text) + 1 : 0;
}

static const char *find(const char *from, const char *end, const char *two)
{
	for (; from + 1 < end; from++) {
		if (from[0] == two[0] && from[1] == two[1])
			return from;
	}
	return NULL;
}

static void directive(struct tmpl *t, const char *words, size_t len, unsigned line)
{
	char copy[2048];

	while (len && strchr(" \t\n", *words)) {
		words++;
		len--;
	}
	while (len && strchr(" \t\n", words[len - 1]))
		len--;
	if (len >= sizeof(copy)) {
		tmpl_error(t, line, "a directive of more than %zu characters", sizeof(copy) - 1);
		return;
	}
	memcpy(copy, words, len);
	copy[len] = '\0';
	if (len == 0)
		tmpl_error(t, line, "an empty {{}}");
	else if (copy[0] != '#')
		emit_directive(t, copy, line);
}

/* Handles the text up to the next directive, and that directive. Returns where to go on. */
static const char *step(struct tmpl *t, const char *from, const char *end)
{
	const char *open = find(from, end, "{{");
	const char *close = open ? find(open + 2, end, "}}") : NULL;
	size_t before, blanks, rest;

	if (!open) {
		literal(t, from, (size_t)(end - from));
		return end;
	}
	if (!close) {
		tmpl_error(t, t->line + count_lines(from, (size_t)(open - from)), "{{ without }}");
		return end;
	}
	before = (size_t)(open - from);
	blanks = blanks_before(from, before);
	rest = blank_line_rest(close + 2, end);
	if (!is_silent(open + 2, (size_t)(close - open - 2)) || !rest ||
	    (open - blanks != t->text && open[-(ptrdiff_t)blanks - 1] != '\n'))
		blanks = rest = 0;
	literal(t, from, before - blanks);
	directive(t, open + 2, (size_t)(close - open - 2), t->line);
	t->line += count_lines(open, (size_t)(close - open)) + (rest ? 1 : 0);
	return close + 2 + rest;
}

void tmpl_parse(struct tmpl *t)
{
	const char *end = t->text + t->len;
	const char *at = t->text;

	t->line = 1;
	html_init(&t->html);
	while (at < end)
		at = step(t, at, end);
	if (t->in_page)
		emit_page_end(t);
	else if (!t->failed)
		tmpl_error(t, t->line, "no {{page ...}} in this file");
}

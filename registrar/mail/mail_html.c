#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/mail/mail.html.h"
#include "registrar/mail/mail_view.h"
#include "web/text.h"

/* A line shorter than this, in code points, was ended on purpose; a longer one was full. */
enum { FULL_LINE = 70 };

/* Everything a view points into, allocated at once: as much as a text of that size can need. */
struct cutting {
	struct mail_block *blocks;
	struct mail_row *rows;
	struct mail_span *spans;
	char *pool;
	size_t n_blocks, n_rows, n_spans, used;
	const char *site;
};

/* A piece of the text with an end of its own. */
static const char *keep(struct cutting *it, const char *text, size_t len)
{
	char *kept = it->pool + it->used;

	memcpy(kept, text, len);
	kept[len] = 0;
	it->used += len + 1;
	return kept;
}

static void add_span(struct cutting *it, const char *text, size_t len, bool link)
{
	if (len > 0)
		it->spans[it->n_spans++] = (struct mail_span){keep(it, text, len), link, false};
}

/* The bytes of an address of the site that stands here, without the full stop of its sentence. */
static size_t address_length(const struct cutting *it, const char *text, size_t len)
{
	size_t site = strlen(it->site), n;

	if (site == 0 || len < site || strncmp(text, it->site, site) != 0)
		return 0;
	for (n = site; n < len && (unsigned char)text[n] > ' ' && !strchr("<>\"'", text[n]); n++)
		;
	while (n > site && strchr(".,;:!?)", text[n - 1]))
		n--;
	/* media.example.evil is another site than media.example. */
	return n == site || text[site] == '/' || text[site] == '?' ? n : 0;
}

static void add_line(struct cutting *it, const char *line, size_t len)
{
	size_t from = 0, address;

	for (size_t i = 0; i < len;) {
		address = address_length(it, line + i, len - i);
		if (address == 0) {
			i++;
			continue;
		}
		add_span(it, line + from, i - from, false);
		add_span(it, line + i, address, true);
		i += address;
		from = i;
	}
	add_span(it, line + from, len - from, false);
}

/* Where the value of "  Name:  value" begins; 0: the line is none. */
static size_t value_at(const char *line, size_t len)
{
	for (size_t i = 2; i + 2 < len; i++)
		if (line[i] == ':' && line[i + 1] == ' ' && line[i + 2] == ' ')
			return i;
	return 0;
}

static size_t line_length(const char *text, const char *end)
{
	const char *stop = memchr(text, '\n', (size_t)(end - text));

	return stop ? (size_t)(stop - text) : (size_t)(end - text);
}

/* Whether each line of a paragraph begins with two blanks; *ret_rows: and is a name with a value.
 */
static bool is_indented(const char *text, const char *end, bool *ret_rows)
{
	size_t len;

	*ret_rows = true;
	for (; text < end; text += len + 1) {
		len = line_length(text, end);
		if (len < 3 || text[0] != ' ' || text[1] != ' ')
			return false;
		*ret_rows = *ret_rows && value_at(text, len);
	}
	return true;
}

static void add_row(struct cutting *it, const char *line, size_t len)
{
	size_t colon = value_at(line, len), value = colon + 1;

	while (value < len && line[value] == ' ')
		value++;
	it->rows[it->n_rows++] =
	    (struct mail_row){keep(it, line + 2, colon - 2), keep(it, line + value, len - value)};
}

/* A line's end: one that was ended on purpose, or a blank. */
static void end_line(struct cutting *it, const char *line, size_t len, bool indented)
{
	bool address = it->n_spans > 0 && it->spans[it->n_spans - 1].link;
	size_t points = 0;

	for (size_t i = 0; i < len; i++)
		points += ((unsigned char)line[i] & 0xc0) != 0x80;
	it->spans[it->n_spans++] =
	    (struct mail_span){" ", false, indented || address || points < FULL_LINE};
}

static void add_block(struct cutting *it, const char *text, const char *end)
{
	struct mail_block *block = &it->blocks[it->n_blocks++];
	bool rows;
	size_t len;

	*block = (struct mail_block){.rows = it->rows + it->n_rows,
	    .spans = it->spans + it->n_spans,
	    .indented = is_indented(text, end, &rows)};
	for (; text < end; text += len + 1) {
		len = line_length(text, end);
		if (block->indented && rows) {
			add_row(it, text, len);
			block->n_rows++;
			continue;
		}
		add_line(it, text, len);
		if (text + len < end)
			end_line(it, text, len, block->indented);
	}
	block->n_spans = (size_t)(it->spans + it->n_spans - block->spans);
}

/* Paragraphs are parted by empty lines. */
static void cut(struct cutting *it, const char *body)
{
	const char *end;

	while (*(body += strspn(body, "\n"))) {
		end = strstr(body, "\n\n");
		if (!end)
			end = body + strlen(body);
		while (end > body && end[-1] == '\n')
			end--;
		add_block(it, body, end);
		body = end;
	}
}

static size_t count(const char *text, char what)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == what;
	return n;
}

int mail_html(
    struct buf *out, const char *site, const char *language, const char *subject, const char *body)
{
	/* An address has a colon, and parts a line once more. */
	size_t lines = count(body, '\n') + 2, spans = 2 * (lines + count(body, ':')) + 2;
	struct cutting it = {.site = site,
	    .blocks = calloc(lines, sizeof(*it.blocks)),
	    .rows = calloc(lines, sizeof(*it.rows)),
	    .spans = calloc(spans, sizeof(*it.spans)),
	    .pool = malloc(strlen(body) + spans + 2 * lines)};
	struct mail_view view = {.language = language, .subject = subject};
	int result = -1;

	if (it.blocks && it.rows && it.spans && it.pool) {
		cut(&it, body);
		view.blocks = it.blocks;
		view.n = it.n_blocks;
		mail_page(out, &view);
		result = 0;
	}
	free(it.blocks);
	free(it.rows);
	free(it.spans);
	free(it.pool);
	return result;
}

/*
 * Texts to be translated: {{say "Doors open at %1." part_time:c->doors}} and its kin. The English
 * text goes into the C as a literal argument of say(), where xgettext finds it.
 */
#include <ctype.h>
#include <string.h>

#include "web/tmpl/tmpl.h"

enum { VALUES_MOST = 9, TEXT_MOST = 1500 };

/* One directive, cut up. */
struct words {
	struct tmpl *t;
	unsigned line;
	const char *at;		   /* what is not read yet */
	char *values[VALUES_MOST]; /* expressions, cut out of `room` */
	size_t n;
	char room[2048];
	unsigned used; /* bits of the values that a text or the URL names */
};

static void start(struct words *w, struct tmpl *t, const char *rest, unsigned line)
{
	memset(w, 0, sizeof(*w));
	w->t = t;
	w->line = line;
	w->at = rest;
}

static void skip_blanks(struct words *w)
{
	w->at += strspn(w->at, " \t");
}

/* Reads "text" with \" and \\ inside. */
static bool read_text(struct words *w, char ret[TEXT_MOST], const char *what)
{
	size_t len = 0;

	skip_blanks(w);
	if (*w->at != '"') {
		tmpl_error(w->t, w->line, "%s in double quotes is missing", what);
		return false;
	}
	for (w->at++; *w->at && *w->at != '"' && len + 1 < TEXT_MOST; w->at++) {
		if (*w->at == '\\' && (w->at[1] == '"' || w->at[1] == '\\'))
			w->at++;
		ret[len++] = *w->at;
	}
	ret[len] = '\0';
	if (*w->at != '"') {
		tmpl_error(w->t, w->line, "%s does not end, or is too long", what);
		return false;
	}
	w->at++;
	return true;
}

/* The bytes up to the next blank that stands in no parentheses and no quotes. */
static size_t expression_len(const char *text)
{
	size_t i = 0;
	int depth = 0;
	char quote = '\0';

	for (; text[i] && (depth > 0 || quote || !strchr(" \t\n", text[i])); i++) {
		if (quote && text[i] == '\\' && text[i + 1])
			i++;
		else if (quote)
			quote = text[i] == quote ? '\0' : quote;
		else if (text[i] == '"' || text[i] == '\'')
			quote = text[i];
		else
			depth += (text[i] == '(') - (text[i] == ')');
	}
	return i;
}

static bool read_values(struct words *w)
{
	char *room = w->room;

	for (skip_blanks(w); *w->at; skip_blanks(w)) {
		size_t len = expression_len(w->at);

		if (w->n == VALUES_MOST || room + len + 1 > w->room + sizeof(w->room)) {
			tmpl_error(w->t, w->line, "more than %d values", VALUES_MOST);
			return false;
		}
		memcpy(room, w->at, len);
		room[len] = '\0';
		if (!check_expression(w->t, room, w->line))
			return false;
		w->values[w->n++] = room;
		room += len + 1;
		w->at += len;
	}
	return true;
}

/* Notes which values a text names, and what it may not hold. */
static bool check_signs(struct words *w, const char *text, bool count)
{
	for (; *text; text++) {
		if (*text != '%')
			continue;
		text++;
		if (*text == '%' || (*text == 'n' && count))
			continue;
		if (*text < '1' || *text > '9' || (size_t)(*text - '1') >= w->n) {
			tmpl_error(w->t, w->line, "%%%c names no value; a percent sign is %%%%",
			    *text ? *text : ' ');
			return false;
		}
		w->used |= 1U << (*text - '1');
	}
	return true;
}

static bool check_text(struct words *w, const char *text, bool count, bool link)
{
	const char *open = strchr(text, '[');
	const char *close = strchr(text, ']');

	if (!*text || strchr(" \t", *text) || strchr(" \t", text[strlen(text) - 1]) ||
	    strpbrk(text, "\n<")) {
		tmpl_error(w->t, w->line,
		    "a text is one line, without markup, and neither begins nor ends with a blank");
		return false;
	}
	if (link ? !open || !close || close < open + 2 || strchr(open + 1, '[') ||
		       strchr(close + 1, ']')
		 : open || close) {
		tmpl_error(w->t, w->line,
		    link ? "a text with a link has one [part in brackets]"
			 : "brackets in a text are for {{say_link}}");
		return false;
	}
	return check_signs(w, text, count);
}

static bool check_used(struct words *w)
{
	if (w->used == (1U << w->n) - 1)
		return true;
	tmpl_error(w->t, w->line, "a value that the text does not name");
	return false;
}

/* ---- C ---- */

/* "bdi:v->name": how a value is shown; *ret_expr is what follows. NULL where it is plain. */
static const char *prefix_of(const char *value, size_t *ret_len, const char **ret_expr)
{
	size_t len = 0;

	while (isalnum((unsigned char)value[len]) || value[len] == '_')
		len++;
	*ret_len = len;
	*ret_expr = value;
	if (len == 0 || isdigit((unsigned char)value[0]) || value[len] != ':')
		return NULL;
	*ret_expr = value + len + 1;
	return value;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(text, word, len) == 0;
}

static void emit_value(struct words *w, const char *value, bool attribute)
{
	FILE *c = w->t->c;
	const char *expr;
	size_t len;
	const char *prefix = prefix_of(value, &len, &expr);

	if (!prefix)
		fprintf(c, "{.text = (%s)}, ", expr);
	else if (is_word(prefix, len, "int"))
		fprintf(c, "{.as = TMPL_AS_NUMBER, .number = (long long)(%s)}, ", expr);
	else if (attribute)
		tmpl_error(w->t, w->line, "%.*s: makes markup, which stands in no attribute",
		    (int)len, prefix);
	else if (is_word(prefix, len, "bdi"))
		fprintf(c, "{.as = TMPL_AS_BDI, .text = (%s)}, ", expr);
	else if (is_word(prefix, len, "strong"))
		fprintf(c, "{.as = TMPL_AS_STRONG, .text = (%s)}, ", expr);
	else
		fprintf(c, "{.as = TMPL_AS_PAGE, .page = %.*s, .number = (%s)}, ", (int)len, prefix,
		    expr);
}

/* The last two arguments: the values, and how many; a count is the tenth. */
static void emit_values(struct words *w, const char *count, bool attribute)
{
	FILE *c = w->t->c;

	if (w->n == 0 && !count) {
		fputs("NULL, 0);\n", c);
		return;
	}
	fputs("(const struct tmpl_value[]){", c);
	for (size_t i = 0; i < w->n; i++)
		emit_value(w, w->values[i], attribute);
	if (count)
		fprintf(
		    c, "[TMPL_COUNT] = {.as = TMPL_AS_NUMBER, .number = (long long)(%s)}", count);
	fprintf(c, "}, %zu);\n", count ? (size_t)VALUES_MOST + 1 : w->n);
}

/* Which function escapes here; NULL, after an error, where no text may stand. */
static const char *place(struct words *w)
{
	const char *error = NULL;
	const char *escape = html_value(&w->t->html, TMPL_TEXT, &error);

	if (escape && strcmp(escape, "tmpl_segment") == 0) {
		escape = NULL;
		error = "a translated text stands in no URL";
	}
	if (!escape)
		tmpl_error(w->t, w->line, "%s", error);
	return escape;
}

void emit_say(struct tmpl *t, const char *rest, unsigned line)
{
	struct words w;
	char text[TEXT_MOST];
	const char *escape;

	start(&w, t, rest, line);
	if (!read_text(&w, text, "a text") || !read_values(&w) ||
	    !check_text(&w, text, false, false) || !check_used(&w) || !(escape = place(&w)))
		return;
	emit_line(t, line);
	fprintf(t->c, "\ttmpl_say(b, %s, say(b->language, ", escape);
	emit_string(t->c, text, strlen(text));
	fputs("), ", t->c);
	emit_values(&w, NULL, strcmp(escape, "tmpl_attr") == 0);
}

void emit_say_n(struct tmpl *t, const char *rest, unsigned line)
{
	struct words w;
	char one[TEXT_MOST], many[TEXT_MOST], count[TEXT_MOST];
	const char *escape;
	size_t len = expression_len(rest);

	start(&w, t, rest, line);
	snprintf(count, sizeof(count), "%.*s", (int)len, rest);
	w.at += len;
	if (!check_expression(t, count, line) || !read_text(&w, one, "the text for one") ||
	    !read_text(&w, many, "the text for many") || !read_values(&w) ||
	    !check_text(&w, one, true, false) || !check_text(&w, many, true, false) ||
	    !check_used(&w) || !(escape = place(&w)))
		return;
	emit_line(t, line);
	fprintf(t->c, "\ttmpl_say(b, %s, say_plural(b->language, ", escape);
	emit_string(t->c, one, strlen(one));
	fputs(", ", t->c);
	emit_string(t->c, many, strlen(many));
	fprintf(t->c, ", (long long)(%s)), ", count);
	emit_values(&w, count, strcmp(escape, "tmpl_attr") == 0);
}

/* A literal URL: a path of ours, a place on the page, or another site's address. */
static bool check_url(struct words *w, const char *url)
{
	bool path = url[0] == '/' && url[1] != '/' && url[1] != '\\' && url[1] != '%';

	if ((!path && url[0] != '#' && strncmp(url, "https://", 8) != 0) ||
	    strpbrk(url, " \"'<>&\\`")) {
		tmpl_error(w->t, w->line,
		    "a link leads to a path of ours (\"/my\"), to a place of "
		    "this page (\"#top\") or to https://...");
		return false;
	}
	return check_signs(w, url, false);
}

void emit_say_link(struct tmpl *t, const char *rest, unsigned line)
{
	struct words w;
	char text[TEXT_MOST], url[TEXT_MOST];
	bool literal;

	start(&w, t, rest, line);
	if (!read_text(&w, text, "a text"))
		return;
	skip_blanks(&w);
	literal = *w.at == '"';
	if (literal && !read_text(&w, url, "where it leads"))
		return;
	if (!literal) {
		size_t len = expression_len(w.at);

		snprintf(url, sizeof(url), "%.*s", (int)len, w.at);
		w.at += len;
	}
	if (!read_values(&w) || !check_text(&w, text, false, true) ||
	    !(literal ? check_url(&w, url) : check_expression(t, url, line)) || !check_used(&w))
		return;
	if (t->html.state != HTML_TEXT) {
		tmpl_error(t, line, "{{say_link}} stands in element content only");
		return;
	}
	emit_line(t, line);
	fputs("\ttmpl_say_link(b, say(b->language, ", t->c);
	emit_string(t->c, text, strlen(text));
	fputs("), ", t->c);
	if (literal)
		emit_string(t->c, url, strlen(url));
	else
		fprintf(t->c, "(%s)", url);
	fprintf(t->c, ", %s, ", literal ? "true" : "false");
	emit_values(&w, NULL, false);
}

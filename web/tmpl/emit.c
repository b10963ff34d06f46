#include "web/tmpl/tmpl.h"

#include <ctype.h>
#include <string.h>

void emit_line(struct tmpl *t, unsigned line)
{
	fprintf(t->c, "#line %u \"%s\"\n", line, t->path);
}

void emit_string(FILE *c, const char *text, size_t len)
{
	fputc('"', c);
	for (size_t i = 0; i < len; i++) {
		unsigned char u = (unsigned char)text[i];

		if (u == '\n')
			fputs("\\n", c);
		else if (u == '"' || u == '\\')
			fprintf(c, "\\%c", u);
		else if (u < 0x20 || u >= 0x7f || u == '?')
			fprintf(c, "\\%03o", u);
		else
			fputc(u, c);
	}
	fputc('"', c);
}

void emit_literal(struct tmpl *t, const char *text, size_t len, unsigned line)
{
	/* C11 promises 4,095 characters in a string literal. */
	enum { PIECE = 2000 };

	if (len == 0)
		return;
	emit_line(t, line);
	while (len > 0) {
		size_t n = len < PIECE ? len : PIECE;

		fputs("\tbuf_add(b, ", t->c);
		emit_string(t->c, text, n);
		fprintf(t->c, ", %zu);\n", n);
		text += n;
		len -= n;
	}
}

static bool is_identifier(const char *text, size_t len)
{
	if (len == 0 || isdigit((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	}
	return true;
}

/* An expression goes into an argument list; nothing in it may end that. */
static bool is_expression(const char *text)
{
	int depth = 0;

	if (!*text || strpbrk(text, ";{}#\n") || strstr(text, "/*") || strstr(text, "//"))
		return false;
	for (; *text; text++) {
		depth += (*text == '(') - (*text == ')');
		if (depth < 0)
			return false;
	}
	return depth == 0;
}

bool check_expression(struct tmpl *t, const char *text, unsigned line)
{
	if (is_expression(text))
		return true;
	tmpl_error(t, line, "not an expression: %s", text);
	return false;
}

/* ---- pages ---- */

static void emit_page(struct tmpl *t, const char *rest, unsigned line)
{
	size_t name = strcspn(rest, " \t");
	const char *param = rest + name + strspn(rest + name, " \t");
	const char *var = param + strlen(param);

	if (t->in_page)
		emit_page_end(t);
	while (var > param && (isalnum((unsigned char)var[-1]) || var[-1] == '_'))
		var--;
	if (!is_identifier(rest, name) ||
	    (*param && (!is_identifier(var, strlen(var)) || !is_expression(param)))) {
		tmpl_error(t, line, "write {{page name struct type *v}}");
		return;
	}
	fprintf(
	    t->h, "void %.*s(struct buf *b%s%s);\n", (int)name, rest, *param ? ", " : "", param);
	emit_line(t, line);
	fprintf(
	    t->c, "void %.*s(struct buf *b%s%s)\n{\n", (int)name, rest, *param ? ", " : "", param);
	if (*param)
		fprintf(t->c, "\t(void)%s;\n", var);
	html_init(&t->html);
	t->depth = 0;
	t->in_page = true;
}

void emit_page_end(struct tmpl *t)
{
	if (t->depth > 0)
		tmpl_error(t, t->blocks[t->depth - 1].line, "this block has no {{end}}");
	if (t->html.state != HTML_TEXT)
		tmpl_error(t, t->line, "the page ends inside a tag, an attribute or a comment");
	fputs("}\n", t->c);
	t->in_page = false;
}

static void emit_include(struct tmpl *t, const char *rest, unsigned line)
{
	size_t len = strlen(rest);

	if (t->in_page || len < 3 || strchr("\"<", rest[0]) == NULL ||
	    strpbrk(rest, "\\\n;") != NULL) {
		tmpl_error(t, line, "write {{include \"folder/file.h\"}} before the first page");
		return;
	}
	fprintf(t->h, "#include %s\n", rest);
}

/* ---- blocks ---- */

static void settle(struct tmpl *t, unsigned line)
{
	const char *error = html_settle(&t->html);

	if (error)
		tmpl_error(t, line, "%s", error);
}

static void block_open(struct tmpl *t, enum tmpl_kind kind, unsigned line)
{
	settle(t, line);
	if (t->depth == sizeof(t->blocks) / sizeof(*t->blocks)) {
		tmpl_error(t, line, "blocks nested too deep");
		return;
	}
	t->blocks[t->depth].kind = kind;
	t->blocks[t->depth].line = line;
	t->blocks[t->depth].start = t->html;
	t->blocks[t->depth].tight = false;
	t->depth++;
}

static void emit_if(struct tmpl *t, const char *rest, unsigned line)
{
	if (!check_expression(t, rest, line))
		return;
	emit_line(t, line);
	fprintf(t->c, "\tif (%s) {\n", rest);
	block_open(t, BLOCK_IF, line);
}

static void emit_for(struct tmpl *t, const char *rest, unsigned line)
{
	size_t name = strcspn(rest, " \t");
	const char *in = rest + name + strspn(rest + name, " \t");

	if (!is_identifier(rest, name) || strncmp(in, "in ", 3) != 0) {
		tmpl_error(t, line, "write {{for i in count}}");
		return;
	}
	if (!check_expression(t, in + 3, line))
		return;
	emit_line(t, line);
	fprintf(t->c, "\tfor (size_t %.*s = 0; %.*s < (size_t)(%s); %.*s++) {\n", (int)name, rest,
	    (int)name, rest, in + 3, (int)name, rest);
	block_open(t, BLOCK_FOR, line);
}

static void emit_with(struct tmpl *t, const char *rest, unsigned line)
{
	if (!strchr(rest, '=') || !is_expression(rest)) {
		tmpl_error(t, line, "write {{with const struct type *name = expression}}");
		return;
	}
	emit_line(t, line);
	fprintf(t->c, "\t{\n\t%s;\n", rest);
	block_open(t, BLOCK_WITH, line);
}

static void check_meets(struct tmpl *t, unsigned line)
{
	settle(t, line);
	if (!html_same(&t->blocks[t->depth - 1].start, &t->html))
		tmpl_error(t, line,
		    "the block that began in line %u ends elsewhere in the HTML than it began",
		    t->blocks[t->depth - 1].line);
}

static void emit_else(struct tmpl *t, const char *rest, unsigned line)
{
	if (t->depth == 0 || t->blocks[t->depth - 1].kind != BLOCK_IF) {
		tmpl_error(t, line, "{{else}} without {{if}}");
		return;
	}
	check_meets(t, line);
	emit_line(t, line);
	t->blocks[t->depth - 1].tight |= t->html.tight;
	t->html = t->blocks[t->depth - 1].start;
	if (strncmp(rest, "if ", 3) == 0 && check_expression(t, rest + 3, line)) {
		fprintf(t->c, "\t} else if (%s) {\n", rest + 3);
	} else if (!*rest) {
		fputs("\t} else {\n", t->c);
		t->blocks[t->depth - 1].kind = BLOCK_ELSE;
	} else {
		tmpl_error(t, line, "write {{else}} or {{else if condition}}");
	}
}

static void emit_end(struct tmpl *t, const char *rest, unsigned line)
{
	if (t->depth == 0 || *rest) {
		tmpl_error(t, line, "{{end}} without a block");
		return;
	}
	check_meets(t, line);
	t->depth--;
	t->html.tight |= t->blocks[t->depth].tight;
	fputs("\t}\n", t->c);
}

/* ---- values ---- */

static void emit_call(struct tmpl *t, const char *rest, unsigned line)
{
	size_t name = strcspn(rest, " \t");
	const char *args = rest + name + strspn(rest + name, " \t");

	if (t->html.state != HTML_TEXT) {
		tmpl_error(t, line, "{{call}} stands in element content only");
		return;
	}
	if (!is_identifier(rest, name) || strncmp(rest, "buf_", 4) == 0 ||
	    (*args && !is_expression(args))) {
		tmpl_error(t, line, "write {{call page_name argument}}");
		return;
	}
	emit_line(t, line);
	fprintf(t->c, "\t%.*s(b%s%s);\n", (int)name, rest, *args ? ", " : "", args);
}

static void emit_value(struct tmpl *t, enum tmpl_value value, const char *expr, unsigned line)
{
	const char *error = NULL;
	const char *fn;

	if (!check_expression(t, expr, line))
		return;
	fn = html_value(&t->html, value, &error);
	if (!fn) {
		tmpl_error(t, line, "%s", error);
		return;
	}
	emit_line(t, line);
	fprintf(t->c, "\t%s(b, %s(%s));\n", fn, value == TMPL_INT ? "(long long)" : "", expr);
}

static void emit_int(struct tmpl *t, const char *rest, unsigned line)
{
	emit_value(t, TMPL_INT, rest, line);
}

static void emit_url(struct tmpl *t, const char *rest, unsigned line)
{
	emit_value(t, TMPL_URL, rest, line);
}

static void emit_asset(struct tmpl *t, const char *rest, unsigned line)
{
	emit_value(t, TMPL_ASSET, rest, line);
}

static const struct directive {
	const char *word;
	bool anywhere; /* also outside a page */
	void (*emit)(struct tmpl *t, const char *rest, unsigned line);
} directives[] = {
    {"page", true, emit_page},
    {"include", true, emit_include},
    {"if", false, emit_if},
    {"for", false, emit_for},
    {"with", false, emit_with},
    {"else", false, emit_else},
    {"end", false, emit_end},
    {"call", false, emit_call},
    {"int", false, emit_int},
    {"say", false, emit_say},
    {"say_n", false, emit_say_n},
    {"say_link", false, emit_say_link},
    {"url", false, emit_url},
    {"asset", false, emit_asset},
};

void emit_directive(struct tmpl *t, const char *words, unsigned line)
{
	size_t word = strcspn(words, " \t\n");
	const char *rest = words + word + strspn(words + word, " \t\n");

	for (size_t i = 0; i < sizeof(directives) / sizeof(*directives); i++) {
		const struct directive *d = &directives[i];

		if (strlen(d->word) != word || strncmp(d->word, words, word) != 0)
			continue;
		if (t->in_page || d->anywhere)
			d->emit(t, rest, line);
		else
			tmpl_error(t, line, "{{%s}} before the first {{page ...}}", d->word);
		return;
	}
	if (t->in_page)
		emit_value(t, TMPL_TEXT, words, line);
	else
		tmpl_error(t, line, "a value before the first {{page ...}}");
}

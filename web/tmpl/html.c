#include "web/tmpl/tmpl.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void html_init(struct html *h)
{
	memset(h, 0, sizeof(*h));
}

bool html_same(const struct html *a, const struct html *b)
{
	return a->state == b->state && a->script == b->script &&
	       (a->state != HTML_DOUBLE || a->attr == b->attr);
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == ':';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void name_start(struct html *h, char c)
{
	h->name[0] = (char)tolower((unsigned char)c);
	h->name[1] = '\0';
	h->name_len = 1;
}

static void name_add(struct html *h, char c)
{
	if (h->name_len + 1 < sizeof(h->name)) {
		h->name[h->name_len++] = (char)tolower((unsigned char)c);
		h->name[h->name_len] = '\0';
	}
}

static bool name_in(const struct html *h, const char *const *names)
{
	for (; *names; names++) {
		if (strcmp(h->name, *names) == 0)
			return true;
	}
	return false;
}

/* The name is complete: is it one this compiler lets pass? */
static const char *tag_named(struct html *h)
{
	if (strcmp(h->name, "style") == 0)
		return "<style> is refused by our content security policy: use web/style";
	h->script = strcmp(h->name, "script") == 0;
	return NULL;
}

static const char *attr_named(struct html *h)
{
	static const char *const urls[] = {"href", "src", "action", "formaction", "poster", "cite",
	    "data", "ping", "background", "manifest", "xlink:href", NULL};

	if (strncmp(h->name, "on", 2) == 0)
		return "on... attributes are refused by our content security policy: use a script "
		       "file";
	if (strcmp(h->name, "style") == 0)
		return "style attributes are refused by our content security policy: use a class";
	if (strcmp(h->name, "srcdoc") == 0 || strcmp(h->name, "srcset") == 0)
		return "srcdoc and srcset are not supported";
	h->attr = name_in(h, urls) ? HTML_ATTR_URL : HTML_ATTR_PLAIN;
	h->value_len = 0;
	return NULL;
}

static void tag_closed(struct html *h)
{
	h->state = h->script ? HTML_SCRIPT : HTML_TEXT;
	h->script = false;
}

/* What the first literal bytes of a URL attribute make of the rest. */
static const char *url_byte(struct html *h, char c)
{
	h->value_len++;
	if (h->attr == HTML_ATTR_URL && (c == '#' || c == '?')) {
		h->attr = HTML_ATTR_URL_QUERY;
	} else if (h->attr == HTML_ATTR_URL) {
		h->attr = c == '/' ? HTML_ATTR_URL_PATH : HTML_ATTR_URL_OTHER;
	} else if (h->attr == HTML_ATTR_URL_PATH && h->value_len == 2 && (c == '/' || c == '\\')) {
		h->attr = HTML_ATTR_URL_OTHER;
	} else if (h->attr == HTML_ATTR_URL_DONE && c != '#' && c != '?') {
		return "nothing but a literal ? or # part may follow a whole URL";
	} else if (h->attr == HTML_ATTR_URL_DONE) {
		h->attr = HTML_ATTR_URL_QUERY;
	}
	return NULL;
}

static const char *byte_in_value(struct html *h, char c)
{
	char quote = h->state == HTML_DOUBLE ? '"' : '\'';

	if (c == quote) {
		h->state = HTML_TAG;
		return NULL;
	}
	return h->attr == HTML_ATTR_PLAIN ? NULL : url_byte(h, c);
}

static const char *byte_in_tag(struct html *h, char c)
{
	bool tight = h->tight;

	h->tight = false;
	if (tight && !is_space(c) && c != '>' && c != '/')
		return "a space is missing between this and the block before it";
	if (c == '>') {
		tag_closed(h);
	} else if (is_name(c)) {
		name_start(h, c);
		h->state = HTML_ATTR_NAME;
	} else if (!is_space(c) && c != '/') {
		return "a stray character inside a tag";
	}
	return NULL;
}

static const char *byte_after_less(struct html *h, char c)
{
	if (c == '!' || c == '/') {
		h->state = HTML_MARKUP;
		h->name_len = 0;
		if (c == '!')
			name_start(h, '!');
	} else if (isalpha((unsigned char)c)) {
		name_start(h, c);
		h->state = HTML_TAG_NAME;
	} else {
		return "a bare '<': write &lt;";
	}
	return NULL;
}

static const char *byte_in_name(struct html *h, char c)
{
	const char *error;

	if (is_name(c)) {
		name_add(h, c);
		return NULL;
	}
	if (h->state == HTML_TAG_NAME) {
		error = tag_named(h);
		h->state = HTML_TAG;
		return error ? error : byte_in_tag(h, c);
	}
	error = attr_named(h);
	if (c == '=') {
		h->state = HTML_ATTR_EQUALS;
		return error;
	}
	h->state = HTML_TAG;
	return error ? error : byte_in_tag(h, c);
}

const char *html_settle(struct html *h)
{
	bool tag = h->state == HTML_TAG_NAME;

	if (!tag && h->state != HTML_ATTR_NAME)
		return NULL;
	h->state = HTML_TAG;
	h->tight = true;
	return tag ? tag_named(h) : attr_named(h);
}

static const char *byte_after_equals(struct html *h, char c)
{
	if (c == '"')
		h->state = HTML_DOUBLE;
	else if (c == '\'')
		h->state = HTML_SINGLE;
	else if (is_space(c) || c == '>')
		return "an attribute without a value after '='";
	else
		h->state = HTML_UNQUOTED;
	return NULL;
}

static const char *byte_in_markup(struct html *h, char c)
{
	name_add(h, c);
	if (c == '>')
		h->state = HTML_TEXT;
	else if (strcmp(h->name, "!--") == 0)
		h->state = HTML_COMMENT;
	return NULL;
}

static const char *byte_in_comment(struct html *h, char c)
{
	size_t dashes = h->name_len;

	if (c == '>' && dashes >= 2)
		h->state = HTML_TEXT;
	h->name_len = c == '-' ? dashes + 1 : 0;
	return NULL;
}

/* The content security policy runs no inline script, so the element stays empty. */
static const char *byte_in_script(struct html *h, char c)
{
	if (c == '<')
		h->state = HTML_LESS;
	else if (!is_space(c))
		return "inline script is refused by our content security policy: use a script file";
	return NULL;
}

const char *html_byte(struct html *h, char c)
{
	switch (h->state) {
	case HTML_TEXT:
		if (c == '<')
			h->state = HTML_LESS;
		return NULL;
	case HTML_LESS:
		return byte_after_less(h, c);
	case HTML_TAG_NAME:
	case HTML_ATTR_NAME:
		return byte_in_name(h, c);
	case HTML_TAG:
		return byte_in_tag(h, c);
	case HTML_ATTR_EQUALS:
		return byte_after_equals(h, c);
	case HTML_DOUBLE:
	case HTML_SINGLE:
		return byte_in_value(h, c);
	case HTML_UNQUOTED:
		if (c == '>')
			tag_closed(h);
		else if (is_space(c))
			h->state = HTML_TAG;
		return NULL;
	case HTML_MARKUP:
		return byte_in_markup(h, c);
	case HTML_COMMENT:
		return byte_in_comment(h, c);
	case HTML_SCRIPT:
		return byte_in_script(h, c);
	}
	return NULL;
}

static const char *value_in_text(enum tmpl_value value, const char **ret_error)
{
	switch (value) {
	case TMPL_TEXT:
		return "tmpl_text";
	case TMPL_INT:
		return "buf_int";
	default:
		*ret_error = "{{url}} and {{asset}} stand in href, src, action and the like";
		return NULL;
	}
}

static const char *value_in_url(struct html *h, enum tmpl_value value, const char **ret_error)
{
	if (value == TMPL_URL || value == TMPL_ASSET) {
		if (h->attr != HTML_ATTR_URL) {
			*ret_error = "{{url}} and {{asset}} must begin the attribute's value";
			return NULL;
		}
		h->attr = HTML_ATTR_URL_DONE;
		return value == TMPL_URL ? "tmpl_url" : "tmpl_asset";
	}
	/* After a lone "/" an empty value would make "//host" of what follows. */
	if (h->attr != HTML_ATTR_URL_QUERY &&
	    !(h->attr == HTML_ATTR_URL_PATH && h->value_len >= 2)) {
		*ret_error = "a value in a URL follows a literal path of ours, like \"/places/\"; "
			     "a whole URL is {{url ...}}";
		return NULL;
	}
	return value == TMPL_INT ? "buf_int" : "tmpl_segment";
}

static const char *value_elsewhere(const struct html *h)
{
	switch (h->state) {
	case HTML_SINGLE:
	case HTML_UNQUOTED:
	case HTML_ATTR_EQUALS:
		return "a value in an attribute needs double quotes around it";
	case HTML_COMMENT:
		return "a value inside a comment";
	case HTML_SCRIPT:
		return "a value inside <script>";
	default:
		return "a value inside a tag, outside a quoted attribute";
	}
}

const char *html_value(struct html *h, enum tmpl_value value, const char **ret_error)
{
	if (h->state == HTML_TEXT)
		return value_in_text(value, ret_error);
	if (h->state != HTML_DOUBLE) {
		*ret_error = value_elsewhere(h);
		return NULL;
	}
	if (h->attr != HTML_ATTR_PLAIN)
		return value_in_url(h, value, ret_error);
	if (value == TMPL_URL || value == TMPL_ASSET)
		return value_in_text(value, ret_error);
	return value == TMPL_INT ? "buf_int" : "tmpl_attr";
}

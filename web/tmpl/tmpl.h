/*
 * The template compiler: reads an .html template, writes C that appends the page to a struct buf.
 *
 *     tmpl page.html page.html.c page.html.h
 *
 * main.c reads and writes files; parse.c cuts the template into literal text and {{directives}};
 * html.c follows where in the HTML each piece stands; emit.c writes C, say.c that of texts that are
 * translated.
 */
#ifndef WEB_TMPL_TMPL_H
#define WEB_TMPL_TMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where in the HTML the next byte stands. Two places are the same if every member is. */
enum html_state {
	HTML_TEXT,	  /* element content */
	HTML_LESS,	  /* just after '<' */
	HTML_TAG_NAME,	  /* <na */
	HTML_TAG,	  /* inside a tag, between attributes */
	HTML_ATTR_NAME,	  /* <a hr */
	HTML_ATTR_EQUALS, /* <a href= */
	HTML_DOUBLE,	  /* <a href="... */
	HTML_SINGLE,	  /* <a href='... */
	HTML_UNQUOTED,	  /* <a href=... */
	HTML_MARKUP,	  /* <!doctype ... or </name ... */
	HTML_COMMENT,
	HTML_SCRIPT /* between <script ...> and </script> */
};

enum html_attr {
	HTML_ATTR_PLAIN,
	HTML_ATTR_URL,	     /* nothing of the value yet */
	HTML_ATTR_URL_PATH,  /* it began with "/": a path of ours */
	HTML_ATTR_URL_QUERY, /* it is past a path, in a query or fragment */
	HTML_ATTR_URL_DONE,  /* a whole URL was put in */
	HTML_ATTR_URL_OTHER  /* a literal address of another site */
};

struct html {
	enum html_state state;
	enum html_attr attr;
	char name[32]; /* of the tag or attribute being read */
	size_t name_len;
	bool script;	  /* in or after a <script ...> tag */
	bool tight;	  /* an attribute name ended with its block: a space must follow */
	size_t value_len; /* bytes of literal text in this attribute value */
};

void html_init(struct html *h);

/* Takes one literal byte; returns NULL, or what is wrong. */
const char *html_byte(struct html *h, char c);

/*
 * Ends the name of a tag or attribute at a block's edge, as in <p{{if x}} hidden{{end}}>. Returns
 * NULL, or what is wrong.
 */
const char *html_settle(struct html *h);

/* True if both stand in the same place, so that two branches may meet. */
bool html_same(const struct html *a, const struct html *b);

enum tmpl_value { TMPL_TEXT, TMPL_INT, TMPL_URL, TMPL_ASSET };

/*
 * Looks whether a value may stand here, and which function writes it; NULL with *ret_error set
 * where it may not. Moves the place on.
 */
const char *html_value(struct html *h, enum tmpl_value value, const char **ret_error);

enum tmpl_kind { BLOCK_IF, BLOCK_ELSE, BLOCK_FOR, BLOCK_WITH };

struct tmpl {
	const char *path; /* as in messages and #line */
	const char *text;
	size_t len;
	size_t at;
	unsigned line;
	FILE *c;
	FILE *h;
	struct html html;
	bool in_page;
	bool failed;
	struct tmpl_block {
		enum tmpl_kind kind;
		unsigned line;
		struct html start;
		bool tight; /* of a branch that has ended */
	} blocks[16];
	size_t depth;
};

/* Says PATH:LINE: error: ... on standard error and remembers that the build fails. */
void tmpl_error(struct tmpl *t, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Compiles t->text into t->c and t->h. */
void tmpl_parse(struct tmpl *t);

/* Writes a C string literal. */
void emit_string(FILE *c, const char *text, size_t len);

/* Makes errors of C name the template and its line. */
void emit_line(struct tmpl *t, unsigned line);

/* Whether text is a C expression that can stand in an argument list; complains if not. */
bool check_expression(struct tmpl *t, const char *text, unsigned line);

/* {{say}}, {{say_n}}, {{say_link}}: a text to be translated, its values and where it leads. */
void emit_say(struct tmpl *t, const char *rest, unsigned line);
void emit_say_n(struct tmpl *t, const char *rest, unsigned line);
void emit_say_link(struct tmpl *t, const char *rest, unsigned line);

/* Writes literal text of a page as C. */
void emit_literal(struct tmpl *t, const char *text, size_t len, unsigned line);

/* Carries out one directive: the words between the braces, trimmed. */
void emit_directive(struct tmpl *t, const char *words, unsigned line);

/* Ends the page being written: every block must be closed and the HTML stand in plain text. */
void emit_page_end(struct tmpl *t);

#endif

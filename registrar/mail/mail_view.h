/* What mail.html shows: a mail's text, cut up by mail_html.c. Borrowed from its own memory. */
#ifndef PRESSGATE_REGISTRAR_MAIL_VIEW_H
#define PRESSGATE_REGISTRAR_MAIL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "web/buf.h"

struct mail_span {
	const char *text; /* "" for a line's end */
	bool link;	  /* text is an address on the Service's own site */
	bool ends;	  /* a line ends here on purpose */
};

struct mail_row {
	const char *name, *value;
};

/* A paragraph: rows of a table, or spans. */
struct mail_block {
	const struct mail_row *rows;
	size_t n_rows;
	const struct mail_span *spans;
	size_t n_spans;
	bool indented;
};

struct mail_view {
	const char *language, *subject;
	const struct mail_block *blocks;
	size_t n;
};

/* Writes a mail's text as an HTML document: paragraphs, tables of "  Name:  value" lines, and links
 * where the text has an address that begins with `site`. Whatever else the text holds is text.
 * Returns 0, or -1 without memory; the caller looks at buf_error() too. */
int mail_html(struct buf *out, const char *site, const char *language, const char *subject,
    const char *body) __attribute__((warn_unused_result));

#endif

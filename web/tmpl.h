/*
 * tmpl: what compiled templates call. See web/README.md for the templates themselves.
 */
#ifndef WEB_TMPL_H
#define WEB_TMPL_H

#include "web/buf.h"

/* Writes text for element content: & < > become references. NULL writes nothing. */
void tmpl_text(struct buf *b, const char *text);

/* Writes text for a double-quoted attribute: also quotes, tabs and line breaks. */
void tmpl_attr(struct buf *b, const char *text);

/* Percent-encodes text as one path segment, query value or fragment of a URL. */
void tmpl_segment(struct buf *b, const char *text);

/*
 * Writes a whole URL for a quoted attribute: http, https, mailto, or relative to this site. Any
 * other (javascript:, data:, //host, control characters) is written as "#".
 */
void tmpl_url(struct buf *b, const char *url);

/* Writes the URL of a packed asset; an unknown name latches BUF_VALUE. */
void tmpl_asset(struct buf *b, const char *name);

#endif

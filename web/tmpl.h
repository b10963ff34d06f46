/*
 * tmpl: what compiled templates call. See web/README.md for the templates themselves.
 */
#ifndef WEB_TMPL_H
#define WEB_TMPL_H

#include <stdint.h>

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

/* ---- texts in the reader's language: text has been through say() or say_plural() ---- */

/* What stands for a %1 of a text. */
struct tmpl_value {
	enum {
		TMPL_AS_TEXT,
		TMPL_AS_BDI,	/* a name, of whatever script */
		TMPL_AS_STRONG, /* what counts in the sentence */
		TMPL_AS_NUMBER,
		TMPL_AS_PAGE /* what a page function writes for a number */
	} as;
	const char *text;
	long long number;
	void (*page)(struct buf *b, int64_t number);
};

/* %n of a plural is the tenth value. */
enum { TMPL_COUNT = 9 };

/* Writes text with its values, each escaped by `escape`: tmpl_text or tmpl_attr. */
void tmpl_say(struct buf *b, void (*escape)(struct buf *, const char *), const char *text,
    const struct tmpl_value *values, size_t n);

/*
 * Writes text as element content, what stands between its [ and ] as a link. url is a whole URL as
 * tmpl_url() takes it or, where `ours`, a literal one whose %1 are percent-encoded.
 */
void tmpl_say_link(struct buf *b, const char *text, const char *url, bool ours,
    const struct tmpl_value *values, size_t n);

#endif

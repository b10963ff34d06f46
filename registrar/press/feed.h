/*
 * feed: what is new in public, for readers of news: Atom (RFC 4287) and JSON Feed 1.1.
 *
 * An entry stands for a conference (updated when it changes or is cancelled) or for something
 * published about one. Identifiers are tag URIs (RFC 4151) of the site, so that they stay the same
 * when the address does not.
 */
#ifndef REGISTRAR_FEED_H
#define REGISTRAR_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/press/conference.h"
#include "registrar/press/material.h"
#include "registrar/settings.h"
#include "web/buf.h"
#include "web/say.h"

/* How much a feed has at most, of each kind, and how old what it has may be, in seconds. */
#define FEED_MOST 50
#define FEED_SPAN (int64_t)(90 * 86400)

struct feed { /* borrowed, but for what feed_read reads */
	const struct settings *settings;
	const char *url;		/* where the site is reached, without a slash at the end */
	const struct say *language;	/* of its words; NULL: English */
	struct conference *conferences; /* the last changed first */
	size_t n_conferences;
	struct material_list materials; /* the last published first */
	int64_t updated;		/* of the newest entry; 0: there is none */
};

/* Reads what a feed shows at `now`. End with feed_free. */
int feed_read(struct store_tx *tx, int64_t now, struct feed *feed)
    __attribute__((warn_unused_result));
void feed_free(struct feed *feed);

/* Write the whole document; path is the feed's own. The caller looks at buf_error(). */
void feed_atom(struct buf *b, const struct feed *feed, const char *path);
void feed_json(struct buf *b, const struct feed *feed, const char *path);

#endif

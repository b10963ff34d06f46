/*
 * public_views: what the pages of the public site show, besides the conference's own.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_PUBLIC_VIEWS_H
#define PRESSGATE_REGISTRAR_WEB_PUBLIC_VIEWS_H

#include "registrar/press/material.h"
#include "registrar/web/views.h"

/* What is on. Each list has emerging matters first (R8), then goes by time. */
struct view_home {
	struct page page;
	const struct settings *settings;
	const struct conference *today, *coming, *past; /* past: the last few, the last first */
	size_t n_today, n_coming, n_past;
	int64_t now;
};

struct view_past {
	struct page page;
	const struct conference *items; /* the last first */
	size_t n;
	int64_t now;
	int64_t earlier; /* the id that the next page's come before; 0: there are no more */
	bool is_first;	 /* the newest page */
};

/* Pages of words. */
enum { VIEW_HOUR = 128 };
struct view_about {
	struct page page;
	const struct settings *settings;
	char opens[VIEW_HOUR], closes[VIEW_HOUR]; /* the desk's hours */
};

/* Where the live stream of a conference stands (R6). */
enum view_stream {
	VIEW_STREAM_NONE,
	VIEW_STREAM_BEFORE,
	VIEW_STREAM_LIVE,
	VIEW_STREAM_AFTER,
	VIEW_STREAM_OFF /* the conference is cancelled */
};

/* What of a conference is for those who can't come, and what is published of it (R6, R7). */
struct view_watch {
	const struct settings *settings;
	const struct conference *conference;
	enum view_stream stream;
	bool over;
	struct material_list materials;
};

/* A stream is called live from a quarter of an hour before the start, and until the end. */
enum view_stream view_stream(const struct conference *conference, int64_t now);

/* "Release", "Photograph", "Recording"; a page says it in its language. */
const char *view_material_kind(enum material_kind kind);

/* True from doors to the end, where it is not cancelled. */
bool view_is_on(const struct conference *conference, int64_t now);

#endif

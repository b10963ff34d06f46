/*
 * lists: a conference's lists on screen and to take away. What is chosen stands in the address:
 *
 *   /staff/conferences/SLUG/lists/LIST?q=&outlet=&class=&door=&reason=&state=&sort=&person=&page=
 *   /staff/conferences/SLUG/lists/LIST/download?format=csv|json|xlsx|pdf&(the same)
 *
 * LIST and state are words of attendance/listing.h.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_LISTS_H
#define PRESSGATE_REGISTRAR_WEB_LISTS_H

#include <string.h>

#include "registrar/attendance/export.h"
#include "registrar/attendance/reconcile.h"
#include "registrar/web/views.h"

struct request;
struct reply;

enum { LIST_ROWS = 100, LIST_URL = 1600 };

struct view_list {
	struct page page;
	const struct conference *conference;
	const struct attendance *attendance;
	const struct listing *listing;
	const struct reconcile *reconcile;
	struct listing_filter filter;
	enum listing_kind kind;
	bool filtered, may_take;
	size_t from, to; /* the rows shown, of listing->n */
	const struct attendance_entry *entries; /* of entries: to - from of them */
	char query[LIST_URL]; /* what is chosen, "&outlet=..." or "" */
	char before[LIST_URL + 200], after[LIST_URL + 200]; /* pages of it, or "" */
	int64_t now;
};

/* The person of row i. */
const struct attendance_person *view_list_person(const struct view_list *view, size_t i);
/* Of this view a download's, and another list's address; each valid until the thread's next call. */
const char *view_list_download(const struct view_list *view, enum sheet_format format);
const char *view_list_url(const struct view_list *view, enum listing_kind kind);
const char *view_list_status(const struct view_list *view, const struct attendance_person *person);

/* A whole list, for a route of its own. */
int list_download(struct request *req, struct reply *rep, enum listing_kind kind,
    enum sheet_format format, const struct listing_filter *filter);

#endif

/*
 * route: what a server answers, as a table.
 *
 * The dispatcher looks at a route's entry before its handler runs: method, role, size, where the
 * request came from, CSRF, declared fields. A handler therefore starts with a request that holds.
 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/form.h"

struct request;
struct reply;

enum route_flag {
	ROUTE_PERSONAL =
	    1 << 0,		/* holds a person's details or a secret: no-store, not compressed */
	ROUTE_RAW = 1 << 1,	/* the body is bytes for the handler, not a form */
	ROUTE_NO_CSRF = 1 << 2, /* for callers that are no browser (the device port): no CSRF token,
				   no Origin check */
	ROUTE_LANGUAGE = 1 << 4, /* ?lang=fr is answered here, in that language, for programs that
				    keep no cookie; the route declares it among its query */
	ROUTE_LONG = 1 << 3, /* the handler waits on purpose (long poll); any other that takes more
			       than the idle time-out is logged as our fault */
	ROUTE_FILES = 1 << 5, /* the form comes as multipart/form-data: it may hold files */
	ROUTE_API = 1 << 6    /* for programs: who asks is told by the program's `authorize` and
				 never by a cookie, `roles` are what it may do and each bit is
				 needed, and a POST is ROUTE_RAW without CSRF token */
};

/* A form without files is far below this; what a route's limit 0 stands for. */
#define ROUTE_BODY_DEFAULT ((size_t)64 << 10)

/* The most segments a path may have, and named segments a pattern may have. */
#define ROUTE_SEGMENTS_MAX 8
#define ROUTE_NAMED_MAX	   4

/*
 * Answers a request. Returns 0 with the reply filled; or an HTTP status of 400 and above, and the
 * dispatcher shows the refusal page for it; or a negative code for a fault of ours, which is
 * logged and shown as 500. What was written to the reply's body is dropped in the last two cases.
 */
typedef int (*route_handler)(struct request *req, struct reply *rep);

struct route {
	const char *method;  /* "GET" (serves HEAD too) or "POST" */
	const char *pattern; /* "/conferences/:slug/register": ":slug" matches one segment */
	uint32_t roles;	     /* one of these bits is needed (ROUTE_API: each); 0 is open to everybody */
	uint32_t flags;	     /* enum route_flag */
	const struct form_field *query; /* the query parameters; NULL allows none */
	size_t query_n;
	const struct form_field
	    *fields; /* the form's fields; NULL allows none but the CSRF token */
	size_t fields_n;
	size_t body_max; /* bytes; 0 means ROUTE_BODY_DEFAULT */
	route_handler handler;
};

struct route_table {
	const struct route *routes;
	size_t n;
	const struct route_table *more; /* a further table, or NULL */
};

struct route_match {
	const struct route *route;
	size_t n; /* named segments */
	struct {
		char name[24];
		char value[128]; /* percent-decoded, UTF-8, 1..127 bytes, no control character, no
				    '/' */
	} segment[ROUTE_NAMED_MAX];
};

enum route_error {
	ROUTE_OK = 0,
	ROUTE_NOT_FOUND = -1,
	ROUTE_METHOD = -2, /* the path is known, with other methods */
	ROUTE_SEGMENT = -3 /* a segment that does not decode */
};

/*
 * Finds the route of a raw path (without the query, not decoded). A literal segment wins over a
 * named one. With ROUTE_METHOD, `allow` holds the methods known, as an Allow header has them.
 */
int route_find(const struct route_table *table, const char *method, const char *raw_path,
    struct route_match *ret, char allow[64]) __attribute__((warn_unused_result));

/*
 * Checks a table and those after it at start: patterns well formed, no two that the same path fits,
 * each handler set, no body on GET, no fields with ROUTE_RAW. Returns 0, or -1 with the index of
 * the wrong one, counted through, in *ret_at.
 */
int route_check(const struct route_table *table, size_t *ret_at)
    __attribute__((warn_unused_result));

/*
 * Percent-decodes one path segment or value into ret (size counts the NUL). -1 for a malformed
 * escape, a NUL or another control character, bytes that are not UTF-8, or too long a result.
 */
int route_decode(const char *text, size_t len, char *ret, size_t size)
    __attribute__((warn_unused_result));

#endif

/*
 * local: a request that comes without a socket, for tests that run a program's handlers in their
 * own process. It goes through the same dispatcher: route, roles, query, fields and limits are
 * checked; what the guard and TLS look at is taken as said here.
 */
#ifndef WEB_LOCAL_H
#define WEB_LOCAL_H

#include <stddef.h>
#include <stdint.h>

#include "web/http.h"

struct http_local; /* opaque */

struct http_local_request {
	const char *method;  /* "GET" or "POST" */
	const char *uri;     /* with the query */
	const void *body;    /* NULL: none */
	size_t len;	     /* its length */
	const uint8_t *spki; /* TLS_PIN_BYTES: hash of the client's public key; NULL: none shown */
};

struct http_local_reply {
	unsigned status;
	uint8_t *body; /* malloc'd, NUL behind the last byte; free with free() */
	size_t len;
};

/* Opens a dispatcher over options' routes, program and context, which outlive it. Returns 0 or
 * HTTP_SYSTEM. */
int http_local_open(const struct http_options *options, struct http_local **ret_local)
    __attribute__((warn_unused_result));
void http_local_close(struct http_local *local); /* NULL is quiet */

/*
 * Answers one request. A body longer than its route takes is answered 413. `header` and `context`
 * (header may be NULL) are told of each header the handler set. Returns 0, or HTTP_SYSTEM when
 * there is no memory; then there is no reply.
 */
typedef void http_local_header(void *context, const char *name, const char *value);
int http_local_ask(struct http_local *local, const struct http_local_request *request,
    http_local_header *header, void *context, struct http_local_reply *ret_reply)
    __attribute__((warn_unused_result));

#endif

/*
 * reply: what goes back. The dispatcher starts each with status 200, text/html and every security
 * header; a handler fills the body and changes what it must.
 */
#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/buf.h"
#include "web/token.h"

struct request;
struct reply;

/* The body; templates write here. */
struct buf *reply_body(struct reply *rep);

/* In place of the body: the first `len` bytes of an open file, which the reply closes. For what does
 * not belong into memory. */
void reply_file(struct reply *rep, int fd, uint64_t len);

/* The status; 200 unless set. */
void reply_status(struct reply *rep, unsigned status);

/*
 * The content type; "text/html; charset=utf-8" unless set. Text types (text, JSON, SVG, Atom) are
 * gzipped for who asks, from 1 KiB, unless the reply is personal.
 */
void reply_type(struct reply *rep, const char *type);

/* Adds a header. Name and value must be free of control characters; one that is not makes a 500. */
void reply_header(struct reply *rep, const char *name, const char *value);

/*
 * When what is shown last changed, in Unix seconds: Last-Modified, and If-Modified-Since is
 * answered with 304 (RFC 9110). The ETag goes before it; both hold for public bodies with status
 * 200.
 */
void reply_modified(struct reply *rep, int64_t seconds);

/* How many seconds a public body may be used again without asking; 0, at once to be asked, unless
 * set. */
void reply_fresh(struct reply *rep, unsigned seconds);

/* Offers the body for saving under a name (Content-Disposition: attachment, RFC 6266). */
void reply_download(struct reply *rep, const char *filename);

/* Personal: no-store, no ETag, not compressed. A ROUTE_PERSONAL route starts so. */
void reply_personal(struct reply *rep);

/*
 * Replaces one directive of the content security policy: ("script-src", "'self'
 * 'wasm-unsafe-eval'") on the one page that scans. 'unsafe-inline' is refused (a 500).
 */
void reply_policy(struct reply *rep, const char *directive, const char *value);

/* 303 to a path of ours: the format's result must start with one "/" (anything else makes a 500).
 */
void reply_redirect(struct reply *rep, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Starts a session: makes a token, sets the session cookie, gives the hash to store. Call it at
 * each sign-in, so that the token is new. The cookie is HttpOnly, SameSite=Lax, Path=/, without
 * Max-Age (the store's limits govern), Secure and with the __Host- prefix where the visitor's side
 * is TLS. Plain loopback without a proxy uses the name without the prefix and without Secure:
 * Chromium would take the prefix there, but Safari and most HTTP libraries refuse it.
 */
void reply_session_start(struct reply *rep, uint8_t ret_hash[TOKEN_BYTES]);

/* Ends it in the browser; the program ends it in its store. */
void reply_session_end(struct reply *rep);

/*
 * Sets another cookie with the same attributes; max_age in seconds, 0 for the browser's session,
 * negative to remove it. The name gets the prefix as above; read it with request_cookie() by the
 * name given here.
 */
void reply_cookie(struct reply *rep, const char *name, const char *value, int max_age);

#endif

/*
 * request: what a handler may ask about the request it answers. Everything lives as long as the
 * handler runs; copy what is kept.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/form.h"
#include "web/tls.h"
#include "web/token.h"

struct request;
struct say;

/* Who asks, as the program's `identify` found. */
struct visitor {
	bool signed_in;
	uint32_t roles;		      /* bits of the program's choosing */
	int64_t account;	      /* the program's number for the account */
	uint8_t session[TOKEN_BYTES]; /* SHA-256 of the session token */
	char name[128];		      /* to show in the header */
	void *more; /* the program's own; given to `forget` when the request ends */
};

/* The `context` of the server's options. */
void *request_context(const struct request *req);

/* "GET" (also for HEAD) or "POST". */
const char *request_method(const struct request *req);

/* 16 hex digits that the log tells this request by. */
const char *request_id(const struct request *req);

/* The roles of the route that fits; 0: open to everybody. */
uint32_t request_roles(const struct request *req);

/* True where the route that fits is for programs (ROUTE_API). */
bool request_for_program(const struct request *req);

/* True where the route that fits waits on purpose (ROUTE_LONG). */
bool request_waits(const struct request *req);

/* The raw path, without the query; checked by the guard. */
const char *request_path(const struct request *req);

/* True where the route that fits asks for a role. */
bool request_needs_role(const struct request *req);

/* The decoded value of a named segment (":slug"); "" for a name the pattern does not have. */
const char *request_segment(const struct request *req, const char *name);

/* The declared query parameters; never NULL while a handler runs. */
struct form *request_query(const struct request *req);

/* The declared form fields; on GET an empty form, never NULL. */
struct form *request_form(const struct request *req);

/* The body of a ROUTE_RAW route. */
const void *request_body(const struct request *req, size_t *ret_len);

/* A header's value or NULL. The guard has seen that it holds no control character. */
const char *request_header(const struct request *req, const char *name);

/* The same, and NULL too where the header came twice: which of the two is meant nobody can say. */
const char *request_header_once(const struct request *req, const char *name);

/* A cookie's value or NULL. NULL too where the name came twice. */
const char *request_cookie(const struct request *req, const char *name);

/* Who asks; never NULL. Without a session, signed_in is false and roles is 0. */
const struct visitor *request_visitor(const struct request *req);

/*
 * The caller's address in text, without a port: the peer's, or, behind the trusted proxy of the
 * options, the last one it added to X-Forwarded-For.
 */
const char *request_address(const struct request *req);

/* True where the visitor's side of the connection is TLS (ours or the trusted proxy's). */
bool request_secure(const struct request *req);

/*
 * The language to answer in: the cookie's, else what Accept-Language asks for, else English (NULL).
 * Always English where the program does not say that the page is translated (http_program).
 */
const struct say *request_language(const struct request *req);

/* say(request_language(req), text). */
const char *request_say(const struct request *req, const char *text) __attribute__((format_arg(2)));

/*
 * The path and query that show this page in another language: what was asked for with "lang=CODE",
 * which sets the cookie and leads back. For a POST it is the page of the same path, if there is
 * one, else "/". Cut where it is longer than size, at the path.
 */
void request_switch(const struct request *req, const struct say *language, char *ret, size_t size);

/* "https://host:port" as the visitor addressed us, for links in pages and mail. */
const char *request_origin(const struct request *req);

/*
 * The CSRF token for this visitor's forms, for the hidden field "csrf" (page_csrf does it).
 * A visitor without a session is given a cookie by this call; the page becomes personal: not
 * stored, not compressed.
 */
const char *request_csrf(struct request *req);

/* SHA-256 of the client certificate's public key. -1 where the client gave none. */
int request_client_spki(const struct request *req, uint8_t ret[TLS_PIN_BYTES])
    __attribute__((warn_unused_result));

/* True once the server is stopping: a long poll returns what it has. */
bool request_stopping(const struct request *req);

#endif

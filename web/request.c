#include "web/call.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct request *request_new(
    struct http_server *s, struct connection *c, struct MHD_Connection *mhd, const char *uri)
{
	struct request *req = calloc(1, sizeof(*req));
	uint8_t id[8];

	if (!req)
		return NULL;
	req->uri = strdup(uri);
	if (!req->uri) {
		free(req);
		return NULL;
	}
	req->uri_len = strlen(uri);
	req->server = s;
	req->connection = c;
	req->mhd = mhd;
	req->query_text = "";
	req->method = "GET";
	req->began = watch_now_us();
	randombytes_buf(id, sizeof(id));
	sodium_bin2hex(req->id, sizeof(req->id), id, sizeof(id));
	buf_init(&req->body, 0);
	return req;
}

void request_free(struct request *req)
{
	const struct http_program *p;

	if (!req)
		return;
	p = req->server->options.program;
	if (p && p->forget && req->visitor.more)
		p->forget(req->server->options.context, req->visitor.more);
	if (req->body.data)
		sodium_memzero(req->body.data, req->body.len);
	buf_free(&req->body);
	form_free(req->query);
	form_free(req->form);
	sodium_memzero(req->uri, req->uri_len);
	free(req->uri);
	sodium_memzero(req, sizeof(*req));
	free(req);
}

void *request_context(const struct request *req)
{
	return req->server->options.context;
}

const char *request_method(const struct request *req)
{
	return req->method;
}

uint32_t request_roles(const struct request *req)
{
	return req->match.route ? req->match.route->roles : 0;
}

const char *request_id(const struct request *req)
{
	return req->id;
}

bool request_for_program(const struct request *req)
{
	return req->match.route && (req->match.route->flags & ROUTE_API);
}

bool request_waits(const struct request *req)
{
	return req->match.route && (req->match.route->flags & ROUTE_LONG);
}

const char *request_path(const struct request *req)
{
	return req->uri;
}

bool request_needs_role(const struct request *req)
{
	return req->match.route && req->match.route->roles != 0;
}

const char *request_segment(const struct request *req, const char *name)
{
	for (size_t i = 0; i < req->match.n; i++) {
		if (strcmp(req->match.segment[i].name, name) == 0)
			return req->match.segment[i].value;
	}
	return "";
}

struct form *request_query(const struct request *req)
{
	return req->query;
}

struct form *request_form(const struct request *req)
{
	return req->form;
}

const void *request_body(const struct request *req, size_t *ret_len)
{
	*ret_len = req->body.len;
	return buf_text(&req->body);
}

const char *request_header(const struct request *req, const char *name)
{
	if (!req->mhd)
		return NULL;
	return MHD_lookup_connection_value(req->mhd, MHD_HEADER_KIND, name);
}

struct header_search {
	const char *name, *value;
	size_t found;
};

static enum MHD_Result match_header(
    void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct header_search *s = context;

	(void)kind;
	if (strcasecmp(key, s->name) == 0) {
		s->value = value;
		s->found++;
	}
	return MHD_YES;
}

const char *request_header_once(const struct request *req, const char *name)
{
	struct header_search s = {.name = name};

	if (!req->mhd)
		return NULL;
	MHD_get_connection_values(req->mhd, MHD_HEADER_KIND, match_header, &s);
	return s.found == 1 ? s.value : NULL;
}

/* ---- cookies ---- */

void reply_cookie_name(const struct request *req, const char *name, char ret[64])
{
	const char *prefix = req->server->options.cookie_prefix;

	snprintf(
	    ret, 64, "%s%s%s", request_secure(req) ? "__Host-" : "", prefix ? prefix : "", name);
}

struct cookie_search {
	const char *name;
	const char *value;
	size_t found;
};

static enum MHD_Result match_cookie(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct cookie_search *s = ctx;

	(void)kind;
	if (strcmp(name, s->name) == 0) {
		s->found++;
		s->value = value;
	}
	return MHD_YES;
}

const char *request_cookie(const struct request *req, const char *name)
{
	char full[64];
	struct cookie_search s = {.name = full};

	if (!req->mhd)
		return NULL;
	reply_cookie_name(req, name, full);
	MHD_get_connection_values(req->mhd, MHD_COOKIE_KIND, match_cookie, &s);
	return s.found == 1 ? s.value : NULL;
}

const struct visitor *request_visitor(const struct request *req)
{
	return &req->visitor;
}

/* ---- who and where ---- */

static void peer_address(struct request *req)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(req->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info ? info->client_addr : NULL;

	if (sa && sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr,
		    req->address, sizeof(req->address));
	else if (sa && sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
		    req->address, sizeof(req->address));
}

static enum MHD_Result last_forwarded(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	const char **last = ctx;

	(void)kind;
	if (value && strcasecmp(name, "X-Forwarded-For") == 0)
		*last = value;
	return MHD_YES;
}

/*
 * The proxy appends its peer at the end of the list, or as a line of its own after those that came:
 * only the last element of the last line is its word.
 */
static void forwarded_address(struct request *req)
{
	const char *list = NULL;
	const char *last;
	unsigned char bytes[16];
	char text[64];

	MHD_get_connection_values(req->mhd, MHD_HEADER_KIND, last_forwarded, &list);
	if (!list)
		return;
	last = strrchr(list, ',');
	last = last ? last + 1 : list;
	snprintf(text, sizeof(text), "%s", last + strspn(last, " \t"));
	text[strcspn(text, " \t")] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1)
		memcpy(req->address, text, sizeof(text));
}

const char *request_address(const struct request *req)
{
	/* Worked out once; a cache, so const for the caller. */
	struct request *cache = (struct request *)(uintptr_t)req;

	if (!cache->address[0] && req->mhd) {
		peer_address(cache);
		if (cache->server->options.proxy)
			forwarded_address(cache);
	}
	return cache->address;
}

bool request_secure(const struct request *req)
{
	return req->server->options.cert != NULL || req->server->options.proxy;
}

const char *request_origin(const struct request *req)
{
	return req->origin;
}

int request_client_spki(const struct request *req, uint8_t ret[TLS_PIN_BYTES])
{
	const union MHD_ConnectionInfo *info;
	const gnutls_datum_t *peers;
	unsigned n = 0;

	if (!req->mhd) {
		if (req->local_spki)
			memcpy(ret, req->local_spki, TLS_PIN_BYTES);
		return req->local_spki ? 0 : -1;
	}
	info = MHD_get_connection_info(req->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (!info || !info->tls_session)
		return -1;
	peers = gnutls_certificate_get_peers(info->tls_session, &n);
	if (!peers || n == 0)
		return -1;
	return tls_pin_der(peers[0].data, peers[0].size, ret) ? -1 : 0;
}

bool request_stopping(const struct request *req)
{
	struct http_server *s = req->server;
	bool stopping;

	pthread_mutex_lock(&s->watch.lock);
	stopping = s->stopping;
	pthread_mutex_unlock(&s->watch.lock);
	return stopping;
}

/* ---- CSRF ---- */

/* What this visitor's tokens are bound to; -1 where there is nothing yet. */
static int csrf_binding(
    const struct request *req, enum token_csrf_kind *ret_kind, uint8_t ret[TOKEN_BYTES])
{
	const char *cookie;

	if (req->visitor.signed_in) {
		*ret_kind = TOKEN_CSRF_SESSION;
		memcpy(ret, req->visitor.session, TOKEN_BYTES);
		return 0;
	}
	*ret_kind = TOKEN_CSRF_VISITOR;
	cookie = req->cookie[0] ? req->cookie : request_cookie(req, COOKIE_VISITOR);
	return cookie ? token_hash(cookie, ret) : -1;
}

const char *request_csrf(struct request *req)
{
	enum token_csrf_kind kind = TOKEN_CSRF_VISITOR;
	uint8_t binding[TOKEN_BYTES];

	if (req->reply)
		reply_personal(req->reply);
	if (req->csrf[0])
		return req->csrf;
	if (csrf_binding(req, &kind, binding)) {
		token_new(req->cookie, binding);
		if (req->reply)
			reply_cookie(req->reply, COOKIE_VISITOR, req->cookie, 0);
	}
	token_csrf(req->server->csrf_key, kind, binding, req->csrf);
	return req->csrf;
}

bool request_csrf_holds(const struct request *req, const char *text)
{
	enum token_csrf_kind kind = TOKEN_CSRF_VISITOR;
	uint8_t binding[TOKEN_BYTES];

	return csrf_binding(req, &kind, binding) == 0 &&
	       token_csrf_holds(req->server->csrf_key, kind, binding, text);
}

#include "web/call.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "web/text.h"

/* A connection's thread runs handlers and page templates; both are shallow. */
#define THREAD_STACK ((size_t)1 << 20)

void http_log(const struct http_server *s, enum http_log kind, const char *format, ...)
{
	const struct http_program *p = s->options.program;
	char line[256];
	char printable[512];
	va_list ap;

	if (!p || !p->log)
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	text_for_log(line, strlen(line), printable, sizeof(printable));
	p->log(s->options.context, kind, printable);
}

/* ---- libmicrohttpd's callbacks ---- */

static struct connection *connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void on_connection(void *ctx, struct MHD_Connection *mhd, void **socket_context,
    enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = ctx;
	const union MHD_ConnectionInfo *fd, *tls;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*socket_context)
			watch_remove(*socket_context);
		*socket_context = NULL;
		return;
	}
	fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	*socket_context = fd ? watch_add(s, fd->connect_fd) : NULL;
	tls = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (s->options.ask_client_certificate && tls && tls->tls_session)
		gnutls_certificate_server_set_request(tls->tls_session, GNUTLS_CERT_REQUEST);
}

/* The one place where the raw URI is seen: a request begins here. */
static void *on_uri(void *ctx, const char *uri, struct MHD_Connection *mhd)
{
	struct connection *c = connection_of(mhd);

	return c && uri ? request_new(ctx, c, mhd, uri) : NULL;
}

/* Paths are decoded by the router, piece by piece, not by the library as a whole. */
static size_t keep_escapes(void *ctx, struct MHD_Connection *mhd, char *text)
{
	(void)ctx;
	(void)mhd;
	return strlen(text);
}

static void on_completed(void *ctx, struct MHD_Connection *mhd, void **request_context,
    enum MHD_RequestTerminationCode code)
{
	struct connection *c = connection_of(mhd);

	(void)ctx;
	(void)code;
	request_free(*request_context);
	*request_context = NULL;
	if (c)
		watch_phase(c, WATCH_IDLE);
}

static void tell_answered(const struct request *req, unsigned status)
{
	const struct http_program *p = req->server->options.program;
	const struct route *r = req->match.route;

	if (p && p->answered)
		p->answered(req->server->options.context,
		    &(struct http_answered){.id = req->id,
			.method = req->method,
			.pattern = r ? r->pattern : NULL,
			.status = status,
			.waits = r && (r->flags & ROUTE_LONG),
			.us = watch_now_us() - req->began});
}

static enum MHD_Result refuse(struct request *req, unsigned status, const char *why)
{
	http_log(req->server, HTTP_LOG_THEIRS, "refused: %s: %u", why, status);
	if (req->length > 0)
		watch_linger(req->connection);
	tell_answered(req, status);
	return send_refusal(req, status, why);
}

/* Well formed, and for one of our pages: people read why, in their language. */
static enum MHD_Result refuse_page(struct request *req, unsigned status, const char *why)
{
	struct reply rep;
	enum MHD_Result result;

	http_log(req->server, HTTP_LOG_THEIRS, "refused: %s: %u", why, status);
	if (req->length > 0)
		watch_linger(req->connection);
	reply_init(&rep, req);
	req->reply = &rep;
	language_begin(req);
	rep.body.language = req->language;
	dispatch_refuse(req, &rep, status, NULL);
	result = send_reply(req, &rep);
	tell_answered(req, rep.status);
	req->reply = NULL;
	reply_free(&rep);
	return result;
}

static enum MHD_Result first_call(
    struct request *req, const char *url, const char *method, const char *version)
{
	const char *why = "";
	unsigned status = guard_check(req, version, method, url, &why);

	req->begun = true;
	if (status)
		return refuse(req, status, why);
	status = dispatch_begin(req, &why);
	if (status)
		return refuse_page(req, status, why);
	watch_phase(req->connection, WATCH_BODY);
	return MHD_YES;
}

/* The library held the body to its declared length; the bytes are counted all the same. */
static enum MHD_Result take_body(struct request *req, const char *data, size_t *len)
{
	if (!req->drop)
		buf_add(&req->body, data, *len);
	*len = 0;
	return buf_error(&req->body) ? MHD_NO : MHD_YES;
}

/*
 * The library's time-out counts from the last byte; a handler that waited longer than that would
 * lose its reply. Setting it anew, from none, starts it again.
 */
static void restart_timeout(struct request *req)
{
	MHD_set_connection_option(req->mhd, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
	MHD_set_connection_option(
	    req->mhd, MHD_CONNECTION_OPTION_TIMEOUT, req->server->options.idle_seconds);
}

static void log_answer(const struct request *req, unsigned status)
{
	const struct route *r = req->match.route;
	int64_t ms = (watch_now_us() - req->began) / 1000;

	tell_answered(req, status);
	http_log(req->server, HTTP_LOG_ACCESS, "%s %s %u %lld ms", req->method,
	    r ? r->pattern : "-", status, (long long)ms);
	if (r && !(r->flags & ROUTE_LONG) && ms > (int64_t)req->server->options.idle_seconds * 1000)
		http_log(req->server, HTTP_LOG_OURS, "%s %s took %lld ms", req->method, r->pattern,
		    (long long)ms);
}

static enum MHD_Result answer(struct request *req)
{
	struct reply rep;
	enum MHD_Result result;

	watch_phase(req->connection, WATCH_HANDLER);
	req->began = watch_now_us();
	reply_init(&rep, req);
	dispatch_run(req, &rep);
	restart_timeout(req);
	result = send_reply(req, &rep);
	log_answer(req, rep.status);
	req->reply = NULL;
	reply_free(&rep);
	return result;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *len, void **request_context)
{
	struct request *req = *request_context;

	(void)ctx;
	(void)mhd;
	if (!req)
		return MHD_NO;
	if (!req->begun)
		return first_call(req, url, method, version);
	if (*len)
		return take_body(req, data, len);
	return answer(req);
}

/* ---- starting ---- */

static int split_listen(const char *listen_text, char host[64], char port[8])
{
	const char *colon = strrchr(listen_text, ':');
	size_t len;

	if (!colon || !colon[1] || strlen(colon + 1) > 5 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return HTTP_ADDRESS;
	len = (size_t)(colon - listen_text);
	if (len > 2 && listen_text[0] == '[' && colon[-1] == ']') {
		listen_text++;
		len -= 2;
	}
	if (len == 0 || len >= 64)
		return HTTP_ADDRESS;
	memcpy(host, listen_text, len);
	host[len] = '\0';
	snprintf(port, 8, "%s", colon + 1);
	return 0;
}

static int parse_listen(struct http_server *s, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	char port[8] = "";
	unsigned long number;

	memset(ret, 0, sizeof(*ret));
	if (!s->options.listen || split_listen(s->options.listen, s->address, port))
		return HTTP_ADDRESS;
	number = strtoul(port, NULL, 10);
	if (number > 65535)
		return HTTP_ADDRESS;
	if (inet_pton(AF_INET, s->address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)number);
		*ret_len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, s->address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)number);
		*ret_len = sizeof(*v6);
		return 0;
	}
	return HTTP_ADDRESS;
}

static int listen_error(void)
{
	switch (errno) {
	case EADDRINUSE:
		return HTTP_IN_USE;
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return HTTP_NO_ADDRESS;
	case EACCES:
	case EPERM:
		return HTTP_DENIED;
	default:
		return HTTP_SYSTEM;
	}
}

static int open_listener(struct http_server *s)
{
	struct sockaddr_storage sa;
	socklen_t len = 0;
	int on = 1;
	int result = parse_listen(s, &sa, &len);

	if (result)
		return result;
	s->listen_fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listen_fd < 0)
		return listen_error();
	setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (sa.ss_family == AF_INET6)
		setsockopt(s->listen_fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(s->listen_fd, (struct sockaddr *)&sa, len) || listen(s->listen_fd, 256) ||
	    getsockname(s->listen_fd, (struct sockaddr *)&sa, &len))
		return listen_error();
	s->port = ntohs(sa.ss_family == AF_INET ? ((struct sockaddr_in *)&sa)->sin_port
						: ((struct sockaddr_in6 *)&sa)->sin6_port);
	snprintf(s->url, sizeof(s->url), sa.ss_family == AF_INET6 ? "%s://[%s]:%u" : "%s://%s:%u",
	    s->options.cert ? "https" : "http", s->address, s->port);
	return 0;
}

/* A descriptor for each connection, one more while it lingers, and some for the program. */
static int allow_files(unsigned connections)
{
	struct rlimit limit;
	rlim_t need = (rlim_t)connections * 2 + 128;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= need)
		return 0;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need)
		return HTTP_FILES;
	limit.rlim_cur = need;
	return setrlimit(RLIMIT_NOFILE, &limit) ? HTTP_FILES : 0;
}

static unsigned or_default(unsigned value, unsigned fallback)
{
	return value ? value : fallback;
}

static void set_defaults(struct http_server *s, const struct http_options *options)
{
	struct http_options *o = &s->options;

	*o = *options;
	o->connections = or_default(o->connections, HTTP_CONNECTIONS);
	o->per_address = or_default(o->per_address, HTTP_PER_ADDRESS);
	o->idle_seconds = or_default(o->idle_seconds, 15);
	o->header_seconds = or_default(o->header_seconds, 10);
	o->body_seconds = or_default(o->body_seconds, 60);
	o->reply_seconds = or_default(o->reply_seconds, 120);
	if (options->defences)
		s->defences = *options->defences;
	if (o->proxy || s->defences.no_address_limit)
		o->per_address = 0;
	if (o->csrf_key)
		memcpy(s->csrf_key, o->csrf_key, TOKEN_BYTES);
	else
		randombytes_buf(s->csrf_key, TOKEN_BYTES);
	s->listen_fd = -1;
}

static const char *priorities(const struct http_server *s)
{
	if (s->defences.default_tls)
		return "NORMAL";
	return s->options.tls13_only ? TLS_PRIORITIES_13 : TLS_PRIORITIES;
}

static int start_daemon(struct http_server *s)
{
	const struct http_options *o = &s->options;
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
			 MHD_USE_POLL | MHD_USE_ITC;
	struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->cert},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->key},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities(s)},
	    {MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	if (o->cert)
		flags |= MHD_USE_TLS;
	if (strchr(s->address, ':'))
		flags |= MHD_USE_IPv6;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET,
	    s->listen_fd, MHD_OPTION_CONNECTION_LIMIT, o->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->per_address, MHD_OPTION_CONNECTION_TIMEOUT,
	    o->idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_MEMORY,
	    MHD_OPTION_STRICT_FOR_CLIENT, s->defences.no_host ? 0 : 1, MHD_OPTION_THREAD_STACK_SIZE,
	    THREAD_STACK, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_URI_LOG_CALLBACK, on_uri, s,
	    MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_ARRAY,
	    o->cert ? tls : none, MHD_OPTION_END);
	if (!s->daemon)
		return o->cert ? HTTP_CERTIFICATE : HTTP_SYSTEM;
	return 0;
}

/* The guard knows how this library lays out a head in memory; see check_line() in guard.c. */
static bool library_known(void)
{
	return strncmp(MHD_get_version(), "0.9.75", 6) == 0;
}

static int check_options(const struct http_server *s)
{
	size_t at = 0;
	uint8_t pin[TLS_PIN_BYTES];

	if (!library_known())
		return HTTP_LIBRARY;
	if (route_check(&s->options.routes, &at)) {
		http_log(s, HTTP_LOG_OURS, "route %zu of the table is wrong", at);
		return HTTP_ROUTES;
	}
	if (!s->options.cert != !s->options.key)
		return HTTP_CERTIFICATE;
	if (s->options.cert && tls_pin(s->options.cert, pin))
		return HTTP_CERTIFICATE;
	return allow_files(s->options.connections);
}

int http_start(const struct http_options *options, struct http_server **ret)
{
	struct http_server *s;
	int result;

	if (sodium_init() < 0)
		return HTTP_SYSTEM;
	s = calloc(1, sizeof(*s));
	if (!s)
		return HTTP_NOMEM;
	set_defaults(s, options);
	result = check_options(s);
	if (!result)
		result = open_listener(s);
	if (!result)
		result = watch_start(s);
	if (!result)
		result = start_daemon(s);
	if (result) {
		if (s->listen_fd >= 0)
			close(s->listen_fd);
		watch_stop(s);
		free(s);
		return result;
	}
	*ret = s;
	return 0;
}

void http_log_print(enum http_log kind, const char *line)
{
	static const char *const words[] = {
	    [HTTP_LOG_OURS] = "ours", [HTTP_LOG_THEIRS] = "theirs", [HTTP_LOG_ACCESS] = "request"};
	char when[32];
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	fprintf(stderr, "%s %s %s\n", when, words[kind], line);
}

uint16_t http_port(const struct http_server *s)
{
	return s->port;
}

const char *http_url(const struct http_server *s)
{
	return s->url;
}

void http_quiesce(struct http_server *s)
{
	pthread_mutex_lock(&s->watch.lock);
	s->stopping = true;
	pthread_mutex_unlock(&s->watch.lock);
	MHD_quiesce_daemon(s->daemon);
}

void http_stop(struct http_server *s)
{
	if (!s)
		return;
	http_quiesce(s);
	MHD_stop_daemon(s->daemon);
	close(s->listen_fd);
	watch_stop(s);
	sodium_memzero(s, sizeof(*s));
	free(s);
}

const char *http_error_text(int error)
{
	switch (error) {
	case HTTP_NOMEM:
		return "out of memory";
	case HTTP_ADDRESS:
		return "the address to listen on is written ADDRESS:PORT, as in 127.0.0.1:8080 or "
		       "[::1]:8080";
	case HTTP_IN_USE:
		return "another program listens on this address and port: stop it, or choose "
		       "another port";
	case HTTP_NO_ADDRESS:
		return "this machine does not have this address: use one that \"ip address\" shows";
	case HTTP_DENIED:
		return "ports below 1024 are kept for root: choose a higher one, or give the "
		       "program CAP_NET_BIND_SERVICE";
	case HTTP_CERTIFICATE:
		return "the TLS certificate and key cannot be used: both must be PEM and belong "
		       "together";
	case HTTP_ROUTES:
		return "the route table of this program is wrong";
	case HTTP_FILES:
		return "too few open files are allowed: raise the limit (ulimit -n) to twice the "
		       "connections and 128 more";
	case HTTP_LIBRARY:
		return "this libmicrohttpd is not the version the request guard was checked "
		       "against: 0.9.75";
	default:
		return "the system refused to start the server";
	}
}

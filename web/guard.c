/*
 * The guard: what is looked at before a request is believed. libmicrohttpd 0.9.75 accepts heads
 * that another program in front of it may read differently; each of those is refused here.
 */
#include "web/call.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "web/urlencoded.h"

/* One walk over the header lines. */
struct walk {
	const char *expect; /* where the next line must begin */
	bool layout;	    /* every line began where it must */
	bool names;	    /* every name is a token, no value holds a control character */
	size_t hosts;
	const char *host;
	size_t lengths;
	const char *length;
	size_t encodings;
};

static bool is_token(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++) {
		if (!isalnum((unsigned char)*text) && !strchr("!#$%&'*+-.^_`|~", *text))
			return false;
	}
	return true;
}

static bool is_field_value(const char *text)
{
	for (; *text; text++) {
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return false;
	}
	return true;
}

/*
 * The library cuts the head in place, line by line: name NUL blanks value NUL NUL, where the two
 * last were CR and LF. A line ended by a bare LF has one NUL, a folded line is joined elsewhere
 * in memory, a NUL inside ends its string early: then the next line is not where it must be.
 */
static void check_line(struct walk *w, const char *name, const char *value)
{
	const char *at = name + strlen(name) + 1;

	w->layout = w->layout && name == w->expect && value >= at;
	while (w->layout && at < value) {
		w->layout = *at == ' ' || *at == '\t';
		at++;
	}
	w->expect = value + strlen(value) + 2;
}

static enum MHD_Result walk_line(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct walk *w = ctx;

	(void)kind;
	value = value ? value : "";
	check_line(w, name, value);
	w->names = w->names && is_token(name) && is_field_value(value);
	if (strcasecmp(name, "Host") == 0) {
		w->hosts++;
		w->host = value;
	} else if (strcasecmp(name, "Content-Length") == 0) {
		w->lengths++;
		w->length = value;
	} else if (strcasecmp(name, "Transfer-Encoding") == 0) {
		w->encodings++;
	}
	return MHD_YES;
}

static bool layout_holds(const struct request *req, const struct walk *w, const char *version,
    const char *method, const char *url)
{
	const union MHD_ConnectionInfo *size =
	    MHD_get_connection_info(req->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return size && url == method + strlen(method) + 1 && version == url + req->uri_len + 1 &&
	       w->layout && w->expect + 2 == method + size->header_size;
}

/* ---- host ---- */

/* Splits NAME[:PORT] or [ADDRESS][:PORT]; gives the name's length, or 0 if it is no host. */
static size_t host_name_length(const char *host)
{
	size_t len;
	const char *port;

	if (host[0] == '[') {
		len = strspn(host + 1, "0123456789abcdefABCDEF:.") + 1;
		if (host[len] != ']')
			return 0;
		len++;
	} else {
		len = strspn(
		    host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	}
	port = host + len;
	if (*port == ':' && strlen(port) <= 6 && port[1])
		port += 1 + strspn(port + 1, "0123456789");
	return *port ? 0 : len;
}

static bool host_is(const char *host, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(host, name, len) == 0;
}

static bool host_known(const struct http_server *s, const char *host)
{
	size_t len = host_name_length(host);
	char bracketed[72];

	if (len == 0)
		return false;
	for (const char *const *h = s->options.hosts; h && *h; h++) {
		if (host_is(host, len, *h))
			return true;
	}
	snprintf(bracketed, sizeof(bracketed), "[%s]", s->address);
	if (host_is(host, len, strchr(s->address, ':') ? bracketed : s->address))
		return true;
	return host_is(host, len, "localhost") &&
	       (strncmp(s->address, "127.", 4) == 0 || strcmp(s->address, "::1") == 0);
}

static unsigned check_host(struct request *req, const struct walk *w, const char **ret_why)
{
	bool off = req->server->defences.no_host;
	const char *host = w->host ? w->host : "";

	if (!off && w->hosts != 1) {
		*ret_why = w->hosts ? "more than one Host" : "no Host";
		return 400;
	}
	if (!off && !host_known(req->server, host)) {
		*ret_why = "a Host that is not ours";
		return 421;
	}
	snprintf(req->origin, sizeof(req->origin), "%s://%s",
	    request_secure(req) ? "https" : "http", host);
	return 0;
}

/* ---- body length ---- */

static unsigned check_length(struct request *req, const struct walk *w, const char **ret_why)
{
	size_t digits = w->length ? strspn(w->length, "0123456789") : 0;

	req->length = 0;
	if (!req->server->defences.no_length) {
		if (w->encodings) {
			*ret_why = "Transfer-Encoding";
			return 400;
		}
		if (w->lengths > 1) {
			*ret_why = "more than one Content-Length";
			return 400;
		}
	}
	if (w->lengths && (!digits || digits > 18 || w->length[digits])) {
		*ret_why = "Content-Length that is no number";
		return 400;
	}
	for (size_t i = 0; i < digits; i++)
		req->length = req->length * 10 + (uint64_t)(w->length[i] - '0');
	return 0;
}

/* ---- URI ---- */

static bool is_dot(const char **at)
{
	if (**at == '.') {
		(*at)++;
		return true;
	}
	if (strncasecmp(*at, "%2e", 3) == 0) {
		*at += 3;
		return true;
	}
	return false;
}

/* A segment that is "." or "..", however spelled. `at` stands after the slash. */
static bool dot_segment(const char *at)
{
	if (!is_dot(&at))
		return false;
	(void)is_dot(&at);
	return *at == '/' || *at == '\0' || strncasecmp(at, "%2f", 3) == 0;
}

static bool path_holds(const char *path)
{
	if (path[0] != '/')
		return false;
	for (; *path; path++) {
		if (*path == '\\' || (*path == '/' && (path[1] == '/' || dot_segment(path + 1))))
			return false;
	}
	return true;
}

/* Escapes are complete and none hides a control character; nothing outside printable ASCII. */
static bool escapes_hold(const char *uri, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)uri[i];
		int high, low;

		if (c <= 0x20 || c >= 0x7f || c == '#')
			return false;
		if (c != '%')
			continue;
		high = urlencoded_hex(uri[i + 1]);
		low = high < 0 ? -1 : urlencoded_hex(uri[i + 2]);
		if (low < 0 || (high == 0 && low == 0))
			return false;
	}
	return true;
}

/* In a path no escape may be a control character; a query may carry the line breaks of a text. */
static bool path_escapes_hold(const char *path)
{
	for (; *path; path++) {
		if (path[0] == '%' && (path[1] == '0' || path[1] == '1' ||
					  (path[1] == '7' && (path[2] | 0x20) == 'f')))
			return false;
	}
	return true;
}

static unsigned check_uri(struct request *req, const char **ret_why)
{
	enum { URI_MOST = 4096 };
	char *query = strchr(req->uri, '?');
	bool holds = escapes_hold(req->uri, req->uri_len);

	if (req->uri_len > URI_MOST) {
		*ret_why = "a long URI";
		return 414;
	}
	if (query) {
		*query = '\0';
		req->query_text = query + 1;
	} else {
		req->query_text = "";
	}
	holds = holds && path_holds(req->uri) && path_escapes_hold(req->uri);
	if (!holds && !req->server->defences.no_uri) {
		*ret_why = "a URI with control characters, // or ..";
		return 400;
	}
	return 0;
}

/* ---- method and version ---- */

static unsigned check_line_one(
    struct request *req, const char *version, const char *method, const char **ret_why)
{
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0) {
		*ret_why = "a version other than HTTP/1.1";
		return 505;
	}
	req->head = strcmp(method, "HEAD") == 0;
	req->method = strcmp(method, "POST") == 0 ? "POST" : "GET";
	if (strcmp(method, "GET") == 0 || strcmp(method, "POST") == 0 || req->head ||
	    req->server->defences.no_method)
		return 0;
	*ret_why = "a method we do not have";
	return 405;
}

unsigned guard_check(struct request *req, const char *version, const char *raw_method,
    const char *url, const char **ret_why)
{
	struct walk w = {.layout = true, .names = true};
	unsigned status;

	w.expect = version + strlen(version) + 2;
	MHD_get_connection_values(req->mhd, MHD_HEADER_KIND, walk_line, &w);
	status = check_line_one(req, version, raw_method, ret_why);
	if (!status && !req->server->defences.no_layout &&
	    !layout_holds(req, &w, version, raw_method, url)) {
		*ret_why = "a head with bare LF, folded lines or NUL";
		status = 400;
	}
	if (!status && !w.names && !req->server->defences.no_layout) {
		*ret_why = "a header name or value with control characters";
		status = 400;
	}
	if (!status)
		status = check_host(req, &w, ret_why);
	if (!status)
		status = check_length(req, &w, ret_why);
	if (!status)
		status = check_uri(req, ret_why);
	return status;
}

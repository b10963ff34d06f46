/*
 * send: turns a reply into libmicrohttpd's response, with every header each reply must carry.
 */
#include "web/call.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "web/asset.h"
#include "web/date.h"

/* Below this a gzip stream saves nothing worth its time. */
enum { GZIP_LEAST = 1024, GZIP_LEVEL = 4 };

static const struct {
	const char *directive;
	const char *value;
} default_policy[] = {
    {"default-src", "'none'"},
    {"style-src", "'self'"},
    {"img-src", "'self'"},
    {"font-src", "'self'"},
    {"script-src", "'self'"},
    {"connect-src", "'self'"},
    {"manifest-src", "'self'"},
    {"form-action", "'self'"},
    {"frame-ancestors", "'none'"},
    {"base-uri", "'none'"},
};

enum { DEFAULT_POLICIES = sizeof(default_policy) / sizeof(default_policy[0]) };

static const char *policy_of(const struct reply *rep, const char *directive)
{
	for (size_t i = 0; i < rep->policies_n; i++) {
		if (strcmp(rep->policies[i].directive, directive) == 0)
			return rep->policies[i].value;
	}
	return NULL;
}

static bool is_default(const char *directive)
{
	for (size_t i = 0; i < DEFAULT_POLICIES; i++) {
		if (strcmp(default_policy[i].directive, directive) == 0)
			return true;
	}
	return false;
}

static void add_policy(struct MHD_Response *r, const struct reply *rep)
{
	struct buf policy;

	buf_init(&policy, 4096);
	for (size_t i = 0; i < DEFAULT_POLICIES; i++) {
		const char *own = policy_of(rep, default_policy[i].directive);

		buf_printf(&policy, "%s%s %s", i ? "; " : "", default_policy[i].directive,
		    own ? own : default_policy[i].value);
	}
	for (size_t i = 0; i < rep->policies_n; i++) {
		if (!is_default(rep->policies[i].directive))
			buf_printf(
			    &policy, "; %s %s", rep->policies[i].directive, rep->policies[i].value);
	}
	MHD_add_response_header(r, "Content-Security-Policy", buf_text(&policy));
	buf_free(&policy);
}

static void add_security(struct MHD_Response *r, const struct request *req)
{
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	/* not "no-referrer": then browsers send "Origin: null" with our own forms */
	MHD_add_response_header(r, "Referrer-Policy", "same-origin");
	MHD_add_response_header(r, "Permissions-Policy",
	    "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), "
	    "screen-wake-lock=(self), browsing-topics=()");
	MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
	MHD_add_response_header(r, "X-Frame-Options", "DENY");
	if (request_secure(req))
		MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}

/* ---- compression ---- */

static bool is_text_type(const char *type)
{
	return strncmp(type, "text/", 5) == 0 || strncmp(type, "application/json", 16) == 0 ||
	       strncmp(type, "application/atom+xml", 20) == 0 ||
	       strncmp(type, "application/feed+json", 21) == 0 ||
	       strncmp(type, "image/svg+xml", 13) == 0;
}

/* True if "gzip" is in Accept-Encoding and not with q=0. */
static bool takes_gzip(const struct request *req)
{
	const char *list = request_header(req, "Accept-Encoding");

	while (list && *list) {
		size_t len;

		list += strspn(list, " \t,");
		len = strcspn(list, ",");
		if (strncasecmp(list, "gzip", 4) == 0 && (len == 4 || strchr(" ;\t", list[4]))) {
			const char *q = strstr(list, "q=0");

			return !q || q > list + len || strspn(q + 2, "0.") < strcspn(q + 2, ", ;");
		}
		list += len;
	}
	return false;
}

static char *gzip(const char *data, size_t len, size_t *ret_len)
{
	z_stream z = {0};
	char *out;
	uLong bound;

	if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	bound = deflateBound(&z, (uLong)len);
	out = malloc(bound);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)bound;
	if (!out || deflate(&z, Z_FINISH) != Z_STREAM_END) {
		free(out);
		out = NULL;
	}
	*ret_len = z.total_out;
	deflateEnd(&z);
	return out;
}

/* ---- validators ---- */

static void etag_of(const void *data, size_t len, bool gz, char ret[64])
{
	uint8_t hash[crypto_generichash_BYTES_MIN];
	char hex[2 * sizeof(hash) + 1];

	crypto_generichash(hash, sizeof(hash), data, len, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	snprintf(ret, 64, "\"%s%s\"", hex, gz ? "-gz" : "");
}

static bool etag_known(const struct request *req, const char *etag)
{
	const char *known = request_header(req, "If-None-Match");

	return known && (strstr(known, etag) != NULL || strcmp(known, "*") == 0);
}

/* Whether what they have is what we would send: the ETag decides, and the date only where no ETag
 * came (RFC 9110, 13.1.3). */
static bool is_known(const struct request *req, const struct reply *rep, const char *etag)
{
	const char *since = request_header(req, "If-Modified-Since");
	int64_t at;

	if (request_header(req, "If-None-Match"))
		return etag_known(req, etag);
	return since && rep->modified && date_read(since, &at) == 0 && at >= rep->modified;
}

/* ---- bodies ---- */

struct body {
	char *data; /* owned by the response once made */
	size_t len;
	bool gz;
	char etag[64];
};

static struct MHD_Response *static_response(const void *data, size_t len)
{
	return MHD_create_response_from_buffer(
	    len, (void *)(uintptr_t)data, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *owned_response(char *data, size_t len)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, data, MHD_RESPMEM_MUST_FREE);

	if (!r)
		free(data);
	return r;
}

static struct MHD_Response *asset_response(const struct request *req, struct reply *rep)
{
	const struct asset *a = rep->asset;
	bool gz = a->gz_len && takes_gzip(req);
	const void *data = gz ? (const void *)a->gz : (const void *)a->data;
	size_t len = gz ? a->gz_len : a->len;
	struct MHD_Response *r;
	char etag[64];

	if (a->script_policy)
		reply_policy(rep, "script-src", a->script_policy);
	etag_of(data, len, gz, etag);
	if (etag_known(req, etag)) {
		rep->status = 304;
		len = 0;
	}
	r = static_response(data, len);
	if (!r)
		return NULL;
	if (gz && rep->status != 304)
		MHD_add_response_header(r, "Content-Encoding", "gzip");
	MHD_add_response_header(r, "ETag", etag);
	if (a->gz_len)
		MHD_add_response_header(r, "Vary", "Accept-Encoding");
	MHD_add_response_header(r, "Cache-Control", "public, max-age=31536000, immutable");
	MHD_add_response_header(r, "Content-Type", a->type);
	return r;
}

static void add_cache(struct MHD_Response *r, const struct reply *rep)
{
	bool kept = !rep->personal && rep->status < 400;

	char age[40];

	snprintf(age, sizeof(age), "public, max-age=%u", rep->fresh);
	/* A public body is asked for again each time, by its ETag, unless it may be kept a while.
	 */
	MHD_add_response_header(r, "Cache-Control",
	    !kept	 ? "no-store"
	    : rep->fresh ? age
			 : "no-cache");
}

/* What a cache must look at before it gives the same to somebody else. */
static void add_language(struct MHD_Response *r, const struct request *req, const struct reply *rep)
{
	bool said = req->translated && rep->status != 303 && strncmp(rep->type, "image/", 6) != 0;
	bool packed = is_text_type(rep->type) && !rep->personal;

	if (said)
		MHD_add_response_header(r, "Content-Language", say_code(req->language));
	if (said || packed)
		MHD_add_response_header(r, "Vary",
		    !said    ? "Accept-Encoding"
		    : packed ? "Accept-Encoding, Accept-Language, Cookie"
			     : "Accept-Language, Cookie");
}

static void try_gzip(const struct request *req, const struct reply *rep, struct body *b)
{
	size_t len = 0;
	char *small;

	/* A secret beside text that a stranger chose must not be compressed (BREACH). */
	if (rep->personal || b->len < GZIP_LEAST || !is_text_type(rep->type) || !takes_gzip(req))
		return;
	small = gzip(b->data, b->len, &len);
	if (!small)
		return;
	free(b->data);
	b->data = small;
	b->len = len;
	b->gz = true;
}

static struct MHD_Response *page_response(struct request *req, struct reply *rep)
{
	struct body b = {0};
	struct MHD_Response *r;
	bool validated = !rep->personal && rep->status == 200 && strcmp(req->method, "GET") == 0;

	b.data = buf_steal(&rep->body, &b.len);
	if (!b.data)
		return NULL;
	try_gzip(req, rep, &b);
	if (validated)
		etag_of(b.data, b.len, b.gz, b.etag);
	if (validated && is_known(req, rep, b.etag)) {
		rep->status = 304;
		b.len = 0;
	}
	r = owned_response(b.data, b.len);
	if (!r)
		return NULL;
	if (b.gz && rep->status != 304)
		MHD_add_response_header(r, "Content-Encoding", "gzip");
	if (validated)
		MHD_add_response_header(r, "ETag", b.etag);
	add_language(r, req, rep);
	if (validated && rep->modified) {
		char date[DATE_TEXT];
		date_write(rep->modified, date);
		MHD_add_response_header(r, "Last-Modified", date);
	}
	if (rep->status != 304 && rep->status != 303)
		MHD_add_response_header(r, "Content-Type", rep->type);
	add_cache(r, rep);
	return r;
}

static struct MHD_Response *file_response(struct reply *rep)
{
	struct MHD_Response *r = MHD_create_response_from_fd64(rep->file_len, rep->file);

	if (!r)
		return NULL;
	rep->file = -1; /* the response closes it */
	MHD_add_response_header(r, "Content-Type", rep->type);
	add_cache(r, rep);
	return r;
}

static enum MHD_Result queue(
    struct request *req, struct MHD_Response *r, unsigned status, bool close)
{
	enum MHD_Result result;

	if (close)
		MHD_add_response_header(r, "Connection", "close");
	watch_phase(req->connection, WATCH_REPLY);
	result = MHD_queue_response(req->mhd, status, r);
	MHD_destroy_response(r);
	return result;
}

enum MHD_Result send_reply(struct request *req, struct reply *rep)
{
	bool close = rep->status >= 400 && !req->server->defences.no_close;
	struct MHD_Response *r;

	r = rep->asset	     ? asset_response(req, rep)
	    : rep->file >= 0 ? file_response(rep)
			     : page_response(req, rep);
	if (!r)
		return MHD_NO;
	add_policy(r, rep);
	add_security(r, req);
	for (struct reply_header *h = rep->headers; h; h = h->next)
		MHD_add_response_header(r, h->name, h->value);
	return queue(req, r, rep->status, close || rep->close);
}

enum MHD_Result send_refusal(struct request *req, unsigned status, const char *why)
{
	char text[160];
	struct MHD_Response *r;

	snprintf(text, sizeof(text), "Refused: %s.\n", why);
	r = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
	MHD_add_response_header(r, "Cache-Control", "no-store");
	if (status == 405)
		MHD_add_response_header(r, "Allow", "GET, HEAD, POST");
	add_security(r, req);
	return queue(req, r, status, !req->server->defences.no_close);
}

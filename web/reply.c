#include "web/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web/tmpl.h"

void reply_init(struct reply *rep, struct request *req)
{
	memset(rep, 0, sizeof(*rep));
	rep->request = req;
	rep->status = 200;
	rep->last = &rep->headers;
	buf_init(&rep->body, BUF_LIMIT_PAGE);
	rep->file = -1;
	snprintf(rep->type, sizeof(rep->type), "text/html; charset=utf-8");
}

static void close_file(struct reply *rep)
{
	if (rep->file >= 0)
		close(rep->file);
	rep->file = -1;
}

static void free_headers(struct reply *rep)
{
	struct reply_header *h = rep->headers;

	while (h) {
		struct reply_header *next = h->next;

		free(h->name);
		free(h->value);
		free(h);
		h = next;
	}
	rep->headers = NULL;
	rep->last = &rep->headers;
}

void reply_free(struct reply *rep)
{
	free_headers(rep);
	close_file(rep);
	buf_free(&rep->body);
}

void reply_clear(struct reply *rep)
{
	buf_reset(&rep->body);
	free_headers(rep);
	snprintf(rep->type, sizeof(rep->type), "text/html; charset=utf-8");
	rep->policies_n = 0;
	rep->failed = false;
	rep->asset = NULL;
	close_file(rep);
	rep->modified = 0;
	rep->fresh = 0;
}

struct buf *reply_body(struct reply *rep)
{
	return &rep->body;
}

void reply_file(struct reply *rep, int fd, uint64_t len)
{
	close_file(rep);
	rep->file = fd;
	rep->file_len = len;
}

void reply_status(struct reply *rep, unsigned status)
{
	rep->status = status;
}

/* A value with a control character would begin a header of its own. */
static bool header_value_holds(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

void reply_type(struct reply *rep, const char *type)
{
	if (strlen(type) >= sizeof(rep->type) || !header_value_holds(type))
		rep->failed = true;
	else
		snprintf(rep->type, sizeof(rep->type), "%s", type);
}

void reply_header(struct reply *rep, const char *name, const char *value)
{
	struct reply_header *h;

	if (!*name || !header_value_holds(name) || !header_value_holds(value) ||
	    strpbrk(name, ": ")) {
		rep->failed = true;
		return;
	}
	h = calloc(1, sizeof(*h));
	if (h) {
		h->name = strdup(name);
		h->value = strdup(value);
		*rep->last = h;
		rep->last = &h->next;
	}
	if (!h || !h->name || !h->value)
		rep->failed = true;
}

void reply_modified(struct reply *rep, int64_t seconds)
{
	rep->modified = seconds;
}

void reply_fresh(struct reply *rep, unsigned seconds)
{
	rep->fresh = seconds;
}

/* RFC 6266: a plain name for old programs, and the real one in UTF-8 (RFC 8187). */
void reply_download(struct reply *rep, const char *filename)
{
	struct buf value;

	buf_init(&value, 2048);
	buf_puts(&value, "attachment; filename=\"");
	for (const char *p = filename; *p; p++) {
		bool plain = *p >= 0x20 && *p < 0x7f && !strchr("\"\\/", *p);

		buf_putc(&value, plain ? *p : '_');
	}
	buf_puts(&value, "\"; filename*=UTF-8''");
	tmpl_segment(&value, filename);
	if (buf_error(&value))
		rep->failed = true;
	else
		reply_header(rep, "Content-Disposition", buf_text(&value));
	buf_free(&value);
}

void reply_personal(struct reply *rep)
{
	rep->personal = true;
}

void reply_policy(struct reply *rep, const char *directive, const char *value)
{
	size_t i = 0;

	if (strlen(directive) >= sizeof(rep->policies[0].directive) ||
	    strlen(value) >= sizeof(rep->policies[0].value) || strpbrk(value, ";,") ||
	    strstr(value, "unsafe-inline") || !header_value_holds(directive) ||
	    !header_value_holds(value)) {
		rep->failed = true;
		return;
	}
	while (i < rep->policies_n && strcmp(rep->policies[i].directive, directive) != 0)
		i++;
	if (i == REPLY_POLICIES_MAX) {
		rep->failed = true;
		return;
	}
	snprintf(rep->policies[i].directive, sizeof(rep->policies[i].directive), "%s", directive);
	snprintf(rep->policies[i].value, sizeof(rep->policies[i].value), "%s", value);
	if (i == rep->policies_n)
		rep->policies_n++;
}

void reply_redirect(struct reply *rep, const char *format, ...)
{
	char path[2048];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(path) || path[0] != '/' || path[1] == '/' ||
	    strchr(path, '\\') || strchr(path, ' ')) {
		rep->failed = true;
		return;
	}
	rep->status = 303;
	buf_reset(&rep->body);
	reply_header(rep, "Location", path);
}

static bool cookie_text_holds(const char *text)
{
	for (; *text; text++) {
		if (*text <= 0x20 || *text >= 0x7f || strchr("\",;\\", *text))
			return false;
	}
	return true;
}

void reply_cookie(struct reply *rep, const char *name, const char *value, int max_age)
{
	char full[64];
	char line[1024];
	char age[40] = "";
	int len;

	if (!cookie_text_holds(name) || !cookie_text_holds(value) || strchr(name, '=')) {
		rep->failed = true;
		return;
	}
	reply_cookie_name(rep->request, name, full);
	if (max_age != 0)
		snprintf(age, sizeof(age), "; Max-Age=%d", max_age > 0 ? max_age : 0);
	len = snprintf(line, sizeof(line), "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", full, value,
	    request_secure(rep->request) ? "; Secure" : "", age);
	if (len < 0 || (size_t)len >= sizeof(line))
		rep->failed = true;
	else
		reply_header(rep, "Set-Cookie", line);
}

void reply_session_start(struct reply *rep, uint8_t ret_hash[TOKEN_BYTES])
{
	char text[TOKEN_TEXT + 1];

	token_new(text, ret_hash);
	reply_cookie(rep, COOKIE_SESSION, text, 0);
	reply_personal(rep);
}

void reply_session_end(struct reply *rep)
{
	reply_cookie(rep, COOKIE_SESSION, "", -1);
	reply_personal(rep);
}

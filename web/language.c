/*
 * In which language to answer, and the switch from one to another.
 */
#include <stdio.h>
#include <string.h>

#include "web/call.h"

/* A year: the choice is the reader's until they choose again. */
enum { LANGUAGE_SECONDS = 365 * 86400, PARAM = 5 };

void language_begin(struct request *req)
{
	const struct http_program *p = req->server->options.program;
	const char *cookie;

	req->translated = p && p->translated && p->translated(req);
	if (!req->translated)
		return;
	cookie = request_cookie(req, COOKIE_LANGUAGE);
	if (!cookie || !say_find(cookie, &req->language))
		req->language = say_choose(request_header(req, "Accept-Language"));
}

const struct say *request_language(const struct request *req)
{
	return req->language;
}

const char *request_say(const struct request *req, const char *text)
{
	return say(req->language, text);
}

/* Takes one name=value off a query; returns its length without the '&'. */
static size_t pair_len(const char *query)
{
	return strcspn(query, "&");
}

static bool is_language(const char *pair)
{
	return strncmp(pair, "lang=", PARAM) == 0;
}

/* Writes the address that was asked for without its lang=, and whether a '?' or '&' comes next.
 * Where there is no room for all of the query, none of it. */
static char address_without(const struct request *req, char *ret, size_t size)
{
	size_t path = strlen(req->uri), len;
	char next = '?';

	/* An address that another host could be read into is not written (nor let in: guard.c). */
	if (path >= size || strpbrk(req->uri, "\\") || strncmp(req->uri, "//", 2) == 0) {
		snprintf(ret, size, "/");
		return '?';
	}
	memcpy(ret, req->uri, path + 1);
	len = path;
	for (const char *at = req->query_text; *at;
	     at += pair_len(at) + (at[pair_len(at)] == '&')) {
		size_t n = pair_len(at);

		if (n == 0 || is_language(at))
			continue;
		if (len + n + 2 > size) {
			ret[path] = '\0';
			return '?';
		}
		ret[len++] = next;
		memcpy(ret + len, at, n);
		ret[len += n] = '\0';
		next = '&';
	}
	return next;
}

bool language_switch(struct request *req, struct reply *rep)
{
	char to[4200], code[SAY_CODE];
	const struct say *chosen = NULL;
	bool asked = false, known = false;

	if (!req->translated || strcmp(req->method, "GET") != 0)
		return false;
	for (const char *at = req->query_text; *at;
	     at += pair_len(at) + (at[pair_len(at)] == '&')) {
		if (!is_language(at))
			continue;
		asked = true;
		snprintf(code, sizeof(code), "%.*s", (int)(pair_len(at) - PARAM), at + PARAM);
		known = say_find(code, &chosen) || known;
	}
	if (!asked)
		return false;
	if (req->route_error == ROUTE_OK && (req->match.route->flags & ROUTE_LANGUAGE)) {
		if (known)
			req->language = rep->body.language = chosen;
		return false;
	}
	address_without(req, to, sizeof(to));
	reply_personal(rep);
	reply_status(rep, 303);
	reply_header(rep, "Location", to);
	if (known)
		reply_cookie(rep, COOKIE_LANGUAGE, say_code(chosen), LANGUAGE_SECONDS);
	return true;
}

void request_switch(const struct request *req, const struct say *language, char *ret, size_t size)
{
	struct route_match match;
	size_t room = size > 32 ? size - 32 : 0;
	char allow[64], next = '?';

	if (strcmp(req->method, "GET") == 0)
		next = address_without(req, ret, room);
	else if (strlen(req->uri) < room && route_find(&req->server->options.routes, "GET",
						req->uri, &match, allow) == ROUTE_OK)
		snprintf(ret, room, "%s", req->uri);
	else
		snprintf(ret, room, "/");
	snprintf(ret + strlen(ret), size - strlen(ret), "%clang=%s", next, say_code(language));
}

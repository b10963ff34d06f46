/*
 * The dispatcher: everything a route's entry says is looked at here, before its handler runs.
 */
#include "web/call.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "web/asset.h"
#include "web/multipart.h"
#include "web/refusal.h"

/* The most a body may be with the limit off, in a test. */
#define NO_LIMIT_MOST ((size_t)64 << 20)

static size_t body_limit(const struct request *req)
{
	const struct route *r = req->match.route;

	if (req->server->defences.no_body_limit)
		return NO_LIMIT_MOST;
	/* What it is not asked for may come, and is dropped: the answer says which methods are. */
	if (req->route_error == ROUTE_METHOD)
		return ROUTE_BODY_DEFAULT;
	if (!r || strcmp(r->method, "POST") != 0)
		return 0;
	return r->body_max ? r->body_max : ROUTE_BODY_DEFAULT;
}

static bool drops_body(struct request *req)
{
	const struct http_program *p = req->server->options.program;

	return req->length > ROUTE_BODY_DEFAULT && p && p->may_send && !p->may_send(req);
}

unsigned dispatch_begin(struct request *req, const char **ret_why)
{
	req->route_error = route_find(
	    &req->server->options.routes, req->method, req->uri, &req->match, req->allow);
	req->body.limit = body_limit(req);
	if (req->length > req->body.limit) {
		*ret_why = "a body larger than this page takes";
		return 413;
	}
	req->drop = req->route_error == ROUTE_METHOD || drops_body(req);
	return 0;
}

/* ---- who ---- */

static void identify(struct request *req)
{
	const struct http_program *p = req->server->options.program;
	const char *cookie = request_cookie(req, COOKIE_SESSION);
	uint8_t hash[TOKEN_BYTES];

	if (request_for_program(req) || !p || !p->identify || !cookie || token_hash(cookie, hash))
		return;
	if (p->identify(req->server->options.context, hash, &req->visitor)) {
		req->visitor.signed_in = true;
		memcpy(req->visitor.session, hash, sizeof(hash));
	} else {
		memset(&req->visitor, 0, sizeof(req->visitor));
	}
}

/* 0, or the status for somebody without the role. */
static unsigned check_role(const struct request *req)
{
	uint32_t roles = req->match.route->roles;

	if (!roles || (req->visitor.roles & roles))
		return 0;
	return req->visitor.signed_in ? 403 : 401;
}

/* 0, or the status for a program that may not. */
static unsigned check_program(struct request *req)
{
	const struct http_program *p = req->server->options.program;
	uint32_t needed = req->match.route->roles;
	unsigned status;

	if (!needed)
		return 0;
	status = p && p->authorize ? p->authorize(req, &req->visitor) : 401;
	return !status && (req->visitor.roles & needed) != needed ? 403 : status;
}

static void ask_to_sign_in(struct request *req, struct reply *rep)
{
	const struct http_program *p = req->server->options.program;

	if (p && p->sign_in_path && strcmp(req->method, "GET") == 0) {
		reply_personal(rep);
		reply_redirect(rep, "%s", p->sign_in_path);
	} else {
		dispatch_refuse(req, rep, 403,
		    SAY("You are not signed in, or your session has ended. Sign in and try "
			"again."));
	}
}

/* ---- where from ---- */

/* A browser tells where a request came from; one from another site is refused unread. */
static bool same_site(const struct request *req)
{
	const char *fetch = request_header(req, "Sec-Fetch-Site");
	const char *origin = request_header(req, "Origin");

	if (fetch && strcmp(fetch, "same-origin") != 0 && strcmp(fetch, "none") != 0)
		return false;
	return !origin || strcasecmp(origin, req->origin) == 0;
}

static bool urlencoded_type(const struct request *req)
{
	static const char type[] = "application/x-www-form-urlencoded";
	const char *given = request_header(req, "Content-Type");
	size_t len = sizeof(type) - 1;

	if (!given)
		return req->body.len == 0;
	return strncasecmp(given, type, len) == 0 &&
	       (given[len] == '\0' || given[len] == ';' || given[len] == ' ');
}

/* ---- what ---- */

static unsigned parse_query(struct request *req)
{
	const struct route *r = req->match.route;
	int error = form_parse(req->language, r->query, r->query_n, req->query_text,
	    strlen(req->query_text), NULL, &req->query);

	if (error == FORM_NOMEM)
		return 500;
	return error ? 400 : 0;
}

/* 0, a negative enum form_error or MULTIPART_TYPE. */
static int read_form(struct request *req)
{
	const struct route *r = req->match.route;

	if (r->flags & ROUTE_FILES)
		return multipart_form(req, "csrf");
	if (!urlencoded_type(req))
		return MULTIPART_TYPE;
	return form_parse(req->language, r->fields, r->fields_n, buf_text(&req->body),
	    req->body.len, "csrf", &req->form);
}

static unsigned parse_form(struct request *req)
{
	const struct route *r = req->match.route;

	if (strcmp(req->method, "POST") != 0 || (r->flags & ROUTE_RAW)) {
		req->form = form_new(r->fields, r->fields_n);
		return req->form ? 0 : 500;
	}
	/* Whoever may not send so much now is told to wait, not that a field is missing. */
	if ((r->flags & ROUTE_FILES) && req->drop)
		return 429;
	switch (read_form(req)) {
	case 0:
		return 0;
	case FORM_NOMEM:
		return 500;
	case MULTIPART_TYPE:
		return 415;
	default:
		return 400;
	}
}

static const char *refusal_text(unsigned status)
{
	switch (status) {
	case 400:
		return SAY("This address or form is not one of ours. Go back, reload the page and "
			   "try again.");
	case 415:
		return SAY("This form arrived in a shape we do not take. Use the page's own "
			   "button.");
	default:
		return NULL;
	}
}

static unsigned check_post(struct request *req, const char **ret_why)
{
	const struct route *r = req->match.route;
	bool browser = strcmp(req->method, "POST") == 0 && !(r->flags & (ROUTE_NO_CSRF | ROUTE_API)) &&
		       !req->server->defences.no_csrf;
	unsigned status;

	if (browser && !same_site(req)) {
		*ret_why = SAY("This request came from another site. Open the page here and try "
			       "again.");
		return 403;
	}
	status = parse_form(req);
	*ret_why = refusal_text(status);
	if (status || !browser)
		return status;
	if (!request_csrf_holds(req, (r->flags & ROUTE_RAW) ? request_header(req, "X-CSRF-Token")
							    : form_extra(req->form))) {
		*ret_why =
		    SAY("This page was open too long, or cookies are off. Go back, reload the "
			"page and send it again.");
		return 403;
	}
	return 0;
}

/* ---- answers ---- */

void dispatch_refuse(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	const struct http_program *p = req->server->options.program;

	reply_clear(rep);
	reply_status(rep, status);
	reply_personal(rep);
	if (status == 405)
		reply_header(rep, "Allow", req->allow);
	if (p && p->refusal)
		p->refusal(req, rep, status, why);
	else
		refusal_write(reply_body(rep), status, why);
	http_log(req->server, status >= 500 ? HTTP_LOG_OURS : HTTP_LOG_THEIRS, "%s %s: %u",
	    req->method, req->match.route ? req->match.route->pattern : "-", status);
}

static void run_handler(struct request *req, struct reply *rep)
{
	int result = req->match.route->handler(req, rep);
	int broken = buf_error(&rep->body);

	if (result >= 400 && result <= 599) {
		dispatch_refuse(req, rep, (unsigned)result, NULL);
	} else if (result || broken || rep->failed) {
		http_log(req->server, HTTP_LOG_OURS, "%s %s: handler %d, page %d, header %d",
		    req->method, req->match.route->pattern, result, broken, rep->failed);
		dispatch_refuse(req, rep, 500, NULL);
	}
}

static bool run_asset(struct request *req, struct reply *rep)
{
	if (strncmp(req->uri, "/assets/", 8) != 0 || strcmp(req->method, "GET") != 0)
		return false;
	rep->asset = asset_find(req->uri);
	if (!rep->asset)
		dispatch_refuse(req, rep, 404, NULL);
	return true;
}

static unsigned screen(struct request *req)
{
	const struct http_program *p = req->server->options.program;

	return p && p->screen ? p->screen(req) : 0;
}

static void run_route(struct request *req, struct reply *rep)
{
	const char *why = NULL;
	bool program = request_for_program(req);
	unsigned status = program ? check_program(req) : screen(req);

	if ((req->match.route->flags & ROUTE_PERSONAL) || strcmp(req->method, "POST") == 0)
		reply_personal(rep);
	if (!status && !program)
		status = check_role(req);
	if (status == 401 && !program) {
		ask_to_sign_in(req, rep);
		return;
	}
	if (!status) {
		status = parse_query(req);
		why = refusal_text(status);
	}
	if (!status)
		status = check_post(req, &why);
	if (status)
		dispatch_refuse(req, rep, status, why);
	else
		run_handler(req, rep);
}

void dispatch_run(struct request *req, struct reply *rep)
{
	req->reply = rep;
	if (run_asset(req, rep))
		return;
	language_begin(req);
	rep->body.language = req->language;
	if (language_switch(req, rep))
		return;
	identify(req);
	switch (req->route_error) {
	case ROUTE_OK:
		run_route(req, rep);
		break;
	case ROUTE_METHOD:
		dispatch_refuse(req, rep, 405, NULL);
		break;
	case ROUTE_SEGMENT:
		dispatch_refuse(req, rep, 400, refusal_text(400));
		break;
	default:
		dispatch_refuse(req, rep, 404, NULL);
		break;
	}
	/* A refusal page that cannot be written leaves a bare status. */
	if (buf_error(&rep->body) || rep->failed) {
		reply_clear(rep);
		reply_status(rep, 500);
	}
}

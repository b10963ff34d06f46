#include "web/local.h"

#include <stdlib.h>
#include <string.h>

#include "web/call.h"

struct http_local {
	struct http_server server;
};

int http_local_open(const struct http_options *options, struct http_local **ret_local)
{
	struct http_local *local = calloc(1, sizeof(*local));

	if (!local)
		return HTTP_SYSTEM;
	if (pthread_mutex_init(&local->server.watch.lock, NULL)) {
		free(local);
		return HTTP_SYSTEM;
	}
	local->server.options = *options;
	if (options->defences)
		local->server.defences = *options->defences;
	local->server.listen_fd = -1;
	*ret_local = local;
	return 0;
}

void http_local_close(struct http_local *local)
{
	if (!local)
		return;
	pthread_mutex_destroy(&local->server.watch.lock);
	free(local);
}

/* What the guard would have read out of the head. */
static void fill_head(struct request *req, const struct http_local_request *request)
{
	char *query = strchr(req->uri, '?');

	if (query) {
		*query = '\0';
		req->query_text = query + 1;
	}
	req->method = request->method;
	req->length = request->len;
	req->local_spki = request->spki;
}

static void answer(struct request *req, const struct http_local_request *request, struct reply *rep)
{
	const char *why = NULL;
	unsigned status = dispatch_begin(req, &why);

	if (status) {
		dispatch_refuse(req, rep, status, why);
		return;
	}
	if (!req->drop && request->len > 0)
		buf_add(&req->body, request->body, request->len);
	dispatch_run(req, rep);
}

int http_local_ask(struct http_local *local, const struct http_local_request *request,
    http_local_header *header, void *context, struct http_local_reply *ret_reply)
{
	struct request *req = request_new(&local->server, NULL, NULL, request->uri);
	struct http_local_reply reply = {0};
	struct reply rep;

	if (!req)
		return HTTP_SYSTEM;
	reply_init(&rep, req);
	fill_head(req, request);
	answer(req, request, &rep);
	reply.status = rep.status;
	reply.len = rep.body.len;
	reply.body = malloc(reply.len + 1);
	if (reply.body) {
		if (reply.len > 0)
			memcpy(reply.body, rep.body.data, reply.len);
		reply.body[reply.len] = '\0';
		for (struct reply_header *h = rep.headers; header && h; h = h->next)
			header(context, h->name, h->value);
	}
	reply_free(&rep);
	request_free(req);
	if (!reply.body)
		return HTTP_SYSTEM;
	*ret_reply = reply;
	return 0;
}

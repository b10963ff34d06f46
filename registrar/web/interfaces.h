/* What the pages about interfaces show and take: tokens, webhooks, imports. For administrators. */
#ifndef PRESSGATE_REGISTRAR_WEB_INTERFACES_H
#define PRESSGATE_REGISTRAR_WEB_INTERFACES_H

#include "registrar/api/access.h"
#include "registrar/import/import.h"
#include "registrar/web/views.h"
#include "registrar/webhook/webhook.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/route.h"

struct view_token {
	struct access_token token; /* its texts are the view's */
	char scopes[300];
	struct page_tag tag;
	bool stands;
};

struct view_webhook {
	struct webhook webhook; /* its texts are the view's */
	char events[400];
};

struct view_delivery {
	struct webhook_delivery delivery; /* its texts are the view's */
	struct page_tag tag;
};

struct view_interfaces {
	struct page page;
	const struct form *token_form, *webhook_form;
	const char *made_what, *made_text; /* what is shown this once, or NULL */
	struct view_token *tokens;
	size_t n_tokens;
	struct view_webhook *webhooks;
	size_t n_webhooks;
	int64_t now;
};

struct view_webhook_page {
	struct page page;
	const char *done; /* or NULL */
	const struct view_webhook *webhook;
	struct view_delivery *deliveries;
	size_t n;
};

/* A step that can't be taken back. */
struct view_interface_end {
	struct page page;
	const char *heading, *words, *action, *button;
};

struct view_import {
	struct page page;
	const struct form *form;
	const char *problem;		    /* of the file as a whole, or NULL */
	const struct import_report *report; /* or NULL */
	bool dry, reporters;
};

extern const struct form_field token_fields[4];
extern const struct form_field webhook_fields[2];
extern const struct form_field webhook_query[1];
extern const struct form_field import_fields[4];

/* Whether an administrator is signed in: who may send a file to import. Looked at before the body
 * is read, when nobody has looked at the session yet. */
bool import_may_send(struct request *req);

int interfaces_get(struct request *req, struct reply *rep);
int token_post(struct request *req, struct reply *rep);
int token_revoke_get(struct request *req, struct reply *rep);
int token_revoke_post(struct request *req, struct reply *rep);
int webhook_post_new(struct request *req, struct reply *rep);
int webhook_get(struct request *req, struct reply *rep);
int webhook_test_post(struct request *req, struct reply *rep);
int webhook_end_get(struct request *req, struct reply *rep);
int webhook_end_post(struct request *req, struct reply *rep);
int import_get(struct request *req, struct reply *rep);
int import_post(struct request *req, struct reply *rep);

#endif

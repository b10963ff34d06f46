/* Tokens of the API, and webhooks. */
#include "registrar/web/interfaces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/api.h"
#include "registrar/api/scope.h"
#include "registrar/list.h"
#include "registrar/web/handlers.h"
#include "registrar/web/interfaces.html.h"
#include "registrar/webhook/event.h"

enum { DELIVERIES = 100 };

#define SCOPE_CHOICE(word, says)                                                                   \
	{                                                                                          \
		.value = word, .label = word, .hint = says                                         \
	}
static const struct form_choice scope_choices[] = {SCOPE_EACH(SCOPE_CHOICE), {NULL, NULL, NULL}};

#define EVENT_CHOICE(word)                                                                         \
	{                                                                                          \
		.value = word, .label = word                                                       \
	}
static const struct form_choice event_choices[] = {EVENT_EACH(EVENT_CHOICE), {NULL, NULL, NULL}};

enum { TOKEN_NAME, TOKEN_SCOPES, TOKEN_DAYS, TOKEN_NETWORK };
const struct form_field token_fields[4] = {
    [TOKEN_NAME] = {.name = "name",
	.label = "what it is for",
	.hint = "The program and who answers for it",
	.kind = FORM_LINE,
	.max = 100,
	.required = true},
    [TOKEN_SCOPES] = {.name = "scopes",
	.label = "what it may do",
	.kind = FORM_SET,
	.choices = scope_choices,
	.required = true,
	.missing = "Choose at least one thing that it may do"},
    [TOKEN_DAYS] = {.name = "days",
	.label = "days it lasts",
	.kind = FORM_INTEGER,
	.low = 1,
	.high = ACCESS_DAYS_MAX,
	.required = true},
    [TOKEN_NETWORK] = {.name = "network",
	.label = "network it may be used from",
	.hint = "Such as 192.0.2.0/24; empty for anywhere",
	.kind = FORM_LINE,
	.max = 50},
};

enum { WEBHOOK_URL, WEBHOOK_EVENTS };
const struct form_field webhook_fields[2] = {
    [WEBHOOK_URL] = {.name = "url",
	.label = "address",
	.hint = "https://host/path of a receiver that checks the signature",
	.kind = FORM_LINE,
	.max = 500,
	.required = true},
    [WEBHOOK_EVENTS] = {.name = "events",
	.label = "what it is told",
	.kind = FORM_SET,
	.choices = event_choices,
	.required = true,
	.missing = "Choose at least one event"},
};

static const struct form_choice done_choices[] = {
    {"test", "A test event was put into its queue. Reload this page to see what came of it.", NULL},
    {NULL, NULL, NULL},
};
const struct form_field webhook_query[1] = {
    {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices},
};

/* ---- the lists ---- */

static void drop(const char *text)
{
	free((void *)(uintptr_t)text);
}

struct lists {
	struct view_token *tokens;
	size_t n_tokens, token_room;
	struct view_webhook *webhooks;
	size_t n_webhooks, webhook_room;
	int64_t now;
};

static void lists_free(struct lists *l)
{
	for (size_t i = 0; i < l->n_tokens; i++) {
		drop(l->tokens[i].token.name);
		drop(l->tokens[i].token.network);
		drop(l->tokens[i].token.made_by);
		drop(l->tokens[i].token.revoked_by);
	}
	for (size_t i = 0; i < l->n_webhooks; i++) {
		drop(l->webhooks[i].webhook.url);
		drop(l->webhooks[i].webhook.made_by);
	}
	free(l->tokens);
	free(l->webhooks);
}

static int keep_token(void *context, const struct access_token *t)
{
	struct lists *l = context;
	struct view_token *to,
	    *items = list_grow(l->tokens, l->n_tokens, &l->token_room, sizeof(*items));

	if (!items)
		return STORE_NO_MEMORY;
	l->tokens = items;
	to = &items[l->n_tokens++];
	*to = (struct view_token){.token = *t, .stands = !t->revoked && t->expires > l->now};
	to->token.name = list_text(t->name);
	to->token.network = list_text(t->network);
	to->token.made_by = list_text(t->made_by);
	to->token.revoked_by = list_text(t->revoked_by);
	scope_write(t->scopes, to->scopes);
	to->tag = to->stands   ? (struct page_tag){"Stands", PAGE_GOOD}
		  : t->revoked ? (struct page_tag){"Revoked", PAGE_PLAIN}
			       : (struct page_tag){"Ended", PAGE_PLAIN};
	return to->token.name && to->token.network && to->token.made_by && to->token.revoked_by
		   ? 0
		   : STORE_NO_MEMORY;
}

static int keep_webhook(void *context, const struct webhook *w)
{
	struct lists *l = context;
	struct view_webhook *to,
	    *items = list_grow(l->webhooks, l->n_webhooks, &l->webhook_room, sizeof(*items));

	if (!items)
		return STORE_NO_MEMORY;
	l->webhooks = items;
	to = &items[l->n_webhooks++];
	*to = (struct view_webhook){.webhook = *w};
	to->webhook.url = list_text(w->url);
	to->webhook.made_by = list_text(w->made_by);
	event_write(w->events, to->events);
	return to->webhook.url && to->webhook.made_by ? 0 : STORE_NO_MEMORY;
}

static int read_lists(struct request *req, struct lists *l)
{
	struct store_tx *tx = NULL;
	/* So that the uses are those of now. */
	int result = access_flush(site_of(req)->access);

	*l = (struct lists){.now = registrar_now()};
	if (result == 0 || result == STORE_FULL)
		result = store_read_begin(registrar_of(req)->store, &tx);
	if (result == 0)
		result = access_each(tx, keep_token, l);
	if (result == 0)
		result = webhook_each(tx, keep_webhook, l);
	store_read_end(tx);
	return result;
}

/* ---- the page ---- */

struct showing {
	const struct form *token, *webhook; /* NULL: an empty one */
	const char *what, *text;
};

static int show(struct request *req, struct reply *rep, const struct showing *s)
{
	struct form *token = form_new(token_fields, 4), *webhook = form_new(webhook_fields, 2);
	struct view_interfaces view = {.made_what = s->what, .made_text = s->text};
	struct lists lists = {NULL, 0, 0, NULL, 0, 0, 0};
	int result = token && webhook ? read_lists(req, &lists) : STORE_NO_MEMORY;

	if (result == 0) {
		form_fill(token, TOKEN_DAYS, "365");
		view.token_form = s->token ? s->token : token;
		view.webhook_form = s->webhook ? s->webhook : webhook;
		view.tokens = lists.tokens;
		view.n_tokens = lists.n_tokens;
		view.webhooks = lists.webhooks;
		view.n_webhooks = lists.n_webhooks;
		view.now = lists.now;
		site_page(req, rep, &view.page, "Interfaces", "/staff/interfaces", SITE_FORMS);
		view.page.wide = true;
		view.page.error =
		    form_messages(view.token_form) || form_messages(view.webhook_form);
		interfaces_page(reply_body(rep), &view);
	}
	lists_free(&lists);
	form_free(token);
	form_free(webhook);
	return site_result(result);
}

int interfaces_get(struct request *req, struct reply *rep)
{
	return show(req, rep, &(struct showing){NULL, NULL, NULL, NULL});
}

/* A model's refusal at the field it names. */
static void refuse_at(struct form *form, const struct refusal *why)
{
	for (size_t i = 0; i < form_size(form); i++)
		if (strcmp(form_field(form, i)->name, why->field) == 0) {
			form_refuse(form, i, why->words);
			return;
		}
	form_refuse(form, 0, why->words);
}

int token_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct refusal why = {0};
	char text[ACCESS_TEXT + 1];
	int64_t id, now = registrar_now();
	struct access_wish wish = {.name = form_text(form, TOKEN_NAME),
	    .scopes = (uint32_t)form_number(form, TOKEN_SCOPES),
	    .expires = now + form_number(form, TOKEN_DAYS) * 86400,
	    .network = form_text(form, TOKEN_NETWORK),
	    .staff = session_of(req)->staff};
	int result = 0;

	if (form_ok(form))
		result = access_add(registrar_of(req), &wish, now, text, &id, &why);
	if (result == MODEL_REFUSED)
		refuse_at(form, &why);
	else if (result)
		return site_result(result);
	if (!form_ok(form)) {
		reply_status(rep, 422);
		return show(req, rep, &(struct showing){form, NULL, NULL, NULL});
	}
	return show(req, rep, &(struct showing){NULL, NULL, "The token was made.", text});
}

int webhook_post_new(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct refusal why = {0};
	char secret[WEBHOOK_SECRET + 1];
	int64_t id;
	int result = 0;

	if (form_ok(form))
		result = webhook_add(registrar_of(req), form_text(form, WEBHOOK_URL),
		    (uint32_t)form_number(form, WEBHOOK_EVENTS), session_of(req)->staff,
		    registrar_now(), secret, &id, &why);
	if (result == MODEL_REFUSED)
		refuse_at(form, &why);
	else if (result)
		return site_result(result);
	if (!form_ok(form)) {
		reply_status(rep, 422);
		return show(req, rep, &(struct showing){NULL, form, NULL, NULL});
	}
	return show(req, rep,
	    &(struct showing){NULL, NULL,
		"The webhook was added. This is the secret that signs events.", secret});
}

/* ---- ending ---- */

struct ending {
	char heading[500], words[200];
	const char *button;
};

/* Says what ends; false: there is no such thing. */
typedef bool ending_say(const struct lists *lists, int64_t id, struct ending *ret);

static int confirm(struct request *req, struct reply *rep, ending_say *describe)
{
	struct lists lists = {NULL, 0, 0, NULL, 0, 0, 0};
	struct ending ending;
	int result = read_lists(req, &lists);

	if (result == 0 && !describe(&lists, api_number(req), &ending))
		result = 404;
	lists_free(&lists);
	if (result == 0) {
		struct view_interface_end view = {.heading = ending.heading,
		    .words = ending.words,
		    .action = request_path(req),
		    .button = ending.button};
		site_page(req, rep, &view.page, ending.heading, "/staff/interfaces", SITE_FORMS);
		interface_end_page(reply_body(rep), &view);
	}
	return site_result(result);
}

typedef int ending_do(struct registrar *registrar, int64_t id, const char *staff, int64_t now);

static int end(struct request *req, struct reply *rep, ending_do *carry_out)
{
	int result =
	    carry_out(registrar_of(req), api_number(req), session_of(req)->staff, registrar_now());

	if (result == 0)
		reply_redirect(rep, "/staff/interfaces");
	return site_result(result);
}

static bool say_token(const struct lists *lists, int64_t id, struct ending *ret)
{
	for (size_t i = 0; i < lists->n_tokens; i++) {
		const struct view_token *token = &lists->tokens[i];
		if (token->token.id != id || !token->stands)
			continue;
		snprintf(
		    ret->heading, sizeof(ret->heading), "Revoke the token “%s”", token->token.name);
		snprintf(ret->words, sizeof(ret->words),
		    "The program that uses it is refused from now on. A revoked token does not "
		    "come back: make another.");
		ret->button = "Revoke it";
		return true;
	}
	return false;
}

int token_revoke_get(struct request *req, struct reply *rep)
{
	return confirm(req, rep, say_token);
}

int token_revoke_post(struct request *req, struct reply *rep)
{
	return end(req, rep, access_revoke);
}

static bool say_webhook(const struct lists *lists, int64_t id, struct ending *ret)
{
	for (size_t i = 0; i < lists->n_webhooks; i++) {
		const struct webhook *webhook = &lists->webhooks[i].webhook;
		if (webhook->id != id)
			continue;
		snprintf(ret->heading, sizeof(ret->heading), "End webhook %lld", (long long)id);
		snprintf(ret->words, sizeof(ret->words),
		    "Nothing more is told to it, its secret is destroyed, and %lld events that "
		    "wait for it are dropped.",
		    (long long)webhook->waiting);
		ret->button = "End it";
		return true;
	}
	return false;
}

int webhook_end_get(struct request *req, struct reply *rep)
{
	return confirm(req, rep, say_webhook);
}

int webhook_end_post(struct request *req, struct reply *rep)
{
	return end(req, rep, webhook_end);
}

/* ---- one webhook ---- */

struct deliveries {
	struct view_delivery items[DELIVERIES];
	size_t n;
};

static int keep_delivery(void *context, const struct webhook_delivery *d)
{
	struct deliveries *l = context;
	struct view_delivery *to = &l->items[l->n];
	bool good = strcmp(d->state, "delivered") == 0, bad = strcmp(d->state, "failed") == 0;

	if (l->n == DELIVERIES)
		return 0;
	*to = (struct view_delivery){.delivery = *d};
	to->delivery.event = list_text(d->event);
	to->delivery.error = list_text(d->error);
	to->delivery.state = NULL;
	to->tag = good	? (struct page_tag){"Delivered", PAGE_GOOD}
		  : bad ? (struct page_tag){"Given up", PAGE_STOP}
			: (struct page_tag){"Waiting", PAGE_WORKING};
	l->n++;
	return to->delivery.event && to->delivery.error ? 0 : STORE_NO_MEMORY;
}

static int read_deliveries(struct request *req, int64_t id, struct deliveries *l)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = webhook_each_delivery(tx, id, DELIVERIES, keep_delivery, l);
	store_read_end(tx);
	return result;
}

int webhook_get(struct request *req, struct reply *rep)
{
	const struct form *query = request_query(req);
	struct lists lists = {NULL, 0, 0, NULL, 0, 0, 0};
	struct deliveries *deliveries = calloc(1, sizeof(*deliveries));
	struct view_webhook_page view = {.done = NULL};
	int64_t id = api_number(req);
	int result = deliveries ? read_lists(req, &lists) : STORE_NO_MEMORY;

	for (size_t i = 0; i < lists.n_webhooks; i++)
		if (lists.webhooks[i].webhook.id == id)
			view.webhook = &lists.webhooks[i];
	if (result == 0 && !view.webhook)
		result = STORE_NOT_FOUND;
	if (result == 0)
		result = read_deliveries(req, id, deliveries);
	if (result == 0) {
		if (form_ok(query) && form_given(query, 0))
			view.done = done_choices[form_number(query, 0)].label;
		view.deliveries = deliveries->items;
		view.n = deliveries->n;
		site_page(req, rep, &view.page, "Webhook", "/staff/interfaces", SITE_FORMS);
		view.page.wide = true;
		webhook_page(reply_body(rep), &view);
	}
	for (size_t i = 0; deliveries && i < deliveries->n; i++) {
		drop(deliveries->items[i].delivery.event);
		drop(deliveries->items[i].delivery.error);
	}
	free(deliveries);
	lists_free(&lists);
	return site_result(result);
}

int webhook_test_post(struct request *req, struct reply *rep)
{
	int64_t id = api_number(req);
	int result = webhook_test(registrar_of(req), id, registrar_now());

	if (result == 0)
		reply_redirect(rep, "/staff/interfaces/webhooks/%lld?done=test", (long long)id);
	return site_result(result);
}

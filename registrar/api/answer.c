#include "registrar/api/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/caller.h"
#include "registrar/api/scope.h"
#include "registrar/refusal.h"
#include "registrar/web/handlers.h"
#include "registrar/zone.h"

int answer_send(struct reply *rep, json_t *value)
{
	char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;

	json_decref(value);
	if (!text)
		return STORE_NO_MEMORY;
	reply_type(rep, "application/json");
	buf_puts(reply_body(rep), text);
	buf_putc(reply_body(rep), '\n');
	free(text);
	return 0;
}

json_t *answer_time(int64_t seconds)
{
	char text[40];

	if (seconds == 0)
		return json_null();
	zone_rfc3339(seconds, text, sizeof(text));
	return json_string(text);
}

json_t *answer_time_ms(int64_t ms)
{
	char text[40];

	if (ms == 0)
		return json_null();
	zone_rfc3339(ms / 1000, text, sizeof(text));
	snprintf(text + strlen(text) - 1, 8, ".%03dZ", (int)(ms % 1000));
	return json_string(text);
}

json_t *answer_text(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

/* ---- what is refused ---- */

static const struct {
	unsigned status;
	const char *title, *detail;
} problems[] = {
    {400, "Bad request",
	"This address has a parameter that the route does not take, or one that is malformed. "
	"See /api/v1/openapi.json."},
    {401, "Who asks is not known",
	"Send a token of this registrar that stands: Authorization: Bearer pgt_..."},
    {403, "The token may not",
	"The token lacks a scope of this route, or is not for the address it came from. Ask an "
	"administrator."},
    {404, "Not found", "There is nothing at this address. See /api/v1/openapi.json."},
    {405, "Method not allowed", "See Allow for the methods that this address takes."},
    {413, "Too large", "The body is larger than this route takes."},
    {415, "Unsupported media type", "Send application/json."},
    {422, "Not taken", "A value does not hold."},
    {429, "Too many requests", "The token asked too often. Wait as Retry-After says."},
    {503, "Busy", "Too much at once. Try again in a moment."},
};

static json_t *problem_json(
    const struct request *req, unsigned status, const char *field, const char *detail)
{
	const char *title = "Internal error",
		   *fallback = "It is our fault, and nothing was changed. Try again later.";
	json_t *problem;

	for (size_t i = 0; i < sizeof(problems) / sizeof(*problems); i++)
		if (problems[i].status == status) {
			title = problems[i].title;
			fallback = problems[i].detail;
		}
	problem =
	    json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", "about:blank", "title", title, "status",
		(int)status, "detail", detail ? detail : fallback, "request", request_id(req));
	if (problem && field && *field)
		json_object_set_new(problem, "field", json_string(field));
	return problem;
}

/* RFC 6750 section 3. */
static void say_how(struct request *req, struct reply *rep, unsigned status)
{
	const struct caller *caller = caller_of(req);
	char scopes[SCOPE_TEXT], header[SCOPE_TEXT + 100];

	if (status == 401 && caller && caller->answer == ACCESS_WRONG) {
		reply_header(
		    rep, "WWW-Authenticate", "Bearer realm=\"registrar\", error=\"invalid_token\"");
	} else if (status == 401) {
		reply_header(rep, "WWW-Authenticate", "Bearer realm=\"registrar\"");
	} else if (status == 403 && caller) {
		scope_write(request_roles(req), scopes);
		snprintf(header, sizeof(header),
		    "Bearer realm=\"registrar\", error=\"insufficient_scope\", scope=\"%s\"",
		    scopes);
		reply_header(rep, "WWW-Authenticate", header);
	} else if (status == 429 && caller) {
		snprintf(header, sizeof(header), "%u", caller->access.wait);
		reply_header(rep, "Retry-After", header);
	}
}

static void write_problem(
    struct request *req, struct reply *rep, unsigned status, const char *field, const char *detail)
{
	json_t *problem = problem_json(req, status, field, detail);
	char *text = problem ? json_dumps(problem, JSON_COMPACT) : NULL;

	json_decref(problem);
	reply_status(rep, status);
	reply_personal(rep);
	say_how(req, rep, status);
	reply_header(rep, "X-Request-Id", request_id(req));
	reply_type(rep, "application/problem+json");
	buf_puts(reply_body(rep), text ? text : "{}");
	buf_putc(reply_body(rep), '\n');
	free(text);
}

int answer_problem(
    struct request *req, struct reply *rep, unsigned status, const char *field, const char *detail)
{
	write_problem(req, rep, status, field, detail);
	return 0;
}

void answer_refusal(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	/* What the dispatcher says is for people at a page. */
	(void)why;
	write_problem(req, rep, status, NULL, NULL);
}

int answer_result(struct request *req, struct reply *rep, int result, const struct refusal *why)
{
	switch (result) {
	case STORE_NOT_FOUND:
	case MODEL_NOT_FOUND:
		return answer_problem(
		    req, rep, 404, NULL, "There is no such thing. Look at the list it is of.");
	case MODEL_REFUSED:
		return answer_problem(
		    req, rep, 422, why ? why->field : NULL, why && *why->words ? why->words : NULL);
	case MODEL_BUSY:
		return answer_problem(req, rep, 503, NULL, NULL);
	default:
		return result;
	}
}

/* ---- lists ---- */

/* "12.3.45": as many numbers as a list's place has. */
static bool read_cursor(const char *text, size_t numbers, int64_t *ret)
{
	for (size_t i = 0; i < numbers; i++) {
		size_t len = strspn(text, "0123456789");

		if (len == 0 || len > 15 || text[len] != (i + 1 < numbers ? '.' : '\0'))
			return false;
		ret[i] = strtoll(text, NULL, 10);
		text += len + 1;
	}
	return true;
}

/* The first parameter that does not hold. */
static int refuse_query(struct request *req, struct reply *rep, const struct form *query)
{
	for (size_t i = 0; i < form_size(query); i++)
		if (form_message(query, i))
			return answer_problem(
			    req, rep, 400, form_field(query, i)->name, form_message(query, i));
	return answer_problem(req, rep, 400, NULL, NULL);
}

int answer_page_begin(
    struct request *req, struct reply *rep, size_t numbers, struct answer_page *ret)
{
	const struct form *query = request_query(req);

	*ret = (struct answer_page){.limit = ANSWER_LIMIT};
	if (!form_ok(query)) {
		(void)refuse_query(req, rep, query);
		return 1;
	}
	if (form_given(query, ANSWER_PAGE_LIMIT))
		ret->limit = form_number(query, ANSWER_PAGE_LIMIT);
	if (form_given(query, ANSWER_PAGE_AFTER) &&
	    !read_cursor(form_text(query, ANSWER_PAGE_AFTER), numbers, ret->after)) {
		(void)answer_problem(req, rep, 400, "after",
		    "This is not the `next` of a page of this list. Take it as it was given.");
		return 1;
	}
	ret->items = json_array();
	return ret->items ? 0 : STORE_NO_MEMORY;
}

int64_t answer_page_most(const struct answer_page *page)
{
	return page->limit + 1;
}

int answer_page_add(struct answer_page *page, json_t *item, size_t numbers, const int64_t *at)
{
	size_t len = 0;

	if (page->n == page->limit) {
		page->n++;
		json_decref(item);
		return 1;
	}
	if (!item || json_array_append_new(page->items, item))
		return STORE_NO_MEMORY;
	page->n++;
	for (size_t i = 0; i < numbers; i++)
		len += (size_t)snprintf(
		    page->next + len, sizeof(page->next) - len, "%s%" PRId64, i ? "." : "", at[i]);
	return 0;
}

int answer_page_read(struct request *req, struct store_tx *tx, unsigned query,
    const struct store_value *args, size_t n_args, answer_row *row, struct answer_page *page)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, query, args, n_args, &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW)
		result = row(req, tx, rows, page);
	store_done(rows);
	return result;
}

int answer_page_send(struct request *req, struct reply *rep, struct answer_page *page, int result)
{
	bool more = page->n > page->limit;

	if (result < 0) {
		json_decref(page->items);
		return answer_result(req, rep, result, NULL);
	}
	return answer_send(rep, json_pack("{s:o, s:o}", "items", page->items, "next",
				    more ? json_string(page->next) : json_null()));
}

int answer_rows(struct request *req, struct reply *rep, unsigned query,
    const struct store_value *args, size_t n_args, answer_row *row)
{
	struct store_value values[2 + ANSWER_ARGS_MAX];
	struct answer_page page;
	struct store_tx *tx = NULL;
	int result =
	    n_args <= ANSWER_ARGS_MAX ? answer_page_begin(req, rep, 1, &page) : STORE_MISUSE;

	if (result)
		return result > 0 ? 0 : result;
	values[0] = store_i64(page.after[0]);
	values[1] = store_i64(answer_page_most(&page));
	for (size_t i = 0; i < n_args; i++)
		values[2 + i] = args[i];
	result = store_read_begin(registrar_of(req)->store, &tx);
	if (!result)
		result = answer_page_read(req, tx, query, values, 2 + n_args, row, &page);
	store_read_end(tx);
	return answer_page_send(req, rep, &page, result);
}

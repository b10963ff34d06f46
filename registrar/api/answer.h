/*
 * answer: what the API answers: JSON with exact types, times as RFC 3339 in UTC, lists page by
 * page, and what is refused as application/problem+json (RFC 9457).
 */
#ifndef REGISTRAR_API_ANSWER_H
#define REGISTRAR_API_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"
#include "web/form.h"
#include "web/reply.h"
#include "web/request.h"

/* Sends a value, which is freed; NULL is out of memory. Returns what a handler returns. */
int answer_send(struct reply *rep, json_t *value);

/* A problem; detail is a sentence with the remedy, field the member or parameter it is about, or
 * NULL. Returns 0, for a handler to return. */
int answer_problem(
    struct request *req, struct reply *rep, unsigned status, const char *field, const char *detail);

/* The problem of a model's answer: 404, 422 with what the refusal says, 503, or the code itself. */
struct refusal;
int answer_result(struct request *req, struct reply *rep, int result, const struct refusal *why);

/* A refusal of the dispatcher's on a path of the API: struct http_program's. */
void answer_refusal(struct request *req, struct reply *rep, unsigned status, const char *why);

/* "2026-09-12T18:05:00Z"; null for 0. NULL: no memory. */
json_t *answer_time(int64_t seconds);
/* The same of milliseconds: "2026-09-12T18:05:00.123Z". */
json_t *answer_time_ms(int64_t ms);
/* A text, or null for "". */
json_t *answer_text(const char *text);

/* ---- lists ---- */

enum { ANSWER_LIMIT = 100, ANSWER_LIMIT_MAX = 500, ANSWER_CURSOR = 64 };
/* What every list takes: ?limit= and ?after= (the `next` of the page before). */
#define ANSWER_PAGE_FIELDS                                                                         \
	{.name = "limit",                                                                          \
	    .label = "most items of a page",                                                       \
	    .kind = FORM_INTEGER,                                                                  \
	    .low = 1,                                                                              \
	    .high = ANSWER_LIMIT_MAX},                                                             \
	{                                                                                          \
		.name = "after", .label = "where the page before ended", .kind = FORM_LINE,        \
		.max = ANSWER_CURSOR                                                               \
	}
enum { ANSWER_PAGE_LIMIT, ANSWER_PAGE_AFTER, ANSWER_PAGE_N };

/* Reads both. Returns 0; or a positive number where a problem was sent: the handler returns 0. */
struct answer_page {
	int64_t limit;
	int64_t after[3]; /* the numbers of the cursor; 0 where none came */
	json_t *items;	  /* to be filled */
	int64_t n;
	char next[ANSWER_CURSOR + 1]; /* of the item added last */
};
int answer_page_begin(struct request *req, struct reply *rep, size_t numbers,
    struct answer_page *ret) __attribute__((warn_unused_result));

/* How many to ask the store for: one more than is shown says whether there is a next page. */
int64_t answer_page_most(const struct answer_page *page);

/* Adds an item (stolen; NULL is out of memory) that stands at these numbers. Returns 0, 1 where the
 * page is full already, or STORE_NO_MEMORY. */
int answer_page_add(struct answer_page *page, json_t *item, size_t numbers, const int64_t *at)
    __attribute__((warn_unused_result));

/* Adds the item of a row, and returns as answer_page_add, or another failure's code. */
typedef int answer_row(
    struct request *req, struct store_tx *tx, struct store_rows *rows, struct answer_page *page);

/* Has `row` add the rows of a query until the page is full. Returns as the store, or as `row`. */
int answer_page_read(struct request *req, struct store_tx *tx, unsigned query,
    const struct store_value *args, size_t n_args, answer_row *row, struct answer_page *page)
    __attribute__((warn_unused_result));

/* Sends {"items": [...], "next": "..." or null}; result is what filling it gave. */
int answer_page_send(struct request *req, struct reply *rep, struct answer_page *page, int result);

/*
 * A whole handler: a page of a list in the order of one number. The query's ?1 is the number above
 * which, ?2 how many at most; what the caller gives (ANSWER_ARGS_MAX at most) stands after them.
 */
enum { ANSWER_ARGS_MAX = 2 };
int answer_rows(struct request *req, struct reply *rep, unsigned query,
    const struct store_value *args, size_t n_args, answer_row *row);

#endif

/* Registrations, entries and denials of a conference, page by page out of the store. */
#include <string.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "registrar/api/api.h"
#include "registrar/api/caller.h"
#include "registrar/api/scope.h"
#include "schema/registrar_db.h"

/* A pass as 32 hex digits, or null. */
static json_t *pass_json(struct store_rows *rows, unsigned column)
{
	char hex[33];
	size_t len;
	const uint8_t *pass = store_get_blob(rows, column, &len);

	if (!pass || len != 16)
		return json_null();
	bytes_hex(pass, len, hex);
	return json_string(hex);
}

static json_t *class_json(int64_t number)
{
	const char *token = class_token((unsigned)number);

	return json_string(token ? token : "other");
}

/* Adds a name where the token may read it. */
static json_t *with_name(const struct request *req, json_t *item, const char *name)
{
	if (item && caller_may(req, SCOPE_PEOPLE_READ) &&
	    json_object_set_new(item, "name", answer_text(name))) {
		json_decref(item);
		return NULL;
	}
	return item;
}

static json_t *registration_json(const struct request *req, struct store_rows *rows)
{
	json_t *outlet = json_pack("{s:I, s:s}", "id", (json_int_t)store_get_i64(rows, 4), "name",
	    store_get_text(rows, 5));
	json_t *item = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:o}", "reference",
	    store_get_text(rows, 1), "state", store_get_text(rows, 2), "class",
	    class_json(store_get_i64(rows, 3)), "outlet", outlet, "created",
	    answer_time(store_get_i64(rows, 6)), "changed", answer_time(store_get_i64(rows, 7)),
	    "explanation", store_get_text(rows, 8), "pass", pass_json(rows, 9));

	return with_name(req, item, store_get_text(rows, 10));
}

static int add_registration(
    struct request *req, struct store_tx *tx, struct store_rows *rows, struct answer_page *page)
{
	int64_t id = store_get_i64(rows, 0);

	(void)tx;
	return answer_page_add(page, registration_json(req, rows), 1, &id);
}

static int read_registrations(
    struct request *req, struct store_tx *tx, int64_t conference, struct answer_page *page)
{
	return answer_page_read(req, tx, REGISTRAR_Q_API_REGISTRATIONS,
	    STORE_ARGS(store_i64(conference), store_i64(page->after[0]),
		store_i64(answer_page_most(page))),
	    add_registration, page);
}

static json_t *entry_json(const struct request *req, struct store_rows *rows)
{
	json_t *item = json_pack("{s:s, s:I, s:I, s:o, s:s, s:s, s:o, s:o}", "gate",
	    store_get_text(rows, 1), "epoch", (json_int_t)store_get_i64(rows, 2), "seq",
	    (json_int_t)store_get_i64(rows, 3), "time", answer_time_ms(store_get_i64(rows, 4)),
	    "decision", store_get_text(rows, 5), "reason", store_get_text(rows, 6), "pass",
	    pass_json(rows, 7), "registration", answer_text(store_get_text(rows, 8)));

	return with_name(req, item, store_get_text(rows, 9));
}

static int add_entry(
    struct request *req, struct store_tx *tx, struct store_rows *rows, struct answer_page *page)
{
	const int64_t at[] = {
	    store_get_i64(rows, 4), store_get_i64(rows, 0), store_get_i64(rows, 3)};

	(void)tx;
	return answer_page_add(page, entry_json(req, rows), 3, at);
}

static int read_entries(struct request *req, struct store_tx *tx, const char *slug,
    const char *decision, struct answer_page *page)
{
	return answer_page_read(req, tx,
	    decision ? REGISTRAR_Q_API_DENIALS : REGISTRAR_Q_API_ENTRIES,
	    STORE_ARGS(store_text(slug), store_text(decision), store_i64(page->after[0]),
		store_i64(page->after[1]), store_i64(page->after[2]),
		store_i64(answer_page_most(page))),
	    add_entry, page);
}

/* What is listed. */
enum list { LIST_REGISTRATIONS, LIST_ENTRIES };

static int send_list(struct request *req, struct reply *rep, enum list list, const char *decision)
{
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	struct answer_page page;
	int result = answer_page_begin(req, rep, list == LIST_ENTRIES ? 3 : 1, &page);

	if (result)
		return result > 0 ? 0 : result;
	result = store_read_begin(registrar_of(req)->store, &tx);
	if (!result)
		result = api_conference(req, tx, &conference);
	if (!result && list == LIST_REGISTRATIONS)
		result = read_registrations(req, tx, conference.id, &page);
	else if (!result)
		result = read_entries(req, tx, conference.slug, decision, &page);
	conference_clear(&conference);
	store_read_end(tx);
	if (result >= 0) {
		int noted =
		    api_note_names(req, list == LIST_REGISTRATIONS ? "registrations" : "entries");
		result = noted ? noted : result;
	}
	return answer_page_send(req, rep, &page, result);
}

int api_registrations_get(struct request *req, struct reply *rep)
{
	return send_list(req, rep, LIST_REGISTRATIONS, NULL);
}

int api_entries_get(struct request *req, struct reply *rep)
{
	const struct form *query = request_query(req);
	bool of_one = form_ok(query) && form_given(query, ANSWER_PAGE_N);

	return send_list(req, rep, LIST_ENTRIES,
	    of_one
		? api_entries_query[ANSWER_PAGE_N].choices[form_number(query, ANSWER_PAGE_N)].value
		: NULL);
}

int api_denials_get(struct request *req, struct reply *rep)
{
	return send_list(req, rep, LIST_ENTRIES, "deny");
}

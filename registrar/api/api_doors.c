/* Gates and their health, journals, and restrictions of entry. */
#include <stdio.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "registrar/api/api.h"
#include "registrar/api/body.h"
#include "registrar/api/caller.h"
#include "registrar/doors/conflicts.h"
#include "registrar/doors/health.h"
#include "registrar/press/restriction.h"
#include "schema/registrar_db.h"

/* ---- gates ---- */

static json_t *known(int64_t number)
{
	return number < 0 ? json_null() : json_integer(number);
}

static json_t *health_json(const struct health *h)
{
	static const char *const words[] = {"ok", "warn", "wrong"};
	json_t *findings = json_array();

	for (size_t i = 0; findings && i < h->n; i++)
		json_array_append_new(findings, json_pack("{s:s, s:s}", "id", h->findings[i].id,
						    "state", words[h->findings[i].state]));
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "state",
	    words[h->worst], "version", h->version, "conference", answer_text(h->conference),
	    "unsent", known(h->unsent), "inside", known(h->inside), "shifts", known(h->shifts),
	    "newest", answer_time(h->entry), "roster_age", known(h->roster_age), "revoked_age",
	    known(h->revoked_age), "free_mib", known(h->free_mib), "findings", findings);
}

static void add_gate(void *context, const struct health_gate *g)
{
	json_array_append_new(context,
	    json_pack("{s:s, s:s, s:b, s:o, s:o, s:o}", "name", g->name, "state",
		g->revoked    ? "revoked"
		: g->enrolled ? "enrolled"
			      : "waiting",
		"silent", g->silent, "seen", answer_time(g->seen), "told", answer_time(g->told),
		"health", g->has_health ? health_json(&g->health) : json_null()));
}

int api_gates_get(struct request *req, struct reply *rep)
{
	struct store_tx *tx = NULL;
	json_t *list = json_array();
	int result = list ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NO_MEMORY;

	if (!result)
		result = health_each(tx, registrar_now(), add_gate, list);
	store_read_end(tx);
	if (result) {
		json_decref(list);
		return result;
	}
	return answer_send(rep, json_pack("{s:o}", "items", list));
}

/* ---- what gates' journals say of themselves ---- */

static int add_log(void *context, const struct conflicts_log *log)
{
	return json_array_append_new(
	    context, json_pack("{s:s, s:I, s:I, s:I, s:o}", "gate", log->device, "epoch",
			 (json_int_t)log->epoch, "times", (json_int_t)log->times, "kept",
			 (json_int_t)log->kept, "newest", answer_time(log->seen)));
}

static int add_gap(void *context, const struct conflicts_gap *gap)
{
	return json_array_append_new(context,
	    json_pack("{s:s, s:I, s:I, s:o, s:s, s:s}", "gate", gap->at.device, "epoch",
		(json_int_t)gap->at.epoch, "seq", (json_int_t)gap->at.seq, "time",
		answer_time_ms(gap->at.time_ms), "kind", gap->decision, "reason", gap->reason));
}

int api_journals_get(struct request *req, struct reply *rep)
{
	struct store_tx *tx = NULL;
	json_t *logs = json_array(), *gaps = json_array();
	int result =
	    logs && gaps ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NO_MEMORY;

	if (!result)
		result = conflicts_each_log(tx, add_log, logs);
	if (!result)
		result = conflicts_each_gap(
		    tx, registrar_now_ms() - INT64_C(30) * 86400000, add_gap, gaps);
	store_read_end(tx);
	if (result) {
		json_decref(logs);
		json_decref(gaps);
		return result;
	}
	return answer_send(rep, json_pack("{s:o, s:o}", "contradicted", logs, "gaps", gaps));
}

/* ---- restrictions ---- */

static const char *const scopes[] = {"building", "conference", "class", "outlet", "pass"};
enum { SCOPE_WORDS = 5 };

static json_t *restriction_json(struct store_rows *rows)
{
	int64_t scope = store_get_i64(rows, 1);
	const char *token = class_token((unsigned)store_get_i64(rows, 3));
	char pass[33];
	size_t len;
	const uint8_t *bytes = store_get_blob(rows, 5, &len);

	if (bytes && len == 16)
		bytes_hex(bytes, len, pass);
	return json_pack("{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}", "id",
	    (json_int_t)store_get_i64(rows, 0), "scope",
	    scope >= 1 && scope <= SCOPE_WORDS ? scopes[scope - 1] : "", "conference",
	    answer_text(store_get_text(rows, 2)), "class",
	    store_is_null(rows, 3) ? json_null() : json_string(token ? token : "other"), "outlet",
	    store_is_null(rows, 4) ? json_null() : json_integer(store_get_i64(rows, 4)), "pass",
	    bytes && len == 16 ? json_string(pass) : json_null(), "from",
	    answer_time(store_get_i64(rows, 6)), "until", answer_time(store_get_i64(rows, 7)),
	    "words", store_get_text(rows, 8), "made_by", store_get_text(rows, 9));
}

static int add_restriction(
    struct request *req, struct store_tx *tx, struct store_rows *rows, struct answer_page *page)
{
	int64_t id = store_get_i64(rows, 0);

	(void)req;
	(void)tx;
	return answer_page_add(page, restriction_json(rows), 1, &id);
}

int api_restrictions_get(struct request *req, struct reply *rep)
{
	return answer_rows(req, rep, REGISTRAR_Q_API_RESTRICTIONS,
	    STORE_ARGS(store_i64(registrar_now())), add_restriction);
}

struct wish {
	const char *scope, *conference, *class, *pass, *words;
	int64_t outlet, until;
	uint8_t bytes[16];
};

/* NULL, or the member that does not hold. */
static const char *read_wish(struct registrar *registrar, struct wish *in, struct restriction *ret)
{
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	uint8_t class = 0;
	int scope = 0, result = 0;

	while (scope < SCOPE_WORDS && strcmp(in->scope, scopes[scope]) != 0)
		scope++;
	if (scope == SCOPE_WORDS)
		return "scope";
	if (in->class && class_find(in->class, &class))
		return "class";
	if ((in->class != NULL) != (scope + 1 == REVOKED_SCOPE_CLASS))
		return "class";
	if (in->pass && bytes_unhex(in->pass, strlen(in->pass), in->bytes, sizeof(in->bytes)))
		return "pass";
	if (in->conference) {
		result = store_read_begin(registrar->store, &tx);
		if (!result)
			result = conference_by_slug(tx, in->conference, &conference);
		store_read_end(tx);
	}
	*ret = (struct restriction){.scope = (enum revoked_scope)(scope + 1),
	    .conference = conference.id,
	    .pass_class = class,
	    .outlet = in->outlet,
	    .pass = in->pass ? in->bytes : NULL,
	    .from = registrar_now(),
	    .until = in->until,
	    .words = in->words};
	conference_clear(&conference);
	return result ? "conference" : NULL;
}

static int refuse_wish(struct request *req, struct reply *rep, int result)
{
	char words[200];

	snprintf(words, sizeof(words), "The restriction was not made: %s.",
	    restriction_strerror(result));
	return answer_problem(req, rep, 422,
	    result == RESTRICTION_BAD_TIME    ? "until"
	    : result == RESTRICTION_BAD_WORDS ? "words"
	    : result == RESTRICTION_BAD_SCOPE ? "scope"
					      : NULL,
	    words);
}

int api_restrictions_post(struct request *req, struct reply *rep)
{
	struct wish in = {.scope = ""};
	struct restriction restriction;
	json_t *object = NULL;
	const char *wrong;
	int64_t id = 0;
	const struct body_member members[] = {
	    {"scope", BODY_TEXT, true, 0, 0, &in.scope},
	    {"words", BODY_TEXT, true, 0, 0, &in.words},
	    {"conference", BODY_TEXT, false, 0, 0, &in.conference},
	    {"class", BODY_TEXT, false, 0, 0, &in.class},
	    {"outlet", BODY_NUMBER, false, 1, INT64_C(9007199254740991), &in.outlet},
	    {"pass", BODY_TEXT, false, 0, 0, &in.pass},
	    {"until", BODY_TIME, false, 0, 0, &in.until},
	};
	int result = body_read(req, rep, members, sizeof(members) / sizeof(*members), &object);

	if (result)
		return result > 0 ? 0 : result;
	wrong = read_wish(registrar_of(req), &in, &restriction);
	restriction.staff = caller_of(req)->staff;
	if (wrong)
		result = answer_problem(req, rep, 422, wrong,
		    "This names nothing that is known, or does not go with the scope.");
	else if ((result = restriction_add(registrar_of(req), &restriction, &id)) > 0)
		result = refuse_wish(req, rep, result);
	else if (result == 0)
		result = answer_send(rep, json_pack("{s:I}", "id", (json_int_t)id));
	if (id)
		reply_status(rep, 201);
	json_decref(object);
	return result;
}

int api_restriction_lift_post(struct request *req, struct reply *rep)
{
	int64_t id = api_number(req);
	json_t *object = NULL;
	int result = body_read(req, rep, NULL, 0, &object);

	if (result)
		return result > 0 ? 0 : result;
	json_decref(object);
	result = id < 0 ? RESTRICTION_UNKNOWN
			: restriction_lift(registrar_of(req), id, caller_of(req)->staff);
	if (result == RESTRICTION_UNKNOWN)
		return answer_result(req, rep, MODEL_NOT_FOUND, NULL);
	return result
		   ? result
		   : answer_send(rep, json_pack("{s:I, s:b}", "id", (json_int_t)id, "lifted", 1));
}

#include <stdio.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/api/api.h"
#include "registrar/api/body.h"
#include "registrar/api/caller.h"
#include "schema/registrar_db.h"

static json_t *classes_json(uint32_t classes)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < CLASS_NAMED; i++)
		if ((classes & UINT32_C(1) << i) &&
		    json_array_append_new(list, json_string(class_token(i)))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

static json_t *numbers_json(const struct conference_numbers *n)
{
	return json_pack("{s:I, s:I, s:I, s:o}", "confirmed", (json_int_t)n->confirmed,
	    "waitlisted", (json_int_t)n->waitlisted, "cancelled", (json_int_t)n->cancelled, "free",
	    n->free < 0 ? json_null() : json_integer(n->free));
}

static const char *id_words(enum conference_id_check check)
{
	static const char *const words[] = {"on-request", "always", "share"};

	return words[check];
}

static json_t *conference_json(const struct conference *c, const struct conference_numbers *n)
{
	json_t *times = json_pack("{s:o, s:o, s:o, s:o, s:o}", "doors", answer_time(c->doors),
	    "starts", answer_time(c->starts), "ends", answer_time(c->ends), "created",
	    answer_time(c->created), "changed", answer_time(c->changed));
	json_t *value = json_pack(
	    "{s:I, s:s, s:s, s:s, s:s, s:o, s:s, s:I, s:I, s:o, s:b, s:s, s:i, s:b, s:b, s:o}",
	    "number", (json_int_t)c->id, "slug", c->slug, "title", c->title, "place", c->place,
	    "summary", c->summary, "stream", answer_text(c->stream), "state",
	    conference_state_word(c->state), "capacity", (json_int_t)c->capacity, "per_outlet",
	    (json_int_t)c->per_outlet, "classes", classes_json(c->classes), "preregistration",
	    c->preregistration, "identification", id_words(c->id_check), "identification_share",
	    c->id_share, "reentry", c->reentry, "emerging", c->emerging, "numbers",
	    numbers_json(n));

	if (value && json_object_update_new(value, times) == 0)
		return value;
	json_decref(value);
	return NULL;
}

/* A conference with its numbers; NULL: out of memory, or *ret_result. */
static json_t *read_conference(
    struct store_tx *tx, const struct conference *conference, int *ret_result)
{
	struct conference_numbers numbers;

	*ret_result = conference_numbers(tx, conference, &numbers);
	return *ret_result ? NULL : conference_json(conference, &numbers);
}

static int add_conference(
    struct request *req, struct store_tx *tx, struct store_rows *rows, struct answer_page *page)
{
	struct conference conference = {0};
	int64_t id = store_get_i64(rows, 0);
	int result = conference_by_id(tx, id, &conference);
	json_t *value = NULL;

	(void)req;
	if (!result)
		value = read_conference(tx, &conference, &result);
	conference_clear(&conference);
	return result ? result : answer_page_add(page, value, 1, &id);
}

int api_conferences_get(struct request *req, struct reply *rep)
{
	return answer_rows(req, rep, REGISTRAR_Q_API_CONFERENCES, STORE_NO_ARGS, add_conference);
}

static int send_conference(struct request *req, struct reply *rep, const char *slug)
{
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	json_t *value = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (!result)
		result = conference_by_slug(tx, slug, &conference);
	if (!result)
		value = read_conference(tx, &conference, &result);
	conference_clear(&conference);
	store_read_end(tx);
	if (result)
		return answer_result(req, rep, result, NULL);
	return answer_send(rep, value);
}

int api_conference_get(struct request *req, struct reply *rep)
{
	return send_conference(req, rep, request_segment(req, "slug"));
}

#define MEMBERS_MAX 1000000

int api_conferences_post(struct request *req, struct reply *rep)
{
	struct conference wish;
	struct refusal why = {0};
	json_t *object = NULL;
	int64_t id;
	char location[100];
	int result;

	conference_default(&wish);
	wish.state = CONFERENCE_DRAFT;
	const struct body_member members[] = {
	    {"title", BODY_TEXT, true, 0, 0, &wish.title},
	    {"place", BODY_TEXT, true, 0, 0, &wish.place},
	    {"slug", BODY_TEXT, false, 0, 0, &wish.slug},
	    {"summary", BODY_TEXT, false, 0, 0, &wish.summary},
	    {"stream", BODY_TEXT, false, 0, 0, &wish.stream},
	    {"doors", BODY_TIME, true, 0, 0, &wish.doors},
	    {"starts", BODY_TIME, true, 0, 0, &wish.starts},
	    {"ends", BODY_TIME, true, 0, 0, &wish.ends},
	    {"capacity", BODY_NUMBER, false, 0, MEMBERS_MAX, &wish.capacity},
	    {"per_outlet", BODY_NUMBER, false, 0, 10000, &wish.per_outlet},
	    {"classes", BODY_CLASSES, false, 0, 0, &wish.classes},
	    {"preregistration", BODY_SWITCH, false, 0, 0, &wish.preregistration},
	    {"reentry", BODY_SWITCH, false, 0, 0, &wish.reentry},
	    {"emerging", BODY_SWITCH, false, 0, 0, &wish.emerging},
	};
	result = body_read(req, rep, members, sizeof(members) / sizeof(*members), &object);
	if (result)
		return result > 0 ? 0 : result;
	result = conference_create(
	    registrar_of(req), &wish, caller_of(req)->staff, registrar_now(), &id, &why);
	json_decref(object);
	if (result)
		return answer_result(req, rep, result, &why);
	struct conference made = {0};
	struct store_tx *tx = NULL;
	result = store_read_begin(registrar_of(req)->store, &tx);
	if (!result)
		result = conference_by_id(tx, id, &made);
	store_read_end(tx);
	if (!result) {
		snprintf(location, sizeof(location), "/api/v1/conferences/%s", made.slug);
		result = send_conference(req, rep, made.slug);
		reply_header(rep, "Location", location);
		reply_status(rep, 201);
	}
	conference_clear(&made);
	return answer_result(req, rep, result, NULL);
}

int api_conference_post(struct request *req, struct reply *rep)
{
	const char *slug = request_segment(req, "slug");
	struct conference_words words = {.title = NULL};
	struct refusal why = {0};
	json_t *object = NULL;
	int64_t people;
	const struct body_member members[] = {
	    {"title", BODY_TEXT, false, 0, 0, &words.title},
	    {"place", BODY_TEXT, false, 0, 0, &words.place},
	    {"summary", BODY_TEXT, false, 0, 0, &words.summary},
	    {"stream", BODY_TEXT, false, 0, 0, &words.stream},
	    {"doors", BODY_TIME, false, 0, 0, &words.doors},
	    {"starts", BODY_TIME, false, 0, 0, &words.starts},
	    {"ends", BODY_TIME, false, 0, 0, &words.ends},
	};
	int result = body_read(req, rep, members, sizeof(members) / sizeof(*members), &object);

	if (result)
		return result > 0 ? 0 : result;
	result = conference_change(
	    registrar_of(req), slug, &words, caller_of(req)->staff, registrar_now(), &people, &why);
	json_decref(object);
	return result ? answer_result(req, rep, result, &why) : send_conference(req, rep, slug);
}

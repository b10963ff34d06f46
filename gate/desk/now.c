/* The strip as JSON, told as soon as it changes. */
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gate/desk/handlers.h"
#include "gate/door/referral.h"

enum { WAIT_MS = 1000 }; /* what rings no bell (a list grows old, a gate is silent) shows so soon */

const struct form_field now_query[1] = {
    {.name = "seen", .label = "tag", .kind = FORM_LINE, .max = 32},
};

static int add_answer(void *context, const struct referral *referral)
{
	char id[2 * REFERRAL_ID + 1], at[VIEW_TIME];

	if (referral->answer[0] == '\0' || referral->closed_ms != 0)
		return 0;
	sodium_bin2hex(id, sizeof(id), referral->id, sizeof(referral->id));
	time_say_ms(referral->answered_ms, at);
	json_array_append_new(
	    context, json_pack("{s:s s:s s:s s:s s:s}", "id", id, "answer", referral->answer,
			 "words", referral->answer_words, "by", referral->answered_by, "at", at));
	return 0;
}

static json_t *answers(struct desk *desk, const struct desk_session *session)
{
	json_t *list = json_array();
	struct store_tx *tx = NULL;

	if (gate_look(desk->gate, &tx) != 0)
		return list;
	if (referral_each(desk->gate, tx, session->door.conference, add_answer, list) != 0)
		json_array_clear(list);
	gate_look_end(desk->gate, tx);
	return list;
}

static json_t *unheard(const struct view_strip *strip)
{
	json_t *list = json_array();
	char names[sizeof(strip->unheard)], *rest = NULL;

	memcpy(names, strip->unheard, sizeof(names));
	for (char *name = strtok_r(names, ", ", &rest); name != NULL;
	     name = strtok_r(NULL, ", ", &rest))
		json_array_append_new(list, json_string(name));
	return list;
}

static json_t *stop(const struct view_strip *strip)
{
	if (!strip->stopped)
		return json_null();
	return json_pack("{s:s s:s s:s}", "words", strip->stop_words, "since", strip->stop_since,
	    "scope", strip->stop_scope);
}

static json_t *age(const struct view_list_age *list)
{
	return list->seconds < 0 ? json_null() : json_integer(list->seconds);
}

static json_t *as_json(
    struct desk *desk, const struct desk_session *session, const struct view_strip *strip)
{
	return json_pack("{s:s s:s s:s s:s s:b s:b s:s s:I s:o s:s s:o s:s s:s s:s s:I s:I s:o s:I "
			 "s:o s:o s:s}",
	    "tag", strip->tag, "conference", strip->conference, "door", strip->door, "officer",
	    strip->officer, "supervisor", strip->supervisor, "online", strip->online, "since",
	    strip->since, "unsent", (json_int_t)strip->unsent, "roster_age", age(&strip->roster),
	    "roster_colour", view_colour_word(strip->roster.colour), "revoked_age",
	    age(&strip->revoked), "revoked_colour", view_colour_word(strip->revoked.colour),
	    "accepted", strip->accepted, "clock", strip->clock, "inside", (json_int_t)strip->inside,
	    "capacity", (json_int_t)strip->capacity, "stop", stop(strip), "conflicts",
	    (json_int_t)strip->conflicts, "answers", answers(desk, session), "unheard",
	    unheard(strip), "journal", strip->journal);
}

static int reply_json(struct reply *rep, json_t *json)
{
	char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (text == NULL)
		return STORE_NO_MEMORY;
	reply_type(rep, "application/json");
	buf_puts(reply_body(rep), text);
	free(text);
	return 0;
}

/* Until it has changed, the desk locks, or the time is over. */
static bool wait_change(struct request *req, struct desk *desk, const struct desk_session *session,
    const char *seen, struct view_strip *strip)
{
	uint64_t until = desk_now_ms() + (uint64_t)DESK_POLL_SECONDS * 1000;

	for (;;) {
		uint64_t count = gong_count(&desk->gate->gong);

		if (session->ended || session_roles(desk, session) == DESK_LOCKED)
			return false;
		strip_fill(desk, session, strip);
		if (strcmp(strip->tag, seen) != 0 || desk_now_ms() >= until ||
		    request_stopping(req))
			return true;
		gong_wait(&desk->gate->gong, count, WAIT_MS);
	}
}

int now_get(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *query = request_query(req);
	struct view_strip strip;

	if (!form_ok(query))
		return 400;
	if (wait_change(req, desk_of(req), session, form_text(query, 0), &strip))
		return reply_json(rep, as_json(desk_of(req), session, &strip));
	if (session->ended)
		return 403;
	return reply_json(rep, json_pack("{s:b}", "locked", true));
}

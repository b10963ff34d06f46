/* What the doors recorded about a conference, counted, and who came. */
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "registrar/api/api.h"
#include "registrar/api/caller.h"
#include "registrar/api/scope.h"
#include "registrar/attendance/attendance_cache.h"

/* Reads the attendance of :slug. */
static int load(struct request *req, const struct attendance **ret)
{
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (!result)
		result = api_conference(req, tx, &conference);
	if (!result)
		result =
		    attendance_cache_get(registrar_of(req)->attendance, tx, conference.id, ret);
	conference_clear(&conference);
	store_read_end(tx);
	return result;
}

static json_t *gates_json(const struct attendance *a)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < a->n_gates; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:I, s:I, s:o}", "gate", a->gates[i].device, "admissions",
			(json_int_t)a->gates[i].admissions, "denials",
			(json_int_t)a->gates[i].denials, "inside", (json_int_t)a->gates[i].inside,
			"newest", answer_time_ms(a->gates[i].newest_ms)));
	return list;
}

static json_t *outlets_json(const struct attendance *a)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < a->n_outlets; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:b, s:I, s:I, s:I}", "name", a->outlets[i].name, "local",
			a->outlets[i].local, "expected", (json_int_t)a->outlets[i].expected,
			"arrived", (json_int_t)a->outlets[i].arrived, "inside",
			(json_int_t)a->outlets[i].inside));
	return list;
}

static json_t *reasons_json(const struct attendance *a)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < a->n_reasons; i++)
		json_array_append_new(list, json_pack("{s:s, s:I}", "reason", a->reasons[i].reason,
						"count", (json_int_t)a->reasons[i].count));
	return list;
}

int api_attendance_get(struct request *req, struct reply *rep)
{
	const struct attendance *a = NULL;
	int result = load(req, &a);
	json_t *value;

	if (result)
		return answer_result(req, rep, result, NULL);
	value = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}",
	    "expected", (json_int_t)a->expected, "arrived", (json_int_t)a->arrived, "inside",
	    (json_int_t)a->inside, "no_show", (json_int_t)a->no_show, "walk_ins",
	    (json_int_t)a->walk_ins, "unnamed", (json_int_t)a->unnamed, "referred",
	    (json_int_t)a->referred, "denials", (json_int_t)a->denials, "denied",
	    (json_int_t)a->denied, "waitlisted", (json_int_t)a->waitlisted, "cancelled",
	    (json_int_t)a->cancelled, "gates", gates_json(a), "outlets", outlets_json(a), "reasons",
	    reasons_json(a));
	attendance_free(a);
	return answer_send(rep, value);
}

static json_t *person_json(const struct attendance_person *p)
{
	const char *token = class_token(p->pass_class);

	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:b, s:b, s:I, s:I, s:I, s:o, s:o}",
	    "person", (json_int_t)p->person, "name", p->name, "outlet", p->outlet, "class",
	    token ? token : "other", "registration", answer_text(p->reference), "state", p->state,
	    "arrived", p->arrived, "inside", p->inside, "entries", (json_int_t)p->entries, "exits",
	    (json_int_t)p->exits, "denials", (json_int_t)p->denials, "first",
	    answer_time_ms(p->first.time_ms), "last", answer_time_ms(p->last.time_ms));
}

static int by_person(const void *a, const void *b)
{
	const struct attendance_person *x = *(const struct attendance_person *const *)a,
				       *y = *(const struct attendance_person *const *)b;

	return (x->person > y->person) - (x->person < y->person);
}

int api_people_get(struct request *req, struct reply *rep)
{
	const struct attendance *a = NULL;
	const struct attendance_person **people = NULL;
	struct answer_page page;
	size_t n = 0;
	int result = answer_page_begin(req, rep, 1, &page);

	if (result)
		return result > 0 ? 0 : result;
	result = load(req, &a);
	if (!result && !(people = calloc(a->n_people + 1, sizeof(struct attendance_person *))))
		result = STORE_NO_MEMORY;
	/* The attendance is shared with other requests: its order stays. */
	for (size_t i = 0; !result && i < a->n_people; i++)
		if (a->people[i].person > page.after[0])
			people[n++] = &a->people[i];
	if (n)
		qsort(people, n, sizeof(struct attendance_person *), by_person);
	for (size_t i = 0; !result && i < n; i++)
		result = answer_page_add(&page, person_json(people[i]), 1, &people[i]->person);
	free(people);
	attendance_free(a);
	if (result >= 0) {
		int noted = api_note_names(req, "people");
		result = noted ? noted : result;
	}
	return answer_page_send(req, rep, &page, result);
}

static json_t *at_json(const struct attendance_at *at)
{
	if (!*at->device)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:o}", "gate", at->device, "epoch", (json_int_t)at->epoch,
	    "seq", (json_int_t)at->seq, "time", answer_time_ms(at->time_ms));
}

static json_t *conflict_json(const struct request *req, const struct attendance_conflict *c)
{
	char pass[33];
	json_t *value;

	bytes_hex(c->pass, sizeof(c->pass), pass);
	value = json_pack("{s:s, s:s, s:o, s:o}", "kind",
	    c->kind == ATTENDANCE_TWO_DOORS ? "two-doors" : "after-revoked", "pass", pass, "first",
	    at_json(&c->first), "second", at_json(&c->second));
	if (value && caller_may(req, SCOPE_PEOPLE_READ))
		json_object_set_new(value, "name", answer_text(c->name));
	return value;
}

int api_conflicts_get(struct request *req, struct reply *rep)
{
	const struct attendance *a = NULL;
	json_t *list = json_array();
	int result = list ? load(req, &a) : STORE_NO_MEMORY;

	for (size_t i = 0; !result && i < a->n_conflicts; i++)
		if (json_array_append_new(list, conflict_json(req, &a->conflicts[i])))
			result = STORE_NO_MEMORY;
	attendance_free(a);
	if (!result)
		result = api_note_names(req, "conflicts");
	if (result) {
		json_decref(list);
		return answer_result(req, rep, result, NULL);
	}
	return answer_send(rep, json_pack("{s:o}", "items", list));
}

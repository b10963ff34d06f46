/* What only a supervisor may do: letting in against the gate, and going on with old lists. */
#include <stdio.h>
#include <stdlib.h>

#include "gate/desk/acts.h"
#include "gate/desk/lists.html.h"
#include "gate/desk/override.html.h"
#include "gate/door/shift_log.h"

const struct form_field override_fields[5] = {
    ACT_LOOK, ACT_PERSON, ACT_WORDS("reason"), ACT_SUPERVISOR, ACT_PIN};
static const struct form_choice minutes[] = {{"15", "15 minutes", NULL}, {"30", "30 minutes", NULL},
    {"60", "1 hour", NULL}, {"120", "2 hours", NULL}, {"240", "4 hours", NULL}, {NULL, NULL, NULL}};
const struct form_field accept_fields[4] = {
    {.name = "minutes",
	.label = "how long",
	.kind = FORM_CHOICE,
	.choices = minutes,
	.required = true,
	.missing = "Choose how long old lists are accepted"},
    ACT_WORDS("reason"), ACT_SUPERVISOR, ACT_PIN};

/* ---- override ---- */

struct overriding {
	char name[STAFF_NAME_MAX + 1];
	char words[PIN_WORDS];
	struct door_who who;
};

/* Says who answers for it; else -1 with words. */
static int supervise(
    struct request *req, const struct desk_session *session, size_t at, struct overriding *it)
{
	const struct form *form = request_form(req);

	return pin_supervise(desk_of(req), session, form_text(form, at), form_text(form, at + 1),
	    it->name, &it->who, it->words);
}

/* The summary of this shift counts what a supervisor did at its desk. */
static void note_act(
    struct desk_session *session, const struct overriding *it, uint64_t epoch, uint64_t seq)
{
	if (it->who.officer == NULL)
		return;
	/* The entry stands whatever becomes of the count. */
	if (shift_log_act(session->door.gate, session->shift_id, epoch, seq) != 0)
		return;
}

static int override_look(struct request *req, struct reply *rep, struct desk_session *session)
{
	const struct form *form = request_form(req);
	struct overriding it = {0};
	int r = look_check(req, rep, session, form_number(form, 0));

	if (r != 0)
		return r < 0 ? 0 : r;
	if (session->look.state == DOOR_OVERRIDDEN)
		return desk_show(req, rep, session, 200, NULL, false);
	if (!form_given(form, 2))
		return act_done(req, rep, session, DOOR_NO_WORDS);
	if (supervise(req, session, 3, &it) != 0)
		return desk_show(req, rep, session, 422, it.words, false);
	r = door_override(
	    &session->door, &it.who, &session->look, form_text(form, 1), form_text(form, 2));
	if (r == 0)
		note_act(session, &it, session->look.epoch, session->look.seq);
	return act_done(req, rep, session, r);
}

static int show_override(struct request *req, struct reply *rep, struct desk_session *session,
    const struct form *form, unsigned status, const char *problem)
{
	struct view_override view = {.form = form, .problem = problem};
	struct visitor_list *list = calloc(1, sizeof(*list));

	if (list == NULL || visitors_read(desk_of(req)->gate, session->door.conference, list) < 0) {
		free(list);
		return 503;
	}
	site_frame(req, rep, &view.frame, "Let in without a pass", session);
	view.frame.page.error = status != 200;
	view.needs_supervisor = session->role != STAFF_SUPERVISOR;
	view.visitors = list->views;
	view.visitors_n = list->n;
	reply_status(rep, status);
	override_page(reply_body(rep), &view);
	free(list);
	return 0;
}

int override_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(override_fields, N(override_fields));
	int r;

	if (form == NULL)
		return STORE_NO_MEMORY;
	r = show_override(req, rep, session_of(req), form, 200, NULL);
	form_free(form);
	return r;
}

static int override_walk_up(struct request *req, struct reply *rep, struct desk_session *session)
{
	struct form *form = request_form(req);
	struct overriding it = {0};
	struct door_visit visit = {0};
	char code[16], words[200];
	int r;

	if (!form_given(form, 1))
		form_refuse(form, 1, "Enter the name of the person");
	if (!form_given(form, 2))
		form_refuse(form, 2, "Say why in words");
	if (!form_ok(form))
		return show_override(req, rep, session, form, 422, NULL);
	if (supervise(req, session, 3, &it) != 0)
		return show_override(req, rep, session, form, 422, it.words);
	r = door_walk_up(&session->door, &it.who, form_text(form, 1), form_text(form, 2), &visit);
	if (r == 0)
		note_act(session, &it, visit.epoch, visit.seq);
	people_code(visit.pass, code);
	snprintf(words, sizeof(words),
	    "Let in by a supervisor's word, recorded, and counted as inside. Their code is %s: "
	    "write it on the badge. When they leave, tap it under “Let in without a pass”.",
	    code);
	return act_say(req, rep, r, words);
}

int override_post(struct request *req, struct reply *rep)
{
	return act_either(req, rep, override_look, override_walk_up);
}

/* ---- old lists ---- */

static int show_accept(struct request *req, struct reply *rep, struct desk_session *session,
    const struct form *form, unsigned status, const char *problem)
{
	struct view_accept view = {.form = form, .problem = problem};

	site_frame(req, rep, &view.frame, "Go on with old lists", session);
	view.frame.page.error = status != 200;
	view.needs_supervisor = session->role != STAFF_SUPERVISOR;
	reply_status(rep, status);
	accept_page(reply_body(rep), &view);
	return 0;
}

int accept_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(accept_fields, N(accept_fields));
	int r;

	if (form == NULL)
		return STORE_NO_MEMORY;
	form_fill(form, 0, "30");
	r = show_accept(req, rep, session_of(req), form, 200, NULL);
	form_free(form);
	return r;
}

static int64_t now_s(struct gate *gate)
{
	struct clock_reading now = {0};
	int r;

	gate_lock(gate);
	r = clock_read(&gate->clock, &now);
	gate_unlock(gate);
	return r == 0 ? now.time_ms / 1000 : 0;
}

static int accept(struct request *req, struct reply *rep, struct desk_session *session)
{
	struct form *form = request_form(req);
	struct overriding it = {0};
	int64_t until;
	int r;

	if (!form_given(form, 1))
		form_refuse(form, 1, "Say why in words");
	if (!form_ok(form))
		return show_accept(req, rep, session, form, 422, NULL);
	if (supervise(req, session, 2, &it) != 0)
		return show_accept(req, rep, session, form, 422, it.words);
	until = now_s(session->door.gate) + strtoll(form_text(form, 0), NULL, 10) * 60;
	r = door_accept_stale(&session->door, &it.who, until, form_text(form, 1));
	if (r != 0)
		return show_accept(req, rep, session, form, act_status(r), act_words(r));
	reply_redirect(rep, "/desk");
	return 0;
}

int accept_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	int r;

	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = accept(req, rep, session);
	pthread_mutex_unlock(&session->acting);
	return r;
}

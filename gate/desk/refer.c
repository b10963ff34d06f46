/* Asking Communications, and what they answered. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/desk/acts.h"
#include "gate/desk/refer.html.h"
#include "gate/door/referral.h"

enum { REFERRALS_SHOWN = 60 };

const struct form_field refer_fields[4] = {ACT_LOOK,
    {.name = "kind", .label = "kind", .kind = FORM_LINE, .max = REFERRAL_KIND_MAX}, ACT_PERSON,
    ACT_WORDS("words")};
static const struct form_choice answer_acts[] = {
    {"admit", "Admit", NULL}, {"close", "Close", NULL}, {NULL, NULL, NULL}};
const struct form_field answered_fields[2] = {
    {.name = "referral", .label = "referral", .kind = FORM_LINE, .max = 32, .required = true},
    {.name = "act",
	.label = "answer",
	.kind = FORM_CHOICE,
	.choices = answer_acts,
	.required = true}};

/* ---- asking ---- */

static int show_refer(struct request *req, struct reply *rep, struct desk_session *session,
    const struct form *form, unsigned status)
{
	struct view_refer view = {.form = form};

	site_frame(req, rep, &view.frame, "Ask Communications", session);
	view.frame.page.error = status != 200;
	view.kinds = desk_kinds(&view.kinds_n);
	reply_status(rep, status);
	refer_page(reply_body(rep), &view);
	return 0;
}

int refer_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(refer_fields, N(refer_fields));
	int r;

	if (form == NULL)
		return STORE_NO_MEMORY;
	r = show_refer(req, rep, session_of(req), form, 200);
	form_free(form);
	return r;
}

static int ask(struct desk_session *session, const struct form *form, struct door_look *look)
{
	const struct door_who who = {.staff = session->officer};

	return door_refer(
	    &session->door, &who, look, form_text(form, 1), form_text(form, 2), form_text(form, 3));
}

static int ask_walk_up(struct request *req, struct reply *rep, struct desk_session *session)
{
	struct form *form = request_form(req);
	int r;

	if (!form_given(form, 2))
		form_refuse(form, 2, "Enter the name of the person");
	if (!form_ok(form))
		return show_refer(req, rep, session, form, 422);
	r = ask(session, form, NULL);
	if (r == 0) {
		reply_redirect(rep, "/desk/referrals");
		return 0;
	}
	if (act_status(r) != 422)
		return act_say(req, rep, r, "");
	form_refuse(form,
	    r == REFERRAL_BAD_WORDS  ? 3
	    : r == REFERRAL_BAD_NAME ? 2
				     : 1,
	    act_words(r));
	return show_refer(req, rep, session, form, 422);
}

static int ask_look(struct request *req, struct reply *rep, struct desk_session *session)
{
	const struct form *form = request_form(req);
	int r = look_check(req, rep, session, form_number(form, 0));

	if (r != 0)
		return r < 0 ? 0 : r;
	if (session->look.state == DOOR_ASKED)
		return desk_show(req, rep, session, 200, NULL, false);
	if (!form_ok(form))
		return act_done(req, rep, session, DOOR_NO_WORDS);
	return act_done(req, rep, session, ask(session, form, &session->look));
}

int refer_post(struct request *req, struct reply *rep)
{
	return act_either(req, rep, ask_look, ask_walk_up);
}

/* ---- what was asked ---- */

struct referral_list {
	struct referral items[REFERRALS_SHOWN];
	struct view_referral views[REFERRALS_SHOWN];
	size_t n;
};

static const char *answer_words(const char *answer)
{
	static const char *const words[][2] = {
	    {"admit", "Admit"}, {"refuse", "Refuse"}, {"withdrawn", "Withdrawn"}};

	for (size_t i = 0; i < N(words); i++)
		if (strcmp(answer, words[i][0]) == 0)
			return words[i][1];
	return "";
}

static int take(void *context, const struct referral *referral)
{
	struct referral_list *list = context;
	struct referral *kept = &list->items[list->n];
	struct view_referral *view = &list->views[list->n];
	const char *kind = referral_kind_words(referral->kind);

	*kept = *referral;
	sodium_bin2hex(view->id, sizeof(view->id), kept->id, sizeof(kept->id));
	time_say_ms(kept->made_ms, view->time);
	view->kind = kind != NULL ? kind : kept->kind;
	view->person = kept->name;
	view->staff = kept->staff;
	view->answered = kept->answer[0] != '\0';
	view->admit = strcmp(kept->answer, "admit") == 0;
	view->closed = kept->closed_ms != 0;
	view->sent = kept->sent_ms != 0;
	view->answer = answer_words(kept->answer);
	view->words = kept->answer_words;
	view->by = kept->answered_by;
	if (kept->answered_ms != 0)
		time_say_ms(kept->answered_ms, view->at);
	list->n++;
	return list->n == REFERRALS_SHOWN ? 1 : 0;
}

static int read_list(struct gate *gate, uint32_t conference, struct referral_list *list)
{
	struct store_tx *tx = NULL;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = referral_each(gate, tx, conference, take, list);
	gate_look_end(gate, tx);
	return r;
}

static int show_list(struct request *req, struct reply *rep, unsigned status, const char *problem)
{
	struct desk_session *session = session_of(req);
	struct referral_list *list = calloc(1, sizeof(*list));
	struct view_referrals view = {.problem = problem};
	int r = list == NULL ? STORE_NO_MEMORY
			     : read_list(desk_of(req)->gate, session->door.conference, list);

	if (r >= 0) {
		site_frame(req, rep, &view.frame, "Asked of Communications", session);
		view.lines = list->views;
		view.n = list->n;
		reply_status(rep, status);
		referrals_page(reply_body(rep), &view);
	}
	if (list != NULL)
		sodium_memzero(list, sizeof(*list));
	free(list);
	return r < 0 ? 503 : 0;
}

int referrals_get(struct request *req, struct reply *rep)
{
	return show_list(req, rep, 200, NULL);
}

int answered_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	const struct door_who who = {.staff = session->officer};
	const char *hex = form_text(form, 0);
	uint8_t id[REFERRAL_ID];
	size_t len = 0;
	int r;

	if (!form_ok(form) ||
	    sodium_hex2bin(id, sizeof(id), hex, strlen(hex), NULL, &len, NULL) != 0 ||
	    len != sizeof(id))
		return 400;
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = door_answer(&session->door, &who, id, form_number(form, 1) == 0);
	pthread_mutex_unlock(&session->acting);
	if (r != 0)
		return show_list(req, rep, act_status(r), act_words(r));
	reply_redirect(rep, "/desk/referrals");
	return 0;
}

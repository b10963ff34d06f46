/* What an officer does about the look on the screen. */
#include <stdlib.h>

#include "gate/desk/acts.h"
#include "gate/door/referral.h"

const struct form_field act_fields[1] = {ACT_LOOK};
const struct form_field deny_fields[3] = {ACT_LOOK,
    {.name = "reason", .label = "reason", .kind = FORM_LINE, .max = 32}, ACT_WORDS("words")};
const struct form_field undo_fields[1] = {
    {.name = "entry", .label = "entry", .kind = FORM_LINE, .max = 44, .required = true}};

/* ---- what all have in common ---- */

int look_check(
    struct request *req, struct reply *rep, struct desk_session *session, long long number)
{
	if (number == (long long)session->number || desk_of(req)->options.test.any_look)
		return 0;
	/* Whatever was wanted, it was wanted of somebody else. */
	if (desk_show(req, rep, session, 409,
		"Somebody else was scanned since. What you pressed was not done: this is the "
		"newest.",
		true) != 0)
		return 500;
	return -1;
}

unsigned act_status(int result)
{
	switch (result) {
	case DOOR_NO_WORDS:
	case DOOR_NO_REASON:
	case REFERRAL_BAD_KIND:
	case REFERRAL_BAD_NAME:
	case REFERRAL_BAD_WORDS:
		return 422;
	case DOOR_NOT_NOW:
	case DOOR_LATE:
	case DOOR_NOT_THERE:
	case DOOR_CHANGED:
	case DOOR_FORGED:
	case DOOR_STOPPED:
	case DOOR_INSIDE:
	case DOOR_OVER:
	case DOOR_REVOKED:
	case DOOR_NOT_INSIDE:
	case REFERRAL_UNKNOWN:
	case REFERRAL_CLOSED:
	case REFERRAL_NO_KEY:
		return 409;
	default:
		return 503;
	}
}

const char *act_words(int result)
{
	return result >= REFERRAL_BAD_KIND && result <= REFERRAL_CLOSED ? referral_strerror(result)
									: door_strerror(result);
}

int act_done(struct request *req, struct reply *rep, struct desk_session *session, int result)
{
	unsigned status = result == 0 ? 200 : act_status(result);

	/* No screen goes on showing that somebody may come in. */
	if (status == 503 && session->number > 0)
		door_fail(&session->look, result);
	return desk_show(req, rep, session, status, result == 0 ? NULL : act_words(result), false);
}

/* A step about the look on the screen. Done twice it is done once. */
typedef int look_step(struct request *req, struct desk_session *session);

static int step(struct request *req, struct reply *rep, look_step *run, enum door_state already)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	int r;

	if (!form_ok(form))
		return 400;
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = look_check(req, rep, session, form_number(form, 0));
	if (r == 0 && session->number == 0)
		r = act_done(req, rep, session, DOOR_NOT_NOW);
	else if (r == 0 && session->look.state == already)
		r = desk_show(req, rep, session, 200, NULL, false);
	else if (r == 0)
		r = act_done(req, rep, session, run(req, session));
	pthread_mutex_unlock(&session->acting);
	return r < 0 ? 0 : r;
}

static struct door_who officer_of(const struct desk_session *session)
{
	return (struct door_who){.staff = session->officer};
}

/* ---- admit, leave ---- */

static int admit(struct request *req, struct desk_session *session)
{
	const struct door_who who = officer_of(session);

	(void)req;
	return door_admit(&session->door, &who, &session->look);
}

int admit_post(struct request *req, struct reply *rep)
{
	return step(req, rep, admit, DOOR_ADMITTED);
}

static int leave(struct request *req, struct desk_session *session)
{
	const struct door_who who = officer_of(session);

	(void)req;
	return door_exit(&session->door, &who, &session->look);
}

int exit_post(struct request *req, struct reply *rep)
{
	return step(req, rep, leave, DOOR_EXITED);
}

/* ---- with a pass or without ---- */

int act_either(struct request *req, struct reply *rep, act_part *look, act_part *walk_up)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	int r;

	if (form_message(form, 0) != NULL)
		return 400;
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = form_number(form, 0) == 0 ? walk_up(req, rep, session) : look(req, rep, session);
	pthread_mutex_unlock(&session->acting);
	return r;
}

/* ---- deny ---- */

int act_say(struct request *req, struct reply *rep, int result, const char *done)
{
	const char *const words[4] = {result == 0 ? done : act_words(result)};
	unsigned status = result == 0 ? 200 : act_status(result);

	return site_say(req, rep, status,
	    result == 0	    ? "Recorded"
	    : status == 503 ? "Use the paper list"
			    : "That was not done",
	    words, "/desk", "Back to scanning");
}

static int deny(struct request *req, struct desk_session *session)
{
	const struct form *form = request_form(req);
	const struct door_who who = officer_of(session);
	enum reason reason = REASON_OK;

	if (reason_find(form_text(form, 1), &reason) != 0)
		return DOOR_NO_REASON;
	return door_deny(&session->door, &who, session->number > 0 ? &session->look : NULL, reason,
	    form_text(form, 2));
}

/* Look 0: somebody who shows no pass. */
static bool is_walk_up(const struct form *form)
{
	return form_ok(form) && form_number(form, 0) == 0;
}

int deny_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	const struct door_who who = officer_of(session);
	enum reason reason = REASON_OK;
	int r;

	if (!is_walk_up(form))
		return step(req, rep, deny, DOOR_REFUSED);
	if (reason_find(form_text(form, 1), &reason) != 0)
		return act_say(req, rep, DOOR_NO_REASON, NULL);
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = door_deny(&session->door, &who, NULL, reason, form_text(form, 2));
	pthread_mutex_unlock(&session->acting);
	return act_say(req, rep, r, "The refusal is recorded.");
}

/* ---- undo ---- */

static int read_number(const char **text, char end, uint64_t *ret_number)
{
	char *after = NULL;

	if (**text < '0' || **text > '9')
		return -1;
	*ret_number = strtoull(*text, &after, 10);
	if (*after != end)
		return -1;
	*text = after + (end != '\0');
	return 0;
}

static int undo(struct desk_session *session, const char *entry)
{
	const struct door_who who = officer_of(session);
	struct door_look *look = NULL;
	uint64_t epoch = 0, seq = 0;

	if (read_number(&entry, '-', &epoch) != 0 || read_number(&entry, '\0', &seq) != 0)
		return DOOR_NOT_THERE;
	if (session->number > 0 && session->look.recorded && session->look.epoch == epoch &&
	    session->look.seq == seq)
		look = &session->look;
	return door_undo(&session->door, &who, epoch, seq, look);
}

int undo_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	int r;

	if (!form_ok(form))
		return 400;
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = act_done(req, rep, session, undo(session, form_text(form, 0)));
	pthread_mutex_unlock(&session->acting);
	return r;
}

/* The shift: sign-in, lock, hand over, end. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gate/desk/handlers.h"
#include "gate/desk/shift.html.h"
#include "gate/door/shift_log.h"

enum { CONFERENCES_MAX = 40 };

#define OFFICER_FIELD                                                                              \
	{                                                                                          \
		.name = "officer", .label = "officer", .hint = "Your sign-in name",                \
		.kind = FORM_LINE, .max = STAFF_NAME_MAX, .required = true,                        \
		.autocomplete = "username", .missing = "Enter your sign-in name"                   \
	}
#define PIN_FIELD                                                                                  \
	{                                                                                          \
		.name = "pin", .label = "PIN", .kind = FORM_PASSWORD, .max = 64, .required = true, \
		.autocomplete = "current-password", .missing = "Enter your PIN"                    \
	}

const struct form_field start_fields[3] = {OFFICER_FIELD, PIN_FIELD,
    {.name = "conference",
	.label = "conference",
	.kind = FORM_SLUG,
	.max = CONFERENCE_SLUG_MAX,
	.required = true,
	.missing = "Choose the conference"}};
const struct form_field hand_fields[2] = {OFFICER_FIELD, PIN_FIELD};
const struct form_field unlock_fields[1] = {PIN_FIELD};

/* ---- the conferences this gate holds ---- */

struct known {
	struct conference conferences[CONFERENCES_MAX];
	struct view_conference lines[CONFERENCES_MAX];
	size_t n;
};

static int take(void *context, const struct conference *conference)
{
	struct known *known = context;
	struct view_conference *line = &known->lines[known->n];
	time_t now = time(NULL), starts = (time_t)conference->starts;
	struct tm today, day;

	known->conferences[known->n] = *conference;
	line->slug = known->conferences[known->n].slug;
	line->title = known->conferences[known->n].title;
	time_say(conference->starts, line->when);
	line->today = localtime_r(&now, &today) != NULL && localtime_r(&starts, &day) != NULL &&
		      today.tm_year == day.tm_year && today.tm_yday == day.tm_yday;
	known->n++;
	return known->n == CONFERENCES_MAX ? 1 : 0;
}

static void list_conferences(struct gate *gate, struct known *known)
{
	struct store_tx *tx = NULL;

	gate_lock(gate);
	if (gate->store != NULL && store_read_begin(gate->store, &tx) == 0 &&
	    conference_each(tx, take, known) < 0)
		known->n = 0;
	store_read_end(tx);
	gate_unlock(gate);
}

/* The one of --conference, or the first of today, or the soonest. */
static const char *first_choice(const struct desk *desk, const struct known *known)
{
	for (size_t i = 0; desk->options.conference != NULL && i < known->n; i++)
		if (strcmp(known->lines[i].slug, desk->options.conference) == 0)
			return desk->options.conference;
	for (size_t i = 0; i < known->n; i++)
		if (known->lines[i].today)
			return known->lines[i].slug;
	return known->n > 0 ? known->lines[0].slug : "";
}

/* ---- the start ---- */

static int show_start(
    struct request *req, struct reply *rep, struct form *form, unsigned status, const char *problem)
{
	struct desk_session *session = session_of(req);
	struct known *known = calloc(1, sizeof(*known));
	struct view_start view = {.form = form, .problem = problem, .from = ""};

	if (known == NULL)
		return STORE_NO_MEMORY;
	view.hand_over = form_size(form) == N(hand_fields);
	site_frame(req, rep, &view.frame, view.hand_over ? "Hand over" : "Start of shift",
	    view.hand_over ? session : NULL);
	view.frame.page.error = status != 200;
	view.door = desk_of(req)->gate->identity.device;
	if (view.hand_over && session != NULL)
		view.from = session->officer;
	list_conferences(desk_of(req)->gate, known);
	view.conferences = known->lines;
	view.n = known->n;
	if (!view.hand_over && form_text(form, 2)[0] == '\0' && form_message(form, 2) == NULL)
		form_fill(form, 2, first_choice(desk_of(req), known));
	reply_status(rep, status);
	start_page(reply_body(rep), &view);
	free(known);
	return 0;
}

int start_get(struct request *req, struct reply *rep)
{
	struct form *form;
	int r;

	if (session_of(req) != NULL) {
		reply_redirect(rep, "/desk");
		return 0;
	}
	form = form_new(start_fields, N(start_fields));
	if (form == NULL)
		return STORE_NO_MEMORY;
	r = show_start(req, rep, form, 200, NULL);
	form_free(form);
	return r;
}

static unsigned status_of(int result)
{
	if (result == SHIFT_WAIT || result == SHIFT_BUSY)
		return 429;
	return result == SHIFT_WRONG || result == SHIFT_NO_LIST ? 422 : 503;
}

/* The session of a shift that is in the journal, which takes the shift over. -1: no room for
 * another; 403: the device's pairing was revoked meanwhile. */
static int open_session(struct request *req, struct reply *rep, struct shift *shift,
    const struct door *door, const struct shift_log *log)
{
	const int64_t pairing = pairing_of(req);
	struct desk *desk = desk_of(req);
	struct desk_session *session;
	uint8_t hash[TOKEN_BYTES];
	bool revoked;

	if (side_of(req)->lan && pairing == 0)
		return 403;
	reply_session_start(rep, hash);
	session = session_new(desk, hash, pairing, shift, door);
	if (session == NULL)
		return -1;
	*shift = (struct shift){0};
	pthread_mutex_lock(&session->acting);
	session->shift_id = log->id;
	session->shift_began_ms = log->began_ms;
	session->epoch = log->epoch;
	session->seq = log->seq;
	/* Who revokes ends the sessions that there are: this one may have come too late for it. */
	revoked = pairing_of(req) != pairing;
	if (revoked)
		session_end(desk, session);
	pthread_mutex_unlock(&session->acting);
	session_let_go(desk, session);
	if (revoked)
		return 403;
	reply_redirect(rep, "/desk");
	return 0;
}

static const char no_room[] = "Too many screens of this gate are in use. End a shift elsewhere.";

/* From a PIN that was right to the first page of the shift. */
static int begin(struct request *req, struct reply *rep, struct form *form, struct shift *shift)
{
	struct shift_log log = {0};
	struct door door = {0};
	int r = door_open(desk_of(req)->gate, form_text(form, 2), &door);

	if (r == STORE_NOT_FOUND) {
		form_refuse(form, 2, "This gate holds no list of that conference. Choose another");
		r = show_start(req, rep, form, 422, NULL);
	} else if (r == 0) {
		r = shift_log_begin(&door, shift->officer, "shift-start", &log);
		if (r != 0)
			r = show_start(req, rep, form, 503, door_strerror(r));
		else if ((r = open_session(req, rep, shift, &door, &log)) < 0)
			r = show_start(req, rep, form, 503, no_room);
	} else {
		r = show_start(req, rep, form, 503, door_strerror(r));
	}
	shift_end(shift);
	return r;
}

int start_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	char words[PIN_WORDS] = "";
	struct shift shift = {0};
	int r;

	if (session_of(req) != NULL) {
		reply_redirect(rep, "/desk");
		return 0;
	}
	if (!form_ok(form))
		return show_start(req, rep, form, 422, NULL);
	r = pin_begin(desk_of(req), form_text(form, 0), form_text(form, 1), &shift, words);
	if (r != SHIFT_OK)
		return show_start(req, rep, form, status_of(r), words);
	return begin(req, rep, form, &shift);
}

/* ---- lock and unlock ---- */

int lock_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);

	pthread_mutex_lock(&session->acting);
	session_lock(desk_of(req), session, DESK_BY_HAND);
	pthread_mutex_unlock(&session->acting);
	reply_redirect(rep, "/shift/unlock");
	return 0;
}

static int show_unlock(
    struct request *req, struct reply *rep, struct form *form, unsigned status, const char *problem)
{
	struct desk_session *session = session_of(req);
	struct view_unlock view = {.form = form, .problem = problem};

	site_frame(req, rep, &view.frame, "Locked", NULL);
	view.frame.page.error = status != 200;
	view.officer = session->officer;
	view.conference = session->door.title;
	view.door = desk_of(req)->gate->identity.device;
	view.changed = session->locked && session->why == DESK_CHANGED;
	view.idle = !session->locked || session->why == DESK_IDLE;
	reply_status(rep, status);
	unlock_page(reply_body(rep), &view);
	return 0;
}

static bool is_locked(const struct request *req)
{
	return (request_visitor(req)->roles & DESK_LOCKED) != 0;
}

int unlock_get(struct request *req, struct reply *rep)
{
	struct form *form;
	int r;

	if (!is_locked(req)) {
		reply_redirect(rep, "/desk");
		return 0;
	}
	form = form_new(unlock_fields, N(unlock_fields));
	if (form == NULL)
		return STORE_NO_MEMORY;
	r = show_unlock(req, rep, form, 200, NULL);
	form_free(form);
	return r;
}

int unlock_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	struct form *form = request_form(req);
	char words[PIN_WORDS] = "";
	struct shift shift = {0};
	int r;

	if (!is_locked(req)) {
		reply_redirect(rep, "/desk");
		return 0;
	}
	if (!form_ok(form))
		return show_unlock(req, rep, form, 422, NULL);
	r = pin_begin(desk_of(req), session->officer, form_text(form, 0), &shift, words);
	if (r != SHIFT_OK)
		return show_unlock(req, rep, form, status_of(r), words);
	pthread_mutex_lock(&session->acting);
	r = session->ended ? 403 : 0;
	if (r == 0)
		session_unlock(desk_of(req), session, &shift);
	else
		shift_end(&shift);
	pthread_mutex_unlock(&session->acting);
	if (r != 0)
		return r;
	reply_redirect(rep, "/desk");
	return 0;
}

/* ---- hand over ---- */

int hand_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(hand_fields, N(hand_fields));
	int r;

	if (form == NULL)
		return STORE_NO_MEMORY;
	r = show_start(req, rep, form, 200, NULL);
	form_free(form);
	return r;
}

/* The old shift ends with an entry of its own; the new one begins with `hand-over`. */
static int hand_over(
    struct request *req, struct reply *rep, struct desk_session *session, struct shift *shift)
{
	const struct shift_log old = {
	    session->shift_id, session->shift_began_ms, session->epoch, session->seq};
	struct shift_log log = {0};
	int r = shift_log_end(&session->door, session->officer, &old);

	if (r == 0)
		r = shift_log_begin(&session->door, shift->officer, "hand-over", &log);
	if (r == 0) {
		session_end(desk_of(req), session);
		r = open_session(req, rep, shift, &session->door, &log);
		if (r == 0)
			return 0;
	}
	shift_end(shift);
	return r;
}

int hand_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	struct form *form = request_form(req);
	char words[PIN_WORDS] = "";
	struct shift shift = {0};
	int r;

	if (!form_ok(form))
		return show_start(req, rep, form, 422, NULL);
	r = pin_begin(desk_of(req), form_text(form, 0), form_text(form, 1), &shift, words);
	if (r != SHIFT_OK)
		return show_start(req, rep, form, status_of(r), words);
	pthread_mutex_lock(&session->acting);
	r = session->ended ? 403 : hand_over(req, rep, session, &shift);
	pthread_mutex_unlock(&session->acting);
	if (r == 403)
		shift_end(&shift);
	return r < 0 ? show_start(req, rep, form, 503, door_strerror(r)) : r;
}

/* ---- the end ---- */

/* The denials by reason, those that there were. */
static size_t fill_reasons(
    const struct shift_tally *tally, struct view_count counts[static REASON_COUNT])
{
	size_t n = 0;

	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (tally->by_reason[i] > 0)
			counts[n++] =
			    (struct view_count){words_reason((enum reason)i), tally->by_reason[i]};
	return n;
}

static int show_end(
    struct request *req, struct reply *rep, struct desk_session *session, bool ended)
{
	const struct shift_log log = {
	    session->shift_id, session->shift_began_ms, session->epoch, session->seq};
	struct view_count counts[REASON_COUNT];
	struct view_end view = {.ended = ended, .officer = session->officer};
	struct shift_tally tally = {0};
	int r = shift_log_tally(&session->door, session->officer, &log, &tally);

	if (r == 0)
		r = shift_log_unsent(desk_of(req)->gate, &view.unsent);
	if (r != 0)
		return 503;
	site_frame(
	    req, rep, &view.frame, ended ? "Shift ended" : "End of shift", ended ? NULL : session);
	view.conference = session->door.title;
	time_say_ms(log.began_ms, view.began);
	time_say_ms(tally.now_ms, view.now);
	view.admitted = tally.admitted;
	view.denied = tally.denied;
	view.overrides = tally.overrides;
	view.exits = tally.exits;
	view.undone = tally.undone;
	view.referred = tally.referred + tally.asked;
	view.conflicts = tally.conflicts;
	view.reasons = counts;
	view.reasons_n = fill_reasons(&tally, counts);
	end_page(reply_body(rep), &view);
	return 0;
}

int end_get(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	int r;

	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = show_end(req, rep, session, false);
	pthread_mutex_unlock(&session->acting);
	return r;
}

int end_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct shift_log log = {
	    session->shift_id, session->shift_began_ms, session->epoch, session->seq};
	int r = 0;

	pthread_mutex_lock(&session->acting);
	if (!session->ended)
		r = shift_log_end(&session->door, session->officer, &log);
	/* A desk whose journal can't be written can be left all the same. */
	r = show_end(req, rep, session, true) == 0 || r == 0 ? 0 : 503;
	session_end(desk_of(req), session);
	pthread_mutex_unlock(&session->acting);
	reply_session_end(rep);
	return r;
}

/* The page of the shift, and what is looked at on it. */
#include <string.h>

#include "badges/bytes.h"
#include "gate/desk/desk.html.h"
#include "gate/desk/handlers.h"

static const struct form_choice ways[] = {
    {"in", "Entries", NULL}, {"out", "Exits", NULL}, {NULL, NULL, NULL}};

const struct form_field desk_query[1] = {
    {.name = "way", .label = "direction", .kind = FORM_CHOICE, .choices = ways},
};
const struct form_field look_fields[1] = {
    {.name = "text",
	.label = "code",
	.kind = FORM_RAW,
	.max = DESK_TEXT_MAX,
	.required = true,
	.missing = "Scan a pass, or type its code"},
};
const struct form_field pick_fields[1] = {
    {.name = "person", .label = "person", .kind = FORM_LINE, .max = 32, .required = true},
};

static int show_forms(struct request *req, struct reply *rep, struct desk_session *session,
    unsigned status, struct view_desk *view)
{
	struct desk *desk = desk_of(req);

	site_frame(req, rep, &view->frame, "Desk", session);
	view->leaving = session->leaving;
	view->needs_supervisor = session->role != STAFF_SUPERVISOR;
	view->reasons = desk_reasons;
	view->reasons_n = desk_reasons_n;
	view->kinds = desk_kinds(&view->kinds_n);
	look_fill(desk, session, &view->look);
	if (view->look.number > 0)
		view->frame.page.title = view->look.word;
	view->frame.page.error = status == 422;
	reply_status(rep, status);
	desk_page(reply_body(rep), view);
	return 0;
}

int desk_show(struct request *req, struct reply *rep, struct desk_session *session, unsigned status,
    const char *problem, bool stale)
{
	struct view_desk view = {.problem = problem, .stale = stale};

	return show_forms(req, rep, session, status, &view);
}

/* Another site's link must not turn the desk round. */
static bool is_own(const struct request *req)
{
	const char *from = request_header(req, "Sec-Fetch-Site");

	return from == NULL || strcmp(from, "same-origin") == 0 || strcmp(from, "none") == 0;
}

int desk_get(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *query = request_query(req);
	int r;

	if (!form_ok(query))
		return 400;
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	if (form_given(query, 0) && is_own(req)) {
		session->leaving = form_number(query, 0) == 1;
		door_forget(&session->look);
		session->number = 0;
	}
	r = desk_show(req, rep, session, 200, NULL, false);
	pthread_mutex_unlock(&session->acting);
	return r;
}

/* A wedge or a camera that gives the same text twice in a moment has scanned once. */
static bool is_same(const struct desk_session *session, const char *text, size_t len)
{
	const struct door_look *look = &session->look;
	uint64_t now = desk_now_ms();

	return session->number > 0 && !look->by_pick && look->len == len && len <= PASS_TEXT_MAX &&
	       memcmp(look->text, text, len) == 0 && look->state != DOOR_FAILED &&
	       now - session->looked_ms < DESK_SAME_MS;
}

static void look(
    struct request *req, struct desk_session *session, const struct door_subject *subject)
{
	const struct door_who who = {.staff = session->officer};

	(void)req;
	session->number = ++session->looks;
	session->looked_ms = desk_now_ms();
	door_look(&session->door, &who, subject, session->leaving ? DOOR_LEAVING : DOOR_BY_POLICY,
	    &session->look);
}

/* Only what a scanner adds at the end is dropped: one CR, LF or CRLF. */
static size_t without_end(const char *text, size_t len)
{
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	return len;
}

/* The form a look came by, shown again with its message. */
static int refuse_look(struct request *req, struct reply *rep, struct desk_session *session)
{
	struct view_desk view = {.look_form = request_form(req)};

	return show_forms(req, rep, session, 422, &view);
}

static unsigned status_of(const struct desk_session *session)
{
	return session->look.state == DOOR_FAILED ? 503 : 200;
}

int look_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	const char *text = form_text(form, 0);
	struct door_subject subject = {.text = text, .len = without_end(text, strlen(text))};
	int r;

	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	if (!form_ok(form) || subject.len == 0) {
		r = refuse_look(req, rep, session);
	} else {
		if (!is_same(session, subject.text, subject.len))
			look(req, session, &subject);
		r = desk_show(req, rep, session, status_of(session), NULL, false);
	}
	pthread_mutex_unlock(&session->acting);
	return r;
}

int pick_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	struct door_subject subject = {0};
	uint8_t pass[16];
	int r;

	if (!form_ok(form) ||
	    bytes_unhex(form_text(form, 0), strlen(form_text(form, 0)), pass, sizeof(pass)) != 0)
		return 400;
	subject.picked = pass;
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	look(req, session, &subject);
	r = desk_show(req, rep, session, status_of(session), NULL, false);
	pthread_mutex_unlock(&session->acting);
	return r;
}

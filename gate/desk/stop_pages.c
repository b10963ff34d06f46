/* A supervisor stops the building or a conference, or bars a pass, and lifts it. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/desk/acts.h"
#include "gate/desk/stop.html.h"
#include "gate/door/stop.h"

enum { STOPS_SHOWN = 60 };

static const struct form_choice scopes[] = {{"building", "The building", NULL},
    {"conference", "This conference", NULL}, {"pass", "One pass", NULL}, {NULL, NULL, NULL}};

const struct form_field stop_fields[5] = {{.name = "scope",
					      .label = "what is stopped",
					      .kind = FORM_CHOICE,
					      .choices = scopes,
					      .required = true},
    {.name = "look", .label = "look", .kind = FORM_INTEGER, .high = 1000000000},
    {.name = "words",
	.label = "reason, as every officer reads it",
	.kind = FORM_LINE,
	.max = STOP_WORDS_MAX,
	.required = true,
	.missing = "Say why: every officer reads it"},
    ACT_SUPERVISOR, ACT_PIN};
const struct form_field lift_fields[4] = {
    {.name = "stop", .label = "restriction", .kind = FORM_LINE, .max = 150, .required = true},
    {.name = "words",
	.label = "reason",
	.kind = FORM_LINE,
	.max = STOP_WORDS_MAX,
	.required = true,
	.missing = "Say why it is lifted"},
    ACT_SUPERVISOR, ACT_PIN};

_Static_assert(sizeof(((struct view_stop_line *)0)->id) >= sizeof(((struct stop *)0)->origin),
    "room for an origin");

struct stop_list {
	struct stop items[STOPS_SHOWN];
	struct view_stop_line views[STOPS_SHOWN];
	char by[STOPS_SHOWN][sizeof(((struct stop *)0)->origin)];
	size_t n;
};

static const char *scope_words(enum revoked_scope scope)
{
	switch (scope) {
	case REVOKED_SCOPE_BUILDING:
		return "The building";
	case REVOKED_SCOPE_CONFERENCE:
		return "A conference";
	case REVOKED_SCOPE_CLASS:
		return "A kind of pass";
	case REVOKED_SCOPE_OUTLET:
		return "An outlet";
	default:
		return "One pass";
	}
}

static int take(void *context, const struct stop *stop)
{
	struct stop_list *list = context;
	struct stop *kept = &list->items[list->n];
	struct view_stop_line *view = &list->views[list->n];
	char *by = list->by[list->n];

	*kept = *stop;
	view->scope = scope_words(kept->scope);
	view->words = kept->words;
	if (kept->since_ms != 0)
		time_say_ms(kept->since_ms, view->since);
	/* DEVICE/EPOCH/SEQ */
	memcpy(by, stop->origin, strcspn(stop->origin, "/"));
	view->by = kept->origin[0] != '\0' ? by : "Communications";
	if (kept->liftable)
		memcpy(view->id, stop->origin, strlen(stop->origin) + 1);
	list->n++;
	return list->n == STOPS_SHOWN ? 1 : 0;
}

static int read_list(struct gate *gate, struct stop_list *list)
{
	struct clock_reading now;
	struct store_tx *tx = NULL;
	int r = gate_look_now(gate, &now, &tx);

	if (r != 0)
		return r;
	r = stop_each(gate, tx, now.time_ms / 1000, take, list);
	gate_look_end(gate, tx);
	return r;
}

static int show(struct request *req, struct reply *rep, struct desk_session *session,
    const struct form *form, unsigned status, const char *problem)
{
	struct stop_list *list = calloc(1, sizeof(*list));
	struct view_stop view = {.form = form, .problem = problem};
	struct view_look look;
	int r = list == NULL ? STORE_NO_MEMORY : read_list(desk_of(req)->gate, list);

	if (r >= 0) {
		site_frame(req, rep, &view.frame, "Stop or lift", session);
		view.frame.page.error = status != 200;
		view.needs_supervisor = session->role != STAFF_SUPERVISOR;
		look_fill(desk_of(req), session, &look);
		if (look.number > 0 && look.may_bar)
			view.look = &look;
		view.lines = list->views;
		view.n = list->n;
		reply_status(rep, status);
		stop_page(reply_body(rep), &view);
	}
	if (list != NULL)
		sodium_memzero(list, sizeof(*list));
	free(list);
	return r < 0 ? 503 : 0;
}

/* With the empty form for a new one, whatever form came. */
static int show_anew(struct request *req, struct reply *rep, struct desk_session *session,
    unsigned status, const char *problem)
{
	struct form *form = form_new(stop_fields, N(stop_fields));
	int r = form == NULL ? STORE_NO_MEMORY : show(req, rep, session, form, status, problem);

	form_free(form);
	return r;
}

int stop_get(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	int r;

	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = show_anew(req, rep, session, 200, NULL);
	pthread_mutex_unlock(&session->acting);
	return r;
}

static unsigned status_of(int result)
{
	if (result == STOP_BAD_WORDS || result == STOP_BAD_SCOPE || result == STOP_NOT_SUPERVISOR)
		return 422;
	return result == STOP_NONE || result == STOP_CLOCK ? 409 : 503;
}

/* What the form orders. Returns 0 or an HTTP status. */
static int read_order(
    const struct desk_session *session, const struct form *form, struct stop_order *order)
{
	switch (form_number(form, 0)) {
	case 0:
		order->scope = REVOKED_SCOPE_BUILDING;
		return 0;
	case 1:
		order->scope = REVOKED_SCOPE_CONFERENCE;
		order->slug = session->door.slug;
		return 0;
	default:
		order->scope = REVOKED_SCOPE_PASS;
		order->slug = session->door.slug;
		order->pass = session->look.facts.decide.pass;
		return session->number > 0 && form_number(form, 1) == session->number &&
			       session->look.facts.decide.has_pass
			   ? 0
			   : 409;
	}
}

static int stop(struct request *req, struct reply *rep, struct desk_session *session)
{
	const struct form *form = request_form(req);
	struct stop_order order = {.words = form_text(form, 2), .role = STAFF_SUPERVISOR};
	char name[STAFF_NAME_MAX + 1], words[PIN_WORDS];
	struct door_who who;
	int r;

	if (!form_ok(form))
		return show(req, rep, session, form, 422, NULL);
	r = read_order(session, form, &order);
	if (r != 0)
		return show_anew(req, rep, session, (unsigned)r,
		    "Somebody else was scanned since. Nothing was barred: look again.");
	if (pin_supervise(desk_of(req), session, form_text(form, 3), form_text(form, 4), name, &who,
		words) != 0)
		return show(req, rep, session, form, 422, words);
	order.staff = who.staff;
	r = stop_make(desk_of(req)->gate, &order, NULL);
	if (r != 0)
		return show(req, rep, session, form, status_of(r), stop_strerror(r));
	reply_redirect(rep, "/desk/stop");
	return 0;
}

int stop_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	int r;

	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = stop(req, rep, session);
	pthread_mutex_unlock(&session->acting);
	return r;
}

/* The one a form names, as it stands now. */
static const struct stop *find(const struct stop_list *list, const char *origin)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].liftable && strcmp(list->items[i].origin, origin) == 0)
			return &list->items[i];
	return NULL;
}

static int lift_found(
    struct request *req, struct reply *rep, struct desk_session *session, const struct stop *found)
{
	const struct form *form = request_form(req);
	struct stop_order order = {.words = form_text(form, 1), .role = STAFF_SUPERVISOR};
	char name[STAFF_NAME_MAX + 1], words[PIN_WORDS];
	struct door_who who;
	int r;

	if (found == NULL)
		return show_anew(req, rep, session, 409,
		    "That is not in force any more, or only Communications can lift it.");
	if (pin_supervise(desk_of(req), session, form_text(form, 2), form_text(form, 3), name, &who,
		words) != 0)
		return show_anew(req, rep, session, 422, words);
	order.scope = found->scope;
	order.slug = found->slug[0] != '\0' ? found->slug : NULL;
	order.pass = found->has_pass ? found->pass : NULL;
	order.staff = who.staff;
	r = stop_lift(desk_of(req)->gate, &order, NULL);
	if (r != 0)
		return show_anew(req, rep, session, status_of(r), stop_strerror(r));
	reply_redirect(rep, "/desk/stop");
	return 0;
}

int lift_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	struct stop_list *list;
	int r;

	if (form_message(form, 0) != NULL)
		return 400;
	list = calloc(1, sizeof(*list));
	if (list == NULL)
		return STORE_NO_MEMORY;
	r = session_act(desk_of(req), session);
	if (r != 0) {
		free(list);
		return r;
	}
	if (!form_ok(form))
		r = show_anew(req, rep, session, 422,
		    form_message(form, 1) != NULL ? form_message(form, 1)
						  : "Enter a supervisor's name and PIN.");
	else if (read_list(desk_of(req)->gate, list) < 0)
		r = 503;
	else
		r = lift_found(req, rep, session, find(list, form_text(form, 0)));
	pthread_mutex_unlock(&session->acting);
	sodium_memzero(list, sizeof(*list));
	free(list);
	return r;
}

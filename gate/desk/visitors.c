/* Who is inside without a pass, and how they leave. */
#include <sodium.h>
#include <string.h>

#include "badges/bytes.h"
#include "gate/desk/acts.h"

const struct form_field left_fields[1] = {
    {.name = "person", .label = "person", .kind = FORM_LINE, .max = 32, .required = true},
};

static int take_visitor(void *context, const struct presence_visitor *visitor)
{
	struct visitor_list *list = context;
	struct presence_visitor *kept = &list->items[list->n];
	struct view_visitor *view = &list->views[list->n];

	*kept = *visitor;
	sodium_bin2hex(view->id, sizeof(view->id), kept->pass, sizeof(kept->pass));
	people_code(kept->pass, view->code);
	time_say_ms(kept->time_ms, view->time);
	view->door = kept->device;
	view->staff = kept->staff;
	list->n++;
	return list->n == VISITORS_SHOWN ? 1 : 0;
}

int visitors_read(struct gate *gate, uint32_t conference, struct visitor_list *list)
{
	struct store_tx *tx = NULL;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = presence_visitors(tx, conference, take_visitor, list);
	gate_look_end(gate, tx);
	return r;
}

int left_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	const struct form *form = request_form(req);
	const struct door_who who = {.staff = session->officer};
	uint8_t pass[16];
	int r;

	if (!form_ok(form) ||
	    bytes_unhex(form_text(form, 0), strlen(form_text(form, 0)), pass, sizeof(pass)) != 0)
		return 400;
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = door_leave(&session->door, &who, pass);
	pthread_mutex_unlock(&session->acting);
	if (r != 0)
		return act_say(req, rep, r, NULL);
	reply_redirect(rep, "/desk/override");
	return 0;
}

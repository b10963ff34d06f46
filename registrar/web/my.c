#include <stdlib.h>
#include <string.h>

#include "registrar/web/handlers.h"
#include "registrar/web/my.html.h"
#include "registrar/web/my_handlers.h"

/* Past conferences shown to a person. */
enum { PAST_MAX = 20 };

struct mine {
	struct conference *upcoming; /* all that are announced */
	size_t n_upcoming;
	struct registration *registrations;
	size_t n_registrations;
	struct conference past[PAST_MAX]; /* of registrations that are over */
	struct view_my_conference *lines; /* of upcoming ones */
	struct view_my_conference past_lines[PAST_MAX];
};

static void mine_free(struct mine *mine)
{
	conference_list_free(mine->upcoming, mine->n_upcoming);
	for (size_t i = 0; i < PAST_MAX; i++)
		conference_clear(&mine->past[i]);
	free(mine->registrations);
	free(mine->lines);
}

static bool may_register(const struct view_my *view, const struct conference *conference)
{
	const struct accreditation *a;

	if (conference->state != CONFERENCE_ANNOUNCED)
		return false;
	for (size_t i = 0; i < view->accreditations.n; i++) {
		a = &view->accreditations.items[i];
		if (accreditation_stands(a, view->now) && (conference->classes >> a->class & 1))
			return true;
	}
	return false;
}

/* The newest registration for a conference that is not cancelled, or NULL. */
static const struct registration *standing(const struct mine *mine, int64_t conference_id)
{
	for (size_t i = 0; i < mine->n_registrations; i++)
		if (mine->registrations[i].conference_id == conference_id &&
		    mine->registrations[i].state != REGISTRATION_CANCELLED)
			return &mine->registrations[i];
	return NULL;
}

static int list_upcoming(struct store_tx *tx, struct mine *mine, struct view_my *view)
{
	struct view_my_conference *line;
	int result = 0;

	mine->lines = calloc(mine->n_upcoming + 1, sizeof(*mine->lines));
	if (!mine->lines)
		return STORE_NO_MEMORY;
	for (size_t i = 0; result == 0 && i < mine->n_upcoming; i++) {
		if (mine->upcoming[i].state == CONFERENCE_DRAFT)
			continue;
		line = &mine->lines[view->n_upcoming++];
		line->conference = &mine->upcoming[i];
		line->registration = standing(mine, mine->upcoming[i].id);
		line->may_register = may_register(view, &mine->upcoming[i]);
		if (line->registration)
			result = registration_line(tx, line->registration, &line->line);
	}
	view->upcoming = mine->lines;
	return result;
}

static bool is_upcoming(const struct mine *mine, int64_t conference_id)
{
	for (size_t i = 0; i < mine->n_upcoming; i++)
		if (mine->upcoming[i].id == conference_id)
			return true;
	return false;
}

static int list_past(struct store_tx *tx, struct mine *mine, struct view_my *view)
{
	const struct registration *r;
	int result = 0;

	for (size_t i = 0; i < mine->n_registrations && view->n_past < PAST_MAX; i++) {
		r = &mine->registrations[i];
		if (r->state == REGISTRATION_CANCELLED || is_upcoming(mine, r->conference_id))
			continue;
		result = conference_by_id(tx, r->conference_id, &mine->past[view->n_past]);
		if (result < 0)
			return result;
		mine->past_lines[view->n_past].conference = &mine->past[view->n_past];
		mine->past_lines[view->n_past].registration = r;
		view->n_past++;
	}
	view->past = mine->past_lines;
	return 0;
}

static int read_mine(
    struct store_tx *tx, int64_t person_id, struct mine *mine, struct view_my *view)
{
	int result = accreditation_of_person(tx, person_id, &view->accreditations);

	if (result == 0)
		result = application_of_person(tx, person_id, &view->applications);
	if (result == 0)
		result = focal_outlets(tx, person_id, view->now, &view->focal);
	if (result == 0)
		result = conference_list(tx, view->now, &mine->upcoming, &mine->n_upcoming);
	if (result == 0)
		result = registration_of_person(
		    tx, person_id, &mine->registrations, &mine->n_registrations);
	if (result == 0)
		result = list_upcoming(tx, mine, view);
	if (result == 0)
		result = list_past(tx, mine, view);
	return result;
}

int my_get(struct request *req, struct reply *rep)
{
	const struct session *session = session_of(req);
	struct view_my view = {.now = registrar_now(), .name = session->name};
	struct mine *mine = calloc(1, sizeof(*mine));
	struct store_tx *tx = NULL;
	int result = mine ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NO_MEMORY;

	if (result == 0)
		result = read_mine(tx, session->person_id, mine, &view);
	store_read_end(tx);
	if (result == 0) {
		for (size_t i = 0; i < view.n_upcoming; i++)
			view.may_register =
			    view.may_register ||
			    (view.upcoming[i].may_register && !view.upcoming[i].registration);
		site_page(req, rep, &view.page, request_say(req, "Your page"), "/my", SITE_FORMS);
		my_page(reply_body(rep), &view);
	}
	accreditation_list_free(&view.accreditations);
	application_list_free(&view.applications);
	focal_list_free(&view.focal);
	if (mine)
		mine_free(mine);
	free(mine);
	return site_result(result);
}

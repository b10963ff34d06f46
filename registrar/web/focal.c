/* What a focal point does for an outlet. Anything of another outlet is not found. */
#include "registrar/web/focal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/web/focal.html.h"
#include "registrar/web/handlers.h"

enum { VOUCH_WORKS, VOUCH_WORDS };
static const struct form_choice works_choices[] = {
    {"yes", SAY("Yes, I vouch for them"), NULL}, {"no", SAY("No"), NULL}, {NULL, NULL, NULL}};
const struct form_field focal_vouch_fields[2] = {
    [VOUCH_WORKS] = {.name = "works",
	.label = SAY("answer"),
	.kind = FORM_CHOICE,
	.choices = works_choices,
	.required = true,
	.missing = SAY("Say whether this person works for the outlet")},
    [VOUCH_WORDS] = {.name = "words",
	.label = SAY("words to the media desk"),
	.kind = FORM_TEXT,
	.max = FOCAL_WORDS_MAX}};

enum { PLACE_ACCREDITATION, PLACE_CONSENT };
const struct form_field focal_place_fields[2] = {[PLACE_ACCREDITATION] = {.name = "accreditation",
						     .label = SAY("accreditation"),
						     .kind = FORM_INTEGER,
						     .low = 1,
						     .high = 9007199254740991,
						     .required = true},
    [PLACE_CONSENT] = {
	.name = "consent", .label = SAY("agreement to security screening"), .kind = FORM_CHECKBOX}};

/* The outlet of the path, if the person answers for it. */
static int open_outlet(struct request *req, struct store_tx *tx, struct outlet *ret)
{
	const char *segment = request_segment(req, "id");
	char *end = NULL;
	long long id = strtoll(segment, &end, 10);
	int result;

	if (*segment < '1' || *segment > '9' || *end)
		return STORE_NOT_FOUND;
	result = focal_check(tx, id, session_of(req)->person_id, registrar_now());
	return result < 0 ? result : outlet_by_id(tx, id, ret);
}

static bool is_open(const struct conference *conference)
{
	return conference->state == CONFERENCE_ANNOUNCED;
}

/* Leaves the announced ones in front. */
static size_t keep_open(struct conference *list, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (is_open(&list[i])) {
			struct conference other = list[kept];

			list[kept++] = list[i];
			list[i] = other;
		}
	return kept;
}

static int show(struct request *req, struct reply *rep, const char *problem, unsigned status)
{
	struct focal_list waiting = {NULL, 0}, members = {NULL, 0};
	struct conference *conferences = NULL;
	struct outlet outlet;
	size_t n = 0;
	struct view_focal view = {
	    .outlet = &outlet, .waiting = &waiting, .members = &members, .problem = problem};
	struct store_tx *tx = NULL;
	int64_t now = registrar_now();
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = open_outlet(req, tx, &outlet);
	if (result == 0)
		result = focal_waiting(tx, outlet.id, session_of(req)->person_id, now, &waiting);
	if (result == 0)
		result = focal_members(tx, outlet.id, now, &members);
	if (result == 0)
		result = conference_list(tx, now, &conferences, &n);
	store_read_end(tx);
	if (result == 0) {
		view.conferences = conferences;
		view.n_conferences = keep_open(conferences, n);
		site_page(req, rep, &view.page, outlet.name, "/my", SITE_FORMS);
		view.page.error = problem != NULL;
		reply_status(rep, status);
		focal_page(reply_body(rep), &view);
	}
	conference_list_free(conferences, n);
	focal_list_free(&waiting);
	focal_list_free(&members);
	return site_result(result);
}

int focal_get(struct request *req, struct reply *rep)
{
	return show(req, rep, NULL, 200);
}

static int vouch(struct store_tx *tx, void *context)
{
	struct request *req = context;
	struct form *form = request_form(req);
	struct outlet outlet;
	int result = open_outlet(req, tx, &outlet);

	if (result < 0)
		return result;
	return focal_vouch(tx, outlet.id, session_of(req)->person_id,
	    request_segment(req, "reference"), form_number(form, VOUCH_WORKS) == 0,
	    form_text(form, VOUCH_WORDS), registrar_now());
}

int focal_vouch_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	int result;

	if (!form_ok(form))
		return show(req, rep,
		    form_message(form, form_message(form, VOUCH_WORKS) ? VOUCH_WORKS : VOUCH_WORDS),
		    422);
	result = store_write(registrar_of(req)->store, vouch, req);
	if (result == 0)
		reply_redirect(rep, "/my/outlets/%s", request_segment(req, "id"));
	return site_result(result);
}

/* ---- members' places ---- */

struct places {
	struct outlet outlet;
	struct conference conference;
	struct focal_list members;
	struct view_focal_place *places;
};

static void places_free(struct places *it)
{
	conference_clear(&it->conference);
	focal_list_free(&it->members);
	free(it->places);
}

/* A member's standing registration with this outlet; with another outlet it is none of ours. */
static int read_place(
    struct store_tx *tx, const struct places *it, size_t i, struct view_focal_place *ret)
{
	int result;

	ret->member = &it->members.lines[i];
	result =
	    registration_standing(tx, it->conference.id, ret->member->number, &ret->registration);
	ret->registered = result == 0 && ret->registration.accreditation_id == ret->member->id;
	return result == MODEL_NOT_FOUND ? 0 : result;
}

static int read_places(struct request *req, struct store_tx *tx, struct places *it)
{
	int result = open_outlet(req, tx, &it->outlet);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &it->conference);
	if (result == 0 && it->conference.state == CONFERENCE_DRAFT)
		result = MODEL_NOT_FOUND;
	if (result == 0)
		result = focal_members(tx, it->outlet.id, registrar_now(), &it->members);
	if (result < 0)
		return result;
	it->places = calloc(it->members.n + 1, sizeof(*it->places));
	if (!it->places)
		return STORE_NO_MEMORY;
	for (size_t i = 0; result == 0 && i < it->members.n; i++)
		result = read_place(tx, it, i, &it->places[i]);
	return result;
}

static int begin_places(struct request *req, struct places *it)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = read_places(req, tx, it);
	store_read_end(tx);
	return result;
}

static int show_places(struct request *req, struct reply *rep, const char *problem, unsigned status)
{
	struct places it = {.places = NULL};
	struct view_focal_places view = {
	    .outlet = &it.outlet, .conference = &it.conference, .problem = problem};
	int result = begin_places(req, &it);

	if (result == 0) {
		view.places = it.places;
		view.n = it.members.n;
		site_page(req, rep, &view.page, it.conference.title, "/my", SITE_FORMS);
		view.page.error = problem != NULL;
		reply_status(rep, status);
		focal_places_page(reply_body(rep), &view);
	}
	places_free(&it);
	return site_result(result);
}

int focal_places_get(struct request *req, struct reply *rep)
{
	return show_places(req, rep, NULL, 200);
}

/* The member that a form names, if it is one of the outlet's. */
static const struct view_focal_place *member_of(const struct places *it, int64_t accreditation)
{
	for (size_t i = 0; i < it->members.n; i++)
		if (it->members.lines[i].id == accreditation)
			return &it->places[i];
	return NULL;
}

static int carry_out(struct request *req, const struct places *it,
    const struct view_focal_place *place, bool cancel, struct refusal *why)
{
	struct registrar *registrar = registrar_of(req);
	int64_t now = registrar_now();
	char staff[FOCAL_STAFF];
	struct registration made;
	struct registration_wish wish = {.conference_id = it->conference.id,
	    .accreditation_id = place->member->id,
	    .consented = form_checked(request_form(req), PLACE_CONSENT) ? now : 0,
	    .staff = staff};

	focal_staff(session_of(req)->person_id, staff);
	if (!cancel)
		return registration_register(registrar, &wish, now, &made, why);
	if (!place->registered)
		return MODEL_NOT_FOUND;
	return registration_cancel(registrar, place->registration.reference, staff, now, NULL, why);
}

static int change(struct request *req, struct reply *rep, bool cancel)
{
	struct form *form = request_form(req);
	struct refusal why = {.language = request_language(req)};
	struct places it = {.places = NULL};
	const struct view_focal_place *place;
	int result = form_ok(form) ? begin_places(req, &it) : 400;

	if (result == 0) {
		place = member_of(&it, form_number(form, PLACE_ACCREDITATION));
		result = place ? carry_out(req, &it, place, cancel, &why) : MODEL_NOT_FOUND;
	}
	if (result == 0)
		reply_redirect(rep, "/my/outlets/%s/conferences/%s", request_segment(req, "id"),
		    request_segment(req, "slug"));
	places_free(&it);
	return result == MODEL_REFUSED ? show_places(req, rep, why.words, 422)
				       : site_result(result);
}

int focal_register_post(struct request *req, struct reply *rep)
{
	return change(req, rep, false);
}

int focal_cancel_post(struct request *req, struct reply *rep)
{
	return change(req, rep, true);
}

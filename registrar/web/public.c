#include <stdlib.h>
#include <string.h>

#include "registrar/web/conference.html.h"
#include "registrar/web/handlers.h"
#include "registrar/web/public_pages.h"

/* What the page is made of, read in one snapshot. */
struct facts {
	struct conference conference;
	struct conference_numbers numbers;
	struct registration mine;
	bool has_mine;
	struct accreditation_list accreditations;
	struct material_list materials;
	struct allocation_setting allocation;
};

static void facts_free(struct facts *facts)
{
	conference_clear(&facts->conference);
	accreditation_list_free(&facts->accreditations);
	free(facts->materials.items);
}

static int read_person(struct store_tx *tx, int64_t person_id, struct facts *facts)
{
	int result = registration_standing(tx, facts->conference.id, person_id, &facts->mine);

	facts->has_mine = result == 0;
	if (result < 0 && result != MODEL_NOT_FOUND)
		return result;
	return accreditation_of_person(tx, person_id, &facts->accreditations);
}

static int read_facts(
    struct registrar *registrar, const char *slug, int64_t person_id, struct facts *facts)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, slug, &facts->conference);
	if (result == 0)
		result = conference_numbers(tx, &facts->conference, &facts->numbers);
	if (result == 0)
		result = allocation_setting_read(tx, &facts->conference, &facts->allocation);
	if (result == 0)
		result = material_of_conference(tx, facts->conference.id, &facts->materials);
	if (result == 0 && person_id)
		result = read_person(tx, person_id, facts);
	store_read_end(tx);
	return result;
}

/* Moves the accreditations that may register to the front; says whether any stands at all. */
static size_t keep_admitted(struct facts *facts, int64_t now, bool *ret_stands)
{
	struct accreditation_list *list = &facts->accreditations;
	size_t kept = 0;

	*ret_stands = false;
	for (size_t i = 0; i < list->n; i++) {
		if (!accreditation_stands(&list->items[i], now))
			continue;
		*ret_stands = true;
		if (facts->conference.classes >> list->items[i].class & 1)
			list->items[kept++] = list->items[i];
	}
	return kept;
}

static enum view_open judge(
    const struct session *session, struct facts *facts, int64_t now, size_t *ret_choices)
{
	bool stands;

	*ret_choices = 0;
	if (facts->conference.state == CONFERENCE_CANCELLED)
		return VIEW_CANCELLED;
	if (facts->has_mine)
		return VIEW_HAS;
	if (now >= facts->conference.ends)
		return VIEW_CLOSED;
	if (!session)
		return VIEW_SIGN_IN;
	if (session->is_staff)
		return VIEW_STAFF;
	*ret_choices = keep_admitted(facts, now, &stands);
	if (*ret_choices)
		return VIEW_REGISTER;
	return stands ? VIEW_WRONG_CLASS : VIEW_NOT_ACCREDITED;
}

int conference_show(struct request *req, struct reply *rep, const char *slug, const char *problem)
{
	struct registrar *registrar = registrar_of(req);
	const struct session *session = session_of(req);
	struct facts facts = {0};
	struct view_watch watch = {
	    .settings = &registrar->settings, .conference = &facts.conference};
	struct view_conference view = {.settings = &registrar->settings,
	    .now = registrar_now(),
	    .conference = &facts.conference,
	    .numbers = &facts.numbers,
	    .allocation = &facts.allocation,
	    .mine = &facts.mine,
	    .problem = problem};
	int result = read_facts(registrar, slug, session ? session->person_id : 0, &facts);

	if (result == 0 && facts.conference.state == CONFERENCE_DRAFT)
		result = MODEL_NOT_FOUND;
	if (result < 0)
		goto done;
	view.open = judge(session, &facts, view.now, &view.n_choices);
	view.choices = facts.accreditations.items;
	watch.stream = view_stream(&facts.conference, view.now);
	watch.over = view.now >= facts.conference.ends;
	watch.materials = facts.materials;
	view.watch = &watch;
	site_page(req, rep, &view.page, facts.conference.title, NULL, SITE_NO_FORM);
	view.page.error = problem != NULL;
	conference_page(reply_body(rep), &view);
done:
	facts_free(&facts);
	return site_result(result);
}

int conference_get(struct request *req, struct reply *rep)
{
	return conference_show(req, rep, request_segment(req, "slug"), NULL);
}

/* What stands beside an application on its page: who has it, what was done, notes, a proposal. */
#include "registrar/web/review.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/press/case.h"
#include "registrar/web/handlers.h"
#include "schema/registrar_db.h"

static int read_conference(struct store_rows *rows, void *item)
{
	struct review_conference *ret = item;

	ret->id = store_get_i64(rows, 0);
	ret->starts = store_get_i64(rows, 2);
	snprintf(ret->title, sizeof(ret->title), "%s", store_get_text(rows, 1));
	return 0;
}

static int read_conferences(struct store_tx *tx, int64_t now, struct review_more *more)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_LIMIT_CONFERENCES, STORE_ARGS(store_i64(now)),
	    sizeof(*more->conferences), read_conference, NULL, &list);

	if (result < 0)
		return result;
	more->conferences = list.items;
	more->n_conferences = list.n;
	return 0;
}

static int read_proposal(struct store_tx *tx, int64_t id, struct review_more *more)
{
	int result = decision_proposal(tx, id, &more->proposal);

	return result == STORE_NOT_FOUND ? 0 : result;
}

/* Whether decisions of this class need two, by the settings. */
static void set_policy(const struct registrar *registrar, unsigned class, struct review_more *more)
{
	struct decision_policy policy = {0};

	if (decision_policy_read(registrar->settings.second_reviewer, &policy) < 0)
		policy.all = true;
	more->second_approval = decision_needs_second(&policy, class, true);
	more->second_refusal = decision_needs_second(&policy, class, false);
}

static int read_limit(
    struct store_tx *tx, const struct application *application, struct review_more *more)
{
	struct accreditation_list list = {NULL, 0};
	int result =
	    application->person_id ? accreditation_of_person(tx, application->person_id, &list) : 0;

	for (size_t i = 0; result == 0 && i < list.n; i++)
		if (list.items[i].application_id == application->id)
			result = limit_read(tx, list.items[i].id, &more->limit);
	accreditation_list_free(&list);
	return result;
}

int review_more_read(struct store_tx *tx, struct registrar *registrar,
    const struct application *application, int64_t now, struct review_more *more)
{
	int64_t id = application->id;
	int result = decision_standing(tx, id, &more->standing);
	int may = case_may_decide(tx, id, more->staff);

	set_policy(registrar, application->class, more);
	more->other_decider = may == CASE_E_DECIDER;
	if (result == 0 && may < 0 && may != CASE_E_DECIDER)
		result = may;
	if (result == 0)
		result = decision_colleagues(tx, &more->colleagues, &more->n_colleagues);
	if (result == 0)
		result = decision_history(tx, id, &more->history);
	if (result == 0)
		result = decision_notes(tx, id, &more->notes);
	if (result == 0)
		result = read_proposal(tx, id, more);
	if (result == 0)
		result = read_conferences(tx, now, more);
	if (result == 0)
		result = read_limit(tx, application, more);
	if (!more->hold)
		more->hold = more->own_hold = form_new(hold_fields, 2);
	if (!more->note)
		more->note = more->own_note = form_new(note_fields, 1);
	return result == 0 && (!more->hold || !more->note) ? (int)STORE_NO_MEMORY : result;
}

void review_more_free(struct review_more *more)
{
	free(more->colleagues);
	free(more->conferences);
	decision_entries_free(&more->history);
	decision_entries_free(&more->notes);
	decision_proposal_free(&more->proposal);
	form_free(more->own_hold);
	form_free(more->own_note);
}

void review_more_typed(struct review_more *more, const struct review_failed *failed, bool waits)
{
	bool decides = waits && !*more->proposal.staff;

	if (failed->approve && !decides) {
		more->typed[0] = form_text(failed->approve, APPROVE_MESSAGE);
		more->typed[1] = form_text(failed->approve, APPROVE_NOTE);
	} else if (failed->refuse && !decides) {
		more->typed[0] = form_text(failed->refuse, REFUSE_MESSAGE);
		more->typed[1] = form_text(failed->refuse, REFUSE_NOTE);
	} else if (failed->ask && !waits) {
		more->typed[0] = form_text(failed->ask, 0);
	} else if (failed->hold && !waits) {
		more->typed[1] = form_text(failed->hold, HOLD_WORDS);
	}
}

/* What overtook it, in a sentence. */
static void say_overtaken(struct store_tx *tx, const char *reference, char *out, size_t size)
{
	struct application application = {0};
	struct decision_entries history = {NULL, 0};
	const struct decision_entry *last = NULL;

	if (application_by_reference(tx, reference, &application) == 0 &&
	    decision_history(tx, application.id, &history) == 0 && history.n > 0)
		last = &history.items[history.n - 1];
	if (last)
		snprintf(out, size,
		    "%s %s%s%s on %s, while you were at it. Nothing of yours was carried out; what "
		    "you typed stands below.",
		    last->full_name[0] ? last->full_name : "The applicant",
		    decision_words(last->kind), last->other[0] ? " " : "", last->other,
		    view_when(NULL, last->at).full);
	else
		snprintf(out, size, "This application does not wait any more.");
	decision_entries_free(&history);
	application_free(&application);
}

int review_show_overtaken(
    struct request *req, struct reply *rep, const struct review_failed *failed)
{
	struct review_failed said = *failed;
	struct store_tx *tx = NULL;
	char words[2600];
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result < 0)
		return site_result(result);
	say_overtaken(tx, request_segment(req, "reference"), words, sizeof(words));
	store_read_end(tx);
	said.problem = words;
	return review_show(req, rep, &said, 409);
}

#include "registrar/press/registration_fill.h"

#include "registrar/press/allocation_draft.h"
#include "registrar/press/registration.h"
#include "schema/registrar_db.h"
#include "web/say.h"

/* Whether anybody could get a place: most of the time nobody waits. */
static int somebody_waits(struct store_tx *tx, const struct conference *conference, bool *ret_waits)
{
	struct conference_numbers numbers;
	int64_t requested = 0;
	int result = conference_numbers(tx, conference, &numbers);

	if (!result)
		result = store_number(tx, REGISTRAR_Q_ALLOCATION_REQUESTED,
		    STORE_ARGS(store_i64(conference->id)), &requested);
	if (!result)
		*ret_waits = numbers.waitlisted > 0 || requested > 0;
	return result;
}

static int give(struct store_tx *tx, const struct registration_seat *seat,
    const struct allocation_draft *draft, size_t i, const struct registration_waiting *waiting)
{
	const struct allocation_result *result = &draft->results[i];
	char explanation[4 * REGISTRATION_EXPLANATION_MAX + 1];

	allocation_draft_say(draft, i, explanation, sizeof explanation);
	if (!waiting->requested && result->outcome == ALLOCATION_PLACE)
		say_keep(explanation, sizeof explanation,
		    SAY("A place came free, and you were next on the waiting list."), NULL, 0);
	return registration_seat_give(tx, seat, waiting, result->pool, explanation,
	    waiting->requested ? JOURNAL_REGISTERED : JOURNAL_PROMOTED);
}

static int settle(struct store_tx *tx, const struct registration_seat *seat,
    const struct allocation_draft *draft, size_t i)
{
	const struct allocation_person *person = &draft->people[i];
	const struct registration_waiting waiting = {
	    draft->cases[i].id, person->accreditation_id, person->requested};
	char explanation[4 * REGISTRATION_EXPLANATION_MAX + 1];

	if (allocation_gives(&draft->results[i]))
		return give(tx, seat, draft, i, &waiting);
	if (draft->cases[i].has || !person->requested)
		return 0;
	allocation_draft_say(draft, i, explanation, sizeof explanation);
	return registration_seat_wait(tx, seat, &waiting, explanation);
}

static int settle_all(struct store_tx *tx, const struct registration_seat *seat, int64_t *ret_first)
{
	struct allocation_draft draft = {.n = 0};
	int64_t first = 0, line = 0;
	int result = allocation_draft_read(tx, seat->conference, seat->now, &draft);

	if (!result && allocation_is_open(&draft.setting))
		goto done;
	for (size_t i = 0; !result && i < draft.n; i++) {
		result = settle(tx, seat, &draft, i);
		if (!result && allocation_gives(&draft.results[i]) &&
		    (!first || draft.cases[i].asked < line)) {
			first = draft.cases[i].id;
			line = draft.cases[i].asked;
		}
	}
	if (!result && ret_first && first)
		*ret_first = first;
done:
	allocation_draft_free(&draft);
	return result;
}

int registration_fill(struct store_tx *tx, const struct registration_seat *seat, int64_t *ret_first)
{
	const struct conference *conference = seat->conference;
	bool waits = false;
	int result;

	if (conference->state != CONFERENCE_ANNOUNCED || seat->now >= conference->ends)
		return 0;
	result = somebody_waits(tx, conference, &waits);
	return result || !waits ? result : settle_all(tx, seat, ret_first);
}

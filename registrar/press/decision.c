#include "registrar/press/decision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/list.h"
#include "registrar/press/case.h"
#include "schema/registrar_db.h"

/* ---- the policy ---- */

static int add_word(const char *word, struct decision_policy *policy)
{
	uint8_t class;

	if (strcmp(word, "never") == 0)
		return 0;
	if (strcmp(word, "all") == 0)
		policy->all = true;
	else if (strcmp(word, "refusals") == 0)
		policy->refusals = true;
	else if (class_find(word, &class) == 0)
		policy->classes |= UINT32_C(1) << class;
	else
		return -1;
	return 0;
}

int decision_policy_read(const char *words, struct decision_policy *ret)
{
	struct decision_policy policy = {0};
	char copy[256], *rest = NULL;

	if (strlen(words) >= sizeof(copy))
		return -1;
	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		if (add_word(word, &policy) < 0)
			return -1;
	*ret = policy;
	return 0;
}

bool decision_needs_second(const struct decision_policy *policy, unsigned class, bool approves)
{
	return policy->all || (policy->refusals && !approves) ||
	       (class < 32 && (policy->classes >> class & 1));
}

/* ---- steps ---- */

struct waiting {
	char state[20];
	char assignee[17];
	int64_t held_until, due;
};

/* What waits; CASE_E_STATE where it does not. */
static int read_waiting(struct store_tx *tx, int64_t id, struct waiting *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_DECISION_WAITS, STORE_ARGS(store_i64(id)), &rows);

	if (result < 0)
		return result == STORE_NOT_FOUND ? (int)CASE_E_STATE : result;
	snprintf(ret->state, sizeof(ret->state), "%s", store_get_text(rows, 0));
	snprintf(ret->assignee, sizeof(ret->assignee), "%s", store_get_text(rows, 1));
	ret->held_until = store_get_i64(rows, 2);
	ret->due = store_get_i64(rows, 3);
	store_done(rows);
	return 0;
}

struct step {
	const char *staff, *kind, *other, *words;
	int64_t until;
};

static int add_step(struct store_tx *tx, int64_t id, const struct step *step, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_DECISION_STEP,
	    STORE_ARGS(store_i64(id), store_i64(now), store_text(step->staff),
		store_text(step->kind), store_text(step->other),
		step->until ? store_i64(step->until) : store_null(),
		store_text(step->words ? step->words : "")),
	    NULL);
}

static int check_colleague(struct store_tx *tx, const char *name)
{
	int64_t found;
	int result =
	    store_number(tx, REGISTRAR_Q_DECISION_COLLEAGUE, STORE_ARGS(store_text(name)), &found);

	return result == STORE_NOT_FOUND ? (int)DECISION_E_STAFF : result;
}

int decision_assign(struct store_tx *tx, int64_t id, const char *staff, const char *to, int64_t now)
{
	struct step step = {.staff = staff, .kind = "put-back"};
	struct waiting waiting;
	int result = read_waiting(tx, id, &waiting);

	if (result == 0 && strcmp(waiting.assignee, to ? to : "") == 0)
		return 0;
	if (result == 0 && to)
		result = check_colleague(tx, to);
	if (result == 0)
		result = store_exec(
		    tx, REGISTRAR_Q_QUEUE_ASSIGN, STORE_ARGS(store_i64(id), store_text(to)), NULL);
	if (to && strcmp(to, staff) == 0) {
		step.kind = "taken";
	} else if (to) {
		step.kind = "assigned";
		step.other = to;
	}
	return result < 0 ? result : add_step(tx, id, &step, now);
}

int decision_pre_approve(struct store_tx *tx, int64_t id, const char *staff, int64_t now)
{
	const struct step step = {.staff = staff, .kind = "pre-approved"};
	struct waiting waiting;
	int64_t changes = 0;
	int result = read_waiting(tx, id, &waiting);

	if (result == 0 && strcmp(waiting.state, "pre-approved") == 0)
		return 0;
	if (result == 0 && strcmp(waiting.state, "submitted") != 0)
		result = CASE_E_STATE;
	if (result == 0)
		result = case_may_decide(tx, id, staff);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_CASE_MOVE,
		    STORE_ARGS(store_i64(id), store_text("submitted"), store_text("pre-approved"),
			store_i64(waiting.due)),
		    &changes);
	if (result == 0 && changes != 1)
		result = CASE_E_STATE;
	return result < 0 ? result : add_step(tx, id, &step, now);
}

int decision_hold(struct store_tx *tx, int64_t id, const char *staff, int64_t until,
    const char *words, int64_t now)
{
	const struct step step = {
	    .staff = staff, .kind = until ? "held" : "released", .words = words, .until = until};
	struct waiting waiting;
	int result = read_waiting(tx, id, &waiting);

	if (result == 0 && until && (until <= now || until > now + DECISION_HOLD_MAX))
		result = DECISION_E_HOLD;
	if (result == 0 && !until && !waiting.held_until)
		return 0;
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_QUEUE_HOLD,
		    STORE_ARGS(store_i64(id), until ? store_i64(until) : store_null()), NULL);
	return result < 0 ? result : add_step(tx, id, &step, now);
}

int decision_note(
    struct store_tx *tx, int64_t id, const char *staff, const char *words, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_DECISION_NOTE,
	    STORE_ARGS(store_i64(id), store_i64(now), store_text(staff), store_text(words)), NULL);
}

int decision_standing(struct store_tx *tx, int64_t id, struct decision_standing *ret)
{
	struct waiting waiting = {.held_until = 0};
	int result = read_waiting(tx, id, &waiting);

	if (result < 0 && result != CASE_E_STATE)
		return result;
	*ret = (struct decision_standing){.held_until = waiting.held_until};
	snprintf(ret->assignee, sizeof(ret->assignee), "%s", waiting.assignee);
	return 0;
}

/* ---- a decision of two ---- */

int decision_propose(
    struct store_tx *tx, int64_t id, const struct decision_proposal *proposal, int64_t now)
{
	const struct step step = {.staff = proposal->staff,
	    .kind = proposal->approves ? "proposed-approval" : "proposed-refusal"};
	struct waiting waiting;
	int result = read_waiting(tx, id, &waiting);

	if (result == 0)
		result = case_may_decide(tx, id, proposal->staff);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_DECISION_PROPOSE,
		    STORE_ARGS(store_i64(id), store_i64(now), store_text(proposal->staff),
			store_i64(proposal->approves), store_i64(proposal->outlet_id),
			store_i64(proposal->alias), store_i64(proposal->local),
			store_i64(proposal->months),
			proposal->limit_class >= 0 ? store_i64(proposal->limit_class)
						   : store_null(),
			proposal->limit.conference_id ? store_i64(proposal->limit.conference_id)
						      : store_null(),
			proposal->limit.until ? store_i64(proposal->limit.until) : store_null(),
			store_text(proposal->criterion), store_text(proposal->message),
			store_text(proposal->note)),
		    NULL);
	if (result == STORE_CONFLICT)
		result = DECISION_E_STANDS;
	return result < 0 ? result : add_step(tx, id, &step, now);
}

int decision_proposal(struct store_tx *tx, int64_t id, struct decision_proposal *ret)
{
	struct decision_proposal proposal = {0};
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_DECISION_PROPOSAL, STORE_ARGS(store_i64(id)), &rows);

	if (result < 0)
		return result;
	proposal.at = store_get_i64(rows, 0);
	snprintf(proposal.staff, sizeof(proposal.staff), "%s", store_get_text(rows, 1));
	snprintf(proposal.full_name, sizeof(proposal.full_name), "%s", store_get_text(rows, 2));
	proposal.approves = store_get_i64(rows, 3) != 0;
	proposal.outlet_id = store_get_i64(rows, 4);
	proposal.alias = store_get_i64(rows, 5) != 0;
	proposal.local = store_get_i64(rows, 6) != 0;
	proposal.months = (unsigned)store_get_i64(rows, 7);
	proposal.limit_class = (int)store_get_i64(rows, 8);
	proposal.limit.conference_id = store_get_i64(rows, 9);
	proposal.limit.until = store_get_i64(rows, 10);
	snprintf(proposal.criterion, sizeof(proposal.criterion), "%s", store_get_text(rows, 11));
	proposal.message = list_text(store_get_text(rows, 12));
	proposal.note = list_text(store_get_text(rows, 13));
	snprintf(proposal.outlet, sizeof(proposal.outlet), "%s", store_get_text(rows, 14));
	snprintf(
	    proposal.limit.title, sizeof(proposal.limit.title), "%s", store_get_text(rows, 15));
	store_done(rows);
	if (!proposal.message || !proposal.note) {
		decision_proposal_free(&proposal);
		return STORE_NO_MEMORY;
	}
	*ret = proposal;
	return 0;
}

void decision_proposal_free(struct decision_proposal *proposal)
{
	free(proposal->message);
	free(proposal->note);
	proposal->message = proposal->note = NULL;
}

/* Ends the proposal that stands, with the step that did it. */
static int end(struct store_tx *tx, int64_t id, const struct step *step, int64_t now)
{
	int64_t changes = 0;
	int result =
	    store_exec(tx, REGISTRAR_Q_DECISION_PROPOSAL_END, STORE_ARGS(store_i64(id)), &changes);

	if (result == 0 && changes != 1)
		result = CASE_E_STATE;
	return result < 0 ? result : add_step(tx, id, step, now);
}

int decision_confirm(
    struct store_tx *tx, int64_t id, const char *staff, int64_t now, struct decision_proposal *ret)
{
	struct decision_proposal proposal = {0};
	int result = decision_proposal(tx, id, &proposal);
	const struct step step = {.staff = staff, .kind = "confirmed", .other = proposal.staff};

	if (result == STORE_NOT_FOUND)
		result = CASE_E_STATE;
	if (result == 0 && strcmp(proposal.staff, staff) == 0)
		result = DECISION_E_SAME;
	if (result == 0)
		result = case_may_decide(tx, id, staff);
	if (result == 0)
		result = end(tx, id, &step, now);
	if (result < 0)
		decision_proposal_free(&proposal);
	else
		*ret = proposal;
	return result;
}

int decision_send_back(
    struct store_tx *tx, int64_t id, const char *staff, const char *words, int64_t now)
{
	struct decision_proposal proposal = {0};
	struct step step = {.staff = staff, .kind = "sent-back", .other = proposal.staff};
	int result = decision_proposal(tx, id, &proposal);

	if (result == STORE_NOT_FOUND)
		result = CASE_E_STATE;
	if (result == 0 && strcmp(proposal.staff, staff) == 0) {
		step.kind = "taken-back";
		step.other = NULL;
	}
	if (result == 0)
		result = end(tx, id, &step, now);
	if (result == 0 && words && *words)
		result = decision_note(tx, id, staff, words, now);
	decision_proposal_free(&proposal);
	return result;
}

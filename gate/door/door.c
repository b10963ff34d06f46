#include "gate/door/door.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/door/door_private.h"
#include "gate/door/presence.h"

/* ---- opening ---- */

static int find_conference(struct gate *gate, const char *slug, struct door *door)
{
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = conference_by_slug(tx, slug, &conference);
	gate_look_end(gate, tx);
	if (r != STORE_ROW)
		return r;
	door->conference = conference.number;
	memcpy(door->slug, conference.slug, sizeof(door->slug));
	memcpy(door->title, conference.title, sizeof(door->title));
	return 0;
}

static void note_boot(struct gate *gate)
{
	struct journal_record record = {.decision = ENTRY_BOOT, .reason = "start"};
	bool first;

	gate_lock(gate);
	first = !gate->booted;
	gate->booted = true;
	gate_unlock(gate);
	/* Should it fail, each scan will say so: none is admitted without an entry. */
	if (first && journal_note(gate, &record, NULL) != 0)
		return;
}

int door_open(struct gate *gate, const char *slug, struct door *ret_door)
{
	struct door door = {.gate = gate};
	int r = find_conference(gate, slug, &door);

	if (r != 0)
		return r;
	note_boot(gate);
	*ret_door = door;
	return 0;
}

/* ---- one step ---- */

static void copy_look(struct door_look *to, const struct door_look *from)
{
	memcpy(to, from, sizeof(*to));
	facts_copy(&to->facts, &from->facts);
}

void door_forget(struct door_look *look)
{
	sodium_memzero(look, sizeof(*look));
}

int door_run(struct door_step *step, journal_body *body, struct door_look *look)
{
	struct door_look *copy = calloc(1, sizeof(*copy));
	uint64_t seq = 0;
	int r;

	if (copy == NULL)
		return STORE_NO_MEMORY;
	if (look != NULL)
		copy_look(copy, look);
	step->look = copy;
	r = journal_write(step->door->gate, body, step, &seq);
	free(step->detail);
	step->detail = NULL;
	if (r == 0) {
		step->done_epoch = copy->epoch;
		step->done_seq = seq;
		copy->recorded = true;
		copy->seq = seq;
		copy->failure = 0;
		snprintf(copy->staff, sizeof(copy->staff), "%s", step->who->staff);
	}
	if ((r == 0 || r == DOOR_UNRECORDED) && look != NULL)
		copy_look(look, copy);
	door_forget(copy);
	free(copy);
	return r;
}

/* ---- the look ---- */

static int gather(struct door_step *step, struct store_tx *tx, const struct clock_reading *now)
{
	struct door_look *look = step->look;
	struct gate *gate = step->door->gate;

	look->time_ms = now->time_ms;
	look->mono_ms = now->mono_ms;
	look->epoch = gate->journal.epoch;
	if (look->by_pick)
		return facts_gather_pick(
		    gate, tx, now, step->door->conference, look->pick, &look->facts);
	return facts_gather(
	    gate, tx, now, step->door->conference, look->text, look->len, &look->facts);
}

static bool admits_at_once(const struct door_step *step)
{
	const struct door_look *look = step->look;

	if (step->mode == DOOR_BY_POLICY)
		return look->facts.conference.admit_at_once && !look->by_pick &&
		       look->verdict.check == DECIDE_CHECK_SCREENING;
	return step->mode == DOOR_AT_ONCE;
}

static enum door_state state_of(const struct door_step *step)
{
	switch (step->look->verdict.kind) {
	case VERDICT_ADMIT:
		return admits_at_once(step) ? DOOR_ADMITTED : DOOR_ASK;
	case VERDICT_EXIT:
		return DOOR_EXITED;
	case VERDICT_DENY:
		return DOOR_DENIED;
	default:
		return step->look->leaving ? DOOR_NOTED : DOOR_REFERRED;
	}
}

static void judge(struct door_step *step)
{
	struct door_look *look = step->look;
	struct facts *facts = &look->facts;

	if (look->leaving)
		decide_exit(&facts->decide, &look->verdict);
	else
		decide(&facts->decide, &facts->policy, &look->verdict);
	look->state = state_of(step);
	words_verdict(
	    &look->verdict, &facts->decide, &facts->policy, look->words, sizeof(look->words));
	if (step->by_hand || step->mode == DOOR_BY_POLICY)
		door_say(look);
}

/* Where the pass stands from now on. */
static int move(struct door_step *step, struct store_tx *tx, const struct journal_record *record)
{
	const struct door_look *look = step->look;
	struct gate *gate = step->door->gate;

	if (look->state == DOOR_ADMITTED)
		return presence_enter(gate, tx, step->door->conference, look->facts.decide.pass,
		    look->time_ms, record->seq, step->who->staff);
	if (look->state == DOOR_EXITED)
		return presence_exit(gate, tx, step->door->conference, look->facts.decide.pass,
		    look->time_ms, record->seq, step->who->staff);
	return 0;
}

int door_record_verdict(struct door_step *step, struct journal_record *record)
{
	const struct verdict *verdict = &step->look->verdict;
	struct door_says says = {.decision = ENTRY_DENY,
	    .reason = reason_token(verdict->reason),
	    .verdict = decide_kind_word(verdict->kind)};

	if (verdict->kind == VERDICT_ADMIT)
		says.decision = ENTRY_ADMIT;
	if (verdict->kind == VERDICT_EXIT)
		says.decision = ENTRY_EXIT;
	return door_record(step, &says, record);
}

int door_decide(struct door_step *step, struct store_tx *tx, const struct clock_reading *now)
{
	int r = gather(step, tx, now);

	if (r == 0)
		judge(step);
	return r;
}

static int look_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct door_step *step = context;
	int r = door_decide(step, tx, now);

	(void)gate;
	if (r != 0)
		return r;
	if (step->look->state == DOOR_ASK || step->look->state == DOOR_NOTED)
		return DOOR_UNRECORDED;
	r = move(step, tx, record);
	return r == 0 ? door_record_verdict(step, record) : r;
}

/* What could not be recorded is as if it had not been looked at. */
void door_fail(struct door_look *look, int failure)
{
	const struct decide_policy policy = {0};
	const struct decide_facts facts = {.journal_failed = true};

	memset(&look->facts, 0, sizeof(look->facts));
	look->state = DOOR_FAILED;
	look->failure = failure;
	decide(&facts, &policy, &look->verdict);
	words_verdict(&look->verdict, &facts, &policy, look->words, sizeof(look->words));
}

void door_look(struct door *door, const struct door_who *who, const struct door_subject *subject,
    enum door_mode mode, struct door_look *ret_look)
{
	struct door_step step = {.door = door, .who = who, .mode = mode};
	size_t kept = subject->len < PASS_TEXT_MAX ? subject->len : PASS_TEXT_MAX;
	int r;

	door_forget(ret_look);
	ret_look->leaving = mode == DOOR_LEAVING;
	ret_look->len = subject->len;
	if (subject->picked != NULL) {
		ret_look->by_pick = true;
		ret_look->len = 0;
		memcpy(ret_look->pick, subject->picked, sizeof(ret_look->pick));
	} else {
		memcpy(ret_look->text, subject->text, kept);
	}
	/* Not looked at yet, and yet its text belongs into the detail. */
	ret_look->state = DOOR_ASK;
	r = door_run(&step, look_body, ret_look);
	if (r != 0 && r != DOOR_UNRECORDED)
		door_fail(ret_look, r);
}

static int admit_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct door_step *step = context;

	step->mode = DOOR_AT_ONCE;
	step->by_hand = true;
	step->look->leaving = false;
	return look_body(gate, tx, now, record, step);
}

int door_admit(struct door *door, const struct door_who *who, struct door_look *look)
{
	struct door_step step = {.door = door, .who = who};

	if (look->state != DOOR_ASK && look->state != DOOR_UNDONE)
		return DOOR_NOT_NOW;
	return door_run(&step, admit_body, look);
}

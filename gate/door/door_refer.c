/* Communications is asked, and answers: the last part of gate/door/door.h. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/door/door_private.h"
#include "gate/door/presence.h"
#include "gate/door/referral.h"

static bool may_refer(const struct door_look *look)
{
	return look->state == DOOR_ASK || look->state == DOOR_DENIED ||
	       look->state == DOOR_REFERRED || look->state == DOOR_REFUSED;
}

static void asked(struct door *door, const struct door_who *who, struct door_look *look)
{
	struct clock_reading now;

	gate_lock(door->gate);
	if (clock_read(&door->gate->clock, &now) == 0) {
		look->time_ms = now.time_ms;
		look->mono_ms = now.mono_ms;
	}
	gate_unlock(door->gate);
	look->state = DOOR_ASKED;
	snprintf(look->staff, sizeof(look->staff), "%s", who->staff);
	door_say(look);
}

int door_refer(struct door *door, const struct door_who *who, struct door_look *look,
    const char *kind, const char *person, const char *words)
{
	struct referral_question question = {.conference = door->conference,
	    .slug = door->slug,
	    .kind = kind,
	    .staff = who->staff,
	    .name = person,
	    .outlet = "",
	    .words = words};
	uint8_t id[REFERRAL_ID];
	int r;

	if (look != NULL && !may_refer(look))
		return DOOR_NOT_NOW;
	if (look != NULL && look->facts.decide.has_pass)
		question.pass = look->facts.decide.pass;
	if (look != NULL && look->facts.name[0] != '\0') {
		question.name = look->facts.name;
		question.outlet = look->facts.outlet;
	}
	if (question.pass == NULL && question.name[0] == '\0')
		return DOOR_NO_WORDS;
	r = referral_make(door->gate, &question, id);
	if (r == 0 && look != NULL)
		asked(door, who, look);
	return r;
}

enum { ANSWER_SIZE = REFERRAL_TEXT_SIZE + 64 };

struct answering {
	struct door_step step;
	const uint8_t *id;
	bool admit;
	struct referral referral;
	char *words; /* what the detail says of the answer */
};

static int read_answer(struct answering *answering, struct store_tx *tx)
{
	struct referral *referral = &answering->referral;
	int r = referral_find(answering->step.door->gate, tx, answering->id, referral);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? REFERRAL_UNKNOWN : r;
	if (referral->closed_ms != 0 || referral->conference != answering->step.door->conference)
		return REFERRAL_CLOSED;
	if (answering->admit && strcmp(referral->answer, "admit") != 0)
		return DOOR_NOT_NOW;
	return 0;
}

/* Whether the answer still lets in: what came after it counts more. */
static int check_answer(struct answering *answering, struct store_tx *tx,
    const struct clock_reading *now, struct facts *facts)
{
	const struct referral *referral = &answering->referral;
	const struct decide_facts *decide = &facts->decide;
	struct presence presence = {0};
	int r = facts_gather_referred(answering->step.door->gate, tx, now,
	    answering->step.door->conference, referral->has_pass ? referral->pass : NULL, facts);

	if (r != 0)
		return r == STORE_NOT_FOUND ? DOOR_OVER : r;
	if (decide->now >= decide->exp)
		return DOOR_OVER;
	if (decide->restricted && !answering->step.door->gate->options.through_stop)
		return DOOR_STOPPED;
	if (decide->inside) {
		r = presence_find(tx, answering->step.door->conference, referral->pass, &presence);
		if (r != STORE_ROW)
			return r == STORE_NOT_FOUND ? STORE_CORRUPT : r;
		/* In milliseconds: asked and let in within one second is told apart. */
		if (presence.time_ms > referral->made_ms)
			return DOOR_INSIDE;
	}
	if (decide->revoked_class != 0 && strcmp(referral->kind, "refused-pass") != 0)
		return DOOR_REVOKED;
	return 0;
}

static struct door_says says_of(const struct answering *answering)
{
	if (answering->admit)
		return (struct door_says){ENTRY_OVERRIDE, "referred", "override"};
	if (strcmp(answering->referral.answer, "refuse") == 0)
		return (struct door_says){
		    ENTRY_DENY, reason_token(REASON_SERVICE_RESTRICTED), "deny"};
	return (struct door_says){ENTRY_SYNC, "referral-closed", "close"};
}

/* The detail names who answered, and what. */
static int fill(struct answering *answering)
{
	const struct referral *referral = &answering->referral;
	struct door_look *look = answering->step.look;

	answering->words = malloc(ANSWER_SIZE);
	if (answering->words == NULL)
		return STORE_NO_MEMORY;
	snprintf(answering->words, ANSWER_SIZE, "%s answered: %s", referral->answered_by,
	    referral->answer_words);

	answering->step.words = answering->words;
	answering->step.person = referral->name;
	look->facts.decide.has_pass = referral->has_pass;
	memcpy(look->facts.decide.pass, referral->pass, sizeof(referral->pass));
	return 0;
}

static int answer_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct door_step *step = context;
	struct answering *answering = context;
	struct door_says says;
	int r = read_answer(answering, tx);

	if (r == 0 && answering->admit)
		r = check_answer(answering, tx, now, &step->look->facts);
	if (r == 0)
		r = referral_close(tx, answering->id, now->time_ms);
	if (r == 0)
		r = conference_revision(tx, &step->look->facts.revision);
	if (r == 0)
		r = fill(answering);
	if (r != 0)
		return r;
	says = says_of(answering);
	if (answering->admit && !answering->referral.has_pass)
		door_draw(step);
	if (answering->admit)
		r = presence_override(gate, tx, step->door->conference,
		    step->drawn ? step->drawn_pass : answering->referral.pass, now->time_ms,
		    record->seq, step->who->staff);
	return r == 0 ? door_record(step, &says, record) : r;
}

/* Not answered yet: the person is gone. */
static int withdraw(struct door *door, const struct door_who *who, const uint8_t *id)
{
	return referral_withdraw(door->gate, id, who->staff);
}

int door_answer(
    struct door *door, const struct door_who *who, const uint8_t id[static 16], bool admit)
{
	struct answering *answering = calloc(1, sizeof(*answering));
	int r;

	if (answering == NULL)
		return STORE_NO_MEMORY;
	answering->step.door = door;
	answering->step.who = who;
	answering->id = id;
	answering->admit = admit;
	r = door_run(&answering->step, answer_body, NULL);
	if (!admit && r == REFERRAL_UNKNOWN)
		r = withdraw(door, who, id);
	if (answering->words != NULL)
		sodium_memzero(answering->words, strlen(answering->words));
	free(answering->words);
	sodium_memzero(answering, sizeof(*answering));
	free(answering);
	return r;
}

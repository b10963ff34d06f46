/* What the screen shows of a look. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "badges/class.h"
#include "gate/desk/handlers.h"
#include "gate/door/referral.h"

const struct view_choice desk_reasons[] = {
    {"screening-refused", "Screening refused", "No consent to security screening", false},
    {"no-identification", "No identification", "Shows none", false},
    {"identity-mismatch", "Not the same person", "Photo or name is not this person's", false},
    {"prohibited-item", "Prohibited item", "Found at screening", false},
    {"conduct", "Conduct", "Behaves in a way that can't be let in", false},
    {"service-restricted", "Restricted", "The Service does not want this entry", false},
    {"other", "Other", "Say which, in words", true},
};
const size_t desk_reasons_n = N(desk_reasons);

const struct view_choice *desk_kinds(size_t *ret_n)
{
	enum { KINDS_MAX = 12 };
	static _Thread_local struct view_choice kinds[KINDS_MAX];
	size_t n = 0;

	for (; n < KINDS_MAX && referral_kinds[n].token != NULL; n++)
		kinds[n] = (struct view_choice){
		    .value = referral_kinds[n].token, .label = referral_kinds[n].words};
	*ret_n = n;
	return kinds;
}

/* Word and tone: what is seen and heard first. */
struct face {
	const char *word, *tone;
};

static struct face face_denied(enum reason reason)
{
	switch (reason) {
	case REASON_ALREADY_INSIDE:
		return (struct face){"DUPLICATE", "check"};
	case REASON_ALREADY_USED:
		return (struct face){"USED", "check"};
	case REASON_MALFORMED:
		return (struct face){"NO PASS", "stop"};
	default:
		return (struct face){"STOP", "stop"};
	}
}

static struct face face_of(const struct door_look *look)
{
	static const struct face faces[] = {
	    [DOOR_ADMITTED] = {"ADMITTED", "admit"},
	    [DOOR_REFERRED] = {"REFER", "refer"},
	    [DOOR_REFUSED] = {"REFUSED", "stop"},
	    [DOOR_OVERRIDDEN] = {"ADMITTED", "admit"},
	    [DOOR_UNDONE] = {"UNDONE", "check"},
	    [DOOR_EXITED] = {"EXIT", "exit"},
	    [DOOR_NOTED] = {"NOT READ", "working"},
	    [DOOR_ASKED] = {"ASKED", "refer"},
	    [DOOR_FAILED] = {"PAPER LIST", "refer"},
	};
	unsigned more = DECIDE_CHECK_ID | DECIDE_CHECK_NAME;

	if (look->state == DOOR_DENIED)
		return face_denied(look->verdict.reason);
	if (look->state != DOOR_ASK)
		return faces[look->state];
	return (look->verdict.check & more) != 0 ? (struct face){"CHECK", "check"}
						 : (struct face){"ADMIT?", "admit"};
}

static bool is_in(const struct door_look *look)
{
	return look->state == DOOR_ADMITTED || look->state == DOOR_OVERRIDDEN;
}

static bool is_refusal(const struct door_look *look)
{
	return look->state == DOOR_DENIED || look->state == DOOR_REFERRED;
}

static unsigned undo_left(const struct gate *gate, const struct door_look *look)
{
	uint64_t now = desk_now_ms();
	uint64_t passed = now > look->mono_ms ? now - look->mono_ms : 0;

	if (!is_in(look) || !look->facts.decide.has_pass || passed >= door_undo_ms(gate))
		return 0;
	return (unsigned)((door_undo_ms(gate) - passed) / 1000);
}

static void fill_may(const struct door_look *look, struct view_look *view)
{
	bool has_pass = look->facts.decide.has_pass;

	view->may_admit = look->state == DOOR_ASK || look->state == DOOR_UNDONE;
	view->may_deny = view->may_admit || is_refusal(look) || look->state == DOOR_ASKED;
	view->may_undo = view->undo_seconds > 0;
	view->may_override =
	    !door_is_forged(look) &&
	    (is_refusal(look) || look->state == DOOR_REFUSED || look->state == DOOR_ASKED);
	view->may_refer = look->state == DOOR_ASK || is_refusal(look);
	view->may_exit = has_pass && !look->leaving && (look->facts.decide.inside || is_in(look)) &&
			 look->state != DOOR_UNDONE;
	view->may_accept =
	    look->state == DOOR_REFERRED && look->verdict.reason == REASON_ROSTER_STALE;
	view->may_bar = has_pass && look->state != DOOR_EXITED;
}

static void fill_unchecked(const struct door_look *look, struct view_look *view)
{
	unsigned bits = look->verdict.unchecked;

	view->no_changes = (bits & DECIDE_UNCHECKED_ROSTER) != 0;
	view->no_cancellations = (bits & DECIDE_UNCHECKED_CANCELLATIONS) != 0;
	view->no_doors = (bits & DECIDE_UNCHECKED_DOORS) != 0;
	view->no_registration = (bits & DECIDE_UNCHECKED_REGISTRATION) != 0;
	view->offline = (look->state == DOOR_ASK || look->state == DOOR_ADMITTED) &&
			(view->no_changes || view->no_cancellations || view->no_doors);
	if (view->offline && look->verdict.age >= 0 && (view->no_changes || view->no_cancellations))
		words_age(look->verdict.age, view->age);
}

static void fill_person(struct desk *desk, const struct desk_session *session,
    const struct facts *facts, struct view_look *view)
{
	const char *words = class_words(
	    facts->decide.on_roster ? facts->decide.roster_class : facts->decide.pass_class);
	struct store_tx *tx = NULL;
	struct person person;

	view->name = facts->name;
	view->outlet = facts->outlet;
	view->class_words = facts->decide.has_pass && words != NULL ? words : "";
	if (!facts->decide.has_pass)
		return;
	people_code(facts->decide.pass, view->code);
	if (gate_look(desk->gate, &tx) != 0)
		return;
	people_find(desk->gate, tx, session->door.conference, facts->decide.pass, &person);
	people_photo(&person, view->photo);
	sodium_memzero(&person, sizeof(person));
	gate_look_end(desk->gate, tx);
}

static void fill_last(const struct door_look *look, struct view_look *view)
{
	const struct decide_facts *decide = &look->facts.decide;
	bool twice = look->verdict.reason == REASON_ALREADY_INSIDE ||
		     look->verdict.reason == REASON_ALREADY_USED;

	view->last_gate = view->last_staff = "";
	if (!is_refusal(look) || !twice)
		return;
	time_say(decide->last_s, view->last_time);
	view->last_gate = look->facts.last_gate;
	view->last_staff = look->facts.last_staff;
}

void look_fill(struct desk *desk, const struct desk_session *session, struct view_look *ret_view)
{
	const struct door_look *look = &session->look;
	struct face face;

	memset(ret_view, 0, sizeof(*ret_view));
	ret_view->number = session->number;
	if (session->number == 0)
		return;
	face = face_of(look);
	ret_view->state = look->state;
	ret_view->word = face.word;
	ret_view->tone = face.tone;
	ret_view->reason =
	    reason_token(look->state == DOOR_REFUSED ? look->given : look->verdict.reason);
	ret_view->words = look->words;
	ret_view->check_screening = (look->verdict.check & DECIDE_CHECK_SCREENING) != 0;
	ret_view->check_id = (look->verdict.check & DECIDE_CHECK_ID) != 0;
	ret_view->check_name = (look->verdict.check & DECIDE_CHECK_NAME) != 0;
	fill_person(desk, session, &look->facts, ret_view);
	fill_unchecked(look, ret_view);
	fill_last(look, ret_view);
	time_say_exact(look->time_ms, ret_view->time);
	ret_view->staff = look->staff;
	ret_view->given = look->state == DOOR_REFUSED ? words_reason(look->given) : "";
	if (look->recorded)
		snprintf(ret_view->entry, sizeof(ret_view->entry), "%" PRIu64 "-%" PRIu64,
		    look->epoch, look->seq);
	ret_view->undo_seconds = undo_left(desk->gate, look);
	fill_may(look, ret_view);
}

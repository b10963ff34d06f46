/* What an officer or a supervisor does about a look: the second half of gate/door/door.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/text.h"
#include "gate/door/door_private.h"
#include "gate/door/presence.h"
#include "schema/gate_db.h"

enum { WORDS_BYTES = 4 * DOOR_WORDS_MAX };

bool door_words_hold(const char *words, bool needed)
{
	size_t len = words == NULL ? 0 : strlen(words);

	if (len == 0)
		return !needed;
	return len <= WORDS_BYTES && text_is_plain(words, len);
}

static void set_time(struct door_step *step, const struct clock_reading *now)
{
	step->look->time_ms = now->time_ms;
	step->look->mono_ms = now->mono_ms;
	step->look->epoch = step->door->gate->journal.epoch;
}

/* What the journal's revision was: a step about nobody has no facts that say so. */
static int set_revision(struct door_step *step, struct store_tx *tx)
{
	return conference_revision(tx, &step->look->facts.revision);
}

/* ---- denying ---- */

static int deny_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct door_step *step = context;
	const struct door_says says = {ENTRY_DENY, reason_token(step->reason), "deny"};
	int r = set_revision(step, tx);

	(void)gate;
	if (r != 0)
		return r;
	set_time(step, now);
	r = door_record(step, &says, record);
	step->look->state = DOOR_REFUSED;
	step->look->given = step->reason;
	door_say(step->look);
	return r;
}

static bool may_deny(const struct door_look *look)
{
	return look->state == DOOR_ASK || look->state == DOOR_DENIED ||
	       look->state == DOOR_REFERRED || look->state == DOOR_UNDONE ||
	       look->state == DOOR_ASKED;
}

int door_deny(struct door *door, const struct door_who *who, struct door_look *look,
    enum reason reason, const char *words)
{
	struct door_step step = {.door = door, .who = who, .reason = reason, .words = words};

	if (!reason_is_officers(reason))
		return DOOR_NO_REASON;
	if (!door_words_hold(words, reason == REASON_OTHER))
		return DOOR_NO_WORDS;
	if (look != NULL && !may_deny(look))
		return DOOR_NOT_NOW;
	return door_run(&step, deny_body, look);
}

/* ---- leaving ---- */

static int exit_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct door_step *step = context;
	const struct door_says says = {ENTRY_EXIT, reason_token(REASON_OK), "exit"};
	int r = set_revision(step, tx);

	if (r != 0)
		return r;
	set_time(step, now);
	r = presence_exit(gate, tx, step->door->conference, step->look->facts.decide.pass,
	    now->time_ms, record->seq, step->who->staff);
	if (r == 0)
		r = door_record(step, &says, record);
	step->look->state = DOOR_EXITED;
	step->look->leaving = true;
	door_say(step->look);
	return r;
}

int door_exit(struct door *door, const struct door_who *who, struct door_look *look)
{
	struct door_step step = {.door = door, .who = who};

	bool elsewhere = look->verdict.reason == REASON_WRONG_CONFERENCE &&
			 look->state != DOOR_OVERRIDDEN && !look->facts.decide.inside;

	if (!look->facts.decide.has_pass || elsewhere || look->state == DOOR_EXITED ||
	    look->state == DOOR_NOTED || look->state == DOOR_FAILED)
		return DOOR_NOT_NOW;
	return door_run(&step, exit_body, look);
}

/* ---- a supervisor lets in ---- */

/* Decides again. What a supervisor did not see is not overridden: the look is a new one then. */
static int decide_again(
    struct door_step *step, struct store_tx *tx, const struct clock_reading *now)
{
	const struct door_look *look = step->look;
	const enum door_state state = look->state;
	const struct verdict was = look->verdict;
	const enum revoked_scope scope = look->facts.decide.restricted_scope;
	int r = door_decide(step, tx, now);

	if (r != 0)
		return r;
	step->changed = look->verdict.kind != was.kind || look->verdict.reason != was.reason ||
			look->facts.decide.restricted_scope != scope;
	if (!step->changed)
		step->look->state = state;
	return 0;
}

/* What it became is recorded as a look is. */
static int record_change(struct door_step *step, struct journal_record *record)
{
	if (step->look->state == DOOR_ASK)
		return DOOR_UNRECORDED;
	return door_record_verdict(step, record);
}

static int override_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct door_step *step = context;
	const struct door_says says = {ENTRY_OVERRIDE, step->override, "override"};
	int r = step->look->state == DOOR_NOTHING ? set_revision(step, tx)
						  : decide_again(step, tx, now);

	if (r != 0)
		return r;
	if (step->changed)
		return record_change(step, record);
	set_time(step, now);
	if (!step->look->facts.decide.has_pass)
		door_draw(step);
	r = presence_override(gate, tx, step->door->conference,
	    step->drawn ? step->drawn_pass : step->look->facts.decide.pass, now->time_ms,
	    record->seq, step->who->staff);
	if (r == 0)
		r = door_record(step, &says, record);
	door_drawn(step);
	step->look->state = DOOR_OVERRIDDEN;
	door_say(step->look);
	return r;
}

static bool may_override(const struct door_look *look)
{
	return look->state == DOOR_DENIED || look->state == DOOR_REFERRED ||
	       look->state == DOOR_REFUSED || look->state == DOOR_ASKED;
}

bool door_is_forged(const struct door_look *look)
{
	return look->verdict.reason == REASON_BAD_SIGNATURE ||
	       look->verdict.reason == REASON_UNKNOWN_KEY;
}

/* The officer's reason where an officer denied, else the machine's. */
static const char *overridden(const struct door_look *look)
{
	return reason_token(look->state == DOOR_REFUSED ? look->given : look->verdict.reason);
}

int door_override(struct door *door, const struct door_who *who, struct door_look *look,
    const char *person, const char *words)
{
	struct door_step step = {.door = door,
	    .who = who,
	    .words = words,
	    .person = person,
	    .mode = DOOR_PREVIEW,
	    .override = overridden(look)};
	int r;

	if (!may_override(look))
		return DOOR_NOT_NOW;
	if (door_is_forged(look))
		return DOOR_FORGED;
	if (!door_words_hold(words, true) || !door_words_hold(person, !look->facts.decide.has_pass))
		return DOOR_NO_WORDS;
	r = door_run(&step, override_body, look);
	return step.changed && (r == 0 || r == DOOR_UNRECORDED) ? DOOR_CHANGED : r;
}

int door_walk_up(struct door *door, const struct door_who *who, const char *person,
    const char *words, struct door_visit *ret_visit)
{
	struct door_step step = {
	    .door = door, .who = who, .words = words, .person = person, .override = "walk-up"};
	int r;

	if (!door_words_hold(words, true) || !door_words_hold(person, true))
		return DOOR_NO_WORDS;
	r = door_run(&step, override_body, NULL);
	if (r == 0) {
		ret_visit->epoch = step.done_epoch;
		ret_visit->seq = step.done_seq;
		memcpy(ret_visit->pass, step.drawn_pass, sizeof(ret_visit->pass));
	}
	return r;
}

/* Whether that is somebody inside who came without a pass. */
static int check_visitor(struct store_tx *tx, const struct door_step *step)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_PRESENCE_VISITOR,
	    STORE_ARGS(store_i64(step->door->conference), store_blob(step->drawn_pass, 16)), &rows);

	store_done(rows);
	if (r == STORE_NOT_FOUND)
		return DOOR_NOT_INSIDE;
	return r == STORE_ROW ? 0 : r;
}

static int leave_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	static const struct door_says says = {ENTRY_EXIT, "ok", "exit"};
	struct door_step *step = context;
	int r = check_visitor(tx, step);

	if (r == 0)
		r = set_revision(step, tx);
	if (r != 0)
		return r;
	set_time(step, now);
	r = presence_exit(gate, tx, step->door->conference, step->drawn_pass, now->time_ms,
	    record->seq, step->who->staff);
	return r == 0 ? door_record(step, &says, record) : r;
}

int door_leave(struct door *door, const struct door_who *who, const uint8_t pass[static 16])
{
	struct door_step step = {.door = door, .who = who, .drawn = true};

	memcpy(step.drawn_pass, pass, sizeof(step.drawn_pass));
	return door_run(&step, leave_body, NULL);
}

/* ---- taking back ---- */

static int read_entry(struct store_tx *tx, const struct door_step *step, struct entry *ret_entry)
{
	struct store_rows *rows = NULL;
	const void *text;
	size_t len;
	int r = store_one(tx, GATE_Q_ENTRY_GET,
	    STORE_ARGS(store_i64((int64_t)step->epoch), store_i64((int64_t)step->seq)), &rows);

	if (r == STORE_ROW) {
		text = store_get_blob(rows, 0, &len);
		r = entry_parse(text, len, ret_entry) == 0 ? 0 : STORE_CORRUPT;
	} else if (r == STORE_NOT_FOUND) {
		r = DOOR_NOT_THERE;
	}
	store_done(rows);
	return r;
}

unsigned door_undo_ms(const struct gate *gate)
{
	return gate->options.undo_ms != 0 ? gate->options.undo_ms : DOOR_UNDO_MS;
}

/* By the time since boot, which nobody sets; after a new start of the machine it is too late. */
static bool is_late(
    const struct gate *gate, const struct entry *entry, const struct clock_reading *now)
{
	return memcmp(entry->boot, now->boot, sizeof(entry->boot)) != 0 ||
	       now->mono_ms < entry->mono_ms || now->mono_ms - entry->mono_ms > door_undo_ms(gate);
}

static int check_undo(struct store_tx *tx, const struct door_step *step,
    const struct clock_reading *now, struct entry *ret_entry)
{
	struct presence presence = {0};
	int r = read_entry(tx, step, ret_entry);

	if (r != 0)
		return r;
	if ((ret_entry->decision != ENTRY_ADMIT && ret_entry->decision != ENTRY_OVERRIDE) ||
	    !ret_entry->has_pass || strcmp(ret_entry->event, step->door->slug) != 0)
		return DOOR_NOT_THERE;
	if (is_late(step->door->gate, ret_entry, now))
		return DOOR_LATE;
	r = presence_find(tx, step->door->conference, ret_entry->pass, &presence);
	if (r == STORE_NOT_FOUND)
		return DOOR_NOT_THERE;
	if (r != STORE_ROW)
		return r;
	if (!presence.inside || presence.epoch != step->epoch || presence.seq != step->seq ||
	    strcmp(presence.device, step->door->gate->identity.device) != 0)
		return DOOR_NOT_THERE;
	return 0;
}

static int undo_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	static const struct door_says says = {ENTRY_VOID, "undo", "void"};
	struct door_step *step = context;
	struct entry entry = {0};
	int r = check_undo(tx, step, now, &entry);

	if (r == 0)
		r = set_revision(step, tx);
	if (r == 0)
		r = presence_void(gate, tx, step->door->conference, entry.pass);
	if (r != 0)
		return r;
	set_time(step, now);
	step->look->facts.decide.has_pass = true;
	memcpy(step->look->facts.decide.pass, entry.pass, sizeof(entry.pass));
	r = door_record(step, &says, record);
	step->look->state = DOOR_UNDONE;
	door_say(step->look);
	return r;
}

int door_undo(struct door *door, const struct door_who *who, uint64_t epoch, uint64_t seq,
    struct door_look *look)
{
	struct door_step step = {.door = door, .who = who, .epoch = epoch, .seq = seq};

	if (epoch > INT64_MAX || seq > INT64_MAX)
		return DOOR_NOT_THERE;
	return door_run(&step, undo_body, look);
}

/* ---- old lists ---- */

static void accepted_key(uint32_t conference, char ret_key[static 32])
{
	snprintf(ret_key, 32, "accepted:%u", (unsigned)conference);
}

int door_accepted(struct store_tx *tx, uint32_t conference, int64_t *ret_until)
{
	char key[32];
	int64_t until = 0;
	int r;

	accepted_key(conference, key);
	r = gate_meta_i64(tx, key, &until);
	if (r != STORE_ROW && r != STORE_NOT_FOUND)
		return r;
	*ret_until = until;
	return 0;
}

static int accept_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	static const struct door_says says = {ENTRY_SYNC, "stale-accepted", "accept"};
	struct door_step *step = context;
	int64_t now_s = now->time_ms / 1000;
	char key[32];
	int r = set_revision(step, tx);

	(void)gate;
	if (step->until <= now_s || step->until > now_s + DOOR_ACCEPT_MAX)
		return DOOR_LATE;
	accepted_key(step->door->conference, key);
	if (r == 0)
		r = gate_meta_set(tx, key, store_i64(step->until));
	return r == 0 ? door_record(step, &says, record) : r;
}

int door_accept_stale(
    struct door *door, const struct door_who *who, int64_t until, const char *words)
{
	struct door_step step = {.door = door, .who = who, .until = until, .words = words};

	if (!door_words_hold(words, true))
		return DOOR_NO_WORDS;
	return door_run(&step, accept_body, NULL);
}

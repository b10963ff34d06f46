#include "gate/facts.h"

#include <sodium.h>
#include <string.h>

#include "badges/class.h"
#include "badges/code.h"
#include "badges/pass.h"
#include "gate/door/door.h"
#include "gate/door/presence.h"
#include "gate/door/stop.h"
#include "schema/gate_db.h"

enum {
	CODE_STORED_LEN = 8,	  /* without its dash */
	PASS_BEFORE_DOORS = 7200, /* a typed code is good as long as the passes of its */
	PASS_AFTER_END = 3600,	  /* conference: from 2 h before doors to 1 h after the end */
	NO_CLASS = UINT8_MAX,	  /* of a person without a pass: no restriction of a class hits */
	UNHEARD_BEFORE_DOORS = 7200, /* a gate heard since then takes part in this conference */
};

/* The age of the revocations, and with all issue times the floor under the clock. */
static int gather_lists(
    struct gate *gate, struct store_tx *tx, const struct clock_reading *now, struct facts *facts)
{
	struct clock_floor floor = {.entry_ms = gate->journal.newest_ms};
	struct store_rows *rows = NULL;
	int64_t issued = facts->conference.issued, revoked_issued;
	int r = store_one(tx, GATE_Q_REVOKED_STATE, STORE_NO_ARGS, &rows);

	if (r != STORE_ROW)
		return r;
	facts->revision = (uint64_t)store_get_i64(rows, 0);
	revoked_issued = store_get_i64(rows, 1);
	facts->decide.revoked_not_after = store_get_i64(rows, 2);
	facts->decide.revoked_checked = store_get_i64(rows, 3);
	store_done(rows);
	if (revoked_issued > issued)
		issued = revoked_issued;
	if (gate->keys != NULL && gate->keys->head.issued > issued)
		issued = gate->keys->head.issued;
	floor.bundle_ms = issued * 1000;
	facts->decide.clock_suspect = clock_suspect(&gate->clock, now, &floor);
	facts->decide.roster_checked = facts->conference.checked;
	facts->decide.roster_not_after = facts->conference.not_after;
	return door_accepted(tx, facts->conference.number, &facts->decide.accepted_until);
}

/* Known by its line on the roster alone: its times are the conference's. */
static void take_typed(struct facts *facts)
{
	facts->decide.typed = true;
	facts->decide.nbf = facts->conference.doors - PASS_BEFORE_DOORS;
	facts->decide.exp = facts->conference.ends + PASS_AFTER_END;
	facts->decide.conference = facts->conference.number;
}

/* A typed code: the pass it stands for, when exactly one roster line has it. */
static int open_code(struct store_tx *tx, struct facts *facts, const char *code)
{
	char stored[CODE_STORED_LEN];
	struct store_rows *rows = NULL;
	uint8_t pass[16];
	int count = 0, r;

	memcpy(stored, code, 4);
	memcpy(stored + 4, code + 5, 4);
	take_typed(facts);
	r = store_query(tx, GATE_Q_ROSTER_BY_CODE,
	    STORE_ARGS(store_i64(facts->conference.number), store_textn(stored, sizeof(stored))),
	    &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = store_get_fixed(rows, 0, pass, sizeof(pass));
		facts->decide.pass_class = (uint8_t)store_get_i64(rows, 1);
		count++;
	}
	store_done(rows);
	if (r == 0 && count == 1) {
		memcpy(facts->decide.pass, pass, sizeof(pass));
		facts->decide.has_pass = true;
	}
	return r;
}

static void take_claims(struct facts *facts, const struct pass_claims *claims)
{
	struct decide_facts *decide = &facts->decide;

	memcpy(decide->pass, claims->id, sizeof(decide->pass));
	decide->has_pass = true;
	decide->conference = claims->conference;
	decide->pass_class = claims->pass_class;
	decide->flags = claims->flags;
	decide->nbf = claims->nbf;
	decide->exp = claims->exp;
	memcpy(facts->name, claims->name, claims->name_len);
	memcpy(facts->outlet, claims->outlet, claims->outlet_len);
}

static int open_pass(
    struct gate *gate, struct store_tx *tx, struct facts *facts, const char *text, size_t len)
{
	const struct pass_want want = {
	    .has_conference = true,
	    .conference = facts->conference.number,
	    .classes = facts->conference.classes,
	    .has_now = true,
	    .now = facts->decide.now,
	};
	struct pass_claims claims = {0};
	struct pass_view view;
	struct conference other;
	enum reason reason = REASON_MALFORMED;
	int r;

	if (gate->keys == NULL)
		reason = pass_parse(text, len, &view) == 0 ? REASON_UNKNOWN_KEY : REASON_MALFORMED;
	else if (pass_open(text, len, gate->keys, &want, &claims, &reason) == 0)
		reason = REASON_OK;
	facts->decide.opened = reason;
	if (reason == REASON_MALFORMED || reason == REASON_UNKNOWN_KEY ||
	    reason == REASON_BAD_SIGNATURE)
		return 0;
	take_claims(facts, &claims);
	if (reason != REASON_WRONG_CONFERENCE)
		return 0;
	r = conference_by_number(tx, claims.conference, &other);
	if (r == STORE_ROW) {
		memcpy(facts->other_title, other.title, sizeof(other.title));
		facts->decide.conference_title = facts->other_title;
	}
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

static int gather_roster(struct gate *gate, struct store_tx *tx, struct facts *facts)
{
	struct person *person = &facts->person;
	int r = person_find(gate, tx, facts->conference.number, facts->decide.pass, person);

	if (r == STORE_NOT_FOUND)
		return 0;
	/* A line whose names do not open decides all the same. */
	if (r != STORE_ROW && r != VAULT_BAD)
		return r;
	facts->decide.on_roster = true;
	facts->decide.roster_class = person->pass_class;
	facts->decide.roster_status = person->status;
	if (!person->sealed) {
		memcpy(facts->name, person->name, sizeof(facts->name));
		memcpy(facts->outlet, person->outlet, sizeof(facts->outlet));
	}
	return 0;
}

static int gather_revocation(struct store_tx *tx, struct facts *facts)
{
	struct store_rows *rows = NULL;
	int r = store_one(
	    tx, GATE_Q_REVOCATION_FIND, STORE_ARGS(store_blob(facts->decide.pass, 16)), &rows);

	if (r == STORE_ROW)
		facts->decide.revoked_class = (uint8_t)store_get_i64(rows, 0);
	store_done(rows);
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

/* The Service's words; "" while nobody who can read them is signed in. */
static int take_words(
    struct gate *gate, struct store_tx *tx, struct store_rows *rows, struct facts *facts)
{
	const struct vault_place place = {.table = "restriction", .number = store_get_i64(rows, 1)};
	size_t len;
	const void *blob = store_get_blob(rows, 3, &len);
	int r;

	if (len < VAULT_OVERHEAD || len > CONFERENCE_TEXT_MAX + VAULT_OVERHEAD)
		return 0;
	r = vault_unseal(gate, tx, &place, store_get_i64(rows, 2), blob, len,
	    (uint8_t *)facts->restricted_words);
	facts->restricted_words[r == 0 ? len - VAULT_OVERHEAD : 0] = '\0';
	return r == VAULT_LOCKED || r == VAULT_BAD ? 0 : r;
}

static int gather_restriction(struct gate *gate, struct store_tx *tx, struct facts *facts)
{
	struct store_rows *rows = NULL;
	unsigned class =
	    facts->decide.on_roster ? facts->decide.roster_class : facts->decide.pass_class;
	int r = store_one(tx, GATE_Q_RESTRICTION_HIT,
	    STORE_ARGS(store_i64(facts->decide.now), store_i64(facts->conference.number),
		store_i64(class), store_i64(facts->person.outlet_number),
		store_blob(facts->decide.pass, 16),
		/* By a clock that is behind, yet not suspect, it has begun all the same. */
		store_i64(facts->decide.now + CLOCK_TOLERANCE_MS / 1000)),
	    &rows);

	if (r == STORE_ROW) {
		facts->decide.restricted = true;
		facts->decide.restricted_scope = (enum revoked_scope)store_get_i64(rows, 0);
		facts->decide.restricted_words = facts->restricted_words;
		r = take_words(gate, tx, rows, facts);
	} else if (r == STORE_NOT_FOUND) {
		r = 0;
	}
	store_done(rows);
	return r;
}

/* What supervisors stopped at a door: the wider of it and the registrar's counts. */
static int gather_stop(struct gate *gate, struct store_tx *tx, struct facts *facts)
{
	struct decide_facts *decide = &facts->decide;
	struct stop stop;
	int r = stop_hit(gate, tx, facts->conference.slug, decide->pass, &stop);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? 0 : r;
	if (decide->restricted && decide->restricted_scope <= stop.scope)
		return 0;
	decide->restricted = true;
	decide->restricted_scope = stop.scope;
	decide->restricted_words = facts->restricted_words;
	return store_copy_text(
	    facts->restricted_words, sizeof(facts->restricted_words), stop.words);
}

static int gather_presence(
    struct gate *gate, struct store_tx *tx, const struct clock_reading *now, struct facts *facts)
{
	struct presence presence = {0};
	int r = presence_find(tx, facts->conference.number, facts->decide.pass, &presence);

	if (r == STORE_ROW) {
		facts->decide.inside = presence.inside;
		facts->decide.entries = presence.entries;
		facts->decide.last_s = presence.time_ms / 1000;
		memcpy(facts->last_gate, presence.device, sizeof(facts->last_gate));
		facts->decide.last_gate = facts->last_gate;
		memcpy(facts->last_staff, presence.staff, sizeof(facts->last_staff));
		facts->decide.last_staff = facts->last_staff;
	} else if (r != STORE_NOT_FOUND) {
		return r;
	}
	r = peer_unheard(gate, tx, now, facts->conference.doors - UNHEARD_BEFORE_DOORS,
	    &facts->decide.doors_unheard, facts->unheard);
	facts->decide.unheard_names = facts->unheard;
	if (r != 0 || facts->policy.capacity == 0)
		return r;
	return presence_inside(gate, tx, facts->conference.number, &facts->decide.inside_count);
}

/* What is known of a pass that belongs here. */
static int gather_holder(
    struct gate *gate, struct store_tx *tx, const struct clock_reading *now, struct facts *facts)
{
	int r = gather_roster(gate, tx, facts);

	if (r == 0)
		r = gather_revocation(tx, facts);
	if (r == 0)
		r = gather_restriction(gate, tx, facts);
	if (r == 0)
		r = gather_stop(gate, tx, facts);
	if (r == 0)
		r = gather_presence(gate, tx, now, facts);
	return r;
}

/* A pass of another conference: whose it is, where that roster is held as well; and whether a
 * supervisor let it in here. */
static int gather_stranger(
    struct gate *gate, struct store_tx *tx, const struct clock_reading *now, struct facts *facts)
{
	struct person other;
	int r = person_find(gate, tx, facts->decide.conference, facts->decide.pass, &other);

	if (r == STORE_ROW && !other.sealed) {
		memcpy(facts->name, other.name, sizeof(facts->name));
		memcpy(facts->outlet, other.outlet, sizeof(facts->outlet));
	}
	sodium_memzero(&other, sizeof(other));
	return r == STORE_ROW || r == STORE_NOT_FOUND || r == VAULT_BAD
		   ? gather_presence(gate, tx, now, facts)
		   : r;
}

static int open_text(
    struct gate *gate, struct store_tx *tx, struct facts *facts, const char *text, size_t len)
{
	char code[CODE_TEXT_LEN + 1];

	if ((len == CODE_STORED_LEN || len == CODE_TEXT_LEN) && code_read(text, len, code) == 0)
		return open_code(tx, facts, code);
	return open_pass(gate, tx, facts, text, len);
}

/* What is looked at: a text, or a pass that was picked. */
struct subject {
	const char *text;
	size_t len;
	const uint8_t *picked; /* 16 bytes, or NULL */
};

static int open_picked(struct store_tx *tx, struct facts *facts, const uint8_t pass[static 16])
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_ROSTER_CLASS,
	    STORE_ARGS(store_i64(facts->conference.number), store_blob(pass, 16)), &rows);

	take_typed(facts);
	if (r == STORE_ROW) {
		facts->decide.pass_class = (uint8_t)store_get_i64(rows, 0);
		facts->decide.has_pass = true;
		memcpy(facts->decide.pass, pass, 16);
	}
	store_done(rows);
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

static int open_subject(
    struct gate *gate, struct store_tx *tx, struct facts *facts, const struct subject *subject)
{
	if (subject->picked != NULL)
		return open_picked(tx, facts, subject->picked);
	return open_text(gate, tx, facts, subject->text, subject->len);
}

static int gather(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    uint32_t conference, const struct subject *subject, struct facts *facts)
{
	int r;

	memset(facts, 0, sizeof(*facts));
	facts->decide.now = now->time_ms / 1000;
	r = conference_by_number(tx, conference, &facts->conference);
	if (r != STORE_ROW)
		return r;
	conference_policy(&facts->conference, &facts->policy);
	r = gather_lists(gate, tx, now, facts);
	if (r == 0)
		r = open_subject(gate, tx, facts, subject);
	if (r == 0 && facts->decide.has_pass && facts->decide.conference == conference)
		r = gather_holder(gate, tx, now, facts);
	else if (r == 0 && facts->decide.has_pass)
		r = gather_stranger(gate, tx, now, facts);
	if (r == 0 && facts->decide.has_pass)
		facts->class_token =
		    class_token(facts->decide.on_roster ? facts->decide.roster_class
							: facts->decide.pass_class);
	return r;
}

int facts_gather(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    uint32_t conference, const char *text, size_t len, struct facts *ret_facts)
{
	const struct subject subject = {.text = text, .len = len};

	return gather(gate, tx, now, conference, &subject, ret_facts);
}

int facts_gather_pick(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    uint32_t conference, const uint8_t pass[static 16], struct facts *ret_facts)
{
	const struct subject subject = {.picked = pass};

	return gather(gate, tx, now, conference, &subject, ret_facts);
}

int facts_gather_referred(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    uint32_t conference, const uint8_t *pass, struct facts *ret_facts)
{
	struct facts *facts = ret_facts;
	int r;

	memset(facts, 0, sizeof(*facts));
	facts->decide.now = now->time_ms / 1000;
	r = conference_by_number(tx, conference, &facts->conference);
	if (r != STORE_ROW)
		return r;
	conference_policy(&facts->conference, &facts->policy);
	take_typed(facts);
	facts->decide.pass_class = NO_CLASS;
	facts->decide.has_pass = pass != NULL;
	if (pass != NULL)
		memcpy(facts->decide.pass, pass, sizeof(facts->decide.pass));
	r = gather_lists(gate, tx, now, facts);
	return r == 0 ? gather_holder(gate, tx, now, facts) : r;
}

static void aim(const char **text, const char *from, const char *to)
{
	if (*text == from)
		*text = to;
}

void facts_copy(struct facts *to, const struct facts *from)
{
	struct decide_facts *decide = &to->decide;

	if (to != from)
		memcpy(to, from, sizeof(*to));
	aim(&decide->conference_title, from->other_title, to->other_title);
	aim(&decide->restricted_words, from->restricted_words, to->restricted_words);
	aim(&decide->last_gate, from->last_gate, to->last_gate);
	aim(&decide->last_staff, from->last_staff, to->last_staff);
	aim(&decide->unheard_names, from->unheard, to->unheard);
}

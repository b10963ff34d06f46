#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "badges/pass.h"
#include "gate/seal/digest.h"
#include "gate/seal/photo.h"
#include "gate/ready/ready_private.h"
#include "gate/door/words.h"
#include "schema/gate_db.h"

enum { LIFE_PART = 4 }; /* with a quarter of an object's life left, a newer one is overdue */

#define SYNC_REMEDY "Bring the gate to the network, and run: gate sync"

/* Seconds since the registrar said that a list is the newest; -1: never, or in the future. */
static int64_t age_of(int64_t checked, int64_t now)
{
	if (checked == 0 || checked > now + PASS_SKEW)
		return -1;
	return now > checked ? now - checked : 0;
}

/* A list by its age under the conference's limits, and by its end. */
static enum ready_state judge_age(const struct looking *looking, int64_t age, int64_t not_after)
{
	int64_t amber = looking->has_next ? looking->next.amber : 0;
	int64_t red = looking->has_next ? looking->next.red : 0;

	if (age < 0 || looking->now_s >= not_after || (red > 0 && age > red))
		return READY_BAD;
	return amber > 0 && age > amber ? READY_WARN : READY_OK;
}

static void say_age(int64_t age, char ret[static WORDS_AGE_MAX + 16])
{
	char words[WORDS_AGE_MAX];

	words_age(age, words);
	(void)snprintf(ret, WORDS_AGE_MAX + 16, age < 0 ? "never confirmed" : "%s old", words);
}

static int64_t number(
    struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args)
{
	struct store_rows *rows = NULL;
	int64_t value = -1;

	if (store_one(tx, query, args, n_args, &rows) == STORE_ROW)
		value = store_get_i64(rows, 0);
	store_done(rows);
	return value;
}

static bool unreadable(const struct store_tx *tx, struct ready_finding *finding)
{
	if (tx != NULL)
		return false;
	ready_say(finding, READY_BAD, "See the finding about the store.",
	    "This can't be looked up: the store can't be read.");
	return true;
}

void ready_registrar(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	const struct sync_side *down = &looking->sync.side[SYNC_DOWN];
	char when[WORDS_TIME_MAX];

	(void)tx;
	words_time(down->good, looking->now_s, when);
	if (!looking->syncing)
		ready_say(finding, READY_WARN, "Run: gate desk, gate scan or gate sync",
		    "Nothing syncs with the registrar now.");
	else if (down->result == SYNC_REFUSED)
		ready_say(finding, READY_BAD, "Enrol a new folder under a new name.",
		    "The registrar refuses this gate: it was revoked.");
	else if (down->good == 0)
		ready_say(finding, READY_WARN, "Look at the network; the gate goes on without it.",
		    "The registrar has not been reached yet.");
	else if (down->failures > 0)
		ready_say(finding, READY_WARN, "Look at the network; the gate goes on without it.",
		    "The registrar has not been reached since %s.", when);
	else
		ready_say(finding, READY_OK, "", "The registrar answers.");
}

void ready_keys(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	const struct keyset *keys = looking->gate->keys;
	char words[WORDS_AGE_MAX];
	int64_t left, life;

	(void)tx;
	if (keys == NULL || looking->gate->keys_behind) {
		ready_say(finding, READY_BAD, SYNC_REMEDY,
		    "This gate holds no keys, or not the newest: no pass can be checked.");
		return;
	}
	left = keys->head.not_after - looking->now_s;
	life = keys->head.not_after - keys->head.issued;
	words_age(left < 0 ? -left : left, words);
	if (left <= 0)
		ready_say(finding, READY_BAD, SYNC_REMEDY, "The list of keys ended %s ago.", words);
	else
		ready_say(finding, left < life / LIFE_PART ? READY_WARN : READY_OK,
		    left < life / LIFE_PART ? SYNC_REMEDY : "", "The list of keys holds for %s.",
		    words);
}

/* What the digest says of a list that is held (digest.h): read through only where a look may take
 * its time. A damaged one is marked so, and its age says so. */
static bool is_damaged(const struct looking *looking, struct store_tx *tx, digest_list list,
    struct ready_finding *finding)
{
	bool holds = true;

	if (looking->depth != READY_FULL || (digest_holds(tx, list, &holds) == 0 && holds))
		return false;
	ready_say(finding, READY_BAD, SYNC_REMEDY,
	    "The %s held is not as it was received: it is damaged, and is fetched whole.",
	    list == 0 ? "list of cancellations and restrictions" : "roster");
	return true;
}

void ready_revocations(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	struct store_rows *rows = NULL;
	char age_words[WORDS_AGE_MAX + 16];
	enum ready_state state;
	int64_t age;

	if (unreadable(tx, finding))
		return;
	if (store_one(tx, GATE_Q_REVOKED_STATE, STORE_NO_ARGS, &rows) != STORE_ROW ||
	    store_get_i64(rows, 0) == 0) {
		ready_say(finding, READY_BAD, SYNC_REMEDY,
		    "This gate holds no list of cancelled passes.");
	} else if (!is_damaged(looking, tx, 0, finding)) {
		age = age_of(store_get_i64(rows, 3), looking->now_s);
		looking->facts->revoked_age = age;
		state = judge_age(looking, age, store_get_i64(rows, 2));
		say_age(age, age_words);
		ready_say(finding, state, state == READY_OK ? "" : SYNC_REMEDY,
		    "Cancellations and restrictions: %s.", age_words);
	}
	store_done(rows);
}

static void say_roster(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	const struct conference *next = &looking->next;
	int64_t age = age_of(next->checked, looking->now_s);
	int64_t lines = number(tx, GATE_Q_ROSTER_COUNT, STORE_ARGS(store_i64(next->number)));
	enum ready_state state = judge_age(looking, age, next->not_after);
	char age_words[WORDS_AGE_MAX + 16], doors[WORDS_TIME_MAX], until[WORDS_TIME_MAX];

	(void)snprintf(looking->facts->next, sizeof(looking->facts->next), "%s", next->slug);
	looking->facts->roster_age = age;
	say_age(age, age_words);
	words_time(next->doors, looking->now_s, doors);
	words_time(next->not_after, looking->now_s, until);
	if (state == READY_OK && lines == 0)
		state = READY_WARN;
	if (is_damaged(looking, tx, next->number, finding))
		return;
	ready_say(finding, state, state == READY_OK ? "" : SYNC_REMEDY,
	    "%s, doors %s: %" PRId64 " lines, %s, good until %s.", next->slug, doors, lines,
	    age_words, until);
}

void ready_roster(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	if (unreadable(tx, finding))
		return;
	if (looking->has_next)
		say_roster(looking, tx, finding);
	else if (looking->rosters > 0)
		ready_say(finding, READY_WARN, SYNC_REMEDY,
		    "The rosters held are of conferences that are over.");
	else
		ready_say(finding, READY_BAD, SYNC_REMEDY, "This gate holds no roster.");
}

void ready_photos(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	uint64_t wanted = 0, held = 0;
	int r;

	if (unreadable(tx, finding))
		return;
	r = looking->has_next ? photo_count(tx, looking->next.number, &wanted, &held) : 0;
	looking->facts->photos_wanted = wanted;
	looking->facts->photos_held = held;
	if (r != 0)
		ready_say(finding, READY_BAD, "See the finding about the store.",
		    "The photographs can't be counted.");
	else if (held < wanted)
		ready_say(finding, READY_WARN, SYNC_REMEDY,
		    "%" PRIu64 " of the %" PRIu64 " photographs of that roster are missing.",
		    wanted - held, wanted);
	else if (wanted == 0)
		ready_say(finding, READY_OK, "", "The roster shows no photographs.");
	else
		ready_say(finding, READY_OK, "",
		    "All %" PRIu64 " photographs of that roster are here.", wanted);
}

void ready_staff(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	struct store_rows *rows = NULL;
	int64_t openers = -1, not_after = 0;

	(void)looking;
	if (unreadable(tx, finding))
		return;
	if (store_one(tx, GATE_Q_READY_STAFF, STORE_NO_ARGS, &rows) == STORE_ROW) {
		openers = store_get_i64(rows, 0);
		not_after = store_get_i64(rows, 1);
	}
	store_done(rows);
	if (not_after == 0)
		ready_say(finding, READY_WARN, SYNC_REMEDY,
		    "No list of officers is held: nobody can sign in.");
	else if (openers <= 0)
		ready_say(finding, READY_WARN,
		    "Give an officer a PIN at the registrar: registrar staff pin NAME",
		    "No officer can open names and photographs.");
	else
		ready_say(finding, not_after <= looking->now_s ? READY_WARN : READY_OK,
		    not_after <= looking->now_s ? SYNC_REMEDY : "",
		    "%" PRId64 " %s can sign in and open names and photographs.", openers,
		    openers == 1 ? "officer" : "officers");
}

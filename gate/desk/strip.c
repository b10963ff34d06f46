/* The state of the door: for the strip of every page, and as JSON for the script that keeps it. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/pass.h"
#include "gate/desk/handlers.h"
#include "gate/sync/lists.h"
#include "gate/peer/peer.h"
#include "gate/door/presence.h"
#include "gate/door/referral.h"
#include "gate/door/stop.h"
#include "gate/sync/sync.h"
#include "schema/gate_db.h"

enum { UNHEARD_BEFORE_DOORS = 7200 };

struct looking {
	struct gate *gate;
	const struct desk_session *session;
	struct view_strip *strip;
	struct store_tx *tx;
	struct clock_reading now;
	int64_t now_s;
	struct conference conference;
};

const char *view_colour_word(enum view_colour colour)
{
	static const char *const words[] = {"green", "amber", "red"};

	return words[colour];
}

/* As decide sees it: a confirmation in the future says nothing. */
static int64_t age_of(int64_t checked, int64_t now)
{
	if (checked == 0 || checked > now + PASS_SKEW)
		return -1;
	return now > checked ? now - checked : 0;
}

static void fill_age(
    const struct looking *at, int64_t checked, int64_t not_after, struct view_list_age *age)
{
	const struct conference *conference = &at->conference;

	age->seconds = age_of(checked, at->now_s);
	age->colour = VIEW_GREEN;
	if (age->seconds < 0 || at->now_s >= not_after ||
	    (conference->red > 0 && age->seconds > conference->red))
		age->colour = VIEW_RED;
	else if (conference->amber > 0 && age->seconds > conference->amber)
		age->colour = VIEW_AMBER;
	if (age->seconds < 0)
		snprintf(age->words, sizeof(age->words), "never confirmed");
	else
		words_age(age->seconds, age->words);
}

static int fill_lists(struct looking *at)
{
	struct lists_held revoked = {0};
	int64_t accepted = 0;
	int r = conference_by_number(at->tx, at->session->door.conference, &at->conference);

	if (r != STORE_ROW)
		return r;
	fill_age(at, at->conference.checked, at->conference.not_after, &at->strip->roster);
	r = lists_held(at->tx, LISTS_REVOKED, 0, &revoked);
	if (r == 0)
		r = door_accepted(at->tx, at->conference.number, &accepted);
	if (r != 0)
		return r;
	fill_age(at, revoked.checked, revoked.not_after, &at->strip->revoked);
	if (accepted > at->now_s)
		time_say(accepted, at->strip->accepted);
	at->strip->capacity = at->conference.capacity;
	return 0;
}

static int count_answer(void *context, const struct referral *referral)
{
	size_t *n = context;

	*n += referral->answer[0] != '\0' && referral->closed_ms == 0;
	return 0;
}

static int fill_counts(struct looking *at)
{
	struct view_strip *strip = at->strip;
	struct store_rows *rows = NULL;
	int64_t conflicts = 0;
	int r = store_one(at->tx, GATE_Q_JOURNAL_TOTALS, STORE_NO_ARGS, &rows);

	if (r == STORE_ROW)
		strip->unsent = (uint64_t)(store_get_i64(rows, 0) - store_get_i64(rows, 1) -
					   store_get_i64(rows, 3));
	store_done(rows);
	if (r == STORE_ROW)
		r = presence_inside(at->gate, at->tx, at->conference.number, &strip->inside);
	if (r == 0)
		r = presence_conflict_count(at->tx, at->conference.number, &conflicts);
	strip->conflicts = (size_t)conflicts;
	if (r == 0)
		r = referral_each(
		    at->gate, at->tx, at->conference.number, count_answer, &strip->answers);
	return r;
}

static int fill_doors(struct looking *at)
{
	char names[PEER_NAMES_MAX] = "";
	unsigned n = 0;
	int r = peer_unheard(
	    at->gate, at->tx, &at->now, at->conference.doors - UNHEARD_BEFORE_DOORS, &n, names);

	if (r == 0 && n > 0)
		snprintf(at->strip->unheard, sizeof(at->strip->unheard), "%s", names);
	return r;
}

static int fill_stop(struct looking *at)
{
	struct stop stop;
	int r = stop_standing(at->gate, at->tx, at->now_s, at->conference.number, &stop);

	if (r == STORE_NOT_FOUND)
		return 0;
	if (r != STORE_ROW)
		return r;
	at->strip->stopped = true;
	at->strip->stop_scope = stop.scope == REVOKED_SCOPE_BUILDING ? "building" : "conference";
	snprintf(at->strip->stop_words, sizeof(at->strip->stop_words), "%s", stop.words);
	if (stop.since_ms != 0)
		time_say_ms(stop.since_ms, at->strip->stop_since);
	return 0;
}

static void fill_clock(struct looking *at)
{
	struct clock_floor floor = {.entry_ms = at->gate->journal.newest_ms};

	if (at->gate->keys != NULL)
		floor.bundle_ms = at->gate->keys->head.issued * 1000;
	if (at->conference.issued * 1000 > floor.bundle_ms)
		floor.bundle_ms = at->conference.issued * 1000;
	if (clock_suspect(&at->gate->clock, &at->now, &floor))
		at->strip->clock = "This gate's clock is wrong: nobody can be admitted by it.";
}

static void fill_sync(struct looking *at)
{
	struct sync_status status = {0};
	const struct sync_side *down = &status.side[SYNC_DOWN];

	if (at->gate->sync == NULL)
		return;
	sync_status(at->gate->sync, &status);
	at->strip->online = down->result == SYNC_LISTS || (down->good != 0 && down->failures == 0);
	if (!at->strip->online && down->good != 0)
		time_say(down->good, at->strip->since);
}

static int fill_all(struct looking *at)
{
	int r = fill_lists(at);

	if (r == 0)
		r = fill_counts(at);
	if (r == 0)
		r = fill_doors(at);
	if (r == 0)
		r = fill_stop(at);
	return r;
}

/* What a script is to be told at once; ages go on by themselves. */
static void fill_tag(struct view_strip *strip)
{
	uint8_t hash[crypto_generichash_BYTES_MIN];
	char text[2 * CONFERENCE_TEXT_MAX];

	snprintf(text, sizeof(text), "%d %s %llu %d %d %s %s %s %lld %u %s %s %s %zu %zu %s",
	    strip->online, strip->since, (unsigned long long)strip->unsent, strip->roster.colour,
	    strip->revoked.colour, strip->accepted, strip->clock, strip->journal,
	    (long long)strip->inside, strip->capacity, strip->stop_scope, strip->stop_words,
	    strip->stop_since, strip->conflicts, strip->answers, strip->unheard);
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, strlen(text), NULL, 0);
	bytes_hex(hash, (sizeof(strip->tag) - 1) / 2, strip->tag);
}

void strip_fill(struct desk *desk, const struct desk_session *session, struct view_strip *ret_strip)
{
	struct looking at = {.gate = desk->gate, .session = session, .strip = ret_strip};
	int r = STORE_CLOSED;

	memset(ret_strip, 0, sizeof(*ret_strip));
	ret_strip->conference = session->door.title;
	ret_strip->door = desk->gate->identity.device;
	ret_strip->officer = session->officer;
	ret_strip->supervisor = session->role == STAFF_SUPERVISOR;
	ret_strip->clock = ret_strip->journal = "ok";
	ret_strip->stop_scope = "";
	gate_lock(desk->gate);
	if (clock_read(&desk->gate->clock, &at.now) == 0 && desk->gate->store != NULL)
		r = store_read_begin(desk->gate->store, &at.tx);
	at.now_s = at.now.time_ms / 1000;
	time_say_exact(at.now.time_ms, ret_strip->at);
	if (r == 0)
		r = fill_all(&at);
	store_read_end(at.tx);
	if (r == 0)
		fill_clock(&at);
	fill_sync(&at);
	if (r == STORE_NOT_FOUND)
		ret_strip->journal = "This gate no longer holds this conference: end the shift.";
	else if (r != 0 || desk->gate->journal.failed != 0)
		ret_strip->journal = "Entries can't be recorded: use the paper list.";
	gate_unlock(desk->gate);
	fill_tag(ret_strip);
}

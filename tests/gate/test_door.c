/* The steps at a door: what is recorded when, and what changed since a look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gate/door/door.h"
#include "gate/door/presence.h"
#include "schema/gate_db.h"
#include "tests/gate/world.h"

enum { NOW = 1789221802, PEOPLE = 6 };

struct bench {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate *gate;
	struct door door;
	struct door_look look;
};

static const struct door_who officer = {.staff = "officer1"};
static const struct door_who supervisor = {.staff = "super1", .officer = "officer1"};

static int set_up(void **state)
{
	static struct bench bench;
	struct gate_options options = {
	    .clock_source = world_time, .clock_context = &bench.clock, .built_s = NOW - 86400};

	memset(&bench, 0, sizeof(bench));
	bench.clock = (struct world_clock){
	    .time_ms = (int64_t)NOW * 1000, .mono_ms = 1000000, .disciplined = true};
	world_dir(bench.dir);
	bench.gate = world_make(bench.dir, PEOPLE, NOW, &options);
	assert_int_equal(door_open(bench.gate, "briefing", &bench.door), 0);
	*state = &bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	gate_close(bench->gate);
	world_remove(bench->dir);
	return 0;
}

static void pass_time(struct bench *bench, int64_t ms)
{
	bench->clock.time_ms += ms;
	bench->clock.mono_ms += (uint64_t)ms;
}

static void look(struct bench *bench, unsigned n, enum door_mode mode)
{
	struct world_pass pass = world_usual(n, NOW);
	char text[PASS_TEXT_MAX + 1];
	struct door_subject subject = {.text = text};

	world_text(&pass, text);
	subject.len = strlen(text);
	door_look(&bench->door, &officer, &subject, mode, &bench->look);
}

static uint64_t size_of(const struct bench *bench)
{
	return bench->gate->journal.log.tree.size;
}

/* The newest entry. */
static struct entry newest(struct bench *bench)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	struct entry entry;
	const void *text;
	size_t len;

	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(store_one(tx, GATE_Q_ENTRY_GET,
			     STORE_ARGS(store_i64((int64_t)bench->gate->journal.epoch),
				 store_i64((int64_t)size_of(bench) - 1)),
			     &rows),
	    STORE_ROW);
	text = store_get_blob(rows, 0, &len);
	assert_int_equal(entry_parse(text, len, &entry), 0);
	store_done(rows);
	store_read_end(tx);
	return entry;
}

static void expect_entry(
    struct bench *bench, enum entry_decision decision, const char *reason, const char *staff)
{
	struct entry entry = newest(bench);

	assert_int_equal(entry.decision, decision);
	assert_string_equal(entry.reason, reason);
	assert_string_equal(entry.staff, staff);
}

static bool is_inside(struct bench *bench, unsigned n)
{
	struct presence presence = {0};
	struct store_tx *tx = NULL;
	uint8_t pass[16];
	int r;

	world_id(n, pass);
	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	r = presence_find(tx, WORLD_HERE, pass, &presence);
	store_read_end(tx);
	assert_true(r == STORE_ROW || r == STORE_NOT_FOUND);
	return presence.inside;
}

static void a_look_is_recorded_once_the_officer_acts(void **state)
{
	struct bench *bench = *state;
	uint64_t before = size_of(bench);

	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(bench->look.state, DOOR_ASK);
	assert_false(bench->look.recorded);
	assert_true(size_of(bench) == before);
	assert_false(is_inside(bench, 0));
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), 0);
	assert_int_equal(bench->look.state, DOOR_ADMITTED);
	assert_true(bench->look.recorded);
	expect_entry(bench, ENTRY_ADMIT, "ok", "officer1");
	assert_true(is_inside(bench, 0));
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), DOOR_NOT_NOW);
	assert_true(size_of(bench) == before + 1);
}

static int64_t inside_count(struct bench *bench)
{
	struct store_tx *tx = NULL;
	int64_t inside = -1;

	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(presence_inside(bench->gate, tx, WORLD_HERE, &inside), 0);
	store_read_end(tx);
	return inside;
}

static void what_changed_since_the_look_wins(void **state)
{
	struct bench *bench = *state;

	look(bench, 0, DOOR_PREVIEW);
	world_revoke(bench->gate, 0, REVOKED_CANCELLED);
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), 0);
	assert_int_equal(bench->look.state, DOOR_DENIED);
	expect_entry(bench, ENTRY_DENY, "revoked", "officer1");
	assert_false(is_inside(bench, 0));
}

static void a_machines_denial_is_recorded_at_once(void **state)
{
	struct bench *bench = *state;

	world_revoke(bench->gate, 1, REVOKED_SUSPENDED);
	look(bench, 1, DOOR_PREVIEW);
	assert_int_equal(bench->look.state, DOOR_DENIED);
	expect_entry(bench, ENTRY_DENY, "suspended", "officer1");
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), DOOR_NOT_NOW);
}

static void an_admission_is_taken_back_for_a_minute(void **state)
{
	struct bench *bench = *state;
	uint64_t epoch, seq;

	look(bench, 0, DOOR_AT_ONCE);
	epoch = bench->look.epoch;
	seq = bench->look.seq;
	pass_time(bench, DOOR_UNDO_MS);
	assert_int_equal(door_undo(&bench->door, &officer, epoch, seq + 1, NULL), DOOR_NOT_THERE);
	assert_int_equal(door_undo(&bench->door, &officer, epoch, seq, &bench->look), 0);
	assert_int_equal(bench->look.state, DOOR_UNDONE);
	expect_entry(bench, ENTRY_VOID, "undo", "officer1");
	assert_false(is_inside(bench, 0));
	assert_int_equal(door_undo(&bench->door, &officer, epoch, seq, NULL), DOOR_NOT_THERE);
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), 0);
	assert_true(is_inside(bench, 0));
	pass_time(bench, DOOR_UNDO_MS + 1);
	assert_int_equal(
	    door_undo(&bench->door, &officer, epoch, bench->look.seq, NULL), DOOR_LATE);
	assert_true(is_inside(bench, 0));
}

static void only_the_newest_admission_of_a_pass_is_taken_back(void **state)
{
	struct bench *bench = *state;
	uint64_t epoch, seq;

	look(bench, 0, DOOR_AT_ONCE);
	epoch = bench->look.epoch;
	seq = bench->look.seq;
	assert_int_equal(door_exit(&bench->door, &officer, &bench->look), 0);
	expect_entry(bench, ENTRY_EXIT, "ok", "officer1");
	assert_false(is_inside(bench, 0));
	assert_int_equal(door_undo(&bench->door, &officer, epoch, seq, NULL), DOOR_NOT_THERE);
	assert_int_equal(door_exit(&bench->door, &officer, &bench->look), DOOR_NOT_NOW);
}

static void a_refusal_has_an_officers_reason_and_uses_nothing_up(void **state)
{
	struct bench *bench = *state;

	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(
	    door_deny(&bench->door, &officer, &bench->look, REASON_REVOKED, ""), DOOR_NO_REASON);
	assert_int_equal(
	    door_deny(&bench->door, &officer, &bench->look, REASON_OTHER, ""), DOOR_NO_WORDS);
	assert_int_equal(door_deny(&bench->door, &officer, &bench->look, REASON_CONDUCT, "a\x1b"),
	    DOOR_NO_WORDS);
	assert_int_equal(
	    door_deny(&bench->door, &officer, &bench->look, REASON_PROHIBITED_ITEM, ""), 0);
	assert_int_equal(bench->look.state, DOOR_REFUSED);
	expect_entry(bench, ENTRY_DENY, "prohibited-item", "officer1");
	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(bench->look.state, DOOR_ASK);
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), 0);
	assert_int_equal(
	    door_deny(&bench->door, &officer, &bench->look, REASON_CONDUCT, ""), DOOR_NOT_NOW);
	assert_int_equal(door_deny(&bench->door, &officer, NULL, REASON_CONDUCT, "Shouted"), 0);
	assert_false(newest(bench).has_pass);
}

static void an_override_names_what_it_overrides(void **state)
{
	struct bench *bench = *state;
	struct door_visit visit = {0};
	int64_t before;

	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(
	    door_override(&bench->door, &supervisor, &bench->look, "", "Known"), DOOR_NOT_NOW);
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), 0);
	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(bench->look.verdict.reason, REASON_ALREADY_INSIDE);
	assert_int_equal(
	    door_override(&bench->door, &supervisor, &bench->look, "", ""), DOOR_NO_WORDS);
	assert_int_equal(door_override(&bench->door, &supervisor, &bench->look, "", "Known"), 0);
	assert_int_equal(bench->look.state, DOOR_OVERRIDDEN);
	expect_entry(bench, ENTRY_OVERRIDE, "already-inside", "super1");
	assert_int_equal(
	    door_walk_up(&bench->door, &supervisor, "", "Driver", &visit), DOOR_NO_WORDS);
	before = inside_count(bench);
	assert_int_equal(door_walk_up(&bench->door, &supervisor, "Ana Dias", "Driver", &visit), 0);
	assert_true(visit.epoch == bench->gate->journal.epoch && visit.seq == size_of(bench) - 1);
	expect_entry(bench, ENTRY_OVERRIDE, "walk-up", "super1");
	assert_true(newest(bench).has_pass);
	assert_memory_equal(newest(bench).pass, visit.pass, sizeof(visit.pass));
	assert_int_equal(inside_count(bench), before + 1);
	assert_int_equal(door_leave(&bench->door, &officer, visit.pass), 0);
	expect_entry(bench, ENTRY_EXIT, "ok", "officer1");
	assert_int_equal(inside_count(bench), before);
	assert_int_equal(door_leave(&bench->door, &officer, visit.pass), DOOR_NOT_INSIDE);
	/* A pass of the roster leaves by a scan. */
	assert_int_equal(
	    door_leave(&bench->door, &officer, bench->look.facts.decide.pass), DOOR_NOT_INSIDE);
}

static void what_was_not_seen_is_not_overridden(void **state)
{
	struct bench *bench = *state;
	uint64_t before;

	look(bench, 0, DOOR_AT_ONCE);
	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(bench->look.verdict.reason, REASON_ALREADY_INSIDE);
	world_restrict(bench->gate, REVOKED_SCOPE_BUILDING, 0, 0, 0, NOW - 10, 0);
	assert_int_equal(
	    door_override(&bench->door, &supervisor, &bench->look, "", "Known"), DOOR_CHANGED);
	assert_int_equal(bench->look.state, DOOR_DENIED);
	assert_int_equal(bench->look.verdict.reason, REASON_RESTRICTED);
	expect_entry(bench, ENTRY_DENY, "restricted", "super1");
	world_unrestrict(bench->gate);
	world_revoke(bench->gate, 1, REVOKED_SUSPENDED);
	look(bench, 1, DOOR_PREVIEW);
	before = size_of(bench);
	world_drop_person(bench->gate, WORLD_HERE, 1);
	assert_int_equal(door_override(&bench->door, &supervisor, &bench->look, "", "Known"), 0);
	expect_entry(bench, ENTRY_OVERRIDE, "suspended", "super1");
	assert_true(size_of(bench) == before + 1);
	/* An officer's own reason stands while the gate's does. */
	look(bench, 2, DOOR_PREVIEW);
	assert_int_equal(door_deny(&bench->door, &officer, &bench->look, REASON_CONDUCT, ""), 0);
	assert_int_equal(door_override(&bench->door, &supervisor, &bench->look, "", "Calm now"), 0);
	expect_entry(bench, ENTRY_OVERRIDE, "conduct", "super1");
}

static void nobody_is_let_in_on_a_forged_pass(void **state)
{
	struct bench *bench = *state;
	struct world_pass pass = world_usual(3, NOW);
	char text[PASS_TEXT_MAX + 1];
	struct door_subject subject = {.text = text};
	uint64_t before;

	for (int key = WORLD_KEY_STRANGER; key <= WORLD_KEY_FORGED; key++) {
		pass.key = (enum world_key)key;
		world_text(&pass, text);
		subject.len = strlen(text);
		door_look(&bench->door, &officer, &subject, DOOR_PREVIEW, &bench->look);
		assert_int_equal(bench->look.state, DOOR_DENIED);
		assert_true(door_is_forged(&bench->look));
		before = size_of(bench);
		assert_int_equal(door_override(&bench->door, &supervisor, &bench->look, "Ana Dias",
				     "I know her"),
		    DOOR_FORGED);
		assert_true(size_of(bench) == before);
	}
}

static void nobody_is_kept_from_leaving(void **state)
{
	static const struct door_subject junk = {.text = "no pass", .len = 7};
	struct bench *bench = *state;
	uint64_t before;

	look(bench, 0, DOOR_AT_ONCE);
	world_revoke(bench->gate, 0, REVOKED_SUSPENDED);
	look(bench, 0, DOOR_LEAVING);
	assert_int_equal(bench->look.state, DOOR_EXITED);
	assert_false(is_inside(bench, 0));
	look(bench, 2, DOOR_LEAVING);
	assert_int_equal(bench->look.state, DOOR_EXITED);
	before = size_of(bench);
	door_look(&bench->door, &officer, &junk, DOOR_LEAVING, &bench->look);
	assert_int_equal(bench->look.state, DOOR_NOTED);
	assert_true(size_of(bench) == before);
}

static void old_lists_are_accepted_for_a_while(void **state)
{
	struct bench *bench = *state;
	int64_t now;

	pass_time(bench, 6 * 3600 * 1000);
	now = bench->clock.time_ms / 1000;
	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(bench->look.verdict.reason, REASON_ROSTER_STALE);
	assert_int_equal(bench->look.state, DOOR_REFERRED);
	assert_int_equal(
	    door_accept_stale(&bench->door, &supervisor, now + DOOR_ACCEPT_MAX + 1, "Line down"),
	    DOOR_LATE);
	assert_int_equal(
	    door_accept_stale(&bench->door, &supervisor, now + 900, ""), DOOR_NO_WORDS);
	assert_int_equal(door_accept_stale(&bench->door, &supervisor, now + 900, "Line down"), 0);
	expect_entry(bench, ENTRY_SYNC, "stale-accepted", "super1");
	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(bench->look.state, DOOR_ASK);
	assert_true((bench->look.verdict.unchecked & DECIDE_UNCHECKED_CANCELLATIONS) != 0);
	pass_time(bench, 900 * 1000);
	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(bench->look.state, DOOR_REFERRED);
}

static void what_is_not_recorded_did_not_happen(void **state)
{
	struct bench *bench = *state;
	uint64_t epoch = bench->gate->journal.epoch;

	look(bench, 0, DOOR_PREVIEW);
	bench->gate->journal.epoch = 0; /* no journal to write to */
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), STORE_CLOSED);
	assert_int_equal(bench->look.state, DOOR_ASK);
	look(bench, 1, DOOR_PREVIEW);
	assert_int_equal(bench->look.state, DOOR_FAILED);
	assert_non_null(strstr(bench->look.words, "paper list"));
	bench->gate->journal.epoch = epoch;
	assert_false(is_inside(bench, 0));
	look(bench, 0, DOOR_PREVIEW);
	assert_int_equal(door_admit(&bench->door, &officer, &bench->look), 0);
	assert_true(is_inside(bench, 0));
}

static void who_was_picked_is_asked_for_the_name(void **state)
{
	struct bench *bench = *state;
	uint8_t pass[16];
	const struct door_subject subject = {.picked = pass};

	world_id(3, pass);
	door_look(&bench->door, &officer, &subject, DOOR_BY_POLICY, &bench->look);
	assert_int_equal(bench->look.state, DOOR_ASK);
	assert_true((bench->look.verdict.check & DECIDE_CHECK_NAME) != 0);
	world_id(PEOPLE + 5, pass);
	door_look(&bench->door, &officer, &subject, DOOR_BY_POLICY, &bench->look);
	assert_int_equal(bench->look.state, DOOR_REFERRED);
	assert_int_equal(bench->look.verdict.reason, REASON_NOT_ON_ROSTER);
}

int main(void)
{
#define WITH_GATE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    WITH_GATE(a_look_is_recorded_once_the_officer_acts),
	    WITH_GATE(what_changed_since_the_look_wins),
	    WITH_GATE(a_machines_denial_is_recorded_at_once),
	    WITH_GATE(an_admission_is_taken_back_for_a_minute),
	    WITH_GATE(only_the_newest_admission_of_a_pass_is_taken_back),
	    WITH_GATE(a_refusal_has_an_officers_reason_and_uses_nothing_up),
	    WITH_GATE(an_override_names_what_it_overrides),
	    WITH_GATE(what_was_not_seen_is_not_overridden),
	    WITH_GATE(nobody_is_let_in_on_a_forged_pass),
	    WITH_GATE(nobody_is_kept_from_leaving),
	    WITH_GATE(old_lists_are_accepted_for_a_while),
	    WITH_GATE(what_is_not_recorded_did_not_happen),
	    WITH_GATE(who_was_picked_is_asked_for_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

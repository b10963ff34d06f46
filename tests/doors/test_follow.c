/*
 * Following another gate's journal: what holds is taken, what does not is refused, and without the
 * check it would get in. And where a pass stands, whatever the order in which doors are heard.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gate/sync/follow.h"
#include "gate/peer/peer_answer.h"
#include "gate/door/presence.h"
#include "gate/door/scan.h"
#include "tests/gate/world.h"

#define NOW   INT64_C(1796000000)
#define EPOCH UINT64_C(1795990000)

/* The other gates: their keys and journals. */
enum { OTHERS = 3, ENTRIES = 12 };
static const char *const names[OTHERS] = {"east-door", "south-door", "west-door"};

struct other {
	struct key_secret *key;
	struct log log;
	struct log_leaf leaves[ENTRIES];
	size_t n;
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

struct house {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate *gate;
	struct other other[OTHERS];
};

static void begin_other(struct other *other, const char *name, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	char origin[CHECKPOINT_ORIGIN_MAX + 1], epoch[24];

	memset(bytes, seed, sizeof(bytes));
	assert_int_equal(key_from_seed(KEY_USE_DEVICE, bytes, &other->key), 0);
	(void)snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)EPOCH);
	assert_int_equal(log_origin(WORLD_SITE, name, epoch, origin), 0);
	assert_int_equal(
	    log_create(origin, other->key->public, other->key->secret, &other->log), 0);
}

static void begin(struct house *house, bool unverified)
{
	const struct gate_options options = {.clock_source = world_time,
	    .clock_context = &house->clock,
	    .built_s = 1,
	    .follow_unverified = unverified};
	struct world_gate others[OTHERS] = {0};

	memset(house, 0, sizeof(*house));
	house->clock = (struct world_clock){NOW * 1000, 1000, 0, true};
	world_dir(house->dir);
	house->gate = world_make(house->dir, 4, NOW, &options);
	for (size_t i = 0; i < OTHERS; i++) {
		begin_other(&house->other[i], names[i], (uint8_t)(0x70 + i));
		others[i].name = names[i];
		memcpy(others[i].public, house->other[i].key->public, 32);
		others[i].pin[0] = (uint8_t)(i + 1);
	}
	world_put_gates(house->gate, NOW, others, OTHERS);
}

static void end(struct house *house)
{
	for (size_t i = 0; i < OTHERS; i++)
		key_free(house->other[i].key);
	gate_close(house->gate);
	world_remove(house->dir);
}

static void record(struct other *other, enum entry_decision decision, const char *reason,
    unsigned person, int64_t time_s, const char *event)
{
	struct entry entry = {.time_ms = time_s * 1000,
	    .event = "briefing",
	    .has_pass = true,
	    .decision = decision,
	    .staff = "officer2"};
	struct log_stage stage;

	(void)snprintf(entry.event, sizeof(entry.event), "%s", event);
	(void)snprintf(entry.reason, sizeof(entry.reason), "%s", reason);
	world_id(person, entry.pass);
	assert_true(other->n < ENTRIES);
	assert_int_equal(log_stage_one(&other->log, &entry, &stage, &other->leaves[other->n]), 0);
	assert_int_equal(log_accept(&other->log, &stage), 0);
	memcpy(other->checkpoint, stage.checkpoint, stage.checkpoint_len + 1);
	other->n++;
}

/* A piece of a journal, as it is or as a test spoils it. */
struct sent {
	struct follow_piece piece;
	struct log_text texts[ENTRIES];
	char copies[ENTRIES][ENTRY_MAX + 1];
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

static void pack(struct house *house, size_t who, uint64_t old, struct sent *sent)
{
	struct other *other = &house->other[who];

	memset(sent, 0, sizeof(*sent));
	for (size_t i = (size_t)old; i < other->n; i++) {
		size_t at = i - (size_t)old;

		memcpy(sent->copies[at], other->leaves[i].text, other->leaves[i].len + 1);
		sent->texts[at] = (struct log_text){sent->copies[at], other->leaves[i].len};
	}
	memcpy(sent->checkpoint, other->checkpoint, sizeof(sent->checkpoint));
	sent->piece = (struct follow_piece){.device = names[who],
	    .epoch = EPOCH,
	    .old = old,
	    .checkpoint = sent->checkpoint,
	    .checkpoint_len = strlen(sent->checkpoint),
	    .entries = sent->texts,
	    .n_entries = other->n - (size_t)old};
}

static int send(struct house *house, size_t who, uint64_t old, size_t *ret_news)
{
	struct sent *sent = calloc(1, sizeof(*sent));
	int r;

	assert_non_null(sent);
	pack(house, who, old, sent);
	r = follow_apply(house->gate, &sent->piece, ret_news);
	free(sent);
	return r;
}

static struct presence where(struct house *house, unsigned person)
{
	struct presence presence = {0};
	struct store_tx *tx = NULL;
	uint8_t pass[16];
	int r;

	world_id(person, pass);
	assert_int_equal(store_read_begin(house->gate->store, &tx), 0);
	r = presence_find(tx, WORLD_HERE, pass, &presence);
	store_read_end(tx);
	assert_true(r == STORE_ROW || r == STORE_NOT_FOUND);
	return presence;
}

static int64_t number(struct house *house, bool conflicts)
{
	struct store_tx *tx = NULL;
	int64_t n = -1;
	int r;

	gate_lock(house->gate);
	assert_int_equal(store_read_begin(house->gate->store, &tx), 0);
	r = conflicts ? presence_conflict_count(tx, WORLD_HERE, &n)
		      : presence_inside(house->gate, tx, WORLD_HERE, &n);
	store_read_end(tx);
	gate_unlock(house->gate);
	assert_int_equal(r, 0);
	return n;
}

static void what_another_gate_admitted_is_known_here(void **state)
{
	struct house house;
	struct presence at;
	size_t news = 0;

	(void)state;
	begin(&house, false);
	assert_int_equal(number(&house, false), 0);
	record(&house.other[1], ENTRY_ADMIT, "ok", 0, NOW - 60, "briefing");
	record(&house.other[1], ENTRY_DENY, "restricted", 1, NOW - 50, "briefing");
	record(&house.other[1], ENTRY_ADMIT, "ok", 2, NOW - 40, "nowhere-known");
	assert_int_equal(send(&house, 1, 0, &news), 0);
	assert_int_equal(news, 3);
	at = where(&house, 0);
	assert_true(at.inside && at.entries == 1 && at.time_ms == (NOW - 60) * 1000);
	assert_string_equal(at.device, "south-door");
	assert_string_equal(at.staff, "officer2");
	assert_int_equal(where(&house, 1).entries, 0);
	assert_int_equal(where(&house, 2).entries, 0);
	assert_int_equal(number(&house, false), 1);
	/* The same again, and an overlap, take nothing twice. */
	assert_int_equal(send(&house, 1, 0, &news), 0);
	assert_int_equal(news, 0);
	record(&house.other[1], ENTRY_EXIT, "ok", 0, NOW - 30, "briefing");
	assert_int_equal(send(&house, 1, 1, &news), 0);
	assert_int_equal(news, 1);
	assert_false(where(&house, 0).inside);
	assert_int_equal(number(&house, false), 0);
	/* Of a gate nobody knows, and behind a gap, nothing is taken. */
	record(&house.other[0], ENTRY_ADMIT, "ok", 3, NOW - 20, "briefing");
	record(&house.other[0], ENTRY_DENY, "other", 3, NOW - 10, "briefing");
	assert_int_equal(send(&house, 0, 1, &news), FOLLOW_GAP);
	assert_int_equal(where(&house, 3).entries, 0);
	end(&house);
}

/* Ways to spoil a piece. */
static void forge(struct sent *sent)
{
	char *at = strstr(sent->copies[1], "decision deny");

	assert_non_null(at);
	memcpy(at, "decision exit", 13);
}

static void swap(struct sent *sent)
{
	struct log_text first = sent->texts[0];

	sent->texts[0] = sent->texts[1];
	sent->texts[1] = first;
}

static void cut(struct sent *sent)
{
	sent->piece.n_entries--;
}

static void rewrite(struct sent *sent)
{
	memset(sent->checkpoint + strlen(sent->checkpoint) - 12, 'A', 8);
}

static void other_frontier(struct sent *sent)
{
	static uint8_t tree[8 + TREE_HASH];

	tree[7] = 1;
	memset(tree + 8, 0x5e, TREE_HASH);
	sent->piece.tree = tree;
	sent->piece.tree_len = sizeof(tree);
	sent->piece.old = 1;
	sent->piece.entries++;
	sent->piece.n_entries--;
}

static void what_does_not_verify_is_refused(void **state)
{
	static void (*const ways[])(struct sent *) = {forge, swap, cut, rewrite, other_frontier};
	struct house house;
	struct sent *sent = calloc(1, sizeof(*sent));
	size_t news = 0;

	(void)state;
	assert_non_null(sent);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		begin(&house, false);
		record(&house.other[1], ENTRY_ADMIT, "ok", 0, NOW - 60, "briefing");
		record(&house.other[1], ENTRY_DENY, "other", 0, NOW - 50, "briefing");
		record(&house.other[1], ENTRY_ADMIT, "ok", 1, NOW - 40, "briefing");
		pack(&house, 1, 0, sent);
		ways[i](sent);
		assert_int_equal(follow_apply(house.gate, &sent->piece, &news), FOLLOW_ALARM);
		assert_int_equal(where(&house, 0).entries, 0);
		assert_int_equal(where(&house, 1).entries, 0);
		/* Followed no further, also when the truth comes; others go on. */
		assert_int_equal(send(&house, 1, 0, &news), FOLLOW_ALARM);
		record(&house.other[2], ENTRY_ADMIT, "ok", 2, NOW - 60, "briefing");
		assert_int_equal(send(&house, 2, 0, &news), 0);
		assert_true(where(&house, 2).inside);
		end(&house);
	}
	free(sent);
}

static void control_without_the_check_a_forgery_gets_in(void **state)
{
	struct house house;
	struct sent *sent = calloc(1, sizeof(*sent));
	size_t news = 0;

	(void)state;
	assert_non_null(sent);
	begin(&house, true);
	record(&house.other[1], ENTRY_ADMIT, "ok", 0, NOW - 60, "briefing");
	record(&house.other[1], ENTRY_DENY, "other", 0, NOW - 50, "briefing");
	pack(&house, 1, 0, sent);
	forge(sent);
	assert_int_equal(follow_apply(house.gate, &sent->piece, &news), 0);
	assert_int_equal(where(&house, 0).entries, 1);
	assert_false(where(&house, 0).inside); /* out, by an entry its gate never made */
	free(sent);
	end(&house);
}

/* The same four entries in every order of hearing: one outcome. */
static void the_order_of_hearing_does_not_matter(void **state)
{
	static const size_t orders[6][3] = {
	    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct house house;
	size_t news;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		begin(&house, false);
		record(&house.other[0], ENTRY_ADMIT, "ok", 0, NOW - 60, "briefing");
		record(&house.other[1], ENTRY_ADMIT, "ok", 0, NOW - 50, "briefing");
		record(&house.other[2], ENTRY_ADMIT, "ok", 0, NOW - 40, "briefing");
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(send(&house, orders[i][j], 0, &news), 0);
		assert_int_equal(number(&house, true), 2); /* each with the one before it */
		assert_int_equal(number(&house, false), 1);
		assert_true(where(&house, 0).inside && where(&house, 0).entries == 3);
		assert_string_equal(where(&house, 0).device, "west-door");
		end(&house);
	}
}

static void exits_overrides_and_undone_admissions_are_no_conflicts(void **state)
{
	struct house house;
	size_t news;

	(void)state;
	begin(&house, false);
	/* An exit between them. */
	record(&house.other[0], ENTRY_ADMIT, "ok", 0, NOW - 90, "briefing");
	record(&house.other[0], ENTRY_EXIT, "ok", 0, NOW - 80, "briefing");
	record(&house.other[1], ENTRY_ADMIT, "ok", 0, NOW - 70, "briefing");
	/* A supervisor's word. */
	record(&house.other[0], ENTRY_ADMIT, "ok", 1, NOW - 60, "briefing");
	record(&house.other[1], ENTRY_OVERRIDE, "already-inside", 1, NOW - 50, "briefing");
	/* The first was taken back. */
	record(&house.other[0], ENTRY_ADMIT, "ok", 2, NOW - 40, "briefing");
	record(&house.other[0], ENTRY_VOID, "undo", 2, NOW - 39, "briefing");
	record(&house.other[1], ENTRY_ADMIT, "ok", 2, NOW - 30, "briefing");
	assert_int_equal(send(&house, 1, 0, &news), 0);
	assert_int_equal(send(&house, 0, 0, &news), 0);
	assert_int_equal(number(&house, true), 0);
	assert_int_equal(number(&house, false), 3);
	assert_int_equal(where(&house, 0).entries, 2);
	assert_int_equal(where(&house, 1).entries, 2);
	assert_int_equal(where(&house, 2).entries, 1);
	/* Control: another ordinary admission without an exit is one. */
	record(&house.other[2], ENTRY_ADMIT, "ok", 2, NOW - 20, "briefing");
	assert_int_equal(send(&house, 2, 0, &news), 0);
	assert_int_equal(number(&house, true), 1);
	end(&house);
}

static void a_conflict_goes_when_one_of_the_two_is_taken_back(void **state)
{
	struct house house;
	size_t news;

	(void)state;
	begin(&house, false);
	record(&house.other[0], ENTRY_ADMIT, "ok", 0, NOW - 60, "briefing");
	record(&house.other[1], ENTRY_ADMIT, "ok", 0, NOW - 50, "briefing");
	assert_int_equal(send(&house, 0, 0, &news), 0);
	assert_int_equal(send(&house, 1, 0, &news), 0);
	assert_int_equal(number(&house, true), 1);
	record(&house.other[1], ENTRY_VOID, "undo", 0, NOW - 40, "briefing");
	assert_int_equal(send(&house, 1, 1, &news), 0);
	assert_int_equal(number(&house, true), 0);
	assert_int_equal(number(&house, false), 1);
	assert_string_equal(where(&house, 0).device, "east-door");
	end(&house);
}

static void one_begins_at_a_frontier(void **state)
{
	struct house house;
	struct sent *sent = calloc(1, sizeof(*sent));
	uint8_t stored[TREE_STORED_MAX];
	struct tree tree;
	size_t news = 0;

	(void)state;
	assert_non_null(sent);
	begin(&house, false);
	for (int i = 0; i < 5; i++)
		record(&house.other[1], ENTRY_DENY, "other", 1, NOW - 90 + i, "briefing");
	record(&house.other[1], ENTRY_ADMIT, "ok", 0, NOW - 60, "briefing");
	tree_init(&tree);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(tree_append(&tree, house.other[1].leaves[i].hash), 0);
	pack(&house, 1, 5, sent);
	sent->piece.tree = stored;
	sent->piece.tree_len = tree_store(&tree, stored);
	assert_int_equal(follow_apply(house.gate, &sent->piece, &news), 0);
	assert_int_equal(news, 1);
	assert_true(where(&house, 0).inside);
	free(sent);
	end(&house);
}

/* ---- what this gate answers one that holds nothing of its journal ---- */

static void record_here(struct house *house, int64_t time_s)
{
	struct scan_result *result = calloc(1, sizeof(*result));
	struct scan scan;

	assert_non_null(result);
	house->clock.time_ms = time_s * 1000;
	assert_int_equal(scan_open(house->gate, "briefing", "", &scan), 0);
	scan_text(&scan, "no pass", 7, result);
	assert_true(result->recorded);
	free(result);
}

static bool begins_at(struct house *house, uint64_t old)
{
	static const char body[] = "{\"wait\":0,\"held\":[]}";
	struct peer_cursor cursor = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	struct peer_question *question = NULL;
	char wanted[32], *json = NULL;
	unsigned wait;
	bool found;

	(void)snprintf(wanted, sizeof(wanted), "\"old\":%llu,", (unsigned long long)old);
	assert_int_equal(peer_question_read(body, strlen(body), &question, &wait), 0);
	assert_int_equal(peer_answer(house->gate, &cursor, question, false, &json), 0);
	found = strstr(json, wanted) != NULL;
	peer_question_free(question);
	free(json);
	return found;
}

static void what_a_clock_in_2106_records_hides_nothing_before_it(void **state)
{
	struct house house;

	(void)state;
	begin(&house, false);
	record_here(&house, NOW);
	record_here(&house, INT64_C(4292000000));
	assert_true(begins_at(&house, 0));
	end(&house);
}

/* The control: days that the registrar's lists are later as well are not told. */
static void days_that_are_over_are_not_told(void **state)
{
	const int64_t later = NOW + 3 * 86400;
	struct house house;
	uint64_t size;

	(void)state;
	begin(&house, false);
	record_here(&house, NOW);
	size = house.gate->journal.log.tree.size;
	world_revoked_state(house.gate, later, later + 86400);
	record_here(&house, later);
	assert_true(size > 0);
	assert_true(begins_at(&house, size));
	end(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_another_gate_admitted_is_known_here),
	    cmocka_unit_test(what_does_not_verify_is_refused),
	    cmocka_unit_test(control_without_the_check_a_forgery_gets_in),
	    cmocka_unit_test(the_order_of_hearing_does_not_matter),
	    cmocka_unit_test(exits_overrides_and_undone_admissions_are_no_conflicts),
	    cmocka_unit_test(a_conflict_goes_when_one_of_the_two_is_taken_back),
	    cmocka_unit_test(one_begins_at_a_frontier),
	    cmocka_unit_test(what_a_clock_in_2106_records_hides_nothing_before_it),
	    cmocka_unit_test(days_that_are_over_are_not_told),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

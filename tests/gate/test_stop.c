/* STOP: what supervisors stop and lift at doors, and what of it counts once the registrar knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gate/door/scan.h"
#include "gate/door/stop.h"
#include "schema/gate_db.h"
#include "tests/gate/world.h"

enum { NOW = 1795000000 };

struct bench {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate_options options;
	struct gate *gate;
};

static int begin(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	bench->clock = (struct world_clock){
	    .time_ms = NOW * 1000LL, .mono_ms = 5000, .advance_ms = 10, .disciplined = true};
	world_dir(bench->dir);
	bench->options = (struct gate_options){
	    .clock_source = world_time, .clock_context = &bench->clock, .built_s = NOW - 86400};
	bench->gate = world_make(bench->dir, 10, NOW, &bench->options);
	*state = bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	gate_close(bench->gate);
	world_remove(bench->dir);
	free(bench);
	return 0;
}

/* The reason of the verdict on person n, who has never been here. */
static enum reason scan(struct bench *bench, unsigned n, char *ret_words)
{
	struct world_pass pass = world_usual(n, NOW);
	struct scan_result *result = calloc(1, sizeof(*result));
	char text[PASS_TEXT_MAX + 1];
	enum reason reason;
	struct scan shift;

	assert_non_null(result);
	world_text(&pass, text);
	assert_int_equal(scan_open(bench->gate, "briefing", "", &shift), 0);
	scan_text(&shift, text, strlen(text), result);
	assert_true(result->recorded);
	reason = result->verdict.reason;
	if (ret_words != NULL)
		snprintf(ret_words, WORDS_MAX, "%s", result->words);
	free(result);
	return reason;
}

static struct stop_order order(enum revoked_scope scope, const uint8_t *pass)
{
	return (struct stop_order){.scope = scope,
	    .slug = scope == REVOKED_SCOPE_BUILDING ? NULL : "briefing",
	    .pass = pass,
	    .staff = "boss1",
	    .role = STAFF_SUPERVISOR,
	    .words = "A parcel is looked at"};
}

static int make(struct bench *bench, enum revoked_scope scope, const uint8_t *pass)
{
	const struct stop_order wish = order(scope, pass);

	return stop_make(bench->gate, &wish, NULL);
}

static int lift(struct bench *bench, enum revoked_scope scope, const uint8_t *pass)
{
	const struct stop_order wish = order(scope, pass);

	return stop_lift(bench->gate, &wish, NULL);
}

/* ---- the registrar's list, and other gates' entries ---- */

struct put {
	int64_t scope, conference, until, from;
	const char *origin;
	bool clear;
};

static int put_body(struct store_tx *tx, void *context)
{
	const struct put *put = context;
	int r = store_exec(tx, GATE_Q_LISTS_RESTRICTION_CLEAR, STORE_NO_ARGS, NULL);

	if (r == 0 && !put->clear)
		r = store_exec(tx, GATE_Q_LISTS_RESTRICTION_PUT,
		    STORE_ARGS(store_i64(9), store_i64(put->scope), store_i64(put->conference),
			store_i64(0), store_i64(0), store_blob("", 0), store_i64(put->from),
			store_i64(put->until), store_text(put->origin), store_i64(0),
			store_blob("", 0)),
		    NULL);
	return r == 0 ? stop_listed(tx, NOW + 3600) : r;
}

static void put(struct bench *bench, const struct put *put)
{
	struct put copy = *put;

	gate_lock(bench->gate);
	assert_int_equal(store_write(bench->gate->store, put_body, &copy), 0);
	gate_unlock(bench->gate);
}

struct heard {
	struct gate *gate;
	int64_t now_ms;
	const char *device;
	uint64_t epoch;
	struct entry entry;
};

static int hear_body(struct store_tx *tx, void *context)
{
	const struct heard *heard = context;

	return stop_follow(
	    heard->gate, tx, heard->now_ms, heard->device, heard->epoch, &heard->entry);
}

static void hear_of(struct bench *bench, const char *device, uint64_t seq, const char *reason,
    const char *event, int64_t time_ms, const char *staff)
{
	struct heard heard = {.gate = bench->gate,
	    .now_ms = bench->clock.time_ms,
	    .device = device,
	    .epoch = 1,
	    .entry = {.seq = seq, .time_ms = time_ms, .decision = ENTRY_SYNC}};

	snprintf(heard.entry.reason, sizeof(heard.entry.reason), "%s", reason);
	snprintf(heard.entry.event, sizeof(heard.entry.event), "%s", event);
	snprintf(heard.entry.staff, sizeof(heard.entry.staff), "%s", staff);
	gate_lock(bench->gate);
	assert_int_equal(store_write(bench->gate->store, hear_body, &heard), 0);
	gate_unlock(bench->gate);
}

static void hear(struct bench *bench, const char *device, uint64_t seq, const char *reason,
    const char *event, int64_t time_ms)
{
	hear_of(bench, device, seq, reason, event, time_ms, "super1");
}

static void own_origin(struct bench *bench, uint64_t seq, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%llu/%llu", WORLD_DEVICE,
	    (unsigned long long)bench->gate->journal.epoch, (unsigned long long)seq);
}

/* ---- */

static void a_stop_denies_at_once_and_a_lifting_admits(void **state)
{
	struct bench *bench = *state;
	char words[WORDS_MAX];

	assert_int_equal(scan(bench, 0, NULL), REASON_OK);
	assert_int_equal(make(bench, REVOKED_SCOPE_BUILDING, NULL), 0);
	assert_int_equal(scan(bench, 1, words), REASON_RESTRICTED);
	assert_int_equal(lift(bench, REVOKED_SCOPE_CONFERENCE, NULL), STOP_NONE);
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
	assert_int_equal(lift(bench, REVOKED_SCOPE_BUILDING, NULL), 0);
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
	assert_int_equal(lift(bench, REVOKED_SCOPE_BUILDING, NULL), STOP_NONE);
}

static void one_pass_is_barred(void **state)
{
	struct bench *bench = *state;
	uint8_t pass[16];

	world_id(2, pass);
	assert_int_equal(make(bench, REVOKED_SCOPE_PASS, pass), 0);
	assert_int_equal(scan(bench, 2, NULL), REASON_RESTRICTED);
	assert_int_equal(scan(bench, 3, NULL), REASON_OK);
	assert_int_equal(lift(bench, REVOKED_SCOPE_PASS, pass), 0);
	assert_int_equal(scan(bench, 2, NULL), REASON_OK);
}

static void it_outlasts_a_restart(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(make(bench, REVOKED_SCOPE_CONFERENCE, NULL), 0);
	gate_close(bench->gate);
	bench->gate = world_open(bench->dir, &bench->options);
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
}

static void only_a_supervisor_stops(void **state)
{
	struct bench *bench = *state;
	struct stop_order wish = order(REVOKED_SCOPE_BUILDING, NULL);
	uint64_t before = bench->gate->journal.log.tree.size;
	char words[300];

	wish.role = STAFF_SECURITY;
	assert_int_equal(stop_make(bench->gate, &wish, NULL), STOP_NOT_SUPERVISOR);
	assert_int_equal(stop_lift(bench->gate, &wish, NULL), STOP_NOT_SUPERVISOR);
	wish.role = STAFF_SUPERVISOR;
	wish.words = "";
	assert_int_equal(stop_make(bench->gate, &wish, NULL), STOP_BAD_WORDS);
	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	wish.words = words;
	assert_int_equal(stop_make(bench->gate, &wish, NULL), STOP_BAD_WORDS);
	wish.words = "two\nlines";
	assert_int_equal(stop_make(bench->gate, &wish, NULL), STOP_BAD_WORDS);
	wish.words = "x";
	wish.scope = REVOKED_SCOPE_OUTLET;
	assert_int_equal(stop_make(bench->gate, &wish, NULL), STOP_BAD_SCOPE);
	wish.scope = REVOKED_SCOPE_PASS;
	assert_int_equal(stop_make(bench->gate, &wish, NULL), STOP_BAD_SCOPE);
	/* Nothing of it is anywhere. */
	assert_int_equal(bench->gate->journal.log.tree.size, before);
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
}

static void the_registrars_word_about_it_counts(void **state)
{
	struct bench *bench = *state;
	struct stop_order wish = order(REVOKED_SCOPE_BUILDING, NULL);
	char origin[128];
	uint64_t seq = 0;

	assert_int_equal(stop_make(bench->gate, &wish, &seq), 0);
	own_origin(bench, seq, origin, sizeof(origin));
	/* Taken over: the same stop once. Then lifted there, and over here. */
	put(bench, &(struct put){.scope = 1, .from = NOW - 1, .origin = origin});
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
	put(bench, &(struct put){.scope = 1, .from = NOW - 2, .until = NOW - 1, .origin = origin});
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
	/* And when the list has forgotten it, it does not come back. */
	put(bench, &(struct put){.clear = true});
	assert_int_equal(scan(bench, 2, NULL), REASON_OK);
	/* The control: another origin says nothing about ours. */
	assert_int_equal(stop_make(bench->gate, &wish, &seq), 0);
	put(bench, &(struct put){
		       .scope = 1, .from = NOW - 2, .until = NOW - 1, .origin = "other-door/1/7"});
	assert_int_equal(scan(bench, 3, NULL), REASON_RESTRICTED);
}

static void a_registrar_put_back_from_a_backup_lifts_nothing(void **state)
{
	struct bench *bench = *state;
	struct stop_order wish = order(REVOKED_SCOPE_BUILDING, NULL);
	char origin[128];
	uint64_t seq = 0;

	assert_int_equal(stop_make(bench->gate, &wish, &seq), 0);
	own_origin(bench, seq, origin, sizeof(origin));
	put(bench, &(struct put){.scope = 1, .from = NOW - 1, .origin = origin});
	/* Its list of before the stop has no such origin: ours holds until it comes again. */
	put(bench, &(struct put){.clear = true});
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
}

static void lifting_here_beats_the_list_until_it_knows(void **state)
{
	struct bench *bench = *state;

	/* Made at another gate, known from the registrar's list only. */
	put(bench, &(struct put){.scope = 1, .from = NOW - 60, .origin = "other-door/1/7"});
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
	assert_int_equal(lift(bench, REVOKED_SCOPE_BUILDING, NULL), 0);
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
	/* The control: what the registrar itself restricted is not lifted at a gate. */
	put(bench, &(struct put){.scope = 1, .from = NOW - 60, .origin = ""});
	assert_int_equal(lift(bench, REVOKED_SCOPE_BUILDING, NULL), STOP_NONE);
	assert_int_equal(scan(bench, 2, NULL), REASON_RESTRICTED);
}

static void other_gates_stops_are_followed(void **state)
{
	struct bench *bench = *state;
	const int64_t at = NOW * 1000LL;
	char words[WORDS_MAX];

	bench->clock.time_ms += 1000;
	hear(bench, "south", 5, "restrict", "hearing", at);
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
	hear(bench, "south", 6, "restrict", "briefing", at + 1);
	assert_int_equal(scan(bench, 2, words), REASON_RESTRICTED);
	assert_non_null(strstr(words, "Stopped by super1 at south"));
	hear(bench, "south", 7, "restrict-lift", "briefing", at + 2);
	assert_int_equal(scan(bench, 2, NULL), REASON_OK);
	/* The same again, in whatever order, changes nothing. */
	hear(bench, "south", 6, "restrict", "briefing", at + 1);
	assert_int_equal(scan(bench, 3, NULL), REASON_OK);
	/* A lifting heard of before what it lifted; a stop made after it stands. */
	hear(bench, "west", 3, "restrict-lift", "briefing", at + 100);
	hear(bench, "east", 1, "restrict", "briefing", at + 50);
	assert_int_equal(scan(bench, 4, NULL), REASON_OK);
	hear(bench, "east", 2, "restrict", "briefing", at + 150);
	assert_int_equal(scan(bench, 5, NULL), REASON_RESTRICTED);
	/* Other entries of a journal say nothing about it. */
	hear(bench, "west", 4, "revoked-delta", "-", at + 200);
	assert_int_equal(scan(bench, 6, NULL), REASON_RESTRICTED);
}

static void a_clock_that_is_behind_lifts_nothing(void **state)
{
	struct bench *bench = *state;

	hear(bench, "south", 6, "restrict", "briefing", NOW * 1000LL);
	bench->clock.time_ms -= 60000;
	assert_int_equal(lift(bench, REVOKED_SCOPE_CONFERENCE, NULL), STOP_CLOCK);
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
}

static void a_clock_ahead_elsewhere_reaches_no_further_than_now(void **state)
{
	struct bench *bench = *state;
	const int64_t ahead = (NOW + 3600) * 1000LL;
	char origin[128];
	struct stop_order wish = order(REVOKED_SCOPE_CONFERENCE, NULL);
	uint64_t seq = 0;

	/* A lifting an hour ahead lifts what is stopped, and nothing that is stopped after it. */
	hear(bench, "south", 1, "restrict", "briefing", NOW * 1000LL);
	hear(bench, "west", 1, "restrict-lift", "briefing", ahead);
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
	bench->clock.time_ms += 2000;
	assert_int_equal(stop_make(bench->gate, &wish, &seq), 0);
	assert_int_equal(scan(bench, 2, NULL), REASON_RESTRICTED);
	own_origin(bench, seq, origin, sizeof(origin));
	put(bench,
	    &(struct put){.scope = 2, .conference = WORLD_HERE, .from = NOW + 2, .origin = origin});
	assert_int_equal(scan(bench, 2, NULL), REASON_RESTRICTED);
	assert_int_equal(lift(bench, REVOKED_SCOPE_CONFERENCE, NULL), 0);
	bench->clock.time_ms += 2000;
	hear(bench, "east", 1, "restrict", "briefing", (NOW + 4) * 1000LL);
	assert_int_equal(scan(bench, 3, NULL), REASON_RESTRICTED);
	/* One made an hour ahead is lifted all the same. */
	hear(bench, "south", 2, "restrict", "briefing", ahead);
	assert_int_equal(lift(bench, REVOKED_SCOPE_CONFERENCE, NULL), 0);
	assert_int_equal(scan(bench, 4, NULL), REASON_OK);
}

static void a_stop_made_here_stands_whatever_was_lifted_before(void **state)
{
	struct bench *bench = *state;

	hear(bench, "west", 1, "restrict-lift", "briefing", NOW * 1000LL);
	bench->clock.time_ms -= 60000;
	assert_int_equal(make(bench, REVOKED_SCOPE_CONFERENCE, NULL), 0);
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
}

static void an_officer_elsewhere_lifts_nothing(void **state)
{
	struct bench *bench = *state;
	const int64_t at = NOW * 1000LL;

	/* Nobody, and somebody whom the list names as no supervisor, stop nothing. */
	bench->clock.time_ms += 1000;
	hear_of(bench, "south", 1, "restrict", "briefing", at, "");
	hear_of(bench, "south", 2, "restrict", "briefing", at + 1, "officer1");
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
	/* Who is not on the list may be newer than it, or gone since: the door stays shut. */
	hear_of(bench, "south", 3, "restrict", "briefing", at + 2, "boss9");
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
	/* Even from the gate that stopped, only a supervisor's lifting counts. */
	hear_of(bench, "south", 4, "restrict-lift", "briefing", at + 3, "");
	hear_of(bench, "south", 5, "restrict-lift", "briefing", at + 4, "officer1");
	hear_of(bench, "south", 6, "restrict-lift", "briefing", at + 5, "boss9");
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
	hear_of(bench, "south", 7, "restrict-lift", "briefing", at + 6, "super1");
	assert_int_equal(scan(bench, 2, NULL), REASON_OK);
}

static void a_clock_within_the_tolerance_does_not_delay_a_restriction(void **state)
{
	struct bench *bench = *state;
	struct store_tx *tx = NULL;
	struct stop stop;
	int64_t now;

	/* Made at the registrar "from now", by a clock a minute ahead of this one. */
	put(bench, &(struct put){.scope = 1, .from = NOW + 60, .origin = ""});
	assert_int_equal(scan(bench, 1, NULL), REASON_RESTRICTED);
	now = bench->clock.time_ms / 1000;
	gate_lock(bench->gate);
	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(stop_standing(bench->gate, tx, now, WORLD_HERE, &stop), STORE_ROW);
	store_read_end(tx);
	gate_unlock(bench->gate);
	/* The control: one for later has not begun. Nor does the end come later. */
	put(bench, &(struct put){.scope = 1, .from = NOW + 90, .origin = ""});
	assert_int_equal(scan(bench, 1, NULL), REASON_OK);
	put(bench, &(struct put){.scope = 1, .from = NOW - 9, .until = NOW, .origin = ""});
	assert_int_equal(scan(bench, 2, NULL), REASON_OK);
}

static int count(void *context, const struct stop *stop)
{
	unsigned *n = context;

	assert_true(stop->words[0] != '\0');
	(*n)++;
	return 0;
}

static void what_stands_is_told(void **state)
{
	struct bench *bench = *state;
	struct store_tx *tx = NULL;
	struct stop stop;
	uint8_t pass[16];
	unsigned n = 0;

	world_id(4, pass);
	assert_int_equal(make(bench, REVOKED_SCOPE_PASS, pass), 0);
	assert_int_equal(make(bench, REVOKED_SCOPE_CONFERENCE, NULL), 0);
	put(bench, &(struct put){.scope = 1, .from = NOW - 60, .origin = ""});
	gate_lock(bench->gate);
	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(stop_standing(bench->gate, tx, NOW + 5, WORLD_HERE, &stop), STORE_ROW);
	assert_int_equal(stop.scope, REVOKED_SCOPE_BUILDING);
	assert_false(stop.liftable);
	assert_int_equal(stop_each(bench->gate, tx, NOW + 5, count, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(stop_standing(bench->gate, tx, NOW + 5, WORLD_THERE, &stop), STORE_ROW);
	store_read_end(tx);
	gate_unlock(bench->gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define STOP_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	    STOP_TEST(a_stop_denies_at_once_and_a_lifting_admits),
	    STOP_TEST(one_pass_is_barred),
	    STOP_TEST(it_outlasts_a_restart),
	    STOP_TEST(only_a_supervisor_stops),
	    STOP_TEST(the_registrars_word_about_it_counts),
	    STOP_TEST(a_registrar_put_back_from_a_backup_lifts_nothing),
	    STOP_TEST(lifting_here_beats_the_list_until_it_knows),
	    STOP_TEST(other_gates_stops_are_followed),
	    STOP_TEST(a_clock_that_is_behind_lifts_nothing),
	    STOP_TEST(a_clock_ahead_elsewhere_reaches_no_further_than_now),
	    STOP_TEST(a_stop_made_here_stands_whatever_was_lifted_before),
	    STOP_TEST(an_officer_elsewhere_lifts_nothing),
	    STOP_TEST(a_clock_within_the_tolerance_does_not_delay_a_restriction),
	    STOP_TEST(what_stands_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The real `gate scan`, killed at any moment: each verdict it printed is in the journal, which
 * verifies and goes on in the same epoch.
 *
 * Usage: test_killer GATE-PROGRAM
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>

#include "badges/bytes.h"
#include "tests/faults/faults.h"
#include "tests/gate/holds.h"
#include "tests/gate/world.h"
#include "tests/store/killer.h"

enum { PEOPLE = 600, KILLS = 250, ITEMS_MAX = 4096 };

struct work {
	char dir[WORLD_DIR_MAX];
	uint64_t epoch, verdicts;
	struct gate_options options;
	char texts[PEOPLE][PASS_TEXT_MAX + 1];
};

static const char *program;

static const char *feed(void *context, unsigned round, size_t n)
{
	struct work *work = context;

	return n % 5 == 4 ? "not a pass" : work->texts[(round * 7 + n) % PEOPLE];
}

static bool read_item(const char *line, struct holds_item *item)
{
	json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	const char *verdict = json_string_value(json_object_get(json, "verdict"));
	const char *pass = json_string_value(json_object_get(json, "pass"));
	const json_t *seq = json_object_get(json, "seq");
	bool good = verdict != NULL && json_is_integer(seq);

	memset(item, 0, sizeof(*item));
	if (good) {
		item->seq = (uint64_t)json_integer_value(seq);
		item->admitted = strcmp(verdict, "admit") == 0;
		item->has_pass = pass != NULL;
		good = pass == NULL || bytes_unhex(pass, strlen(pass), item->pass, 16) == 0;
	}
	json_decref(json);
	return good;
}

static void check(void *context, unsigned round, char *const *acked, size_t n, uint64_t *ret_lost,
    uint64_t *ret_corrupt)
{
	static struct holds_item items[ITEMS_MAX];
	struct work *work = context;
	size_t kept = 0;

	(void)round;
	for (size_t i = 0; i < n && kept < ITEMS_MAX; i++)
		if (read_item(acked[i], &items[kept]))
			kept++;
		else
			++*ret_corrupt;
	work->verdicts += kept;
	holds_check(work->dir, &work->options, work->epoch, items, kept, ret_lost, ret_corrupt);
}

static void begin(struct work *work)
{
	int64_t now = (int64_t)time(NULL);
	struct world_pass pass;
	struct gate *gate;

	memset(work, 0, sizeof(*work));
	world_dir(work->dir);
	gate = world_make(work->dir, PEOPLE, now, &work->options);
	work->epoch = gate->journal.epoch;
	gate_close(gate);
	for (unsigned n = 0; n < PEOPLE; n++) {
		pass = world_usual(n, now);
		world_text(&pass, work->texts[n]);
	}
}

static void no_printed_verdict_is_lost_to_a_kill(void **state)
{
	static struct work work;
	char *argv[] = {(char *)(uintptr_t)program, "scan", "--data", work.dir, "--conference",
	    "briefing", "--json", "--offline", NULL};
	struct killer_job job = {
	    .argv = argv, .feed = feed, .ahead = 4, .check = check, .context = &work};
	struct killer_stats stats;

	(void)state;
	begin(&work);
	assert_int_equal(killer_run(&job, KILLS, 20260912, &stats), 0);
	killer_print("gate scan", &stats);
	faults_row("kill", "gate scan", stats.kills, stats.lost, stats.corrupt, 0);
	assert_int_equal(stats.kills, KILLS);
	assert_true(work.verdicts > KILLS);
	assert_int_equal(stats.ended, 0);
	assert_int_equal(stats.lost, 0);
	assert_int_equal(stats.corrupt, 0);
	world_remove(work.dir);
}

static void control_a_verdict_that_was_never_recorded_is_noticed(void **state)
{
	static struct work work;
	char *line =
	    "{\"verdict\":\"admit\",\"seq\":99,\"pass\":\"000102030405060708090a0b0c0d0e0f\"}";
	uint64_t lost = 0, corrupt = 0;

	(void)state;
	begin(&work);
	check(&work, 0, &line, 1, &lost, &corrupt);
	faults_control("kill", "a verdict that was never recorded", lost);
	assert_int_equal(lost, 1);
	assert_int_equal(corrupt, 0);
	world_remove(work.dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_printed_verdict_is_lost_to_a_kill),
	    cmocka_unit_test(control_a_verdict_that_was_never_recorded_is_noticed),
	};

	if (argc != 2 || sodium_init() < 0)
		return 1;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Power cuts over real scans: whatever was shown is in the journal, the log verifies, and nobody is
 * inside without an entry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gate/door/scan.h"
#include "tests/faults/faults.h"
#include "tests/gate/holds.h"
#include "tests/gate/world.h"
#include "tests/store/powercut.h"

enum { NOW = 1795000000, PEOPLE = 30, SCANS = 70, CUTS = 10000, CONTROL_CUTS = 400 };

struct work {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate_options options;
	char texts[PEOPLE][PASS_TEXT_MAX + 1];
	uint64_t epoch;
	uint64_t made; /* operations that made the world */
	unsigned scans;
	bool unlogged_control; /* acknowledge before the commit */
	struct holds_item items[SCANS];
	size_t n;
};

static void scan_one(struct powercut *run, struct work *work, struct scan *scan, unsigned i)
{
	const char *text = i % 7 == 3 ? "not a pass" : work->texts[(i * 11) % PEOPLE];
	struct scan_result result;
	struct holds_item *item = &work->items[work->n];

	if (work->unlogged_control)
		powercut_ack(run, work->n);
	scan_text(scan, text, strlen(text), &result);
	assert_true(result.recorded);
	*item = (struct holds_item){.seq = result.seq,
	    .has_pass = result.facts.decide.has_pass,
	    .admitted = result.verdict.kind == VERDICT_ADMIT};
	memcpy(item->pass, result.facts.decide.pass, sizeof(item->pass));
	if (!work->unlogged_control)
		powercut_ack(run, work->n);
	work->n++;
}

static int run_shift(struct powercut *run, void *context)
{
	struct work *work = context;
	struct gate *gate;
	struct scan scan;

	world_remove(work->dir);
	world_dir(work->dir);
	work->n = 0;
	gate = world_make(work->dir, PEOPLE, NOW, &work->options);
	work->made = powercut_operations(run);
	work->epoch = gate->journal.epoch;
	assert_int_equal(scan_open(gate, "briefing", "", &scan), 0);
	for (unsigned i = 0; i < work->scans; i++) {
		scan_one(run, work, &scan, i);
		if (i == work->scans / 2)
			assert_int_equal(store_checkpoint(gate->store), 0);
	}
	gate_close(gate);
	return 0;
}

static void check_shift(
    void *context, const uint64_t *acked, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	struct work *work = context;
	struct gate_options options = work->options;
	struct holds_item items[SCANS];

	/* The machine comes back well. */
	options.synchronous = NULL;
	for (size_t i = 0; i < n; i++)
		items[i] = work->items[acked[i]];
	holds_check(work->dir, &options, work->epoch, items, n, ret_lost, ret_corrupt);
}

static void begin(struct work *work, const char *synchronous)
{
	struct world_pass pass;

	memset(work, 0, sizeof(*work));
	world_dir(work->dir);
	work->clock =
	    (struct world_clock){.time_ms = NOW * 1000LL, .mono_ms = 5000, .advance_ms = 7};
	work->options = (struct gate_options){.synchronous = synchronous,
	    .clock_source = world_time,
	    .clock_context = &work->clock,
	    .built_s = NOW - 86400,
	    .no_mark = true};
	work->scans = SCANS;
	for (unsigned n = 0; n < PEOPLE; n++) {
		pass = world_usual(n, NOW);
		world_text(&pass, work->texts[n]);
	}
}

static void cut(struct work *work, unsigned cuts, const char *name, struct powercut_stats *stats)
{
	struct powercut_options options = {.cuts = 0, .seed = 20260912};

	/* Once without a cut, to learn where the shift begins. */
	assert_int_equal(powercut_run(run_shift, check_shift, work, &options, stats), 0);
	options.cuts = cuts;
	options.from = work->made;
	assert_int_equal(powercut_run(run_shift, check_shift, work, &options, stats), 0);
	powercut_print(name, stats);
	world_remove(work->dir);
}

static void no_shown_verdict_is_lost_to_a_power_cut(void **state)
{
	static struct work work;
	struct powercut_stats stats;

	(void)state;
	begin(&work, NULL);
	cut(&work, CUTS, "gate scans", &stats);
	faults_row("power cut", "gate scan", stats.cuts, stats.lost, stats.corrupt, 0);
	assert_int_equal(stats.cuts, CUTS);
	assert_true(stats.dropped > 0 && stats.torn > 0);
	assert_int_equal(stats.lost, 0);
	assert_int_equal(stats.corrupt, 0);
}

static void control_normal_loses_shown_verdicts(void **state)
{
	static struct work work;
	struct powercut_stats stats;

	(void)state;
	begin(&work, "NORMAL");
	cut(&work, CONTROL_CUTS, "control: synchronous NORMAL", &stats);
	faults_control("power cut", "synchronous NORMAL", stats.lost);
	assert_true(stats.lost > 0);
}

static void control_off_loses_shown_verdicts(void **state)
{
	static struct work work;
	struct powercut_stats stats;

	(void)state;
	begin(&work, "OFF");
	cut(&work, CONTROL_CUTS, "control: synchronous OFF", &stats);
	faults_control("power cut", "synchronous OFF", stats.lost);
	assert_true(stats.lost > 0);
}

static void control_showing_before_the_commit_is_noticed(void **state)
{
	static struct work work;
	struct powercut_stats stats;

	(void)state;
	begin(&work, NULL);
	work.unlogged_control = true;
	cut(&work, CONTROL_CUTS, "control: shown before the commit", &stats);
	faults_control("power cut", "shown before the commit", stats.lost);
	assert_true(stats.lost > 0);
	assert_int_equal(stats.corrupt, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_shown_verdict_is_lost_to_a_power_cut),
	    cmocka_unit_test(control_normal_loses_shown_verdicts),
	    cmocka_unit_test(control_off_loses_shown_verdicts),
	    cmocka_unit_test(control_showing_before_the_commit_is_noticed),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

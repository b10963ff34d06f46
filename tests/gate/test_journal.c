/*
 * The journal under trouble: a failing disk, a full one, a clock that is set back, a store that was
 * put back, several shifts at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>

#include "gate/journal/ledger.h"
#include "gate/door/scan.h"
#include "gate/door/shift.h"
#include "schema/gate_db.h"
#include "tests/faults/faults.h"
#include "tests/gate/world.h"
#include "tests/store/memdisk.h"

enum { NOW = 1795000000, PEOPLE = 40 };

struct bench {
	char dir[WORLD_DIR_MAX];
	struct memdisk *disk;
	struct world_clock clock;
	struct gate_options options;
	struct gate *gate;
	struct scan scan;
};

static void open_bench(struct bench *bench, bool in_memory)
{
	memset(bench, 0, sizeof(*bench));
	world_dir(bench->dir);
	bench->clock = (struct world_clock){
	    .time_ms = NOW * 1000LL, .mono_ms = 5000, .advance_ms = 3, .disciplined = true};
	bench->options = (struct gate_options){
	    .clock_source = world_time, .clock_context = &bench->clock, .built_s = NOW - 86400};
	if (in_memory) {
		bench->disk = memdisk_new();
		memdisk_use(bench->disk, true);
	}
	bench->gate = world_make(bench->dir, PEOPLE, NOW, &bench->options);
	assert_int_equal(scan_open(bench->gate, "briefing", "", &bench->scan), 0);
}

static void close_bench(struct bench *bench)
{
	gate_close(bench->gate);
	if (bench->disk != NULL) {
		memdisk_use(NULL, false);
		memdisk_free(bench->disk);
	}
	world_remove(bench->dir);
}

static void scan_person(struct bench *bench, unsigned n, struct scan_result *result)
{
	struct world_pass pass = world_usual(n, NOW);
	char text[PASS_TEXT_MAX + 1];

	world_text(&pass, text);
	scan_text(&bench->scan, text, strlen(text), result);
}

static void expect(struct bench *bench, unsigned n, enum verdict_kind kind, enum reason reason)
{
	static struct scan_result result;

	scan_person(bench, n, &result);
	if (result.verdict.kind != kind || result.verdict.reason != reason)
		fail_msg("person %u: %s %s: %s (%d)", n, decide_kind_word(result.verdict.kind),
		    reason_token(result.verdict.reason), result.words, result.failure);
	assert_int_equal(result.recorded, reason != REASON_JOURNAL_UNAVAILABLE);
}

static int no_damage(void *context, const struct ledger_finding *finding)
{
	++*(int *)context;
	assert_string_equal(finding->damage, "");
	return 0;
}

static void expect_whole(struct bench *bench, int epochs)
{
	int seen = 0;

	assert_int_equal(ledger_verify(bench->gate, no_damage, &seen), 0);
	assert_int_equal(seen, epochs);
}

/* The entry before the newest by `back`. */
static struct entry entry_back(struct bench *bench, uint64_t back)
{
	struct journal *journal = &bench->gate->journal;
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	struct entry entry;
	const char *text;
	size_t len;

	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(store_one(tx, GATE_Q_ENTRY_GET,
			     STORE_ARGS(store_i64((int64_t)journal->epoch),
				 store_i64((int64_t)(journal->log.tree.size - 1 - back))),
			     &rows),
	    STORE_ROW);
	text = store_get_blob(rows, 0, &len);
	assert_int_equal(entry_parse(text, len, &entry), 0);
	store_done(rows);
	store_read_end(tx);
	return entry;
}

static void a_failed_fsync_refers_and_recovers_by_reopening(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, true);
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	memdisk_fail_sync(bench.disk, 1, false);
	expect(&bench, 1, VERDICT_REFER, REASON_JOURNAL_UNAVAILABLE);
	/* At once it is not tried again; a second later the store is opened and verified. */
	bench.clock.mono_ms += 2000;
	bench.clock.time_ms += 2000;
	expect(&bench, 2, VERDICT_ADMIT, REASON_OK);
	expect(&bench, 0, VERDICT_DENY, REASON_ALREADY_INSIDE);
	expect_whole(&bench, 1);
	close_bench(&bench);
}

static void a_store_that_failed_opens_again_without_a_scan(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, true);
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	memdisk_fail_sync(bench.disk, 1, false);
	expect(&bench, 1, VERDICT_REFER, REASON_JOURNAL_UNAVAILABLE);
	bench.clock.mono_ms += 2000;
	gate_lock(bench.gate);
	assert_int_not_equal(store_failure(bench.gate->store), 0);
	assert_int_equal(journal_heal(bench.gate), 0);
	assert_int_equal(store_failure(bench.gate->store), 0);
	gate_unlock(bench.gate);
	expect(&bench, 2, VERDICT_ADMIT, REASON_OK);
	expect_whole(&bench, 1);
	close_bench(&bench);
}

static void a_disk_that_keeps_failing_keeps_referring(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, true);
	memdisk_fail_sync(bench.disk, 1, true);
	for (unsigned n = 0; n < 10; n++) {
		expect(&bench, n, VERDICT_REFER, REASON_JOURNAL_UNAVAILABLE);
		bench.clock.mono_ms += 1500;
		bench.clock.time_ms += 1500;
	}
	memdisk_fail_sync(bench.disk, 0, false);
	expect(&bench, 20, VERDICT_ADMIT, REASON_OK);
	expect_whole(&bench, 1);
	faults_row("fsync fails", "gate, each of ten scans", 10, 0, 0, 0);
	close_bench(&bench);
}

/* Control: a gate that does not wait for the disk admits on a disk that fails. */
static void control_without_waiting_for_the_disk(void **state)
{
	static struct scan_result result;
	struct bench bench;

	(void)state;
	open_bench(&bench, true);
	gate_close(bench.gate);
	bench.options.synchronous = "OFF";
	bench.gate = world_open(bench.dir, &bench.options);
	assert_int_equal(scan_open(bench.gate, "briefing", "", &bench.scan), 0);
	memdisk_fail_sync(bench.disk, 1, true);
	scan_person(&bench, 3, &result);
	faults_control("fsync fails", "synchronous OFF", result.verdict.kind == VERDICT_ADMIT);
	assert_int_equal(result.verdict.kind, VERDICT_ADMIT);
	memdisk_fail_sync(bench.disk, 0, false);
	close_bench(&bench);
}

static void a_full_disk_refers_and_goes_on_when_there_is_room(void **state)
{
	struct bench bench;
	unsigned n = 0;
	static struct scan_result result;

	(void)state;
	open_bench(&bench, true);
	memdisk_set_quota(bench.disk, memdisk_used(bench.disk) + 40000);
	do {
		scan_person(&bench, n % PEOPLE, &result);
	} while (result.recorded && ++n < 1000);
	assert_true(n < 1000);
	assert_int_equal(result.verdict.reason, REASON_JOURNAL_UNAVAILABLE);
	assert_int_equal(result.failure, STORE_FULL);
	expect(&bench, 39, VERDICT_REFER, REASON_JOURNAL_UNAVAILABLE);
	memdisk_set_quota(bench.disk, 0);
	expect(&bench, 39, VERDICT_ADMIT, REASON_OK);
	expect_whole(&bench, 1);
	faults_row("disk full", "gate, in the middle of scans", 1, 0, 0, 0);
	close_bench(&bench);
}

static void a_clock_set_back_is_told_by_a_gap_and_refers(void **state)
{
	struct bench bench;
	struct entry gap, entry;

	(void)state;
	open_bench(&bench, false);
	bench.clock.time_ms += 3600000;
	bench.clock.mono_ms += 3600000;
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	assert_int_equal(entry_back(&bench, 0).clock, ENTRY_CLOCK_SYNCED);
	bench.clock.time_ms -= 600000;
	expect(&bench, 1, VERDICT_REFER, REASON_CLOCK_SUSPECT);
	gap = entry_back(&bench, 1);
	entry = entry_back(&bench, 0);
	assert_int_equal(gap.decision, ENTRY_GAP);
	assert_string_equal(gap.reason, "clock-back");
	assert_int_equal(gap.clock, ENTRY_CLOCK_STEPPED);
	assert_int_equal(entry.decision, ENTRY_DENY);
	/* The gap is told once; the clock stays suspect. */
	expect(&bench, 2, VERDICT_REFER, REASON_CLOCK_SUSPECT);
	assert_int_equal(entry_back(&bench, 1).decision, ENTRY_DENY);
	/* Also to the next process. */
	gate_close(bench.gate);
	bench.gate = world_open(bench.dir, &bench.options);
	assert_int_equal(scan_open(bench.gate, "briefing", "", &bench.scan), 0);
	expect(&bench, 3, VERDICT_REFER, REASON_CLOCK_SUSPECT);
	assert_int_equal(journal_accept_clock(bench.gate), 0);
	expect(&bench, 3, VERDICT_ADMIT, REASON_OK);
	expect_whole(&bench, 1);
	close_bench(&bench);
}

static void next_process(struct bench *bench)
{
	gate_close(bench->gate);
	bench->gate = world_open(bench->dir, &bench->options);
	assert_int_equal(scan_open(bench->gate, "briefing", "", &bench->scan), 0);
}

static void a_clock_set_back_between_two_starts_stays_suspect(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, false);
	bench.clock.time_ms += 3600000;
	bench.clock.mono_ms += 3600000;
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	bench.clock.time_ms -= 600000;
	for (unsigned n = 1; n < 6; n++) {
		next_process(&bench);
		if (n == 1) {
			assert_int_equal(entry_back(&bench, 1).decision, ENTRY_GAP);
			assert_string_equal(entry_back(&bench, 1).reason, "clock-back");
		}
		expect(&bench, n, VERDICT_REFER, REASON_CLOCK_SUSPECT);
		assert_int_not_equal(entry_back(&bench, 1).decision, ENTRY_GAP);
	}
	/* A new machine, as it were: the boot id is another. */
	bench.clock.mono_ms = 100;
	next_process(&bench);
	expect(&bench, 9, VERDICT_REFER, REASON_CLOCK_SUSPECT);
	bench.clock.time_ms += 600000;
	expect(&bench, 9, VERDICT_ADMIT, REASON_OK);
	close_bench(&bench);
}

static void a_small_step_back_is_told_and_admits(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, false);
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	bench.clock.time_ms -= 30000;
	expect(&bench, 1, VERDICT_ADMIT, REASON_OK);
	assert_int_equal(entry_back(&bench, 1).decision, ENTRY_GAP);
	assert_int_equal(entry_back(&bench, 0).clock, ENTRY_CLOCK_STEPPED);
	expect(&bench, 2, VERDICT_ADMIT, REASON_OK);
	assert_int_equal(entry_back(&bench, 0).clock, ENTRY_CLOCK_SYNCED);
	close_bench(&bench);
}

static void a_clock_behind_the_build_or_the_lists_is_suspect(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, false);
	gate_close(bench.gate);
	bench.options.built_s = NOW + 3600;
	bench.gate = world_open(bench.dir, &bench.options);
	assert_int_equal(scan_open(bench.gate, "briefing", "", &bench.scan), 0);
	expect(&bench, 0, VERDICT_REFER, REASON_CLOCK_SUSPECT);
	bench.gate->clock.built_s = NOW - 86400;
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	world_revoked_state(bench.gate, NOW + 3600, NOW + 86400);
	expect(&bench, 1, VERDICT_REFER, REASON_CLOCK_SUSPECT);
	close_bench(&bench);
}

static void the_clock_words_follow_the_kernel(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, false);
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	bench.clock.disciplined = false;
	expect(&bench, 1, VERDICT_ADMIT, REASON_OK);
	assert_int_equal(entry_back(&bench, 0).clock, ENTRY_CLOCK_HOLDOVER);
	gate_close(bench.gate);
	bench.gate = world_open(bench.dir, &bench.options);
	assert_int_equal(scan_open(bench.gate, "briefing", "", &bench.scan), 0);
	expect(&bench, 2, VERDICT_ADMIT, REASON_OK);
	assert_int_equal(entry_back(&bench, 0).clock, ENTRY_CLOCK_UNSYNCED);
	assert_int_equal(entry_back(&bench, 1).decision, ENTRY_BOOT);
	bench.clock.time_ms += 5000;
	expect(&bench, 3, VERDICT_ADMIT, REASON_OK);
	assert_int_equal(entry_back(&bench, 0).clock, ENTRY_CLOCK_STEPPED);
	close_bench(&bench);
}

static void a_new_epoch_commits_to_the_last_checkpoint(void **state)
{
	struct bench bench;
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	uint64_t before;
	struct entry first;

	(void)state;
	open_bench(&bench, false);
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	before = bench.gate->journal.epoch;
	assert_int_equal(journal_new_epoch(bench.gate, before, "equivocation"), 0);
	assert_int_equal(journal_new_epoch(bench.gate, before, "equivocation"), 0);
	assert_true(bench.gate->journal.epoch > before);
	first = entry_back(&bench, 0);
	assert_int_equal(first.decision, ENTRY_EPOCH);
	assert_int_equal(first.seq, 0);
	assert_string_equal(first.reason, "equivocation");
	assert_true(first.has_commit);
	assert_int_equal(store_read_begin(bench.gate->store, &tx), 0);
	assert_int_equal(
	    store_one(tx, GATE_Q_DETAIL_GET,
		STORE_ARGS(store_i64((int64_t)bench.gate->journal.epoch), store_i64(0)), &rows),
	    STORE_ROW);
	assert_non_null(strstr(store_get_text(rows, 1), "presslog/north-door"));
	store_done(rows);
	store_read_end(tx);
	/* Who is inside is known across epochs. */
	expect(&bench, 0, VERDICT_DENY, REASON_ALREADY_INSIDE);
	expect_whole(&bench, 2);
	close_bench(&bench);
}

struct steps {
	struct bench *bench;
	unsigned admitted;
};

static void *run_shift(void *context)
{
	struct steps *shift = context;
	struct scan_result *result = test_malloc(sizeof(*result));

	for (unsigned n = 0; n < PEOPLE; n++) {
		scan_person(shift->bench, n, result);
		shift->admitted += result->verdict.kind == VERDICT_ADMIT;
	}
	test_free(result);
	return NULL;
}

static void several_shifts_at_once_admit_each_pass_once(void **state)
{
	struct bench bench;
	struct steps shifts[4];
	pthread_t threads[4];
	unsigned admitted = 0;

	(void)state;
	open_bench(&bench, false);
	bench.clock.advance_ms = 0;
	for (size_t i = 0; i < 4; i++) {
		shifts[i] = (struct steps){&bench, 0};
		assert_int_equal(pthread_create(&threads[i], NULL, run_shift, &shifts[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		admitted += shifts[i].admitted;
	}
	assert_int_equal(admitted, PEOPLE);
	expect_whole(&bench, 1);
	close_bench(&bench);
}

/* One statement on the closed store, as someone with a database tool would. */
static void tamper(const struct bench *bench, const char *sql)
{
	char path[WORLD_DIR_MAX + 16];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/gate.db", bench->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_close(db);
}

static int first_damage(void *context, const struct ledger_finding *finding)
{
	if (*(char *)context == '\0')
		snprintf(context, 200, "%s", finding->damage);
	return 0;
}

static void changed_rows_are_found(void **state)
{
	static const struct {
		const char *sql, *damage;
	} rows[] = {
	    {"UPDATE detail SET detail = '{}' WHERE seq = 0", "detail of entry 0"},
	    {"UPDATE entry SET text = CAST(replace(CAST(text AS TEXT), 'admit', 'deny') AS BLOB) "
	     "WHERE seq = 2",
		"not those that its checkpoint signs"},
	    {"UPDATE entry SET text = CAST('x' AS BLOB) WHERE seq = 2",
		"entry 2 is missing or damaged"},
	    {"UPDATE entry SET seq = 7 WHERE seq = 2 AND NOT EXISTS (SELECT 1 FROM detail WHERE "
	     "seq = 7)",
		"entry 2 is missing"},
	};
	char damage[200];
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_bench(&bench, false);
		expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
		expect(&bench, 1, VERDICT_ADMIT, REASON_OK);
		expect_whole(&bench, 1);
		gate_close(bench.gate);
		tamper(&bench, rows[i].sql);
		bench.gate = world_open(bench.dir, &bench.options);
		damage[0] = '\0';
		assert_int_equal(ledger_verify(bench.gate, first_damage, damage), 0);
		if (strstr(damage, rows[i].damage) == NULL)
			fail_msg("%s: %s", rows[i].sql, damage);
		close_bench(&bench);
	}
}

static void a_head_that_does_not_hold_begins_a_new_epoch(void **state)
{
	static const char *const changes[] = {
	    "UPDATE log SET size = size + 1",
	    "UPDATE log SET tree = zeroblob(length(tree))",
	    "UPDATE log SET checkpoint = replace(checkpoint, 'north', 'south')",
	};
	struct bench bench;
	uint64_t before;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		open_bench(&bench, false);
		expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
		before = bench.gate->journal.epoch;
		gate_close(bench.gate);
		tamper(&bench, changes[i]);
		bench.gate = world_open(bench.dir, &bench.options);
		assert_true(bench.gate->journal.epoch > before);
		assert_string_equal(entry_back(&bench, 0).reason, "damaged");
		assert_int_equal(scan_open(bench.gate, "briefing", "", &bench.scan), 0);
		expect(&bench, 1, VERDICT_ADMIT, REASON_OK);
		close_bench(&bench);
	}
}

/* A file system gives a freed inode number out again: the copy may get that of its original. */
static void a_folder_put_back_is_noticed_though_its_inode_is_the_same(void **state)
{
	struct bench bench;
	char command[4 * WORLD_DIR_MAX + 100];
	struct stat info;
	uint64_t before;

	(void)state;
	open_bench(&bench, false);
	expect(&bench, 0, VERDICT_ADMIT, REASON_OK);
	before = bench.gate->journal.epoch;
	/* Control: closed and opened it goes on. */
	gate_close(bench.gate);
	bench.gate = world_open(bench.dir, &bench.options);
	assert_int_equal(bench.gate->journal.epoch, before);
	gate_close(bench.gate);
	(void)snprintf(command, sizeof(command),
	    "mv %s/epoch.mark %s/old && cp -a %s/old %s/epoch.mark", bench.dir, bench.dir,
	    bench.dir, bench.dir);
	assert_int_equal(system(command), 0);
	(void)snprintf(command, sizeof(command), "%s/epoch.mark", bench.dir);
	assert_int_equal(stat(command, &info), 0);
	(void)snprintf(command, sizeof(command),
	    "sed -i.bak 's/^inode .*/inode %020llu/' %s/old && cat %s/old > %s/epoch.mark",
	    (unsigned long long)info.st_ino, bench.dir, bench.dir, bench.dir);
	assert_int_equal(system(command), 0);
	bench.gate = world_open(bench.dir, &bench.options);
	assert_true(bench.gate->journal.epoch > before);
	assert_string_equal(entry_back(&bench, 0).reason, "restored");
	close_bench(&bench);
}

static void a_clock_set_back_shuts_an_officer_out_no_longer_than_the_wait(void **state)
{
	struct bench bench;
	struct shift shift = {0};
	int64_t wait = 0;

	(void)state;
	open_bench(&bench, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    shift_begin(bench.gate, "officer1", "0000", 4, &shift, &wait), SHIFT_WRONG);
	bench.clock.time_ms -= 86400 * 1000LL;
	assert_int_equal(
	    shift_begin(bench.gate, "officer1", WORLD_PIN, 4, &shift, &wait), SHIFT_WAIT);
	assert_true(wait > 0 && wait <= 300);
	/* Control: a second less is too short. */
	bench.clock.time_ms += (wait - 1) * 1000;
	if (wait > 1)
		assert_int_equal(
		    shift_begin(bench.gate, "officer1", WORLD_PIN, 4, &shift, &wait), SHIFT_WAIT);
	bench.clock.time_ms += 2000;
	assert_int_equal(
	    shift_begin(bench.gate, "officer1", WORLD_PIN, 4, &shift, &wait), SHIFT_OK);
	shift_end(&shift);
	close_bench(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_failed_fsync_refers_and_recovers_by_reopening),
	    cmocka_unit_test(a_store_that_failed_opens_again_without_a_scan),
	    cmocka_unit_test(a_disk_that_keeps_failing_keeps_referring),
	    cmocka_unit_test(control_without_waiting_for_the_disk),
	    cmocka_unit_test(a_full_disk_refers_and_goes_on_when_there_is_room),
	    cmocka_unit_test(a_clock_set_back_is_told_by_a_gap_and_refers),
	    cmocka_unit_test(a_clock_set_back_between_two_starts_stays_suspect),
	    cmocka_unit_test(a_small_step_back_is_told_and_admits),
	    cmocka_unit_test(a_clock_behind_the_build_or_the_lists_is_suspect),
	    cmocka_unit_test(the_clock_words_follow_the_kernel),
	    cmocka_unit_test(a_new_epoch_commits_to_the_last_checkpoint),
	    cmocka_unit_test(several_shifts_at_once_admit_each_pass_once),
	    cmocka_unit_test(changed_rows_are_found),
	    cmocka_unit_test(a_head_that_does_not_hold_begins_a_new_epoch),
	    cmocka_unit_test(a_folder_put_back_is_noticed_though_its_inode_is_the_same),
	    cmocka_unit_test(a_clock_set_back_shuts_an_officer_out_no_longer_than_the_wait),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

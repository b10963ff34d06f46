/* A bit that flipped inside a row of a list: no page is torn, and yet nobody is admitted by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <sqlite3.h>

#include "badges/roster.h"
#include "gate/seal/digest.h"
#include "gate/sync/lists.h"
#include "gate/ready/ready.h"
#include "gate/door/scan.h"
#include "schema/gate_db.h"
#include "tests/faults/faults.h"
#include "tests/gate/world.h"

enum { NOW = 1795000000, PEOPLE = 20, CANCELLED = 3, REVOKED = 4, BARRED = 5 };

struct bench {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate_options options;
	struct gate *gate;
};

/* A change that lets somebody in who must not be, and whom. */
static const struct harm {
	const char *sql;
	unsigned who;
	bool is_roster;
} harms[] = {
    {"UPDATE roster SET status = 1 WHERE status = 2", CANCELLED, true},
    {"UPDATE revocation SET pass = zeroblob(16)", REVOKED, false},
    {"DELETE FROM revocation", REVOKED, false},
    {"UPDATE restriction SET pass = zeroblob(16)", BARRED, false},
    {"UPDATE restriction SET valid_until = 1", BARRED, false},
};
enum { HARMS = sizeof(harms) / sizeof(harms[0]) };

static int keep_body(struct store_tx *tx, void *context)
{
	const digest_list lists[] = {0, WORLD_HERE, WORLD_THERE};
	struct digest digest;
	int r = 0;

	(void)context;
	for (size_t i = 0; r == 0 && i < 3; i++) {
		r = digest_rows(tx, lists[i], &digest);
		if (r == 0)
			r = digest_keep(tx, lists[i], &digest);
	}
	return r;
}

static void begin(struct bench *bench)
{
	*bench = (struct bench){
	    .clock = {.time_ms = NOW * 1000LL, .mono_ms = 5000, .disciplined = true}};
	world_dir(bench->dir);
	bench->options = (struct gate_options){
	    .clock_source = world_time, .clock_context = &bench->clock, .built_s = NOW - 86400};
	bench->gate = world_make(bench->dir, PEOPLE, NOW, &bench->options);
	world_put_person(bench->gate, WORLD_HERE, CANCELLED, 0, ROSTER_CANCELLED);
	world_revoke(bench->gate, REVOKED, 1);
	world_restrict(bench->gate, 5, WORLD_HERE, BARRED, 0, NOW - 60, 0);
	assert_int_equal(store_write(bench->gate->store, keep_body, NULL), 0);
}

static void end(struct bench *bench)
{
	gate_close(bench->gate);
	world_remove(bench->dir);
}

/* On the closed store, as a disk would. */
static void change(struct bench *bench, const char *sql)
{
	char path[WORLD_DIR_MAX + 16];
	sqlite3 *db = NULL;

	gate_close(bench->gate);
	snprintf(path, sizeof(path), "%s/gate.db", bench->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_true(sqlite3_total_changes(db) > 0);
	sqlite3_close(db);
	bench->gate = world_open(bench->dir, &bench->options);
}

static struct verdict scan(struct bench *bench, unsigned n)
{
	struct world_pass pass = world_usual(n, NOW);
	static struct scan_result result;
	char text[PASS_TEXT_MAX + 1];
	struct scan scan;

	world_text(&pass, text);
	assert_int_equal(scan_open(bench->gate, "briefing", "", &scan), 0);
	scan_text(&scan, text, strlen(text), &result);
	return result.verdict;
}

static uint64_t entries_of(struct bench *bench, const char *reason)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	uint64_t n = 0;

	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(store_query(tx, GATE_Q_ENTRY_RANGE,
			     STORE_ARGS(store_i64((int64_t)bench->gate->journal.epoch),
				 store_i64(0), store_i64(1000)),
			     &rows),
	    0);
	while (store_next(rows) == STORE_ROW) {
		struct entry entry;
		size_t len;
		const void *text = store_get_blob(rows, 1, &len);

		assert_int_equal(entry_parse(text, len, &entry), 0);
		n += strcmp(entry.reason, reason) == 0;
	}
	store_done(rows);
	store_read_end(tx);
	return n;
}

static bool is_fetched(struct bench *bench, enum lists_kind kind, uint32_t conference)
{
	struct lists_held held;
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(lists_held(tx, kind, conference, &held), 0);
	store_read_end(tx);
	return held.fetch;
}

static enum ready_state ready_of(struct bench *bench, const char *id)
{
	static struct ready_report report;

	ready_look(bench->gate, READY_FULL, &report);
	for (size_t i = 0; i < report.n; i++)
		if (strcmp(report.findings[i].id, id) == 0)
			return report.findings[i].state;
	fail();
	return READY_BAD;
}

static void a_list_as_it_came_is_no_finding(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench);
	gate_close(bench.gate);
	bench.gate = world_open(bench.dir, &bench.options);
	assert_false(bench.gate->lists_damaged);
	assert_int_equal(entries_of(&bench, "list-damaged"), 0);
	assert_int_equal(scan(&bench, 0).reason, REASON_OK);
	assert_int_equal(scan(&bench, CANCELLED).kind, VERDICT_DENY);
	assert_int_equal(scan(&bench, REVOKED).kind, VERDICT_DENY);
	assert_int_equal(scan(&bench, BARRED).kind, VERDICT_DENY);
	end(&bench);
}

static void a_flipped_row_admits_nobody_and_is_fetched_anew(void **state)
{
	uint64_t wrong = 0, without = 0;
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < HARMS; i++) {
		const struct harm *harm = &harms[i];

		begin(&bench);
		change(&bench, harm->sql);
		assert_true(bench.gate->lists_damaged);
		assert_int_equal(entries_of(&bench, "list-damaged"), 1);
		assert_true(harm->is_roster ? is_fetched(&bench, LISTS_ROSTER, WORLD_HERE)
					    : is_fetched(&bench, LISTS_REVOKED, 0));
		assert_int_equal(
		    ready_of(&bench, harm->is_roster ? "roster" : "revocations"), READY_BAD);
		wrong += scan(&bench, harm->who).kind == VERDICT_ADMIT;
		/* Nor anybody else without a supervisor, until the whole list has come. */
		assert_int_equal(scan(&bench, 0).reason, REASON_ROSTER_STALE);
		end(&bench);
		/* Control: the same with nothing to compare with. */
		begin(&bench);
		change(&bench, "DELETE FROM meta WHERE key LIKE 'digest%'");
		change(&bench, harm->sql);
		without += scan(&bench, harm->who).kind == VERDICT_ADMIT;
		end(&bench);
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(without, HARMS);
	faults_row("corrupt page", "a bit inside a row of a list", HARMS, 0, 0, wrong);
	faults_control("corrupt page", "lists without a digest", without);
}

static void a_shift_that_begins_looks_as_well(void **state)
{
	struct bench bench;
	struct store_tx *tx = NULL;
	struct shift shift;
	bool holds = true;

	(void)state;
	begin(&bench);
	world_revoke(bench.gate, REVOKED + 10, 1); /* beside the list */
	assert_int_equal(store_read_begin(bench.gate->store, &tx), 0);
	assert_int_equal(digest_holds(tx, 0, &holds), 0);
	store_read_end(tx);
	assert_false(holds);
	shift = world_shift(bench.gate);
	assert_true(bench.gate->lists_damaged);
	assert_int_equal(entries_of(&bench, "list-damaged"), 1);
	shift_end(&shift);
	end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_as_it_came_is_no_finding),
	    cmocka_unit_test(a_flipped_row_admits_nobody_and_is_fetched_anew),
	    cmocka_unit_test(a_shift_that_begins_looks_as_well),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

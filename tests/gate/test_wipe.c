/* When a gate forgets the people it knew, and that nothing of them is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <unistd.h>
#include <sys/stat.h>

#include "badges/class.h"
#include "gate/seal/person.h"
#include "gate/door/scan.h"
#include "gate/door/shift.h"
#include "gate/seal/wipe.h"
#include "schema/gate_db.h"
#include "tests/gate/vault_bench.h"

static int64_t rows_left(struct bench *bench)
{
	return bench_number(bench,
	    "SELECT (SELECT count(*) FROM roster) + (SELECT count(*) FROM vault) + "
	    "(SELECT count(*) FROM vault_key) + (SELECT count(*) FROM seal) + "
	    "(SELECT count(*) FROM conference) + (SELECT count(*) FROM object "
	    "WHERE kind = 'staff')");
}

static void a_revoked_gate_is_wiped_and_its_journal_stays(void **state)
{
	static const char answer[] = "{\"error\":\"revoked\",\"message\":\"x\"}";
	static const char other[] = "{\"error\":\"busy\",\"message\":\"revoked\"}";
	struct shift shift, later = {0};
	struct bench bench;
	struct person person;
	bool wiped = true;
	uint64_t size;

	(void)state;
	bench_begin(&bench, false);
	/* Control: another refusal wipes nothing. */
	assert_int_equal(wipe_told(bench.gate, other, strlen(other), &wiped), 0);
	assert_false(wiped);
	shift = world_shift(bench.gate);
	size = bench.gate->journal.log.tree.size;
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_true(wiped);
	assert_false(vault_is_open(bench.gate));
	shift_end(&shift);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), STORE_NOT_FOUND);
	assert_int_equal(bench_sign_in(&bench, "officer1", WORLD_PIN, &later), SHIFT_NO_LIST);
	assert_int_equal(bench.gate->journal.log.tree.size, size + 1);
	assert_int_equal(rows_left(&bench), 0);
	/* Nothing is left to wipe, and nothing more is written. */
	assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
	assert_int_equal(bench.gate->journal.log.tree.size, size + 1);
	bench_end(&bench);
}

static void what_is_wiped_is_overwritten_in_store_and_wal(void **state)
{
	struct bench bench;
	uint8_t public[32];
	size_t before;
	char word[17] = "";
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;

	(void)state;
	bench_begin(&bench, false);
	/* The vault's public half, as far as it has no zero, is looked for as a word. */
	assert_int_equal(store_read_begin(bench.gate->store, &tx), 0);
	assert_int_equal(store_one(tx, GATE_Q_VAULT_NEWEST, STORE_NO_ARGS, &rows), STORE_ROW);
	assert_int_equal(store_get_fixed(rows, 1, public, sizeof(public)), 0);
	store_done(rows);
	store_read_end(tx);
	memcpy(word, public, sizeof(word) - 1);
	before = bench_on_disk(bench.dir, word);
	assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
	if (strlen(word) > 4) {
		assert_true(before > 0);
		assert_int_equal(bench_on_disk(bench.dir, word), 0);
	}
	bench_end(&bench);
}

/* A store that a repair set aside holds the same, sealed for the same officers. */
static void a_store_set_aside_is_wiped_as_well(void **state)
{
	char from[WORLD_DIR_MAX + 64], to[WORLD_DIR_MAX + 64], command[4 * WORLD_DIR_MAX + 256];
	struct bench bench;

	(void)state;
	for (int emptied = 0; emptied < 2; emptied++) {
		bench_begin(&bench, true); /* in the clear, so that there is a name to find */
		if (emptied)
			assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
		gate_close(bench.gate);
		snprintf(from, sizeof(from), "%s/gate.db", bench.dir);
		snprintf(to, sizeof(to), "%s/gate.db.damaged-1789000000", bench.dir);
		snprintf(command, sizeof(command), "cp %s %s && printf 'Ana Ferreira 0' >> %s",
		    from, to, to);
		assert_int_equal(system(command), 0);
		bench.gate = world_open(bench.dir, &bench.options);
		assert_true(bench_on_disk(bench.dir, "Ana Ferreira 0") > 0);
		assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
		assert_int_equal(bench_on_disk(bench.dir, "Ana Ferreira 0"), 0);
		assert_int_equal(access(to, F_OK), -1);
		bench_end(&bench);
	}
}

static void a_gate_that_hears_nothing_for_fourteen_days_is_wiped(void **state)
{
	struct bench bench;
	bool wiped = true;

	(void)state;
	bench_begin(&bench, false);
	/* Enrolment took the machine's own time. */
	bench_sql(&bench, "UPDATE meta SET value = 1795000000 WHERE key = 'enrolled'");
	bench_clock(&bench, NOW + WIPE_AGE - 60);
	assert_int_equal(wipe_when_unheard(bench.gate, &wiped), 0);
	assert_false(wiped);
	/* By a clock that nobody vouches for: not. */
	bench.clock.disciplined = false;
	bench_reopen(&bench, NOW + WIPE_AGE + 60);
	assert_int_equal(wipe_when_unheard(bench.gate, &wiped), 0);
	assert_false(wiped);
	assert_true(rows_left(&bench) > 0);
	bench.clock.disciplined = true;
	bench_reopen(&bench, NOW + WIPE_AGE + 120);
	assert_int_equal(rows_left(&bench), 0);
	bench_end(&bench);
}

static void a_registrar_that_does_not_know_a_gate_wipes_it_after_a_day(void **state)
{
	static const char answer[] = "{\"error\":\"unknown\",\"message\":\"x\"}";
	struct bench bench;
	bool wiped = true;

	(void)state;
	bench_begin(&bench, false);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_false(wiped);
	bench_clock(&bench, NOW + WIPE_UNKNOWN_AGE - 5);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_false(wiped);
	/* Known again in between: the day begins anew. */
	assert_int_equal(wipe_known(bench.gate), 0);
	bench_clock(&bench, NOW + WIPE_UNKNOWN_AGE + 5);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_false(wiped);
	bench_clock(&bench, NOW + 2 * WIPE_UNKNOWN_AGE + 15);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_true(wiped);
	assert_int_equal(rows_left(&bench), 0);
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_revoked_gate_is_wiped_and_its_journal_stays),
	    cmocka_unit_test(what_is_wiped_is_overwritten_in_store_and_wal),
	    cmocka_unit_test(a_store_set_aside_is_wiped_as_well),
	    cmocka_unit_test(a_gate_that_hears_nothing_for_fourteen_days_is_wiped),
	    cmocka_unit_test(a_registrar_that_does_not_know_a_gate_wipes_it_after_a_day),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

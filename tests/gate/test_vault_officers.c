/* Officers come, go and change their PINs: who reads what afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "badges/class.h"
#include "gate/sync/lists.h"
#include "gate/seal/person.h"
#include "gate/door/scan.h"
#include "gate/door/shift.h"
#include "schema/gate_db.h"
#include "tests/gate/vault_bench.h"

static void data_keys_that_serve_no_more_are_forgotten(void **state)
{
	static const char count[] = "SELECT count(*) FROM seal";
	static const char used[] =
	    "SELECT count(DISTINCT seal) FROM (SELECT seal FROM roster UNION ALL SELECT seal FROM "
	    "restriction WHERE seal <> 0)";
	struct person person = {.pass_class = CLASS_REPORTER, .name = "Odd Nes"};
	struct bench bench;
	struct shift shift;

	(void)state;
	bench_begin(&bench, false);
	/* Each new start seals with a key of its own. */
	world_id(PEOPLE + 1, person.pass);
	for (int i = 1; i <= 3; i++) {
		bench_reopen(&bench, NOW + i);
		world_put(bench.gate, WORLD_HERE, &person);
		world_drop_person(bench.gate, WORLD_HERE, PEOPLE + 1);
	}
	assert_true(bench_number(&bench, count) >= 4);
	shift = world_shift(bench.gate);
	shift_end(&shift);
	assert_int_equal(bench_number(&bench, count), bench_number(&bench, used));
	shift = world_shift(bench.gate);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
	/* What comes now is sealed with a key that stands. */
	person = (struct person){.pass_class = CLASS_REPORTER, .name = "Odd Nes"};
	world_id(PEOPLE + 1, person.pass);
	world_put(bench.gate, WORLD_HERE, &person);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, PEOPLE + 1, &person), 0);
	assert_string_equal(person.name, "Odd Nes");
	shift_end(&shift);
	shift = world_shift(bench.gate);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, PEOPLE + 1, &person), 0);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&shift);
	bench_end(&bench);
}

static bool to_fetch(struct bench *bench)
{
	struct lists_held held;
	struct store_tx *tx = NULL;

	gate_lock(bench->gate);
	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(lists_held(tx, LISTS_ROSTER, WORLD_HERE, &held), 0);
	store_read_end(tx);
	gate_unlock(bench->gate);
	return held.fetch;
}

static const struct world_officer both[] = {
    {"officer1", WORLD_PIN, STAFF_SECURITY}, {"super1", WORLD_WORDS, STAFF_SUPERVISOR}};

static const struct world_officer three[] = {{"new1", "another long pin", STAFF_SECURITY},
    {"officer1", WORLD_PIN, STAFF_SECURITY}, {"super1", WORLD_WORDS, STAFF_SUPERVISOR}};

static void an_officer_who_is_added_reads_at_once_while_it_is_open(void **state)
{
	struct shift shift, fresh = {0};
	struct bench bench;
	struct person person;

	(void)state;
	bench_begin(&bench, false);
	shift = world_shift(bench.gate);
	assert_int_equal(world_staff(bench.gate, 2, three, 3, NOW), 0);
	assert_false(to_fetch(&bench));
	shift_end(&shift);
	assert_int_equal(bench_sign_in(&bench, "new1", "another long pin", &fresh), SHIFT_OK);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&fresh);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM vault"), 1);
	bench_end(&bench);
}

static void an_officer_who_is_added_while_it_is_closed_reads_what_comes_after(void **state)
{
	struct shift shift, fresh = {0};
	struct bench bench;
	struct person person;

	(void)state;
	bench_begin(&bench, false);
	assert_int_equal(world_staff(bench.gate, 2, three, 3, NOW), 0);
	/* It is asked for again, and decides by what it has meanwhile. */
	assert_true(to_fetch(&bench));
	assert_int_equal(bench_sign_in(&bench, "new1", "another long pin", &fresh), SHIFT_OK);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_int_equal(person.status, ROSTER_CONFIRMED);
	world_put_person(bench.gate, WORLD_HERE, PEOPLE, CLASS_REPORTER, ROSTER_CONFIRMED);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, PEOPLE, &person), 0);
	shift_end(&fresh);
	/* Who was on the list before reads both, and brings the old into the new. */
	shift = world_shift(bench.gate);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, PEOPLE, &person), 0);
	shift_end(&shift);
	assert_int_equal(bench_number(&bench, "SELECT count(*) FROM vault"), 1);
	assert_int_equal(bench_sign_in(&bench, "new1", "another long pin", &fresh), SHIFT_OK);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&fresh);
	bench_end(&bench);
}

static void an_officer_who_is_gone_reads_nothing_any_more(void **state)
{
	for (int open = 0; open < 2; open++) {
		struct shift shift = {0}, gone = {0};
		struct bench bench;
		struct person person;

		(void)state;
		bench_begin(&bench, false);
		if (open == 1)
			assert_int_equal(
			    bench_sign_in(&bench, "super1", WORLD_WORDS, &shift), SHIFT_OK);
		assert_int_equal(world_staff(bench.gate, 2, both + 1, 1, NOW), 0);
		shift_end(&shift);
		assert_int_equal(bench_sign_in(&bench, "officer1", WORLD_PIN, &gone), SHIFT_WRONG);
		assert_int_equal(bench_number(&bench, "SELECT count(*) FROM vault_key "
						      "WHERE officer = 'officer1'"),
		    0);
		/* The wraps are gone and others read on; with them open, the old generation is too.
		 */
		assert_int_equal(
		    bench_number(&bench, "SELECT count(*) FROM vault"), open == 1 ? 1 : 2);
		assert_int_equal(bench_number(&bench, "SELECT max(generation) FROM vault"), 2);
		assert_int_equal(bench_sign_in(&bench, "super1", WORLD_WORDS, &shift), SHIFT_OK);
		assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
		shift_end(&shift);
		bench_end(&bench);
	}
}

static void a_changed_pin_opens_and_the_old_one_does_not(void **state)
{
	static const struct world_officer changed[] = {{"officer1", "a new one 22", STAFF_SECURITY},
	    {"super1", WORLD_WORDS, STAFF_SUPERVISOR}};

	for (int open = 0; open < 2; open++) {
		struct shift shift = {0}, fresh = {0};
		struct bench bench;
		struct person person;

		(void)state;
		bench_begin(&bench, false);
		if (open == 1)
			assert_int_equal(
			    bench_sign_in(&bench, "super1", WORLD_WORDS, &shift), SHIFT_OK);
		assert_int_equal(world_staff(bench.gate, 2, changed, 2, NOW), 0);
		assert_int_equal(to_fetch(&bench), open == 0);
		shift_end(&shift);
		assert_int_equal(bench_sign_in(&bench, "officer1", WORLD_PIN, &fresh), SHIFT_WRONG);
		assert_int_equal(
		    bench_sign_in(&bench, "officer1", "a new one 22", &fresh), SHIFT_OK);
		assert_int_equal(
		    bench_see(bench.gate, WORLD_HERE, 0, &person), open == 1 ? 0 : VAULT_LOCKED);
		shift_end(&fresh);
		bench_end(&bench);
	}
}

static void a_list_that_is_rolled_back_leaves_no_key_behind(void **state)
{
	struct bench bench;
	struct person person;
	struct shift shift;

	(void)state;
	bench_begin(&bench, false);
	shift = world_shift(bench.gate);
	world_put_failing(bench.gate, WORLD_HERE, PEOPLE + 5);
	world_put_person(bench.gate, WORLD_HERE, PEOPLE + 6, CLASS_REPORTER, ROSTER_CONFIRMED);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, PEOPLE + 5, &person), STORE_NOT_FOUND);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, PEOPLE + 6, &person), 0);
	shift_end(&shift);
	bench_reopen(&bench, NOW + 9);
	shift = world_shift(bench.gate);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, PEOPLE + 6, &person), 0);
	shift_end(&shift);
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(data_keys_that_serve_no_more_are_forgotten),
	    cmocka_unit_test(an_officer_who_is_added_reads_at_once_while_it_is_open),
	    cmocka_unit_test(an_officer_who_is_added_while_it_is_closed_reads_what_comes_after),
	    cmocka_unit_test(an_officer_who_is_gone_reads_nothing_any_more),
	    cmocka_unit_test(a_changed_pin_opens_and_the_old_one_does_not),
	    cmocka_unit_test(a_list_that_is_rolled_back_leaves_no_key_behind),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a gate's disk tells: nobody's name without an officer's sign-in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sodium.h>
#include <time.h>

#include "badges/class.h"
#include "gate/seal/person.h"
#include "gate/door/scan.h"
#include "gate/door/shift.h"
#include "tests/gate/vault_bench.h"

enum { MANY = 25000 };

static void a_copy_of_the_disk_names_nobody(void **state)
{
	struct bench bench;

	(void)state;
	bench_begin(&bench, false);
	bench_live(&bench);
	for (size_t i = 0; i < sizeof(bench_secrets) / sizeof(bench_secrets[0]); i++)
		if (bench_on_disk(bench.dir, bench_secrets[i]) != 0)
			fail_msg("'%s' stands in a file", bench_secrets[i]);
	/* With the vault open too, and once it was closed and opened again. */
	bench_reopen(&bench, NOW + 10);
	bench_live(&bench);
	for (size_t i = 0; i < sizeof(bench_secrets) / sizeof(bench_secrets[0]); i++)
		assert_int_equal(bench_on_disk(bench.dir, bench_secrets[i]), 0);
	/* The same look finds what is there. */
	assert_true(bench_on_disk(bench.dir, WORLD_DEVICE) > 0);
	bench_end(&bench);
}

/* What the door sees of person n's pass of another conference. */
static void show_stranger(struct bench *bench, unsigned n, struct scan_result *result)
{
	struct world_pass pass = world_usual(n, NOW);
	char text[PASS_TEXT_MAX + 1];
	struct scan scan;

	pass.conference = WORLD_THERE;
	pass.key = WORLD_KEY_THERE;
	world_text(&pass, text);
	assert_int_equal(scan_open(bench->gate, "briefing", "officer1", &scan), 0);
	scan_text(&scan, text, strlen(text), result);
	assert_int_equal(result->verdict.reason, REASON_WRONG_CONFERENCE);
}

static void whose_pass_of_another_conference_it_is_shows_while_it_is_open(void **state)
{
	static struct scan_result result;
	struct bench bench;
	struct shift shift;

	(void)state;
	bench_begin(&bench, false);
	world_put_person(bench.gate, WORLD_THERE, 5, CLASS_REPORTER, ROSTER_CONFIRMED);
	show_stranger(&bench, 5, &result);
	assert_string_equal(result.facts.name, "");
	shift = world_shift(bench.gate);
	show_stranger(&bench, 5, &result);
	assert_string_equal(result.facts.name, "Ana Ferreira 5");
	assert_string_equal(result.facts.outlet, "Lumen TV");
	/* That conference's roster decides, not this one's, on which person 6 stands. */
	show_stranger(&bench, 6, &result);
	assert_string_equal(result.facts.name, "");
	assert_string_equal(result.facts.outlet, "");
	shift_end(&shift);
	show_stranger(&bench, 5, &result);
	assert_string_equal(result.facts.name, "");
	bench_end(&bench);
}

static void control_without_sealing_the_same_look_finds_all_of_it(void **state)
{
	struct bench bench;

	(void)state;
	bench_begin(&bench, true);
	bench_live(&bench);
	for (size_t i = 0; i < sizeof(bench_secrets) / sizeof(bench_secrets[0]); i++)
		if (bench_on_disk(bench.dir, bench_secrets[i]) == 0)
			fail_msg("'%s' is not found", bench_secrets[i]);
	bench_end(&bench);
}

/* ---- who opens it ---- */

static void a_right_pin_opens_it_without_a_network_and_a_wrong_one_does_not(void **state)
{
	struct shift shift = {0}, other = {0};
	struct bench bench;
	struct person person;
	int64_t wait = 0;

	(void)state;
	bench_begin(&bench, false);
	bench_reopen(&bench, NOW + 5);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_string_equal(person.name, "");
	assert_int_equal(person.status, ROSTER_CONFIRMED);
	assert_int_equal(person.outlet_number, WORLD_OUTLET);
	assert_int_equal(bench_sign_in(&bench, "officer1", "4712", &shift), SHIFT_WRONG);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_int_equal(bench_sign_in(&bench, "officer1", WORLD_PIN, &shift), SHIFT_OK);
	assert_int_equal(shift.role, STAFF_SECURITY);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
	assert_string_equal(person.name, "Ana Ferreira 0");
	assert_string_equal(person.outlet, "Lumen TV");
	/* A passphrase; two shifts; the last one closes. */
	assert_int_equal(bench_sign_in(&bench, "super1", WORLD_WORDS, &other), SHIFT_OK);
	assert_int_equal(other.role, STAFF_SUPERVISOR);
	shift_end(&shift);
	shift_end(&shift);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&other);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_null(bench.gate->vault.keys);
	assert_int_equal(shift_authorise(bench.gate, "officer1", WORLD_PIN, strlen(WORLD_PIN),
			     STAFF_SUPERVISOR, &wait),
	    SHIFT_ROLE);
	assert_int_equal(shift_authorise(bench.gate, "super1", WORLD_WORDS, strlen(WORLD_WORDS),
			     STAFF_SUPERVISOR, &wait),
	    SHIFT_OK);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	bench_end(&bench);
}

static void what_is_moved_to_another_place_does_not_open(void **state)
{
	struct bench bench, other;
	struct person person;
	struct shift shift;
	char sql[400];

	(void)state;
	bench_begin(&bench, false);
	bench_sql(
	    &bench, "UPDATE roster SET person = (SELECT person FROM roster ORDER BY pass LIMIT 1)");
	shift = world_shift(bench.gate);
	unsigned opened = 0, bad = 0;
	for (unsigned n = 0; n < PEOPLE; n++) {
		int r = bench_see(bench.gate, WORLD_HERE, n, &person);

		opened += r == 0;
		bad += r == VAULT_BAD;
	}
	assert_int_equal(opened, 1);
	assert_int_equal(bad, PEOPLE - 1);
	shift_end(&shift);
	bench_end(&bench);
	/* Another conference. */
	bench_begin(&bench, false);
	bench_sql(&bench, "UPDATE roster SET conference = 8");
	shift = world_shift(bench.gate);
	assert_int_equal(bench_see(bench.gate, WORLD_THERE, 0, &person), VAULT_BAD);
	shift_end(&shift);
	bench_end(&bench);
	/* Another gate's rows with their data keys, and even with its public half. */
	bench_begin(&bench, false);
	bench_begin(&other, false);
	gate_close(other.gate);
	other.gate = NULL;
	snprintf(sql, sizeof(sql),
	    "ATTACH '%s/gate.db' AS o; DELETE FROM roster; DELETE FROM seal; "
	    "INSERT INTO roster SELECT * FROM o.roster; INSERT INTO seal SELECT * FROM o.seal; "
	    "UPDATE vault SET public = (SELECT public FROM o.vault)",
	    other.dir);
	bench_sql(&bench, sql);
	assert_int_equal(bench_sign_in(&bench, "officer1", WORLD_PIN, &shift), SHIFT_NO_LIST);
	assert_int_equal(bench_see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	bench_end(&bench);
	world_remove(other.dir);
}

struct guess {
	struct bench *bench;
	int result;
};

static void *guess(void *context)
{
	struct guess *guess = context;
	struct shift shift = {0};

	guess->result = bench_sign_in(guess->bench, "officer1", "0000", &shift);
	return NULL;
}

static void guesses_at_once_are_slowed_as_one_after_the_other(void **state)
{
	enum { GUESSES = 6 };
	struct guess guesses[GUESSES];
	pthread_t threads[GUESSES];
	struct bench bench;
	unsigned tried = 0, waited = 0;

	(void)state;
	bench_begin(&bench, false);
	for (size_t i = 0; i < GUESSES; i++) {
		guesses[i] = (struct guess){.bench = &bench};
		assert_int_equal(pthread_create(&threads[i], NULL, guess, &guesses[i]), 0);
	}
	for (size_t i = 0; i < GUESSES; i++) {
		pthread_join(threads[i], NULL);
		tried += guesses[i].result == SHIFT_WRONG;
		waited += guesses[i].result == SHIFT_WAIT;
	}
	assert_int_equal(tried, 3);
	assert_int_equal(waited, GUESSES - 3);
	bench_end(&bench);
}

/* ---- what it costs ---- */

static double cpu_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double put_many(bool unsealed, double *ret_one)
{
	struct bench bench;
	double start, whole;

	bench_begin(&bench, unsealed);
	start = cpu_ms();
	world_put_people(bench.gate, WORLD_HERE, 1000, MANY);
	whole = cpu_ms() - start;
	start = cpu_ms();
	for (unsigned i = 0; i < 300; i++)
		world_put_person(
		    bench.gate, WORLD_HERE, 1000 + i, CLASS_REPORTER, ROSTER_CONFIRMED);
	*ret_one = (cpu_ms() - start) / 300;
	bench_end(&bench);
	return whole;
}

static void sealing_25000_rows_costs_little(void **state)
{
	double one_sealed = 0, one_clear = 0;
	double clear = put_many(true, &one_clear), sealed = put_many(false, &one_sealed);

	(void)state;
	print_message("# %d rows sealed: %.0f ms of CPU, %.2f times that without sealing; one row: "
		      "%.3f ms, %.2f times\n",
	    MANY, sealed, sealed / clear, one_sealed, one_sealed / one_clear);
	/* No time is judged here but one that is out of all proportion. */
	assert_true(sealed < 20 * clear + 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_copy_of_the_disk_names_nobody),
	    cmocka_unit_test(whose_pass_of_another_conference_it_is_shows_while_it_is_open),
	    cmocka_unit_test(control_without_sealing_the_same_look_finds_all_of_it),
	    cmocka_unit_test(a_right_pin_opens_it_without_a_network_and_a_wrong_one_does_not),
	    cmocka_unit_test(what_is_moved_to_another_place_does_not_open),
	    cmocka_unit_test(guesses_at_once_are_slowed_as_one_after_the_other),
	    cmocka_unit_test(sealing_25000_rows_costs_little),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

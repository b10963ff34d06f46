/* kill -9 over the store on a real disk; and the control that acknowledges too early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "schema/store.h"
#include "tests/store/killer.h"
#include "tests/store/powercut.h"
#include "tests/store/sample_db.h"

enum { KILLS = 75, CONTROL_KILLS = 40 }; /* 75 each of two stores */

static char folder[64];
static char path[96];

struct book {
	struct store_options options;
	bool too_early; /* the control: acknowledges before the commit */
	uint64_t acked; /* items, over all rounds */
};

static int make_folder(void **state)
{
	(void)state;
	/* Not a file system in memory, where there is one on a disk. */
	snprintf(folder, sizeof(folder), "/var/tmp/pressgate-kill-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/sample.db", folder);
	return 0;
}

static int remove_folder(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static int write_item(struct store_tx *tx, void *context)
{
	static const uint8_t body[3000];
	const char *words = context;
	int result = store_exec(
	    tx, SAMPLE_Q_ACCOUNT_ADD, STORE_ARGS(store_text("left"), store_i64(-1)), NULL);
	if (!result)
		result = store_exec(tx, SAMPLE_Q_NOTE_INSERT,
		    STORE_ARGS(store_text(words), store_blob(body, sizeof(body)), store_i64(1)),
		    NULL);
	if (!result)
		result = store_exec(
		    tx, SAMPLE_Q_ACCOUNT_ADD, STORE_ARGS(store_text("right"), store_i64(1)), NULL);
	return result;
}

static int work(struct killer *killer, void *context, unsigned round)
{
	const struct book *book = context;
	struct store *store = NULL;
	char words[32];
	if (store_open(path, &sample_store_spec, &book->options, &store, NULL, 0))
		return 1;
	for (unsigned i = 0;; i++) {
		snprintf(words, sizeof(words), "%u.%u", round, i);
		if (book->too_early)
			killer_ack(killer, words);
		if (store_write(store, write_item, words))
			return 1;
		if (!book->too_early)
			killer_ack(killer, words);
	}
}

static void look(
    struct store *store, char *const *acked, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	if (store_read_begin(store, &tx)) {
		++*ret_corrupt;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		rows = NULL;
		*ret_lost += store_one(tx, SAMPLE_Q_NOTE_FIND, STORE_ARGS(store_text(acked[i])),
				 &rows) != STORE_ROW;
		store_done(rows);
	}
	rows = NULL;
	if (store_one(tx, SAMPLE_Q_ACCOUNT_SUM, STORE_NO_ARGS, &rows) != STORE_ROW ||
	    store_get_i64(rows, 0) != 0)
		++*ret_corrupt;
	store_done(rows);
	store_read_end(tx);
}

/* Everything ever acknowledged is counted too: an old row may not go later. */
static void check(void *context, unsigned round, char *const *acked, size_t n, uint64_t *ret_lost,
    uint64_t *ret_corrupt)
{
	struct book *book = context;
	struct store *store = NULL;
	char why[256] = "";
	(void)round;
	if (store_open(path, &sample_store_spec, &book->options, &store, why, sizeof(why))) {
		print_message("# opening after a kill: %s\n", why);
		++*ret_corrupt;
		return;
	}
	look(store, acked, n, ret_lost, ret_corrupt);
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	book->acked += n;
	if (store_read_begin(store, &tx) ||
	    store_one(tx, SAMPLE_Q_NOTE_COUNT, STORE_NO_ARGS, &rows) != STORE_ROW ||
	    (uint64_t)store_get_i64(rows, 0) < book->acked)
		++*ret_lost;
	store_done(rows);
	store_read_end(tx);
	if (store_verify(store, why, sizeof(why)))
		++*ret_corrupt;
	store_close(store);
}

static void nothing_is_lost(const char *name, struct store_options options, uint64_t seed)
{
	struct book book = {.options = options};
	struct killer_stats stats;
	struct killer_job job = {.work = work, .check = check, .context = &book};
	unsigned kills = powercut_share(KILLS);
	book.options.create = true;
	assert_int_equal(killer_run(&job, kills, seed, &stats), 0);
	killer_print(name, &stats);
	assert_int_equal(stats.kills, kills);
	assert_int_equal(stats.ended, 0);
	assert_true(stats.acks > kills);
	assert_int_equal(stats.lost, 0);
	assert_int_equal(stats.corrupt, 0);
}

static void an_exclusive_store_loses_nothing_when_killed(void **state)
{
	(void)state;
	nothing_is_lost("exclusive", (struct store_options){.exclusive = true}, 11);
}

static void a_grouping_store_loses_nothing_when_killed(void **state)
{
	(void)state;
	nothing_is_lost("group commit", (struct store_options){.group_commit = true}, 12);
}

static void control_acknowledging_before_the_commit_is_found_out(void **state)
{
	struct book book = {.options = {.create = true, .exclusive = true}, .too_early = true};
	struct killer_stats stats;
	struct killer_job job = {.work = work, .check = check, .context = &book};
	(void)state;
	assert_int_equal(killer_run(&job, CONTROL_KILLS, 13, &stats), 0);
	killer_print("control, acknowledged too early", &stats);
	assert_true(stats.lost > 0);
}

struct echo {
	uint64_t answered;
	unsigned broken;
};

static const char *say(void *context, unsigned round, size_t n)
{
	static char line[32];
	(void)context;
	snprintf(line, sizeof(line), "%u %zu", round, n);
	return line;
}

static void check_echo(void *context, unsigned round, char *const *acked, size_t n,
    uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	struct echo *echo = context;
	(void)ret_lost, (void)ret_corrupt;
	for (size_t i = 0; i < n; i++) {
		char want[32];
		snprintf(want, sizeof(want), "%u %zu", round, i);
		echo->broken += strcmp(want, acked[i]) != 0;
	}
	echo->answered += n;
}

static void a_program_is_fed_lines_and_its_lines_are_taken(void **state)
{
	struct echo echo = {0};
	struct killer_stats stats;
	char *const argv[] = {"sed", "-u", "s/x/y/", NULL};
	struct killer_job job = {
	    .argv = argv, .feed = say, .ahead = 3, .check = check_echo, .context = &echo};
	(void)state;
	assert_int_equal(killer_run(&job, 20, 14, &stats), 0);
	killer_print("a program", &stats);
	assert_int_equal(stats.kills, 20);
	assert_int_equal(echo.broken, 0);
	assert_true(echo.answered > 20);
}

static void a_program_that_fails_is_counted(void **state)
{
	struct echo echo = {0};
	struct killer_stats stats;
	char *const argv[] = {"false", NULL};
	struct killer_job job = {
	    .argv = argv, .check = check_echo, .context = &echo, .most_us = 50000};
	(void)state;
	assert_int_equal(killer_run(&job, 5, 15, &stats), 0);
	assert_true(stats.failed > 0);
	assert_int_equal(stats.kills + stats.ended, 5);
}

#define kill_test(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    kill_test(an_exclusive_store_loses_nothing_when_killed),
	    kill_test(a_grouping_store_loses_nothing_when_killed),
	    kill_test(control_acknowledging_before_the_commit_is_found_out),
	    cmocka_unit_test(a_program_is_fed_lines_and_its_lines_are_taken),
	    cmocka_unit_test(a_program_that_fails_is_counted),
	};
	return cmocka_run_group_tests_name("killer", tests, NULL, NULL);
}

/* Power cuts over the store: nothing acknowledged is lost; and the controls that must lose. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "schema/store.h"
#include "tests/store/memdisk.h"
#include "tests/store/powercut.h"
#include "tests/store/sample_db.h"

enum { WRITES = 400, THREADS = 6 }; /* at most */

struct plan {
	struct store_options options;
	unsigned threads;
	unsigned writes;
	unsigned checkpoint_every; /* writes; 0: never */
	bool may_fail;		   /* a control: failures are counted, not told */
};

/* One transaction: a note named by its item, and an amount moved from left to right. */
static int write_item(struct store_tx *tx, void *context)
{
	static const uint8_t body[6000];
	uint64_t item = *(const uint64_t *)context;
	char words[32];
	snprintf(words, sizeof(words), "item %llu", (unsigned long long)item);
	int result = store_exec(tx, SAMPLE_Q_ACCOUNT_ADD,
	    STORE_ARGS(store_text("left"), store_i64(-(int64_t)item)), NULL);
	if (!result)
		result = store_exec(tx, SAMPLE_Q_NOTE_INSERT,
		    STORE_ARGS(store_text(words), store_blob(body, item * 97 % sizeof(body)),
			store_i64((int64_t)item)),
		    NULL);
	if (!result)
		result = store_exec(tx, SAMPLE_Q_ACCOUNT_ADD,
		    STORE_ARGS(store_text("right"), store_i64((int64_t)item)), NULL);
	return result;
}

struct worker {
	struct powercut *run;
	struct store *store;
	const struct plan *plan;
	uint64_t number;
	int result;
	pthread_t thread;
};

static void *work_main(void *context)
{
	struct worker *worker = context;
	const struct plan *plan = worker->plan;
	for (uint64_t i = worker->number; !worker->result && i < plan->writes; i += plan->threads) {
		uint64_t item = i + 1;
		worker->result = store_write(worker->store, write_item, &item);
		if (!worker->result)
			powercut_ack(worker->run, item);
		if (!worker->result && plan->checkpoint_every &&
		    item % plan->checkpoint_every == 0) {
			int done = store_checkpoint(worker->store);
			worker->result = done == STORE_LOCKED ? 0 : done;
		}
	}
	return NULL;
}

static int work(struct powercut *run, void *context)
{
	const struct plan *plan = context;
	struct worker workers[THREADS] = {0};
	struct store *store = NULL;
	struct store_options options = plan->options;
	options.create = true;
	int result = store_open("/sample.db", &sample_store_spec, &options, &store, NULL, 0);
	if (result)
		return result;
	for (unsigned i = 0; i < plan->threads; i++) {
		workers[i] = (struct worker){run, store, plan, i, 0, 0};
		if (pthread_create(&workers[i].thread, NULL, work_main, &workers[i]))
			abort();
	}
	for (unsigned i = 0; i < plan->threads; i++) {
		pthread_join(workers[i].thread, NULL);
		result = result ? result : workers[i].result;
	}
	store_close(store);
	return result;
}

static void look(
    struct store *store, const uint64_t *acked, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	bool found[WRITES + 1] = {false};
	if (store_read_begin(store, &tx)) {
		++*ret_corrupt;
		return;
	}
	int step = store_query(tx, SAMPLE_Q_NOTE_LIST, STORE_NO_ARGS, &rows);
	while (!step && (step = store_next(rows)) == STORE_ROW) {
		int64_t item = store_get_i64(rows, 2);
		if (item >= 0 && item <= WRITES)
			found[item] = true;
		step = 0;
	}
	store_done(rows);
	*ret_corrupt += step != 0;
	for (size_t i = 0; i < n; i++)
		*ret_lost += !found[acked[i]];
	rows = NULL;
	if (store_one(tx, SAMPLE_Q_ACCOUNT_SUM, STORE_NO_ARGS, &rows) != STORE_ROW ||
	    store_get_i64(rows, 0) != 0)
		++*ret_corrupt;
	store_done(rows);
	store_read_end(tx);
}

static int move_one(struct store_tx *tx, void *context)
{
	(void)context;
	return store_exec(
	    tx, SAMPLE_Q_ACCOUNT_ADD, STORE_ARGS(store_text("left"), store_i64(0)), NULL);
}

static void check(
    void *context, const uint64_t *acked, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	const struct plan *plan = context;
	struct store *store = NULL;
	struct store_options options = {.create = true, .exclusive = plan->options.exclusive};
	char why[256] = "";
	int result =
	    store_open("/sample.db", &sample_store_spec, &options, &store, why, sizeof(why));
	if (result) {
		if (!plan->may_fail)
			print_message("# opening after a cut: %d %s\n", result, why);
		*ret_lost += n;
		++*ret_corrupt;
		return;
	}
	if (store_verify(store, why, sizeof(why)))
		++*ret_corrupt;
	look(store, acked, n, ret_lost, ret_corrupt);
	/* And it can be written again. */
	if (store_write(store, move_one, NULL))
		++*ret_corrupt;
	store_close(store);
}

static void nothing_is_lost(const char *name, struct plan plan, unsigned cuts, uint64_t seed)
{
	struct powercut_stats stats;
	cuts = powercut_share(cuts);
	struct powercut_options options = {.cuts = cuts, .seed = seed};
	assert_int_equal(powercut_run(work, check, &plan, &options, &stats), 0);
	powercut_print(name, &stats);
	assert_int_equal(stats.cuts, cuts);
	assert_int_equal(stats.acks, plan.writes);
	assert_int_equal(stats.lost, 0);
	assert_int_equal(stats.corrupt, 0);
	assert_true(stats.torn > cuts / 4);
	assert_true(stats.dropped > cuts / 4);
}

/* The stores of both programs have campaigns of their own: here a quarter will do. */
static unsigned so_many(unsigned cuts)
{
	return getenv("PRESSGATE_TESTS_LONG") == NULL ? cuts / 4 : cuts;
}

static void an_exclusive_store_loses_nothing_at_a_power_cut(void **state)
{
	(void)state;
	nothing_is_lost(
	    "exclusive", (struct plan){{.exclusive = true}, 1, 240, 40, false}, so_many(8000), 1);
}

static void a_grouping_store_loses_nothing_at_a_power_cut(void **state)
{
	(void)state;
	nothing_is_lost("group commit",
	    (struct plan){{.group_commit = true}, THREADS, 240, 40, false}, so_many(8000), 2);
}

static void a_growing_wal_loses_nothing_at_a_power_cut(void **state)
{
	(void)state;
	nothing_is_lost("wal past 1,000 pages",
	    (struct plan){{.exclusive = true}, 1, 400, 0, false}, so_many(4000), 3);
}

static void something_is_lost(const char *level, uint64_t seed)
{
	struct plan plan = {{.exclusive = true, .synchronous = level}, 1, 240, 40, true};
	struct powercut_stats stats;
	struct powercut_options options = {.cuts = 300, .seed = seed};
	char name[64];
	assert_int_equal(powercut_run(work, check, &plan, &options, &stats), 0);
	snprintf(name, sizeof(name), "control, synchronous=%s", level);
	powercut_print(name, &stats);
	assert_true(stats.lost > 0);
	assert_true(stats.cuts_with_loss > 100);
}

static void control_normal_loses_acknowledged_rows(void **state)
{
	(void)state;
	something_is_lost("NORMAL", 4);
}

static void control_off_loses_acknowledged_rows(void **state)
{
	(void)state;
	something_is_lost("OFF", 5);
}

/* No journal at all: a torn page must be seen by the integrity check or as half a transaction. */
static int work_without_journal(struct powercut *run, void *context)
{
	sqlite3 *db = NULL;
	(void)context;
	int result = sqlite3_open("/bare.db", &db);
	if (!result)
		result = sqlite3_exec(db,
		    "PRAGMA journal_mode=OFF; PRAGMA synchronous=FULL;"
		    "CREATE TABLE pair (a INTEGER PRIMARY KEY, b BLOB);"
		    "CREATE INDEX pair_b ON pair (b)",
		    NULL, NULL, NULL);
	for (uint64_t i = 1; !result && i <= 60; i++) {
		result = sqlite3_exec(
		    db, "INSERT INTO pair (b) VALUES (randomblob(700))", NULL, NULL, NULL);
		powercut_ack(run, i);
	}
	sqlite3_close(db);
	return result;
}

static int not_ok(void *context, int n, char **values, char **names)
{
	(void)n, (void)names;
	*(int *)context |= !values[0] || strcmp(values[0], "ok") != 0;
	return 0;
}

static void check_without_journal(
    void *context, const uint64_t *acked, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	sqlite3 *db = NULL;
	int bad = 0;
	(void)context, (void)acked, (void)n, (void)ret_lost;
	if (sqlite3_open("/bare.db", &db) ||
	    sqlite3_exec(db, "PRAGMA integrity_check", not_ok, &bad, NULL))
		bad = 1;
	*ret_corrupt += bad != 0;
	sqlite3_close(db);
}

static void control_torn_writes_are_really_torn(void **state)
{
	struct powercut_stats stats;
	struct powercut_options options = {.mode = POWERCUT_TEAR_ONLY, .cuts = 400, .seed = 6};
	(void)state;
	assert_int_equal(
	    powercut_run(work_without_journal, check_without_journal, NULL, &options, &stats), 0);
	powercut_print("control, no journal, torn only", &stats);
	assert_int_equal(stats.dropped, 0);
	assert_true(stats.torn > 0);
	assert_true(stats.corrupt > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_exclusive_store_loses_nothing_at_a_power_cut),
	    cmocka_unit_test(a_grouping_store_loses_nothing_at_a_power_cut),
	    cmocka_unit_test(a_growing_wal_loses_nothing_at_a_power_cut),
	    cmocka_unit_test(control_normal_loses_acknowledged_rows),
	    cmocka_unit_test(control_off_loses_acknowledged_rows),
	    cmocka_unit_test(control_torn_writes_are_really_torn),
	};
	return cmocka_run_group_tests_name("powercut", tests, NULL, NULL);
}

/* What a gate forgets: the names of a roster, once nobody can come with a pass of it any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sodium.h>
#include <sqlite3.h>

#include "gate/seal/forget.h"
#include "gate/journal/ledger.h"
#include "gate/door/scan.h"
#include "schema/gate_db.h"
#include "tests/gate/world.h"

enum { NOW = 1795000000, PEOPLE = 3000, ENDS = NOW + 8 * 3600, GONE = ENDS + FORGET_AFTER_END };

struct bench {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate_options options;
	struct gate *gate;
};

static void set_clock(struct bench *bench, int64_t now)
{
	bench->clock.mono_ms += (uint64_t)(now * 1000 - bench->clock.time_ms);
	bench->clock.time_ms = now * 1000;
}

static void begin(struct bench *bench)
{
	*bench = (struct bench){
	    .clock = {.time_ms = NOW * 1000LL, .mono_ms = 5000, .disciplined = true}};
	world_dir(bench->dir);
	bench->options = (struct gate_options){.clock_source = world_time,
	    .clock_context = &bench->clock,
	    .built_s = NOW - 86400,
	    .unsealed = true}; /* or there would be no name to find */
	bench->gate = world_make(bench->dir, PEOPLE, NOW, &bench->options);
}

static void end(struct bench *bench)
{
	gate_close(bench->gate);
	world_remove(bench->dir);
}

static size_t names_in_file(const char *path)
{
	static const char name[] = "Ana Ferreira";
	FILE *file = fopen(path, "rb");
	size_t found = 0, len, cap = (size_t)64 << 20;
	char *bytes = malloc(cap);

	assert_non_null(file);
	assert_non_null(bytes);
	len = fread(bytes, 1, cap, file);
	assert_true(len < cap);
	fclose(file);
	for (size_t i = 0; i + sizeof(name) - 1 <= len; i++)
		found += memcmp(bytes + i, name, sizeof(name) - 1) == 0;
	free(bytes);
	return found;
}

/* How often a person of the roster is named in the store's files, as `strings` would show. */
static size_t names(const struct bench *bench)
{
	char path[WORLD_DIR_MAX + 300];
	DIR *folder = opendir(bench->dir);
	struct dirent *entry;
	size_t found = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		if (strncmp(entry->d_name, "gate.db", 7) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", bench->dir, entry->d_name);
		found += names_in_file(path);
	}
	closedir(folder);
	return found;
}

static int64_t held(struct bench *bench, uint32_t conference)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int64_t count;

	assert_int_equal(store_read_begin(bench->gate->store, &tx), 0);
	assert_int_equal(
	    store_one(tx, GATE_Q_LISTS_ROSTER_TOTAL, STORE_ARGS(store_i64(conference)), &rows),
	    STORE_ROW);
	count = store_get_i64(rows, 0);
	store_done(rows);
	rows = NULL;
	assert_int_equal(
	    store_one(tx, GATE_Q_LISTS_ROSTER_HELD, STORE_ARGS(store_i64(conference)), &rows),
	    count == 0 ? STORE_NOT_FOUND : STORE_ROW);
	store_done(rows);
	store_read_end(tx);
	return count;
}

static void reopen(struct bench *bench, int64_t now)
{
	gate_close(bench->gate);
	set_clock(bench, now);
	bench->gate = world_open(bench->dir, &bench->options);
}

static unsigned forget(struct bench *bench, const struct forget_listed *listed)
{
	unsigned forgotten = 99;

	assert_int_equal(forget_rosters(bench->gate, listed, &forgotten), 0);
	return forgotten;
}

static void a_start_a_day_after_the_end_leaves_no_name(void **state)
{
	struct bench bench;
	struct scan scan;
	struct scan_result result;
	uint64_t size;

	(void)state;
	begin(&bench);
	assert_int_equal(scan_open(bench.gate, "briefing", "", &scan), 0);
	scan_text(&scan, "not a pass", 10, &result);
	assert_true(result.recorded);
	size = bench.gate->journal.log.tree.size;
	reopen(&bench, GONE - 2);
	assert_int_equal(held(&bench, WORLD_HERE), PEOPLE);
	assert_true(names(&bench) >= PEOPLE);
	reopen(&bench, GONE + 1);
	assert_int_equal(held(&bench, WORLD_HERE), 0);
	/* While it is open, WAL and all, and when it is closed. */
	assert_int_equal(names(&bench), 0);
	assert_int_equal(bench.gate->journal.log.tree.size, size);
	reopen(&bench, GONE + 2);
	assert_int_equal(names(&bench), 0);
	assert_int_equal(bench.gate->journal.log.tree.size, size);
	end(&bench);
}

static void control_rows_deleted_without_overwriting_leave_names(void **state)
{
	struct bench bench;
	char path[WORLD_DIR_MAX + 16];
	sqlite3 *db = NULL;

	(void)state;
	begin(&bench);
	gate_close(bench.gate);
	bench.gate = NULL;
	snprintf(path, sizeof(path), "%s/gate.db", bench.dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA secure_delete=OFF; DELETE FROM roster", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	assert_true(names(&bench) > 0);
	end(&bench);
}

static void what_the_registrar_no_longer_lists_is_forgotten_unless_it_is_on(void **state)
{
	static const uint32_t here[] = {WORLD_HERE}, both[] = {WORLD_THERE, WORLD_HERE};
	static const struct forget_listed none = {.n = 0}, one = {here, 1}, two = {both, 2};
	struct bench bench;

	(void)state;
	begin(&bench);
	/* Both are on. */
	assert_int_equal(forget(&bench, &none), 0);
	assert_int_equal(held(&bench, WORLD_HERE), PEOPLE);
	set_clock(&bench, ENDS + 1);
	assert_int_equal(forget(&bench, &two), 0);
	assert_int_equal(forget(&bench, &one), 1);
	assert_int_equal(held(&bench, WORLD_HERE), PEOPLE);
	/* Listed for longer than this clock says: the registrar would only send it again. */
	set_clock(&bench, GONE + 60);
	assert_int_equal(forget(&bench, &one), 0);
	assert_int_equal(forget(&bench, &none), 1);
	assert_int_equal(held(&bench, WORLD_HERE), 0);
	assert_int_equal(names(&bench), 0);
	end(&bench);
}

static void one_that_is_still_to_come_and_unlisted_is_forgotten(void **state)
{
	static const struct forget_listed none = {.n = 0};
	struct world_conference later = world_conference(NOW);
	struct bench bench;

	(void)state;
	begin(&bench);
	later.doors += 10 * 86400;
	later.starts += 10 * 86400;
	later.ends += 10 * 86400;
	world_put_conference(bench.gate, &later);
	assert_int_equal(forget(&bench, NULL), 0);
	assert_int_equal(forget(&bench, &none), 1);
	assert_int_equal(held(&bench, WORLD_HERE), 0);
	end(&bench);
}

static void a_clock_that_can_not_be_trusted_forgets_nothing(void **state)
{
	static const struct forget_listed none = {.n = 0};
	struct journal_record record = {.decision = ENTRY_BOOT, .reason = "start"};
	struct bench bench;

	(void)state;
	begin(&bench);
	/* Set forward by hand, against the time since boot. */
	bench.clock.time_ms = (GONE + 60) * 1000LL;
	assert_int_equal(forget(&bench, NULL), 0);
	/* Behind the newest entry. */
	bench.clock.time_ms = NOW * 1000LL;
	set_clock(&bench, GONE + 40 * 86400);
	assert_int_equal(journal_note(bench.gate, &record, NULL), 0);
	reopen(&bench, GONE + 60);
	assert_int_equal(forget(&bench, NULL), 0);
	assert_int_equal(forget(&bench, &none), 0);
	assert_int_equal(held(&bench, WORLD_HERE), PEOPLE);
	end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_start_a_day_after_the_end_leaves_no_name),
	    cmocka_unit_test(control_rows_deleted_without_overwriting_leave_names),
	    cmocka_unit_test(what_the_registrar_no_longer_lists_is_forgotten_unless_it_is_on),
	    cmocka_unit_test(one_that_is_still_to_come_and_unlisted_is_forgotten),
	    cmocka_unit_test(a_clock_that_can_not_be_trusted_forgets_nothing),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A damaged store: every page in turn, and then the repair. What was signed and can be read is
 * there again, nothing else is, and nobody who is known to be inside is let in a second time.
 */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "gate/journal/ledger.h"
#include "gate/door/presence.h"
#include "gate/salvage/salvage.h"
#include "gate/door/scan.h"
#include "schema/carve.h"
#include "schema/gate_db.h"
#include "tests/faults/faults.h"
#include "tests/gate/world.h"

enum { NOW = 1795000000, PEOPLE = 150, SCANS = 330, PAGE = 4096, ENTRIES_MAX = 1024 };

enum harm { ZEROS, NOISE, TORN, HARMS };
static const char *const harm_words[HARMS] = {"zeros", "noise", "torn"};

/* What was recorded before the damage. */
struct record {
	struct entry entry;
	char text[ENTRY_MAX + 1];
	size_t len;
};

struct scene {
	char dir[WORLD_DIR_MAX], kept[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate_options options;
	uint64_t epoch;
	size_t n;
	struct record records[ENTRIES_MAX];
	long pages;
};

/* What one damage led to. */
struct outcome {
	bool found;	    /* by a start, or by its check */
	uint64_t lost;	    /* entries that are gone, and not said to be */
	uint64_t untrue;    /* entries that are not what was recorded */
	uint64_t unread;    /* entries said to be gone */
	uint64_t corrupt;   /* journal or store that does not verify after the repair */
	uint64_t wrong;	    /* known inside, and let in again */
	uint64_t forgotten; /* admitted, and let in again since nothing told of it */
};

static void copy_folder(const char *from, const char *to)
{
	char command[5 * WORLD_DIR_MAX + 100];

	/* Each file keeps its inode, so that the mark stands. */
	(void)snprintf(command, sizeof(command),
	    "rm -f %s/gate.db* && cp %s/gate.db* %s/ && cat %s/epoch.mark > %s/epoch.mark", to,
	    from, to, from, to);
	assert_int_equal(system(command), 0);
}

static void read_records(struct scene *scene, struct gate *gate)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(gate->store, &tx), 0);
	assert_int_equal(
	    store_query(tx, GATE_Q_ENTRY_RANGE,
		STORE_ARGS(store_i64((int64_t)scene->epoch), store_i64(0), store_i64(ENTRIES_MAX)),
		&rows),
	    0);
	while (store_next(rows) == STORE_ROW) {
		struct record *record = &scene->records[scene->n++];
		const char *text = store_get_blob(rows, 1, &record->len);

		memcpy(record->text, text, record->len);
		assert_int_equal(entry_parse(text, record->len, &record->entry), 0);
	}
	store_done(rows);
	store_read_end(tx);
}

static void scan_person(struct scan *scan, unsigned n, struct scan_result *result)
{
	struct world_pass pass = world_usual(n, NOW);
	char text[PASS_TEXT_MAX + 1];

	world_text(&pass, text);
	scan_text(scan, text, strlen(text), result);
}

static struct scene *begin(void)
{
	static struct scene scene;
	struct scan_result result;
	struct stat info;
	struct gate *gate;
	struct scan scan;
	char path[3 * WORLD_DIR_MAX + 50];

	memset(&scene, 0, sizeof(scene));
	world_dir(scene.dir);
	world_dir(scene.kept);
	scene.clock = (struct world_clock){
	    .time_ms = NOW * 1000LL, .mono_ms = 5000, .advance_ms = 3, .disciplined = true};
	scene.options = (struct gate_options){
	    .clock_source = world_time, .clock_context = &scene.clock, .built_s = NOW - 86400};
	gate = world_make(scene.dir, PEOPLE, NOW, &scene.options);
	scene.epoch = gate->journal.epoch;
	assert_int_equal(scan_open(gate, "briefing", "", &scan), 0);
	for (unsigned i = 0; i < SCANS; i++)
		scan_person(&scan, (i * 7) % PEOPLE, &result);
	read_records(&scene, gate);
	gate_close(gate);
	(void)snprintf(path, sizeof(path), "%s/gate.db", scene.dir);
	assert_int_equal(stat(path, &info), 0);
	scene.pages = info.st_size / PAGE;
	(void)snprintf(path, sizeof(path), "cp %s/gate.db %s/epoch.mark %s/", scene.dir, scene.dir,
	    scene.kept);
	assert_int_equal(system(path), 0);
	return &scene;
}

static void end(struct scene *scene)
{
	world_remove(scene->dir);
	world_remove(scene->kept);
}

static void damage(const struct scene *scene, long page, enum harm harm)
{
	char path[WORLD_DIR_MAX + 16];
	uint8_t bytes[PAGE];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/gate.db", scene->dir);
	file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, page * PAGE, SEEK_SET), 0);
	assert_int_equal(fread(bytes, 1, PAGE, file), PAGE);
	if (harm == ZEROS)
		memset(bytes, 0, PAGE);
	else if (harm == NOISE)
		randombytes_buf(bytes, PAGE);
	else
		memset(bytes, 0, PAGE / 2);
	assert_int_equal(fseek(file, page * PAGE, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, PAGE, file), PAGE);
	assert_int_equal(fclose(file), 0);
}

static int count_damage(void *context, const struct ledger_finding *finding)
{
	*(uint64_t *)context += finding->damage[0] != '\0';
	return 0;
}

/* Whether a start meets the damage, or the check that every start after it can run. */
static bool is_found(struct scene *scene)
{
	char why[GATE_WHY_MAX];
	struct gate *gate = NULL;
	uint64_t bad = 0;
	bool found = gate_open(scene->dir, &scene->options, &gate, why, sizeof(why)) != 0;

	if (!found)
		found = store_verify(gate->store, why, sizeof(why)) != 0 ||
			ledger_verify(gate, count_damage, &bad) != 0 || bad > 0 ||
			gate->journal.epoch != scene->epoch;
	gate_close(gate);
	return found;
}

/* The entries of the old log, each against what was recorded. */
static void compare(struct scene *scene, struct gate *gate, struct outcome *outcome, bool *known)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	size_t there = 0;

	assert_int_equal(store_read_begin(gate->store, &tx), 0);
	assert_int_equal(
	    store_query(tx, GATE_Q_ENTRY_RANGE,
		STORE_ARGS(store_i64((int64_t)scene->epoch), store_i64(0), store_i64(ENTRIES_MAX)),
		&rows),
	    0);
	while (store_next(rows) == STORE_ROW) {
		size_t len, seq = (size_t)store_get_i64(rows, 0);
		const char *text = store_get_blob(rows, 1, &len);

		if (seq >= scene->n || len != scene->records[seq].len ||
		    memcmp(text, scene->records[seq].text, len) != 0)
			outcome->untrue++;
		else
			known[seq] = true;
		there++;
	}
	store_done(rows);
	store_read_end(tx);
	outcome->unread = scene->n - there;
}

/* What the gap entry of the new epoch says of it. */
static uint64_t said_unread(struct gate *gate)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	const char *at;
	uint64_t unread = 0;

	assert_int_equal(store_read_begin(gate->store, &tx), 0);
	if (store_one(tx, GATE_Q_DETAIL_GET,
		STORE_ARGS(store_i64((int64_t)gate->journal.epoch), store_i64(1)),
		&rows) == STORE_ROW) {
		at = strstr(store_get_text(rows, 1), "\"unread\":");
		unread = at == NULL ? 0 : strtoull(at + 9, NULL, 10);
	}
	store_done(rows);
	store_read_end(tx);
	return unread;
}

struct roster_came {
	struct gate *gate;
};

static int came_body(struct store_tx *tx, void *context)
{
	const struct roster_came *came = context;

	return salvage_moves(came->gate, tx, WORLD_HERE, "briefing", 8);
}

/* The lists come back, and everybody who went in shows the pass again. */
static void scan_again(
    struct scene *scene, struct gate *gate, struct outcome *outcome, const bool *known)
{
	struct roster_came came = {gate};
	struct scan_result result;
	struct scan scan;

	world_lists(gate, PEOPLE, NOW);
	assert_int_equal(store_write(gate->store, came_body, &came), 0);
	assert_int_equal(scan_open(gate, "briefing", "", &scan), 0);
	for (size_t i = 0; i < scene->n; i++) {
		const struct entry *entry = &scene->records[i].entry;
		char text[PASS_TEXT_MAX + 1];
		struct world_pass pass;
		uint8_t id[16];

		if (entry->decision != ENTRY_ADMIT)
			continue;
		for (unsigned n = 0; n < PEOPLE; n++) {
			world_id(n, id);
			if (memcmp(id, entry->pass, 16) == 0)
				pass = world_usual(n, NOW);
		}
		world_text(&pass, text);
		scan_text(&scan, text, strlen(text), &result);
		if (result.verdict.kind == VERDICT_ADMIT && known[i])
			outcome->wrong++;
		else if (result.verdict.kind == VERDICT_ADMIT)
			outcome->forgotten++;
	}
}

static void look(struct scene *scene, bool salvaging, struct outcome *outcome)
{
	struct gate_options repairing = scene->options;
	static bool known[ENTRIES_MAX];
	char why[GATE_WHY_MAX];
	struct gate *gate = NULL;
	uint64_t epoch;

	memset(known, 0, sizeof(known));
	repairing.repair = true;
	repairing.no_salvage = !salvaging;
	if (gate_open(scene->dir, &repairing, &gate, why, sizeof(why)) != 0)
		fail_msg("not repaired: %s", why);
	epoch = gate->journal.epoch;
	if (epoch == scene->epoch) {
		gate_close(gate);
		return;
	}
	if (store_verify(gate->store, why, sizeof(why)) != 0 ||
	    ledger_verify(gate, count_damage, &outcome->corrupt) != 0)
		outcome->corrupt++;
	compare(scene, gate, outcome, known);
	if (said_unread(gate) != outcome->unread)
		outcome->lost += outcome->unread;
	scan_again(scene, gate, outcome, known);
	gate_close(gate);
	/* And it is whole at the next start, in the same epoch. */
	gate = world_open(scene->dir, &scene->options);
	if (gate->journal.epoch != epoch)
		outcome->corrupt++;
	gate_close(gate);
}

static void one(struct scene *scene, long page, enum harm harm, struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	copy_folder(scene->kept, scene->dir);
	damage(scene, page, harm);
	outcome->found = is_found(scene);
	look(scene, true, outcome);
	if (outcome->lost + outcome->untrue + outcome->corrupt + outcome->wrong > 0)
		print_message("# page %ld, %s: lost %d untrue %d corrupt %d wrong %d\n", page,
		    harm_words[harm], (int)outcome->lost, (int)outcome->untrue,
		    (int)outcome->corrupt, (int)outcome->wrong);
}

static void every_page_in_turn(void **state)
{
	struct scene *scene = begin();
	uint64_t tries = 0, found = 0, most = 0, unread = 0, forgotten = 0;
	struct outcome sum = {0}, outcome;

	(void)state;
	for (long page = 0; page < scene->pages; page++)
		for (enum harm harm = ZEROS; harm < HARMS; harm++) {
			if (page % HARMS != (long)harm && getenv("PRESSGATE_TESTS_LONG") == NULL)
				continue;
			one(scene, page, harm, &outcome);
			tries++;
			found += outcome.found;
			most = outcome.unread > most ? outcome.unread : most;
			unread += outcome.unread;
			forgotten += outcome.forgotten;
			sum.lost += outcome.lost;
			sum.untrue += outcome.untrue;
			sum.corrupt += outcome.corrupt;
			sum.wrong += outcome.wrong;
		}
	print_message("# %ld pages damaged %d times: %d found, %d entries not read, at most %d "
		      "by one page, %d let in again that nothing told of\n",
	    scene->pages, (int)tries, (int)found, (int)unread, (int)most, (int)forgotten);
	faults_row("corrupt page", "every page in turn", tries, sum.lost, sum.untrue + sum.corrupt,
	    sum.wrong);
	assert_int_equal(sum.lost + sum.untrue + sum.corrupt + sum.wrong, 0);
	/* Free pages hold nothing; all others are met. */
	assert_true(found > tries / 2);
	/* An inner page has entries of its own, each between two leaves. */
	assert_true(most <= 12 * JOURNAL_ANCHOR_ENTRIES);
	end(scene);
}

/* Control: the new store without the salvage: everything unsent is gone, and everybody is let in
 * again. */
static void control_without_the_salvage(void **state)
{
	struct scene *scene = begin();
	struct outcome outcome = {0};

	(void)state;
	damage(scene, 0, ZEROS);
	look(scene, false, &outcome);
	print_message("# control: %d entries gone, %d let in again\n", (int)outcome.unread,
	    (int)outcome.forgotten);
	assert_int_equal(outcome.unread, scene->n);
	assert_true(outcome.forgotten > PEOPLE / 2);
	faults_control(
	    "corrupt page", "without the salvage", outcome.unread > 0 && outcome.forgotten > 0);
	end(scene);
}

/* Where a text stands in the store's file; the store is closed. */
static long find_text(const struct scene *scene, const char *text, size_t len)
{
	char path[WORLD_DIR_MAX + 16];
	uint8_t *bytes = test_malloc((size_t)scene->pages * PAGE), *at;
	FILE *file;
	long place;

	(void)snprintf(path, sizeof(path), "%s/gate.db", scene->dir);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fread(bytes, PAGE, (size_t)scene->pages, file), scene->pages);
	(void)fclose(file);
	at = memmem(bytes, (size_t)scene->pages * PAGE, text, len);
	assert_non_null(at);
	place = at - bytes;
	test_free(bytes);
	return place;
}

static void write_text(const struct scene *scene, long place, const char *text, size_t len)
{
	char path[WORLD_DIR_MAX + 16];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/gate.db", scene->dir);
	file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, place, SEEK_SET), 0);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

struct sought {
	const char *text;
	size_t len;
	bool seen;
};

static int seek(void *context, int64_t rowid, const struct store_value *values, size_t n)
{
	struct sought *sought = context;

	(void)rowid;
	for (size_t i = 0; i < n; i++)
		if (values[i].type == STORE_BLOB && values[i].len == sought->len &&
		    memcmp(values[i].bytes, sought->text, sought->len) == 0)
			sought->seen = true;
	return 0;
}

/* An entry that was changed in its place is as well-formed as before, and is not taken. */
static void what_does_not_verify_is_not_taken(void **state)
{
	struct scene *scene = begin();
	const struct record *victim = &scene->records[100];
	struct sought sought = {.len = victim->len};
	struct outcome outcome = {0};
	char changed[ENTRY_MAX + 1], path[WORLD_DIR_MAX + 16];
	char *digit;

	(void)state;
	memcpy(changed, victim->text, victim->len);
	changed[victim->len] = '\0';
	digit = strstr(changed, "\ntime ") + 9;
	*digit = *digit == '1' ? '3' : '1';
	write_text(scene, find_text(scene, victim->text, victim->len), changed, victim->len);
	damage(scene, 0, ZEROS);
	sought.text = changed;
	(void)snprintf(path, sizeof(path), "%s/gate.db", scene->dir);
	assert_int_equal(carve_file(path, seek, &sought), 0);
	faults_control("corrupt page", "a changed entry, before its proof", sought.seen);
	assert_true(sought.seen);
	look(scene, true, &outcome);
	faults_row("corrupt page", "an entry changed in its place", 1, outcome.lost,
	    outcome.untrue + outcome.corrupt, outcome.wrong);
	assert_int_equal(outcome.untrue + outcome.corrupt + outcome.wrong + outcome.lost, 0);
	assert_true(outcome.unread > 0 && outcome.unread <= JOURNAL_ANCHOR_ENTRIES);
	end(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_page_in_turn),
	    cmocka_unit_test(control_without_the_salvage),
	    cmocka_unit_test(what_does_not_verify_is_not_taken),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

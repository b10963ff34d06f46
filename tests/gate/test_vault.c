/* What a gate's disk tells: nobody's name without an officer's sign-in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>
#include <sys/stat.h>
#include <time.h>

#include "badges/class.h"
#include "gate/sync/lists.h"
#include "gate/seal/person.h"
#include "gate/door/scan.h"
#include "gate/door/shift.h"
#include "gate/seal/wipe.h"
#include "schema/gate_db.h"
#include "tests/gate/world.h"

enum { NOW = 1795000000, PEOPLE = 40, MANY = 25000 };

static const struct world_officer both[] = {
    {"officer1", WORLD_PIN, STAFF_SECURITY}, {"super1", WORLD_WORDS, STAFF_SUPERVISOR}};

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

static void begin(struct bench *bench, bool unsealed)
{
	*bench = (struct bench){
	    .clock = {.time_ms = NOW * 1000LL, .mono_ms = 5000, .disciplined = true}};
	world_dir(bench->dir);
	bench->options = (struct gate_options){.clock_source = world_time,
	    .clock_context = &bench->clock,
	    .built_s = NOW - 86400,
	    .unsealed = unsealed};
	bench->gate = world_make(bench->dir, PEOPLE, NOW, &bench->options);
}

static void end(struct bench *bench)
{
	gate_close(bench->gate);
	world_remove(bench->dir);
}

static void reopen(struct bench *bench, int64_t now)
{
	gate_close(bench->gate);
	set_clock(bench, now);
	bench->gate = world_open(bench->dir, &bench->options);
}

/* ---- what the files hold ---- */

static size_t count_in(const char *bytes, size_t len, const char *word)
{
	size_t size = strlen(word), found = 0, wide_len = 2 * size - 1;
	char wide[200] = "";

	assert_true(size > 0 && wide_len < sizeof(wide));
	/* UTF-16 of either byte order: a NUL between the letters. */
	for (size_t i = 0; i < size; i++)
		wide[2 * i] = word[i];
	for (size_t i = 0; i < len; i++) {
		found += i + size <= len && memcmp(bytes + i, word, size) == 0;
		found += i + wide_len <= len && memcmp(bytes + i, wide, wide_len) == 0;
	}
	return found;
}

static char *read_file(const char *path, size_t *ret_len)
{
	const size_t cap = (size_t)64 << 20;
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(cap);

	assert_non_null(file);
	assert_non_null(bytes);
	*ret_len = fread(bytes, 1, cap, file);
	assert_true(*ret_len < cap);
	fclose(file);
	return bytes;
}

/* How often a word stands in any file of the folder: store, WAL, freed pages, keys and all. */
static size_t on_disk(const char *dir, const char *word)
{
	char path[WORLD_DIR_MAX + 600];
	DIR *folder = opendir(dir);
	struct dirent *entry;
	struct stat info;
	size_t found = 0, len;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		assert_int_equal(lstat(path, &info), 0);
		if (S_ISDIR(info.st_mode)) {
			found += on_disk(path, word);
		} else if (S_ISREG(info.st_mode)) {
			char *bytes = read_file(path, &len);

			found += count_in(bytes, len, word);
			free(bytes);
		}
	}
	closedir(folder);
	return found;
}

static const char *const secrets[] = {"Ana Ferreira", "Lumen TV", "security incident",
    "a scanned text of nobody", "\xab\xab\xab\xab\xab\xab\xab\xab"};

/* A day at the door: people, a restriction and its lifting, a pass with a name on it, a text that
 * is none, a roster line with a photo that is taken away again. */
static void live(struct bench *bench)
{
	struct world_pass pass = world_usual(3, NOW);
	struct person person = {.pass_class = CLASS_REPORTER,
	    .status = ROSTER_CONFIRMED,
	    .name = "Ana Ferreira again",
	    .outlet = "Lumen TV",
	    .has_photo = true};
	char text[PASS_TEXT_MAX + 1];
	struct shift shift = world_shift(bench->gate);
	static struct scan_result result;
	struct scan scan;

	assert_int_equal(scan_open(bench->gate, "briefing", "officer1", &scan), 0);
	world_restrict(bench->gate, REVOKED_SCOPE_OUTLET, 0, 0, 0, NOW - 60, 0);
	pass.named = true;
	world_text(&pass, text);
	scan_text(&scan, text, strlen(text), &result);
	assert_int_equal(result.verdict.reason, REASON_RESTRICTED);
	assert_non_null(strstr(result.words, "security incident"));
	assert_string_equal(result.facts.name, "Ana Ferreira 3");
	world_unrestrict(bench->gate);
	scan_text(&scan, "a scanned text of nobody", 24, &result);
	assert_true(result.recorded);
	memset(person.photo, 0xab, sizeof(person.photo));
	world_id(PEOPLE + 1, person.pass);
	world_put(bench->gate, WORLD_HERE, &person);
	world_drop_person(bench->gate, WORLD_HERE, PEOPLE + 1);
	shift_end(&shift);
}

static void a_copy_of_the_disk_names_nobody(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	live(&bench);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (on_disk(bench.dir, secrets[i]) != 0)
			fail_msg("'%s' stands in a file", secrets[i]);
	/* With the vault open too, and once it was closed and opened again. */
	reopen(&bench, NOW + 10);
	live(&bench);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		assert_int_equal(on_disk(bench.dir, secrets[i]), 0);
	/* The same look finds what is there. */
	assert_true(on_disk(bench.dir, WORLD_DEVICE) > 0);
	end(&bench);
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
	begin(&bench, false);
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
	end(&bench);
}

static void control_without_sealing_the_same_look_finds_all_of_it(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, true);
	live(&bench);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (on_disk(bench.dir, secrets[i]) == 0)
			fail_msg("'%s' is not found", secrets[i]);
	end(&bench);
}

/* ---- who opens it ---- */

/* Person 0 as this gate sees them now: 0 with the name, or what kept it closed. */
static int see(struct gate *gate, uint32_t conference, unsigned n, struct person *ret)
{
	struct store_tx *tx = NULL;
	uint8_t id[16];
	int r;

	world_id(n, id);
	gate_lock(gate);
	assert_int_equal(store_read_begin(gate->store, &tx), 0);
	r = person_find(gate, tx, conference, id, ret);
	store_read_end(tx);
	gate_unlock(gate);
	if (r != STORE_ROW)
		return r;
	return ret->sealed ? VAULT_LOCKED : 0;
}

static int sign_in(struct bench *bench, const char *name, const char *pin, struct shift *ret)
{
	int64_t wait = 0;

	return shift_begin(bench->gate, name, pin, strlen(pin), ret, &wait);
}

static void a_right_pin_opens_it_without_a_network_and_a_wrong_one_does_not(void **state)
{
	struct shift shift = {0}, other = {0};
	struct bench bench;
	struct person person;
	int64_t wait = 0;

	(void)state;
	begin(&bench, false);
	reopen(&bench, NOW + 5);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_string_equal(person.name, "");
	assert_int_equal(person.status, ROSTER_CONFIRMED);
	assert_int_equal(person.outlet_number, WORLD_OUTLET);
	assert_int_equal(sign_in(&bench, "officer1", "4712", &shift), SHIFT_WRONG);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_int_equal(sign_in(&bench, "officer1", WORLD_PIN, &shift), SHIFT_OK);
	assert_int_equal(shift.role, STAFF_SECURITY);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
	assert_string_equal(person.name, "Ana Ferreira 0");
	assert_string_equal(person.outlet, "Lumen TV");
	/* A passphrase; two shifts; the last one closes. */
	assert_int_equal(sign_in(&bench, "super1", WORLD_WORDS, &other), SHIFT_OK);
	assert_int_equal(other.role, STAFF_SUPERVISOR);
	shift_end(&shift);
	shift_end(&shift);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&other);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_null(bench.gate->vault.keys);
	assert_int_equal(shift_authorise(bench.gate, "officer1", WORLD_PIN, strlen(WORLD_PIN),
			     STAFF_SUPERVISOR, &wait),
	    SHIFT_ROLE);
	assert_int_equal(shift_authorise(bench.gate, "super1", WORLD_WORDS, strlen(WORLD_WORDS),
			     STAFF_SUPERVISOR, &wait),
	    SHIFT_OK);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	end(&bench);
}

static void by_sql(struct bench *bench, const char *sql)
{
	char path[WORLD_DIR_MAX + 16];
	char *error = NULL;
	sqlite3 *db = NULL;

	gate_close(bench->gate);
	snprintf(path, sizeof(path), "%s/gate.db", bench->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
	bench->gate = world_open(bench->dir, &bench->options);
}

static void what_is_moved_to_another_place_does_not_open(void **state)
{
	struct bench bench, other;
	struct person person;
	struct shift shift;
	char sql[400];

	(void)state;
	begin(&bench, false);
	by_sql(
	    &bench, "UPDATE roster SET person = (SELECT person FROM roster ORDER BY pass LIMIT 1)");
	shift = world_shift(bench.gate);
	unsigned opened = 0, bad = 0;
	for (unsigned n = 0; n < PEOPLE; n++) {
		int r = see(bench.gate, WORLD_HERE, n, &person);

		opened += r == 0;
		bad += r == VAULT_BAD;
	}
	assert_int_equal(opened, 1);
	assert_int_equal(bad, PEOPLE - 1);
	shift_end(&shift);
	end(&bench);
	/* Another conference. */
	begin(&bench, false);
	by_sql(&bench, "UPDATE roster SET conference = 8");
	shift = world_shift(bench.gate);
	assert_int_equal(see(bench.gate, WORLD_THERE, 0, &person), VAULT_BAD);
	shift_end(&shift);
	end(&bench);
	/* Another gate's rows with their data keys, and even with its public half. */
	begin(&bench, false);
	begin(&other, false);
	gate_close(other.gate);
	other.gate = NULL;
	snprintf(sql, sizeof(sql),
	    "ATTACH '%s/gate.db' AS o; DELETE FROM roster; DELETE FROM seal; "
	    "INSERT INTO roster SELECT * FROM o.roster; INSERT INTO seal SELECT * FROM o.seal; "
	    "UPDATE vault SET public = (SELECT public FROM o.vault)",
	    other.dir);
	by_sql(&bench, sql);
	assert_int_equal(sign_in(&bench, "officer1", WORLD_PIN, &shift), SHIFT_NO_LIST);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	end(&bench);
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

	guess->result = sign_in(guess->bench, "officer1", "0000", &shift);
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
	begin(&bench, false);
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
	end(&bench);
}

/* ---- officers come and go ---- */

static int64_t number_of(struct bench *bench, const char *sql)
{
	char path[WORLD_DIR_MAX + 16];
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;
	int64_t number;

	gate_close(bench->gate);
	snprintf(path, sizeof(path), "%s/gate.db", bench->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	bench->gate = world_open(bench->dir, &bench->options);
	return number;
}

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
	begin(&bench, false);
	/* Each new start seals with a key of its own. */
	world_id(PEOPLE + 1, person.pass);
	for (int i = 1; i <= 3; i++) {
		reopen(&bench, NOW + i);
		world_put(bench.gate, WORLD_HERE, &person);
		world_drop_person(bench.gate, WORLD_HERE, PEOPLE + 1);
	}
	assert_true(number_of(&bench, count) >= 4);
	shift = world_shift(bench.gate);
	shift_end(&shift);
	assert_int_equal(number_of(&bench, count), number_of(&bench, used));
	shift = world_shift(bench.gate);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
	/* What comes now is sealed with a key that stands. */
	person = (struct person){.pass_class = CLASS_REPORTER, .name = "Odd Nes"};
	world_id(PEOPLE + 1, person.pass);
	world_put(bench.gate, WORLD_HERE, &person);
	assert_int_equal(see(bench.gate, WORLD_HERE, PEOPLE + 1, &person), 0);
	assert_string_equal(person.name, "Odd Nes");
	shift_end(&shift);
	shift = world_shift(bench.gate);
	assert_int_equal(see(bench.gate, WORLD_HERE, PEOPLE + 1, &person), 0);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&shift);
	end(&bench);
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

static const struct world_officer three[] = {{"new1", "another long pin", STAFF_SECURITY},
    {"officer1", WORLD_PIN, STAFF_SECURITY}, {"super1", WORLD_WORDS, STAFF_SUPERVISOR}};

static void an_officer_who_is_added_reads_at_once_while_it_is_open(void **state)
{
	struct shift shift, fresh = {0};
	struct bench bench;
	struct person person;

	(void)state;
	begin(&bench, false);
	shift = world_shift(bench.gate);
	assert_int_equal(world_staff(bench.gate, 2, three, 3, NOW), 0);
	assert_false(to_fetch(&bench));
	shift_end(&shift);
	assert_int_equal(sign_in(&bench, "new1", "another long pin", &fresh), SHIFT_OK);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&fresh);
	assert_int_equal(number_of(&bench, "SELECT count(*) FROM vault"), 1);
	end(&bench);
}

static void an_officer_who_is_added_while_it_is_closed_reads_what_comes_after(void **state)
{
	struct shift shift, fresh = {0};
	struct bench bench;
	struct person person;

	(void)state;
	begin(&bench, false);
	assert_int_equal(world_staff(bench.gate, 2, three, 3, NOW), 0);
	/* It is asked for again, and decides by what it has meanwhile. */
	assert_true(to_fetch(&bench));
	assert_int_equal(sign_in(&bench, "new1", "another long pin", &fresh), SHIFT_OK);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), VAULT_LOCKED);
	assert_int_equal(person.status, ROSTER_CONFIRMED);
	world_put_person(bench.gate, WORLD_HERE, PEOPLE, CLASS_REPORTER, ROSTER_CONFIRMED);
	assert_int_equal(see(bench.gate, WORLD_HERE, PEOPLE, &person), 0);
	shift_end(&fresh);
	/* Who was on the list before reads both, and brings the old into the new. */
	shift = world_shift(bench.gate);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
	assert_int_equal(see(bench.gate, WORLD_HERE, PEOPLE, &person), 0);
	shift_end(&shift);
	assert_int_equal(number_of(&bench, "SELECT count(*) FROM vault"), 1);
	assert_int_equal(sign_in(&bench, "new1", "another long pin", &fresh), SHIFT_OK);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
	shift_end(&fresh);
	end(&bench);
}

static void an_officer_who_is_gone_reads_nothing_any_more(void **state)
{
	for (int open = 0; open < 2; open++) {
		struct shift shift = {0}, gone = {0};
		struct bench bench;
		struct person person;

		(void)state;
		begin(&bench, false);
		if (open == 1)
			assert_int_equal(sign_in(&bench, "super1", WORLD_WORDS, &shift), SHIFT_OK);
		assert_int_equal(world_staff(bench.gate, 2, both + 1, 1, NOW), 0);
		shift_end(&shift);
		assert_int_equal(sign_in(&bench, "officer1", WORLD_PIN, &gone), SHIFT_WRONG);
		assert_int_equal(number_of(&bench, "SELECT count(*) FROM vault_key "
						   "WHERE officer = 'officer1'"),
		    0);
		/* The wraps are gone and others read on; with them open, the old generation is too.
		 */
		assert_int_equal(
		    number_of(&bench, "SELECT count(*) FROM vault"), open == 1 ? 1 : 2);
		assert_int_equal(number_of(&bench, "SELECT max(generation) FROM vault"), 2);
		assert_int_equal(sign_in(&bench, "super1", WORLD_WORDS, &shift), SHIFT_OK);
		assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), 0);
		shift_end(&shift);
		end(&bench);
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
		begin(&bench, false);
		if (open == 1)
			assert_int_equal(sign_in(&bench, "super1", WORLD_WORDS, &shift), SHIFT_OK);
		assert_int_equal(world_staff(bench.gate, 2, changed, 2, NOW), 0);
		assert_int_equal(to_fetch(&bench), open == 0);
		shift_end(&shift);
		assert_int_equal(sign_in(&bench, "officer1", WORLD_PIN, &fresh), SHIFT_WRONG);
		assert_int_equal(sign_in(&bench, "officer1", "a new one 22", &fresh), SHIFT_OK);
		assert_int_equal(
		    see(bench.gate, WORLD_HERE, 0, &person), open == 1 ? 0 : VAULT_LOCKED);
		shift_end(&fresh);
		end(&bench);
	}
}

static void a_list_that_is_rolled_back_leaves_no_key_behind(void **state)
{
	struct bench bench;
	struct person person;
	struct shift shift;

	(void)state;
	begin(&bench, false);
	shift = world_shift(bench.gate);
	world_put_failing(bench.gate, WORLD_HERE, PEOPLE + 5);
	world_put_person(bench.gate, WORLD_HERE, PEOPLE + 6, CLASS_REPORTER, ROSTER_CONFIRMED);
	assert_int_equal(see(bench.gate, WORLD_HERE, PEOPLE + 5, &person), STORE_NOT_FOUND);
	assert_int_equal(see(bench.gate, WORLD_HERE, PEOPLE + 6, &person), 0);
	shift_end(&shift);
	reopen(&bench, NOW + 9);
	shift = world_shift(bench.gate);
	assert_int_equal(see(bench.gate, WORLD_HERE, PEOPLE + 6, &person), 0);
	shift_end(&shift);
	end(&bench);
}

/* ---- wiping ---- */

static int64_t rows_left(struct bench *bench)
{
	return number_of(bench,
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
	begin(&bench, false);
	/* Control: another refusal wipes nothing. */
	assert_int_equal(wipe_told(bench.gate, other, strlen(other), &wiped), 0);
	assert_false(wiped);
	shift = world_shift(bench.gate);
	size = bench.gate->journal.log.tree.size;
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_true(wiped);
	assert_false(vault_is_open(bench.gate));
	shift_end(&shift);
	assert_int_equal(see(bench.gate, WORLD_HERE, 0, &person), STORE_NOT_FOUND);
	assert_int_equal(sign_in(&bench, "officer1", WORLD_PIN, &later), SHIFT_NO_LIST);
	assert_int_equal(bench.gate->journal.log.tree.size, size + 1);
	assert_int_equal(rows_left(&bench), 0);
	/* Nothing is left to wipe, and nothing more is written. */
	assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
	assert_int_equal(bench.gate->journal.log.tree.size, size + 1);
	end(&bench);
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
	begin(&bench, false);
	/* The vault's public half, as far as it has no zero, is looked for as a word. */
	assert_int_equal(store_read_begin(bench.gate->store, &tx), 0);
	assert_int_equal(store_one(tx, GATE_Q_VAULT_NEWEST, STORE_NO_ARGS, &rows), STORE_ROW);
	assert_int_equal(store_get_fixed(rows, 1, public, sizeof(public)), 0);
	store_done(rows);
	store_read_end(tx);
	memcpy(word, public, sizeof(word) - 1);
	before = on_disk(bench.dir, word);
	assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
	if (strlen(word) > 4) {
		assert_true(before > 0);
		assert_int_equal(on_disk(bench.dir, word), 0);
	}
	end(&bench);
}

/* A store that a repair set aside holds the same, sealed for the same officers. */
static void a_store_set_aside_is_wiped_as_well(void **state)
{
	char from[WORLD_DIR_MAX + 64], to[WORLD_DIR_MAX + 64], command[4 * WORLD_DIR_MAX + 256];
	struct bench bench;

	(void)state;
	for (int emptied = 0; emptied < 2; emptied++) {
		begin(&bench, true); /* in the clear, so that there is a name to find */
		if (emptied)
			assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
		gate_close(bench.gate);
		snprintf(from, sizeof(from), "%s/gate.db", bench.dir);
		snprintf(to, sizeof(to), "%s/gate.db.damaged-1789000000", bench.dir);
		snprintf(command, sizeof(command), "cp %s %s && printf 'Ana Ferreira 0' >> %s",
		    from, to, to);
		assert_int_equal(system(command), 0);
		bench.gate = world_open(bench.dir, &bench.options);
		assert_true(on_disk(bench.dir, "Ana Ferreira 0") > 0);
		assert_int_equal(wipe_gate(bench.gate, WIPE_REFUSED), 0);
		assert_int_equal(on_disk(bench.dir, "Ana Ferreira 0"), 0);
		assert_int_equal(access(to, F_OK), -1);
		end(&bench);
	}
}

static void a_gate_that_hears_nothing_for_fourteen_days_is_wiped(void **state)
{
	struct bench bench;
	bool wiped = true;

	(void)state;
	begin(&bench, false);
	/* Enrolment took the machine's own time. */
	by_sql(&bench, "UPDATE meta SET value = 1795000000 WHERE key = 'enrolled'");
	set_clock(&bench, NOW + WIPE_AGE - 60);
	assert_int_equal(wipe_when_unheard(bench.gate, &wiped), 0);
	assert_false(wiped);
	/* By a clock that nobody vouches for: not. */
	bench.clock.disciplined = false;
	reopen(&bench, NOW + WIPE_AGE + 60);
	assert_int_equal(wipe_when_unheard(bench.gate, &wiped), 0);
	assert_false(wiped);
	assert_true(rows_left(&bench) > 0);
	bench.clock.disciplined = true;
	reopen(&bench, NOW + WIPE_AGE + 120);
	assert_int_equal(rows_left(&bench), 0);
	end(&bench);
}

static void a_registrar_that_does_not_know_a_gate_wipes_it_after_a_day(void **state)
{
	static const char answer[] = "{\"error\":\"unknown\",\"message\":\"x\"}";
	struct bench bench;
	bool wiped = true;

	(void)state;
	begin(&bench, false);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_false(wiped);
	set_clock(&bench, NOW + WIPE_UNKNOWN_AGE - 5);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_false(wiped);
	/* Known again in between: the day begins anew. */
	assert_int_equal(wipe_known(bench.gate), 0);
	set_clock(&bench, NOW + WIPE_UNKNOWN_AGE + 5);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_false(wiped);
	set_clock(&bench, NOW + 2 * WIPE_UNKNOWN_AGE + 15);
	assert_int_equal(wipe_told(bench.gate, answer, strlen(answer), &wiped), 0);
	assert_true(wiped);
	assert_int_equal(rows_left(&bench), 0);
	end(&bench);
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

	begin(&bench, unsealed);
	start = cpu_ms();
	world_put_people(bench.gate, WORLD_HERE, 1000, MANY);
	whole = cpu_ms() - start;
	start = cpu_ms();
	for (unsigned i = 0; i < 300; i++)
		world_put_person(
		    bench.gate, WORLD_HERE, 1000 + i, CLASS_REPORTER, ROSTER_CONFIRMED);
	*ret_one = (cpu_ms() - start) / 300;
	end(&bench);
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
	    cmocka_unit_test(an_officer_who_is_added_reads_at_once_while_it_is_open),
	    cmocka_unit_test(an_officer_who_is_added_while_it_is_closed_reads_what_comes_after),
	    cmocka_unit_test(an_officer_who_is_gone_reads_nothing_any_more),
	    cmocka_unit_test(a_changed_pin_opens_and_the_old_one_does_not),
	    cmocka_unit_test(a_list_that_is_rolled_back_leaves_no_key_behind),
	    cmocka_unit_test(a_revoked_gate_is_wiped_and_its_journal_stays),
	    cmocka_unit_test(what_is_wiped_is_overwritten_in_store_and_wal),
	    cmocka_unit_test(a_store_set_aside_is_wiped_as_well),
	    cmocka_unit_test(a_gate_that_hears_nothing_for_fourteen_days_is_wiped),
	    cmocka_unit_test(a_registrar_that_does_not_know_a_gate_wipes_it_after_a_day),
	    cmocka_unit_test(sealing_25000_rows_costs_little),
	    cmocka_unit_test(guesses_at_once_are_slowed_as_one_after_the_other),
	    cmocka_unit_test(data_keys_that_serve_no_more_are_forgotten),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

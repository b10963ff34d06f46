#include "tests/gate/vault_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <unistd.h>
#include <sys/stat.h>

#include "badges/class.h"
#include "gate/seal/person.h"
#include "gate/door/scan.h"
#include "gate/door/shift.h"

void bench_clock(struct bench *bench, int64_t now)
{
	bench->clock.mono_ms += (uint64_t)(now * 1000 - bench->clock.time_ms);
	bench->clock.time_ms = now * 1000;
}

void bench_begin(struct bench *bench, bool unsealed)
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

void bench_end(struct bench *bench)
{
	gate_close(bench->gate);
	world_remove(bench->dir);
}

void bench_reopen(struct bench *bench, int64_t now)
{
	gate_close(bench->gate);
	bench_clock(bench, now);
	bench->gate = world_open(bench->dir, &bench->options);
}

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

size_t bench_on_disk(const char *dir, const char *word)
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
			found += bench_on_disk(path, word);
		} else if (S_ISREG(info.st_mode)) {
			char *bytes = read_file(path, &len);

			found += count_in(bytes, len, word);
			free(bytes);
		}
	}
	closedir(folder);
	return found;
}

const char *const bench_secrets[BENCH_SECRETS] = {"Ana Ferreira", "Lumen TV", "security incident",
    "a scanned text of nobody", "\xab\xab\xab\xab\xab\xab\xab\xab"};

void bench_live(struct bench *bench)
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

int bench_see(struct gate *gate, uint32_t conference, unsigned n, struct person *ret)
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

int bench_sign_in(struct bench *bench, const char *name, const char *pin, struct shift *ret)
{
	int64_t wait = 0;

	return shift_begin(bench->gate, name, pin, strlen(pin), ret, &wait);
}

void bench_sql(struct bench *bench, const char *sql)
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

int64_t bench_number(struct bench *bench, const char *sql)
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

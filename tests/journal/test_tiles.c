/* The log as files: the standard's layout, growth, and that no byte of it can be changed. */
#define _XOPEN_SOURCE 700 /* nftw */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/journal/export.h"

enum { FILES_MAX = 64 };

static char base[64], folder[TILES_PATH_MAX], key_text[NOTE_VKEY_MAX + 1];

static char listed[FILES_MAX][128];
static int listed_count;

static int list_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)where;
	if (kind != FTW_D && listed_count < FILES_MAX)
		snprintf(
		    listed[listed_count++], sizeof(listed[0]), "%s", path + strlen(folder) + 1);
	return 0;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(left, right);
}

/* All files in the log's folder, sorted, in listed. */
static void list_files(void)
{
	listed_count = 0;
	nftw(folder, list_one, 8, FTW_PHYS);
	qsort(listed, (size_t)listed_count, sizeof(listed[0]), by_name);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static int set_up(void **state)
{
	struct export_head head;

	(void)state;
	snprintf(base, sizeof(base), "%s", "/tmp/tiles-XXXXXX");
	if (mkdtemp(base) == NULL || export_head(0, &head) < 0)
		return -1;
	note_vkey_format(&head.key, key_text);
	return tiles_folder(base, SAMPLE_ORIGIN, folder) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *in_folder(const char *name)
{
	static char path[TILES_PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%.60s", folder, name);
	return path;
}

static size_t slurp(const char *name, uint8_t *bytes, size_t size)
{
	FILE *file = fopen(in_folder(name), "rb");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, size, file);
	assert_int_equal(fclose(file), 0);
	return len;
}

static void spit(const char *name, const void *bytes, size_t len)
{
	FILE *file = fopen(in_folder(name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static int verify(struct tiles_fault *ret_fault)
{
	return tiles_verify(folder, key_text, NULL, ret_fault);
}

static void paths_are_the_standards(void **state)
{
	static const struct {
		int level;
		uint64_t number;
		unsigned width;
		const char *path;
	} rows[] = {
	    {0, 0, 256, "tile/0/000"},
	    {0, 0, 1, "tile/0/000.p/1"},
	    {-1, 999, 256, "tile/entries/999"},
	    {-1, 1000, 255, "tile/entries/x001/000.p/255"},
	    {1, 1234067, 256, "tile/1/x001/x234/067"},
	    {7, UINT64_MAX, 8, "tile/7/x018/x446/x744/x073/x709/x551/615.p/8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[TILES_PATH_MAX];

		assert_int_equal(tiles_path(rows[i].level, rows[i].number, rows[i].width, path),
		    strlen(rows[i].path));
		assert_string_equal(path, rows[i].path);
	}
}

static void folders_come_from_origins_and_stay_within(void **state)
{
	static const char *const bad[] = {"", "police.example", "/presslog/a/b",
	    "police.example/presslog/", "police.example/presslog/door",
	    "police.example/presslog/door/", "police.example/presslog//1",
	    "police.example/presslog/../1", "police.example/presslog/door/..",
	    "police.example/presslog/door/1/2", "police.example/other/door/1"};
	char path[TILES_PATH_MAX], long_base[TILES_PATH_MAX];

	(void)state;
	assert_int_equal(tiles_folder("out", SAMPLE_ORIGIN, path), 0);
	assert_string_equal(path, "out/north-door/k3v9q2");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(tiles_folder("out", bad[i], path), TILES_BAD_PATH);
	memset(long_base, 'b', sizeof(long_base));
	long_base[sizeof(long_base) - 1] = '\0';
	assert_int_equal(tiles_folder(long_base, SAMPLE_ORIGIN, path), TILES_BAD_PATH);
}

static void a_log_of_600_has_the_standards_files(void **state)
{
	static const char *const want[] = {"checkpoint", "tile/0/000", "tile/0/001",
	    "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000", "tile/entries/001",
	    "tile/entries/002.p/88", "vkey"};
	struct checkpoint head;
	struct stat status;

	(void)state;
	assert_int_equal(export_sample(base, 600, false, NULL), 0);
	list_files();
	assert_int_equal(listed_count, sizeof(want) / sizeof(want[0]));
	for (int i = 0; i < listed_count; i++)
		assert_string_equal(listed[i], want[i]);
	assert_int_equal(stat(in_folder("tile/0/000"), &status), 0);
	assert_int_equal(status.st_size, 8192);
	assert_int_equal(stat(in_folder("tile/1/000.p/2"), &status), 0);
	assert_int_equal(status.st_size, 64);
	assert_int_equal(tiles_verify(folder, key_text, &head, NULL), 0);
	assert_string_equal(head.origin, SAMPLE_ORIGIN);
	assert_int_equal(head.size, 600);
}

/* Bundles are uint16 length, entry, ...: taken apart here by hand. */
static void bundles_hold_the_entries_behind_their_lengths(void **state)
{
	uint8_t bytes[8192], hashes[5 * 32], leaf[32];
	size_t len, at = 0;

	(void)state;
	assert_int_equal(export_sample(base, 5, false, NULL), 0);
	len = slurp("tile/entries/000.p/5", bytes, sizeof(bytes));
	assert_int_equal(slurp("tile/0/000.p/5", hashes, sizeof(hashes)), sizeof(hashes));
	for (uint64_t i = 0; i < 5; i++) {
		size_t entry_len = (size_t)bytes[at] << 8 | bytes[at + 1];
		struct entry entry;

		assert_int_equal(entry_parse((const char *)bytes + at + 2, entry_len, &entry), 0);
		assert_int_equal(entry.seq, i);
		tree_leaf(bytes + at + 2, entry_len, leaf);
		assert_memory_equal(leaf, hashes + 32 * i, 32);
		at += 2 + entry_len;
	}
	assert_int_equal(at, len);
}

static void every_size_around_a_tile_verifies(void **state)
{
	static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 511, 512, 513};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(tear_down(state), 0);
		assert_int_equal(set_up(state), 0);
		assert_int_equal(export_sample(base, sizes[i], i % 2 == 0, NULL), 0);
		assert_int_equal(verify(NULL), 0);
	}
}

static void writing_again_changes_nothing_and_growth_goes_on(void **state)
{
	static const uint64_t sizes[] = {0, 3, 3, 40, 255, 256, 256, 300, 520};
	struct checkpoint head;
	struct stat before, after;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(export_sample(base, sizes[i], i % 3 == 1, NULL), 0);
		assert_int_equal(tiles_verify(folder, key_text, &head, NULL), 0);
		assert_int_equal(head.size, sizes[i]);
	}
	/* The tiles of earlier heads are still there, and still the same files. */
	assert_int_equal(access(in_folder("tile/0/000.p/40"), F_OK), 0);
	assert_int_equal(stat(in_folder("tile/entries/000"), &before), 0);
	assert_int_equal(export_sample(base, 600, true, NULL), 0);
	assert_int_equal(stat(in_folder("tile/entries/000"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(verify(NULL), 0);
}

static void a_witness_key_stands_only_beside_its_cosignature(void **state)
{
	(void)state;
	assert_int_equal(export_sample(base, 5, true, NULL), 0);
	assert_int_equal(access(in_folder("witness-vkey"), F_OK), 0);
	assert_int_equal(export_sample(base, 6, false, NULL), 0);
	assert_int_equal(access(in_folder("witness-vkey"), F_OK), -1);
	assert_int_equal(verify(NULL), 0);
	assert_int_equal(export_sample(base, 6, true, NULL), 0);
	assert_int_equal(access(in_folder("witness-vkey"), F_OK), 0);
	assert_int_equal(verify(NULL), 0);
}

static void an_older_head_never_replaces_a_newer(void **state)
{
	struct tiles_fault fault;

	(void)state;
	assert_int_equal(export_sample(base, 20, false, NULL), 0);
	assert_int_equal(export_sample(base, 19, false, &fault), TILES_CONFLICT);
	assert_string_equal(fault.path, "checkpoint");
	assert_int_equal(verify(NULL), 0);
}

/* A source of `size` entries whose checkpoint is right for `signed_size` of them. */
static int write_changed(uint64_t signed_size, struct export_reader reader, bool cosigned,
    const char *cosignature, struct tiles_fault *ret_fault)
{
	struct export_head head;
	struct tiles_source source = {
	    .checkpoint = head.checkpoint,
	    .key = &head.key,
	    .cosignatures = cosignature,
	    .witness = cosigned ? &head.witness : NULL,
	    .read = export_read,
	    .context = &reader,
	};

	assert_int_equal(export_head(signed_size, &head), 0);
	return tiles_write(base, &source, ret_fault);
}

static void a_wrong_source_writes_nothing(void **state)
{
	struct tiles_fault fault;
	struct export_head other;

	(void)state;
	assert_int_equal(
	    write_changed(9, (struct export_reader){.stop = 9, .changed = 4}, false, NULL, &fault),
	    TILES_WRONG_ROOT);
	assert_int_equal(write_changed(9, (struct export_reader){.stop = 7, .changed = UINT64_MAX},
			     false, NULL, &fault),
	    TILES_NO_ENTRY);
	assert_int_equal(fault.index, 7);
	assert_int_equal(export_head(8, &other), 0);
	assert_int_equal(write_changed(9, (struct export_reader){.stop = 9, .changed = UINT64_MAX},
			     true, other.cosignature, &fault),
	    TILES_BAD_COSIGNATURE);
	assert_int_equal(write_changed(9, (struct export_reader){.stop = 9, .changed = UINT64_MAX},
			     true, NULL, &fault),
	    TILES_BAD_COSIGNATURE);
	assert_int_equal(access(folder, F_OK), -1);
}

static void a_checkpoint_of_another_key_writes_nothing(void **state)
{
	struct export_reader reader = {.stop = 9, .changed = UINT64_MAX};
	struct sample_key other = sample_key(9);
	struct export_head head;
	struct note_key key;
	struct tiles_source source = {
	    .checkpoint = head.checkpoint, .key = &key, .read = export_read, .context = &reader};

	(void)state;
	assert_int_equal(export_head(9, &head), 0);
	assert_int_equal(note_key_make(SAMPLE_ORIGIN, NOTE_ED25519, other.public_key, &key), 0);
	assert_int_equal(tiles_write(base, &source, NULL), TILES_BAD_SIGNATURE);
	assert_int_equal(note_key_make("a.example/b", NOTE_ED25519, other.public_key, &key), 0);
	assert_int_equal(tiles_write(base, &source, NULL), TILES_BAD_CHECKPOINT);
	assert_int_equal(access(folder, F_OK), -1);
}

static void files_that_differ_are_evidence_and_stay(void **state)
{
	static const char *const names[] = {"tile/0/000.p/9", "tile/entries/000.p/9", "vkey"};
	uint8_t bytes[8192], after[8192];

	(void)state;
	assert_int_equal(export_sample(base, 9, false, NULL), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = slurp(names[i], bytes, sizeof(bytes));
		struct tiles_fault fault;

		bytes[len / 2] ^= 1;
		spit(names[i], bytes, len);
		assert_int_equal(export_sample(base, 9, false, &fault), TILES_CONFLICT);
		assert_string_equal(fault.path, names[i]);
		assert_int_equal(slurp(names[i], after, sizeof(after)), len);
		assert_memory_equal(after, bytes, len);
		bytes[len / 2] ^= 1;
		spit(names[i], bytes, len);
	}
	assert_int_equal(verify(NULL), 0);
}

static void an_interrupted_export_is_completed(void **state)
{
	(void)state;
	assert_int_equal(export_sample(base, 300, false, NULL), 0);
	assert_int_equal(unlink(in_folder("tile/entries/000")), 0);
	assert_int_equal(unlink(in_folder("tile/1/000.p/1")), 0);
	spit("unfinished", "half", 4);
	assert_int_not_equal(verify(NULL), 0);
	assert_int_equal(export_sample(base, 300, false, NULL), 0);
	assert_int_equal(verify(NULL), 0);
}

/* Each byte of each file, in texts its case too; then each file shortened, lengthened, emptied. */
static void every_changed_byte_is_found(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20};
	static uint8_t bytes[8192];
	int tried = 0;

	(void)state;
	assert_int_equal(export_sample(base, 2, false, NULL), 0); /* leaves narrower tiles */
	assert_int_equal(export_sample(base, 3, true, NULL), 0);
	assert_int_equal(verify(NULL), 0);
	list_files();
	for (int i = 0; i < listed_count; i++) {
		const char *name = listed[i];
		size_t len = slurp(name, bytes, sizeof(bytes));

		bool binary = strncmp(name, "tile", 4) == 0;

		for (size_t at = 0; at < 2 * len; at += binary ? 2 : 1) {
			bytes[at / 2] ^= masks[at % 2];
			spit(name, bytes, len);
			/* Without a key of the caller's own: the folder alone has to show it. */
			if (tiles_verify(folder, NULL, NULL, NULL) == 0)
				fail_msg("%s byte %zu", name, at / 2);
			bytes[at / 2] ^= masks[at % 2];
			tried++;
		}
		spit(name, bytes, len - 1);
		assert_int_not_equal(verify(NULL), 0);
		bytes[len] = '\n';
		spit(name, bytes, len + 1);
		assert_int_not_equal(verify(NULL), 0);
		spit(name, bytes, 0);
		assert_int_not_equal(verify(NULL), 0);
		spit(name, bytes, len);
	}
	assert_true(tried > 2000);
	assert_int_equal(verify(NULL), 0);
}

static void names_the_first_damage(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		int error;
		uint64_t index;
	} rows[] = {
	    {"vkey", 3, TILES_BAD_VKEY, 0},
	    {"checkpoint", 3, TILES_BAD_CHECKPOINT, 0},
	    {"checkpoint", 42, TILES_BAD_SIGNATURE, 0},
	    {"tile/entries/000", 3, TILES_BAD_ENTRY, 0},
	    {"tile/0/000", 100, TILES_BAD_TILE, 3},
	    {"tile/0/001.p/4", 32, TILES_BAD_TILE, 257},
	    {"tile/1/000.p/1", 5, TILES_BAD_TILE, 0},
	};
	static uint8_t bytes[1 << 20];

	(void)state;
	assert_int_equal(export_sample(base, 260, false, NULL), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = slurp(rows[i].name, bytes, sizeof(bytes));
		struct tiles_fault fault;

		bytes[rows[i].at] ^= 1;
		spit(rows[i].name, bytes, len);
		assert_int_equal(verify(&fault), rows[i].error);
		assert_string_equal(fault.path, rows[i].name);
		assert_int_equal(fault.index, rows[i].index);
		bytes[rows[i].at] ^= 1;
		spit(rows[i].name, bytes, len);
	}
}

static void a_bundle_of_another_length_is_named(void **state)
{
	static uint8_t bytes[1 << 20];
	struct tiles_fault fault;
	size_t len;

	(void)state;
	assert_int_equal(export_sample(base, 9, false, NULL), 0);
	len = slurp("tile/entries/000.p/9", bytes, sizeof(bytes));
	bytes[len] = 0;
	spit("tile/entries/000.p/9", bytes, len + 1);
	assert_int_equal(verify(&fault), TILES_BAD_BUNDLE);
	assert_string_equal(fault.path, "tile/entries/000.p/9");
	spit("tile/entries/000.p/9", bytes, len - 1);
	assert_int_equal(verify(&fault), TILES_BAD_BUNDLE);
	assert_int_equal(fault.index, 8);
}

static void a_missing_file_is_found(void **state)
{
	static uint8_t bytes[1 << 20];

	(void)state;
	assert_int_equal(export_sample(base, 260, false, NULL), 0);
	list_files();
	for (int i = 0; i < listed_count; i++) {
		size_t len = slurp(listed[i], bytes, sizeof(bytes));
		struct tiles_fault fault;

		assert_int_equal(unlink(in_folder(listed[i])), 0);
		assert_int_not_equal(verify(&fault), 0);
		assert_string_equal(fault.path, listed[i]);
		spit(listed[i], bytes, len);
	}
	assert_int_equal(verify(NULL), 0);
}

static void files_of_no_log_are_found(void **state)
{
	static const char *const names[] = {"note", "tile/0/1", "tile/0/000.p/0", "tile/0/000.p/07",
	    "tile/0/000.p/10", "tile/0/001.p/1", "tile/0/000", "tile/8", "tile/entries/0000",
	    "tile/entries/000.p/256", "tile/0/.000"};

	(void)state;
	assert_int_equal(export_sample(base, 9, false, NULL), 0);
	assert_int_equal(mkdir(in_folder("tile/0/001.p"), 0777), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct tiles_fault fault;

		spit(names[i], "x", 1);
		assert_int_equal(verify(&fault), TILES_UNEXPECTED);
		assert_string_equal(fault.path, names[i]);
		assert_int_equal(unlink(in_folder(names[i])), 0);
	}
	assert_int_equal(symlink("000.p", in_folder("tile/0/link")), 0);
	assert_int_equal(verify(NULL), TILES_UNEXPECTED);
	assert_int_equal(unlink(in_folder("tile/0/link")), 0);
	assert_int_equal(verify(NULL), 0);
}

/* A pipe or a link in a file's place neither hangs the reader nor leads it elsewhere. */
static void only_regular_files_are_read(void **state)
{
	char aside[128];

	(void)state;
	snprintf(aside, sizeof(aside), "%s/aside", base);
	assert_int_equal(export_sample(base, 9, false, NULL), 0);
	assert_int_equal(rename(in_folder("checkpoint"), aside), 0);
	assert_int_equal(mkfifo(in_folder("checkpoint"), 0600), 0);
	assert_int_equal(verify(NULL), TILES_UNEXPECTED);
	assert_int_equal(unlink(in_folder("checkpoint")), 0);
	assert_int_equal(symlink(aside, in_folder("checkpoint")), 0);
	assert_int_equal(verify(NULL), TILES_UNEXPECTED);
	assert_int_equal(unlink(in_folder("checkpoint")), 0);
	assert_int_equal(rename(aside, in_folder("checkpoint")), 0);
	assert_int_equal(verify(NULL), 0);
}

/* Control: a whole folder forged under another key is in order by its own word only. */
static void a_forged_folder_fails_under_the_key_one_trusts(void **state)
{
	char other[NOTE_VKEY_MAX + 1];
	struct sample_key pair = sample_key(9);
	struct note_key key;

	(void)state;
	assert_int_equal(export_sample(base, 9, false, NULL), 0);
	assert_int_equal(note_key_make(SAMPLE_ORIGIN, NOTE_ED25519, pair.public_key, &key), 0);
	note_vkey_format(&key, other);
	assert_int_equal(tiles_verify(folder, other, NULL, NULL), TILES_WRONG_VKEY);
	assert_int_equal(tiles_verify(folder, NULL, NULL, NULL), 0);
	assert_int_equal(tiles_verify("/nonexistent", NULL, NULL, NULL), TILES_BAD_VKEY);
}

/* Control: the comparison of tiles is what finds a bad tile, not something else on the way. */
static void a_rewritten_entry_with_its_tile_still_fails_at_the_root(void **state)
{
	uint8_t bytes[8192], hashes[9 * 32];
	struct tiles_fault fault;
	size_t len, entry_len;
	char *staff;

	(void)state;
	assert_int_equal(export_sample(base, 9, false, NULL), 0);
	len = slurp("tile/entries/000.p/9", bytes, sizeof(bytes) - 1);
	bytes[len] = '\0';
	entry_len = (size_t)bytes[0] << 8 | bytes[1];
	staff = strstr((char *)bytes + 2, "staff officer0");
	assert_non_null(staff);
	staff[13] = '1';
	spit("tile/entries/000.p/9", bytes, len);
	assert_int_equal(verify(&fault), TILES_BAD_TILE);
	assert_int_equal(slurp("tile/0/000.p/9", hashes, sizeof(hashes)), sizeof(hashes));
	tree_leaf(bytes + 2, entry_len, hashes);
	spit("tile/0/000.p/9", hashes, sizeof(hashes));
	assert_int_equal(verify(&fault), TILES_WRONG_ROOT);
}

static void what_cannot_be_written_is_said(void **state)
{
	struct tiles_fault fault;

	(void)state;
	assert_int_equal(export_sample("/dev/null", 9, false, &fault), TILES_IO);
	assert_int_not_equal(fault.system, 0);
	assert_int_equal(export_sample("/proc/none", 9, false, &fault), TILES_IO);
	assert_int_not_equal(fault.system, 0);
}

static void every_refusal_has_a_word(void **state)
{
	(void)state;
	for (int code = TILES_NO_ENTRY; code <= TILES_BAD_PATH; code++)
		assert_string_not_equal(tiles_error_word(code), "unknown");
	assert_string_equal(tiles_error_word(1), "unknown");
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_the_standards),
	    cmocka_unit_test(folders_come_from_origins_and_stay_within),
	    FRESH(a_log_of_600_has_the_standards_files),
	    FRESH(bundles_hold_the_entries_behind_their_lengths),
	    FRESH(every_size_around_a_tile_verifies),
	    FRESH(writing_again_changes_nothing_and_growth_goes_on),
	    FRESH(a_witness_key_stands_only_beside_its_cosignature),
	    FRESH(an_older_head_never_replaces_a_newer),
	    FRESH(a_wrong_source_writes_nothing),
	    FRESH(a_checkpoint_of_another_key_writes_nothing),
	    FRESH(files_that_differ_are_evidence_and_stay),
	    FRESH(an_interrupted_export_is_completed),
	    FRESH(every_changed_byte_is_found),
	    FRESH(names_the_first_damage),
	    FRESH(a_bundle_of_another_length_is_named),
	    FRESH(a_missing_file_is_found),
	    FRESH(files_of_no_log_are_found),
	    FRESH(only_regular_files_are_read),
	    FRESH(a_forged_folder_fails_under_the_key_one_trusts),
	    FRESH(a_rewritten_entry_with_its_tile_still_fails_at_the_root),
	    FRESH(what_cannot_be_written_is_said),
	    cmocka_unit_test(every_refusal_has_a_word),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

/* Copies and verification. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/store/sample.h"

static char copy_path[128];

static int make_folder(void **state)
{
	int result = sample_make_folder(state);
	snprintf(copy_path, sizeof(copy_path), "%s/copy.db", sample_folder);
	return result;
}

static void fill(struct store *store, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char words[32];
		snprintf(words, sizeof(words), "row %u", i);
		assert_int_equal(store_write(store, sample_both, words), 0);
	}
}

static void is_a_copy(unsigned rows)
{
	static const char *const ends[] = {"-wal", "-shm", "-journal"};
	struct stat status;
	assert_int_equal(stat(copy_path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	/* One file that can be carried away. */
	for (size_t i = 0; i < 3; i++) {
		char name[160];
		snprintf(name, sizeof(name), "%s%s", copy_path, ends[i]);
		assert_int_not_equal(stat(name, &status), 0);
	}
	struct store *copy = sample_open(copy_path, (struct store_options){.read_only = true});
	assert_int_equal(sample_count(copy), rows + 1);
	assert_int_equal(sample_sum(copy), 0);
	store_close(copy);
	copy = sample_open(copy_path, (struct store_options){.exclusive = true});
	assert_int_equal(store_write(copy, sample_insert, "in the copy"), 0);
	assert_int_equal(store_verify(copy, sample_why, sizeof(sample_why)), 0);
	store_close(copy);
}

static void a_copy_holds_everything(void **state)
{
	static const struct store_options kinds[] = {
	    {0}, {.group_commit = true}, {.exclusive = true}};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct store *store = sample_open(sample_path, kinds[i]);
		if (!i)
			fill(store, 50);
		assert_int_equal(store_backup(store, copy_path), 0);
		is_a_copy(50);
		assert_false(sample_has(store, "in the copy"));
		store_close(store);
		assert_int_equal(remove(copy_path), 0);
	}
}

static void a_copy_never_overwrites(void **state)
{
	char back[8] = {0};
	(void)state;
	struct store *store = sample_open(sample_path, (struct store_options){0});
	FILE *file = fopen(copy_path, "w");
	assert_true(fputs("mine", file) >= 0);
	fclose(file);
	assert_int_equal(store_backup(store, copy_path), STORE_CONFLICT);
	assert_non_null(strstr(store_detail(store), "already"));
	file = fopen(copy_path, "r");
	assert_non_null(fgets(back, sizeof(back), file));
	fclose(file);
	assert_string_equal(back, "mine");
	assert_int_equal(store_backup(store, "/nowhere/at/all/copy.db"), STORE_NOT_FOUND);
	assert_int_equal(store_write(store, sample_insert, "goes on"), 0);
	store_close(store);
}

struct writer {
	struct store *store;
	atomic_bool stop;
	unsigned written, wrong;
};

static void *write_on(void *context)
{
	struct writer *writer = context;
	while (!atomic_load(&writer->stop)) {
		char words[32];
		snprintf(words, sizeof(words), "meanwhile %u", writer->written++);
		writer->wrong += store_write(writer->store, sample_both, words) != 0;
	}
	return NULL;
}

static void writers_go_on_while_a_copy_is_made(void **state)
{
	struct writer writer = {0};
	pthread_t thread;
	(void)state;
	struct store *store =
	    sample_open(sample_path, (struct store_options){.group_commit = true});
	fill(store, 300);
	writer.store = store;
	assert_int_equal(pthread_create(&thread, NULL, write_on, &writer), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(store_backup(store, copy_path), 0);
		struct store *copy =
		    sample_open(copy_path, (struct store_options){.read_only = true});
		assert_int_equal(sample_sum(copy), 0);
		assert_true(sample_count(copy) >= 301);
		store_close(copy);
		assert_int_equal(remove(copy_path), 0);
	}
	atomic_store(&writer.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(writer.wrong, 0);
	assert_true(writer.written > 0);
	store_close(store);
}

static void a_copy_that_finds_no_room_leaves_nothing_and_latches_nothing(void **state)
{
	struct memdisk *disk = memdisk_new();
	(void)state;
	memdisk_use(disk, false);
	struct store *store = sample_open(
	    SAMPLE_MEMORY, (struct store_options){.exclusive = true, .vfs = MEMDISK_VFS});
	fill(store, 50);
	assert_int_equal(store_checkpoint(store), 0);
	memdisk_set_quota(disk, memdisk_used(disk) + 50000);
	assert_int_equal(store_backup(store, "/copy.db"), STORE_FULL);
	assert_int_equal(store_write(store, sample_insert, "goes on"), 0);
	memdisk_set_quota(disk, 0);
	memdisk_fail_sync(disk, 1, false);
	assert_int_equal(store_backup(store, "/copy2.db"), STORE_IO);
	assert_int_equal(store_write(store, sample_insert, "goes on too"), 0);
	assert_int_equal(store_backup(store, "/copy3.db"), 0);
	store_close(store);
	memdisk_use(NULL, false);
	memdisk_free(disk);
}

static void verification_names_a_row_without_its_parent(void **state)
{
	sqlite3 *db = NULL;
	(void)state;
	store_close(sample_open(sample_path, (struct store_options){0}));
	assert_int_equal(sqlite3_open(sample_path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "INSERT INTO reply (note) VALUES (88)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	struct store *store = sample_open(sample_path, (struct store_options){0});
	assert_int_equal(store_verify(store, sample_why, sizeof(sample_why)), STORE_CORRUPT);
	assert_non_null(strstr(sample_why, "a row of reply refers to a missing one of note"));
	/* Nothing is built on damage. */
	assert_int_equal(store_write(store, sample_insert, "no"), STORE_CORRUPT);
	store_close(store);
}

#define disk_test(name) cmocka_unit_test_setup_teardown(name, make_folder, sample_remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    disk_test(a_copy_holds_everything),
	    disk_test(a_copy_never_overwrites),
	    disk_test(writers_go_on_while_a_copy_is_made),
	    cmocka_unit_test(a_copy_that_finds_no_room_leaves_nothing_and_latches_nothing),
	    disk_test(verification_names_a_row_without_its_parent),
	};
	return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}

/* Full disks, failing fsync, file systems that can't: refused with words, nothing half-written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "tests/store/sample.h"

static struct memdisk *disk;

static int make_disk(void **state)
{
	(void)state;
	disk = memdisk_new();
	memdisk_use(disk, false);
	return 0;
}

static int drop_disk(void **state)
{
	(void)state;
	memdisk_use(NULL, false);
	memdisk_free(disk);
	return 0;
}

static struct store *open_memory(struct store_options options)
{
	options.vfs = MEMDISK_VFS;
	return sample_open(SAMPLE_MEMORY, options);
}

static int try_memory(struct store_options options)
{
	struct store *store = NULL;
	options.vfs = MEMDISK_VFS;
	options.create = true;
	int result = store_open(
	    SAMPLE_MEMORY, &sample_store_spec, &options, &store, sample_why, sizeof(sample_why));
	if (!result)
		store_close(store);
	return result;
}

/* Writes until one is refused; returns its answer and how many were kept before. */
static int write_until_refused(struct store *store, unsigned base, unsigned *ret_kept)
{
	for (unsigned i = 0; i < 1000; i++) {
		char words[32];
		snprintf(words, sizeof(words), "until %u", base + i);
		int result = store_write(store, sample_both, words);
		if (result) {
			*ret_kept = i;
			return result;
		}
	}
	return 0;
}

static void full_disk(struct store_options options)
{
	unsigned kept = 0, more = 0;
	struct store *store = open_memory(options);

	memdisk_set_quota(disk, memdisk_used(disk) + 200000);
	assert_int_equal(write_until_refused(store, 0, &kept), STORE_FULL);
	assert_true(kept > 5);
	assert_non_null(strstr(store_strerror(STORE_FULL), "free some space"));
	assert_non_null(strstr(store_detail(store), "full"));
	/* Still full, still the same answer; what was kept can be read, and nothing is half done.
	 */
	for (int i = 0; i < 5; i++)
		assert_int_equal(store_write(store, sample_both, "still full"), STORE_FULL);
	assert_int_equal(sample_count(store), 1 + kept);
	assert_int_equal(sample_sum(store), 0);
	/* Room again: it goes on by itself. */
	memdisk_set_quota(disk, 0);
	assert_int_equal(store_write(store, sample_both, "room again"), 0);
	assert_int_equal(write_until_refused(store, 5000, &more), 0);
	assert_int_equal(sample_count(store), 1 + kept + 1 + 1000);
	assert_int_equal(store_verify(store, sample_why, sizeof(sample_why)), 0);
	store_close(store);

	store = open_memory(options);
	assert_int_equal(sample_count(store), 1 + kept + 1 + 1000);
	assert_false(sample_has(store, "still full"));
	store_close(store);
}

static void an_exclusive_store_recovers_from_a_full_disk_by_itself(void **state)
{
	(void)state;
	full_disk((struct store_options){.exclusive = true});
}

static void a_plain_store_recovers_from_a_full_disk_by_itself(void **state)
{
	(void)state;
	full_disk((struct store_options){0});
}

static void a_grouping_store_recovers_from_a_full_disk_by_itself(void **state)
{
	(void)state;
	full_disk((struct store_options){.group_commit = true});
}

struct writer {
	pthread_t thread;
	struct store *store;
	unsigned number, full, wrong;
	bool kept[60];
};

static void *write_some(void *context)
{
	struct writer *writer = context;
	for (unsigned i = 0; i < 60; i++) {
		char words[32];
		snprintf(words, sizeof(words), "%u.%u", writer->number, i);
		int result = store_write(writer->store, sample_both, words);
		writer->kept[i] = !result;
		writer->full += result == STORE_FULL;
		writer->wrong += result && result != STORE_FULL;
	}
	return NULL;
}

static void many_writers_on_a_full_disk_each_hear_the_truth(void **state)
{
	enum { WRITERS = 12 };
	static struct writer writers[WRITERS];
	struct store *store = open_memory((struct store_options){.group_commit = true});
	unsigned full = 0;
	(void)state;
	memdisk_set_quota(disk, memdisk_used(disk) + 1500000);
	for (unsigned i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){.store = store, .number = i};
		assert_int_equal(
		    pthread_create(&writers[i].thread, NULL, write_some, &writers[i]), 0);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		assert_int_equal(writers[i].wrong, 0);
		full += writers[i].full;
	}
	assert_true(full > 0);
	for (unsigned i = 0; i < WRITERS; i++)
		for (unsigned n = 0; n < 60; n++) {
			char words[32];
			snprintf(words, sizeof(words), "%u.%u", i, n);
			assert_int_equal(sample_has(store, words), writers[i].kept[n]);
		}
	assert_int_equal(sample_sum(store), 0);
	memdisk_set_quota(disk, 0);
	assert_int_equal(store_write(store, sample_both, "room again"), 0);
	store_close(store);
}

static void a_full_disk_at_the_first_opening_is_told(void **state)
{
	(void)state;
	memdisk_set_quota(disk, 9000);
	assert_int_equal(try_memory((struct store_options){.exclusive = true}), STORE_FULL);
	assert_non_null(strstr(sample_why, SAMPLE_MEMORY ": the disk is full; free some space"));
	memdisk_set_quota(disk, 0);
	assert_int_equal(try_memory((struct store_options){.exclusive = true}), 0);
}

static void failed_fsync(struct store_options options)
{
	unsigned kept = 0;
	struct store *store = open_memory(options);
	assert_int_equal(store_write(store, sample_both, "before"), 0);
	memdisk_fail_sync(disk, 4, false);
	assert_int_equal(write_until_refused(store, 0, &kept), STORE_IO);
	assert_true(kept > 0);
	/* The disk would do it now, but is not asked again: not by a write, not by closing. */
	uint64_t syncs = memdisk_syncs(disk);
	assert_int_equal(store_write(store, sample_both, "after"), STORE_IO);
	assert_int_equal(store_checkpoint(store), STORE_IO);
	assert_int_equal(store_write(store, sample_both, "after"), STORE_IO);
	assert_true(sample_has(store, "before"));
	store_close(store);
	assert_int_equal(memdisk_syncs(disk), syncs);

	store = open_memory(options);
	assert_true(sample_has(store, "before"));
	assert_false(sample_has(store, "after"));
	for (unsigned i = 0; i < kept; i++) {
		char words[32];
		snprintf(words, sizeof(words), "until %u", i);
		assert_true(sample_has(store, words));
	}
	assert_int_equal(sample_sum(store), 0);
	assert_int_equal(store_verify(store, sample_why, sizeof(sample_why)), 0);
	assert_int_equal(store_write(store, sample_both, "after"), 0);
	store_close(store);
}

static void a_failed_fsync_latches_in_an_exclusive_store(void **state)
{
	(void)state;
	failed_fsync((struct store_options){.exclusive = true});
}

static void a_failed_fsync_latches_in_a_grouping_store(void **state)
{
	(void)state;
	failed_fsync((struct store_options){.group_commit = true});
}

static void a_failed_fsync_of_a_checkpoint_latches_too(void **state)
{
	struct store *store = open_memory((struct store_options){.exclusive = true});
	(void)state;
	assert_int_equal(store_write(store, sample_both, "one"), 0);
	memdisk_fail_sync(disk, 2, true); /* the first is the WAL's, the second the file's */
	assert_int_equal(store_checkpoint(store), STORE_IO);
	uint64_t syncs = memdisk_syncs(disk);
	assert_int_equal(store_write(store, sample_both, "two"), STORE_IO);
	store_close(store);
	assert_int_equal(memdisk_syncs(disk), syncs);
	memdisk_fail_sync(disk, 0, false);
	store = open_memory((struct store_options){.exclusive = true});
	assert_true(sample_has(store, "one"));
	assert_false(sample_has(store, "two"));
	store_close(store);
}

static void a_damaged_page_is_found_at_the_start_after_an_unclean_end(void **state)
{
	size_t size = 0, wal_size = 0;
	struct store *store = open_memory((struct store_options){.exclusive = true});
	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		char words[32];
		snprintf(words, sizeof(words), "page %u", i);
		assert_int_equal(store_write(store, sample_both, words), 0);
	}
	assert_int_equal(store_checkpoint(store), 0);
	assert_int_equal(store_write(store, sample_both, "last"), 0);
	/* As a kill would leave it: file and WAL, one page of the file gone bad. */
	const uint8_t *bytes = memdisk_bytes(disk, SAMPLE_MEMORY, &size);
	const uint8_t *wal = memdisk_bytes(disk, SAMPLE_MEMORY "-wal", &wal_size);
	assert_true(wal_size > 0);
	struct memdisk *left = memdisk_new();
	uint8_t *copy = memcpy(malloc(size), bytes, size);
	memset(copy + 4096 * 12, 0xa5, 4096);
	memdisk_put(left, SAMPLE_MEMORY, copy, size);
	memdisk_put(left, SAMPLE_MEMORY "-wal", memcpy(malloc(wal_size), wal, wal_size), wal_size);
	store_close(store);
	memdisk_use(left, false);
	assert_int_equal(try_memory((struct store_options){.exclusive = true}), STORE_CORRUPT);
	assert_non_null(strstr(sample_why, "restore the newest backup"));
	memdisk_use(disk, false);
	memdisk_free(left);
}

static void a_file_system_without_shared_memory_is_refused(void **state)
{
	(void)state;
	memdisk_forbid_sharing(disk);
	assert_int_equal(try_memory((struct store_options){0}), STORE_IO);
	assert_non_null(strstr(sample_why, "journal_mode"));
	assert_non_null(strstr(sample_why, "file system"));
	/* A gate keeps the index of its WAL to itself and needs none. */
	assert_int_equal(try_memory((struct store_options){.exclusive = true}), 0);
}

#define fault_test(name) cmocka_unit_test_setup_teardown(name, make_disk, drop_disk)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    fault_test(an_exclusive_store_recovers_from_a_full_disk_by_itself),
	    fault_test(a_plain_store_recovers_from_a_full_disk_by_itself),
	    fault_test(a_grouping_store_recovers_from_a_full_disk_by_itself),
	    fault_test(many_writers_on_a_full_disk_each_hear_the_truth),
	    fault_test(a_full_disk_at_the_first_opening_is_told),
	    fault_test(a_failed_fsync_latches_in_an_exclusive_store),
	    fault_test(a_failed_fsync_latches_in_a_grouping_store),
	    fault_test(a_failed_fsync_of_a_checkpoint_latches_too),
	    fault_test(a_damaged_page_is_found_at_the_start_after_an_unclean_end),
	    fault_test(a_file_system_without_shared_memory_is_refused),
	};
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}

/* Opening, reading, writing: what store.h says, one behaviour a test. */
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

#include "schema/store.h"
#include "tests/store/sample_db.h"

static char folder[64];
static char path[96];
static char why[512];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/pressgate-store-XXXXXX");
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

static struct store *open_with(struct store_options options)
{
	struct store *store = NULL;
	options.create = true;
	int result = store_open(path, &sample_store_spec, &options, &store, why, sizeof(why));
	if (result)
		print_message("store_open: %d %s\n", result, why);
	assert_int_equal(result, 0);
	return store;
}

static int insert_note(struct store_tx *tx, void *context)
{
	return store_exec(tx, SAMPLE_Q_NOTE_INSERT,
	    STORE_ARGS(store_text(context), store_blob("\x00\x01", 2), store_i64(7)), NULL);
}

static int64_t count_notes(struct store *store)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(store_one(tx, SAMPLE_Q_NOTE_COUNT, STORE_NO_ARGS, &rows), STORE_ROW);
	int64_t n = store_get_i64(rows, 0);
	store_done(rows);
	store_read_end(tx);
	return n;
}

static void a_note_written_is_read_back(struct store_options options)
{
	struct store *store = open_with(options);
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	size_t len = 0;
	uint8_t two[2], three[3];

	assert_int_equal(store_write(store, insert_note, "hello"), 0);
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(
	    store_one(tx, SAMPLE_Q_NOTE_GET, STORE_ARGS(store_i64(2)), &rows), STORE_ROW);
	assert_string_equal(store_get_text(rows, 0), "hello");
	assert_memory_equal(store_get_blob(rows, 1, &len), "\x00\x01", 2);
	assert_int_equal(len, 2);
	assert_int_equal(store_get_fixed(rows, 1, two, 2), 0);
	assert_int_equal(store_get_fixed(rows, 1, three, 3), STORE_CORRUPT);
	assert_int_equal(store_get_i64(rows, 2), 7);
	assert_int_equal(store_columns(rows), 3);
	assert_string_equal(store_column_name(rows, 2), "writer");
	store_done(rows);
	store_read_end(tx);
	store_close(store);

	store = open_with(options);
	assert_int_equal(count_notes(store), 2);
	assert_int_equal(store_verify(store, why, sizeof(why)), 0);
	store_close(store);
}

static void a_plain_store_reads_back_what_it_wrote(void **state)
{
	(void)state;
	a_note_written_is_read_back((struct store_options){0});
}

static void an_exclusive_store_reads_back_what_it_wrote(void **state)
{
	(void)state;
	a_note_written_is_read_back((struct store_options){.exclusive = true});
}

static void a_grouping_store_reads_back_what_it_wrote(void **state)
{
	(void)state;
	a_note_written_is_read_back((struct store_options){.group_commit = true});
}

#define store_test(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    store_test(a_plain_store_reads_back_what_it_wrote),
	    store_test(an_exclusive_store_reads_back_what_it_wrote),
	    store_test(a_grouping_store_reads_back_what_it_wrote),
	};
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}

/* Reading and writing rows: what store.h says, one behaviour a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/sample.h"

static struct store *store; /* of the test that runs */
static struct memdisk *disk;

static void open_memory(struct store_options options)
{
	disk = memdisk_new();
	memdisk_use(disk, false);
	options.vfs = MEMDISK_VFS;
	store = sample_open(SAMPLE_MEMORY, options);
}

static int close_memory(void **state)
{
	(void)state;
	store_close(store);
	store = NULL;
	memdisk_use(NULL, false);
	memdisk_free(disk);
	disk = NULL;
	return 0;
}

static void a_note_written_is_read_back(struct store_options options)
{
	struct store *opened = sample_open(sample_path, options);
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	size_t len = 0;
	uint8_t two[2], three[3];

	assert_int_equal(store_write(opened, sample_insert, "hello"), 0);
	assert_int_equal(store_read_begin(opened, &tx), 0);
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
	store_close(opened);

	opened = sample_open(sample_path, options);
	assert_int_equal(sample_count(opened), 2);
	assert_int_equal(store_verify(opened, sample_why, sizeof(sample_why)), 0);
	store_close(opened);
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

static void a_number_is_read_or_none_is(void **state)
{
	struct store_tx *tx = NULL;
	int64_t id = -7, count = -7;

	(void)state;
	open_memory((struct store_options){0});
	assert_int_equal(store_write(store, sample_insert, "hello"), 0);
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(
	    store_number(tx, SAMPLE_Q_NOTE_FIND, STORE_ARGS(store_text("nobody")), &id),
	    STORE_NOT_FOUND);
	assert_int_equal(id, -7);
	assert_int_equal(
	    store_number(tx, SAMPLE_Q_NOTE_FIND, STORE_ARGS(store_text("hello")), &id), 0);
	assert_int_equal(id, 2);
	assert_int_equal(store_number(tx, SAMPLE_Q_NOTE_COUNT, STORE_NO_ARGS, &count), 0);
	assert_int_equal(count, 2);
	store_read_end(tx);
}

static void a_text_that_is_too_long_for_its_field_is_not_cut(void **state)
{
	char field[6] = "stays";

	(void)state;
	assert_int_equal(store_copy_text(field, sizeof(field), "sixsix"), STORE_CORRUPT);
	assert_string_equal(field, "stays");
	assert_int_equal(store_copy_text(field, sizeof(field), "fives"), 0);
	assert_string_equal(field, "fives");
	assert_int_equal(store_copy_text(field, sizeof(field), ""), 0);
	assert_string_equal(field, "");
}

static int nulls(struct store_tx *tx, void *context)
{
	(void)context;
	return store_exec(tx, SAMPLE_Q_NOTE_INSERT,
	    STORE_ARGS(store_textn("abcdef", 3), store_null(), store_i64(INT64_MIN)), NULL);
}

static void nulls_and_borders_come_back_as_they_went(void **state)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	size_t len = 1;
	(void)state;
	open_memory((struct store_options){0});
	assert_int_equal(store_write(store, nulls, NULL), 0);
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(
	    store_one(tx, SAMPLE_Q_NOTE_GET, STORE_ARGS(store_i64(2)), &rows), STORE_ROW);
	assert_string_equal(store_get_text(rows, 0), "abc");
	assert_true(store_is_null(rows, 1));
	assert_non_null(store_get_blob(rows, 1, &len));
	assert_int_equal(len, 0);
	assert_string_equal(store_get_text(rows, 1), "");
	assert_true(store_get_i64(rows, 2) == INT64_MIN);
	assert_int_equal(store_next(rows), STORE_OK);
	assert_int_equal(store_next(rows), STORE_OK); /* and does not begin again */
	store_done(rows);
	rows = NULL;
	assert_int_equal(
	    store_one(tx, SAMPLE_Q_NOTE_GET, STORE_ARGS(store_i64(99)), &rows), STORE_NOT_FOUND);
	assert_null(rows);
	store_read_end(tx);
}

static int wrong_calls(struct store_tx *tx, void *context)
{
	struct store_rows *rows = NULL;
	(void)context;
	assert_int_equal(store_exec(tx, SAMPLE_Q_NOTE_DELETE, STORE_NO_ARGS, NULL), STORE_MISUSE);
	assert_int_equal(store_exec(tx, SAMPLE_Q_COUNT, STORE_NO_ARGS, NULL), STORE_MISUSE);
	assert_int_equal(store_exec(tx, SAMPLE_Q_NOTE_COUNT, STORE_NO_ARGS, NULL), STORE_MISUSE);
	assert_int_equal(store_query(tx, SAMPLE_Q_NOTE_GET, STORE_NO_ARGS, &rows), STORE_MISUSE);
	assert_null(rows);
	/* A text with a NUL inside, and a number where a text belongs. */
	assert_int_equal(store_exec(tx, SAMPLE_Q_NOTE_INSERT,
			     STORE_ARGS(store_textn("a\0b", 3), store_null(), store_i64(1)), NULL),
	    STORE_MISUSE);
	assert_int_equal(
	    store_exec(tx, SAMPLE_Q_NOTE_INSERT,
		STORE_ARGS(store_text("a"), store_null(), store_text("no number")), NULL),
	    STORE_MISUSE);
	assert_non_null(strstr(store_detail(store), "note.writer"));
	assert_null(strstr(store_detail(store), "no number"));
	return 0;
}

static void wrong_values_are_misuse_and_change_nothing(void **state)
{
	(void)state;
	open_memory((struct store_options){0});
	assert_int_equal(store_write(store, wrong_calls, NULL), 0);
	assert_int_equal(sample_count(store), 1);
}

static int broken_rules(struct store_tx *tx, void *context)
{
	int64_t changes = -1;
	(void)context;
	assert_int_equal(sample_insert(tx, "the first"), STORE_CONFLICT); /* UNIQUE */
	assert_int_equal(sample_insert(tx, ""), STORE_CONFLICT);	  /* CHECK */
	assert_int_equal(sample_insert(tx, NULL), STORE_CONFLICT);	  /* NOT NULL */
	assert_int_equal(sample_insert(tx, "fine"), 0);
	assert_int_equal(store_last_id(tx), 2);
	assert_int_equal(
	    store_exec(tx, SAMPLE_Q_NOTE_DELETE, STORE_ARGS(store_i64(2)), &changes), 0);
	assert_int_equal(changes, 1);
	assert_int_equal(
	    store_exec(tx, SAMPLE_Q_NOTE_DELETE, STORE_ARGS(store_i64(2)), &changes), 0);
	assert_int_equal(changes, 0);
	return 0;
}

static void a_broken_rule_is_a_conflict_and_the_rest_stands(void **state)
{
	(void)state;
	open_memory((struct store_options){0});
	assert_int_equal(store_write(store, broken_rules, NULL), 0);
	assert_int_equal(sample_count(store), 1);
}

static int refuse(struct store_tx *tx, void *context)
{
	assert_int_equal(sample_insert(tx, "not to stay"), 0);
	return *(int *)context;
}

static void a_body_that_refuses_is_rolled_back(void **state)
{
	int own = 41, far = -1000;
	(void)state;
	open_memory((struct store_options){0});
	assert_int_equal(store_write(store, refuse, &own), 41);
	assert_int_equal(store_write(store, refuse, &far), -1000);
	assert_int_equal(sample_count(store), 1);
	uint64_t commits = 9, writes = 9;
	store_counts(store, &commits, &writes);
	assert_int_equal(commits, 0);
	assert_int_equal(writes, 0);
}

static int hang_reference(struct store_tx *tx, void *context)
{
	(void)context;
	return store_exec(tx, SAMPLE_Q_REPLY_INSERT, STORE_ARGS(store_i64(77)), NULL);
}

static void a_reference_left_hanging_is_a_conflict(void **state)
{
	(void)state;
	open_memory((struct store_options){0});
	assert_int_equal(store_write(store, hang_reference, NULL), STORE_CONFLICT);
	assert_int_equal(store_write(store, sample_insert, "after"), 0);
}

static int leave_open(struct store_tx *tx, void *context)
{
	struct store_rows *rows = NULL, *again = NULL;
	(void)context;
	assert_int_equal(store_query(tx, SAMPLE_Q_NOTE_LIST, STORE_NO_ARGS, &rows), 0);
	assert_int_equal(store_next(rows), STORE_ROW);
	/* The same query a second time while the first is being read. */
	assert_int_equal(store_query(tx, SAMPLE_Q_NOTE_LIST, STORE_NO_ARGS, &again), 0);
	assert_ptr_not_equal(rows, again);
	assert_int_equal(store_next(again), STORE_ROW);
	assert_int_equal(store_get_i64(again, 0), store_get_i64(rows, 0));
	return sample_insert(tx, "beside open rows");
}

static void rows_left_open_are_ended_with_the_transaction(void **state)
{
	(void)state;
	open_memory((struct store_options){.group_commit = true});
	for (int i = 0; i < 3; i++) {
		int result = store_write(store, leave_open, NULL);
		assert_int_equal(result, i ? STORE_CONFLICT : 0);
	}
	assert_int_equal(sample_count(store), 2);
}

static int write_again(struct store_tx *tx, void *context)
{
	struct store_tx *other = NULL;
	(void)tx, (void)context;
	assert_int_equal(store_write(store, sample_insert, "inner"), STORE_MISUSE);
	assert_int_equal(store_checkpoint(store), STORE_MISUSE);
	if (context)
		assert_int_equal(store_read_begin(store, &other), STORE_MISUSE);
	return 0;
}

static void a_transaction_inside_another_is_misuse_not_a_deadlock(void **state)
{
	struct store_tx *tx = NULL;
	(void)state;
	open_memory((struct store_options){.group_commit = true});
	assert_int_equal(store_write(store, write_again, NULL), 0);
	close_memory(NULL);
	open_memory((struct store_options){.exclusive = true});
	assert_int_equal(store_write(store, write_again, "reads too"), 0);
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(store_write(store, sample_insert, "inner"), STORE_MISUSE);
	store_read_end(tx);
	assert_int_equal(sample_count(store), 1);
}

static void a_read_can_not_write(struct store_options options)
{
	struct store_tx *tx = NULL;
	open_memory(options);
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(sample_insert(tx, "no"), STORE_MISUSE);
	store_read_end(tx);
	assert_int_equal(sample_count(store), 1);
}

static void a_reader_can_not_write(void **state)
{
	(void)state;
	a_read_can_not_write((struct store_options){0});
}

static void a_read_on_the_one_connection_can_not_write(void **state)
{
	(void)state;
	a_read_can_not_write((struct store_options){.exclusive = true});
}

#define disk_test(name)                                                                            \
	cmocka_unit_test_setup_teardown(name, sample_make_folder, sample_remove_folder)
#define memory_test(name) cmocka_unit_test_teardown(name, close_memory)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    disk_test(a_plain_store_reads_back_what_it_wrote),
	    disk_test(an_exclusive_store_reads_back_what_it_wrote),
	    disk_test(a_grouping_store_reads_back_what_it_wrote),
	    memory_test(a_number_is_read_or_none_is),
	    cmocka_unit_test(a_text_that_is_too_long_for_its_field_is_not_cut),
	    memory_test(nulls_and_borders_come_back_as_they_went),
	    memory_test(wrong_values_are_misuse_and_change_nothing),
	    memory_test(a_broken_rule_is_a_conflict_and_the_rest_stands),
	    memory_test(a_body_that_refuses_is_rolled_back),
	    memory_test(a_reference_left_hanging_is_a_conflict),
	    memory_test(rows_left_open_are_ended_with_the_transaction),
	    memory_test(a_transaction_inside_another_is_misuse_not_a_deadlock),
	    memory_test(a_reader_can_not_write),
	    memory_test(a_read_on_the_one_connection_can_not_write),
	};
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}

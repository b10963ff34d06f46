/* What the store's tests share. */
#include "tests/store/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

char sample_folder[64];
char sample_path[96];
char sample_why[512];

int sample_make_folder(void **state)
{
	(void)state;
	snprintf(sample_folder, sizeof(sample_folder), "/tmp/pressgate-store-XXXXXX");
	if (!mkdtemp(sample_folder))
		return -1;
	snprintf(sample_path, sizeof(sample_path), "%s/sample.db", sample_folder);
	return 0;
}

int sample_remove_folder(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", sample_folder);
	return system(command);
}

struct store *sample_open(const char *path, struct store_options options)
{
	struct store *store = NULL;
	options.create = !options.read_only;
	int result =
	    store_open(path, &sample_store_spec, &options, &store, sample_why, sizeof(sample_why));
	if (result)
		print_message("# store_open: %d %s\n", result, sample_why);
	assert_int_equal(result, 0);
	return store;
}

int sample_insert(struct store_tx *tx, void *context)
{
	return store_exec(tx, SAMPLE_Q_NOTE_INSERT,
	    STORE_ARGS(store_text(context), store_blob("\x00\x01", 2), store_i64(7)), NULL);
}

int sample_move(struct store_tx *tx, void *context)
{
	int64_t amount = *(const int64_t *)context;
	int result = store_exec(
	    tx, SAMPLE_Q_ACCOUNT_ADD, STORE_ARGS(store_text("left"), store_i64(-amount)), NULL);
	if (!result)
		result = store_exec(tx, SAMPLE_Q_ACCOUNT_ADD,
		    STORE_ARGS(store_text("right"), store_i64(amount)), NULL);
	return result;
}

int sample_both(struct store_tx *tx, void *context)
{
	static const uint8_t body[3000];
	int result = store_exec(
	    tx, SAMPLE_Q_ACCOUNT_ADD, STORE_ARGS(store_text("left"), store_i64(-1)), NULL);
	if (!result)
		result = store_exec(tx, SAMPLE_Q_NOTE_INSERT,
		    STORE_ARGS(store_text(context), store_blob(body, sizeof(body)), store_i64(1)),
		    NULL);
	if (!result)
		result = store_exec(
		    tx, SAMPLE_Q_ACCOUNT_ADD, STORE_ARGS(store_text("right"), store_i64(1)), NULL);
	return result;
}

static int64_t number(struct store *store, unsigned query)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	assert_int_equal(store_read_begin(store, &tx), 0);
	assert_int_equal(store_one(tx, query, STORE_NO_ARGS, &rows), STORE_ROW);
	int64_t n = store_get_i64(rows, 0);
	store_done(rows);
	store_read_end(tx);
	return n;
}

int64_t sample_count(struct store *store)
{
	return number(store, SAMPLE_Q_NOTE_COUNT);
}

int64_t sample_sum(struct store *store)
{
	return number(store, SAMPLE_Q_ACCOUNT_SUM);
}

bool sample_has(struct store *store, const char *words)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	assert_int_equal(store_read_begin(store, &tx), 0);
	int result = store_one(tx, SAMPLE_Q_NOTE_FIND, STORE_ARGS(store_text(words)), &rows);
	store_done(rows);
	store_read_end(tx);
	assert_true(result == STORE_ROW || result == STORE_NOT_FOUND);
	return result == STORE_ROW;
}

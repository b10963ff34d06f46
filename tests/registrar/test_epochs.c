#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "registrar/journal/journal.h"
#include "tests/registrar/folder.h"

static void run_sql(struct folder *folder, const char *sql)
{
	char path[128];
	sqlite3 *db = NULL;

	snprintf(path, sizeof path, "%s/registrar.db", folder->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void an_undamaged_journal_goes_on_in_its_epoch(void **state)
{
	struct folder *folder = *state;

	assert_null(folder_reopen(folder));
	assert_int_equal(journal_boot(folder->registrar), 0);
	assert_null(folder_reopen(folder));
	assert_int_equal(folder_entries(folder, "new-store"), 1);
	assert_int_equal(folder_entries(folder, "started"), 1);
}

static void a_damaged_head_begins_a_new_epoch(void **state)
{
	struct folder *folder = *state;

	registrar_close(folder->registrar);
	folder->registrar = NULL;
	run_sql(folder, "UPDATE log SET size = size - 1");
	const char *news = folder_reopen(folder);
	assert_non_null(news);
	assert_non_null(strstr(news, "damaged"));
	assert_int_equal(folder_entries(folder, "damaged"), 1);
	/* And only one. */
	assert_null(folder_reopen(folder));
}

static void a_store_put_back_from_a_backup_begins_a_new_epoch(void **state)
{
	struct folder *folder = *state;
	char copy[128];

	snprintf(copy, sizeof copy, "%s/copy.db", folder->dir);
	assert_int_equal(store_backup(folder->registrar->store, copy), 0);
	assert_int_equal(journal_boot(folder->registrar), 0);
	registrar_close(folder->registrar);
	folder->registrar = NULL;
	char path[128];
	snprintf(path, sizeof path, "%s/registrar.db", folder->dir);
	assert_int_equal(rename(copy, path), 0);
	const char *news = folder_reopen(folder);
	assert_non_null(news);
	assert_non_null(strstr(news, "backup"));
	assert_int_equal(folder_entries(folder, "restored"), 1);
	assert_null(folder_reopen(folder));
}

static void run(const char *format, const char *a, const char *b)
{
	char command[400];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(command, sizeof command, format, a, b);
#pragma GCC diagnostic pop
	assert_int_equal(system(command), 0);
}

/* Opens the folder in another process, appends, and is gone without a word. */
static void append_and_die(const struct folder *folder, int entries)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct registrar *registrar = NULL;
		struct refusal why = {0};
		const char *news = NULL;
		int bad = registrar_open(folder->dir, &registrar, &news, &why);

		for (int i = 0; !bad && i < entries; i++)
			bad = journal_boot(registrar);
		_exit(bad ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_store_put_back_after_a_kill_begins_a_new_epoch(void **state)
{
	struct folder *folder = *state;

	registrar_close(folder->registrar);
	folder->registrar = NULL;
	append_and_die(folder, 3);
	/* Control: a kill alone changes nothing. */
	assert_null(folder_reopen(folder));
	registrar_close(folder->registrar);
	folder->registrar = NULL;
	run("cd %s && cp registrar.db old.db", folder->dir, "");
	append_and_die(folder, 3);
	run("cd %s && rm -f registrar.db-* && mv old.db registrar.db", folder->dir, "");
	const char *news = folder_reopen(folder);
	assert_non_null(news);
	assert_non_null(strstr(news, "backup"));
	assert_null(folder_reopen(folder));
}

static int64_t newest_epoch(struct folder *folder)
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *rows = NULL;
	int64_t epoch;

	snprintf(path, sizeof path, "%s/registrar.db", folder->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT max(epoch) FROM log", -1, &rows, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(rows), SQLITE_ROW);
	epoch = sqlite3_column_int64(rows, 0);
	sqlite3_finalize(rows);
	sqlite3_close(db);
	return epoch;
}

static void a_folder_put_back_never_uses_an_epoch_again(void **state)
{
	struct folder *folder = *state;
	int64_t epochs[2];

	registrar_close(folder->registrar);
	folder->registrar = NULL;
	run("cp -a %s %s.old", folder->dir, folder->dir);
	for (int i = 0; i < 2; i++) {
		run("rm -rf %s; d=%s; cp -a $d.old $d", folder->dir, folder->dir);
		const char *news = folder_reopen(folder);
		assert_non_null(news);
		assert_non_null(strstr(news, "backup"));
		registrar_close(folder->registrar);
		folder->registrar = NULL;
		epochs[i] = newest_epoch(folder);
		sleep(1);
	}
	assert_true(epochs[1] > epochs[0]);
	run("rm -rf %s.old", folder->dir, "");
}

static void a_rotated_journal_key_begins_a_new_epoch(void **state)
{
	struct folder *folder = *state;
	struct refusal why = {0};

	assert_int_equal(
	    keyring_rotate(folder->registrar, KEY_USE_DEVICE, 0, "admin", registrar_now(), &why),
	    0);
	assert_int_equal(folder_entries(folder, "key-rotated"), 1);
	assert_int_equal(journal_boot(folder->registrar), 0);
	assert_null(folder_reopen(folder));
}

static int fail_body(struct store_tx *tx, void *context)
{
	int result = journal_append(tx, context, &(struct journal_line){.kind = JOURNAL_BOOT});

	return result ? result : MODEL_REFUSED;
}

static void an_entry_of_a_write_that_falls_through_is_gone_and_leaves_no_gap(void **state)
{
	struct folder *folder = *state;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    store_write(folder->registrar->store, fail_body, folder->registrar),
		    MODEL_REFUSED);
		assert_int_equal(journal_boot(folder->registrar), 0);
	}
	assert_int_equal(folder_entries(folder, "started"), 3);
	assert_null(folder_reopen(folder));
}

static int slow_body(struct store_tx *tx, void *context)
{
	(void)tx;
	(void)context;
	nanosleep(&(struct timespec){0, 300000000}, NULL);
	return 0;
}

static int boot_body(struct store_tx *tx, void *context)
{
	return journal_append(tx, context, &(struct journal_line){.kind = JOURNAL_BOOT});
}

static int epoch_that_falls_body(struct store_tx *tx, void *context)
{
	struct registrar *registrar = context;
	char first = registrar->settings.site[0];

	/* No log can have that name. */
	registrar->settings.site[0] = '!';
	int result = journal_begin_epoch(tx, registrar, "ordered", NULL);
	registrar->settings.site[0] = first;
	return result;
}

struct writing {
	struct registrar *registrar;
	store_body *body;
	int result;
};

static void *write_one(void *context)
{
	struct writing *writing = context;

	writing->result = store_write(writing->registrar->store, writing->body, writing->registrar);
	return NULL;
}

/* The second of one commit seals the old epoch, can't begin another and is rolled back alone. */
static void a_commit_is_sealed_though_one_of_it_fell_through(void **state)
{
	struct folder *folder = *state;
	struct writing writing[] = {{folder->registrar, slow_body, -1},
	    {folder->registrar, boot_body, -1}, {folder->registrar, epoch_that_falls_body, -1}};
	pthread_t threads[3];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, write_one, &writing[i]), 0);
		nanosleep(&(struct timespec){0, 50000000}, NULL);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(writing[1].result, 0);
	assert_int_equal(writing[2].result, MODEL_JOURNAL);
	assert_int_equal(folder_entries(folder, "started"), 1);
	assert_null(folder_reopen(folder));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_undamaged_journal_goes_on_in_its_epoch),
	    TEST(a_damaged_head_begins_a_new_epoch),
	    TEST(a_store_put_back_from_a_backup_begins_a_new_epoch),
	    TEST(a_store_put_back_after_a_kill_begins_a_new_epoch),
	    TEST(a_folder_put_back_never_uses_an_epoch_again),
	    TEST(a_rotated_journal_key_begins_a_new_epoch),
	    TEST(an_entry_of_a_write_that_falls_through_is_gone_and_leaves_no_gap),
	    TEST(a_commit_is_sealed_though_one_of_it_fell_through),
	};

	return cmocka_run_group_tests_name("epochs", tests, NULL, NULL);
}

/* Who may open what: each refusal with its words, on a real file system. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/lib/rights.h"
#include "tests/store/sample.h"

/* Opens and closes; the words are in sample_why. */
static int try_open(const char *path, struct store_options options)
{
	struct store *store = NULL;
	int result =
	    store_open(path, &sample_store_spec, &options, &store, sample_why, sizeof(sample_why));
	if (!result) {
		assert_string_equal(sample_why, "");
		store_close(store);
	} else {
		assert_null(store);
		assert_non_null(strstr(sample_why, ": "));
	}
	return result;
}

static void assert_says(const char *words)
{
	if (!strstr(sample_why, words))
		print_message("# said: %s\n", sample_why);
	assert_non_null(strstr(sample_why, words));
}

static void run_sql(const char *sql)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(sample_path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void make_sample(void)
{
	assert_int_equal(try_open(sample_path, (struct store_options){.create = true}), 0);
}

static bool exists(const char *path)
{
	struct stat status;
	return !stat(path, &status);
}

static void a_new_file_is_for_its_owner_only(void **state)
{
	struct stat status;
	char wal[128];
	(void)state;
	mode_t before = umask(0);
	struct store *store = sample_open(sample_path, (struct store_options){0});
	assert_int_equal(store_write(store, sample_insert, "x"), 0);
	assert_int_equal(stat(sample_path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	snprintf(wal, sizeof(wal), "%s-wal", sample_path);
	assert_int_equal(stat(wal, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	store_close(store);
	umask(before);
	/* Closed cleanly, it is one file again. */
	assert_false(exists(wal));
}

static void a_missing_file_is_refused_and_not_made(void **state)
{
	(void)state;
	assert_int_equal(try_open(sample_path, (struct store_options){0}), STORE_NOT_FOUND);
	assert_says(sample_path);
	assert_says("no such database file");
	assert_false(exists(sample_path));
	assert_int_equal(try_open("/nowhere/at/all.db", (struct store_options){.create = true}),
	    STORE_NOT_FOUND);
	assert_int_equal(
	    try_open(sample_path, (struct store_options){.read_only = true}), STORE_NOT_FOUND);
	assert_false(exists(sample_path));
}

static void a_newer_file_is_refused_and_left_alone(void **state)
{
	(void)state;
	make_sample();
	run_sql("PRAGMA user_version=4");
	assert_int_equal(
	    try_open(sample_path, (struct store_options){.create = true}), STORE_NEWER);
	assert_says("newer version");
	assert_says("version 4, this program knows 3");
	run_sql("PRAGMA user_version=3");
	assert_int_equal(try_open(sample_path, (struct store_options){.create = true}), 0);
}

static void another_applications_file_is_refused_and_left_alone(void **state)
{
	sqlite3 *db = NULL;
	(void)state;
	run_sql("CREATE TABLE theirs (a); PRAGMA application_id=77");
	assert_int_equal(
	    try_open(sample_path, (struct store_options){.create = true}), STORE_NOT_A_STORE);
	assert_says("not a database of this program");
	run_sql("PRAGMA application_id=0");
	assert_int_equal(
	    try_open(sample_path, (struct store_options){.create = true}), STORE_NOT_A_STORE);
	/* Not even its journal mode was changed. */
	assert_int_equal(sqlite3_open(sample_path, &db), SQLITE_OK);
	sqlite3_stmt *mode = NULL;
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &mode, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(mode), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(mode, 0), "delete");
	sqlite3_finalize(mode);
	sqlite3_close(db);
}

static void write_file(const char *text, size_t len)
{
	FILE *file = fopen(sample_path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void a_file_that_is_no_database_is_refused_and_left_alone(void **state)
{
	char text[5000], back[5000];
	(void)state;
	memset(text, 'p', sizeof(text));
	write_file(text, sizeof(text));
	assert_int_equal(
	    try_open(sample_path, (struct store_options){.create = true}), STORE_NOT_A_STORE);
	assert_says("not a database of this program");
	FILE *file = fopen(sample_path, "rb");
	assert_int_equal(fread(back, 1, sizeof(back), file), sizeof(back));
	fclose(file);
	assert_memory_equal(text, back, sizeof(back));
	/* A folder, and an empty file without leave to make one. */
	assert_int_not_equal(try_open(sample_folder, (struct store_options){.create = true}), 0);
	write_file("", 0);
	assert_int_equal(try_open(sample_path, (struct store_options){0}), STORE_NOT_A_STORE);
	assert_int_equal(try_open(sample_path, (struct store_options){.create = true}), 0);
}

static void a_second_opening_here_is_locked(void **state)
{
	(void)state;
	struct store *store = sample_open(sample_path, (struct store_options){0});
	assert_int_equal(try_open(sample_path, (struct store_options){0}), STORE_LOCKED);
	assert_int_equal(
	    try_open(sample_path, (struct store_options){.read_only = true}), STORE_LOCKED);
	assert_int_equal(store_write(store, sample_insert, "goes on"), 0);
	store_close(store);
	assert_int_equal(try_open(sample_path, (struct store_options){0}), 0);
}

/* Another process that opens the store, says so, and waits to be killed. */
static pid_t hold_elsewhere(struct store_options options)
{
	int pipes[2];
	char byte = 0;
	assert_int_equal(pipe(pipes), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct store *store = NULL;
		if (store_open(sample_path, &sample_store_spec, &options, &store, NULL, 0))
			_exit(1);
		if (write(pipes[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	close(pipes[0]);
	return pid;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void another_process_owns_it(struct store_options options)
{
	char words[64];
	make_sample();
	pid_t pid = hold_elsewhere(options);
	double start = now();
	assert_int_equal(try_open(sample_path, options), STORE_LOCKED);
	assert_true(now() - start < 1.0);
	snprintf(words, sizeof(words), "process %ld", (long)pid);
	assert_says(words);
	assert_says("another process has the database open; stop it");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* The lock goes with its owner. */
	assert_int_equal(try_open(sample_path, options), 0);
}

static void a_store_of_another_process_is_locked_at_once(void **state)
{
	(void)state;
	another_process_owns_it((struct store_options){0});
}

static void an_exclusive_store_of_another_process_is_locked_at_once(void **state)
{
	(void)state;
	another_process_owns_it((struct store_options){.exclusive = true});
}

static void a_foreign_lock_on_the_file_itself_is_locked_at_once(void **state)
{
	sqlite3 *db = NULL;
	(void)state;
	make_sample();
	run_sql("PRAGMA journal_mode=DELETE");
	pid_t pid = fork();
	if (!pid) {
		if (sqlite3_open(sample_path, &db) ||
		    sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL))
			_exit(1);
		kill(getpid(), SIGSTOP);
		_exit(0);
	}
	int status = 0;
	waitpid(pid, &status, WUNTRACED);
	assert_true(WIFSTOPPED(status));
	double start = now();
	assert_int_equal(try_open(sample_path, (struct store_options){0}), STORE_LOCKED);
	assert_true(now() - start < 1.0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static void several_may_look_at_a_store_nobody_serves(void **state)
{
	struct store *first = NULL;
	int64_t amount = 1;
	(void)state;
	make_sample();
	first = sample_open(sample_path, (struct store_options){.read_only = true});
	struct store *second = sample_open(sample_path, (struct store_options){.read_only = true});
	assert_int_equal(sample_count(first), 1);
	assert_int_equal(sample_count(second), 1);
	assert_int_equal(store_write(first, sample_move, &amount), STORE_DENIED);
	assert_int_equal(try_open(sample_path, (struct store_options){0}), STORE_LOCKED);
	store_close(first);
	store_close(second);
	assert_int_equal(try_open(sample_path, (struct store_options){0}), 0);
}

/* Tries to open by someone for whom the modes of files count. Exits with 0 - result. */
static int open_by_the_modes(struct store_options options, const char *words)
{
	int status = 0;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct store *store = NULL;
		if (rights_obey_modes())
			_exit(100);
		int result = store_open(sample_path, &sample_store_spec, &options, &store,
		    sample_why, sizeof(sample_why));
		_exit(strstr(sample_why, words) ? -result : 101);
	}
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static void missing_permission_is_refused_with_words(void **state)
{
	char lock[128];
	(void)state;
	make_sample();
	snprintf(lock, sizeof(lock), "%s.lock", sample_path);
	/* A file that may be read, not written. */
	assert_int_equal(chmod(sample_folder, 0777), 0);
	assert_int_equal(chmod(sample_path, 0444), 0);
	assert_int_equal(chmod(lock, 0666), 0);
	assert_int_equal(
	    open_by_the_modes((struct store_options){0}, "check the owner and mode"), STORE_DENIED);
	/* One that may not even be read. */
	assert_int_equal(chmod(sample_path, 0), 0);
	assert_int_equal(
	    open_by_the_modes((struct store_options){0}, "check the owner and mode"), STORE_DENIED);
	/* A folder where no lock can be made. */
	assert_int_equal(unlink(lock), 0);
	assert_int_equal(chmod(sample_folder, 0555), 0);
	assert_int_equal(
	    open_by_the_modes((struct store_options){0}, "check the owner and mode"), STORE_DENIED);
	assert_int_equal(chmod(sample_folder, 0700), 0);
}

static void a_store_whose_making_failed_leaves_no_file(void **state)
{
	static const struct store_migration bad[] = {{"0001-bad", "CREATE TABLE broken ("}};
	static const struct store_spec spec = {"bad", 5, bad, 1, NULL, 0};
	struct store *store = NULL;
	struct store_options options = {.create = true};
	char wal[128];
	(void)state;
	assert_int_equal(
	    store_open(sample_path, &spec, &options, &store, sample_why, sizeof(sample_why)),
	    STORE_MISUSE);
	assert_says("0001-bad");
	assert_false(exists(sample_path));
	snprintf(wal, sizeof(wal), "%s-wal", sample_path);
	assert_false(exists(wal));
}

#define open_test(name)                                                                            \
	cmocka_unit_test_setup_teardown(name, sample_make_folder, sample_remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    open_test(a_new_file_is_for_its_owner_only),
	    open_test(a_missing_file_is_refused_and_not_made),
	    open_test(a_newer_file_is_refused_and_left_alone),
	    open_test(another_applications_file_is_refused_and_left_alone),
	    open_test(a_file_that_is_no_database_is_refused_and_left_alone),
	    open_test(a_second_opening_here_is_locked),
	    open_test(a_store_of_another_process_is_locked_at_once),
	    open_test(an_exclusive_store_of_another_process_is_locked_at_once),
	    open_test(a_foreign_lock_on_the_file_itself_is_locked_at_once),
	    open_test(several_may_look_at_a_store_nobody_serves),
	    open_test(missing_permission_is_refused_with_words),
	    open_test(a_store_whose_making_failed_leaves_no_file),
	};
	return cmocka_run_group_tests_name("open", tests, NULL, NULL);
}

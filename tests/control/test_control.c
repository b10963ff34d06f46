/* The control socket: a command runs in the owner with the streams of the process that asked. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "web/control.h"
#include "web/control_wire.h"
#include "tests/lib/rights.h"

struct place {
	char dir[64];
	struct control *control;
	int owner_word;
};

/* What the owner can do in these tests. */
static int owner_run(struct command *command)
{
	const char *what = command->argv[0];
	char line[256];

	if (strcmp(what, "echo") == 0) {
		for (int i = 1; i < command->argc; i++)
			fprintf(command->out, "%s\n", command->argv[i]);
		fprintf(command->err, "word %d\n", *(int *)command->owner);
		return 7;
	}
	if (strcmp(what, "path") == 0) {
		char *path = command_path(command, command->argv[1]);
		fprintf(command->out, "%s\n", path);
		free(path);
		return 0;
	}
	if (strcmp(what, "large") == 0) {
		for (int i = 0; i < 400000; i++)
			if (fprintf(command->out, "line %d of a large output\n", i) < 0)
				return 1;
		return 0;
	}
	if (strcmp(what, "upper") == 0) {
		while (fgets(line, sizeof line, command->in)) {
			for (char *at = line; *at; at++)
				if (*at >= 'a' && *at <= 'z')
					*at = (char)(*at - 32);
			fputs(line, command->out);
			fflush(command->out);
		}
		return 0;
	}
	if (strcmp(what, "slow") == 0)
		nanosleep(&(struct timespec){60, 0}, NULL);
	return 2;
}

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	place->owner_word = 41;
	snprintf(place->dir, sizeof place->dir, "/tmp/pressgate-control-XXXXXX");
	if (!mkdtemp(place->dir) ||
	    control_start(place->dir, owner_run, &place->owner_word, &place->control))
		return -1;
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;
	char path[128];

	control_stop(place->control);
	snprintf(path, sizeof path, "%s/%s", place->dir, CONTROL_SOCKET);
	unlink(path);
	int bad = rmdir(place->dir);
	free(place);
	return bad;
}

struct asked {
	pid_t pid;
	int in, out, err; /* our ends */
};

/* In a forked child: becomes this program in another part (see main). A child of a process with
 * threads may do little else. */
static void become(const char *part, const char *dir, int argc, char **argv)
{
	char *args[CONTROL_ARGUMENTS_MAX + 4] = {"test_control", (char *)part, (char *)dir};

	for (int i = 0; i < argc; i++)
		args[i + 3] = argv[i];
	execv("/proc/self/exe", args);
	_exit(98);
}

/* Starts another process that asks; its exit status is the command's, or 100 - the result. */
static struct asked ask(const struct place *place, const char *cwd, int argc, char **argv)
{
	int in[2], out[2], err[2];
	struct asked asked;

	assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC) | pipe2(err, O_CLOEXEC), 0);
	asked.pid = fork();
	if (asked.pid == 0) {
		dup2(in[0], 0), dup2(out[1], 1), dup2(err[1], 2);
		close(in[1]), close(out[0]), close(err[0]);
		close(in[0]), close(out[1]), close(err[1]);
		if (cwd && chdir(cwd))
			_exit(99);
		become("ask", place->dir, argc, argv);
	}
	close(in[0]), close(out[1]), close(err[1]);
	asked.in = in[1], asked.out = out[0], asked.err = err[0];
	return asked;
}

static size_t read_all(int fd, char *into, size_t size)
{
	size_t len = 0;
	ssize_t got;

	while (len < size - 1 && (got = read(fd, into + len, size - 1 - len)) > 0)
		len += (size_t)got;
	into[len] = '\0';
	close(fd);
	return len;
}

static int finish(struct asked *asked)
{
	int status = 0;

	close(asked->in);
	assert_int_equal(waitpid(asked->pid, &status, 0), asked->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_command_gets_its_arguments_streams_and_owner(void **state)
{
	char text[256];
	struct asked asked = ask(*state, NULL, 4, (char *[]){"echo", "a b", "", "\xc3\xa9", NULL});

	read_all(asked.out, text, sizeof text);
	assert_string_equal(text, "a b\n\n\xc3\xa9\n");
	read_all(asked.err, text, sizeof text);
	assert_string_equal(text, "word 41\n");
	assert_int_equal(finish(&asked), 7);
}

static void a_relative_path_is_taken_from_where_the_asker_stands(void **state)
{
	char text[256];
	struct asked asked = ask(*state, "/usr/lib", 2, (char *[]){"path", "x/y", NULL});

	read_all(asked.out, text, sizeof text);
	assert_string_equal(text, "/usr/lib/x/y\n");
	close(asked.err);
	assert_int_equal(finish(&asked), 0);
	asked = ask(*state, "/", 2, (char *[]){"path", "x", NULL});
	read_all(asked.out, text, sizeof text);
	assert_string_equal(text, "/x\n");
	close(asked.err);
	assert_int_equal(finish(&asked), 0);
	asked = ask(*state, "/usr", 2, (char *[]){"path", "/etc/x", NULL});
	read_all(asked.out, text, sizeof text);
	assert_string_equal(text, "/etc/x\n");
	close(asked.err);
	assert_int_equal(finish(&asked), 0);
}

static void a_large_output_streams_whole(void **state)
{
	static char block[65536];
	struct asked asked = ask(*state, NULL, 1, (char *[]){"large", NULL});
	size_t lines = 0;
	ssize_t got;

	while ((got = read(asked.out, block, sizeof block)) > 0)
		for (ssize_t i = 0; i < got; i++)
			lines += block[i] == '\n';
	assert_int_equal(lines, 400000);
	close(asked.out), close(asked.err);
	assert_int_equal(finish(&asked), 0);
}

static void an_asker_that_stops_reading_does_not_end_the_owner(void **state)
{
	char text[64];
	struct asked asked = ask(*state, NULL, 1, (char *[]){"large", NULL});

	assert_true(read(asked.out, text, sizeof text) > 0);
	close(asked.out), close(asked.err);
	assert_int_equal(finish(&asked), 1);
	asked = ask(*state, NULL, 2, (char *[]){"echo", "still here", NULL});
	read_all(asked.out, text, sizeof text);
	assert_string_equal(text, "still here\n");
	close(asked.err);
	assert_int_equal(finish(&asked), 7);
}

static void lines_are_answered_as_they_come(void **state)
{
	struct asked asked = ask(*state, NULL, 1, (char *[]){"upper", NULL});
	char text[64] = "";

	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(asked.in, "abc\n", 4), 4);
		assert_int_equal(read(asked.out, text, sizeof text), 4);
		assert_memory_equal(text, "ABC\n", 4);
	}
	assert_int_equal(finish(&asked), 0);
	close(asked.out), close(asked.err);
}

/* Whether fd ends (its last writer closed) within two seconds. */
static bool ends(int fd)
{
	struct pollfd waiting = {fd, POLLIN, 0};
	char byte;

	return poll(&waiting, 1, 2000) == 1 && read(fd, &byte, 1) == 0;
}

static void a_killed_asker_ends_its_commands_input(void **state)
{
	struct asked asked = ask(*state, NULL, 1, (char *[]){"upper", NULL});
	char text[8];

	assert_int_equal(write(asked.in, "abc\n", 4), 4);
	assert_int_equal(read(asked.out, text, sizeof text), 4);
	/* The pipe into the command stays open here, as a terminal would. */
	kill(asked.pid, SIGKILL);
	assert_true(ends(asked.out));
	close(asked.out), close(asked.err);
	assert_int_equal(finish(&asked), -1);
}

static void the_socket_is_closed_to_other_users(void **state)
{
	struct place *place = *state;
	char path[128];
	struct stat status;

	snprintf(path, sizeof path, "%s/%s", place->dir, CONTROL_SOCKET);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	if (geteuid() != 0)
		return; /* only root can try as another user */
	/* The modes are opened, so that what refuses is the check of the user. */
	assert_int_equal(chmod(path, 0666) | chmod(place->dir, 0777), 0);
	for (int opened = 0; opened < 2; opened++) {
		pid_t pid = fork();
		if (pid == 0)
			become("ask-as-nobody", place->dir, 1, (char *[]){"echo"});
		int status_of = 0;
		waitpid(pid, &status_of, 0);
		assert_true(WIFEXITED(status_of));
		assert_int_equal(WEXITSTATUS(status_of), 100 - CONTROL_DENIED);
	}
}

/* Control: the same connection by another user, without asking who the owner is, gets nothing. */
static void the_owner_drops_another_users_connection(void **state)
{
	struct place *place = *state;
	char path[128];

	if (geteuid() != 0)
		return;
	snprintf(path, sizeof path, "%s/%s", place->dir, CONTROL_SOCKET);
	assert_int_equal(chmod(path, 0666) | chmod(place->dir, 0777), 0);
	for (uid_t user = 0; user <= 65534; user += 65534) {
		pid_t pid = fork();
		if (pid == 0)
			become(user ? "connect-as-nobody" : "connect", place->dir, 0, NULL);
		int status_of = 0;
		waitpid(pid, &status_of, 0);
		assert_true(WIFEXITED(status_of));
		assert_int_equal(WEXITSTATUS(status_of), user != 0);
	}
}

static void a_message_that_is_none_runs_nothing(void **state)
{
	struct place *place = *state;
	static const struct {
		const char *bytes;
		size_t len;
	} wrong[] = {{"x", 1}, {"pressgate-control/v1", 20}, {"pressgate-control/v1\0/", 22},
	    {"pressgate-control/v1\0/\0", 23}, {"pressgate-control/v1\0relative\0echo\0", 35},
	    {"pressgate-control/v2\0/\0echo\0", 28}};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct sockaddr_un address = {.sun_family = AF_UNIX};
		char answer;
		int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
		snprintf(
		    address.sun_path, sizeof address.sun_path, "%s/%s", place->dir, CONTROL_SOCKET);
		assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
		assert_int_equal(send(fd, wrong[i].bytes, wrong[i].len, 0), (ssize_t)wrong[i].len);
		assert_int_equal(recv(fd, &answer, 1, 0), 0);
		close(fd);
	}
}

static void too_many_arguments_are_refused_before_they_are_sent(void **state)
{
	struct place *place = *state;
	char *argv[CONTROL_ARGUMENTS_MAX + 2];
	char *long_one = malloc(CONTROL_MESSAGE_MAX + 1);
	int status = 0;

	for (int i = 0; i <= CONTROL_ARGUMENTS_MAX; i++)
		argv[i] = "x";
	assert_int_equal(
	    control_ask(place->dir, CONTROL_ARGUMENTS_MAX + 1, argv, &status), CONTROL_TOO_LONG);
	memset(long_one, 'x', CONTROL_MESSAGE_MAX);
	long_one[CONTROL_MESSAGE_MAX] = '\0';
	argv[1] = long_one;
	assert_int_equal(control_ask(place->dir, 2, argv, &status), CONTROL_TOO_LONG);
	free(long_one);
}

static void nobody_is_said_where_nobody_listens(void **state)
{
	struct place *place = *state;
	int status = 0;
	char *argv[] = {"echo", NULL};

	control_stop(place->control);
	place->control = NULL;
	assert_int_equal(control_ask(place->dir, 1, argv, &status), CONTROL_NOBODY);
	assert_int_equal(control_ask("/nonexistent/folder", 1, argv, &status), CONTROL_NOBODY);
}

static void a_stale_socket_is_replaced_and_a_file_is_not(void **state)
{
	struct place *place = *state;
	char path[128], text[64];

	control_stop(place->control);
	place->control = NULL;
	/* A process that was killed leaves its socket behind. */
	pid_t pid = fork();
	if (pid == 0)
		become("own-and-die", place->dir, 0, NULL);
	int status = 0;
	waitpid(pid, &status, 0);
	snprintf(path, sizeof path, "%s/%s", place->dir, CONTROL_SOCKET);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(
	    control_ask(place->dir, 1, (char *[]){"echo", NULL}, &status), CONTROL_NOBODY);
	assert_int_equal(
	    control_start(place->dir, owner_run, &place->owner_word, &place->control), 0);
	struct asked asked = ask(place, NULL, 2, (char *[]){"echo", "new", NULL});
	read_all(asked.out, text, sizeof text);
	assert_string_equal(text, "new\n");
	close(asked.err);
	assert_int_equal(finish(&asked), 7);
	control_stop(place->control);
	place->control = NULL;
	close(open(path, O_CREAT | O_WRONLY, 0600));
	struct control *control = NULL;
	assert_int_equal(control_start(place->dir, owner_run, NULL, &control), CONTROL_SYSTEM);
	assert_null(control);
}

static void an_owner_that_dies_is_told_to_the_asker(void **state)
{
	struct place *place = *state;
	int ready[2], status = 0;

	control_stop(place->control);
	place->control = NULL;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ready[1], 1);
		become("own", place->dir, 0, NULL);
	}
	char byte;
	assert_int_equal(read(ready[0], &byte, 1), 1);
	struct asked asked = ask(place, NULL, 1, (char *[]){"slow", NULL});
	nanosleep(&(struct timespec){0, 200000000}, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(asked.out), close(asked.err);
	assert_int_equal(finish(&asked), 100 - CONTROL_LOST);
	close(ready[0]), close(ready[1]);
}

static void more_commands_than_run_at_once_are_all_carried_out(void **state)
{
	enum { MANY = 3 * CONTROL_AT_ONCE };
	struct asked asked[MANY];
	char text[64];

	for (int i = 0; i < MANY; i++)
		asked[i] = ask(*state, NULL, 2, (char *[]){"echo", "one", NULL});
	for (int i = 0; i < MANY; i++) {
		read_all(asked[i].out, text, sizeof text);
		assert_string_equal(text, "one\n");
		close(asked[i].err);
		assert_int_equal(finish(&asked[i]), 7);
	}
}

static void stopping_ends_the_input_of_what_runs(void **state)
{
	struct place *place = *state;
	struct asked asked = ask(place, NULL, 1, (char *[]){"upper", NULL});
	char text[8], said[200];

	assert_int_equal(write(asked.in, "abc\n", 4), 4);
	assert_int_equal(read(asked.out, text, sizeof text), 4);
	assert_true(control_stop(place->control));
	place->control = NULL;
	assert_true(read(asked.err, said, sizeof said) > 0);
	close(asked.out), close(asked.err);
	assert_int_equal(finish(&asked), COMMAND_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* Connects and says nothing: 1 when it is cut off within a second. */
static int connect_silently(const char *dir)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct pollfd waiting = {socket(AF_UNIX, SOCK_SEQPACKET, 0), POLLIN, 0};

	snprintf(address.sun_path, sizeof address.sun_path, "%.80s/%s", dir, CONTROL_SOCKET);
	if (connect(waiting.fd, (struct sockaddr *)&address, sizeof address))
		return 98;
	return poll(&waiting, 1, 1000) == 1;
}

static int own(const char *dir, bool stay)
{
	struct control *control = NULL;
	int word = 0;

	if (control_start(dir, owner_run, &word, &control))
		return 1;
	if (!stay)
		_exit(0);
	(void)!write(1, "x", 1);
	pause();
	return 0;
}

/* The parts that other processes of these tests play. */
static int play(const char *part, const char *dir, int argc, char **argv)
{
	int status = 0;

	if (strstr(part, "as-nobody") && rights_another_user())
		return 99;
	if (strncmp(part, "ask", 3) == 0) {
		int result = control_ask(dir, argc, argv, &status);
		return result ? 100 - result : status;
	}
	if (strncmp(part, "connect", 7) == 0)
		return connect_silently(dir);
	return own(dir, strcmp(part, "own") == 0);
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return play(argv[1], argv[2], argc - 3, argv + 3);
	const struct CMUnitTest tests[] = {
	    TEST(a_command_gets_its_arguments_streams_and_owner),
	    TEST(a_relative_path_is_taken_from_where_the_asker_stands),
	    TEST(a_large_output_streams_whole),
	    TEST(an_asker_that_stops_reading_does_not_end_the_owner),
	    TEST(lines_are_answered_as_they_come),
	    TEST(a_killed_asker_ends_its_commands_input),
	    TEST(the_socket_is_closed_to_other_users),
	    TEST(the_owner_drops_another_users_connection),
	    TEST(a_message_that_is_none_runs_nothing),
	    TEST(too_many_arguments_are_refused_before_they_are_sent),
	    TEST(nobody_is_said_where_nobody_listens),
	    TEST(a_stale_socket_is_replaced_and_a_file_is_not),
	    TEST(an_owner_that_dies_is_told_to_the_asker),
	    TEST(more_commands_than_run_at_once_are_all_carried_out),
	    TEST(stopping_ends_the_input_of_what_runs),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}

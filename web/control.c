/* The owner's side of control.h. */
#define _GNU_SOURCE /* fopencookie */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "web/control.h"
#include "web/control_wire.h"

struct control {
	command_main *run;
	void *owner;
	int listener, folder, stop; /* stop: an eventfd that stays readable once it is set */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	unsigned running;
	bool stopping;
};

/* One request: its connection, its streams and its text. */
struct request {
	struct control *control;
	int socket;
	int streams[CONTROL_STREAMS];
	char *message;
	size_t len;
	char *argv[CONTROL_ARGUMENTS_MAX + 1];
	struct command command;
	bool cut; /* the input ended because the owner stops */
};

/*
 * The command's input ends when the asker goes away or the owner stops, also while a read waits:
 * else a command that nobody waits for would go on reading somebody's terminal.
 */
static ssize_t read_input(void *cookie, char *bytes, size_t size)
{
	struct request *request = cookie;
	struct pollfd waiting[3] = {{request->streams[0], POLLIN, 0},
	    {request->socket, POLLIN | POLLRDHUP, 0}, {request->control->stop, POLLIN, 0}};

	for (;;) {
		if (poll(waiting, 3, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		request->cut = waiting[2].revents != 0;
		if (waiting[1].revents || waiting[2].revents)
			return 0;
		if (waiting[0].revents & POLLNVAL)
			return 0;
		ssize_t got = read(request->streams[0], bytes, size);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
	}
}

/* Reads the one message of a request with its three streams. */
static bool receive(struct request *request)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(CONTROL_STREAMS * sizeof(int))];
	} control = {0};
	struct iovec part = {request->message, CONTROL_MESSAGE_MAX};
	struct msghdr whole = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof control.room};
	ssize_t got;

	do
		got = recvmsg(request->socket, &whole, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return false;
	struct cmsghdr *rights = CMSG_FIRSTHDR(&whole);
	size_t n = 0;
	if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS) {
		n = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(request->streams, CMSG_DATA(rights), n * sizeof(int));
	}
	request->len = (size_t)got;
	return n == CONTROL_STREAMS && !(whole.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
}

/* Splits the message into the working directory and the arguments. */
static bool split(struct request *request)
{
	const char *end = request->message + request->len;
	char *at = request->message;
	int n = -2; /* the greeting and the working directory come first */

	if (!request->len || end[-1] != '\0')
		return false;
	for (; at < end; at += strlen(at) + 1, n++) {
		if (n == -2 && strcmp(at, CONTROL_GREETING) != 0)
			return false;
		if (n == -1)
			request->command.cwd = at;
		if (n >= CONTROL_ARGUMENTS_MAX)
			return false;
		if (n >= 0)
			request->argv[n] = at;
	}
	if (n < 1 || *request->command.cwd != '/')
		return false;
	request->command.argc = n;
	request->command.argv = request->argv;
	return true;
}

static bool open_streams(struct request *request)
{
	const cookie_io_functions_t input = {.read = read_input};
	struct command *command = &request->command;

	command->in = fopencookie(request, "r", input);
	command->out = fdopen(request->streams[1], "w");
	if (command->out)
		request->streams[1] = -1;
	command->err = fdopen(request->streams[2], "w");
	if (command->err)
		request->streams[2] = -1;
	if (!command->in || !command->out || !command->err)
		return false;
	setvbuf(command->err, NULL, _IOLBF, 0);
	return true;
}

static void request_end(struct request *request, unsigned char status, bool answer)
{
	struct control *control = request->control;
	struct command *command = &request->command;

	if (command->in)
		fclose(command->in);
	/* The asker must find the output whole when it is told the status. */
	if (command->out && fclose(command->out) && status == COMMAND_OK)
		status = COMMAND_REFUSED;
	if (command->err)
		fclose(command->err);
	for (int i = 0; i < CONTROL_STREAMS; i++)
		if (request->streams[i] >= 0)
			close(request->streams[i]);
	if (answer)
		(void)!send(request->socket, &status, 1, MSG_NOSIGNAL);
	close(request->socket);
	free(request->message);
	free(request);
	pthread_mutex_lock(&control->mutex);
	control->running--;
	pthread_cond_broadcast(&control->changed);
	pthread_mutex_unlock(&control->mutex);
}

static void *carry_out(void *context)
{
	struct request *request = context;
	sigset_t broken;
	int status = COMMAND_MISUSE;
	bool good;

	/* An asker that closes its output must not end the owner. */
	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken, NULL);
	good = receive(request) && split(request) && open_streams(request);
	if (good) {
		request->command.owner = request->control->owner;
		status = request->control->run(&request->command);
		if (request->cut && status == COMMAND_OK) {
			fprintf(request->command.err, "%s\n", control_strerror(CONTROL_CUT));
			status = COMMAND_REFUSED;
		}
	}
	request_end(request, (unsigned char)status, good);
	return NULL;
}

/* Hands an accepted connection to a thread of its own; waits while too many run. */
static void begin(struct control *control, int socket)
{
	struct request *request = calloc(1, sizeof *request);
	pthread_t thread;
	pthread_attr_t detached;
	struct timeval patience = {CONTROL_REQUEST_MS / 1000, 0};

	if (!request || !(request->message = malloc(CONTROL_MESSAGE_MAX)) ||
	    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience)) {
		if (request)
			free(request->message);
		free(request);
		close(socket);
		return;
	}
	request->control = control;
	request->socket = socket;
	for (int i = 0; i < CONTROL_STREAMS; i++)
		request->streams[i] = -1;
	pthread_mutex_lock(&control->mutex);
	while (control->running >= CONTROL_AT_ONCE && !control->stopping)
		pthread_cond_wait(&control->changed, &control->mutex);
	control->running++;
	pthread_mutex_unlock(&control->mutex);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &detached, carry_out, request))
		request_end(request, COMMAND_REFUSED, false);
	pthread_attr_destroy(&detached);
}

static void *listen_on(void *context)
{
	struct control *control = context;
	struct pollfd waiting[2] = {{control->listener, POLLIN, 0}, {control->stop, POLLIN, 0}};

	for (;;) {
		if (poll(waiting, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (waiting[1].revents)
			return NULL;
		if (!waiting[0].revents)
			continue;
		int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0) {
			/* Too many open files: the connection waits until there is one left. */
			if (errno == EMFILE || errno == ENFILE)
				nanosleep(&(struct timespec){0, 50000000}, NULL);
			continue;
		}
		if (control_same_user(fd))
			begin(control, fd);
		else
			close(fd);
	}
}

static int bind_socket(struct control *control, const char *dir)
{
	struct sockaddr_un address;
	struct stat old;
	int result = control_address(dir, &address, &control->folder);

	if (result)
		return result;
	if (!fstatat(control->folder, CONTROL_SOCKET, &old, AT_SYMLINK_NOFOLLOW)) {
		if (!S_ISSOCK(old.st_mode)) {
			errno = EEXIST;
			return CONTROL_SYSTEM;
		}
		if (unlinkat(control->folder, CONTROL_SOCKET, 0))
			return CONTROL_SYSTEM;
	}
	control->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The mode is set before the name exists, so that it is never open to others. */
	if (control->listener < 0 || fchmod(control->listener, 0600) ||
	    bind(control->listener, (const struct sockaddr *)&address, sizeof address) ||
	    listen(control->listener, CONTROL_AT_ONCE))
		return CONTROL_SYSTEM;
	return 0;
}

static void control_free(struct control *control)
{
	if (control->listener >= 0)
		close(control->listener);
	if (control->stop >= 0)
		close(control->stop);
	if (control->folder >= 0)
		close(control->folder);
	pthread_cond_destroy(&control->changed);
	pthread_mutex_destroy(&control->mutex);
	free(control);
}

int control_start(const char *dir, command_main *run, void *owner, struct control **ret_control)
{
	struct control *control = calloc(1, sizeof *control);
	pthread_condattr_t monotonic;
	int result = CONTROL_SYSTEM;

	if (!control)
		return CONTROL_SYSTEM;
	control->run = run;
	control->owner = owner;
	control->listener = control->folder = -1;
	pthread_mutex_init(&control->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&control->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	control->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (control->stop >= 0)
		result = bind_socket(control, dir);
	if (!result && pthread_create(&control->thread, NULL, listen_on, control)) {
		unlinkat(control->folder, CONTROL_SOCKET, 0);
		result = CONTROL_SYSTEM;
	}
	if (result) {
		int kept = errno;
		control_free(control);
		errno = kept;
		return result;
	}
	*ret_control = control;
	return 0;
}

bool control_stop(struct control *control)
{
	struct timespec until;
	bool all_ended;

	if (!control)
		return true;
	pthread_mutex_lock(&control->mutex);
	control->stopping = true;
	pthread_cond_broadcast(&control->changed);
	pthread_mutex_unlock(&control->mutex);
	(void)!write(control->stop, &(uint64_t){1}, sizeof(uint64_t));
	pthread_join(control->thread, NULL);
	unlinkat(control->folder, CONTROL_SOCKET, 0);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += CONTROL_STOP_MS / 1000;
	pthread_mutex_lock(&control->mutex);
	while (
	    control->running && !pthread_cond_timedwait(&control->changed, &control->mutex, &until))
		;
	all_ended = control->running == 0;
	pthread_mutex_unlock(&control->mutex);
	/* A command that did not end still uses this memory. */
	if (all_ended)
		control_free(control);
	return all_ended;
}

/* The second start's side of control.h, and what both sides share. */
#define _GNU_SOURCE /* struct ucred */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "web/control.h"
#include "web/control_wire.h"

char *command_path(const struct command *command, const char *argument)
{
	size_t size = strlen(command->cwd) + strlen(argument) + 2;
	char *path;

	if (*argument == '/')
		return strdup(argument);
	path = malloc(size);
	if (path)
		snprintf(
		    path, size, "%s/%s", strcmp(command->cwd, "/") ? command->cwd : "", argument);
	return path;
}

void command_word_first(int argc, char **argv)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-')
		at += strcmp(argv[at], "--data") == 0 ? 2 : 1;
	if (at >= argc)
		return;
	char *word = argv[at];
	memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
	argv[1] = word;
}

const char *control_strerror(int result)
{
	switch (result) {
	case CONTROL_OK:
		return "the command was carried out";
	case CONTROL_NOBODY:
		return "no process serves this folder";
	case CONTROL_DENIED:
		return "the folder is another user's; run the command as the user it belongs to";
	case CONTROL_TOO_LONG:
		return "the command line is too long; 64 arguments and 64 KiB are taken";
	case CONTROL_LOST:
		return "the process that serves this folder went away before it answered; run the "
		       "command again";
	case CONTROL_CUT:
		return "the process that serves this folder stopped: what was not read by then was "
		       "not looked at; run the command again for it";
	default:
		return "the control socket failed";
	}
}

int control_address(const char *dir, struct sockaddr_un *ret_address, int *ret_dir)
{
	/* A folder's path may be longer than a socket's address: the folder is named by its
	 * descriptor instead. */
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == EACCES ? CONTROL_DENIED : CONTROL_SYSTEM;
	memset(ret_address, 0, sizeof *ret_address);
	ret_address->sun_family = AF_UNIX;
	snprintf(ret_address->sun_path, sizeof ret_address->sun_path, "/proc/self/fd/%d/%s", fd,
	    CONTROL_SOCKET);
	*ret_dir = fd;
	return 0;
}

bool control_same_user(int socket)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	return !getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &len) && len == sizeof peer &&
	       peer.uid == geteuid();
}

static int connect_owner(const char *dir, int *ret_socket)
{
	struct sockaddr_un address;
	int folder = -1, result;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return CONTROL_SYSTEM;
	result = control_address(dir, &address, &folder);
	if (result) {
		close(fd);
		return errno == ENOENT ? CONTROL_NOBODY : result;
	}
	if (connect(fd, (const struct sockaddr *)&address, sizeof address))
		result = errno == ENOENT || errno == ECONNREFUSED ? CONTROL_NOBODY
			 : errno == EACCES || errno == EPERM	  ? CONTROL_DENIED
								  : CONTROL_SYSTEM;
	else if (!control_same_user(fd))
		result = CONTROL_DENIED;
	close(folder);
	if (result) {
		int kept = errno;
		close(fd);
		errno = kept;
		return result;
	}
	*ret_socket = fd;
	return 0;
}

static bool add(char *message, size_t *len, const char *text)
{
	size_t more = strlen(text) + 1;

	if (more > CONTROL_MESSAGE_MAX - *len)
		return false;
	memcpy(message + *len, text, more);
	*len += more;
	return true;
}

static int build(int argc, char **argv, char *message, size_t *ret_len)
{
	char cwd[PATH_MAX];
	size_t len = 0;

	if (!getcwd(cwd, sizeof cwd))
		return CONTROL_SYSTEM;
	if (argc < 1 || argc > CONTROL_ARGUMENTS_MAX || !add(message, &len, CONTROL_GREETING) ||
	    !add(message, &len, cwd))
		return CONTROL_TOO_LONG;
	for (int i = 0; i < argc; i++)
		if (!add(message, &len, argv[i]))
			return CONTROL_TOO_LONG;
	*ret_len = len;
	return 0;
}

/* This process's own streams; one that is closed is given as /dev/null. */
static int send_message(int socket, char *message, size_t len)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(CONTROL_STREAMS * sizeof(int))];
	} control = {0};
	struct iovec part = {message, len};
	struct msghdr whole = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof control.room};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&whole);
	int streams[CONTROL_STREAMS];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return CONTROL_SYSTEM;
	for (int i = 0; i < CONTROL_STREAMS; i++)
		streams[i] = fcntl(i, F_GETFD) < 0 ? null : i;
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof streams);
	memcpy(CMSG_DATA(rights), streams, sizeof streams);
	ssize_t sent;
	do
		sent = sendmsg(socket, &whole, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	int kept = errno;
	close(null);
	errno = kept;
	if (sent < 0)
		return errno == EPIPE || errno == ECONNRESET ? CONTROL_LOST : CONTROL_SYSTEM;
	return 0;
}

int control_ask(const char *dir, int argc, char **argv, int *ret_exit)
{
	char *message = malloc(CONTROL_MESSAGE_MAX);
	size_t len = 0;
	int fd = -1, result;
	unsigned char answer;

	if (!message)
		return CONTROL_SYSTEM;
	result = build(argc, argv, message, &len);
	if (!result)
		result = connect_owner(dir, &fd);
	if (!result)
		result = send_message(fd, message, len);
	if (!result) {
		ssize_t got;
		do
			got = recv(fd, &answer, 1, 0);
		while (got < 0 && errno == EINTR);
		if (got == 1)
			*ret_exit = answer;
		else
			result = CONTROL_LOST;
	}
	free(message);
	if (fd >= 0)
		close(fd);
	return result;
}

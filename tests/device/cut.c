#include "tests/device/cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int dial(uint16_t port)
{
	struct sockaddr_in to = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The mutex is held. */
static void hang_up(struct cut *cut, bool reset)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};

	for (int i = 0; i < 2; i++) {
		if (cut->ends[i] >= 0 && reset)
			(void)setsockopt(cut->ends[i], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		if (cut->ends[i] >= 0)
			close(cut->ends[i]);
		cut->ends[i] = -1;
	}
}

static void take_call(struct cut *cut)
{
	int client = accept(cut->listener, NULL, NULL), server;

	if (client < 0)
		return;
	server = dial(cut->to);
	pthread_mutex_lock(&cut->mutex);
	hang_up(cut, false);
	cut->ends[0] = client;
	cut->ends[1] = server;
	cut->went[CUT_UP] = cut->went[CUT_DOWN] = 0;
	if (server < 0)
		hang_up(cut, false);
	pthread_mutex_unlock(&cut->mutex);
}

static void send_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

/* What has come from one end goes to the other, as far as it may. */
static void forward(struct cut *cut, int from)
{
	static uint8_t bytes[65536];
	enum cut_way way = from == 0 ? CUT_UP : CUT_DOWN;
	ssize_t got = recv(cut->ends[from], bytes, sizeof(bytes), MSG_DONTWAIT);
	size_t n = got < 0 ? 0 : (size_t)got, left = cut->at - cut->went[way];
	bool over = cut->way == way && (left <= n);

	/* A number that was polled may be another connection's by now. */
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		hang_up(cut, false);
		return;
	}
	if (over)
		n = left;
	send_all(cut->ends[1 - from], bytes, n);
	cut->went[way] += n;
	if (over) {
		cut->was_cut = true;
		hang_up(cut, cut->at % 2 != 0);
	}
}

static void *run(void *context)
{
	struct cut *cut = context;

	while (!atomic_load(&cut->stopping)) {
		struct pollfd polled[3] = {{.fd = cut->listener, .events = POLLIN}};

		pthread_mutex_lock(&cut->mutex);
		for (int i = 0; i < 2; i++)
			polled[1 + i] = (struct pollfd){.fd = cut->ends[i], .events = POLLIN};
		pthread_mutex_unlock(&cut->mutex);
		if (poll(polled, 3, 100) <= 0)
			continue;
		pthread_mutex_lock(&cut->mutex);
		for (int i = 0; i < 2; i++)
			if (polled[1 + i].revents != 0 && cut->ends[i] >= 0 &&
			    cut->ends[i] == polled[1 + i].fd)
				forward(cut, i);
		pthread_mutex_unlock(&cut->mutex);
		if (polled[0].revents != 0)
			take_call(cut);
	}
	return NULL;
}

void cut_start(struct cut *cut, uint16_t to)
{
	struct sockaddr_in here = loopback(0);
	socklen_t len = sizeof(here);

	*cut = (struct cut){.to = to, .ends = {-1, -1}, .way = CUT_NEVER};
	cut->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(cut->listener >= 0);
	assert_int_equal(bind(cut->listener, (struct sockaddr *)&here, len), 0);
	assert_int_equal(listen(cut->listener, 8), 0);
	assert_int_equal(getsockname(cut->listener, (struct sockaddr *)&here, &len), 0);
	cut->port = ntohs(here.sin_port);
	assert_int_equal(pthread_mutex_init(&cut->mutex, NULL), 0);
	assert_int_equal(pthread_create(&cut->thread, NULL, run, cut), 0);
}

void cut_stop(struct cut *cut)
{
	atomic_store(&cut->stopping, true);
	pthread_join(cut->thread, NULL);
	hang_up(cut, false);
	close(cut->listener);
	pthread_mutex_destroy(&cut->mutex);
}

void cut_arm(struct cut *cut, enum cut_way way, size_t at)
{
	pthread_mutex_lock(&cut->mutex);
	hang_up(cut, false);
	cut->way = way;
	cut->at = at;
	cut->was_cut = false;
	pthread_mutex_unlock(&cut->mutex);
}

bool cut_done(struct cut *cut, size_t ret_went[static 2])
{
	bool was_cut;

	pthread_mutex_lock(&cut->mutex);
	ret_went[CUT_UP] = cut->went[CUT_UP];
	ret_went[CUT_DOWN] = cut->went[CUT_DOWN];
	was_cut = cut->was_cut;
	pthread_mutex_unlock(&cut->mutex);
	return was_cut;
}

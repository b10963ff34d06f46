/*
 * The watchdog: libmicrohttpd counts silence only, so a client that sends a byte now and then
 * holds its place for ever. Here each phase of a connection has a deadline as a whole.
 */
#include "web/call.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	TICK_MS = 200,
	/* How long the rest of a refused body is read, so that the refusal arrives. */
	LINGER_MS = 2000
};

int64_t watch_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t watch_now(void)
{
	return watch_now_us() / 1000;
}

static unsigned seconds_of(const struct http_server *s, enum watch_phase phase)
{
	switch (phase) {
	case WATCH_HEAD:
		return s->options.header_seconds;
	case WATCH_BODY:
		return s->options.body_seconds;
	case WATCH_REPLY:
		return s->options.reply_seconds;
	case WATCH_IDLE:
		return s->options.idle_seconds + s->options.header_seconds;
	case WATCH_HANDLER:
		return 0;
	}
	return 0;
}

static void set_phase(struct connection *c, enum watch_phase phase)
{
	unsigned seconds = seconds_of(c->server, phase);

	c->phase = phase;
	c->deadline = seconds ? watch_now() + (int64_t)seconds * 1000 : 0;
}

struct connection *watch_add(struct http_server *s, int fd)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->server = s;
	c->fd = fd;
	pthread_mutex_lock(&s->watch.lock);
	set_phase(c, WATCH_HEAD);
	c->next = s->watch.connections;
	if (c->next)
		c->next->prev = c;
	s->watch.connections = c;
	pthread_cond_signal(&s->watch.changed);
	pthread_mutex_unlock(&s->watch.lock);
	return c;
}

/* Keeps the socket open past the library's close; the watchdog reads it empty. */
static bool begin_linger(struct watch *w, struct connection *c)
{
	int fd = c->linger && !w->stopping ? dup(c->fd) : -1;

	if (fd < 0)
		return false;
	shutdown(fd, SHUT_WR);
	c->fd = fd;
	c->deadline = watch_now() + LINGER_MS;
	c->prev = NULL;
	c->next = w->lingering;
	w->lingering = c;
	return true;
}

void watch_remove(struct connection *c)
{
	struct watch *w = &c->server->watch;

	pthread_mutex_lock(&w->lock);
	if (c->prev)
		c->prev->next = c->next;
	else
		w->connections = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (!begin_linger(w, c))
		free(c);
	pthread_mutex_unlock(&w->lock);
}

void watch_phase(struct connection *c, enum watch_phase phase)
{
	pthread_mutex_lock(&c->server->watch.lock);
	set_phase(c, phase);
	pthread_mutex_unlock(&c->server->watch.lock);
}

void watch_linger(struct connection *c)
{
	pthread_mutex_lock(&c->server->watch.lock);
	c->linger = true;
	pthread_mutex_unlock(&c->server->watch.lock);
}

/* A socket that is shut down wakes its thread, which then closes it the ordinary way. */
static void shut_late(struct http_server *s, int64_t now)
{
	if (s->defences.no_watchdog)
		return;
	for (struct connection *c = s->watch.connections; c; c = c->next) {
		if (c->deadline && now >= c->deadline) {
			shutdown(c->fd, SHUT_RDWR);
			c->deadline = 0;
		}
	}
}

/* True while more may come. */
static bool drain(int fd)
{
	char waste[16384];

	/* At most 16 reads a turn: the lock is held. */
	for (int i = 0; i < 16; i++) {
		ssize_t n = recv(fd, waste, sizeof(waste), MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n < 0)
			return true;
	}
	return true;
}

static void drain_all(struct watch *w, int64_t now, bool end)
{
	struct connection **at = &w->lingering;

	while (*at) {
		struct connection *c = *at;

		if (!end && now < c->deadline && drain(c->fd)) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		close(c->fd);
		free(c);
	}
}

static void wait_tick(struct watch *w)
{
	struct timespec t;

	if (!w->connections && !w->lingering) {
		pthread_cond_wait(&w->changed, &w->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)(w->lingering ? TICK_MS / 20 : TICK_MS) * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&w->changed, &w->lock, &t);
}

static void *watch_main(void *ctx)
{
	struct http_server *s = ctx;
	struct watch *w = &s->watch;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		int64_t now = watch_now();

		shut_late(s, now);
		drain_all(w, now, false);
		wait_tick(w);
	}
	drain_all(w, 0, true);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int watch_start(struct http_server *s)
{
	pthread_condattr_t attr;

	if (pthread_mutex_init(&s->watch.lock, NULL))
		return HTTP_NOMEM;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->watch.changed, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&s->watch.thread, NULL, watch_main, s)) {
		pthread_cond_destroy(&s->watch.changed);
		pthread_mutex_destroy(&s->watch.lock);
		return HTTP_SYSTEM;
	}
	s->watch.started = true;
	return 0;
}

void watch_stop(struct http_server *s)
{
	if (!s->watch.started)
		return;
	pthread_mutex_lock(&s->watch.lock);
	s->watch.stopping = true;
	pthread_cond_signal(&s->watch.changed);
	pthread_mutex_unlock(&s->watch.lock);
	pthread_join(s->watch.thread, NULL);
	pthread_cond_destroy(&s->watch.changed);
	pthread_mutex_destroy(&s->watch.lock);
	s->watch.started = false;
}

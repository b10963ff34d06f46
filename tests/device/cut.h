/*
 * cut: a TCP proxy on loopback, in a thread, that cuts a connection at a byte, either way.
 */
#ifndef TESTS_DEVICE_CUT_H
#define TESTS_DEVICE_CUT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cut_way { CUT_UP, CUT_DOWN, CUT_NEVER };

struct cut {
	uint16_t port, to; /* its own, and where it forwards to */
	int listener;
	pthread_t thread;
	pthread_mutex_t mutex; /* guards what follows */
	int ends[2];	       /* the connection's client and server, -1: there is none */
	enum cut_way way;
	size_t at;	/* bytes of that way that still go through */
	size_t went[2]; /* bytes of the newest connection, by enum cut_way */
	bool was_cut;
	atomic_bool stopping;
};

/* Starts forwarding to a port of this machine. Ends the test on failure. */
void cut_start(struct cut *cut, uint16_t to);
void cut_stop(struct cut *cut);

/* Ends the connection that is open; those that follow are cut once `at` bytes have gone that way,
 * with a FIN where `at` is even and a RST where it is odd. */
void cut_arm(struct cut *cut, enum cut_way way, size_t at);

/* Whether one was cut since, and how many bytes went which way over the newest. */
bool cut_done(struct cut *cut, size_t ret_went[static 2]);

#endif

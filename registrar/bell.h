/*
 * bell: wakes threads that wait for something to happen. A bell counts its rings; a waiter says
 * how many it has seen, so no ring is ever missed. Waiting goes by the monotonic clock.
 */
#ifndef REGISTRAR_BELL_H
#define REGISTRAR_BELL_H

#include <pthread.h>
#include <stdint.h>

struct bell {
	pthread_mutex_t mutex;
	pthread_cond_t rung;
	uint64_t count;
};

/* Returns 0, or -1 when the system has no more. End with bell_destroy when nobody waits. */
int bell_init(struct bell *bell) __attribute__((warn_unused_result));
void bell_destroy(struct bell *bell);

/* Wakes everybody who waits. */
void bell_ring(struct bell *bell);

/* How often it has rung. */
uint64_t bell_count(struct bell *bell);

/* Waits until the count differs from seen, or for ms milliseconds; gives the count. */
uint64_t bell_wait(struct bell *bell, uint64_t seen, uint64_t ms);

#endif

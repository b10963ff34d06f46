#ifndef GATE_BELL_H
#define GATE_BELL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A bell that rings whenever something changed that an officer's screen shows: an entry, a list, a
 * journal that was followed, an answer, a direction of sync that fails or is well again. It says
 * only that, and screens look again. Its lock is taken last of all: it may be rung with any other
 * lock held.
 */
struct bell {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	uint64_t count;
};

int bell_init(struct bell *bell) __attribute__((warn_unused_result)); /* 0, or -1: no memory */
void bell_free(struct bell *bell);

void bell_ring(struct bell *bell);

/* bell_count: how often it rang. Read it before the look, then wait for another. */
uint64_t bell_count(struct bell *bell);

/* bell_wait: until it rang since count was read, or ms have passed. True: it rang. */
bool bell_wait(struct bell *bell, uint64_t count, unsigned ms);

#endif

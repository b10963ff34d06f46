#ifndef GATE_GONG_H
#define GATE_GONG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A gong that rings whenever something changed that an officer's screen shows: an entry, a list, a
 * journal that was followed, an answer, a direction of sync that fails or is well again. It says
 * only that, and screens look again. Its lock is taken last of all: it may be rung with any other
 * lock held.
 */
struct gong {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	uint64_t count;
};

int gong_init(struct gong *gong) __attribute__((warn_unused_result)); /* 0, or -1: no memory */
void gong_free(struct gong *gong);

void gong_ring(struct gong *gong);

/* gong_count: how often it rang. Read it before the look, then wait for another. */
uint64_t gong_count(struct gong *gong);

/* gong_wait: until it rang since count was read, or ms have passed. True: it rang. */
bool gong_wait(struct gong *gong, uint64_t count, unsigned ms);

#endif

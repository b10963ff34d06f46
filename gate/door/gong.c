#include "gate/door/gong.h"

#include <time.h>

int gong_init(struct gong *gong)
{
	pthread_condattr_t attributes;
	int r;

	gong->count = 0;
	if (pthread_mutex_init(&gong->lock, NULL) != 0)
		return -1;
	if (pthread_condattr_init(&attributes) != 0) {
		pthread_mutex_destroy(&gong->lock);
		return -1;
	}
	/* A clock that is set must not lengthen a wait. */
	r = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	if (r == 0)
		r = pthread_cond_init(&gong->rung, &attributes);
	pthread_condattr_destroy(&attributes);
	if (r != 0)
		pthread_mutex_destroy(&gong->lock);
	return r == 0 ? 0 : -1;
}

void gong_free(struct gong *gong)
{
	pthread_cond_destroy(&gong->rung);
	pthread_mutex_destroy(&gong->lock);
}

void gong_ring(struct gong *gong)
{
	pthread_mutex_lock(&gong->lock);
	gong->count++;
	pthread_cond_broadcast(&gong->rung);
	pthread_mutex_unlock(&gong->lock);
}

uint64_t gong_count(struct gong *gong)
{
	uint64_t count;

	pthread_mutex_lock(&gong->lock);
	count = gong->count;
	pthread_mutex_unlock(&gong->lock);
	return count;
}

bool gong_wait(struct gong *gong, uint64_t count, unsigned ms)
{
	struct timespec until;
	bool rang;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&gong->lock);
	while (gong->count == count && r == 0)
		r = pthread_cond_timedwait(&gong->rung, &gong->lock, &until);
	rang = gong->count != count;
	pthread_mutex_unlock(&gong->lock);
	return rang;
}

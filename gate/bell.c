#include "gate/bell.h"

#include <time.h>

int bell_init(struct bell *bell)
{
	pthread_condattr_t attributes;
	int r;

	bell->count = 0;
	if (pthread_mutex_init(&bell->lock, NULL) != 0)
		return -1;
	if (pthread_condattr_init(&attributes) != 0) {
		pthread_mutex_destroy(&bell->lock);
		return -1;
	}
	/* A clock that is set must not lengthen a wait. */
	r = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	if (r == 0)
		r = pthread_cond_init(&bell->rung, &attributes);
	pthread_condattr_destroy(&attributes);
	if (r != 0)
		pthread_mutex_destroy(&bell->lock);
	return r == 0 ? 0 : -1;
}

void bell_free(struct bell *bell)
{
	pthread_cond_destroy(&bell->rung);
	pthread_mutex_destroy(&bell->lock);
}

void bell_ring(struct bell *bell)
{
	pthread_mutex_lock(&bell->lock);
	bell->count++;
	pthread_cond_broadcast(&bell->rung);
	pthread_mutex_unlock(&bell->lock);
}

uint64_t bell_count(struct bell *bell)
{
	uint64_t count;

	pthread_mutex_lock(&bell->lock);
	count = bell->count;
	pthread_mutex_unlock(&bell->lock);
	return count;
}

bool bell_wait(struct bell *bell, uint64_t count, unsigned ms)
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
	pthread_mutex_lock(&bell->lock);
	while (bell->count == count && r == 0)
		r = pthread_cond_timedwait(&bell->rung, &bell->lock, &until);
	rang = bell->count != count;
	pthread_mutex_unlock(&bell->lock);
	return rang;
}

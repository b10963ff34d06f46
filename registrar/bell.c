#include "registrar/bell.h"

#include <time.h>

int bell_init(struct bell *bell)
{
	pthread_condattr_t by_monotonic;
	int bad = pthread_condattr_init(&by_monotonic);

	if (bad)
		return -1;
	bad = pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
	if (!bad)
		bad = pthread_cond_init(&bell->rung, &by_monotonic);
	pthread_condattr_destroy(&by_monotonic);
	if (bad)
		return -1;
	if (pthread_mutex_init(&bell->mutex, NULL)) {
		pthread_cond_destroy(&bell->rung);
		return -1;
	}
	bell->count = 0;
	return 0;
}

void bell_destroy(struct bell *bell)
{
	pthread_cond_destroy(&bell->rung);
	pthread_mutex_destroy(&bell->mutex);
}

void bell_ring(struct bell *bell)
{
	pthread_mutex_lock(&bell->mutex);
	bell->count++;
	pthread_cond_broadcast(&bell->rung);
	pthread_mutex_unlock(&bell->mutex);
}

uint64_t bell_count(struct bell *bell)
{
	pthread_mutex_lock(&bell->mutex);
	uint64_t count = bell->count;
	pthread_mutex_unlock(&bell->mutex);
	return count;
}

uint64_t bell_wait(struct bell *bell, uint64_t seen, uint64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&bell->mutex);
	while (bell->count == seen)
		if (pthread_cond_timedwait(&bell->rung, &bell->mutex, &until))
			break;
	uint64_t count = bell->count;
	pthread_mutex_unlock(&bell->mutex);
	return count;
}

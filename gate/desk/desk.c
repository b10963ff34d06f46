#include "gate/desk/desk.h"

#include <sodium.h>
#include <stdlib.h>
#include <time.h>

uint64_t desk_now_ms(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void free_mutexes(struct desk *desk, size_t n)
{
	while (n > 0)
		pthread_mutex_destroy(&desk->sessions[--n].acting);
}

int desk_open(struct gate *gate, const struct desk_options *options, struct desk **ret_desk)
{
	/* Looks hold texts that open doors: in memory that is not swapped out. */
	struct desk *desk = sodium_malloc(sizeof(*desk));
	size_t n = 0;

	if (desk == NULL)
		return -1;
	sodium_memzero(desk, sizeof(*desk));
	desk->gate = gate;
	desk->options = *options;
	if (work_start(WORK_HASHERS, &desk->hashers) != 0) {
		sodium_free(desk);
		return -1;
	}
	while (n < DESK_SESSIONS_MAX && pthread_mutex_init(&desk->sessions[n].acting, NULL) == 0)
		n++;
	if (n == DESK_SESSIONS_MAX && pthread_mutex_init(&desk->lock, NULL) == 0) {
		*ret_desk = desk;
		return 0;
	}
	free_mutexes(desk, n);
	work_stop(desk->hashers);
	sodium_free(desk);
	return -1;
}

void desk_close(struct desk *desk)
{
	if (desk == NULL)
		return;
	for (size_t i = 0; i < DESK_SESSIONS_MAX; i++)
		shift_end(&desk->sessions[i].shift);
	work_stop(desk->hashers);
	pthread_mutex_destroy(&desk->lock);
	free_mutexes(desk, DESK_SESSIONS_MAX);
	sodium_free(desk);
}

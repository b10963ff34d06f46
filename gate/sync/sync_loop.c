#include <time.h>

#include <sodium.h>

#include "gate/sync/errands.h"
#include "gate/sync/sync_private.h"

enum { DOORS_RETRY_SECONDS = 3, DOORS_STALL_SECONDS = 5 };

const struct sync_row sync_rows[SYNC_LOOPS] = {
    [SYNC_DOWN] = {"download", sync_down_once, sync_down_well, 0, SYNC_POLL_SECONDS, 0, 0},
    [SYNC_UP] = {"upload", sync_up_once, sync_up_well, SYNC_UPLOAD_SECONDS, 0, 0, 0},
    /* It is the first to notice that the registrar is gone, and that it is back: the other
     * loops are told. */
    [SYNC_DOORS] = {"doors", sync_doors_once, NULL, 0, SYNC_DOORS_SECONDS, DOORS_RETRY_SECONDS,
	DOORS_STALL_SECONDS},
    [SYNC_ERRANDS] = {"errands", errands_once, NULL, ERRANDS_SECONDS, 0, 0, 0},
};

const char *sync_loop_name(enum sync_loop loop)
{
	return sync_rows[loop].name;
}

/* After so many failures in a row: doubled each time, and somewhere in its upper half, so that the
 * gates of a house don't come back all at once. */
static int64_t pause_ms(const struct sync_row *row, unsigned failures)
{
	int64_t ms = SYNC_RETRY_SECONDS * 1000;
	int64_t most =
	    (row->retry_seconds == 0 ? SYNC_RETRY_MAX_SECONDS : (int64_t)row->retry_seconds) * 1000;

	for (unsigned i = 1; i < failures && ms < most; i++)
		ms *= 2;
	if (ms > most)
		ms = most;
	return ms / 2 + (int64_t)randombytes_uniform((uint32_t)(ms / 2));
}

/* The condition's own clock, a moment from now: how often the loop looks up by the gate's. */
static struct timespec moment_from_now(void)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += 500000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	return until;
}

/* Waits so long, or until it is stopped, or poked once `least` has gone. Returns false when the
 * loop has to end. */
static bool nap(struct sync_line *line, int64_t ms, int64_t least)
{
	struct sync *sync = line->sync;
	int64_t begin = sync_boot_ms(sync);
	bool go_on;

	pthread_mutex_lock(&sync->mutex);
	while (!sync->stopping) {
		struct timespec until = moment_from_now();
		int64_t gone = sync_boot_ms(sync) - begin;

		if (gone >= ms || (line->poked && gone >= least))
			break;
		pthread_cond_timedwait(&sync->woken, &sync->mutex, &until);
	}
	line->poked = false;
	go_on = !sync->stopping;
	pthread_mutex_unlock(&sync->mutex);
	return go_on;
}

static void *loop(void *context)
{
	struct sync_line *line = context;
	const struct sync_row *row = line->row;
	unsigned failures = 0;
	bool go_on = true;

	while (go_on) {
		int r = sync_run(line->sync, (enum sync_loop)(row - sync_rows));
		bool well = r == 0 || (row->well != NULL && row->well(r));

		failures = well ? 0 : failures + 1;
		line->wait = well ? row->poll_seconds : 0;
		go_on = well ? nap(line, (int64_t)row->idle_seconds * 1000, 0)
			     : nap(line, pause_ms(row, failures), SYNC_RETRY_SECONDS * 1000);
	}
	return NULL;
}

int sync_start(struct sync *sync)
{
	for (size_t i = 0; i < SYNC_LOOPS; i++) {
		struct sync_line *line = &sync->lines[i];

		if (pthread_create(&line->thread, NULL, loop, line) != 0) {
			sync_stop(sync);
			return SYNC_MEMORY;
		}
		line->running = true;
	}
	return 0;
}

void sync_stop(struct sync *sync)
{
	pthread_mutex_lock(&sync->mutex);
	sync->stopping = true;
	for (size_t i = 0; i < SYNC_LOOPS; i++)
		if (sync->lines[i].client != NULL)
			client_stop(sync->lines[i].client);
	pthread_cond_broadcast(&sync->woken);
	pthread_mutex_unlock(&sync->mutex);
	for (size_t i = 0; i < SYNC_LOOPS; i++) {
		if (sync->lines[i].running)
			pthread_join(sync->lines[i].thread, NULL);
		sync->lines[i].running = false;
	}
}

bool sync_stopping(struct sync *sync)
{
	bool stop_now;

	pthread_mutex_lock(&sync->mutex);
	stop_now = sync->stopping;
	pthread_mutex_unlock(&sync->mutex);
	return stop_now;
}

void sync_poke(struct sync *sync, enum sync_loop number)
{
	pthread_mutex_lock(&sync->mutex);
	sync->lines[number].poked = true;
	pthread_cond_broadcast(&sync->woken);
	pthread_mutex_unlock(&sync->mutex);
}

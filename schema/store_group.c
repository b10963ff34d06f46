/* The writer thread: joins the writes that wait in one commit. */
#include "schema/store_private.h"

#include <errno.h>

/* Takes up to STORE_BATCH waiting requests off the queue; queue_lock is held. */
static struct store_request *take_batch(struct store *store)
{
	struct store_request *first = store->first, *last = first;
	unsigned n = first != NULL;
	for (; last && last->next && n < STORE_BATCH; n++)
		last = last->next;
	if (last) {
		store->first = last->next;
		last->next = NULL;
	}
	store->n_waiting -= n;
	store->crowd = n;
	if (!store->first)
		store->last = NULL;
	return first;
}

/* A request is gone from its caller's stack as soon as it is posted. No lock is held, or everybody
 * woken would first wait for it. */
static void wake(struct store_request *request)
{
	while (request) {
		struct store_request *next = request->next;
		sem_post(&request->done);
		request = next;
	}
}

/* Waits for work; true when the store has been idle for a while. queue_lock is held. */
static bool wait_for_work(struct store *store, bool unsettled)
{
	struct timespec until = store_after_us(STORE_IDLE_MS * 1000L);
	while (!store->first && !store->stop) {
		if (!unsettled)
			pthread_cond_wait(&store->queue_changed, &store->queue_lock);
		else if (pthread_cond_timedwait(
			     &store->queue_changed, &store->queue_lock, &until) == ETIMEDOUT)
			return true;
	}
	return false;
}

/*
 * Those whose write was just done often have the next: without a pause two halves of a crowd would
 * take turns, each waiting for the other's commit. queue_lock is held.
 */
static void linger(struct store *store)
{
	struct timespec until = store_after_us(STORE_LINGER_US);
	while (store->crowd >= STORE_CROWD && store->n_waiting < store->crowd && !store->stop)
		if (pthread_cond_timedwait(&store->queue_changed, &store->queue_lock, &until))
			break;
}

static void carry_out(struct store *store, struct store_request *batch)
{
	store_write_lock(store);
	store_batch(store, batch);
	/* Callers go on before the checkpoint: what they asked for is on the disk. */
	pthread_mutex_lock(&store->queue_lock);
	store->crowd += store->n_waiting;
	pthread_mutex_unlock(&store->queue_lock);
	wake(batch);
	store_tidy(store);
	store_write_unlock(store);
}

static void settle(struct store *store)
{
	store_write_lock(store);
	/* What could not be done now is tried at the next pause; a failed disk has latched. */
	if (store_truncate(store))
		store->wal_baseline = store->wal_frames;
	store_write_unlock(store);
}

static void *writer_main(void *context)
{
	struct store *store = context;
	bool unsettled = false;

	pthread_mutex_lock(&store->queue_lock);
	while (store->first || !store->stop) {
		bool idle = wait_for_work(store, unsettled);
		if (!idle)
			linger(store);
		struct store_request *batch = take_batch(store);
		pthread_mutex_unlock(&store->queue_lock);
		if (batch)
			carry_out(store, batch);
		else if (idle)
			settle(store);
		unsettled = batch != NULL;
		pthread_mutex_lock(&store->queue_lock);
	}
	pthread_mutex_unlock(&store->queue_lock);
	return NULL;
}

int store_group_start(struct store *store)
{
	if (!store->options.group_commit || store->options.read_only)
		return 0;
	if (pthread_create(&store->thread, NULL, writer_main, store))
		return STORE_NO_MEMORY;
	store->has_thread = true;
	return 0;
}

void store_group_stop(struct store *store)
{
	if (!store->has_thread)
		return;
	pthread_mutex_lock(&store->queue_lock);
	store->stop = true;
	pthread_cond_broadcast(&store->queue_changed);
	pthread_mutex_unlock(&store->queue_lock);
	pthread_join(store->thread, NULL);
	store->has_thread = false;
}

/* False when the thread has stopped. */
static bool enqueue(struct store *store, struct store_request *request)
{
	pthread_mutex_lock(&store->queue_lock);
	bool open = !store->stop;
	if (open) {
		if (store->last)
			store->last->next = request;
		else
			store->first = request;
		store->last = request;
		store->n_waiting++;
		/* Whoever lingers for a crowd need not be woken by each of it. */
		if (store->n_waiting == 1 || store->n_waiting >= store->crowd)
			pthread_cond_signal(&store->queue_changed);
	}
	pthread_mutex_unlock(&store->queue_lock);
	return open;
}

int store_group_write(struct store *store, struct store_request *request)
{
	int result = STORE_CLOSED;
	if (sem_init(&request->done, 0, 0))
		return STORE_NO_MEMORY;
	if (enqueue(store, request)) {
		/* It can only be interrupted by a signal. */
		while (sem_wait(&request->done))
			;
		result = request->result;
	}
	sem_destroy(&request->done);
	return result;
}

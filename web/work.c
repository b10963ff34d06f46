#include "web/work.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

enum { THREADS_MOST = 16 };

struct job {
	struct job *next;
	void (*fn)(void *ctx);
	void *ctx;
	bool done;
};

struct work {
	pthread_mutex_t lock;
	pthread_cond_t wanted;	 /* a job waits, or the pool ends */
	pthread_cond_t finished; /* some job is done */
	struct job *head;
	struct job **tail;
	unsigned waiting;
	bool stopping;
	unsigned threads_n;
	pthread_t threads[THREADS_MOST];
};

static struct job *take_job(struct work *w)
{
	struct job *j = w->head;

	if (!j)
		return NULL;
	w->head = j->next;
	if (!w->head)
		w->tail = &w->head;
	w->waiting--;
	return j;
}

static void *work_main(void *ctx)
{
	struct work *w = ctx;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct job *j = take_job(w);

		if (j) {
			pthread_mutex_unlock(&w->lock);
			j->fn(j->ctx);
			pthread_mutex_lock(&w->lock);
			j->done = true;
			pthread_cond_broadcast(&w->finished);
		} else if (w->stopping) {
			break;
		} else {
			pthread_cond_wait(&w->wanted, &w->lock);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int work_start(unsigned n, struct work **ret)
{
	struct work *w = calloc(1, sizeof(*w));

	if (!w)
		return WORK_NOMEM;
	w->tail = &w->head;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wanted, NULL);
	pthread_cond_init(&w->finished, NULL);
	while (w->threads_n < n && w->threads_n < THREADS_MOST) {
		if (pthread_create(&w->threads[w->threads_n], NULL, work_main, w)) {
			work_stop(w);
			return WORK_NOMEM;
		}
		w->threads_n++;
	}
	*ret = w;
	return 0;
}

int work_run(struct work *w, void (*fn)(void *ctx), void *ctx)
{
	struct job j = {.fn = fn, .ctx = ctx};
	int result = 0;

	pthread_mutex_lock(&w->lock);
	if (w->stopping) {
		result = WORK_STOPPED;
	} else if (w->waiting >= WORK_QUEUE) {
		result = WORK_BUSY;
	} else {
		/* the job leaves the queue before this frame ends: see the wait below */
		*w->tail = &j;
		/* cppcheck-suppress autoVariables */
		w->tail = &j.next;
		w->waiting++;
		pthread_cond_signal(&w->wanted);
		while (!j.done)
			pthread_cond_wait(&w->finished, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return result;
}

void work_stop(struct work *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->wanted);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->threads_n; i++)
		pthread_join(w->threads[i], NULL);
	pthread_cond_destroy(&w->finished);
	pthread_cond_destroy(&w->wanted);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

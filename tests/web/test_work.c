#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "web/work.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int running, most, ran;
static struct work *pool;

static void job(void *ctx)
{
	(void)ctx;
	pthread_mutex_lock(&lock);
	running++;
	ran++;
	most = running > most ? running : most;
	pthread_mutex_unlock(&lock);
	nanosleep(&(struct timespec){0, 20000000}, NULL);
	pthread_mutex_lock(&lock);
	running--;
	pthread_mutex_unlock(&lock);
}

static void *caller(void *ctx)
{
	int *result = ctx;
	int before;

	pthread_mutex_lock(&lock);
	before = ran;
	pthread_mutex_unlock(&lock);
	*result = work_run(pool, job, NULL);
	pthread_mutex_lock(&lock);
	if (*result == 0 && ran <= before)
		*result = -100;
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* Starts n callers at once and counts their results. */
static void call_many(int n, int *ret_done, int *ret_busy)
{
	pthread_t threads[64];
	int results[64];

	*ret_done = *ret_busy = 0;
	running = most = ran = 0;
	for (int i = 0; i < n; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, caller, &results[i]), 0);
	for (int i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		*ret_done += results[i] == 0;
		*ret_busy += results[i] == WORK_BUSY;
	}
}

static void no_more_than_two_run_at_once(void **state)
{
	int done, busy;

	(void)state;
	assert_int_equal(work_start(WORK_HASHERS, &pool), 0);
	call_many(16, &done, &busy);
	assert_int_equal(done, 16);
	assert_int_equal(busy, 0);
	assert_int_equal(most, 2);
	work_stop(pool);
}

static void a_full_queue_says_so(void **state)
{
	int done, busy;

	(void)state;
	assert_int_equal(work_start(1, &pool), 0);
	call_many(60, &done, &busy);
	assert_int_equal(done + busy, 60);
	assert_true(done >= WORK_QUEUE && busy > 0);
	assert_int_equal(ran, done);
	work_stop(pool);
	work_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_more_than_two_run_at_once),
	    cmocka_unit_test(a_full_queue_says_so),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}

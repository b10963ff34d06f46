/* The rules are carried out once a day while the registrar serves. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registrar/records/purge.h"
#include "registrar/serve_log.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

enum { DAY = 86400, LOOK_SECONDS = 600, FIRST_SECONDS = 3, LEAP_DAYS = 45 };

struct purge_daily {
	struct registrar *registrar;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stop_changed;
	bool stop, said;
};

static int mark_body(struct store_tx *tx, void *context)
{
	return store_exec(tx, REGISTRAR_Q_PURGE_DAILY_WRITE,
	    STORE_ARGS(store_i64(*(const int64_t *)context)), NULL);
}

/* The time of the last; 0: never. */
static int read_last(struct store *store, int64_t *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(store, &tx);

	if (result == 0)
		result = store_number(tx, REGISTRAR_Q_PURGE_DAILY_READ, STORE_NO_ARGS, ret);
	store_read_end(tx);
	if (result == STORE_NOT_FOUND)
		*ret = 0;
	return result == STORE_NOT_FOUND ? 0 : result;
}

static void carry_out(struct purge_daily *daily, int64_t now)
{
	int64_t id = 0;
	int result = purge_run(daily->registrar, "daily", now, &id);

	if (result == MODEL_BUSY)
		return;
	if (result == 0)
		result = store_write(daily->registrar->store, mark_body, &now);
	if (result < 0)
		serve_log_say(
		    "the daily purge did not end: %s It is tried again.", model_words(result));
	else if (id != 0)
		serve_log_say(
		    "records past their term were destroyed: receipt %lld", (long long)id);
}

/* A clock that is wrong by years would destroy everything: a leap waits for a person. */
static void look(struct purge_daily *daily)
{
	int64_t now = registrar_now(), last = 0;

	if (read_last(daily->registrar->store, &last) < 0 || (last != 0 && now - last < DAY))
		return;
	if (last != 0 && now - last > LEAP_DAYS * INT64_C(86400)) {
		if (!daily->said)
			serve_log_say(
			    "the last daily purge was more than %d days ago. If the clock is "
			    "right, carry it out by hand: registrar purge, or /staff/records.",
			    LEAP_DAYS);
		daily->said = true;
		return;
	}
	carry_out(daily, now);
}

/* Receipts that this store does not know were put into the folder of one that was put back. */
static void look_back(struct registrar *registrar)
{
	struct refusal why = {0};
	size_t people = 0;
	char *path = registrar_path(registrar, "receipts");
	int result = MODEL_SYSTEM;

	if (path && access(path, F_OK) == 0)
		result = purge_again(registrar, path, registrar_now(), &people, &why);
	else if (path)
		result = 0;
	if (result < 0)
		serve_log_say("receipts of purges were not looked through: %s",
		    *why.words ? why.words : model_words(result));
	else if (people > 0)
		serve_log_say("purged again: %zu people", people);
	free(path);
}

static void *run(void *context)
{
	struct purge_daily *daily = context;
	struct timespec until;
	long seconds = FIRST_SECONDS;

	pthread_mutex_lock(&daily->lock);
	while (!daily->stop) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += seconds;
		if (pthread_cond_timedwait(&daily->stop_changed, &daily->lock, &until) == 0)
			continue;
		pthread_mutex_unlock(&daily->lock);
		if (seconds == FIRST_SECONDS)
			look_back(daily->registrar);
		look(daily);
		seconds = LOOK_SECONDS;
		pthread_mutex_lock(&daily->lock);
	}
	pthread_mutex_unlock(&daily->lock);
	return NULL;
}

static bool begin(struct purge_daily *daily)
{
	pthread_condattr_t attributes;
	bool good = pthread_condattr_init(&attributes) == 0;

	if (!good)
		return false;
	good = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
	       pthread_cond_init(&daily->stop_changed, &attributes) == 0;
	pthread_condattr_destroy(&attributes);
	if (good && pthread_mutex_init(&daily->lock, NULL) != 0) {
		pthread_cond_destroy(&daily->stop_changed);
		good = false;
	}
	return good;
}

struct purge_daily *purge_daily_start(struct registrar *registrar)
{
	struct purge_daily *daily = calloc(1, sizeof(*daily));

	if (!daily)
		return NULL;
	daily->registrar = registrar;
	if (!begin(daily)) {
		free(daily);
		return NULL;
	}
	if (pthread_create(&daily->thread, NULL, run, daily) != 0) {
		pthread_cond_destroy(&daily->stop_changed);
		pthread_mutex_destroy(&daily->lock);
		free(daily);
		return NULL;
	}
	return daily;
}

void purge_daily_stop(struct purge_daily *daily)
{
	if (!daily)
		return;
	pthread_mutex_lock(&daily->lock);
	daily->stop = true;
	pthread_cond_signal(&daily->stop_changed);
	pthread_mutex_unlock(&daily->lock);
	pthread_join(daily->thread, NULL);
	pthread_cond_destroy(&daily->stop_changed);
	pthread_mutex_destroy(&daily->lock);
	free(daily);
}

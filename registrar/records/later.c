#include "registrar/records/later.h"

#include <pthread.h>
#include <stdlib.h>

#include "registrar/list.h"
#include "registrar/records/erasure.h"
#include "registrar/records/purge.h"
#include "registrar/registrar.h"
#include "registrar/serve_log.h"

struct job {
	struct registrar *registrar;
	int64_t person; /* 0: a purge */
	char *staff, *words;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool runs;

static void free_job(struct job *job)
{
	if (job) {
		free(job->staff);
		free(job->words);
	}
	free(job);
}

static bool take(void)
{
	pthread_mutex_lock(&lock);
	bool free_now = !runs;
	runs = true;
	pthread_mutex_unlock(&lock);
	return free_now;
}

static void give(void)
{
	pthread_mutex_lock(&lock);
	runs = false;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void *run(void *context)
{
	struct job *job = context;
	const struct erasure_wish wish = {
	    .person_id = job->person, .staff = job->staff, .words = job->words};
	struct refusal why = {0};
	int64_t now = registrar_now(), id = 0;
	int result = job->person ? erasure_carry_out(job->registrar, &wish, now, &id, &why)
				 : purge_run(job->registrar, job->staff, now, &id);

	if (result < 0)
		serve_log_say(
		    "records were not destroyed: %s", *why.words ? why.words : model_words(result));
	if (job->person) {
		registrar_changed(job->registrar);
		registrar_mail_waits(job->registrar);
	}
	free_job(job);
	give();
	return NULL;
}

static int begin(
    struct registrar *registrar, int64_t person_id, const char *staff, const char *words)
{
	struct job *job;
	pthread_t thread;

	if (!take())
		return MODEL_BUSY;
	job = calloc(1, sizeof(*job));
	if (job)
		*job = (struct job){registrar, person_id, list_text(staff), list_text(words)};
	if (job && job->staff && job->words && pthread_create(&thread, NULL, run, job) == 0) {
		pthread_detach(thread);
		return 0;
	}
	free_job(job);
	give();
	return MODEL_SYSTEM;
}

int later_purge(struct registrar *registrar, const char *staff)
{
	return begin(registrar, 0, staff, "");
}

int later_erase(
    struct registrar *registrar, int64_t person_id, const char *staff, const char *words)
{
	return begin(registrar, person_id, staff, words);
}

bool later_runs(void)
{
	pthread_mutex_lock(&lock);
	bool now = runs;
	pthread_mutex_unlock(&lock);
	return now;
}

void later_wait(void)
{
	pthread_mutex_lock(&lock);
	while (runs)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

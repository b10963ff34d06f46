/*
 * rate: durable registrations a second through the store's group commit, one at a time and from 32
 * threads at once, in a folder of its own.
 * Usage: rate [SECONDS]. Prints one line of JSON: one, many (a second), ratio, joined (writes a
 * commit while there are many), cpu_us (microseconds of CPU each, with many).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "badges/class.h"
#include "registrar/accreditation.h"
#include "registrar/outlet.h"
#include "registrar/person.h"
#include "tests/registrar/folder.h"

enum { THREADS = 32, PEOPLE = 60000 };

static struct folder *folder;
static int64_t conference, accreditations[PEOPLE];
static atomic_int next_person, done_count, stopping;

static double cpu_each; /* microseconds of CPU a registration of the last measurement */

static double clock_now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int people_body(struct store_tx *tx, void *context)
{
	struct accreditation grant = {.class = CLASS_REPORTER,
	    .valid_from = FOLDER_NOW - 86400,
	    .valid_until = FOLDER_NOW + 300 * 86400};
	char email[64];
	int result = outlet_put(tx, "Lumen", false, FOLDER_NOW, &grant.outlet_id);

	(void)context;
	for (int i = 0; !result && i < PEOPLE; i++) {
		snprintf(email, sizeof email, "p%d@press.example", i);
		result = person_put(tx, email, "Ana Ferreira", FOLDER_NOW, &grant.person_id);
		if (!result)
			result = accreditation_grant(tx, &grant, &accreditations[i]);
	}
	return result;
}

static void *work(void *context)
{
	(void)context;
	while (!atomic_load(&stopping)) {
		int at = atomic_fetch_add(&next_person, 1);
		if (at >= PEOPLE)
			return NULL;
		folder_register(folder, conference, accreditations[at], 0);
		atomic_fetch_add(&done_count, 1);
	}
	return NULL;
}

static double measure(int threads, double seconds)
{
	pthread_t each[THREADS];
	double begin = clock_now(CLOCK_MONOTONIC), cpu = clock_now(CLOCK_PROCESS_CPUTIME_ID);

	atomic_store(&stopping, 0);
	atomic_store(&done_count, 0);
	for (int i = 0; i < threads; i++)
		pthread_create(&each[i], NULL, work, NULL);
	nanosleep(
	    &(struct timespec){(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)},
	    NULL);
	atomic_store(&stopping, 1);
	for (int i = 0; i < threads; i++)
		pthread_join(each[i], NULL);
	cpu_each = 1e6 * (clock_now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / atomic_load(&done_count);
	return atomic_load(&done_count) / (clock_now(CLOCK_MONOTONIC) - begin);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 2;
	uint64_t commits[2], writes[2];
	void *state = NULL;

	if (seconds <= 0 || folder_begin(&state)) {
		fprintf(stderr, "usage: rate [SECONDS]\n");
		return 2;
	}
	folder = state;
	conference = folder_conference(folder, "rate", 0, 0, false);
	if (store_write(folder->registrar->store, people_body, NULL))
		return 1;
	double one = measure(1, seconds);
	store_counts(folder->registrar->store, &commits[0], &writes[0]);
	double many = measure(THREADS, seconds);
	store_counts(folder->registrar->store, &commits[1], &writes[1]);
	printf("{\"one\":%.0f,\"many\":%.0f,\"ratio\":%.2f,\"joined\":%.1f,\"cpu_us\":%.0f}\n", one,
	    many, many / one, (double)(writes[1] - writes[0]) / (double)(commits[1] - commits[0]),
	    cpu_each);
	return folder_end(&state);
}

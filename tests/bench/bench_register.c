/*
 * Durable registrations: 32 at a time against one at a time, on one data folder, in turns.
 *
 * Usage: bench_register DATA SLUG; DATA is a folder that `registrar init` made, and is changed:
 * each registration is of a person of its own, with a real pass.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "registrar/press/accreditation.h"
#include "registrar/press/conference.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"
#include "tests/bench/bench.h"

enum { THREADS = 32, ROUNDS_MAX = 16 };

struct work {
	struct registrar *registrar;
	int64_t conference;
	int64_t *accreditations;
	size_t n, next; /* the next that has not registered */
	pthread_mutex_t lock;
	bool failed;
};

static int seed(struct store_tx *tx, void *context)
{
	struct work *w = context;
	int64_t now = registrar_now(), outlet = 0, person;
	char email[64], name[64];
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->n; i++) {
		struct accreditation grant = {
		    .class = 1, .valid_from = now - 1, .valid_until = now + 86400};

		snprintf(name, sizeof name, "Outlet %zu", i / 10);
		if (i % 10 == 0)
			r = outlet_put(tx, name, false, now, &outlet);
		snprintf(email, sizeof email, "reporter%zu@bench.example", i);
		snprintf(name, sizeof name, "Reporter Number %zu", i);
		if (r == 0)
			r = person_put(tx, email, name, now, &person);
		grant.outlet_id = outlet;
		grant.person_id = person;
		if (r == 0)
			r = accreditation_grant(tx, &grant, &w->accreditations[i]);
	}
	return r;
}

static bool register_next(struct work *w)
{
	struct registration_wish wish = {.conference_id = w->conference};
	struct registration made;
	struct refusal why = {.words = ""};

	pthread_mutex_lock(&w->lock);
	wish.accreditation_id = w->next < w->n ? w->accreditations[w->next++] : 0;
	pthread_mutex_unlock(&w->lock);
	wish.consented = registrar_now();
	if (wish.accreditation_id &&
	    registration_register(w->registrar, &wish, wish.consented, &made, &why) == 0 &&
	    made.has_pass)
		return true;
	fprintf(stderr, "bench_register: a registration was refused: %s\n", why.words);
	return false;
}

struct share {
	struct work *work;
	size_t count;
};

static void *take_share(void *context)
{
	struct share *share = context;

	for (size_t i = 0; i < share->count; i++)
		if (!register_next(share->work)) {
			share->work->failed = true;
			break;
		}
	return NULL;
}

/* Registers count people on so many threads; seconds for each of them. */
static double measure(struct work *w, size_t threads, size_t count)
{
	pthread_t ids[THREADS];
	struct share share = {w, count / threads};
	double start = bench_now();

	for (size_t i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, take_share, &share) != 0)
			exit(1);
	for (size_t i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	return (bench_now() - start) / (double)(share.count * threads);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int conference_id(struct registrar *registrar, const char *slug, int64_t *ret_id)
{
	struct conference conference = {.id = 0};
	struct store_tx *tx = NULL;
	int r = store_read_begin(registrar->store, &tx);

	if (r == 0)
		r = conference_by_slug(tx, slug, &conference);
	store_read_end(tx);
	if (r == 0)
		*ret_id = conference.id;
	conference_clear(&conference);
	return r;
}

int main(int argc, char **argv)
{
	bool quick = getenv("PRESSGATE_BENCH_SHORT") != NULL;
	size_t rounds = quick ? 3 : 9, alone_n = quick ? 64 : 96, many_n = quick ? 256 : 640;
	struct work w = {.n = rounds * (alone_n + many_n), .lock = PTHREAD_MUTEX_INITIALIZER};
	double alone[ROUNDS_MAX], many[ROUNDS_MAX];
	struct refusal why = {.words = ""};
	char details[96];
	int code = 1;

	w.accreditations = calloc(w.n, sizeof *w.accreditations);
	if (argc != 3 || sodium_init() < 0 || !w.accreditations ||
	    registrar_open(argv[1], &w.registrar, NULL, &why) != 0 ||
	    conference_id(w.registrar, argv[2], &w.conference) != 0 ||
	    store_write(w.registrar->store, seed, &w) != 0) {
		fprintf(stderr, "bench_register: could not begin: %s\n", why.words);
		goto done;
	}
	for (size_t i = 0; i < rounds; i++) {
		alone[i] = measure(&w, 1, alone_n);
		many[i] = measure(&w, THREADS, many_n);
	}
	if (w.failed)
		goto done;
	qsort(alone, rounds, sizeof *alone, compare);
	qsort(many, rounds, sizeof *many, compare);
	snprintf(details, sizeof details, "%.0f/s against %.0f/s", 1 / many[rounds / 2],
	    1 / alone[rounds / 2]);
	bench_row("32 registrations at a time / one at a time",
	    alone[rounds / 2] / many[rounds / 2], 3, true, "x", details);
	code = 0;
done:
	registrar_close(w.registrar);
	free(w.accreditations);
	return code;
}

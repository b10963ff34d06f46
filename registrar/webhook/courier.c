/* The thread that delivers what waits. */
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/registrar.h"
#include "registrar/webhook/webhook.h"
#include "schema/registrar_db.h"

enum { LOOK_MS = 1000, POST_SECONDS = 10, TIDY_SECONDS = 3600, KEEP_SECONDS = 30 * 86400 };

struct courier {
	struct registrar *registrar;
	pthread_t thread;
	struct bell bell; /* rung to stop */
	bool stopping;
	int64_t tidied;
};

struct delivery {
	int64_t id, webhook, created, tries;
	char url[501], secret[101], event[65], key[33], body[2001];
};

/* What came of one, for the store. */
struct outcome {
	const struct delivery *delivery;
	int64_t now;
	unsigned status;
	char error[100];
};

static bool is_stopping(struct courier *courier)
{
	return __atomic_load_n(&courier->stopping, __ATOMIC_RELAXED);
}

static int next(struct store *store, int64_t now, struct delivery *ret)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	int result = store_read_begin(store, &tx);

	if (!result)
		result = store_one(tx, REGISTRAR_Q_WEBHOOK_NEXT, STORE_ARGS(store_i64(now)), &rows);
	if (result == STORE_ROW) {
		ret->id = store_get_i64(rows, 0);
		ret->webhook = store_get_i64(rows, 1);
		snprintf(ret->url, sizeof(ret->url), "%s", store_get_text(rows, 2));
		snprintf(ret->secret, sizeof(ret->secret), "%s", store_get_text(rows, 3));
		snprintf(ret->event, sizeof(ret->event), "%s", store_get_text(rows, 4));
		snprintf(ret->key, sizeof(ret->key), "%s", store_get_text(rows, 5));
		snprintf(ret->body, sizeof(ret->body), "%s", store_get_text(rows, 6));
		ret->created = store_get_i64(rows, 7);
		ret->tries = store_get_i64(rows, 8);
		store_done(rows);
		result = 0;
	}
	store_read_end(tx);
	return result;
}

static int record(struct store_tx *tx, void *context)
{
	const struct outcome *o = context;
	const struct delivery *d = o->delivery;
	struct store_value status = o->status ? store_i64(o->status) : store_null();
	bool good = o->status >= 200 && o->status <= 299;
	int64_t again = o->now + webhook_wait(d->tries + 1);
	bool over = again > d->created + WEBHOOK_DAY;
	int result;

	if (good)
		result = store_exec(tx, REGISTRAR_Q_WEBHOOK_DELIVERED,
		    STORE_ARGS(store_i64(d->id), store_i64(o->now), status), NULL);
	else
		result = store_exec(tx, over ? REGISTRAR_Q_WEBHOOK_FAIL : REGISTRAR_Q_WEBHOOK_RETRY,
		    STORE_ARGS(store_i64(d->id), store_i64(over ? o->now : again), status,
			store_text(o->error[0] ? o->error : "not taken")),
		    NULL);
	if (result)
		return result;
	return store_exec(tx, REGISTRAR_Q_WEBHOOK_PAUSE,
	    STORE_ARGS(store_i64(d->webhook), store_i64(good ? 0 : again)), NULL);
}

/* False when nothing waits, or the store can't say so. */
static bool deliver_next(struct courier *courier, struct delivery *d)
{
	const struct settings *settings = &courier->registrar->settings;
	struct outcome outcome = {.delivery = d, .now = registrar_now()};
	char signature[WEBHOOK_SIGNATURE];

	if (next(courier->registrar->store, outcome.now, d))
		return false;
	webhook_sign(d->secret, outcome.now, d->body, strlen(d->body), signature);
	sodium_memzero(d->secret, sizeof(d->secret));
	outcome.status = webhook_post(&(struct webhook_post){.url = d->url,
					  .event = d->event,
					  .key = d->key,
					  .signature = signature,
					  .body = d->body,
					  .http = settings->webhook_http,
					  .private = settings->webhook_private,
					  .seconds = POST_SECONDS,
					  .stop = &courier->stopping},
	    outcome.error);
	/* Cut off by the end of the program: it is tried again, and was not its fault. */
	if (!outcome.status && is_stopping(courier))
		return false;
	outcome.now = registrar_now();
	return store_write(courier->registrar->store, record, &outcome) == 0;
}

static int tidy(struct store_tx *tx, void *context)
{
	return store_exec(tx, REGISTRAR_Q_WEBHOOK_PURGE,
	    STORE_ARGS(store_i64(*(int64_t *)context - KEEP_SECONDS)), NULL);
}

static void tidy_when_due(struct courier *courier)
{
	int64_t now = registrar_now();

	if (now - courier->tidied < TIDY_SECONDS)
		return;
	courier->tidied = now;
	/* What a full disk does not take is tried again in an hour. */
	(void)(store_write(courier->registrar->store, tidy, &now) == 0);
}

static void *run(void *context)
{
	struct courier *courier = context;
	struct delivery *delivery = malloc(sizeof(*delivery));
	uint64_t seen = bell_count(&courier->bell);

	while (delivery && !is_stopping(courier)) {
		tidy_when_due(courier);
		while (!is_stopping(courier) && deliver_next(courier, delivery))
			;
		if (!is_stopping(courier))
			bell_wait(&courier->bell, seen, LOOK_MS);
	}
	free(delivery);
	return NULL;
}

int courier_start(struct registrar *registrar, struct courier **ret_courier)
{
	struct courier *courier = calloc(1, sizeof(*courier));
	int failed;

	if (!courier)
		return MODEL_SYSTEM;
	courier->registrar = registrar;
	if (bell_init(&courier->bell)) {
		free(courier);
		return MODEL_SYSTEM;
	}
	failed = pthread_create(&courier->thread, NULL, run, courier);
	if (failed) {
		bell_destroy(&courier->bell);
		free(courier);
		errno = failed;
		return MODEL_SYSTEM;
	}
	*ret_courier = courier;
	return 0;
}

void courier_stop(struct courier *courier)
{
	if (!courier)
		return;
	__atomic_store_n(&courier->stopping, true, __ATOMIC_RELAXED);
	bell_ring(&courier->bell);
	pthread_join(courier->thread, NULL);
	bell_destroy(&courier->bell);
	free(courier);
}

#include "gate/peer/peer_loop.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "gate/sync/follow.h"
#include "gate/peer/peer.h"

enum { LOOK_MS = 1000, PIN_BASE64 = 44 };

/* One gate that is followed straight. */
struct loop {
	struct peer_loops *loops;
	char device[BUNDLE_NAME_MAX + 1];
	struct peer_dial dial; /* as connected; url "": not yet */
	struct client *client; /* the mutex guards the pointer, and client_stop */
	unsigned failures;
	pthread_t thread;
};

struct peer_loops {
	struct peer_loops_setup setup;
	char *identity;
	pthread_mutex_t mutex;
	pthread_cond_t woken;
	bool stopping;
	pthread_t manager;
	bool managed;
	struct loop *loop[PEER_LOOPS_MAX];
	size_t n;
};

bool peer_dial_of(
    struct gate *gate, struct store_tx *tx, const char *device, struct peer_dial *ret_dial)
{
	const struct keyset_device *known =
	    gate->keys == NULL ? NULL : keyset_device(gate->keys, device);
	char address[PEER_ADDRESS_MAX + 1];
	struct peer_dial dial = {.device = ""};

	if (known == NULL || known->state != KEYSET_ACTIVE || !known->has_pin ||
	    strcmp(device, gate->identity.device) == 0 ||
	    peer_address(tx, device, address) != STORE_ROW || address[0] == '\0')
		return false;
	(void)snprintf(dial.device, sizeof(dial.device), "%s", device);
	(void)snprintf(dial.url, sizeof(dial.url), "https://%s", address);
	memcpy(dial.pin, "sha256//", 8);
	sodium_bin2base64(dial.pin + 8, PIN_BASE64 + 1, known->pin, sizeof(known->pin),
	    sodium_base64_VARIANT_ORIGINAL);
	*ret_dial = dial;
	return true;
}

int peer_ask(struct gate *gate, struct client *client, const char *device, unsigned wait)
{
	struct client_answer answer = {0};
	struct follow_outcome outcome;
	char *question = NULL;
	int r = follow_question(gate, device, wait, &question);

	if (r == 0)
		r = client_ask(client, "/peer/v1/doors", question, strlen(question), wait, &answer);
	free(question);
	if (r != 0)
		return r;
	r = answer.status == 200 ? follow_answer(gate, device, answer.body, answer.len, &outcome)
				 : STORE_MISUSE;
	client_answer_free(&answer);
	return r;
}

static bool is_stopping(struct peer_loops *loops)
{
	bool stopping;

	pthread_mutex_lock(&loops->mutex);
	stopping = loops->stopping;
	pthread_mutex_unlock(&loops->mutex);
	return stopping;
}

/* Waits so long, or until it ends. Returns false then. */
static bool nap(struct peer_loops *loops, unsigned ms)
{
	struct timespec until;
	bool go_on;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&loops->mutex);
	while (!loops->stopping)
		if (pthread_cond_timedwait(&loops->woken, &loops->mutex, &until) != 0)
			break;
	go_on = !loops->stopping;
	pthread_mutex_unlock(&loops->mutex);
	return go_on;
}

/* What is to be done with the gate now. */
enum todo { TODO_WAIT, TODO_ASK };

static enum todo look(struct loop *loop, struct peer_dial *ret_dial)
{
	struct gate *gate = loop->loops->setup.gate;
	struct store_tx *tx = NULL;
	struct clock_reading now;
	bool ask = false;

	if (gate_look_now(gate, &now, &tx) == 0) {
		ask = peer_dial_of(gate, tx, loop->device, ret_dial) &&
		      peer_is_needed(gate, loop->device, &now);
		gate_look_end(gate, tx);
	}
	return ask ? TODO_ASK : TODO_WAIT;
}

/* Connects anew where the address or the key is another one. */
static int dial(struct loop *loop, const struct peer_dial *to)
{
	struct peer_loops *loops = loop->loops;
	const struct client_setup setup = {.url = to->url,
	    .pin = to->pin,
	    .identity = loops->identity,
	    .stall_seconds = PEER_STALL_SECONDS,
	    .host = to->device};
	struct client *client = NULL, *old;
	int r;

	if (loop->client != NULL && strcmp(loop->dial.url, to->url) == 0 &&
	    strcmp(loop->dial.pin, to->pin) == 0)
		return 0;
	r = loops->setup.connect == NULL
		? client_open(&setup, &client)
		: loops->setup.connect(loops->setup.connect_context, &setup, &client);
	if (r != 0)
		return r;
	pthread_mutex_lock(&loops->mutex);
	old = loop->client;
	loop->client = client;
	if (loops->stopping)
		client_stop(client);
	pthread_mutex_unlock(&loops->mutex);
	client_close(old);
	loop->dial = *to;
	return 0;
}

static unsigned pause_ms(unsigned failures)
{
	unsigned ms = PEER_RETRY_MS;

	for (unsigned i = 1; i < failures && ms < PEER_RETRY_MAX_MS; i++)
		ms *= 2;
	return ms / 2 + randombytes_uniform(ms / 2);
}

static void *follow(void *context)
{
	struct loop *loop = context;
	struct peer_loops *loops = loop->loops;
	struct peer_dial to;
	bool go_on = true;
	int r;

	while (go_on) {
		if (look(loop, &to) == TODO_WAIT) {
			go_on = nap(loops, LOOK_MS / 2 + randombytes_uniform(LOOK_MS / 2));
			continue;
		}
		r = dial(loop, &to);
		/* The first question after a failure is answered at once: it says who is there. */
		if (r == 0)
			r = peer_ask(loops->setup.gate, loop->client, loop->device,
			    loop->failures == 0 ? PEER_POLL_SECONDS : 0);
		loop->failures = r == 0 ? 0 : loop->failures + 1;
		go_on = r == 0 ? !is_stopping(loops) : nap(loops, pause_ms(loop->failures));
	}
	return NULL;
}

/* A gate whose address is known, and that has no loop yet. */
static int add_loop(void *context, const struct peer *peer)
{
	struct peer_loops *loops = context;
	struct loop *loop;

	if (!peer->active || peer->address[0] == '\0' || loops->n == PEER_LOOPS_MAX)
		return 0;
	for (size_t i = 0; i < loops->n; i++)
		if (strcmp(loops->loop[i]->device, peer->device) == 0)
			return 0;
	loop = calloc(1, sizeof(*loop));
	if (loop == NULL)
		return 0;
	loop->loops = loops;
	memcpy(loop->device, peer->device, sizeof(loop->device));
	/* The first look asks at once. */
	loop->failures = 1;
	if (pthread_create(&loop->thread, NULL, follow, loop) != 0) {
		free(loop);
		return 0;
	}
	pthread_mutex_lock(&loops->mutex);
	loops->loop[loops->n++] = loop;
	pthread_mutex_unlock(&loops->mutex);
	return 0;
}

static void *manage(void *context)
{
	struct peer_loops *loops = context;
	struct gate *gate = loops->setup.gate;
	bool go_on = true;

	while (go_on) {
		struct store_tx *tx = NULL;

		if (gate_look(gate, &tx) == 0) {
			if (peer_each(gate, tx, add_loop, loops) != 0)
				go_on = true; /* looked at again in a second */
			gate_look_end(gate, tx);
		}
		go_on = nap(loops, LOOK_MS);
	}
	return NULL;
}

static int init(struct peer_loops *loops)
{
	pthread_condattr_t by_monotonic;
	int bad = pthread_condattr_init(&by_monotonic);

	if (bad != 0)
		return bad;
	bad = pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
	if (bad == 0)
		bad = pthread_cond_init(&loops->woken, &by_monotonic);
	pthread_condattr_destroy(&by_monotonic);
	if (bad == 0) {
		bad = pthread_mutex_init(&loops->mutex, NULL);
		if (bad != 0)
			pthread_cond_destroy(&loops->woken);
	}
	return bad;
}

int peer_loops_start(const struct peer_loops_setup *setup, struct peer_loops **ret_loops)
{
	struct peer_loops *loops = calloc(1, sizeof(*loops));

	if (loops == NULL || init(loops) != 0) {
		free(loops);
		return STORE_NO_MEMORY;
	}
	loops->setup = *setup;
	loops->identity = gate_path(setup->gate, "keys/tls.pem");
	loops->managed =
	    loops->identity != NULL && pthread_create(&loops->manager, NULL, manage, loops) == 0;
	if (!loops->managed) {
		peer_loops_stop(loops);
		return STORE_NO_MEMORY;
	}
	*ret_loops = loops;
	return 0;
}

void peer_loops_stop(struct peer_loops *loops)
{
	if (loops == NULL)
		return;
	pthread_mutex_lock(&loops->mutex);
	loops->stopping = true;
	pthread_cond_broadcast(&loops->woken);
	pthread_mutex_unlock(&loops->mutex);
	/* After this no loop is added. */
	if (loops->managed)
		pthread_join(loops->manager, NULL);
	pthread_mutex_lock(&loops->mutex);
	for (size_t i = 0; i < loops->n; i++)
		if (loops->loop[i]->client != NULL)
			client_stop(loops->loop[i]->client);
	pthread_mutex_unlock(&loops->mutex);
	for (size_t i = 0; i < loops->n; i++) {
		pthread_join(loops->loop[i]->thread, NULL);
		client_close(loops->loop[i]->client);
		free(loops->loop[i]);
	}
	pthread_cond_destroy(&loops->woken);
	pthread_mutex_destroy(&loops->mutex);
	free(loops->identity);
	free(loops);
}

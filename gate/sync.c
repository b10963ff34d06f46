#include "gate/sync.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "gate/sync_private.h"

int64_t sync_boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sync_say(struct sync *sync, const char *format, ...)
{
	char line[512];
	va_list values;

	if (sync->setup.log == NULL)
		return;
	va_start(values, format);
	vsnprintf(line, sizeof(line), format, values);
	va_end(values);
	sync->setup.log(sync->setup.context, line);
}

int sync_look(struct sync *sync, struct store_tx **ret_tx)
{
	struct gate *gate = sync->setup.gate;
	int r;

	gate_lock(gate);
	r = gate->store == NULL ? STORE_CLOSED : store_read_begin(gate->store, ret_tx);
	if (r != 0)
		gate_unlock(gate);
	return r;
}

void sync_look_end(struct sync *sync, struct store_tx *tx)
{
	store_read_end(tx);
	gate_unlock(sync->setup.gate);
}

void sync_leave_epoch(struct sync *sync, int64_t epoch, const char *reason)
{
	/* When it can't be begun, nothing can be recorded, and each scan says so. */
	if (journal_new_epoch(sync->setup.gate, (uint64_t)epoch, reason) != 0)
		sync_say(sync, "no new epoch can be begun: run gate check");
}

int sync_refused(struct sync *sync, const char *what, const struct client_answer *answer)
{
	char words[160];
	size_t n = 0;

	/* What a server says is shown, but not trusted to be printable. */
	for (size_t i = 0; i < answer->len && n + 1 < sizeof(words); i++)
		if (answer->body[i] >= ' ' && answer->body[i] <= '~')
			words[n++] = (char)answer->body[i];
	words[n] = '\0';
	sync_say(sync, "%s: the registrar answers %ld: %s", what, answer->status, words);
	return answer->status == 403 ? SYNC_REFUSED : SYNC_ANSWER;
}

/* Clients and what they are opened with; the gate's lock is held. */
static int open_clients(struct sync *sync)
{
	struct gate *gate = sync->setup.gate;
	struct client_setup setup = {
	    .url = gate->identity.url, .pin = gate->identity.pin, .identity = sync->identity};
	int r = client_open(&setup, &sync->down);

	return r == 0 ? client_open(&setup, &sync->up) : r;
}

int sync_open(const struct sync_setup *setup, struct sync **ret_sync)
{
	struct gate *gate = setup->gate;
	struct sync *sync = calloc(1, sizeof(*sync));
	int r = SYNC_MEMORY;

	if (sync == NULL)
		return r;
	sync->setup = *setup;
	if (pthread_mutex_init(&sync->mutex, NULL) != 0) {
		free(sync);
		return r;
	}
	if (pthread_cond_init(&sync->woken, NULL) != 0) {
		pthread_mutex_destroy(&sync->mutex);
		free(sync);
		return r;
	}
	sync->identity = gate_path(gate, "keys/tls.pem");
	gate_lock(gate);
	memcpy(sync->root, gate->identity.root, sizeof(sync->root));
	memcpy(sync->site, gate->identity.site, sizeof(sync->site));
	if (!gate->enrolled)
		r = SYNC_NOT_ENROLLED;
	else if (sync->identity != NULL)
		r = open_clients(sync);
	gate_unlock(gate);
	if (r == 0)
		*ret_sync = sync;
	else
		sync_close(sync);
	return r;
}

static void note(struct sync *sync, struct sync_side *side, int result)
{
	int64_t now = (int64_t)time(NULL);

	pthread_mutex_lock(&sync->mutex);
	side->result = result;
	side->tried = now;
	side->failures = result == 0 ? 0 : side->failures + 1;
	/* A list that was refused came from there as well. */
	if (result == 0 || result == SYNC_LISTS)
		side->good = now;
	if (result != SYNC_LISTS)
		side->lists_error = 0;
	pthread_mutex_unlock(&sync->mutex);
}

int sync_download(struct sync *sync)
{
	int r = sync_down_once(sync);

	note(sync, &sync->status.down, r);
	return r;
}

int sync_upload(struct sync *sync)
{
	int r = sync_up_once(sync);

	note(sync, &sync->status.up, r);
	return r;
}

/* After so many failures in a row: doubled each time, and somewhere in its upper half, so that the
 * gates of a house don't come back all at once. */
static int64_t pause_ms(unsigned failures)
{
	int64_t ms = SYNC_RETRY_SECONDS * 1000;

	for (unsigned i = 1; i < failures && ms < SYNC_RETRY_MAX_SECONDS * 1000; i++)
		ms *= 2;
	if (ms > SYNC_RETRY_MAX_SECONDS * 1000)
		ms = SYNC_RETRY_MAX_SECONDS * 1000;
	return ms / 2 + (int64_t)randombytes_uniform((uint32_t)(ms / 2));
}

/* Waits so long by the time since boot, or less: until it is stopped, or (where poked is given)
 * there is news. Looks up each half second, since a condition can't wait by that clock. Returns
 * false when the loop has to end. */
static bool nap(struct sync *sync, int64_t ms, bool *poked)
{
	int64_t end = sync_boot_ms() + ms;
	bool go_on;

	pthread_mutex_lock(&sync->mutex);
	while (!sync->stopping && !(poked != NULL && *poked) && sync_boot_ms() < end) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 500000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&sync->woken, &sync->mutex, &until);
	}
	if (poked != NULL)
		*poked = false;
	go_on = !sync->stopping;
	pthread_mutex_unlock(&sync->mutex);
	return go_on;
}

static void *down_loop(void *context)
{
	struct sync *sync = context;
	unsigned failures = 0;
	bool go_on = true;

	while (go_on) {
		/* A list that is refused stays so for a while; what else changes is still heard. */
		int r = sync_download(sync);
		bool heard = r == 0 || r == SYNC_LISTS;

		failures = heard ? 0 : failures + 1;
		sync->wait = heard ? SYNC_POLL_SECONDS : 0;
		go_on = nap(sync, heard ? 0 : pause_ms(failures), NULL);
	}
	return NULL;
}

static void *up_loop(void *context)
{
	struct sync *sync = context;
	unsigned failures = 0;
	bool go_on = true;

	while (go_on) {
		int r = sync_upload(sync);

		/* An epoch that is stopped for good is no reason to keep the next one waiting. */
		failures = r == 0 || r == SYNC_EQUIVOCATION || r == SYNC_AHEAD ? 0 : failures + 1;
		go_on = failures == 0 ? nap(sync, SYNC_UPLOAD_SECONDS * 1000, &sync->poked)
				      : nap(sync, pause_ms(failures), NULL);
	}
	return NULL;
}

int sync_start(struct sync *sync)
{
	if (pthread_create(&sync->down_thread, NULL, down_loop, sync) != 0)
		return SYNC_MEMORY;
	if (pthread_create(&sync->up_thread, NULL, up_loop, sync) != 0) {
		pthread_mutex_lock(&sync->mutex);
		sync->stopping = true;
		pthread_mutex_unlock(&sync->mutex);
		client_stop(sync->down);
		pthread_join(sync->down_thread, NULL);
		return SYNC_MEMORY;
	}
	sync->running = true;
	return 0;
}

void sync_poke(struct sync *sync)
{
	pthread_mutex_lock(&sync->mutex);
	sync->poked = true;
	pthread_cond_broadcast(&sync->woken);
	pthread_mutex_unlock(&sync->mutex);
}

void sync_status(struct sync *sync, struct sync_status *ret_status)
{
	pthread_mutex_lock(&sync->mutex);
	*ret_status = sync->status;
	pthread_mutex_unlock(&sync->mutex);
}

void sync_close(struct sync *sync)
{
	if (sync == NULL)
		return;
	if (sync->running) {
		pthread_mutex_lock(&sync->mutex);
		sync->stopping = true;
		pthread_cond_broadcast(&sync->woken);
		pthread_mutex_unlock(&sync->mutex);
		client_stop(sync->down);
		client_stop(sync->up);
		pthread_join(sync->down_thread, NULL);
		pthread_join(sync->up_thread, NULL);
	}
	client_close(sync->down);
	client_close(sync->up);
	pthread_cond_destroy(&sync->woken);
	pthread_mutex_destroy(&sync->mutex);
	free(sync->identity);
	free(sync);
}

const char *sync_strerror(int result)
{
	if (result <= CLIENT_MEMORY && result >= CLIENT_KEY)
		return client_strerror(result);
	switch (result) {
	case SYNC_NOT_ENROLLED:
		return "this folder is no gate yet: run gate enrol";
	case SYNC_REFUSED:
		return "the registrar does not know this gate, or has revoked it: enrol a new "
		       "folder "
		       "under a new name; this one's journal stays here";
	case SYNC_EQUIVOCATION:
		return "the registrar holds another story than this gate; that "
		       "epoch's upload is stopped: tell the administrator";
	case SYNC_AHEAD:
		return "the registrar holds more entries than this gate: the gate's store was set "
		       "back; tell the administrator";
	case SYNC_ANSWER:
		return "the registrar's answer was not understood, or was no; it will be asked "
		       "again";
	case SYNC_RECEIPT:
		return "the receipt does not verify with the keys held; it will be asked for again";
	case SYNC_LISTS:
		return "a list was refused, and the one held stays";
	case SYNC_MEMORY:
		return "out of memory";
	case SYNC_KEY:
		return "this gate's journal key can't be used: run gate check";
	default:
		return store_strerror(result);
	}
}

#include "gate/sync/sync.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/sync/sync_private.h"
#include "gate/seal/wipe.h"

int64_t sync_wall_ms(struct sync *sync)
{
	return clock_wall_ms(&sync->setup.gate->clock);
}

int64_t sync_boot_ms(struct sync *sync)
{
	return clock_boot_ms(&sync->setup.gate->clock);
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
	return gate_look(sync->setup.gate, ret_tx);
}

void sync_look_end(struct sync *sync, struct store_tx *tx)
{
	gate_look_end(sync->setup.gate, tx);
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
	bool wiped = false;
	size_t n = 0;

	/* What a server says is shown, but not trusted to be printable. */
	for (size_t i = 0; i < answer->len && n + 1 < sizeof(words); i++)
		if (answer->body[i] >= ' ' && answer->body[i] <= '~')
			words[n++] = (char)answer->body[i];
	words[n] = '\0';
	sync_say(sync, "%s: the registrar answers %ld: %s", what, answer->status, words);
	if (answer->status != 403)
		return SYNC_ANSWER;
	if (wipe_told(sync->setup.gate, (const char *)answer->body, answer->len, &wiped) != 0)
		sync_say(sync, "what this gate holds of people can't be wiped: run gate check");
	else if (wiped)
		sync_say(sync, "this gate was revoked: what it held of people is wiped");
	return SYNC_REFUSED;
}

int sync_redial(struct sync *sync, struct sync_line *line, const struct client_setup *setup)
{
	struct client *client = NULL, *old;
	int r = sync->setup.connect == NULL
		    ? client_open(setup, &client)
		    : sync->setup.connect(sync->setup.connect_context, setup, &client);

	if (r != 0)
		return r;
	pthread_mutex_lock(&sync->mutex);
	old = line->client;
	line->client = client;
	if (sync->stopping)
		client_stop(client);
	pthread_mutex_unlock(&sync->mutex);
	client_close(old);
	return 0;
}

/* A connection for each loop; the gate's lock is held. */
static int open_lines(struct sync *sync)
{
	struct gate *gate = sync->setup.gate;
	struct client_setup setup = {
	    .url = gate->identity.url, .pin = gate->identity.pin, .identity = sync->identity};
	int r = 0;

	for (size_t i = 0; r == 0 && i < SYNC_LOOPS; i++) {
		setup.stall_seconds = sync_rows[i].stall_seconds;
		r = sync_redial(sync, &sync->lines[i], &setup);
	}
	return r;
}

/* The threads wait by a clock that nobody can set. */
static int init_condition(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;
	int r = pthread_condattr_init(&attributes);

	if (r != 0)
		return r;
	r = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	if (r == 0)
		r = pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
	return r;
}

static void init_lines(struct sync *sync)
{
	for (size_t i = 0; i < SYNC_LOOPS; i++)
		sync->lines[i] = (struct sync_line){
		    .sync = sync, .row = &sync_rows[i], .side = &sync->status.side[i]};
}

int sync_open(const struct sync_setup *setup, struct sync **ret_sync)
{
	struct gate *gate = setup->gate;
	struct sync *sync = calloc(1, sizeof(*sync));
	int r = SYNC_MEMORY;

	if (sync == NULL)
		return r;
	sync->setup = *setup;
	sync->answers_told = -1;
	if (pthread_mutex_init(&sync->mutex, NULL) != 0) {
		free(sync);
		return r;
	}
	if (init_condition(&sync->woken) != 0) {
		pthread_mutex_destroy(&sync->mutex);
		free(sync);
		return r;
	}
	init_lines(sync);
	sync->identity = gate_path(gate, "keys/tls.pem");
	gate_lock(gate);
	memcpy(sync->root, gate->identity.root, sizeof(sync->root));
	memcpy(sync->site, gate->identity.site, sizeof(sync->site));
	if (!gate->enrolled)
		r = SYNC_NOT_ENROLLED;
	else if (sync->identity != NULL)
		r = open_lines(sync);
	gate_unlock(gate);
	if (r == 0)
		*ret_sync = sync;
	else
		sync_close(sync);
	return r;
}

static void note(struct sync *sync, struct sync_side *side, int result)
{
	int64_t now = sync_wall_ms(sync) / 1000;

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

/* After the last scan of a shift nobody else opens a store that failed. What keeps it from that,
 * the pass says itself. */
static void heal(struct gate *gate)
{
	gate_lock(gate);
	if (gate->enrolled && journal_heal(gate) != 0)
		gong_ring(&gate->gong);
	gate_unlock(gate);
}

int sync_run(struct sync *sync, enum sync_loop loop)
{
	struct sync_line *line = &sync->lines[loop];
	int r;

	heal(sync->setup.gate);
	r = line->row->once(sync, line);
	note(sync, line->side, r);
	return r;
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
	sync_stop(sync);
	for (size_t i = 0; i < SYNC_LOOPS; i++)
		client_close(sync->lines[i].client);
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
	case SYNC_POISONED:
		return "the registrar can't take an entry of this gate; that epoch waits, later "
		       "ones go on: run gate check, and tell the administrator";
	case SYNC_STOPPED:
		return "an epoch's upload was stopped earlier and waits for the administrator; "
		       "everything else went";
	case SYNC_NO_KEYS:
		return "the list of keys has not come yet";
	case SYNC_BEHIND:
		return "another gate's journal can't be taken yet; it will be asked for again";
	case SYNC_KEY:
		return "this gate's journal key can't be used: run gate check";
	default:
		return store_strerror(result);
	}
}

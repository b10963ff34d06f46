#include <stdio.h>
#include <stdlib.h>

#include "gate/upload.h"
#include "schema/gate_db.h"

enum {
	EPOCHS_MAX = 256, /* uploaded in one go; more wait for the next */
	GAPS_MAX = 3,	  /* times the registrar may move the start before it makes no sense */
};

static struct sync_told told_of(struct sync *sync)
{
	struct sync_told told;

	pthread_mutex_lock(&sync->mutex);
	told = sync->told;
	pthread_mutex_unlock(&sync->mutex);
	return told;
}

static int read_epochs(struct sync *sync, struct epoch *epochs, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	struct sync_told told = told_of(sync);
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	r = store_query(tx, GATE_Q_SYNC_LOGS,
	    STORE_ARGS(store_i64(told.known ? told.epoch : INT64_MAX)), &rows);
	while (r == 0 && n < EPOCHS_MAX && (r = store_next(rows)) == STORE_ROW) {
		struct epoch *epoch = &epochs[n];

		r = 0;
		epoch->number = store_get_i64(rows, 0);
		epoch->size = (uint64_t)store_get_i64(rows, 2);
		epoch->received = (uint64_t)store_get_i64(rows, 3);
		(void)snprintf(epoch->origin, sizeof(epoch->origin), "%s", store_get_text(rows, 1));
		(void)snprintf(
		    epoch->checkpoint, sizeof(epoch->checkpoint), "%s", store_get_text(rows, 4));
		epoch->salvaged = store_get_i64(rows, 5) != 0;
		n += epoch->size > 0;
	}
	store_done(rows);
	sync_look_end(sync, tx);
	*ret_n = n;
	return r;
}

/* Where to begin: where our receipts end, unless the registrar has said that it stands before. */
static uint64_t begin_at(struct sync *sync, const struct epoch *epoch)
{
	struct sync_told told = told_of(sync);
	uint64_t held = epoch->number == told.epoch ? told.size : 0;

	if (!told.known || epoch->number < told.epoch || held > epoch->received)
		return epoch->received;
	return held;
}

static int send_epoch(struct sync *sync, struct epoch *epoch)
{
	uint64_t from = begin_at(sync, epoch), most = SYNC_BATCH_ENTRIES;
	unsigned gaps = 0;
	int r = 0;

	while (r == 0 && (from < epoch->size || epoch->received < epoch->size)) {
		uint64_t before = from, received = epoch->received;

		if (sync_stopping(sync))
			return CLIENT_STOPPED;
		r = upload_batch(sync, epoch, most, &from);
		/* What stands before the entry that can't be taken goes. */
		if (r == SYNC_POISONED && most > 1) {
			most /= 2;
			r = 0;
			continue;
		}
		/* A batch below what is received moves on as well, without a new receipt. */
		if (r == 0 && epoch->received == received && from <= before && ++gaps > GAPS_MAX)
			r = SYNC_ANSWER;
	}
	return r;
}

/* An epoch that is stopped for good is no reason to keep the next one waiting. */
bool sync_up_well(int result)
{
	return result == 0 || result == SYNC_EQUIVOCATION || result == SYNC_AHEAD ||
	       result == SYNC_POISONED || result == SYNC_STOPPED;
}

/* One epoch, unless it is one that waits. */
static int one_epoch(struct sync *sync, struct epoch *epoch)
{
	int r;

	if (upload_is_stopped(sync, epoch->number))
		return SYNC_STOPPED;
	if (sync->poisoned == epoch->number && sync_boot_ms(sync) < sync->poisoned_until_ms)
		return SYNC_POISONED;
	r = send_epoch(sync, epoch);
	if (r == SYNC_POISONED) {
		/* What is recorded from now on has a way again. Should the next one be refused as
		 * well while this waits, it is the registrar's trouble and no entry's. */
		if (sync->poisoned == 0 || sync->poisoned == epoch->number)
			sync_leave_epoch(sync, epoch->number, "refused");
		sync->poisoned = epoch->number;
		sync->poisoned_until_ms = sync_boot_ms(sync) + SYNC_RETRY_MAX_SECONDS * 1000LL;
	} else if (r == 0 && sync->poisoned == epoch->number) {
		sync->poisoned = 0;
	}
	return r;
}

int sync_up_once(struct sync *sync, struct sync_line *line)
{
	struct epoch *epochs = calloc(EPOCHS_MAX, sizeof(*epochs));
	uint64_t unsent = 0;
	size_t n = 0;
	int worst = 0, r = epochs == NULL ? SYNC_MEMORY : read_epochs(sync, epochs, &n);

	(void)line;
	for (size_t i = 0; r == 0 && i < n; i++) {
		int one = 0;

		if (epochs[i].size == begin_at(sync, &epochs[i]))
			continue;
		one = one_epoch(sync, &epochs[i]);
		if (one == SYNC_EQUIVOCATION || one == SYNC_STOPPED) {
			pthread_mutex_lock(&sync->mutex);
			sync->status.equivocation = true;
			pthread_mutex_unlock(&sync->mutex);
			sync_leave_epoch(sync, epochs[i].number, "equivocation");
		} else if (one == SYNC_AHEAD) {
			sync_leave_epoch(sync, epochs[i].number, "restored");
		}
		unsent += epochs[i].size - epochs[i].received;
		if (one != 0 && (worst == 0 || worst == SYNC_STOPPED))
			worst = one;
		/* One epoch's trouble does not hold up another; the network's does. */
		if (one < 0 || one == SYNC_REFUSED)
			r = one;
	}
	free(epochs);
	pthread_mutex_lock(&sync->mutex);
	sync->status.unsent = unsent;
	pthread_mutex_unlock(&sync->mutex);
	return r != 0 ? r : worst;
}

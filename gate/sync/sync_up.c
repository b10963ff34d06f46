#include <stdio.h>
#include <stdlib.h>

#include "gate/sync/upload.h"
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

/* Epochs that lack receipts, and from `first` on all. */
static int read_epochs(
    struct sync *sync, int64_t first, struct epoch *epochs, size_t *ret_n, int64_t *ret_newest)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	*ret_newest = (int64_t)sync->setup.gate->journal.epoch;
	r = store_query(tx, GATE_Q_SYNC_LOGS, STORE_ARGS(store_i64(first)), &rows);
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

/*
 * A registrar put back from a backup shows itself where it stands in the newest epoch, but not once
 * a new one was begun there. So with each epoch of ours that is new, and after each start, it is
 * asked for the receipts of all before it.
 */
static bool is_in_doubt(struct sync *sync, const struct epoch *epochs, size_t n, int64_t newest)
{
	if (sync->confirmed != newest)
		return true;
	for (size_t i = 0; i < n; i++)
		if (begin_at(sync, &epochs[i]) < epochs[i].received)
			return true;
	return false;
}

/* confirm: also where nothing is to be sent. */
static int send_epoch(struct sync *sync, struct epoch *epoch, bool confirm)
{
	uint64_t from = begin_at(sync, epoch), most = SYNC_BATCH_ENTRIES;
	unsigned gaps = 0;
	int r = 0;

	if (confirm)
		r = upload_batch(sync, epoch, most, &from);
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
		if (r == 0 && from < received)
			sync->confirmed = 0;
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
static int one_epoch(struct sync *sync, struct epoch *epoch, bool confirm)
{
	int r;

	if (upload_is_stopped(sync, epoch->number))
		return SYNC_STOPPED;
	if (sync->poisoned == epoch->number && sync_boot_ms(sync) < sync->poisoned_until_ms)
		return SYNC_POISONED;
	r = send_epoch(sync, epoch, confirm);
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

static int gather(struct sync *sync, struct epoch *epochs, size_t *ret_n, bool *ret_confirm)
{
	struct sync_told told = told_of(sync);
	int64_t newest = 0;
	int r = read_epochs(sync, told.known ? told.epoch : INT64_MAX, epochs, ret_n, &newest);

	if (r != 0 || !is_in_doubt(sync, epochs, *ret_n, newest))
		return r;
	sync->confirmed = newest;
	*ret_confirm = true;
	return read_epochs(sync, 0, epochs, ret_n, &newest);
}

/* Whether an epoch has anything for the registrar. *confirm: only the question whether it still
 * has it; a log that was stopped, or that begins where the store was lost, has no answer to it. */
static bool is_due(struct sync *sync, const struct epoch *epoch, bool *confirm)
{
	if (epoch->size != begin_at(sync, epoch)) {
		*confirm = false;
		return true;
	}
	*confirm =
	    *confirm && epoch->number < sync->confirmed && !upload_is_stopped(sync, epoch->number);
	return *confirm;
}

int sync_up_once(struct sync *sync, struct sync_line *line)
{
	struct epoch *epochs = calloc(EPOCHS_MAX, sizeof(*epochs));
	uint64_t unsent = 0, stopped = 0;
	size_t n = 0;
	bool doubt = false;
	int worst = 0, r = epochs == NULL ? SYNC_MEMORY : gather(sync, epochs, &n, &doubt);

	(void)line;
	for (size_t i = 0; r == 0 && i < n; i++) {
		bool confirm = doubt;
		int one = 0;

		if (!is_due(sync, &epochs[i], &confirm))
			continue;
		one = one_epoch(sync, &epochs[i], confirm);
		if (one == SYNC_EQUIVOCATION || one == SYNC_STOPPED) {
			pthread_mutex_lock(&sync->mutex);
			sync->status.equivocation = true;
			pthread_mutex_unlock(&sync->mutex);
			sync_leave_epoch(sync, epochs[i].number, "equivocation");
		} else if (one == SYNC_AHEAD) {
			sync_leave_epoch(sync, epochs[i].number, "restored");
		}
		if (one != 0 && upload_is_stopped(sync, epochs[i].number))
			stopped += epochs[i].size - epochs[i].received;
		else
			unsent += epochs[i].size - epochs[i].received;
		if (one != 0 && (worst == 0 || worst == SYNC_STOPPED))
			worst = one;
		/* One epoch's trouble does not hold up another; the network's does. */
		if (one < 0 || one == SYNC_REFUSED)
			r = one;
	}
	free(epochs);
	if (r != 0 || !sync_up_well(worst))
		sync->confirmed = 0;
	pthread_mutex_lock(&sync->mutex);
	sync->status.unsent = unsent;
	sync->status.stopped = stopped;
	pthread_mutex_unlock(&sync->mutex);
	return r != 0 ? r : worst;
}

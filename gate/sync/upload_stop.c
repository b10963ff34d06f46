#include <inttypes.h>
#include <stdio.h>

#include "gate/sync/upload.h"
#include "schema/gate_db.h"

/* The key in meta that says an epoch's upload is stopped for good. */
static void stop_key(int64_t epoch, char *key, size_t size)
{
	(void)snprintf(key, size, "upload_stopped_%" PRId64, epoch);
}

bool upload_is_stopped(struct sync *sync, int64_t epoch)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	bool stopped = false;
	char key[64];

	stop_key(epoch, key, sizeof(key));
	if (sync_look(sync, &tx) != 0)
		return false;
	stopped = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text(key)), &rows) == STORE_ROW;
	store_done(rows);
	sync_look_end(sync, tx);
	return stopped;
}

struct stop_work {
	char key[64];
	int64_t seq;
};

static int stop_body(struct store_tx *tx, void *context)
{
	const struct stop_work *work = context;

	return store_exec(
	    tx, GATE_Q_META_SET, STORE_ARGS(store_text(work->key), store_i64(work->seq)), NULL);
}

int upload_write(struct sync *sync, store_body *body, void *context)
{
	struct gate *gate = sync->setup.gate;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_write(gate->store, body, context);
	gate_unlock(gate);
	return r;
}

int upload_note_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq, int result)
{
	struct stop_work work = {.seq = (int64_t)seq};
	int r;

	stop_key(epoch->number, work.key, sizeof(work.key));
	r = upload_write(sync, stop_body, &work);
	return r == 0 ? result : r;
}

int upload_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq)
{
	pthread_mutex_lock(&sync->mutex);
	sync->status.equivocation = true;
	pthread_mutex_unlock(&sync->mutex);
	sync_say(sync,
	    "ALARM: the registrar holds another story of %s than this gate at or before entry "
	    "%" PRIu64 "; its upload stops, tell the administrator",
	    epoch->origin, seq);
	return upload_note_stop(sync, epoch, seq, SYNC_EQUIVOCATION);
}

#include "gate/sync/resident.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gate/conference.h"
#include "gate/sync/follow.h"
#include "gate/peer/peer_loop.h"
#include "gate/sync/sync.h"
#include "schema/gate_db.h"

struct news {
	const struct lists_change *change;
	char detail[200];
};

static int news_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct news *news = context;
	const struct lists_change *change = news->change;
	struct conference conference;
	int len, r = STORE_NOT_FOUND;

	(void)gate;
	(void)now;
	record->decision = change->kind == LISTS_KEYS ? ENTRY_KEYS : ENTRY_SYNC;
	snprintf(record->reason, sizeof(record->reason), "%s", lists_kind_word(change->kind));
	if (change->conference != 0)
		r = conference_by_number(tx, change->conference, &conference);
	if (r == STORE_ROW)
		snprintf(record->event, sizeof(record->event), "%s", conference.slug);
	else if (r != STORE_NOT_FOUND)
		return r;
	len = snprintf(news->detail, sizeof(news->detail),
	    "{\"version\":%" PRIu64 ",\"from\":%" PRIu64 ",\"rows\":%zu,\"removed\":%zu}",
	    change->version, change->from_version, change->rows, change->removed);
	record->detail = news->detail;
	record->detail_len = (size_t)len;
	return conference_revision(tx, &record->rev);
}

/* Journals are followed with the keys held, and are about conferences that have a roster here. */
static void follow_anew(struct gate *gate, const struct lists_change *change)
{
	if (change->kind == LISTS_ROSTER && change->from_version == 0 && follow_afresh(gate) != 0)
		return; /* the store fails: every scan says so */
	if (change->kind != LISTS_KEYS && change->kind != LISTS_ROSTER)
		return;
	gate_lock(gate);
	if (gate->sync != NULL)
		sync_poke(gate->sync, SYNC_DOORS);
	gate_unlock(gate);
}

static void on_change(void *context, const struct lists_change *change)
{
	struct gate *gate = context;
	struct news news = {.change = change};

	if (change->kind == LISTS_KEYS) {
		gate_lock(gate);
		/* The object was verified before it was stored; without memory the old keys serve
		 * until the next start. */
		if (gate->store != NULL && gate_load_keys(gate) != 0)
			gate->keys_behind = true;
		gate_unlock(gate);
	}
	follow_anew(gate, change);
	if (change->renewed)
		return;
	/* The list has taken effect. When it can't be recorded, nothing else can be either, and
	 * that is what the next scan says. */
	if (journal_write(gate, news_body, &news, NULL) != 0)
		return;
}

void resident_setup(struct gate *gate, struct sync_setup *ret_setup)
{
	*ret_setup = (struct sync_setup){.gate = gate, .changed = on_change, .context = gate};
}

/* The lock is held: a sync is closed only after it is taken off the gate. */
static void poke(struct gate *gate)
{
	if (gate->sync != NULL)
		sync_poke(gate->sync, SYNC_UP);
}

int resident_start(struct gate *gate)
{
	const struct peer_loops_setup others = {.gate = gate};
	struct peer_loops *loops = NULL;
	struct sync_setup setup;
	struct sync *sync = NULL;
	int r;

	resident_setup(gate, &setup);
	r = sync_open(&setup, &sync);
	if (r == 0)
		r = sync_start(sync);
	if (r == 0 && peer_loops_start(&others, &loops) != 0)
		r = SYNC_MEMORY;
	if (r != 0) {
		sync_close(sync);
		return r;
	}
	gate_lock(gate);
	gate->sync = sync;
	gate->peer_loops = loops;
	gate->poke = poke;
	gate_unlock(gate);
	return 0;
}

void resident_stop(struct gate *gate)
{
	struct peer_loops *loops;
	struct sync *sync;

	gate_lock(gate);
	sync = gate->sync;
	loops = gate->peer_loops;
	gate->sync = NULL;
	gate->peer_loops = NULL;
	gate->poke = NULL;
	gate_unlock(gate);
	peer_loops_stop(loops);
	sync_close(sync);
}

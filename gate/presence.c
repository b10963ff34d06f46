#include "gate/presence.h"

#include <string.h>

#include "schema/gate_db.h"

int presence_find(struct store_tx *tx, uint32_t conference, const uint8_t pass[static 16],
    struct presence *ret_presence)
{
	struct store_rows *rows = NULL;
	const char *device;
	int r = store_one(tx, GATE_Q_PRESENCE_FIND,
	    STORE_ARGS(store_i64(conference), store_blob(pass, 16)), &rows);

	if (r != STORE_ROW)
		return r;
	device = store_get_text(rows, 3);
	if (strlen(device) < sizeof(ret_presence->device)) {
		ret_presence->inside = store_get_i64(rows, 0) != 0;
		ret_presence->entries = store_get_i64(rows, 1);
		ret_presence->time_ms = store_get_i64(rows, 2);
		memcpy(ret_presence->device, device, strlen(device) + 1);
	} else {
		r = STORE_CORRUPT;
	}
	store_done(rows);
	return r;
}

int presence_enter(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], int64_t time_ms, uint64_t seq)
{
	int r = store_exec(tx, GATE_Q_PRESENCE_ENTER,
	    STORE_ARGS(store_i64(conference), store_blob(pass, 16), store_i64(time_ms),
		store_text(gate->identity.device), store_i64((int64_t)gate->journal.epoch),
		store_i64((int64_t)seq)),
	    NULL);

	if (r == 0 && gate->tally_conference == conference)
		gate->tally_inside++;
	return r;
}

int presence_inside(
    struct gate *gate, struct store_tx *tx, uint32_t conference, int64_t *ret_inside)
{
	struct store_rows *rows = NULL;
	int r;

	if (gate->tally_conference == conference) {
		*ret_inside = gate->tally_inside;
		return 0;
	}
	r = store_one(tx, GATE_Q_PRESENCE_INSIDE, STORE_ARGS(store_i64(conference)), &rows);
	if (r != STORE_ROW)
		return r;
	gate->tally_inside = store_get_i64(rows, 0);
	gate->tally_conference = conference;
	*ret_inside = gate->tally_inside;
	store_done(rows);
	return 0;
}

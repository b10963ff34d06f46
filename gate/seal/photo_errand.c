#include <stdio.h>
#include <string.h>

#include "badges/bytes.h"
#include "gate/sync/errands.h"
#include "gate/seal/photo.h"
#include "gate/seal/vault.h"
#include "schema/gate_db.h"

enum {
	TURN_MAX = 256,	      /* photographs that are looked up at once */
	TURN_MS = 1000,	      /* the other errands wait meanwhile */
	AGAIN_MS = 60 * 1000, /* until what could not be had is asked for once more */
	PATH_MAX_BYTES = 96,
};

struct lacking {
	uint8_t hashes[TURN_MAX][PHOTO_HASH];
	size_t n;
	struct sync_photos seen;
};

static int read_seen(struct store_tx *tx, struct sync_photos *seen)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_PHOTO_STATE, STORE_NO_ARGS, &rows);

	if (r != STORE_ROW)
		return r;
	seen->rosters = store_get_i64(rows, 0);
	seen->held = store_get_i64(rows, 1);
	store_done(rows);
	return 0;
}

static int read_lacking(struct store_tx *tx, int64_t now_s, struct lacking *lacking)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, GATE_Q_PHOTO_LACKING,
	    STORE_ARGS(store_i64(now_s), store_i64(PHOTO_HELD_MAX), store_i64(TURN_MAX)), &rows);

	while (r == 0 && lacking->n < TURN_MAX && (r = store_next(rows)) == STORE_ROW)
		r = store_get_fixed(rows, 0, lacking->hashes[lacking->n++], PHOTO_HASH);
	store_done(rows);
	return r;
}

/* Nothing is looked for while rosters and photographs are as they were when nothing was lacking. */
static int look(struct sync *sync, struct lacking *lacking)
{
	struct store_tx *tx = NULL;
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	r = read_seen(tx, &lacking->seen);
	if (r == 0 && (lacking->seen.rosters != sync->photos.rosters ||
			  lacking->seen.held != sync->photos.held))
		r = read_lacking(tx, sync_wall_ms(sync) / 1000, lacking);
	sync_look_end(sync, tx);
	return r;
}

/* 0: kept, or no longer wanted. */
static int fetch(struct sync *sync, struct sync_line *line, const uint8_t hash[static PHOTO_HASH])
{
	char hex[2 * PHOTO_HASH + 1], path[PATH_MAX_BYTES];
	struct client_answer answer = {0};
	int r;

	bytes_hex(hash, PHOTO_HASH, hex);
	(void)snprintf(path, sizeof(path), "/device/v1/photo/%s", hex);
	r = client_ask(line->client, path, NULL, 0, 0, &answer);
	if (r != 0)
		return r;
	if (answer.status == 404)
		r = PHOTO_NONE;
	else if (answer.status != 200)
		r = sync_refused(sync, "photo", &answer);
	else
		r = photo_keep(sync->setup.gate, hash, answer.body, answer.len);
	client_answer_free(&answer);
	return r;
}

int photo_errand(struct sync *sync, struct sync_line *line)
{
	struct lacking lacking = {.n = 0};
	int64_t begin = sync_boot_ms(sync);
	bool missed = false;
	int r;

	if (begin < sync->photos.again_ms)
		return 0;
	r = look(sync, &lacking);
	for (size_t i = 0; r == 0 && i < lacking.n && !sync_stopping(sync); i++) {
		if (i > 0 && sync_boot_ms(sync) - begin >= TURN_MS)
			break;
		r = fetch(sync, line, lacking.hashes[i]);
		if (r == PHOTO_NONE || r == PHOTO_BAD) {
			missed = true;
			r = 0;
		}
	}
	/* Nobody to seal for yet: the list of officers brings the next turn along. */
	if (r == VAULT_NO_STAFF)
		return 0;
	if (r != 0)
		return r;
	if (missed)
		sync->photos.again_ms = sync_boot_ms(sync) + AGAIN_MS;
	else if (lacking.n == 0)
		sync->photos = lacking.seen;
	else
		sync_poke(sync, SYNC_ERRANDS);
	return 0;
}

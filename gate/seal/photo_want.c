/* What rosters show: no photograph is opened here. */
#include "gate/seal/photo.h"
#include "schema/gate_db.h"

int photo_want(
    struct store_tx *tx, uint32_t conference, const uint8_t pass[static 16], const uint8_t *hash)
{
	if (hash == NULL)
		return photo_unwant(tx, conference, pass);
	return store_exec(tx, GATE_Q_PHOTO_WANT,
	    STORE_ARGS(store_i64(conference), store_blob(pass, 16), store_blob(hash, PHOTO_HASH)),
	    NULL);
}

int photo_unwant(struct store_tx *tx, uint32_t conference, const uint8_t *pass)
{
	if (pass == NULL)
		return store_exec(
		    tx, GATE_Q_PHOTO_UNWANT_ALL, STORE_ARGS(store_i64(conference)), NULL);
	return store_exec(
	    tx, GATE_Q_PHOTO_UNWANT, STORE_ARGS(store_i64(conference), store_blob(pass, 16)), NULL);
}

int photo_sweep(struct store_tx *tx)
{
	return store_exec(tx, GATE_Q_PHOTO_SWEEP, STORE_NO_ARGS, NULL);
}

int photo_count(struct store_tx *tx, uint32_t conference, uint64_t *ret_wanted, uint64_t *ret_held)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_PHOTO_COUNT, STORE_ARGS(store_i64(conference)), &rows);

	if (r != STORE_ROW)
		return r;
	*ret_wanted = (uint64_t)store_get_i64(rows, 0);
	*ret_held = (uint64_t)store_get_i64(rows, 1);
	store_done(rows);
	return 0;
}

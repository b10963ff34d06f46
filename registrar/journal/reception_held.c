/* What is held of a gate's newest epoch: the end of registrar/journal/reception.h. */
#include "registrar/journal/reception.h"
#include "schema/registrar_db.h"

int reception_held(struct store_tx *tx, int64_t gate, int64_t *ret_epoch, uint64_t *ret_size)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, REGISTRAR_Q_UPLOAD_NEWEST, STORE_ARGS(store_i64(gate)), &rows);

	if (r == STORE_NOT_FOUND) {
		*ret_epoch = 0;
		*ret_size = 0;
		return 0;
	}
	if (r != STORE_ROW)
		return r;
	*ret_epoch = store_get_i64(rows, 0);
	*ret_size = (uint64_t)store_get_i64(rows, 1);
	store_done(rows);
	return 0;
}

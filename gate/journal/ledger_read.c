#include "gate/journal/ledger_read.h"

#include <stdlib.h>
#include <string.h>

#include "schema/gate_db.h"

static int fill(struct store_rows *rows, struct ledger_log *log)
{
	int r;

	memset(log, 0, sizeof(*log));
	log->epoch = (uint64_t)store_get_i64(rows, 0);
	log->size = (uint64_t)store_get_i64(rows, 2);
	log->received = (uint64_t)store_get_i64(rows, 5);
	r = store_copy_text(log->origin, sizeof(log->origin), store_get_text(rows, 1));
	if (r == 0)
		r = store_copy_text(
		    log->checkpoint, sizeof(log->checkpoint), store_get_text(rows, 4));
	/* A receipt is evidence of the registrar's, not of the log: too long a one is left out. */
	if (store_copy_text(log->cosignature, sizeof(log->cosignature), store_get_text(rows, 6)) !=
	    0)
		log->cosignature[0] = '\0';
	return r;
}

static int read_all(struct store_tx *tx, struct ledger_log **logs, size_t *count)
{
	struct store_rows *rows = NULL;
	struct ledger_log *more;
	int r = store_query(tx, GATE_Q_LOG_LIST, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		more = reallocarray(*logs, *count + 1, sizeof(**logs));
		if (more == NULL) {
			r = STORE_NO_MEMORY;
			break;
		}
		*logs = more;
		r = fill(rows, &more[(*count)++]);
	}
	store_done(rows);
	return r;
}

int ledger_logs(struct gate *gate, struct ledger_log **ret_logs, size_t *ret_count)
{
	struct ledger_log *logs = NULL;
	struct store_tx *tx = NULL;
	size_t count = 0;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = read_all(tx, &logs, &count);
	gate_look_end(gate, tx);
	if (r != 0) {
		free(logs);
		return r;
	}
	*ret_logs = logs;
	*ret_count = count;
	return 0;
}

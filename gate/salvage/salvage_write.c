/* Writes: what was proved, into a new store. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "badges/log.h"
#include "gate/salvage/salvage_private.h"
#include "gate/door/stop.h"
#include "schema/gate_db.h"

void salvage_counts(const struct salvage *salvage, struct salvage_counts *ret_counts)
{
	struct salvage_counts counts = {0};

	for (size_t i = 0; i < salvage->n_logs; i++) {
		const struct salvage_log *log = &salvage->logs[i];

		counts.epochs += log->good > 0;
		counts.entries += log->tree.size;
		counts.apart += log->good - log->tree.size;
		counts.unread += log->signed_size - log->good;
	}
	for (size_t i = 0; i < salvage->n_details; i++)
		counts.details += salvage->details[i].good;
	counts.moves = salvage->n_moves;
	*ret_counts = counts;
}

const char *salvage_newest(const struct salvage *salvage, uint64_t *ret_epoch)
{
	*ret_epoch = 0;
	if (salvage->n_heads == 0)
		return "";
	*ret_epoch = salvage->heads[salvage->n_heads - 1].epoch;
	return salvage->heads[salvage->n_heads - 1].text;
}

static int write_log(
    const struct salvage *salvage, const struct salvage_log *log, struct store_tx *tx)
{
	char number[24], origin[CHECKPOINT_ORIGIN_MAX + 1];
	uint8_t tree[TREE_STORED_MAX];
	size_t len = tree_store(&log->tree, tree);

	(void)snprintf(number, sizeof(number), "%" PRIu64, log->epoch);
	if (log_origin(salvage->identity->site, salvage->identity->device, number, origin) != 0)
		return STORE_MISUSE;
	return store_exec(tx, GATE_Q_SALVAGE_LOG,
	    STORE_ARGS(store_i64((int64_t)log->epoch), store_text(origin),
		store_i64((int64_t)log->tree.size), store_blob(tree, len),
		store_text(log->head == NULL ? "" : log->head->text)),
	    NULL);
}

static int write_entries(const struct salvage *salvage, struct store_tx *tx, int64_t *newest_ms)
{
	struct entry entry;
	int r = 0;

	for (size_t i = 0; r == 0 && i < salvage->n_entries; i++) {
		const struct salvage_entry *found = &salvage->entries[i];

		if (!found->good)
			continue;
		if (entry_parse(found->text, found->len, &entry) != 0)
			continue;
		if (entry.time_ms > *newest_ms)
			*newest_ms = entry.time_ms;
		r = store_exec(tx, GATE_Q_ENTRY_INSERT,
		    STORE_ARGS(store_i64((int64_t)found->epoch), store_i64((int64_t)found->seq),
			store_blob(found->text, found->len)),
		    NULL);
		if (r == 0)
			r = stop_again(tx, salvage->identity->device, found->epoch, &entry);
	}
	return r;
}

static int write_details(const struct salvage *salvage, struct store_tx *tx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < salvage->n_details; i++) {
		const struct salvage_detail *detail = &salvage->details[i];

		if (detail->good)
			r = store_exec(tx, GATE_Q_SALVAGE_DETAIL,
			    STORE_ARGS(store_i64((int64_t)detail->epoch),
				store_i64((int64_t)detail->seq),
				detail->sealed == NULL
				    ? store_blob(detail->salt, sizeof(detail->salt))
				    : store_null(),
				store_text(detail->text),
				detail->sealed == NULL
				    ? store_null()
				    : store_blob(detail->sealed, detail->sealed_len)),
			    NULL);
	}
	return r;
}

int salvage_write(const struct salvage *salvage, struct gate *gate, struct store_tx *tx)
{
	int64_t newest_ms = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < salvage->n_logs; i++)
		if (salvage->logs[i].good > 0)
			r = write_log(salvage, &salvage->logs[i], tx);
	if (r == 0)
		r = write_entries(salvage, tx, &newest_ms);
	if (r == 0)
		r = write_details(salvage, tx);
	if (r == 0)
		r = salvage_write_moves(salvage, gate, tx);
	return r == 0 && newest_ms > 0 ? gate_meta_set(tx, "newest_time_ms", store_i64(newest_ms))
				       : r;
}

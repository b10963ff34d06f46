#include "registrar/doors/conflicts.h"

#include <stdio.h>
#include <string.h>

#include "schema/registrar_db.h"

int conflicts_each_log(struct store_tx *tx, conflicts_log_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, REGISTRAR_Q_LOG_CONTRADICTIONS, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct conflicts_log log = {.device = store_get_text(rows, 0),
		    .epoch = store_get_i64(rows, 1),
		    .times = store_get_i64(rows, 2),
		    .kept = store_get_i64(rows, 3),
		    .seen = store_get_i64(rows, 4)};

		r = visit(context, &log);
	}
	store_done(rows);
	return r;
}

int conflicts_each_gap(
    struct store_tx *tx, int64_t since_ms, conflicts_gap_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, REGISTRAR_Q_LOG_GAPS, STORE_ARGS(store_i64(since_ms)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct conflicts_gap gap = {.at = {.epoch = store_get_i64(rows, 1),
						.seq = store_get_i64(rows, 2),
						.time_ms = store_get_i64(rows, 3)},
		    .decision = store_get_text(rows, 4),
		    .reason = store_get_text(rows, 5)};

		(void)snprintf(gap.at.device, sizeof(gap.at.device), "%s", store_get_text(rows, 0));
		r = visit(context, &gap);
	}
	store_done(rows);
	return r;
}

const char *conflicts_gap_words(const char *decision, const char *reason)
{
	static const struct {
		const char *decision, *reason, *words;
	} table[] = {
	    {"gap", "clock-back", "Its clock was set back. Compare the times of its entries."},
	    {"gap", "clock-accepted", "Somebody there confirmed its clock."},
	    {"epoch", "restored", "An older copy of its store was put back, or the folder copied."},
	    {"epoch", "damaged", "Its store was damaged and begun anew."},
	    {"epoch", "equivocation",
		"Its journal contradicted what was held here; a new one began."},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].decision, decision) == 0 &&
		    strcmp(table[i].reason, reason) == 0)
			return table[i].words;
	return "It began a new journal.";
}

/* Numbers for Prometheus (text format 0.0.4): counts alone, nothing of a person. */
#include <inttypes.h>
#include <string.h>

#include "registrar/api/api.h"
#include "registrar/api/meter.h"
#include "registrar/doors/health.h"
#include "schema/registrar_db.h"

static void gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	buf_printf(out,
	    "# HELP pressgate_%s %s\n# TYPE pressgate_%s gauge\npressgate_%s %" PRId64 "\n", name,
	    help, name, name, value);
}

/* Each column of the one row of counts has its name here. */
static const struct {
	const char *name, *help;
} counts[] = {
    {"outbox_waiting", "Mails that wait to be sent."},
    {"webhook_waiting", "Events that wait to be delivered."},
    {"webhook_failed", "Events that were given up, of the last 30 days."},
    {"applications_waiting", "Applications that wait for the desk."},
    {"applications_overdue", "Of them, past the time they are due."},
};

static int write_counts(struct store_tx *tx, struct buf *out)
{
	struct store_rows *rows = NULL;
	int result = store_one(
	    tx, REGISTRAR_Q_METRICS_COUNTS, STORE_ARGS(store_i64(registrar_now())), &rows);

	if (result != STORE_ROW)
		return result;
	for (unsigned i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		gauge(out, counts[i].name, counts[i].help, store_get_i64(rows, i));
	store_done(rows);
	return 0;
}

static int write_journals(struct store_tx *tx, struct buf *out)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_METRICS_JOURNALS, STORE_NO_ARGS, &rows);

	buf_puts(out, "# HELP pressgate_journal_entries Entries held of a journal, all epochs.\n"
		      "# TYPE pressgate_journal_entries gauge\n");
	while (!result && (result = store_next(rows)) == STORE_ROW) {
		buf_printf(out, "pressgate_journal_entries{log=\"%s\"} %" PRId64 "\n",
		    store_get_text(rows, 0), store_get_i64(rows, 1));
		result = 0;
	}
	store_done(rows);
	return result;
}

struct gates {
	int64_t enrolled, heard, unsent;
};

static void count_gate(void *context, const struct health_gate *g)
{
	struct gates *gates = context;

	if (!g->enrolled || g->revoked)
		return;
	gates->enrolled++;
	gates->heard += !g->silent;
	if (g->has_health && g->health.unsent > 0)
		gates->unsent += g->health.unsent;
}

static void write_store(struct store *store, struct buf *out)
{
	uint64_t commits, writes, us = store_commit_us(store);

	store_counts(store, &commits, &writes);
	buf_printf(out,
	    "# HELP pressgate_store_commit_seconds Time of durable commits.\n"
	    "# TYPE pressgate_store_commit_seconds summary\n"
	    "pressgate_store_commit_seconds_sum %" PRIu64 ".%06" PRIu64 "\n"
	    "pressgate_store_commit_seconds_count %" PRIu64 "\n"
	    "# HELP pressgate_store_writes_total Changes that commits carried.\n"
	    "# TYPE pressgate_store_writes_total counter\n"
	    "pressgate_store_writes_total %" PRIu64 "\n",
	    us / 1000000, us % 1000000, commits, writes);
}

int api_metrics_get(struct request *req, struct reply *rep)
{
	struct registrar *registrar = registrar_of(req);
	struct buf *out = reply_body(rep);
	struct gates gates = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = write_counts(tx, out);
	if (!result)
		result = write_journals(tx, out);
	if (!result)
		result = health_each(tx, registrar_now(), count_gate, &gates);
	store_read_end(tx);
	if (result)
		return result;
	gauge(out, "gates_enrolled", "Gates that are enrolled.", gates.enrolled);
	gauge(out, "gates_heard", "Of them, heard in the last minute.", gates.heard);
	gauge(out, "gates_unsent", "Entries that gates say they have not sent.", gates.unsent);
	write_store(registrar->store, out);
	meter_write(out);
	reply_type(rep, "text/plain; version=0.0.4; charset=utf-8");
	reply_personal(rep);
	return 0;
}

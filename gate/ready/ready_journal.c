#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gate/sync/follow.h"
#include "gate/journal/ledger.h"
#include "gate/peer/peer.h"
#include "gate/ready/ready_private.h"
#include "schema/gate_db.h"

enum { UNSENT_WARN = 1000, DOORS_BEFORE_S = 7200 };

#define CALL_REMEDY "Keep this folder as it is, and call the people who run Pressgate."

void ready_store(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	struct gate *gate = looking->gate;
	char why[GATE_WHY_MAX] = "";
	int r;

	(void)tx;
	gate_lock(gate);
	if (gate->store == NULL)
		r = STORE_CLOSED;
	else if (looking->depth == READY_GLANCE)
		r = store_failure(gate->store);
	else if (looking->depth == READY_LOOK)
		r = store_verify_quick(gate->store, why, sizeof(why));
	else
		r = store_verify(gate->store, why, sizeof(why));
	gate_unlock(gate);
	if (r == 0 && looking->store_failed != 0)
		r = looking->store_failed;
	if (r == 0)
		ready_say(finding, READY_OK, "", "The store is whole.");
	else if (r == STORE_CORRUPT)
		ready_say(finding, READY_BAD,
		    "Use the paper list; end every gate program; run: gate check --repair",
		    "The store is damaged (%.200s).", why[0] == '\0' ? "a page" : why);
	else
		ready_say(finding, READY_BAD, "Use the paper list until this is well.",
		    "The store can't be read. %.200s", journal_strerror(r));
}

/* What ledger_verify finds, for all epochs. */
struct verified {
	uint64_t entries, epochs;
	char damage[READY_WORDS_MAX];
};

static int note_epoch(void *context, const struct ledger_finding *finding)
{
	struct verified *verified = context;

	verified->entries += finding->size;
	verified->epochs++;
	if (finding->damage[0] != '\0' && verified->damage[0] == '\0')
		(void)snprintf(verified->damage, sizeof(verified->damage), "%.100s: %.200s",
		    finding->origin, finding->damage);
	return 0;
}

/* False: the finding says what is wrong. */
static bool verify(struct looking *looking, struct ready_finding *finding)
{
	struct verified verified = {0};
	int r = ledger_verify(looking->gate, note_epoch, &verified);

	if (r != 0)
		ready_say(finding, READY_BAD, CALL_REMEDY, "The journal can't be read. %.200s",
		    journal_strerror(r));
	else if (verified.damage[0] != '\0')
		ready_say(finding, READY_BAD, CALL_REMEDY, "Journal %.280s.", verified.damage);
	return r == 0 && verified.damage[0] == '\0';
}

struct totals {
	int64_t entries, unsent, stopped, epochs;
	int failed;
};

static struct totals read_totals(struct gate *gate)
{
	struct totals totals = {0};
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;

	gate_lock(gate);
	totals.failed = gate->journal.failed;
	if (gate->store == NULL)
		totals.failed = totals.failed != 0 ? totals.failed : STORE_CLOSED;
	else if (store_read_begin(gate->store, &tx) == 0 &&
		 store_one(tx, GATE_Q_JOURNAL_TOTALS, STORE_NO_ARGS, &rows) == STORE_ROW) {
		totals.entries = store_get_i64(rows, 0);
		totals.stopped = store_get_i64(rows, 3);
		totals.unsent = totals.entries - store_get_i64(rows, 1) - totals.stopped;
		totals.epochs = store_get_i64(rows, 2);
	}
	store_done(rows);
	store_read_end(tx);
	gate_unlock(gate);
	return totals;
}

void ready_journal(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	struct totals totals = read_totals(looking->gate);

	(void)tx;
	looking->facts->entries = totals.entries;
	looking->facts->unsent = totals.unsent;
	looking->facts->stopped = totals.stopped;
	if (totals.failed != 0) {
		ready_say(finding, READY_BAD, "Use the paper list until this is well.",
		    "Nothing can be recorded. %.200s", journal_strerror(totals.failed));
		return;
	}
	if (looking->depth == READY_FULL && !verify(looking, finding))
		return;
	if (totals.stopped > 0)
		ready_say(finding, READY_BAD, CALL_REMEDY,
		    "The upload of an epoch is stopped: %" PRId64 " %s not received.",
		    totals.stopped, totals.stopped == 1 ? "entry is" : "entries are");
	else if (looking->syncing && looking->sync.equivocation)
		ready_say(finding, READY_BAD, CALL_REMEDY,
		    "The registrar holds another story than this gate; an epoch is not received.");
	else
		ready_say(finding, totals.unsent >= UNSENT_WARN ? READY_WARN : READY_OK,
		    totals.unsent >= UNSENT_WARN ? "Bring the gate to the network." : "",
		    "Recording%s. %" PRId64 " entries in %" PRId64 " %s, %" PRId64
		    " not yet received.",
		    looking->depth == READY_FULL ? ", and every entry verifies" : "",
		    totals.entries, totals.epochs, totals.epochs == 1 ? "epoch" : "epochs",
		    totals.unsent);
}

static int count_active(void *context, const struct peer *peer)
{
	if (peer->active)
		++*(unsigned *)context;
	return 0;
}

/* The first journal of another gate that did not verify. */
static int first_alarm(void *context, const struct follow_log *log)
{
	if (log->alarm[0] == '\0')
		return 0;
	*(struct follow_log *)context = *log;
	return 1;
}

void ready_doors(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	int64_t since = (looking->has_next ? looking->next.doors : looking->now_s) - DOORS_BEFORE_S;
	char names[PEER_NAMES_MAX] = "";
	struct follow_log alarmed = {.device = ""};
	unsigned others = 0, unheard = 0;

	if (tx != NULL && follow_each(tx, first_alarm, &alarmed) == 1)
		ready_say(finding, READY_BAD,
		    "Tell the administrator; once it is cleared up: gate peer forget NAME.",
		    "The journal of gate %.64s does not verify (%.60s): it is followed no further.",
		    alarmed.device, alarmed.alarm);
	else if (tx == NULL || peer_each(looking->gate, tx, count_active, &others) != 0 ||
		 peer_unheard(looking->gate, tx, &looking->now, since, &unheard, names) != 0)
		ready_say(finding, READY_WARN, "See the finding about the store.",
		    "The other gates can't be looked up.");
	else if (others == 0)
		ready_say(finding, READY_OK, "", "This is the only gate.");
	else if (unheard > 0)
		ready_say(finding, READY_WARN,
		    "Look at these gates and at the network between; a pass may be used at two "
		    "doors.",
		    "%u of %u other gates are not heard: %.150s.", unheard, others, names);
	else
		ready_say(finding, READY_OK, "", "%u other %s.", others,
		    others == 1 ? "gate, heard" : "gates, none missing");
}

void ready_devices(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	struct store_rows *rows = NULL;
	int64_t paired = -1;

	(void)looking;
	if (tx != NULL && store_one(tx, GATE_Q_READY_DEVICES, STORE_NO_ARGS, &rows) == STORE_ROW)
		paired = store_get_i64(rows, 0);
	store_done(rows);
	if (paired < 0)
		ready_say(finding, READY_WARN, "See the finding about the store.",
		    "The paired devices can't be looked up.");
	else if (paired == 0)
		ready_say(finding, READY_OK, "", "No tablet or phone is paired.");
	else
		ready_say(finding, READY_OK, "", "%" PRId64 " paired %s.", paired,
		    paired == 1 ? "tablet or phone" : "tablets and phones");
}

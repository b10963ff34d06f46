#include "gate/ready/ready.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gate/ready/ready_private.h"

/* In the order in which they are told. */
static const struct {
	const char *id;
	ready_check *check;
	bool unlocked; /* takes its time, or the lock itself */
} checks[] = {
    {"clock", ready_clock, false},
    {"disk", ready_disk, true},
    {"store", ready_store, true},
    {"journal", ready_journal, true},
    {"registrar", ready_registrar, false},
    {"keys", ready_keys, false},
    {"revocations", ready_revocations, false},
    {"roster", ready_roster, false},
    {"photos", ready_photos, false},
    {"staff", ready_staff, false},
    {"doors", ready_doors, false},
    {"devices", ready_devices, false},
    {"certificate", ready_certificate, true},
    {"power", ready_power, true},
};

enum { CHECKS = sizeof(checks) / sizeof(checks[0]) };
_Static_assert(
    sizeof(checks) / sizeof(checks[0]) <= (size_t)READY_MAX, "a report has room for every check");

void ready_say(struct ready_finding *finding, enum ready_state state, const char *remedy,
    const char *format, ...)
{
	va_list values;

	finding->state = state;
	va_start(values, format);
	(void)vsnprintf(finding->words, sizeof(finding->words), format, values);
	va_end(values);
	(void)snprintf(finding->remedy, sizeof(finding->remedy), "%s", remedy);
}

static int note_conference(void *context, const struct conference *conference)
{
	struct looking *looking = context;

	looking->rosters++;
	if (!looking->has_next && (looking->now_s == 0 || conference->ends > looking->now_s)) {
		looking->next = *conference;
		looking->has_next = true;
	}
	return 0;
}

/* The lock is held. */
static void gather(struct looking *looking, struct store_tx *tx)
{
	struct gate *gate = looking->gate;
	struct clock_floor floor = {.entry_ms = gate->journal.newest_ms};

	if (gate->keys != NULL)
		floor.bundle_ms = gate->keys->head.issued * 1000;
	looking->timed = clock_read(&gate->clock, &looking->now) == 0;
	if (looking->timed) {
		looking->now_s = looking->now.time_ms / 1000;
		looking->suspect = clock_suspect(&gate->clock, &looking->now, &floor);
	}
	looking->syncing = gate->sync != NULL;
	if (looking->syncing)
		sync_status(gate->sync, &looking->sync);
	if (looking->timed)
		looking->facts->clock = entry_clock_word(looking->now.state);
	looking->facts->clock_known = looking->syncing && looking->sync.clock_known;
	looking->facts->clock_ahead_ms = looking->sync.clock_ahead_ms;
	if (tx != NULL)
		looking->store_failed = conference_each(tx, note_conference, looking);
}

static void look_locked(struct looking *looking, struct ready_report *report)
{
	struct gate *gate = looking->gate;
	struct store_tx *tx = NULL;

	gate_lock(gate);
	looking->store_failed =
	    gate->store == NULL ? STORE_CLOSED : store_read_begin(gate->store, &tx);
	gather(looking, tx);
	for (size_t i = 0; i < CHECKS; i++)
		if (!checks[i].unlocked)
			checks[i].check(looking, tx, &report->findings[i]);
	store_read_end(tx);
	gate_unlock(gate);
}

void ready_look(struct gate *gate, enum ready_depth depth, struct ready_report *ret_report)
{
	struct looking looking = {.gate = gate, .depth = depth, .facts = &ret_report->facts};

	memset(ret_report, 0, sizeof(*ret_report));
	ret_report->facts = (struct ready_facts){.clock = "none",
	    .free_mib = -1,
	    .entries = -1,
	    .unsent = -1,
	    .stopped = -1,
	    .roster_age = -1,
	    .revoked_age = -1};
	ret_report->n = CHECKS;
	for (size_t i = 0; i < CHECKS; i++)
		ret_report->findings[i].id = checks[i].id;
	look_locked(&looking, ret_report);
	ret_report->at = looking.now_s;
	for (size_t i = 0; i < CHECKS; i++) {
		if (checks[i].unlocked)
			checks[i].check(&looking, NULL, &ret_report->findings[i]);
		if (ret_report->findings[i].state > ret_report->worst)
			ret_report->worst = ret_report->findings[i].state;
	}
}

const char *ready_word(enum ready_state state)
{
	static const char *const words[] = {"ok", "warn", "bad"};

	return words[state];
}

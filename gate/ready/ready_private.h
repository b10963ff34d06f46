/* ready_private: what the files of ready share. */
#ifndef GATE_READY_PRIVATE_H
#define GATE_READY_PRIVATE_H

#include "gate/conference.h"
#include "gate/ready/ready.h"
#include "gate/sync/sync.h"

/* What one look knows before it judges. */
struct looking {
	struct gate *gate;
	enum ready_depth depth;
	struct clock_reading now;
	bool timed;    /* now holds */
	int64_t now_s; /* 0: no time */
	bool suspect;
	bool syncing; /* sync holds: the loops run in this process */
	struct sync_status sync;
	struct conference next; /* the one that is on, or opens soonest */
	bool has_next;
	unsigned rosters;
	int store_failed; /* 0, or why the store can't be read */
	struct ready_facts *facts;
};

/* One check: fills state, words and remedy. tx: a snapshot, under the gate's lock; NULL where the
 * check does not ask for one, or the store can't be read. */
typedef void ready_check(
    struct looking *looking, struct store_tx *tx, struct ready_finding *finding);

/* Writes a finding. */
void ready_say(struct ready_finding *finding, enum ready_state state, const char *remedy,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ready_machine.c: without the store. */
ready_check ready_clock, ready_disk, ready_certificate, ready_power;
/* ready_lists.c */
ready_check ready_registrar, ready_keys, ready_revocations, ready_roster, ready_photos, ready_staff;
/* ready_journal.c */
ready_check ready_store, ready_journal, ready_doors, ready_devices;

/* The machine's power as the files under dir say (/sys/class/power_supply). */
void ready_power_of(const char *dir, struct ready_finding *finding);

/* A timed write of a few bytes into dir, made durable and removed. Returns milliseconds, or -1 with
 * errno. */
int64_t ready_write_ms(const char *dir);

#endif

/* What is done with a gate or the registrar, and what the model learns of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { SYNC_REFUSED = 422, STORE_FULL = -6 }; /* gate/sync/sync.h, schema/store.h */
enum { ASKS_MAX = 12 };

static struct door *enter(struct run *run, int gate)
{
	sim_here = &run->doors[gate].machine;
	return &run->doors[gate];
}

bool door_open(struct run *run, int gate)
{
	const struct sim_gate_options options = {
	    .built_s = SIM_TRUE / 1000 - 86400, .no_mark = sim_control == CONTROL_NO_MARK};
	struct door *door = enter(run, gate);
	char why[SIM_WHY] = "";
	int r =
	    sim_gate_open(door->machine.dir, &options, net_ask, &net_ends[gate], &door->side, why);

	if (r == 0) {
		door->floor_ms = door->floor_ms > sim_true_ms + door->machine.clock_ms
				     ? door->floor_ms
				     : sim_true_ms + door->machine.clock_ms;
		run_say(run, "%s: open", door->machine.name);
		return true;
	}
	door->side = NULL;
	run_say(run, "%s: does not open: %d %s", door->machine.name, r, why);
	/* A full disk, and power that goes again, are no damage: it opens later. */
	if (!door->full && !memdisk_is_off(door->machine.disk))
		run_harm(run, HARM_CORRUPT, "%s does not open: %d %s", door->machine.name, r, why);
	return false;
}

int door_ask_peer(struct run *run, int gate, int other)
{
	struct door *door = enter(run, gate);
	struct peer_end end = {run, gate, other, false};
	int64_t wall = sim_true_ms + door->machine.clock_ms;
	unsigned asked = 0;
	int r;

	if (door->side == NULL)
		return -1;
	/* One log an answer. */
	do
		r = sim_gate_ask_peer(
		    door->side, run->doors[other].machine.name, net_ask_peer, &end);
	while (r == 0 && end.news && ++asked < ASKS_MAX);
	run_say(run, "%s: asks %s: %d", door->machine.name, run->doors[other].machine.name, r);
	if (wall > door->floor_ms)
		door->floor_ms = wall;
	if (r == 0 && !end.news && !run->plan.done && !memdisk_is_off(door->machine.disk))
		door->told[other] = run->step;
	return r;
}

void door_close(struct run *run, int gate)
{
	struct door *door = enter(run, gate);

	sim_gate_close(door->side);
	door->side = NULL;
}

bool door_settle_power(struct run *run, int gate, bool killed)
{
	struct door *door = enter(run, gate);
	struct memdisk *disk = door->machine.disk;

	if (!memdisk_is_off(disk)) {
		/* It happened after all that was asked for: the power goes now. */
		memdisk_cut_power(disk, 1);
		(void)memdisk_step(disk);
	}
	door_close(run, gate);
	memdisk_power_on(disk);
	if (killed)
		door->machine.mark_before_len = 0;
	else
		machine_power_cut(&door->machine, &run->state);
	memdisk_set_quota(door->machine.disk, 0);
	door->full = false;
	return door_open(run, gate);
}

static void show(struct run *run, int gate, int pass, const struct sim_verdict *verdict)
{
	struct door *door = &run->doors[gate];
	int64_t wall = sim_true_ms + door->machine.clock_ms;
	struct shown *shown = &run->shown[run->n_shown++];

	if (run->n_shown == SHOWN_MAX)
		abort();
	*shown = (struct shown){.gate = gate,
	    .pass = pass,
	    .epoch = verdict->epoch,
	    .seq = verdict->seq,
	    .step = run->step,
	    .twin = gate == TWIN || gate == run->twin_of,
	    .right = door->machine.clock_ms == 0};
	(void)snprintf(shown->decision, sizeof(shown->decision), "%.11s", verdict->decision);
	if (wall > door->newest_ms)
		door->newest_ms = wall;
	run->admits += verdict->admit;
	run->denials += !verdict->admit;
}

/* Who goes in or out by what was shown. What an undo leaves is where the pass was before. */
static void move(struct run *run, int gate, int pass, const struct sim_verdict *verdict)
{
	struct door *door = &run->doors[gate];

	if (pass < 0)
		return;
	if (verdict->admit || strcmp(verdict->decision, "override") == 0)
		door->inside[pass] = 1;
	else if (strcmp(verdict->decision, "exit") == 0)
		door->inside[pass] = 0;
	else if (strcmp(verdict->decision, "void") == 0)
		door->inside[pass] = 2;
}

/* Not recorded, or nobody read it: it may stand in the journal all the same. */
static void doubt(struct run *run, int gate, int pass, const struct sim_verdict *verdict)
{
	if (pass >= 0 && verdict->failure != STORE_FULL)
		run->doors[gate].inside[pass] = 2;
}

void door_act(struct run *run, int gate, enum sim_act act, int pass, const struct shown *undone)
{
	static const char *const names[] = {"scan", "exit", "override", "undo"};
	struct door *door = enter(run, gate);
	int64_t wall = sim_true_ms + door->machine.clock_ms;
	struct sim_verdict verdict;
	bool off;

	if (door->side == NULL)
		return;
	run->passes[pass].moved |= 1u << gate;
	sim_gate_act(door->side, SIM_SLUG, act, run->passes[pass].pass.text,
	    undone == NULL ? 0 : undone->epoch, undone == NULL ? 0 : undone->seq, &verdict);
	off = memdisk_is_off(door->machine.disk);
	run_say(run, "%s: %s %d: %s%s %d %llu/%llu", door->machine.name, names[act], pass,
	    verdict.recorded ? verdict.decision : "not recorded", off ? ", power gone" : "",
	    verdict.failure, (unsigned long long)(verdict.epoch - SIM_TRUE / 1000),
	    (unsigned long long)verdict.seq);
	if (verdict.recorded && !off) {
		show(run, gate, pass, &verdict);
		move(run, gate, pass, &verdict);
	} else {
		doubt(run, gate, pass, &verdict);
	}
	if (wall > door->floor_ms)
		door->floor_ms = wall;
}

void door_scan(struct run *run, int gate, int pass, bool garbage)
{
	struct door *door = enter(run, gate);
	const char *text = garbage ? "no pass at all" : run->passes[pass].pass.text;
	int64_t wall = sim_true_ms + door->machine.clock_ms;
	struct sim_gate_stands before;
	struct sim_verdict verdict;
	int known = garbage ? -1 : pass;
	bool off;

	if (door->side == NULL)
		return;
	sim_gate_stands(door->side, &before);
	sim_gate_scan(door->side, SIM_SLUG, text, &verdict);
	off = memdisk_is_off(door->machine.disk);
	run_say(run, "%s: scan %d: %s %s%s%s %llu/%llu", door->machine.name, known,
	    verdict.admit ? "admit" : "no", verdict.reason,
	    verdict.recorded ? "" : ", not recorded", off ? ", power gone" : "",
	    (unsigned long long)(verdict.epoch - SIM_TRUE / 1000), (unsigned long long)verdict.seq);
	if (verdict.recorded && !off) {
		check_verdict(run, gate, known, &verdict);
		show(run, gate, known, &verdict);
		move(run, gate, known, &verdict);
	} else if (sim_control == CONTROL_SHOWN_EARLY) {
		/* It was on the screen before it was on the disk. */
		verdict.admit = true;
		(void)snprintf(verdict.decision, SIM_WORD, "admit");
		verdict.epoch = before.epoch;
		verdict.seq = before.size;
		show(run, gate, known, &verdict);
	} else {
		if (verdict.admit && !off)
			run_harm(run, HARM_WRONG, "%s admits without an entry", door->machine.name);
		/* It may be recorded all the same, but nobody read it. */
		if (known >= 0 && door->inside[known] == 0)
			doubt(run, gate, known, &verdict);
	}
	if (wall > door->floor_ms)
		door->floor_ms = wall;
}

static bool is_clean(const struct run *run)
{
	return !run->plan.done;
}

int door_sync(struct run *run, int gate, int loop)
{
	struct door *door = enter(run, gate);
	int64_t wall = sim_true_ms + door->machine.clock_ms;
	uint64_t forged = run->counts.tries[FAULT_FORGED];
	struct sim_gate_stands stands;
	bool doors;
	int r;

	if (door->side == NULL)
		return -1;
	run->asked = 0;
	doors = strcmp(sim_gate_loop_name(loop), "doors") == 0;
	r = doors && sim_control == CONTROL_FOLLOWING ? 0 : sim_gate_sync(door->side, loop);
	run_say(run, "%s: %s: %d", door->machine.name, sim_gate_loop_name(loop), r);
	if (wall > door->floor_ms)
		door->floor_ms = wall;
	if (sim_true_ms > door->floor_ms)
		door->floor_ms = sim_true_ms;
	if (loop == 1 && r == 0 && run->counts.tries[FAULT_FORGED] != forged)
		run_harm(
		    run, HARM_LOST, "%s believes a receipt that nobody gave", door->machine.name);
	sim_gate_stands(door->side, &stands);
	door->said |= stands.equivocation || stands.restored;
	/* With nothing to send nothing is asked, and a registrar that was set back stays behind. */
	if (loop == 1 && r == 0 && run->asked > 0)
		door->sent = run->step;
	if (r == 0 && doors && is_clean(run) && !door->cut_off)
		for (int i = 0; i < GATES; i++)
			/* The registrar tells nobody of the journal of a gate it has ended; what
			 * that stopped stands in the lists. */
			if (!run->doors[i].revoked)
				door->told[i] = run->doors[i].sent;
	if (loop != 0)
		return r;
	if (!door->cut_off && !door->revoked)
		door->maybe = run->step;
	if (r == 0 && is_clean(run) && !memdisk_is_off(door->machine.disk)) {
		door->sure = run->step;
		/* When it was looked at is noted by the gate's clock. */
		door->sure_ms = llabs(door->machine.clock_ms) < 30000 ? sim_true_ms : 0;
	}
	return r;
}

bool registrar_open_side(struct run *run)
{
	char why[SIM_WHY] = "";
	int r;

	sim_here = &run->machine;
	r = sim_registrar_open(run->machine.dir, &run->registrar, why);
	run_say(run, "registrar: open: %d %s", r, r == 0 ? "" : why);
	if (r == 0)
		return true;
	run->registrar = NULL;
	if (!memdisk_is_off(run->machine.disk))
		run_harm(run, HARM_CORRUPT, "the registrar does not open: %d %s", r, why);
	return false;
}

bool registrar_settle_power(struct run *run)
{
	struct memdisk *disk = run->machine.disk;

	sim_here = &run->machine;
	if (!memdisk_is_off(disk)) {
		memdisk_cut_power(disk, 1);
		(void)memdisk_step(disk);
	}
	sim_registrar_close(run->registrar);
	run->registrar = NULL;
	memdisk_power_on(disk);
	machine_power_cut(&run->machine, &run->state);
	return registrar_open_side(run);
}

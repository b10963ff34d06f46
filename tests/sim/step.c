/* What happens next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { LOOP_DOWN = 0, LOOP_UP = 1 };

static void advance(struct run *run)
{
	uint64_t kind = run_random(run, 40);

	if (kind == 0)
		sim_true_ms += (int64_t)run_random(run, 900) * 1000;
	else
		sim_true_ms += 200 + (int64_t)run_random(run, 8000);
}

/* ---- people ---- */

/* The newest pass of somebody, or, seldom, an older one. */
static int some_pass(struct run *run)
{
	int pass = (int)run_random(run, run->n_passes);

	if (run_random(run, 3) == 0 && run->n_shown > 0) {
		int again = run->shown[run_random(run, run->n_shown)].pass;

		return again < 0 ? pass : again;
	}
	return pass;
}

int some_gate(struct run *run)
{
	return (int)run_random(run, GATES);
}

/* The newest admission at a gate, to be taken back. */
static const struct shown *newest_admission(const struct run *run, int gate)
{
	for (size_t i = run->n_shown; i > 0; i--)
		if (run->shown[i - 1].gate == gate && run->shown[i - 1].pass >= 0 &&
		    strcmp(run->shown[i - 1].decision, "admit") == 0)
			return &run->shown[i - 1];
	return NULL;
}

void scan(struct run *run, int gate)
{
	const struct shown *undone = newest_admission(run, gate);
	uint64_t kind = run_random(run, 24);

	if (kind < 3) {
		door_act(run, gate, SIM_EXIT, some_pass(run), NULL);
		return;
	}
	if (kind == 3) {
		door_act(run, gate, SIM_OVERRIDE, some_pass(run), NULL);
		return;
	}
	if (kind == 4 && undone != NULL) {
		door_act(run, gate, SIM_UNDO, undone->pass, undone);
		return;
	}
	door_scan(run, gate, some_pass(run), run_random(run, 20) == 0);
}

/* ---- syncing, well and badly ---- */

static void sync_well(struct run *run)
{
	int gate = some_gate(run);

	run->plan = (struct plan){.fault = FAULT_NONE};
	(void)door_sync(run, gate, (int)run_random(run, (uint64_t)sim_gate_loops()));
	after_office(run);
}

/* Those who have read that an older list came also try what it still has. */
static void try_ended(struct run *run, int gate)
{
	for (size_t i = 0; i < run->n_passes; i++)
		if (run->passes[i].ended != 0 && run_random(run, 2) == 0)
			door_scan(run, gate, (int)i, false);
}

static void sync_planned(struct run *run, int gate, int loop, enum fault fault, unsigned at)
{
	bool old;

	run->plan =
	    (struct plan){.fault = fault, .at = at, .chance = run_random(run, UINT64_C(1) << 32)};
	(void)door_sync(run, gate, loop);
	old = fault == FAULT_OLD_LIST && run->plan.done;
	run->plan = (struct plan){.fault = FAULT_NONE};
	after_office(run);
	if (old)
		try_ended(run, gate);
}

static void sync_badly(struct run *run)
{
	static const enum fault kinds[] = {FAULT_CUT_BEFORE, FAULT_CUT_REQUEST, FAULT_CUT_ANSWER,
	    FAULT_TWICE, FAULT_LATE, FAULT_OLD_LIST, FAULT_BAD_BYTES, FAULT_FORGED};
	int gate = some_gate(run), loop = (int)run_random(run, (uint64_t)sim_gate_loops());
	enum fault fault = kinds[run_random(run, 8)];

	if (fault == FAULT_FORGED)
		sync_planned(run, gate, LOOP_UP, fault, 0);
	else if (fault == FAULT_OLD_LIST)
		sync_planned(run, gate, LOOP_DOWN, fault, 0);
	else
		sync_planned(run, gate, loop, fault, (unsigned)run_random(run, 3));
}

/* A pass ends, a gate hears of it, and when it next asks for news it is told what was before. */
static void end_and_bring_back(struct run *run)
{
	int gate = some_gate(run);

	if (run->registrar == NULL && !registrar_open_side(run))
		return;
	sim_here = &run->machine;
	cancel(run);
	after_office(run);
	(void)door_sync(run, gate, LOOP_DOWN);
	after_office(run);
	if (run->registrar == NULL)
		return;
	sim_here = &run->machine;
	reissue(run);
	after_office(run);
	sync_planned(run, gate, LOOP_DOWN, FAULT_OLD_LIST, 0);
}

static void send_twice(struct run *run)
{
	sync_planned(run, some_gate(run), LOOP_UP, FAULT_TWICE, 0);
}

static void copy_or_set_back(struct run *run)
{
	struct image *image = &run->machine.images[0];

	if (image->taken && run_random(run, 3) == 0) {
		set_back_registrar(run);
		return;
	}
	machine_take(&run->machine, image);
	image->when = run->step;
}

static void scan_on_failing_disk(struct run *run)
{
	int gate = some_gate(run);
	struct door *door = &run->doors[gate];

	if (door->side == NULL)
		return;
	run_fault(run, FAULT_FSYNC);
	memdisk_fail_sync(door->machine.disk, 1, false);
	door_scan(run, gate, (int)run_random(run, run->n_passes), false);
	memdisk_fail_sync(door->machine.disk, 0, false);
}

static void clone_or_go_on(struct run *run)
{
	if (run->twin_of < 0)
		more_clone(run);
	else
		more_twin(run);
}

static void partition(struct run *run)
{
	struct door *door = &run->doors[some_gate(run)];

	door->cut_off = !door->cut_off;
	if (door->cut_off)
		run_fault(run, FAULT_PARTITION);
}

/* ---- one step ---- */

void run_step(struct run *run)
{
	/* Where a defence is off, what it is against comes often. */
	static void (*const provoked[CONTROLS])(struct run * run) = {
	    [CONTROL_NO_MARK] = set_back_gate,
	    [CONTROL_VERSIONS] = end_and_bring_back,
	    [CONTROL_CLOCK] = set_clock,
	    [CONTROL_TWINS] = clone_or_go_on,
	    [CONTROL_PEERS] = more_ask,
	    [CONTROL_REFUSED] = more_poison,
	    [CONTROL_TWICE] = send_twice,
	    [CONTROL_GAP] = copy_or_set_back,
	    [CONTROL_UNRECORDED] = scan_on_failing_disk,
	    [CONTROL_STOLEN] = revoke_gate,
	    [CONTROL_REPAIR] = damage_page,
	};
	static const struct {
		unsigned weight;
		void (*happens)(struct run *run);
	} table[] = {
	    {20, sync_well},
	    {10, office},
	    {14, sync_badly},
	    {2, partition},
	    {2, lose_registrar},
	    {2, fail_fsync},
	    {1, fail_registrar_fsync},
	    {1, fill_disk},
	    {4, keep_copy},
	    {2, set_back_gate},
	    {1, set_back_registrar},
	    {2, set_clock},
	    {2, right_clock},
	    {1, net_deliver_late},
	    {8, more_ask},
	    {2, more_part},
	    {3, more_stop},
	    {1, more_lift},
	    {1, more_clone},
	    {2, more_twin},
	    {1, more_poison},
	    {1, damage_page},
	};
	/* Without the rows from more_ask on: 19 of them. */
	uint64_t more = run->more ? 19 : 0, draw = run_random(run, 110 + more), sum = 0;
	size_t rows = sizeof(table) / sizeof(table[0]) - (run->more ? 0 : 8);

	advance(run);
	if (provoked[sim_control] != NULL && run_random(run, 8) == 0) {
		provoked[sim_control](run);
		return;
	}
	for (size_t i = 0; i < rows; i++) {
		sum += table[i].weight;
		if (draw < sum) {
			table[i].happens(run);
			return;
		}
	}
	if (draw >= 102 + more)
		lose_gate(run, draw >= 107 + more);
	else if (draw == 101 + more && run_random(run, 6) == 0)
		revoke_gate(run);
	else
		scan(run, some_gate(run));
}

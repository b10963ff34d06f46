/* What happens next, and the end of a story: everything is healed and synced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum {
	LOOP_DOWN = 0,
	LOOP_UP = 1,
	ROUNDS = 6, /* after which everything must be everywhere */
};

static void advance(struct run *run)
{
	uint64_t kind = run_random(run, 40);

	if (kind == 0)
		sim_true_ms += (int64_t)run_random(run, 900) * 1000;
	else
		sim_true_ms += 200 + (int64_t)run_random(run, 8000);
}

/* ---- the beginning ---- */

static void begin_door(struct run *run, int gate)
{
	struct door *door = &run->doors[gate];
	static const char *const names[] = {"north", "south", "east", "west"};

	machine_init(&door->machine, run->world->folder, names[gate], "epoch.mark");
	machine_put(&door->machine, &run->world->images[gate]);
	sim_here = &door->machine;
	net_ends[gate] = (struct net_end){run, gate};
	if (sim_gate_settle(door->machine.dir) != 0)
		abort();
	(void)door_open(run, gate);
}

void run_begin(struct run *run)
{
	sim_true_ms = SIM_TRUE + 30000;
	run->steps = 60 + (unsigned)run_random(run, 90);
	if (sim_control == CONTROL_SYNC_OFF)
		sim_hooks_live.synchronous = "OFF";
	machine_init(&run->machine, run->world->folder, "registrar", "journal.mark");
	machine_put(&run->machine, &run->world->images[REGISTRAR]);
	sim_here = &run->machine;
	if (sim_registrar_settle(run->machine.dir) != 0)
		abort();
	(void)registrar_open_side(run);
	for (int i = 0; i < GATES; i++)
		begin_door(run, i);
	for (unsigned i = 0; i < PEOPLE + ELSEWHERE; i++)
		run->passes[run->n_passes++] = (struct known_pass){
		    .pass = run->world->passes[i], .person = i, .elsewhere = i >= PEOPLE};
	run->twin_of = -1;
	run->poison.gate = -1;
	run->step = 1;
	for (int i = 0; i < GATES; i++)
		(void)door_sync(run, i, LOOP_DOWN);
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

static int some_gate(struct run *run)
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

static void scan(struct run *run, int gate)
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

/* ---- the office ---- */

static void after_office(struct run *run)
{
	sim_here = &run->machine;
	if (memdisk_is_off(run->machine.disk) || sim_registrar_failed(run->registrar))
		(void)registrar_settle_power(run);
}

static void reissue(struct run *run)
{
	int at = (int)run_random(run, run->n_passes);
	struct known_pass *old = &run->passes[at];
	struct sim_pass made;
	int r;

	if (run->n_passes == PASSES_MAX || old->ended != 0 || old->open || old->elsewhere)
		return;
	r = sim_registrar_reissue(run->registrar, old->pass.reference, &made);
	run_say(run, "office: reissue %d: %d", at, r);
	if (r != 0 || memdisk_is_off(run->machine.disk)) {
		old->open = true;
		return;
	}
	old->ended = run->step;
	run->passes[run->n_passes++] =
	    (struct known_pass){.pass = made, .person = old->person, .made = run->step};
}

static void cancel(struct run *run)
{
	int at = (int)run_random(run, run->n_passes);
	struct known_pass *old = &run->passes[at];
	int r;

	if (old->ended != 0 || old->open || old->elsewhere)
		return;
	r = sim_registrar_cancel(run->registrar, old->pass.reference);
	run_say(run, "office: cancel %d: %d", at, r);
	old->ended = run->step;
	old->open = r != 0 || memdisk_is_off(run->machine.disk);
}

static void bar(struct run *run)
{
	int pass = run_random(run, 2) == 0 ? -1 : (int)run_random(run, run->n_passes);
	struct bar *made = &run->bars[run->n_bars];
	int r;

	if (run->n_bars == BARS_MAX)
		return;
	*made = (struct bar){.pass = pass, .gate = -1, .made = run->step};
	r = sim_registrar_restrict(run->registrar, pass < 0 ? run->world->conference : 0,
	    pass < 0 ? NULL : run->passes[pass].pass.id, &made->id);
	run_say(run, "office: restrict %d: %d", pass, r);
	made->open = r != 0 || memdisk_is_off(run->machine.disk);
	run->n_bars++;
}

static void lift(struct run *run)
{
	struct bar *one;
	int r;

	if (run->n_bars == 0)
		return;
	one = &run->bars[run_random(run, run->n_bars)];
	if (one->id == 0 || one->lifted != 0 || one->open)
		return;
	r = sim_registrar_lift(run->registrar, one->id);
	run_say(run, "office: lift %lld: %d", (long long)one->id, r);
	one->lifted = run->step;
	one->open = r != 0 || memdisk_is_off(run->machine.disk);
}

static void office(struct run *run)
{
	if (run->registrar == NULL && !registrar_open_side(run))
		return;
	sim_here = &run->machine;
	switch (run_random(run, 6)) {
	case 0:
	case 1:
		reissue(run);
		break;
	case 2:
		cancel(run);
		break;
	case 3:
		bar(run);
		break;
	default:
		lift(run);
		break;
	}
	after_office(run);
}

static void revoke_gate(struct run *run)
{
	int gate = some_gate(run), others = 0;

	for (int i = 0; i < GATES; i++)
		others += !run->doors[i].revoked;
	if (others < 3 || run->registrar == NULL)
		return;
	sim_here = &run->machine;
	if (sim_registrar_revoke(run->registrar, run->doors[gate].machine.name) != 0)
		return;
	run_fault(run, FAULT_GATE_REVOKED);
	run->doors[gate].revoked = true;
}

/* ---- syncing, well and badly ---- */

static void sync_well(struct run *run)
{
	int gate = some_gate(run);

	run->plan = (struct plan){.fault = FAULT_NONE};
	(void)door_sync(run, gate, (int)run_random(run, (uint64_t)sim_gate_loops()));
	after_office(run);
}

static void sync_badly(struct run *run)
{
	static const enum fault kinds[] = {FAULT_CUT_BEFORE, FAULT_CUT_REQUEST, FAULT_CUT_ANSWER,
	    FAULT_TWICE, FAULT_LATE, FAULT_OLD_LIST, FAULT_BAD_BYTES, FAULT_FORGED};

	int gate = some_gate(run);
	struct plan *plan = &run->plan;
	bool old;

	*plan = (struct plan){.fault = kinds[run_random(run, 8)],
	    .at = (unsigned)run_random(run, 3),
	    .chance = run_random(run, UINT64_C(1) << 32)};
	if (sim_control == CONTROL_VERSIONS)
		plan->fault = FAULT_OLD_LIST;
	if (plan->fault == FAULT_FORGED || plan->fault == FAULT_OLD_LIST)
		plan->at = 0;
	(void)door_sync(run, gate,
	    plan->fault == FAULT_FORGED	    ? LOOP_UP
	    : plan->fault == FAULT_OLD_LIST ? LOOP_DOWN
					    : (int)run_random(run, (uint64_t)sim_gate_loops()));
	old = plan->fault == FAULT_OLD_LIST && plan->done;
	*plan = (struct plan){.fault = FAULT_NONE};
	after_office(run);
	/* Those who have read that an older list came also try what it still has. */
	for (size_t i = 0; old && i < run->n_passes; i++)
		if (run->passes[i].ended != 0 && run_random(run, 2) == 0)
			door_scan(run, gate, (int)i, false);
}

static void partition(struct run *run)
{
	struct door *door = &run->doors[some_gate(run)];

	door->cut_off = !door->cut_off;
	if (door->cut_off)
		run_fault(run, FAULT_PARTITION);
}

/* ---- machines ---- */

/* What is under way when the power goes. */
static void act(struct run *run, int gate)
{
	switch (run_random(run, 4)) {
	case 0:
		(void)door_sync(run, gate, LOOP_DOWN);
		break;
	case 1:
		(void)door_sync(run, gate, LOOP_UP);
		break;
	default:
		scan(run, gate);
		break;
	}
}

static void lose_gate(struct run *run, bool killed)
{
	int gate = some_gate(run);
	struct door *door = &run->doors[gate];

	if (door->side == NULL)
		return;
	run_fault(run, killed ? FAULT_KILL : FAULT_POWER);
	memdisk_cut_power(door->machine.disk, 1 + run_random(run, 24));
	act(run, gate);
	(void)door_settle_power(run, gate, killed);
	after_office(run);
}

static void lose_registrar(struct run *run)
{
	if (run->registrar == NULL)
		return;
	run_fault(run, FAULT_REGISTRAR_POWER);
	memdisk_cut_power(run->machine.disk, 1 + run_random(run, 40));
	switch (run_random(run, 3)) {
	case 0:
		office(run);
		break;
	default:
		(void)door_sync(run, some_gate(run), LOOP_UP);
		break;
	}
	(void)registrar_settle_power(run);
}

static void fail_fsync(struct run *run)
{
	int gate = some_gate(run);
	struct door *door = &run->doors[gate];

	if (door->side == NULL)
		return;
	run_fault(run, FAULT_FSYNC);
	memdisk_fail_sync(door->machine.disk, 1 + (unsigned)run_random(run, 2), false);
	act(run, gate);
	memdisk_fail_sync(door->machine.disk, 0, false);
	after_office(run);
}

static void fail_registrar_fsync(struct run *run)
{
	if (run->registrar == NULL)
		return;
	run_fault(run, FAULT_REGISTRAR_FSYNC);
	memdisk_fail_sync(run->machine.disk, 1, false);
	if (run_random(run, 2) == 0)
		office(run);
	else
		(void)door_sync(run, some_gate(run), LOOP_UP);
	memdisk_fail_sync(run->machine.disk, 0, false);
	after_office(run);
}

static void fill_disk(struct run *run)
{
	struct door *door = &run->doors[some_gate(run)];

	door->full = !door->full;
	memdisk_set_quota(door->machine.disk,
	    door->full ? memdisk_used(door->machine.disk) + run_random(run, 20000) : 0);
	if (door->full)
		run_fault(run, FAULT_FULL);
}

/* ---- copies ---- */

static void keep_copy(struct run *run)
{
	struct machine *machine =
	    run_random(run, 4) == 0 ? &run->machine : &run->doors[some_gate(run)].machine;
	struct image *image = &machine->images[run_random(run, IMAGES_MAX)];

	machine_take(machine, image);
	image->when = run->step;
	for (int i = 0; i < GATES; i++)
		if (machine == &run->doors[i].machine)
			image->sure = run->doors[i].sure;
	run_say(run, "%s: a copy is kept", machine->name);
}

static struct image *some_image(struct run *run, struct machine *machine)
{
	struct image *image = &machine->images[run_random(run, IMAGES_MAX)];

	return image->taken ? image : NULL;
}

static void forget_since(struct run *run, int gate, unsigned when, unsigned sure)
{
	struct door *door = &run->doors[gate];

	for (size_t i = 0; i < run->n_shown; i++) {
		if (run->shown[i].gate != gate)
			continue;
		/* Uploaded by then or not: it stood on the disk that is gone. */
		if (run->shown[i].step >= when)
			run->shown[i].excused = true;
		if (run->shown[i].step >= when && run->shown[i].pass >= 0)
			door->inside[run->shown[i].pass] = 2;
	}
	if (door->sure > sure)
		door->sure = sure;
	memset(door->told, 0, sizeof(door->told));
	door->sure_ms = 0;
	door->newest_ms = 0;
	door->alarmed = true;
	for (size_t i = 0; i < run->n_bars; i++)
		run->bars[i].open |= run->bars[i].gate == gate && run->bars[i].made >= when;
}

static void set_back_gate(struct run *run)
{
	int gate = some_gate(run);
	struct door *door = &run->doors[gate];
	struct image *image = some_image(run, &door->machine);

	if (image == NULL)
		return;
	run_fault(run, FAULT_SET_BACK);
	run_say(run, "%s: set back to step %u", door->machine.name, image->when);
	door_close(run, gate);
	machine_put(&door->machine, image);
	machine_boot(&door->machine, &run->state);
	door->full = false;
	forget_since(run, gate, image->when, image->sure);
	(void)door_open(run, gate);
	for (uint64_t i = run_random(run, 4); i > 0; i--)
		scan(run, gate);
}

static void set_back_registrar(struct run *run)
{
	struct image *image = some_image(run, &run->machine);

	if (image == NULL)
		return;
	run_fault(run, FAULT_REGISTRAR_BACK);
	run_say(run, "registrar: set back to step %u", image->when);
	sim_here = &run->machine;
	sim_registrar_close(run->registrar);
	run->registrar = NULL;
	machine_put(&run->machine, image);
	machine_boot(&run->machine, &run->state);
	for (size_t i = 0; i < run->n_passes; i++)
		if (run->passes[i].made >= image->when || run->passes[i].ended >= image->when)
			run->passes[i].open = true;
	for (size_t i = 0; i < run->n_bars; i++)
		if (run->bars[i].made >= image->when || run->bars[i].lifted >= image->when)
			run->bars[i].open = true;
	for (int i = 0; i < GATES; i++) {
		run->doors[i].revoked_open = run->doors[i].revoked;
		run->doors[i].sent = 0;
	}
	(void)registrar_open_side(run);
}

/* ---- clocks ---- */

static void set_clock(struct run *run)
{
	static const int64_t far[] = {-SIM_TRUE, INT64_C(4292000000000) - SIM_TRUE};
	struct door *door = &run->doors[some_gate(run)];
	bool back = run_random(run, 2) == 0;
	int64_t by = (int64_t)(run_random(run, 3) == 0 ? run_random(run, 90000000)
						       : run_random(run, 300000));

	if (run_random(run, 6) == 0)
		by = back ? far[0] : far[1];
	else
		by = back ? -by : by;
	run_fault(run, by < 0 ? FAULT_CLOCK_BACK : FAULT_CLOCK_FORWARD);
	door->machine.clock_ms = by;
	run_say(run, "%s: clock %lld ms", door->machine.name, (long long)by);
}

static void right_clock(struct run *run)
{
	run->doors[some_gate(run)].machine.clock_ms = 0;
}

/* ---- one step ---- */

void run_step(struct run *run)
{
	/* Where a defence is off, what it is against comes often. */
	static void (*const provoked[CONTROLS])(struct run * run) = {
	    [CONTROL_NO_MARK] = set_back_gate,
	    [CONTROL_VERSIONS] = sync_badly,
	    [CONTROL_CLOCK] = set_clock,
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
	};
	/* Without the rows from more_ask on: 18 of them. */
	uint64_t more = sim_more ? 18 : 0, draw = run_random(run, 110 + more), sum = 0;
	size_t rows = sizeof(table) / sizeof(table[0]) - (sim_more ? 0 : 7);

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

/* ---- the end ---- */

static void heal(struct run *run)
{
	net_deliver_late(run);
	run->plan = (struct plan){.fault = FAULT_NONE};
	if (run->registrar == NULL)
		(void)registrar_open_side(run);
	run->poison.gate = -1;
	memset(run->apart, 0, sizeof(run->apart));
	for (int i = 0; i < (run->twin_of < 0 ? GATES : DOORS); i++) {
		struct door *door = &run->doors[i];

		door->cut_off = false;
		door->machine.clock_ms = 0;
		memdisk_set_quota(door->machine.disk, 0);
		door->full = false;
		sim_here = &door->machine;
		if (door->side == NULL && !door_open(run, i))
			continue;
	}
	sim_true_ms += 120000;
}

static void settle(struct run *run, int round)
{
	for (int i = 0; i < DOORS; i++) {
		struct door *door = &run->doors[i];
		struct sim_gate_stands stands;

		if (door->side == NULL)
			continue;
		for (int loop = 0; loop < sim_gate_loops(); loop++)
			(void)door_sync(run, i, loop);
		after_office(run);
		sim_here = &door->machine;
		sim_gate_stands(door->side, &stands);
		if (round == ROUNDS - 1 && stands.unsent != 0 && !door->revoked && !door->alarmed)
			run_harm(run, HARM_LOST, "%s keeps %llu entries to itself",
			    door->machine.name, (unsigned long long)stands.unsent);
	}
	sim_true_ms += 3000;
}

void run_end(struct run *run)
{
	heal(run);
	for (int round = 0; round < ROUNDS; round++)
		settle(run, round);
	more_agree(run);
	for (int i = 0; i < (run->twin_of < 0 ? GATES : DOORS); i++)
		door_close(run, i);
	sim_here = &run->machine;
	sim_registrar_close(run->registrar);
	run->registrar = NULL;
	check_all(run);
	net_forget(run);
}

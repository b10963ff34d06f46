/* The beginning of every story, told once, and the end of each: everything is healed and synced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum {
	LOOP_DOWN = 0,
	ROUNDS = 6, /* after which everything must be everywhere */
};

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

/* Somebody who comes before all others and goes again at each door, so that what a program keeps
 * from one use to the next is there; no story has that pass. */
static void rehearse(struct run *run, int gate)
{
	const char *text = run->world->rehearsal.text;
	struct sim_verdict verdict;
	struct door *door = &run->doors[gate];

	sim_here = &door->machine;
	sim_gate_scan(door->side, SIM_SLUG, text, &verdict);
	sim_gate_act(door->side, SIM_SLUG, SIM_EXIT, text, 0, 0, &verdict);
	for (int loop = 0; loop < sim_gate_loops(); loop++)
		(void)door_sync(run, gate, loop);
}

static void rehearse_office(struct run *run)
{
	struct sim_pass *pass = &run->world->rehearsal;
	int64_t id;

	sim_here = &run->machine;
	if (sim_registrar_restrict(run->registrar, 0, pass->id, &id) != 0 ||
	    sim_registrar_lift(run->registrar, id) != 0 ||
	    sim_registrar_reissue(run->registrar, pass->reference, pass) != 0)
		abort();
}

void run_begin(struct run *run, struct world *world)
{
	*run = (struct run){.world = world, .trace = UINT64_C(0xcbf29ce484222325)};
	run->twin_of = -1;
	run->poison.gate = -1;
	sim_true_ms = SIM_TRUE + 30000;
	if (sim_control == CONTROL_SYNC_OFF)
		sim_hooks_live.synchronous = "OFF";
	machine_init(&run->machine, world->folder, "registrar", "journal.mark");
	machine_put(&run->machine, &world->images[REGISTRAR]);
	sim_here = &run->machine;
	if (sim_registrar_settle(run->machine.dir) != 0)
		abort();
	(void)registrar_open_side(run);
	for (int i = 0; i < GATES; i++)
		begin_door(run, i);
	for (unsigned i = 0; i < PEOPLE + ELSEWHERE; i++)
		run->passes[run->n_passes++] = (struct known_pass){
		    .pass = world->passes[i], .person = i, .elsewhere = i >= PEOPLE};
	rehearse_office(run);
	for (int i = 0; i < 2 * GATES; i++)
		rehearse(run, i % GATES);
	machine_keep_mark(&run->machine);
	for (int i = 0; i < GATES; i++)
		machine_keep_mark(&run->doors[i].machine);
}

void run_start(struct run *run, uint64_t seed, uint64_t state)
{
	run->seed = seed;
	run->state = state;
	run->steps = 60 + (unsigned)run_random(run, 90);
	run->more = run_random(run, 2) == 0 ||
		    (sim_control >= CONTROL_TWINS && sim_control <= CONTROL_STOPS);
	run->step = 1;
	machine_return_mark(&run->machine);
	for (int i = 0; i < GATES; i++) {
		machine_return_mark(&run->doors[i].machine);
		(void)door_sync(run, i, LOOP_DOWN);
	}
}

/* ---- the end ---- */

static void heal(struct run *run)
{
	net_deliver_late(run);
	run->plan = (struct plan){.fault = FAULT_NONE};
	if (run->registrar == NULL)
		(void)registrar_open_side(run);
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

static struct sim_gate_stands stands_of(struct run *run, int gate)
{
	struct sim_gate_stands stands;

	sim_here = &run->doors[gate].machine;
	sim_gate_stands(run->doors[gate].side, &stands);
	return stands;
}

/* One loop of a gate. Returns whether it left everything as it was: nothing is written but when the
 * lists were looked at. */
static bool settle_loop(struct run *run, int gate, int loop)
{
	const struct powercut *here = &run->doors[gate].machine.record,
			      *there = &run->machine.record;
	size_t before = here->n_ops + there->n_ops, after;
	uint64_t objects = stands_of(run, gate).objects;
	int r = door_sync(run, gate, loop);

	after_office(run);
	after = here->n_ops + there->n_ops;
	return r == 0 && objects == stands_of(run, gate).objects &&
	       (after == before || loop == LOOP_DOWN);
}

static bool settle(struct run *run)
{
	bool quiet = true;

	for (int i = 0; i < DOORS; i++) {
		if (run->doors[i].side == NULL)
			continue;
		for (int loop = 0; loop < sim_gate_loops(); loop++)
			quiet &= settle_loop(run, i, loop);
	}
	sim_true_ms += 3000;
	return quiet;
}

static void check_sent(struct run *run)
{
	for (int i = 0; i < DOORS; i++) {
		struct door *door = &run->doors[i];
		struct sim_gate_stands stands;

		if (door->side == NULL || door->revoked || door->alarmed)
			continue;
		stands = stands_of(run, i);
		if (stands.unsent != 0)
			run_harm(run, HARM_LOST, "%s keeps %llu entries to itself",
			    door->machine.name, (unsigned long long)stands.unsent);
	}
}

void run_end(struct run *run)
{
	heal(run);
	more_refused(run);
	for (int round = 0; round < ROUNDS && !settle(run); round++)
		;
	check_sent(run);
	more_agree(run);
	for (int i = 0; i < (run->twin_of < 0 ? GATES : DOORS); i++)
		door_close(run, i);
	sim_here = &run->machine;
	sim_registrar_close(run->registrar);
	run->registrar = NULL;
	check_all(run);
	net_forget(run);
}

/* What happens between gates and at two machines with one disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { LOOP_UP = 1, RETRY_MS = 61000 };
enum { STOP_NONE = 444, STOP_CLOCK = 445 }; /* gate/door/stop.h */

static int some_door(struct run *run)
{
	return (int)run_random(run, GATES);
}

/* ---- from gate to gate ---- */

void more_ask(struct run *run)
{
	int gate = some_door(run), other = (gate + 1 + (int)run_random(run, GATES - 1)) % GATES;
	bool heard;

	run->plan = (struct plan){.fault = FAULT_NONE, .chance = run_random(run, 1u << 30)};
	if (run_random(run, 6) == 0)
		run->plan.fault = FAULT_CUT_ANSWER;
	heard = door_ask_peer(run, gate, other) == 0;
	run->plan = (struct plan){.fault = FAULT_NONE};
	/* Somebody who went in there tries here. */
	for (size_t i = run->n_shown; heard && i > 0; i--) {
		const struct shown *shown = &run->shown[i - 1];

		if (shown->gate != other || shown->pass < 0 ||
		    strcmp(shown->decision, "admit") != 0)
			continue;
		if (run_random(run, 3) == 0)
			door_scan(run, gate, shown->pass, false);
		return;
	}
}

void more_part(struct run *run)
{
	int one = some_door(run), other = (one + 1 + (int)run_random(run, GATES - 1)) % GATES;
	bool apart = !run->apart[one][other];

	run->apart[one][other] = run->apart[other][one] = apart;
	if (apart)
		run_fault(run, FAULT_APART);
}

/* ---- STOP at a door ---- */

static bool is_right(const struct door *door)
{
	return door->machine.clock_ms == 0 && sim_true_ms >= door->newest_ms &&
	       sim_true_ms >= door->floor_ms;
}

static int order(struct run *run, int gate, int pass, bool lift)
{
	struct door *door = &run->doors[gate];
	int r;

	sim_here = &door->machine;
	r = sim_gate_stop(door->side, pass < 0 ? SIM_SLUG : NULL,
	    pass < 0 ? NULL : run->passes[pass].pass.id, lift);
	run_say(run, "%s: %s %d: %d", door->machine.name, lift ? "lifts" : "stops", pass, r);
	if (sim_true_ms + door->machine.clock_ms > door->floor_ms)
		door->floor_ms = sim_true_ms + door->machine.clock_ms;
	return memdisk_is_off(door->machine.disk) ? -1 : r;
}

void more_stop(struct run *run)
{
	int gate = some_door(run);
	struct door *door = &run->doors[gate];
	struct bar *made = &run->bars[run->n_bars];
	bool right = is_right(door);

	if (door->side == NULL || run->n_bars == BARS_MAX)
		return;
	*made = (struct bar){.gate = gate,
	    .pass = run_random(run, 3) == 0 ? -1 : (int)run_random(run, run->n_passes),
	    .made = run->step};
	made->open = order(run, gate, made->pass, false) != 0 || !right;
	run->n_bars++;
}

void more_lift(struct run *run)
{
	int gate = some_door(run), pass, r;
	bool right = is_right(&run->doors[gate]);
	const struct bar *one;

	if (run->n_bars == 0 || run->doors[gate].side == NULL)
		return;
	one = &run->bars[run_random(run, run->n_bars)];
	if (one->gate < 0 || one->lifted != 0)
		return;
	pass = one->pass;
	r = order(run, gate, pass, true);
	if (r == STOP_NONE || r == STOP_CLOCK)
		return;
	run->odd_lift |= !right;
	for (size_t i = 0; i < run->n_bars; i++)
		if (run->bars[i].gate >= 0 && run->bars[i].pass == pass)
			run->bars[i].lifted = run->step;
}

/* ---- two machines with one disk ---- */

static void move_files(struct image *image, const struct machine *to)
{
	for (size_t i = 0; i < image->n_files; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "%s", strrchr(image->files[i].path, '/') + 1);
		(void)snprintf(
		    image->files[i].path, sizeof(image->files[i].path), "%s/%s", to->dir, name);
	}
}

void more_clone(struct run *run)
{
	int gate = some_door(run);
	struct door *door = &run->doors[gate], *twin = &run->doors[TWIN];
	struct image image = {0};
	char name[sizeof(twin->machine.name)];

	if (run->twin_of >= 0 || door->side == NULL || door->full || door->revoked)
		return;
	run_fault(run, FAULT_CLONE);
	run->twin_of = gate;
	machine_take(&door->machine, &image);
	*twin = *door;
	twin->side = NULL;
	(void)snprintf(name, sizeof(name), "%.12s-twin", door->machine.name);
	machine_init(&twin->machine, run->world->folder, name, "epoch.mark");
	move_files(&image, &twin->machine);
	machine_put(&twin->machine, &image);
	image_free(&image);
	machine_boot(&twin->machine, &run->state);
	sim_here = &twin->machine;
	if (sim_gate_settle(twin->machine.dir) != 0)
		abort();
	net_ends[TWIN] = (struct net_end){run, TWIN};
	door->alarmed = twin->alarmed = true;
	door->spoiled = twin->spoiled = true;
	(void)door_open(run, TWIN);
}

void more_twin(struct run *run)
{
	if (run->twin_of < 0)
		return;
	if (run_random(run, 3) == 0)
		(void)door_sync(run, TWIN, (int)run_random(run, (uint64_t)sim_gate_loops()));
	else
		door_scan(run, TWIN, (int)run_random(run, run->n_passes), false);
}

/* ---- an entry that can't be taken ---- */

void more_poison(struct run *run)
{
	int gate = some_door(run);
	struct sim_gate_stands stands;

	if (run->poison.gate >= 0 || run->doors[gate].side == NULL)
		return;
	sim_here = &run->doors[gate].machine;
	sim_gate_stands(run->doors[gate].side, &stands);
	run->poison.gate = gate;
	run->poison.epoch = stands.epoch;
	run->poison.seq = stands.size + run_random(run, 3);
}

static uint64_t send_all(struct run *run, int gate)
{
	struct sim_gate_stands stands;

	(void)door_sync(run, gate, LOOP_UP);
	sim_true_ms += RETRY_MS;
	sim_here = &run->doors[gate].machine;
	sim_gate_stands(run->doors[gate].side, &stands);
	return stands.unsent;
}

/* While one entry can't be taken, what is recorded after it arrives all the same. */
static void check_others_arrive(struct run *run, int gate)
{
	struct door *door = &run->doors[gate];
	uint64_t before = 0, after;

	if (!run->injected[FAULT_POISON] || door->side == NULL || door->revoked || door->mute ||
	    door->alarmed || run->registrar == NULL || run->injected[FAULT_REGISTRAR_BACK])
		return;
	for (int i = 0; i < 3; i++)
		before = send_all(run, gate);
	door_scan(run, gate, -1, true);
	after = send_all(run, gate);
	if (after > before)
		run_harm(run, HARM_LOST, "%s has an entry refused and keeps the next to itself",
		    door->machine.name);
}

void more_refused(struct run *run)
{
	if (run->poison.gate < 0)
		return;
	check_others_arrive(run, run->poison.gate);
	run->poison.gate = -1;
	sim_true_ms += RETRY_MS;
}

/* ---- what all must have in common in the end ---- */

void more_agree(struct run *run)
{
	int64_t inside, first = -1;
	uint64_t stops, first_stops = 0;

	for (int i = 0; i < GATES; i++)
		if (run->doors[i].revoked || run->doors[i].alarmed || run->doors[i].side == NULL)
			return;
	if (run->injected[FAULT_REGISTRAR_BACK])
		return;
	for (int i = 0; i < GATES; i++) {
		sim_here = &run->doors[i].machine;
		if (sim_gate_sums(run->doors[i].side, SIM_SLUG, &inside, &stops) != 0) {
			run_harm(run, HARM_CORRUPT, "%s can't say who is inside",
			    run->doors[i].machine.name);
			continue;
		}
		if (first >= 0 && inside != first)
			run_harm(run, HARM_WRONG, "%s counts %lld inside, others %lld",
			    run->doors[i].machine.name, (long long)inside, (long long)first);
		if (first >= 0 && stops != first_stops)
			run_harm(run, HARM_WRONG, "%s has other STOPs than others",
			    run->doors[i].machine.name);
		first = inside;
		first_stops = stops;
	}
}

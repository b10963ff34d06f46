/* What befalls machines: their power, their disks, copies of them, their clocks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { LOOP_DOWN = 0, LOOP_UP = 1, PAGE = 4096 };

/* ---- power and disks ---- */

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

void lose_gate(struct run *run, bool killed)
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

void lose_registrar(struct run *run)
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

void fail_fsync(struct run *run)
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

void fail_registrar_fsync(struct run *run)
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

void fill_disk(struct run *run)
{
	struct door *door = &run->doors[some_gate(run)];

	door->full = !door->full;
	memdisk_set_quota(door->machine.disk,
	    door->full ? memdisk_used(door->machine.disk) + run_random(run, 20000) : 0);
	if (door->full)
		run_fault(run, FAULT_FULL);
}

/* ---- copies ---- */

void keep_copy(struct run *run)
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

void set_back_gate(struct run *run)
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

void set_back_registrar(struct run *run)
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

/* ---- damage ---- */

struct repair {
	struct run *run;
	struct door *door;
};

static void repair(void *context)
{
	const struct repair *work = context;
	const struct sim_gate_options options = {
	    .built_s = SIM_TRUE / 1000 - 86400, .repair = sim_control != CONTROL_REPAIR};
	struct sim_gate *side = NULL;
	char why[SIM_WHY] = "";
	int r = sim_gate_open(work->door->machine.dir, &options, net_ask, NULL, &side, why);

	run_say(work->run, "%s: repair: %d %s", work->door->machine.name, r, why);
	if (r != 0)
		run_harm(work->run, HARM_CORRUPT, "%s can't be repaired: %d %s",
		    work->door->machine.name, r, why);
	sim_gate_close(side);
}

/* A damaged page may have had any entry that the registrar has not received, and where any pass
 * stands. */
static void doubt_all(struct run *run, int gate)
{
	struct door *door = &run->doors[gate];

	forget_since(run, gate, door->sent, 0);
	memset(door->inside, 2, sizeof(door->inside));
	door->spoiled = true;
	for (size_t i = 0; i < run->n_bars; i++)
		run->bars[i].open |= run->bars[i].gate == gate;
}

void damage_page(struct run *run)
{
	int gate = some_gate(run);
	struct door *door = &run->doors[gate];
	struct repair work = {run, door};
	struct image image = {0};

	if (door->side == NULL || door->full || door->revoked || gate == run->twin_of)
		return;
	run_fault(run, FAULT_PAGE);
	door_close(run, gate);
	machine_take(&door->machine, &image);
	for (size_t i = 0; i < image.n_files; i++) {
		size_t pages = image.files[i].size / PAGE, page;

		if (strstr(image.files[i].path, "gate.db-") != NULL || pages < 2)
			continue;
		page = 1 + run_random(run, pages - 1);
		run_say(run, "%s: page %zu of %zu", door->machine.name, page, pages);
		memset(image.files[i].bytes + page * PAGE, (int)run_random(run, 256), PAGE);
	}
	sim_here = &door->machine;
	machine_outside(&door->machine, &image, repair, &work);
	image_free(&image);
	doubt_all(run, gate);
	(void)door_open(run, gate);
}

/* ---- clocks ---- */

void set_clock(struct run *run)
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

void right_clock(struct run *run)
{
	run->doors[some_gate(run)].machine.clock_ms = 0;
}

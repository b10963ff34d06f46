/* What the office at the registrar does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

void after_office(struct run *run)
{
	sim_here = &run->machine;
	if (memdisk_is_off(run->machine.disk) || sim_registrar_failed(run->registrar))
		(void)registrar_settle_power(run);
}

void reissue(struct run *run)
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
	old->ended_rev = sim_registrar_revision(run->registrar);
	run->passes[run->n_passes++] =
	    (struct known_pass){.pass = made, .person = old->person, .made = run->step};
}

void cancel(struct run *run)
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
	old->ended_rev = sim_registrar_revision(run->registrar);
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

void office(struct run *run)
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

void revoke_gate(struct run *run)
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

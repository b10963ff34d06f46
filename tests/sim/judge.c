/* The model's judgement of each verdict when it is shown. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum {
	TOLERANCE_MS = 60000,	 /* a clock may be behind what is known by this */
	FRESH_MS = 300000,	 /* lists younger than this are beyond doubt */
	PASS_FROM_S = -7800,	 /* of the conference's passes, from the run's beginning: doors */
	PASS_UNTIL_S = 7 * 3600, /* less two hours; and its end and one hour */
};

struct judged {
	bool ended_sure, ended_maybe;	/* revoked */
	bool barred_sure, barred_maybe; /* restricted */
	bool listed_sure, listed_maybe; /* on the roster */
	bool in_sure, in_maybe;		/* at this door */
	bool elsewhere_sure, elsewhere_maybe;
	bool late_clock, clock_well;
	bool in_time, in_time_surely;
};

static void judge_bars(const struct run *run, const struct door *door, int pass, struct judged *j)
{
	for (size_t i = 0; i < run->n_bars; i++) {
		const struct bar *bar = &run->bars[i];

		if (bar->pass >= 0 && bar->pass != pass)
			continue;
		if (bar->gate >= 0) {
			/* Its lifting travels like itself: when it is heard of is not said. */
			j->barred_maybe = true;
			j->barred_sure |=
			    !bar->open && bar->lifted == 0 && !run->odd_lift &&
			    (door == &run->doors[bar->gate] || door->told[bar->gate] > bar->made);
			continue;
		}
		if (bar->open) {
			j->barred_maybe = true;
			continue;
		}
		j->barred_sure |=
		    bar->made <= door->sure && (bar->lifted == 0 || bar->lifted > door->maybe);
		j->barred_maybe |=
		    bar->made <= door->maybe && (bar->lifted == 0 || bar->lifted > door->sure);
	}
}

static void judge_clock(const struct door *door, struct judged *j)
{
	int64_t wall = sim_true_ms + door->machine.clock_ms;
	int64_t since = (wall - SIM_TRUE) / 1000;

	j->late_clock = wall < door->newest_ms - TOLERANCE_MS;
	j->clock_well = wall >= door->floor_ms - TOLERANCE_MS / 2 &&
			door->machine.clock_ms > -TOLERANCE_MS / 2 &&
			door->machine.clock_ms < TOLERANCE_MS / 2;
	j->in_time = since >= PASS_FROM_S - 1 && since <= PASS_UNTIL_S + 61;
	j->in_time_surely = since >= PASS_FROM_S + 60 && since <= PASS_UNTIL_S - 60;
}

/* What the other doors' word about the pass is, if it has come here. One that has to do with it by
 * a right clock, and nobody else, leaves no doubt. */
static void judge_others(const struct run *run, const struct door *door, int pass, struct judged *j)
{
	const struct shown *admitted = NULL;
	unsigned others = 0;

	for (int i = 0; i < GATES; i++)
		if (&run->doors[i] != door)
			j->elsewhere_maybe |= run->doors[i].inside[pass] != 0;
	for (size_t n = 0; n < run->n_shown; n++) {
		const struct shown *shown = &run->shown[n];

		if (shown->pass != pass || strcmp(shown->decision, "deny") == 0)
			continue;
		/* It may have been heard of, and what followed not yet. */
		j->elsewhere_maybe |= &run->doors[shown->gate] != door;
		others += strcmp(shown->decision, "admit") != 0 || shown->excused;
		admitted = shown;
	}
	if (admitted == NULL || others > 0 || run->passes[pass].moved != 0 ||
	    &run->doors[admitted->gate] == door)
		return;
	j->elsewhere_sure = admitted->step < door->told[admitted->gate] && admitted->right &&
			    run->doors[admitted->gate].inside[pass] == 1 &&
			    door->inside[pass] == 0 && !run->doors[admitted->gate].alarmed;
}

static struct judged judge(const struct run *run, const struct door *door, int pass)
{
	const struct known_pass *known = &run->passes[pass];
	struct judged j = {0};

	j.ended_sure = !known->open && known->ended != 0 && known->ended <= door->sure;
	j.ended_maybe = known->open || (known->ended != 0 && known->ended <= door->maybe);
	j.listed_sure = !known->open && known->made <= door->sure;
	j.listed_maybe = known->open || known->made <= door->maybe;
	/* Another door may have let it out. */
	j.in_sure =
	    door->inside[pass] == 1 && (known->moved & ~(1u << (unsigned)(door - run->doors))) == 0;
	j.in_maybe = door->inside[pass] != 0;
	judge_others(run, door, pass, &j);
	judge_bars(run, door, pass, &j);
	judge_clock(door, &j);
	return j;
}

static const char *wrongly_admitted(const struct known_pass *known, const struct judged *j)
{
	if (known->elsewhere)
		return "a pass of another conference";
	if (j->ended_sure)
		return "a revoked pass";
	if (j->barred_sure)
		return "against a restriction";
	if (!j->listed_maybe)
		return "a pass nobody can have told it of";
	if (j->in_sure)
		return "a pass that is inside";
	if (j->elsewhere_sure)
		return "a pass that it knows is inside by another door";
	if (j->late_clock)
		return "by a clock that was set back";
	if (!j->in_time)
		return "a pass that is over";
	return NULL;
}

static bool must_admit(const struct run *run, const struct door *door,
    const struct known_pass *known, const struct judged *j)
{
	(void)run;
	return !known->elsewhere && j->listed_sure && !j->ended_maybe && !j->barred_maybe &&
	       !j->in_maybe && !j->elsewhere_maybe && !door->revoked && j->clock_well &&
	       j->in_time_surely && door->sure_ms != 0 && sim_true_ms - door->sure_ms < FRESH_MS;
}

void check_verdict(struct run *run, int gate, int pass, const struct sim_verdict *verdict)
{
	const struct door *door = &run->doors[gate];
	struct judged j;
	const char *why = NULL;

	run->checks++;
	if (pass < 0) {
		if (verdict->admit)
			run_harm(run, HARM_WRONG, "%s admits what is no pass", door->machine.name);
		return;
	}
	j = judge(run, door, pass);
	if (verdict->admit)
		why = wrongly_admitted(&run->passes[pass], &j);
	if (why != NULL)
		run_harm(run, HARM_WRONG, "%s admits %d: %s", door->machine.name, pass, why);
	if (!verdict->admit && must_admit(run, door, &run->passes[pass], &j))
		run_harm(run, HARM_WRONG, "%s does not admit %d: %s", door->machine.name, pass,
		    verdict->reason);
}

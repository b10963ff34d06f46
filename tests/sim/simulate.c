/* simulate: tells as many stories as asked, each in a process of its own. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>
#include <sqlite3.h>

#include "tests/faults/faults.h"
#include "tests/sim/sim.h"

static const struct {
	const char *name, *control;
} faults[FAULTS] = {
    [FAULT_POWER] = {"gate: power cut", "synchronous off; shown before the commit"},
    [FAULT_KILL] = {"gate: killed", "shown before the commit"},
    [FAULT_FSYNC] = {"gate: fsync fails", "shown all the same"},
    [FAULT_FULL] = {"gate: disk full", "shown all the same"},
    [FAULT_SET_BACK] = {"gate: older disk put back", "no mark"},
    [FAULT_CLONE] = {"gate: cloned", "alarm off"},
    [FAULT_CLOCK_BACK] = {"gate: clock back, 1970", "clock believed"},
    [FAULT_CLOCK_FORWARD] = {"gate: clock forward, 2106", "clock believed"},
    [FAULT_CUT_BEFORE] = {"network: no connection", ""},
    [FAULT_CUT_REQUEST] = {"network: request cut", ""},
    [FAULT_CUT_ANSWER] = {"network: answer cut", "no second receipt"},
    [FAULT_TWICE] = {"network: request twice", "no second receipt"},
    [FAULT_LATE] = {"network: request late", "no word where to go on"},
    [FAULT_OLD_LIST] = {"network: older list", "versions not checked"},
    [FAULT_BAD_BYTES] = {"network: bytes changed", ""},
    [FAULT_FORGED] = {"network: forged receipt", "receipts not checked"},
    [FAULT_PARTITION] = {"network: partition", "conflicts not kept"},
    [FAULT_REGISTRAR_POWER] = {"registrar: power cut", "synchronous off"},
    [FAULT_REGISTRAR_FSYNC] = {"registrar: fsync fails", ""},
    [FAULT_REGISTRAR_BACK] = {"registrar: older copy", "no word where to go on"},
    [FAULT_GATE_REVOKED] = {"gate revoked", "state not looked at"},
    [FAULT_APART] = {"network: gates apart", "peers not heard"},
    [FAULT_PAGE] = {"gate: page damaged", "not repaired"},
    [FAULT_POISON] = {"registrar: entry refused", "upload not made smaller"},
};

static const char *const controls[CONTROLS] = {
    [CONTROL_NONE] = "none",
    [CONTROL_SYNC_OFF] = "sync-off",
    [CONTROL_SHOWN_EARLY] = "shown-early",
    [CONTROL_NO_MARK] = "no-mark",
    [CONTROL_VERSIONS] = "versions",
    [CONTROL_RECEIPTS] = "receipts",
    [CONTROL_REVOKED_LATE] = "revoked",
    [CONTROL_CLOCK] = "clock",
    [CONTROL_FOLLOWING] = "following",
    [CONTROL_PASSBACK] = "passback",
    [CONTROL_TWINS] = "twins",
    [CONTROL_PEERS] = "peers",
    [CONTROL_REFUSED] = "refused",
    [CONTROL_STOPS] = "stops",
    [CONTROL_TWICE] = "twice",
    [CONTROL_GAP] = "gap",
    [CONTROL_UNRECORDED] = "unrecorded",
    [CONTROL_CONFLICTS] = "conflicts",
    [CONTROL_STOLEN] = "stolen",
    [CONTROL_REPAIR] = "repair",
};

enum sim_off sim_control;

/* ---- chance: libsodium's too comes from the seed, so that a seed is one story ---- */

static uint64_t chance_state;

static const char *chance_name(void)
{
	return "seeded";
}

static void chance_fill(void *const bytes, const size_t size)
{
	uint8_t *at = bytes;

	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(cut_random(&chance_state) >> 24);
}

static uint32_t chance_one(void)
{
	return (uint32_t)(cut_random(&chance_state) >> 16);
}

static uint8_t chance_byte(void)
{
	return (uint8_t)(cut_random(&chance_state) >> 32);
}

static struct randombytes_implementation chance = {
    .implementation_name = chance_name, .random = chance_one, .buf = chance_fill};

uint64_t run_random(struct run *run, uint64_t below)
{
	return cut_random(&run->state) % below;
}

/* ---- a story's words ---- */

static void hash_line(struct run *run, const char *line)
{
	for (; *line != '\0'; line++)
		run->trace = (run->trace ^ (uint8_t)*line) * UINT64_C(0x100000001b3);
}

void run_say(struct run *run, const char *format, ...)
{
	char line[600];
	va_list values;

	va_start(values, format);
	vsnprintf(line, sizeof(line), format, values);
	va_end(values);
	hash_line(run, line);
	if (run->verbose)
		fprintf(stderr, "%4u %s\n", run->step, line);
}

void run_fault(struct run *run, enum fault fault)
{
	run->counts.tries[fault]++;
	run->injected[fault] = true;
	run_say(run, "fault: %s", faults[fault].name);
}

void run_harm(struct run *run, enum harm harm, const char *format, ...)
{
	char line[400];
	va_list values;

	va_start(values, format);
	vsnprintf(line, sizeof(line), format, values);
	va_end(values);
	run_say(run, "HARM: %s", line);
	if (run->why[0] == '\0')
		(void)snprintf(run->why, sizeof(run->why), "step %u: %.360s", run->step, line);
	run->lost += harm == HARM_LOST;
	run->corrupt += harm == HARM_CORRUPT;
	run->wrong += harm == HARM_WRONG;
}

/* ---- one story ---- */

struct outcome {
	uint64_t trace, lost, corrupt, wrong, admits, denials, checks, doubles, stale;
	struct counts counts;
	char why[400];
};

static struct run the_run;

static void tell(uint64_t seed, bool verbose, struct outcome *outcome)
{
	struct run *run = &the_run;
	uint64_t begin = ~seed;

	/* Neighbours begin far apart. */
	begin = cut_random(&begin) ^ seed << 1;
	chance_state = begin ^ UINT64_C(0x5bd1e995);
	run->verbose = verbose;
	run_start(run, seed, begin);
	while (run->step++ < run->steps)
		run_step(run);
	run_end(run);
	for (int i = 0; i < FAULTS; i++) {
		if (!run->injected[i])
			continue;
		run->counts.lost[i] = run->lost;
		run->counts.corrupt[i] = run->corrupt;
		run->counts.wrong[i] = run->wrong;
	}
	*outcome = (struct outcome){run->trace, run->lost, run->corrupt, run->wrong, run->admits,
	    run->denials, run->checks, run->doubles, run->stale, run->counts, ""};
	memcpy(outcome->why, run->why, sizeof(outcome->why));
}

/* In a child: nothing of one story is left for the next, and a crash is one seed's. */
static bool tell_apart(uint64_t seed, bool verbose, struct outcome *ret_outcome)
{
	struct outcome outcome = {0};
	size_t got = 0;
	int ends[2], status = 0;
	pid_t child;

	if (pipe(ends) != 0)
		abort();
	fflush(NULL);
	child = fork();
	if (child < 0)
		abort();
	if (child == 0) {
		close(ends[0]);
		alarm(120);
		tell(seed, verbose, &outcome);
		if (write(ends[1], &outcome, sizeof(outcome)) != (ssize_t)sizeof(outcome))
			_exit(3);
		_exit(0);
	}
	close(ends[1]);
	while (got < sizeof(outcome)) {
		ssize_t n = read(ends[0], (uint8_t *)&outcome + got, sizeof(outcome) - got);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			break;
		got += n > 0 ? (size_t)n : 0;
	}
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (got == sizeof(outcome) && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		*ret_outcome = outcome;
		return true;
	}
	*ret_outcome = (struct outcome){.corrupt = 1};
	(void)snprintf(ret_outcome->why, sizeof(ret_outcome->why), "the process ended by %s %d",
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return false;
}

/* ---- all of them ---- */

enum { ENOUGH = 3 };

struct options {
	uint64_t seeds, from, seed;
	bool one, verbose, twice, expect_harm;
	const char *tsv;
};

struct totals {
	struct counts counts;
	uint64_t seeds, bad, lost, corrupt, wrong, admits, denials, checks, doubles, stale;
};

static void add(struct totals *totals, const struct outcome *outcome)
{
	totals->seeds++;
	totals->bad += outcome->lost + outcome->corrupt + outcome->wrong > 0;
	totals->lost += outcome->lost;
	totals->corrupt += outcome->corrupt;
	totals->wrong += outcome->wrong;
	totals->admits += outcome->admits;
	totals->denials += outcome->denials;
	totals->checks += outcome->checks;
	totals->doubles += outcome->doubles;
	totals->stale += outcome->stale;
	for (int i = 0; i < FAULTS; i++) {
		totals->counts.tries[i] += outcome->counts.tries[i];
		totals->counts.lost[i] += outcome->counts.lost[i];
		totals->counts.corrupt[i] += outcome->counts.corrupt[i];
		totals->counts.wrong[i] += outcome->counts.wrong[i];
	}
}

static void print_table(FILE *out, const struct totals *totals, bool tsv)
{
	if (tsv)
		fprintf(out, "fault\ttries\tlost\tcorrupt\twrong\tcontrol\n");
	else
		fprintf(
		    out, "# %-28s %8s %6s %8s %6s\n", "fault", "tries", "lost", "corrupt", "wrong");
	for (int i = 1; i < FAULTS; i++)
		fprintf(out,
		    tsv ? "%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s\n"
			: "# %-28s %8" PRIu64 " %6" PRIu64 " %8" PRIu64 " %6" PRIu64 "  %s\n",
		    faults[i].name, totals->counts.tries[i], totals->counts.lost[i],
		    totals->counts.corrupt[i], totals->counts.wrong[i],
		    tsv || totals->counts.tries[i] > 0 ? faults[i].control : "never tried");
}

static int write_tsv(const char *path, const struct totals *totals)
{
	FILE *out = fopen(path, "w");

	if (out == NULL) {
		fprintf(stderr, "simulate: %s: %s\n", path, strerror(errno));
		return -1;
	}
	print_table(out, totals, true);
	return fclose(out);
}

/* The defences whose fault has a name in the table of all tests; the others' is the combination. */
static void write_control(const struct totals *totals)
{
	static const struct {
		enum sim_off off;
		const char *fault;
	} of[] = {{CONTROL_SYNC_OFF, "power cut"}, {CONTROL_SHOWN_EARLY, "power cut"},
	    {CONTROL_SHOWN_EARLY, "kill"}, {CONTROL_NO_MARK, "restored gate"},
	    {CONTROL_CLOCK, "clock steps"}, {CONTROL_TWINS, "cloned gate"},
	    {CONTROL_REFUSED, "poisoned record"}, {CONTROL_TWICE, "duplicate upload"},
	    {CONTROL_TWICE, "network cut"}, {CONTROL_GAP, "gap or reorder"},
	    {CONTROL_GAP, "registrar from an old backup"}, {CONTROL_UNRECORDED, "disk full"},
	    {CONTROL_UNRECORDED, "fsync fails"}, {CONTROL_CONFLICTS, "four gates offline"},
	    {CONTROL_STOLEN, "stolen gate"}, {CONTROL_REPAIR, "corrupt page"},
	    {CONTROL_REVOKED_LATE, "revoked while offline"}};

	faults_control("in combination", controls[sim_control], totals->bad > 0);
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (of[i].off == sim_control)
			faults_control(of[i].fault, controls[sim_control], totals->bad > 0);
}

/* Into the table of all tests. */
static void write_rows(const struct totals *totals)
{
	static const struct {
		enum fault fault;
		const char *name;
	} rows[] = {{FAULT_POWER, "power cut"}, {FAULT_KILL, "kill"}, {FAULT_FSYNC, "fsync fails"},
	    {FAULT_FULL, "disk full"}, {FAULT_SET_BACK, "restored gate"},
	    {FAULT_CLONE, "cloned gate"}, {FAULT_POISON, "poisoned record"},
	    {FAULT_CLOCK_BACK, "clock steps"}, {FAULT_CLOCK_FORWARD, "clock steps"},
	    {FAULT_CUT_REQUEST, "network cut"}, {FAULT_CUT_ANSWER, "network cut"},
	    {FAULT_TWICE, "duplicate upload"}, {FAULT_LATE, "gap or reorder"},
	    {FAULT_GATE_REVOKED, "stolen gate"}, {FAULT_REGISTRAR_FSYNC, "fsync fails"},
	    {FAULT_PAGE, "corrupt page"}, {FAULT_REGISTRAR_POWER, "power cut"},
	    {FAULT_REGISTRAR_BACK, "registrar from an old backup"}};

	if (sim_control != CONTROL_NONE) {
		write_control(totals);
		return;
	}
	faults_row("in combination", "simulated seeds", totals->seeds, totals->lost,
	    totals->corrupt, totals->wrong);
	faults_row("revoked while offline", "simulated", totals->stale, totals->lost,
	    totals->corrupt, totals->wrong);
	faults_row("four gates offline", "simulated double admissions", totals->doubles,
	    totals->lost, totals->corrupt, totals->wrong);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		faults_row(rows[i].name, "simulated", totals->counts.tries[rows[i].fault],
		    totals->counts.lost[rows[i].fault], totals->counts.corrupt[rows[i].fault],
		    totals->counts.wrong[rows[i].fault]);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Returns whether a second telling was the same. */
static bool tell_one(const struct options *options, uint64_t seed, struct totals *totals)
{
	struct outcome outcome, again;
	bool same = true;

	(void)tell_apart(seed, options->verbose, &outcome);
	add(totals, &outcome);
	if (outcome.why[0] != '\0' && !(options->expect_harm && totals->bad > 3))
		printf("# seed %" PRIu64 ": %s\n", seed, outcome.why);
	if (options->one)
		printf("# seed %" PRIu64 ": trace %016" PRIx64 "\n", seed, outcome.trace);
	if (options->twice) {
		(void)tell_apart(seed, false, &again);
		same = outcome.trace == again.trace;
		if (!same)
			printf("# seed %" PRIu64 ": told twice, %016" PRIx64 " and %016" PRIx64
			       "\n",
			    seed, outcome.trace, again.trace);
	}
	return same;
}

/* A defence that is off: a few seeds that came to harm say what more of them would. */
static bool is_shown_enough(const struct options *options, const struct totals *totals)
{
	return options->expect_harm && totals->bad >= ENOUGH;
}

static int tell_all(const struct options *options)
{
	struct totals totals = {0};
	double began = seconds();
	uint64_t differ = 0;
	bool good;

	for (uint64_t i = 0; i < options->seeds && !is_shown_enough(options, &totals); i++)
		differ +=
		    !tell_one(options, options->one ? options->seed : options->from + i, &totals);
	print_table(stdout, &totals, false);
	printf("# control %s: %" PRIu64 " seeds, %" PRIu64 " with harm (lost %" PRIu64
	       ", corrupt %" PRIu64 ", wrong %" PRIu64 "), %" PRIu64 " admitted, %" PRIu64
	       " not, %" PRIu64 " verdicts judged, %" PRIu64 " double admissions, %" PRIu64
	       " of what had ended; %.1f s, %.1f ms a seed\n",
	    controls[sim_control], totals.seeds, totals.bad, totals.lost, totals.corrupt,
	    totals.wrong, totals.admits, totals.denials, totals.checks, totals.doubles,
	    totals.stale, seconds() - began,
	    (seconds() - began) * 1000 / (double)(totals.seeds == 0 ? 1 : totals.seeds));
	good = differ == 0 && (options->expect_harm ? totals.bad > 0 : totals.bad == 0);
	write_rows(&totals);
	if (options->tsv != NULL && write_tsv(options->tsv, &totals) != 0)
		good = false;
	printf("1..1\n%s 1 - %" PRIu64 " seeds, control %s%s\n", good ? "ok" : "not ok",
	    totals.seeds, controls[sim_control],
	    options->twice ? ", each told twice the same" : "");
	return good ? 0 : 1;
}

/* ---- options ---- */

static const struct argp_option argp_options[] = {{"seeds", 'n', "N", 0, "How many (100)", 0},
    {"from", 'f', "SEED", 0, "The first (1)", 0}, {"seed", 's', "SEED", 0, "This one only", 0},
    {"verbose", 'v', 0, 0, "Each step on standard error", 0},
    {"twice", 't', 0, 0, "Tell each seed twice; the traces must be the same", 0},
    {"control", 'c', "NAME", 0, "A defence that is off; then some seed must come to harm", 0},
    {"tsv", 'o', "FILE", 0, "The table as tab-separated values", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'n':
		options->seeds = strtoull(arg, NULL, 10);
		return 0;
	case 'f':
		options->from = strtoull(arg, NULL, 10);
		return 0;
	case 's':
		options->seed = strtoull(arg, NULL, 10);
		options->one = true;
		options->seeds = 1;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case 't':
		options->twice = true;
		return 0;
	case 'o':
		options->tsv = arg;
		return 0;
	case 'c':
		for (int i = 0; i < CONTROLS; i++)
			if (strcmp(arg, controls[i]) == 0)
				sim_control = (enum sim_off)i;
		sim_hooks_live.control = (int)sim_control;
		if (sim_control == CONTROL_NONE)
			argp_error(state, "no control \"%s\"", arg);
		options->expect_harm = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = {argp_options, parse, NULL,
	    "One registrar and four gates, and all that befalls them.", NULL, NULL, NULL};
	static struct world world;
	struct options options = {.seeds = 100, .from = 1};
	int r;

	argp_parse(&argp, argc, argv, 0, NULL, &options);
	/* What is freed is used again: no story lives long. */
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 26);
	(void)mallopt(M_TRIM_THRESHOLD, 1 << 28);
	(void)mallopt(M_TOP_PAD, 1 << 22);
	/* One thread: nothing of SQLite's needs a lock, and nobody asks how much it holds. */
	if (sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 500) != SQLITE_OK)
		return 2;
	if (randombytes_set_implementation(&chance) != 0 || sodium_init() < 0)
		return 2;
	chance_state = 20260912;
	memdisk_set_world(machine_now_ms, chance_byte);
	r = world_build(&world) == 0 ? 0 : 2;
	if (r == 0) {
		run_begin(&the_run, &world);
		r = tell_all(&options);
	}
	world_remove(&world);
	return r;
}

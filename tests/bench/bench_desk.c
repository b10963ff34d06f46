/*
 * A gate with a roster of 25,000 that is sealed at rest: how long it takes to open, to search it by
 * name, and to scan while an officer is signed in, so that each person's line is unsealed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>
#include <sqlite3.h>

#include "gate/desk/search.h"
#include "gate/door/scan.h"
#include "tests/bench/bench.h"
#include "tests/gate/world.h"

enum { PEOPLE = 25000, TEXTS = 6000, SEARCHES = 5 };

struct front {
	char dir[WORLD_DIR_MAX];
	struct gate *gate;
	struct scan scan;
	struct scan_result result;
	unsigned next;
};

struct work {
	struct front signed_in, locked;
	char (*texts)[PASS_TEXT_MAX + 1];
	FILE *out;
};

static bool scan_next(struct work *w, struct front *front)
{
	const char *text = w->texts[front->next++ % TEXTS];

	scan_text(&front->scan, text, strlen(text), &front->result);
	return front->result.recorded && front->result.verdict.kind == VERDICT_ADMIT &&
	       scan_print(&front->scan, &front->result, true, w->out) == 0;
}

static bool scan_signed_in(void *context)
{
	struct work *w = context;

	return scan_next(w, &w->signed_in);
}

static bool scan_locked(void *context)
{
	struct work *w = context;

	return scan_next(w, &w->locked);
}

/* The rows of the roster, read on a bare connection. */
static double floor_read(const char *dir)
{
	char path[WORLD_DIR_MAX + 16];
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	double start = bench_now();
	bool good;

	snprintf(path, sizeof path, "%s/gate.db", dir);
	good = sqlite3_open(path, &db) == SQLITE_OK &&
	       sqlite3_prepare_v2(db, "SELECT count(*), sum(length(person)) FROM roster", -1, &stmt,
		   NULL) == SQLITE_OK &&
	       sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) == PEOPLE;
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return good ? bench_now() - start : 0;
}

static bool open_front(struct front *front, const struct gate_options *options, int64_t now)
{
	char details[96];
	double floor, start;

	world_dir(front->dir);
	gate_close(world_make(front->dir, PEOPLE, now, options));
	floor = floor_read(front->dir);
	start = bench_now();
	front->gate = world_open(front->dir, options);
	start = bench_now() - start;
	if (floor == 0 || scan_open(front->gate, "briefing", "", &front->scan) != 0)
		return false;
	snprintf(
	    details, sizeof details, "%.1f times reading its roster, %.3f s", start / floor, floor);
	bench_row("gate: opened with a roster of 25,000", start, 1, false, "s", details);
	return true;
}

static bool search(struct work *w)
{
	double took, best = 0;
	struct search_result found;
	char details[96];

	for (int i = 0; i < SEARCHES; i++) {
		took = bench_now();
		if (search_roster(w->signed_in.gate, WORLD_HERE, "ferreira 2499", &found) != 0)
			return false;
		took = bench_now() - took;
		if (found.rows != PEOPLE || found.n == 0)
			return false;
		search_free(&found);
		best = i == 0 || took < best ? took : best;
	}
	snprintf(details, sizeof details, "%.1f us a row, unsealed", best * 1e6 / PEOPLE);
	bench_row("desk: a name searched in 25,000", best, 1, false, "s", details);
	return true;
}

int main(void)
{
	static struct work w;
	const struct gate_options options = {0};
	const struct bench bench = {"scan: an officer signed in / nobody", scan_signed_in,
	    scan_locked, &w, 100, 20, 1.2, false};
	int64_t now = (int64_t)time(NULL);
	struct world_pass pass;
	bool good;

	if (sodium_init() < 0)
		return 1;
	w.out = fopen("/dev/null", "we");
	w.texts = calloc(TEXTS, sizeof *w.texts);
	good = w.out != NULL && w.texts != NULL && open_front(&w.signed_in, &options, now) &&
	       open_front(&w.locked, &options, now);
	for (unsigned n = 0; good && n < TEXTS; n++) {
		pass = world_usual(n, now);
		world_text(&pass, w.texts[n]);
	}
	if (good) {
		(void)world_shift(w.signed_in.gate);
		good = search(&w) && bench_run(&bench);
	}
	gate_close(w.signed_in.gate);
	gate_close(w.locked.gate);
	world_remove(w.signed_in.dir);
	world_remove(w.locked.dir);
	free(w.texts);
	return good ? 0 : 1;
}

/*
 * The review queue of 50,000 applications: its first page with its counts, a page from its middle,
 * and a search that finds nothing and so looks at all, against raw reads of the same rows on a bare
 * SQLite connection. CPU seconds.
 *
 * Usage: bench_queue DATA; DATA is a folder that `registrar init` made, and is changed: it gets the
 * applications, written straight into the store.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>
#include <sqlite3.h>

#include "registrar/press/queue.h"
#include "registrar/registrar.h"
#include "tests/bench/bench.h"

enum { APPLICATIONS = 50000, ROUNDS = 7, PAGE = 50 };

struct work {
	sqlite3 *db;
	struct registrar *registrar;
	struct queue_filter filter;
	size_t found; /* items that must come */
	const char *floor;
};

static bool fill(sqlite3 *db)
{
	char *why = NULL;

	if (sqlite3_exec(db,
		"BEGIN; WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < "
		"49999) INSERT INTO application (reference, state, email, name, outlet, class, "
		"proof,"
		" created, submitted, due, person_id) SELECT printf('Q-%08d', i), 'submitted',"
		" 'many' || i || '@bench.example', 'Person Number ' || (i * 7919 % 50000),"
		" 'Large Outlet ' || (i % 2500), i % 9, 'work', 1, 1, 1700000000 + i * 37 % 90000, "
		"NULL"
		" FROM n; UPDATE conference SET emerging = 0; COMMIT",
		NULL, NULL, &why) == SQLITE_OK)
		return true;
	fprintf(stderr, "bench_queue: %s\n", why);
	sqlite3_free(why);
	return false;
}

static bool subject(void *context)
{
	struct work *w = context;
	struct queue queue = {0};
	struct queue_counts counts;
	struct store_tx *tx = NULL;
	bool good = store_read_begin(w->registrar->store, &tx) == 0 &&
		    queue_read(tx, &w->filter, &queue) == 0 &&
		    queue_counts(tx, "desk1", w->filter.now, &counts) == 0;

	store_read_end(tx);
	good = good && queue.n == w->found && counts.all >= APPLICATIONS;
	queue_free(&queue);
	return good;
}

/* The same rows, with nothing made of them. */
static bool floor_read(void *context)
{
	struct work *w = context;
	sqlite3_stmt *stmt = NULL;
	bool good = sqlite3_prepare_v2(w->db, w->floor, -1, &stmt, NULL) == SQLITE_OK;

	while (good && sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			good = good && sqlite3_column_bytes(stmt, i) >= 0;
	return sqlite3_finalize(stmt) == SQLITE_OK && good;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool row(struct work *w, const char *name)
{
	double ours[ROUNDS], floors[ROUNDS];
	char details[96];

	for (int i = 0; i < ROUNDS; i++) {
		double start = bench_cpu();

		if (!subject(w))
			return false;
		ours[i] = bench_cpu() - start;
		start = bench_cpu();
		if (!floor_read(w))
			return false;
		floors[i] = bench_cpu() - start;
	}
	qsort(ours, ROUNDS, sizeof(*ours), compare);
	qsort(floors, ROUNDS, sizeof(*floors), compare);
	snprintf(details, sizeof(details), "%.1f times raw reads of the same rows, %.2f ms",
	    ours[ROUNDS / 2] / floors[ROUNDS / 2], floors[ROUNDS / 2] * 1000);
	bench_row(name, ours[ROUNDS / 2] * 1000, 50, false, "ms", details);
	return true;
}

#define LINES                                                                                      \
	"SELECT * FROM work w JOIN application a ON a.id = w.application_id WHERE w.id IN "        \
	"(SELECT "                                                                                 \
	"id FROM work WHERE waits_for = 0 ORDER BY remote, due, id LIMIT 51"

int main(int argc, char **argv)
{
	struct work w = {.filter = {.class = -1, .most = PAGE}, .found = PAGE};
	struct refusal why = {.words = ""};
	char path[512];
	int code = 1;

	if (argc != 2 || sodium_init() < 0)
		return 2;
	snprintf(path, sizeof(path), "%s/registrar.db", argv[1]);
	if (sqlite3_open(path, &w.db) != SQLITE_OK || !fill(w.db) ||
	    registrar_open(argv[1], &w.registrar, NULL, &why) != 0) {
		fprintf(stderr, "bench_queue: could not begin: %s\n", why.words);
		goto done;
	}
	w.filter.now = registrar_now();
	w.floor = LINES ")";
	if (!row(&w, "review queue of 50,000, first page, CPU"))
		goto done;
	w.filter.from =
	    (struct queue_place){.after = true, .later = true, .remote = true, .due = 1700045000};
	if (!row(&w, "review queue of 50,000, from its middle, CPU"))
		goto done;
	w.filter.from = (struct queue_place){.after = false};
	w.filter.words = "nobody of that name";
	w.found = 0;
	w.floor = "SELECT id, sought FROM work WHERE waits_for = 0";
	if (!row(&w, "review queue of 50,000, a search in vain, CPU"))
		goto done;
	code = 0;
done:
	if (code)
		fputs("bench_queue: the rows were not all there\n", stderr);
	sqlite3_close(w.db);
	registrar_close(w.registrar);
	return code;
}

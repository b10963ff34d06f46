/*
 * The attendance of a large conference: 25,000 registrations and 100,000 entries of four gates,
 * read and counted, against raw reads of the same rows on a bare SQLite connection. CPU seconds.
 *
 * Usage: bench_attendance DATA SLUG; DATA is a folder that `registrar init` made, and is changed:
 * the conference SLUG gets the rows, written straight into the store.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <sqlite3.h>

#include "registrar/attendance/attendance_cache.h"
#include "registrar/attendance/export.h"
#include "registrar/registrar.h"
#include "tests/bench/bench.h"

enum { PEOPLE = 25000, ENTRIES = 100000, GATES = 4, ROUNDS = 5 };

struct work {
	sqlite3 *db;
	const char *slug;
	int64_t conference, now;
	uint8_t (*passes)[16];
};

static bool run(struct work *w, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(w->db, sql, NULL, NULL, &why) == SQLITE_OK)
		return true;
	fprintf(stderr, "bench_attendance: %s: %s\n", sql, why);
	sqlite3_free(why);
	return false;
}

static sqlite3_stmt *prepare(struct work *w, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(w->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fprintf(stderr, "bench_attendance: %s\n", sqlite3_errmsg(w->db));
	return stmt;
}

static bool once(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	if (code != SQLITE_DONE)
		fprintf(stderr, "bench_attendance: %s\n", sqlite3_errmsg(sqlite3_db_handle(stmt)));
	sqlite3_reset(stmt);
	return code == SQLITE_DONE;
}

/* Numbers from 1,000,000 on are nobody else's. */
static bool fill_people(struct work *w)
{
#define PEOPLE_NUMBERED                                                                            \
	"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 24999) "
	char sql[400];

	snprintf(sql, sizeof sql,
	    PEOPLE_NUMBERED
	    "INSERT INTO registration (id, reference, conference_id, accreditation_id, state,"
	    " consented, created, changed) SELECT 1000000 + i, printf('LARGE%%07d', i), %lld,"
	    " 1000000 + i, 'confirmed', 1, i, 1 FROM n",
	    (long long)w->conference);
	return run(w, PEOPLE_NUMBERED
		   "INSERT INTO outlet (id, name, name_fold, created) SELECT 1000000 + i,"
		   " 'Large Outlet ' || i, 'large outlet ' || i, 1 FROM n WHERE i < 2500") &&
	       run(w, PEOPLE_NUMBERED
		   "INSERT INTO person (id, email, name, created) SELECT 1000000 + i, 'large'"
		   " || i || '@bench.example', 'Person Number ' || (i * 7919 % 25000), 1 FROM n") &&
	       run(w, PEOPLE_NUMBERED
		   "INSERT INTO accreditation (id, person_id, outlet_id, class, state,"
		   " valid_from, valid_until) SELECT 1000000 + i, 1000000 + i, 1000000 + i / 10,"
		   " 1, 'active', 1, 9999999999 FROM n") &&
	       run(w, sql);
#undef PEOPLE_NUMBERED
}

static bool fill_passes(struct work *w)
{
	sqlite3_stmt *stmt =
	    prepare(w, "INSERT INTO pass (id, registration_id, conference_id, code, qr, issued,"
		       " state, roster_version) VALUES (?1, ?2, ?3, printf('L%07d', ?4),"
		       " printf('%.200c', 'x'), 1, 'active', 2)");
	bool good = stmt != NULL;

	for (int i = 0; good && i < PEOPLE; i++) {
		randombytes_buf(w->passes[i], 16);
		sqlite3_bind_blob(stmt, 1, w->passes[i], 16, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, 1000000 + i);
		sqlite3_bind_int64(stmt, 3, w->conference);
		sqlite3_bind_int64(stmt, 4, i);
		good = once(stmt);
	}
	sqlite3_finalize(stmt);
	return good;
}

/* Everybody in, out and in again, and every fourth refused before; each hundredth is undone. */
static const char *decision_of(int i)
{
	static const char *const words[] = {"deny", "admit", "exit", "admit"};

	return i / PEOPLE == 3 && i % 100 == 0 ? "void" : words[i / PEOPLE % 4];
}

static bool fill_entries(struct work *w)
{
	sqlite3_stmt *stmt = prepare(w,
	    "INSERT INTO log_entry (log_id, seq, text, time_ms, event, pass, decision, reason,"
	    " staff, received) VALUES (1000000 + ?1, ?2, CAST(printf('%.330c', 'x') AS BLOB), ?3, "
	    "?4, ?5, ?6,"
	    " ?7, 'officer1', 1)");
	bool good = stmt != NULL;
	char sql[400];

	for (int i = 0; good && i < GATES; i++) {
		snprintf(sql, sizeof sql,
		    "INSERT INTO gate (id, name, state, created) VALUES (%d, 'large-%d', "
		    "'enrolled',"
		    " 1); INSERT INTO log (id, origin, device, epoch, gate_id, public, size, tree)"
		    " VALUES (%d, 'large.example/%d', 'large-%d', 1, %d, zeroblob(32), %d, x'')",
		    1000000 + i, i, 1000000 + i, i, i, 1000000 + i, ENTRIES / GATES);
		good = run(w, sql);
	}
	for (int i = 0; good && i < ENTRIES; i++) {
		const char *decision = decision_of(i);

		sqlite3_bind_int64(stmt, 1, i % GATES);
		sqlite3_bind_int64(stmt, 2, i / GATES);
		sqlite3_bind_int64(stmt, 3, (w->now - ENTRIES / 10) * 1000 + i * 100);
		sqlite3_bind_text(stmt, 4, w->slug, -1, SQLITE_STATIC);
		sqlite3_bind_blob(stmt, 5, w->passes[i % PEOPLE], 16, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 6, decision, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 7, strcmp(decision, "deny") == 0 ? "not-on-roster" : "ok",
		    -1, SQLITE_STATIC);
		good = once(stmt);
	}
	sqlite3_finalize(stmt);
	return good;
}

static bool fill(struct work *w)
{
	sqlite3_stmt *stmt = prepare(w, "SELECT id FROM conference WHERE slug = ?1");

	sqlite3_bind_text(stmt, 1, w->slug, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		w->conference = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return w->conference != 0 && run(w, "BEGIN") && fill_people(w) && fill_passes(w) &&
	       fill_entries(w) && run(w, "COMMIT");
}

/* Every row that is counted, each of its columns looked at, in whatever order they stand. */
static int64_t read_rows(struct work *w, const char *sql)
{
	sqlite3_stmt *stmt = prepare(w, sql);
	int64_t rows = 0;

	sqlite3_bind_int64(stmt, 1, w->conference);
	sqlite3_bind_text(stmt, 2, w->slug, -1, SQLITE_STATIC);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			(void)!sqlite3_column_bytes(stmt, i);
		rows++;
	}
	sqlite3_finalize(stmt);
	return rows;
}

static double floor_cpu(struct work *w)
{
	double cpu = bench_cpu();
	int64_t rows = read_rows(w,
	    "SELECT n.id, n.name, o.id, o.name, a.class, r.reference, r.state, p.id"
	    " FROM registration r JOIN accreditation a ON a.id = r.accreditation_id"
	    " JOIN person n ON n.id = a.person_id JOIN outlet o ON o.id = a.outlet_id"
	    " JOIN pass p ON p.conference_id = ?1 AND p.code = printf('L%07d', r.id - 1000000)"
	    " WHERE r.conference_id = ?1 AND ?2 = ?2");

	rows +=
	    read_rows(w, "SELECT log_id, seq, time_ms, decision, reason, pass, staff FROM log_entry"
			 " WHERE event = ?2 AND ?1 = ?1");
	return rows >= PEOPLE + ENTRIES ? bench_cpu() - cpu : 0;
}

static double subject_cpu(struct registrar *registrar, int64_t conference)
{
	struct attendance *attendance = NULL;
	struct store_tx *tx = NULL;
	double cpu = bench_cpu();
	bool good = store_read_begin(registrar->store, &tx) == 0 &&
		    attendance_load(tx, conference, &attendance) == 0;

	store_read_end(tx);
	cpu = bench_cpu() - cpu;
	good = good && attendance->expected == PEOPLE && attendance->n_gates == GATES &&
	       attendance->denials == PEOPLE;
	attendance_free(attendance);
	return good ? cpu : 0;
}

/* A list as it is taken from a registrar that serves, and has looked before. */
static bool take(struct registrar *registrar, int64_t conference, enum sheet_format format,
    const char *name, double target, double floor)
{
	struct export export = {.registrar = registrar,
	    .conference = conference,
	    .kind = LISTING_ENTRIES,
	    .format = format,
	    .staff = "admin",
	    .now = registrar_now()};
	struct store_tx *tx = NULL;
	char details[96];
	struct buf out;
	size_t rows = 0;
	double cpu = bench_cpu();
	bool good;

	buf_init(&out, EXPORT_BYTES_MAX);
	good = store_read_begin(registrar->store, &tx) == 0 &&
	       export_write(tx, &export, &out, NULL, NULL, &rows) == 0;
	store_read_end(tx);
	cpu = bench_cpu() - cpu;
	buf_free(&out);
	snprintf(details, sizeof details, "%zu rows, %.1f times the raw reads", rows, cpu / floor);
	if (good)
		bench_row(name, cpu, target, false, "s", details);
	return good && rows == ENTRIES - PEOPLE;
}

/* What a page costs that was looked at before: what is new, and the choice of rows. */
static bool look(struct registrar *registrar, int64_t conference, double floor)
{
	const struct attendance *attendance = NULL;
	struct listing listing = {.n = 0};
	struct store_tx *tx = NULL;
	char details[96];
	double cpu = bench_cpu();
	bool good = store_read_begin(registrar->store, &tx) == 0 &&
		    attendance_cache_get(registrar->attendance, tx, conference, &attendance) == 0 &&
		    listing_select(attendance, LISTING_ENTRIES,
			&(struct listing_filter){.text = "number 7", .pass_class = -1},
			registrar_now(), &listing) == 0;

	store_read_end(tx);
	cpu = bench_cpu() - cpu;
	snprintf(details, sizeof details, "%zu rows found, %.2f times the raw reads", listing.n,
	    cpu / floor);
	if (good)
		bench_row("a list of them searched, CPU", cpu, 0.15, false, "s", details);
	good = good && listing.n > 0;
	listing_clear(&listing);
	attendance_free(attendance);
	return good;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static uint8_t passes[PEOPLE][16];
	struct work w = {.passes = passes, .now = registrar_now()};
	struct registrar *registrar = NULL;
	struct refusal why = {.words = ""};
	double ours[ROUNDS], floors[ROUNDS];
	char path[512], details[96];
	int code = 1;

	if (argc != 3 || sodium_init() < 0)
		return 2;
	w.slug = argv[2];
	snprintf(path, sizeof path, "%s/registrar.db", argv[1]);
	if (sqlite3_open(path, &w.db) != SQLITE_OK || !fill(&w) ||
	    registrar_open(argv[1], &registrar, NULL, &why) != 0) {
		fprintf(stderr, "bench_attendance: could not begin: %s\n", why.words);
		goto done;
	}
	for (int i = 0; i < ROUNDS; i++) {
		floors[i] = floor_cpu(&w);
		ours[i] = subject_cpu(registrar, w.conference);
		if (floors[i] == 0 || ours[i] == 0) {
			fputs("bench_attendance: the rows were not all there\n", stderr);
			goto done;
		}
	}
	qsort(ours, ROUNDS, sizeof *ours, compare);
	qsort(floors, ROUNDS, sizeof *floors, compare);
	snprintf(details, sizeof details, "%.1f times the raw reads of these rows, %.3f s",
	    ours[ROUNDS / 2] / floors[ROUNDS / 2], floors[ROUNDS / 2]);
	bench_row("attendance of 25,000 and 100,000 entries, CPU", ours[ROUNDS / 2], 0.5, false,
	    "s", details);
	code = take(registrar, w.conference, SHEET_CSV, "the first look, and entries as CSV, CPU", 1.5,
		   floors[ROUNDS / 2]) &&
		       look(registrar, w.conference, floors[ROUNDS / 2]) &&
		       take(registrar, w.conference, SHEET_CSV, "entries as CSV, CPU", 0.5,
			   floors[ROUNDS / 2]) &&
		       take(registrar, w.conference, SHEET_XLSX, "entries as XLSX, CPU", 10,
			   floors[ROUNDS / 2]) &&
		       take(registrar, w.conference, SHEET_PDF, "entries as PDF, CPU", 10,
			   floors[ROUNDS / 2])
		   ? 0
		   : 1;
done:
	sqlite3_close(w.db);
	registrar_close(registrar);
	return code;
}

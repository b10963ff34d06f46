/* The model's judgement of all journals in the end. It reads stores and entries by itself, and asks
 * nothing of the code it judges. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "tests/sim/sim.h"

struct line {
	int gate;
	int64_t epoch, seq;
	char *text;
	size_t len;
};

struct lines {
	struct line *list;
	size_t n, room;
};

static sqlite3 *open_store(struct run *run, struct machine *machine, const char *name)
{
	sqlite3 *db = NULL;
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", machine->dir, name);
	sim_here = machine;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, MEMDISK_VFS) != SQLITE_OK) {
		run_harm(run, HARM_CORRUPT, "%s: %s", path, sqlite3_errmsg(db));
		sqlite3_close(db);
		return NULL;
	}
	return db;
}

static void check_whole(struct run *run, sqlite3 *db, const char *name)
{
	sqlite3_stmt *statement = NULL;
	const char *said = "nothing";

	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		said = (const char *)sqlite3_column_text(statement, 0);
	if (strcmp(said, "ok") != 0)
		run_harm(run, HARM_CORRUPT, "%s: %s", name, said);
	sqlite3_finalize(statement);
}

static int gate_of(const struct run *run, const char *device)
{
	for (int i = 0; i < GATES; i++)
		if (strcmp(run->doors[i].machine.name, device) == 0)
			return i;
	return -1;
}

static void add_line(struct lines *lines, const struct line *line)
{
	if (lines->n == lines->room) {
		lines->room = lines->room * 2 + 256;
		lines->list = realloc(lines->list, lines->room * sizeof(*lines->list));
		if (lines->list == NULL)
			abort();
	}
	lines->list[lines->n++] = *line;
}

/* Columns: device (or what gate says), epoch, seq, text; ordered. */
static void read_lines(
    struct run *run, sqlite3 *db, const char *sql, int gate, struct lines *ret_lines)
{
	sqlite3_stmt *statement = NULL;
	int code;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
		run_harm(run, HARM_CORRUPT, "%s: %s", sql, sqlite3_errmsg(db));
		return;
	}
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct line line = {.gate = gate,
		    .epoch = sqlite3_column_int64(statement, 1),
		    .seq = sqlite3_column_int64(statement, 2),
		    .len = (size_t)sqlite3_column_bytes(statement, 3)};

		if (gate < 0)
			line.gate = gate_of(run, (const char *)sqlite3_column_text(statement, 0));
		line.text = calloc(1, line.len + 1);
		if (line.text == NULL)
			abort();
		memcpy(line.text, sqlite3_column_blob(statement, 3), line.len);
		add_line(ret_lines, &line);
	}
	if (code != SQLITE_DONE)
		run_harm(run, HARM_CORRUPT, "%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_finalize(statement);
}

static int compare(const void *a, const void *b)
{
	const struct line *one = a, *other = b;

	if (one->gate != other->gate)
		return one->gate < other->gate ? -1 : 1;
	if (one->epoch != other->epoch)
		return one->epoch < other->epoch ? -1 : 1;
	return one->seq < other->seq ? -1 : one->seq > other->seq;
}

static const struct line *find(const struct lines *lines, int gate, int64_t epoch, int64_t seq)
{
	const struct line wanted = {.gate = gate, .epoch = epoch, .seq = seq};

	return lines->n == 0 ? NULL
			     : bsearch(&wanted, lines->list, lines->n, sizeof(wanted), compare);
}

static bool says(const struct line *line, const char *key, const char *value)
{
	char wanted[128];

	(void)snprintf(wanted, sizeof(wanted), "\n%s %s\n", key, value);
	return strstr(line->text, wanted) != NULL;
}

static bool is_shown(const struct run *run, const struct line *line, const struct shown *shown)
{
	char hex[33] = "-";

	for (size_t i = 0; shown->pass >= 0 && i < 16; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", run->passes[shown->pass].pass.id[i]);
	return line != NULL && says(line, "pass", hex) && says(line, "decision", shown->decision);
}

/* Who was admitted after the pass had ended: the entry says by which list of what has ended it was
 * judged, and that is one from before. */
static void check_label(struct run *run, const struct shown *shown, const struct line *line)
{
	const struct known_pass *known = shown->pass < 0 ? NULL : &run->passes[shown->pass];
	const char *at = strstr(line->text, "\nrev ");
	unsigned long long rev;

	if (known == NULL || known->open || known->ended == 0 || shown->step < known->ended ||
	    strcmp(shown->decision, "admit") != 0)
		return;
	run->stale++;
	rev = at == NULL ? 0 : strtoull(at + 5, NULL, 10);
	if (at == NULL || rev >= known->ended_rev)
		run_harm(run, HARM_WRONG,
		    "%s admitted %d at step %u by list %llu, where its end stands since %llu",
		    run->doors[shown->gate].machine.name, shown->pass, shown->step, rev,
		    (unsigned long long)known->ended_rev);
}

/* The older epochs of a gate that was set back are no longer sent, which it says: what a registrar
 * that is set back as well has lost of them stands at the gate. */
static bool is_kept_here(const struct run *run, const struct door *door)
{
	return door->alarmed && door->said && run->injected[FAULT_REGISTRAR_BACK];
}

static void check_shown(struct run *run, const struct lines *held, const struct lines *own)
{
	for (size_t i = 0; i < run->n_shown; i++) {
		const struct shown *shown = &run->shown[i];
		int64_t epoch = (int64_t)shown->epoch, seq = (int64_t)shown->seq;
		const struct line *line = find(own, shown->gate, epoch, seq);
		bool here = is_shown(run, line, shown);
		int device = shown->gate == TWIN ? run->twin_of : shown->gate;
		bool there = is_shown(run, find(held, device, epoch, seq), shown);

		if (here)
			check_label(run, shown, line);
		if (there || shown->excused)
			continue;
		if ((run->doors[shown->gate].revoked || shown->twin) && here)
			continue;
		if (here && is_kept_here(run, &run->doors[shown->gate]))
			continue;
		run_harm(run, HARM_LOST,
		    "%s: what was shown at step %u (%" PRId64 "/%" PRId64 ") is not %s",
		    run->doors[shown->gate].machine.name, shown->step, epoch - SIM_TRUE / 1000, seq,
		    here ? "at the registrar" : "anywhere");
	}
}

static void check_equal(struct run *run, const struct lines *held, const struct lines *own)
{
	for (size_t i = 0; i < own->n; i++) {
		const struct line *line = &own->list[i];
		const struct door *door = &run->doors[line->gate];
		const struct line *other = find(held, line->gate, line->epoch, line->seq);

		if (line->gate == TWIN)
			continue;
		if (other == NULL && !door->revoked && !door->spoiled && !is_kept_here(run, door))
			run_harm(run, HARM_LOST,
			    "%s %" PRId64 "/%" PRId64 " is not at the registrar",
			    door->machine.name, line->epoch - SIM_TRUE / 1000, line->seq);
		if (other != NULL &&
		    (other->len != line->len || memcmp(other->text, line->text, line->len) != 0) &&
		    !door->alarmed)
			run_harm(run, HARM_CORRUPT,
			    "%s %" PRId64 "/%" PRId64 " is another at the registrar",
			    door->machine.name, line->epoch - SIM_TRUE / 1000, line->seq);
	}
}

/* Each of a gate's epochs goes from 0 on without a gap, and no entry is there twice. */
static void check_held(struct run *run, const struct lines *held)
{
	for (size_t i = 0; i < held->n; i++) {
		const struct line *line = &held->list[i];
		const struct line *before = i == 0 ? NULL : &held->list[i - 1];
		bool first =
		    before == NULL || before->gate != line->gate || before->epoch != line->epoch;

		if (line->seq != (first ? 0 : before->seq + 1))
			run_harm(run, HARM_CORRUPT,
			    "a gap at the registrar before %" PRId64 "/%" PRId64, line->epoch,
			    line->seq);
	}
}

/* Two machines with one disk: where they differ, somebody must have said so. */
static void check_twin(struct run *run, const struct lines *own)
{
	const struct door *one = &run->doors[run->twin_of], *other = &run->doors[TWIN];

	if (one->said || other->said || one->revoked || run->injected[FAULT_REGISTRAR_BACK] ||
	    run->injected[FAULT_SET_BACK])
		return;
	for (size_t i = 0; i < own->n; i++) {
		const struct line *line = &own->list[i], *same;

		if (line->gate != TWIN)
			continue;
		same = find(own, run->twin_of, line->epoch, line->seq);
		if (same == NULL || strcmp(same->text, line->text) == 0)
			continue;
		run_harm(run, HARM_WRONG, "%s has a twin, and nobody says so", one->machine.name);
		return;
	}
}

/* The two admissions of a pass, when nothing else befell it or those who saw it. */
static bool is_double(const struct run *run, int pass)
{
	const struct shown *seen[2] = {NULL, NULL};
	size_t n = 0;

	for (int i = 0; i < GATES; i++)
		if (run->doors[i].inside[pass] == 2 || run->doors[i].alarmed ||
		    run->doors[i].revoked)
			return false;
	for (size_t i = 0; i < run->n_shown; i++) {
		const struct shown *shown = &run->shown[i];

		if (shown->pass != pass || strcmp(shown->decision, "admit") != 0)
			continue;
		if (n == 2 || shown->excused || !shown->right)
			return false;
		seen[n++] = shown;
	}
	return n == 2 && seen[0]->gate != seen[1]->gate && run->passes[pass].moved == 0;
}

/* Each door knows of each double admission, once. */
static void check_conflicts(struct run *run, sqlite3 *db, const char *name)
{
	sqlite3_stmt *statement = NULL;

	if (run->injected[FAULT_REGISTRAR_BACK] ||
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM conflict WHERE pass = ?1", -1, &statement,
		NULL) != SQLITE_OK)
		return;
	for (int pass = 0; pass < (int)run->n_passes; pass++) {
		int found = 0;

		if (!is_double(run, pass))
			continue;
		sqlite3_bind_blob(statement, 1, run->passes[pass].pass.id, 16, SQLITE_STATIC);
		if (sqlite3_step(statement) == SQLITE_ROW)
			found = sqlite3_column_int(statement, 0);
		sqlite3_reset(statement);
		run->doubles++;
		if (found != 1)
			run_harm(run, HARM_WRONG,
			    "%s has %d conflicts of the double admission of %d", name, found, pass);
	}
	sqlite3_finalize(statement);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->text, ((const struct line *)b)->text);
}

static void check_twice(struct run *run, struct lines *held)
{
	qsort(held->list, held->n, sizeof(*held->list), by_text);
	for (size_t i = 1; i < held->n; i++)
		if (held->list[i].gate >= 0 &&
		    strcmp(held->list[i].text, held->list[i - 1].text) == 0)
			run_harm(run, HARM_CORRUPT, "an entry is there twice at the registrar");
}

static void free_lines(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->list[i].text);
	free(lines->list);
}

static void read_store(struct run *run, struct machine *machine, const char *name, const char *sql,
    int gate, struct lines *lines)
{
	sqlite3 *db = open_store(run, machine, name);

	if (db == NULL)
		return;
	check_whole(run, db, machine->name);
	if (gate >= 0)
		check_conflicts(run, db, machine->name);
	read_lines(run, db, sql, gate, lines);
	sqlite3_close(db);
}

void check_all(struct run *run)
{
	struct lines held = {0}, own = {0};

	read_store(run, &run->machine, "registrar.db",
	    "SELECT l.device, l.epoch, e.seq, e.text FROM log_entry e JOIN log l ON l.id = "
	    "e.log_id "
	    "WHERE l.gate_id IS NOT NULL",
	    -1, &held);
	for (int i = 0; i < GATES; i++)
		read_store(run, &run->doors[i].machine, "gate.db",
		    "SELECT 0, epoch, seq, text FROM entry", i, &own);
	if (run->twin_of >= 0)
		read_store(run, &run->doors[TWIN].machine, "gate.db",
		    "SELECT 0, epoch, seq, text FROM entry", TWIN, &own);
	qsort(held.list, held.n, sizeof(*held.list), compare);
	qsort(own.list, own.n, sizeof(*own.list), compare);
	check_shown(run, &held, &own);
	check_equal(run, &held, &own);
	check_held(run, &held);
	if (run->twin_of >= 0)
		check_twin(run, &own);
	check_twice(run, &held);
	run_say(run, "entries: %zu at the registrar, %zu at gates; double admissions %llu", held.n,
	    own.n, (unsigned long long)run->doubles);
	free_lines(&held);
	free_lines(&own);
}

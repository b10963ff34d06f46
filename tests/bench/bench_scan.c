/*
 * A scan, text in to verdict line out, with the journal entry committed and the checkpoint signed,
 * against one raw Ed25519 verification, one signature and one durable commit of the same rows on a
 * bare SQLite connection with the same pragmas in the same folder.
 *
 * And the memory of a process that holds a roster of 25,000.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>
#include <sqlite3.h>

#include "gate/door/scan.h"
#include "tests/bench/bench.h"
#include "tests/gate/world.h"

enum { PEOPLE = 25000, TEXTS = 6000 };
enum { ENTRY_BYTES = 290, SEALED_BYTES = 161, TREE_BYTES = 200, CHECKPOINT_BYTES = 255 };

struct work {
	struct scan scan;
	struct scan_result result;
	FILE *out;
	char (*texts)[PASS_TEXT_MAX + 1];
	unsigned next;

	sqlite3 *db;
	sqlite3_stmt *begin, *entry, *detail, *movement, *presence, *log, *anchor, *commit;
	uint8_t public[32], secret[64], signature[64], message[140];
	/* As long as those of a scan. */
	uint8_t entry_text[ENTRY_BYTES], sealed[SEALED_BYTES], tree[TREE_BYTES], pass[16];
	char checkpoint[CHECKPOINT_BYTES];
	int64_t seq;
};

static bool scan_one(void *context)
{
	struct work *w = context;
	const char *text = w->texts[w->next++ % TEXTS];

	scan_text(&w->scan, text, strlen(text), &w->result);
	return w->result.recorded && w->result.verdict.kind == VERDICT_ADMIT &&
	       scan_print(&w->scan, &w->result, true, w->out) == 0;
}

static bool step(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return code == SQLITE_DONE;
}

static bool commit_rows(struct work *w)
{
	const int64_t seq = w->seq++;

	sqlite3_bind_int64(w->entry, 1, seq);
	sqlite3_bind_blob(w->entry, 2, w->entry_text, sizeof w->entry_text, SQLITE_STATIC);
	sqlite3_bind_int64(w->detail, 1, seq);
	sqlite3_bind_blob(w->detail, 2, w->sealed, sizeof w->sealed, SQLITE_STATIC);
	randombytes_buf(w->pass, sizeof w->pass);
	sqlite3_bind_blob(w->movement, 1, w->pass, sizeof w->pass, SQLITE_STATIC);
	sqlite3_bind_int64(w->movement, 2, seq);
	sqlite3_bind_blob(w->presence, 1, w->pass, sizeof w->pass, SQLITE_STATIC);
	sqlite3_bind_int64(w->presence, 2, seq);
	sqlite3_bind_int64(w->log, 1, seq);
	sqlite3_bind_blob(w->log, 2, w->tree, sizeof w->tree, SQLITE_STATIC);
	sqlite3_bind_text(w->log, 3, w->checkpoint, sizeof w->checkpoint, SQLITE_STATIC);
	sqlite3_bind_int64(w->anchor, 1, seq);
	sqlite3_bind_blob(w->anchor, 2, w->tree, sizeof w->tree, SQLITE_STATIC);
	sqlite3_bind_text(w->anchor, 3, w->checkpoint, sizeof w->checkpoint, SQLITE_STATIC);
	return step(w->begin) && step(w->entry) && step(w->detail) && step(w->movement) &&
	       step(w->presence) && step(w->log) &&
	       (seq % JOURNAL_ANCHOR_ENTRIES != 0 || step(w->anchor)) && step(w->commit);
}

static bool floor_one(void *context)
{
	struct work *w = context;
	uint8_t signed_text[64];

	return crypto_sign_verify_detached(
		   w->signature, w->message, sizeof w->message, w->public) == 0 &&
	       commit_rows(w) &&
	       crypto_sign_detached(signed_text, NULL, w->message, sizeof w->message, w->secret) ==
		   0;
}

static bool prepare_floor(struct work *w, const char *dir)
{
	static const char setup[] =
	    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	    "PRAGMA wal_autocheckpoint=1000; PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON;"
	    "CREATE TABLE entry (epoch INTEGER NOT NULL, seq INTEGER NOT NULL, text BLOB NOT NULL,"
	    " PRIMARY KEY (epoch, seq)) STRICT, WITHOUT ROWID;"
	    "CREATE TABLE detail (epoch INTEGER NOT NULL, seq INTEGER NOT NULL, sealed BLOB NOT "
	    "NULL,"
	    " PRIMARY KEY (epoch, seq)) STRICT, WITHOUT ROWID;"
	    "CREATE TABLE movement (conference INTEGER NOT NULL, pass BLOB NOT NULL,"
	    " time_ms INTEGER NOT NULL, device TEXT NOT NULL, epoch INTEGER NOT NULL,"
	    " seq INTEGER NOT NULL, kind INTEGER NOT NULL, voided INTEGER NOT NULL,"
	    " staff TEXT NOT NULL, PRIMARY KEY (conference, pass, time_ms, device, epoch, seq))"
	    " STRICT, WITHOUT ROWID;"
	    "CREATE TABLE presence (conference INTEGER NOT NULL, pass BLOB NOT NULL,"
	    " inside INTEGER NOT NULL, entries INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
	    " device TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,"
	    " staff TEXT NOT NULL, PRIMARY KEY (conference, pass)) STRICT, WITHOUT ROWID;"
	    "CREATE INDEX presence_inside ON presence (conference, inside);"
	    "CREATE TABLE log (epoch INTEGER PRIMARY KEY, size INTEGER NOT NULL, tree BLOB NOT "
	    "NULL,"
	    " checkpoint TEXT NOT NULL) STRICT;"
	    "CREATE TABLE anchor (epoch INTEGER NOT NULL, size INTEGER NOT NULL, tree BLOB NOT "
	    "NULL,"
	    " checkpoint TEXT NOT NULL, PRIMARY KEY (epoch, size)) STRICT, WITHOUT ROWID;"
	    "INSERT INTO log VALUES (1, 0, x'', '');";
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} statements[] = {
	    {&w->begin, "BEGIN IMMEDIATE"},
	    {&w->entry, "INSERT INTO entry VALUES (1, ?1, ?2)"},
	    {&w->detail, "INSERT INTO detail VALUES (1, ?1, ?2)"},
	    {&w->movement, "INSERT INTO movement VALUES (7, ?1, 1789236180000, 'north-door', "
			   "1789236180, ?2, 1, 0, '')"},
	    {&w->presence, "INSERT INTO presence VALUES (7, ?1, 1, 1, 1789236180000, 'north-door',"
			   " 1789236180, ?2, '')"},
	    {&w->log, "UPDATE log SET size = ?1, tree = ?2, checkpoint = ?3 WHERE epoch = 1"},
	    {&w->anchor, "INSERT INTO anchor VALUES (1, ?1, ?2, ?3)"},
	    {&w->commit, "COMMIT"},
	};
	char path[WORLD_DIR_MAX + 16];
	bool good;

	snprintf(path, sizeof path, "%s/floor.db", dir);
	good = sqlite3_open(path, &w->db) == SQLITE_OK &&
	       sqlite3_exec(w->db, setup, NULL, NULL, NULL) == SQLITE_OK;
	for (size_t i = 0; good && i < sizeof statements / sizeof statements[0]; i++)
		good = sqlite3_prepare_v2(w->db, statements[i].sql, -1, statements[i].stmt, NULL) ==
		       SQLITE_OK;
	memset(w->checkpoint, 'c', sizeof w->checkpoint);
	crypto_sign_keypair(w->public, w->secret);
	crypto_sign_detached(w->signature, NULL, w->message, sizeof w->message, w->secret);
	return good;
}

static bool prepare_texts(struct work *w, int64_t now)
{
	struct world_pass pass;

	w->texts = calloc(TEXTS, sizeof *w->texts);
	for (unsigned n = 0; w->texts != NULL && n < TEXTS; n++) {
		pass = world_usual(n, now);
		world_text(&pass, w->texts[n]);
	}
	return w->texts != NULL;
}

static double resident_mib(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[128];
	double kib = 0;

	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "VmRSS: %lf", &kib) == 1)
			break;
	if (status != NULL)
		fclose(status);
	return kib / 1024;
}

int main(void)
{
	static struct work w;
	const struct gate_options options = {0};
	const struct bench bench = {"scan: text in to verdict out, journaled", scan_one, floor_one,
	    &w, 100, 50, 1.6, false};
	int64_t now = (int64_t)time(NULL);
	char dir[WORLD_DIR_MAX];
	struct gate *gate;
	double before;
	bool good;

	if (sodium_init() < 0)
		return 1;
	world_dir(dir);
	gate_close(world_make(dir, PEOPLE, now, &options));
	before = resident_mib();
	gate = world_open(dir, &options);
	w.out = fopen("/dev/null", "we");
	good = w.out != NULL && scan_open(gate, "briefing", "", &w.scan) == 0 &&
	       prepare_texts(&w, now) && prepare_floor(&w, dir) && bench_run(&bench);
	bench_row("gate: memory with a roster of 25,000", resident_mib(), 64, false, "MiB",
	    "the whole process, this benchmark's own texts included");
	(void)before;
	sqlite3_close_v2(w.db);
	gate_close(gate);
	world_remove(dir);
	return good ? 0 : 1;
}

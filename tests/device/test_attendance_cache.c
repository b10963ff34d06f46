/*
 * Attendance that is kept and read bit by bit is the same as attendance that is read at once: drawn
 * histories of registrations, cancellations, entries that arrive late, undos, epochs, strangers,
 * passes of other conferences, renamings and removals, compared after each step.
 *
 * Control: without one of the store's triggers the same histories find a difference.
 */
#include "tests/device/house.h"

#include <sqlite3.h>

#include "registrar/attendance/attendance_cache.h"
#include "registrar/records/purge.h"

#define START INT64_C(1789236180000)

enum { STEPS = 120, PEOPLE_MAX = 40, DOORS = 3 };

struct drawn {
	struct house *house;
	struct attendance_cache *cache;
	sqlite3 *db; /* a hand in the store */
	int64_t conference, other;
	int64_t people[PEOPLE_MAX];
	struct registration made[PEOPLE_MAX], elsewhere[PEOPLE_MAX];
	bool here[PEOPLE_MAX], there[PEOPLE_MAX];
	size_t n;
	struct house_gate gates[DOORS];
	int differences;
};

static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(random_state >> 33) % below;
}

static void hand(struct drawn *d, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(d->db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

/* ---- equal ---- */

static bool same_at(const struct attendance_at *a, const struct attendance_at *b)
{
	return strcmp(a->device, b->device) == 0 && a->epoch == b->epoch && a->seq == b->seq &&
	       a->time_ms == b->time_ms && strcmp(a->staff, b->staff) == 0;
}

static bool same_person(const struct attendance_person *a, const struct attendance_person *b)
{
	return a->person == b->person && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->outlet, b->outlet) == 0 && a->pass_class == b->pass_class &&
	       strcmp(a->reference, b->reference) == 0 && strcmp(a->state, b->state) == 0 &&
	       strcmp(a->code, b->code) == 0 && strcmp(a->key, b->key) == 0 &&
	       memcmp(a->pass, b->pass, 16) == 0 && a->expected == b->expected &&
	       a->arrived == b->arrived && a->inside == b->inside && a->entries == b->entries &&
	       a->exits == b->exits && a->denials == b->denials && same_at(&a->first, &b->first) &&
	       same_at(&a->last, &b->last);
}

static bool same_line(const struct attendance *x, const struct attendance *y, size_t i)
{
	const struct attendance_line *a = &x->lines[i], *b = &y->lines[i];

	return a->time_ms == b->time_ms && a->seq == b->seq && a->who == b->who &&
	       a->decision == b->decision && a->undone == b->undone && a->has_pass == b->has_pass &&
	       memcmp(a->pass, b->pass, 16) == 0 && x->logs[a->log].id == y->logs[b->log].id &&
	       strcmp(x->words[a->reason], y->words[b->reason]) == 0 &&
	       strcmp(x->words[a->staff], y->words[b->staff]) == 0;
}

static bool same_conflict(const struct attendance_conflict *a, const struct attendance_conflict *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0 &&
	       memcmp(a->pass, b->pass, 16) == 0 && same_at(&a->first, &b->first) &&
	       same_at(&a->second, &b->second);
}

static bool same_sums(const struct attendance *a, const struct attendance *b)
{
	return a->expected == b->expected && a->arrived == b->arrived && a->inside == b->inside &&
	       a->no_show == b->no_show && a->walk_ins == b->walk_ins && a->unnamed == b->unnamed &&
	       a->referred == b->referred && a->denials == b->denials && a->denied == b->denied &&
	       a->waitlisted == b->waitlisted && a->cancelled == b->cancelled &&
	       a->over == b->over && a->n_people == b->n_people && a->n_gates == b->n_gates &&
	       a->n_outlets == b->n_outlets && a->n_reasons == b->n_reasons &&
	       a->n_conflicts == b->n_conflicts && a->n_lines == b->n_lines;
}

static bool same(const struct attendance *a, const struct attendance *b)
{
	bool good = same_sums(a, b);

	for (size_t i = 0; good && i < a->n_people; i++)
		good = same_person(&a->people[i], &b->people[i]);
	for (size_t i = 0; good && i < a->n_lines; i++)
		good = same_line(a, b, i);
	for (size_t i = 0; good && i < a->n_conflicts; i++)
		good = same_conflict(&a->conflicts[i], &b->conflicts[i]);
	for (size_t i = 0; good && i < a->n_gates; i++)
		good = strcmp(a->gates[i].device, b->gates[i].device) == 0 &&
		       a->gates[i].admissions == b->gates[i].admissions &&
		       a->gates[i].denials == b->gates[i].denials &&
		       a->gates[i].inside == b->gates[i].inside &&
		       a->gates[i].newest_ms == b->gates[i].newest_ms;
	for (size_t i = 0; good && i < a->n_outlets; i++)
		good = strcmp(a->outlets[i].name, b->outlets[i].name) == 0 &&
		       a->outlets[i].local == b->outlets[i].local &&
		       a->outlets[i].expected == b->outlets[i].expected &&
		       a->outlets[i].arrived == b->outlets[i].arrived &&
		       a->outlets[i].inside == b->outlets[i].inside;
	for (size_t i = 0; good && i < a->n_reasons; i++)
		good = strcmp(a->reasons[i].reason, b->reasons[i].reason) == 0 &&
		       a->reasons[i].count == b->reasons[i].count;
	return good;
}

static void compare(struct drawn *d)
{
	const struct attendance *kept = NULL;
	struct attendance *fresh = NULL;
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(d->house->registrar->store, &tx), 0);
	assert_int_equal(attendance_cache_get(d->cache, tx, d->conference, &kept), 0);
	assert_int_equal(attendance_load(tx, d->conference, &fresh), 0);
	store_read_end(tx);
	d->differences += !same(kept, fresh);
	attendance_free(kept);
	attendance_free(fresh);
}

/* ---- steps ---- */

static void someone_registers(struct drawn *d)
{
	char name[64], outlet[32];

	if (d->n == PEOPLE_MAX)
		return;
	(void)snprintf(name, sizeof(name), "%c%s Person %zu", 'a' + (char)draw(26),
	    draw(3) == 0 ? "\xc3\xa9" : "", d->n);
	(void)snprintf(outlet, sizeof(outlet), "Outlet %u", draw(6));
	d->people[d->n] = house_reporter(d->house, name, outlet);
	d->here[d->n] = draw(5) > 0;
	d->there[d->n] = !d->here[d->n] || draw(3) == 0;
	if (d->here[d->n])
		d->made[d->n] = house_register(d->house, d->conference, d->people[d->n]);
	if (d->there[d->n])
		d->elsewhere[d->n] = house_register(d->house, d->other, d->people[d->n]);
	d->n++;
}

static void someone_cancels(struct drawn *d)
{
	size_t who = d->n == 0 ? 0 : draw((uint32_t)d->n);

	if (d->n == 0 || !d->here[who])
		return;
	house_cancel(d->house, d->made[who].reference);
	d->here[who] = draw(2) == 0;
	if (d->here[who])
		d->made[who] = house_register(d->house, d->conference, d->people[who]);
}

static void door_decides(struct drawn *d)
{
	static const enum entry_decision decisions[] = {ENTRY_ADMIT, ENTRY_ADMIT, ENTRY_ADMIT,
	    ENTRY_DENY, ENTRY_OVERRIDE, ENTRY_EXIT, ENTRY_VOID, ENTRY_SYNC};
	static const char *const reasons[] = {"ok", "no-identification", "referred", "undo"};
	struct house_gate *gate = &d->gates[draw(DOORS)];
	size_t who = draw(PEOPLE_MAX);

	for (uint32_t n = 1 + draw(4); n > 0; n--) {
		struct entry entry = {.decision = decisions[draw(8)],
		    .time_ms = START + (int64_t)draw(5000) * 1000,
		    .has_pass = draw(8) > 0};

		(void)snprintf(
		    entry.event, sizeof(entry.event), "%s", draw(6) == 0 ? "other" : "drawn");
		(void)snprintf(entry.reason, sizeof(entry.reason), "%s", reasons[draw(4)]);
		if (draw(3) > 0)
			(void)snprintf(entry.staff, sizeof(entry.staff), "officer%u", 1 + draw(3));
		if (who >= d->n || draw(12) == 0)
			memset(entry.pass, (int)(0xe0 + draw(4)), sizeof(entry.pass));
		else
			memcpy(entry.pass,
			    d->here[who] ? d->made[who].pass_id : d->elsewhere[who].pass_id, 16);
		house_gate_add(gate, &entry);
	}
	/* Some doors are heard late. */
	if (draw(3) > 0)
		house_gate_sync(d->house, gate);
}

static void door_begins_anew(struct drawn *d)
{
	struct house_gate *gate = &d->gates[draw(DOORS)];
	char origin[CHECKPOINT_ORIGIN_MAX + 1], epoch[24];

	house_gate_sync(d->house, gate);
	gate->epoch += 1 + draw(1000);
	gate->n = gate->sent = 0;
	(void)snprintf(epoch, sizeof(epoch), "%lld", (long long)gate->epoch);
	assert_int_equal(log_origin("media.lakemount.example", gate->gate.name, epoch, origin), 0);
	assert_int_equal(log_create(origin, gate->key->public, gate->key->secret, &gate->log), 0);
}

static void hand_changes(struct drawn *d)
{
	static const char *const changes[] = {
	    "UPDATE person SET name = name || ' II' WHERE id = (SELECT max(id) FROM person)",
	    "UPDATE outlet SET local = 1 - local WHERE id = (SELECT min(id) FROM outlet)",
	    "UPDATE accreditation SET class = 3 WHERE id = (SELECT max(id) FROM accreditation)",
	    "UPDATE conference SET ends = ends + 60 WHERE slug = 'drawn'",
	    ("UPDATE log_entry SET reason = 'conduct' WHERE (log_id, seq) ="
	     " (SELECT log_id, seq FROM log_entry WHERE decision = 'deny' AND event = 'drawn'"
	     " LIMIT 1)"),
	    ("DELETE FROM log_entry WHERE (log_id, seq) = (SELECT log_id, seq FROM log_entry"
	     " WHERE decision = 'exit' AND event = 'drawn' LIMIT 1)"),
	};

	hand(d, changes[draw(sizeof(changes) / sizeof(changes[0]))]);
}

static void step(struct drawn *d)
{
	uint32_t which = draw(20);

	d->house->now += draw(60);
	if (which < 4)
		someone_registers(d);
	else if (which < 6)
		someone_cancels(d);
	else if (which < 18)
		door_decides(d);
	else if (which < 19)
		door_begins_anew(d);
	else
		hand_changes(d);
}

/* How often the kept one differed. */
static int history(struct house *house, uint64_t seed, const char *without)
{
	static unsigned count;
	struct drawn d = {.house = house, .cache = attendance_cache_new()};
	char path[128], name[32];

	random_state = seed;
	house->now = START / 1000 - 1000;
	d.conference = house_conference(house, "drawn", 20);
	d.other = house_conference(house, "other", 0);
	(void)snprintf(path, sizeof(path), "%s/registrar.db", house->dir);
	assert_int_equal(sqlite3_open(path, &d.db), SQLITE_OK);
	sqlite3_busy_timeout(d.db, 5000);
	if (without != NULL)
		hand(&d, without);
	for (int i = 0; i < DOORS; i++) {
		(void)snprintf(name, sizeof(name), "door-%u", count++);
		house_gate_begin(house, &d.gates[i], name);
	}
	for (int i = 0; i < STEPS; i++) {
		step(&d);
		if (draw(3) > 0)
			compare(&d);
	}
	compare(&d);
	for (int i = 0; i < DOORS; i++)
		house_gate_end(&d.gates[i]);
	sqlite3_close(d.db);
	attendance_cache_free(d.cache);
	return d.differences;
}

static void kept_attendance_equals_attendance_read_at_once(void **state)
{
	assert_int_equal(history(*state, 20261122, NULL), 0);
}

static void and_again_in_another_history(void **state)
{
	assert_int_equal(history(*state, 77, NULL), 0);
}

static void without_what_tells_of_changes_it_differs(void **state)
{
	assert_true(history(*state, 20261122,
			"DROP TRIGGER attendance_registered;"
			"DROP TRIGGER attendance_changed;"
			"DROP TRIGGER attendance_revoked;"
			"DROP TRIGGER attendance_pass_made") > 0);
}

static void without_what_tells_of_altered_journals_it_differs(void **state)
{
	assert_true(history(*state, 20261122,
			"DROP TRIGGER attendance_person;"
			"DROP TRIGGER attendance_outlet;"
			"DROP TRIGGER attendance_accreditation;"
			"DROP TRIGGER attendance_altered;"
			"DROP TRIGGER attendance_deleted") > 0);
}

static void a_look_from_before_takes_nothing_back(void **state)
{
	struct house *house = *state;
	struct attendance_cache *cache = attendance_cache_new();
	const struct attendance *old = NULL, *now = NULL, *again = NULL;
	struct store_tx *before = NULL, *after = NULL;
	struct house_gate gate;
	int64_t conference;

	house->now = START / 1000;
	conference = house_conference(house, "before", 0);
	(void)house_register(house, conference, house_reporter(house, "Ana", "Lumen TV"));
	house_gate_begin(house, &gate, "before");
	assert_int_equal(store_read_begin(house->registrar->store, &before), 0);
	assert_int_equal(attendance_cache_get(cache, before, conference, &old), 0);
	(void)house_register(house, conference, house_reporter(house, "Bo", "Lumen TV"));
	house_gate_add(&gate,
	    &(struct entry){.decision = ENTRY_DENY, .event = "before", .reason = "malformed"});
	house_gate_sync(house, &gate);
	assert_int_equal(store_read_begin(house->registrar->store, &after), 0);
	assert_int_equal(attendance_cache_get(cache, after, conference, &now), 0);
	assert_int_equal(attendance_cache_get(cache, before, conference, &again), 0);
	assert_int_equal(old->expected, 1);
	assert_int_equal(old->denials, 0);
	assert_int_equal(now->expected, 2);
	assert_int_equal(now->denials, 1);
	assert_ptr_equal(again, now);
	store_read_end(before);
	store_read_end(after);
	attendance_free(old);
	attendance_cache_forget(cache);
	/* What is held outlives what was forgotten. */
	assert_string_equal(now->people[0].name, "Ana");
	attendance_free(now);
	attendance_free(again);
	attendance_cache_free(cache);
	house_gate_end(&gate);
}

static void look_once(struct house *house, int64_t conference)
{
	const struct attendance *attendance = NULL;
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(
	    attendance_cache_get(house->registrar->attendance, tx, conference, &attendance), 0);
	store_read_end(tx);
	attendance_free(attendance);
}

static void nobody_who_was_purged_is_kept(void **state)
{
	struct house *house = *state;
	struct attendance_cache **cache = &house->registrar->attendance;
	struct refusal why = {.words = ""};
	int64_t conference, ana, receipt = -1;

	house->now = START / 1000;
	conference = house_conference(house, "purged", 0);
	(void)house_register(house, conference, house_reporter(house, "Ana", "Lumen TV"));
	ana = house_number(house, "SELECT id FROM person WHERE name = 'Ana'");
	look_once(house, conference);
	assert_int_equal(attendance_cache_kept(*cache), 1);
	/* Nothing is due: nothing is let go. */
	assert_int_equal(purge_run(house->registrar, "daily", house->now, &receipt), 0);
	assert_int_equal(receipt, 0);
	assert_int_equal(attendance_cache_kept(*cache), 1);
	assert_int_equal(
	    purge_one(house->registrar, ana, "desk1", house->now, NULL, NULL, &receipt, &why), 0);
	assert_true(receipt > 0);
	assert_int_equal(attendance_cache_kept(*cache), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, house_begin, house_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(kept_attendance_equals_attendance_read_at_once),
	    TEST(and_again_in_another_history),
	    TEST(without_what_tells_of_changes_it_differs),
	    TEST(without_what_tells_of_altered_journals_it_differs),
	    TEST(a_look_from_before_takes_nothing_back),
	    TEST(nobody_who_was_purged_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

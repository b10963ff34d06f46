/* What gates download: changes add up to the whole list, and only true objects take effect. */
#include "tests/device/holder.h"

#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include "badges/bytes.h"
#include "badges/revoked.h"
#include "badges/roster.h"
#include "registrar/doors/bundles_make.h"
#include "registrar/press/restriction.h"
#include "schema/gate_db.h"

static void change_by_sql(struct holder *holder, const char *sql)
{
	const struct store_options options = {.exclusive = true};
	sqlite3 *db = NULL;
	char why[256];

	store_close(holder->gate.store);
	assert_int_equal(sqlite3_open_v2(holder->path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(store_open(holder->path, &gate_store_spec, &options, &holder->gate.store,
			     why, sizeof(why)),
	    0);
}

enum { PEOPLE = 40, ROUNDS = 60 };

/* What may happen at the desk, drawn by number. */
static void something(struct house *house, int64_t conference, const int64_t *people,
    char (*references)[24], int64_t *restriction)
{
	int who = rand() % PEOPLE;
	struct refusal why = {0};
	struct registration made;

	switch (rand() % 6) {
	case 0:
	case 1:
		(void)house_suspend(house, people[who], false, &why);
		made = house_register(house, conference, people[who]);
		(void)snprintf(references[who], 24, "%s", made.reference);
		break;
	case 2:
		if (references[who][0] != '\0')
			house_cancel(house, references[who]);
		break;
	case 3:
		/* Cancelled and waitlisted ones are refused; what matters is what gates get. */
		if (references[who][0] != '\0' &&
		    registration_reissue(
			house->registrar, references[who], "admin", house->now, &made, &why) == 0)
			assert_true(made.has_pass);
		break;
	case 4:
		if (house_suspend(house, people[who], true, &why) != 0)
			(void)house_suspend(house, people[who], false, &why);
		break;
	default:
		if (*restriction == 0) {
			const struct restriction wish = {.scope = REVOKED_SCOPE_CONFERENCE,
			    .conference = conference,
			    .from = house->now,
			    .words = "The gallery is full of smoke.",
			    .staff = "admin"};

			assert_int_equal(restriction_add(house->registrar, &wish, restriction), 0);
		} else {
			assert_int_equal(
			    restriction_lift(house->registrar, *restriction, "admin"), 0);
			*restriction = 0;
		}
	}
}

static void changes_add_up_to_the_whole_list(void **state)
{
	struct house *house = *state;
	int64_t conference = house_conference(house, "update", 30), restriction = 0;
	char references[PEOPLE][24] = {{0}};
	int64_t people[PEOPLE];
	struct bundles *bundles = NULL;
	struct holder by_delta, whole;

	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	for (int i = 0; i < PEOPLE; i++)
		people[i] =
		    house_reporter(house, i % 2 ? "Noor Haddad" : "Ọlá Adéyẹmí", "Lumen TV");
	holder_begin(house, &by_delta, "by-delta");
	holder_take_keys(bundles, &by_delta, house->now);
	srand(20261122);
	for (int round = 0; round < ROUNDS; round++) {
		char *first, *second;
		int n = rand() % 4;

		for (int i = 0; i < n; i++)
			something(house, conference, people, references, &restriction);
		holder_follow(bundles, &by_delta, (uint32_t)conference, false, house->now);
		assert_true(holder_digests_hold(&by_delta, (uint32_t)conference));
		if (round % 6 != 5)
			continue;
		holder_begin(house, &whole, "whole");
		holder_take_keys(bundles, &whole, house->now);
		holder_follow(bundles, &whole, (uint32_t)conference, true, house->now);
		first = holder_dump(&by_delta);
		second = holder_dump(&whole);
		assert_string_equal(first, second);
		free(first);
		free(second);
		holder_end(&whole);
	}
	print_message("# %u changes, %u whole objects\n", by_delta.deltas, by_delta.fulls);
	assert_true(by_delta.deltas > ROUNDS / 2);
	assert_true(by_delta.fulls <= 4);
	/* What was damaged before a change is found after it, too. */
	change_by_sql(
	    &by_delta, "UPDATE roster SET status = 7 WHERE pass = (SELECT min(pass) FROM roster)");
	assert_false(holder_digests_hold(&by_delta, (uint32_t)conference));
	(void)house_register(
	    house, conference, house_reporter(house, "Iris Lang", "Northern Wire"));
	holder_follow(bundles, &by_delta, (uint32_t)conference, false, house->now);
	assert_false(holder_digests_hold(&by_delta, (uint32_t)conference));
	holder_end(&by_delta);
	bundles_close(bundles);
}

static void a_change_applies_to_its_own_version_only(void **state)
{
	struct house *house = *state;
	uint32_t conference = (uint32_t)house_conference(house, "base", 0);
	int64_t reporter = house_reporter(house, "Iris Lang", "Northern Wire");
	struct bundles *bundles = NULL;
	struct bundles_object *full = NULL, *delta = NULL, *newer = NULL;
	struct lists_change change;
	struct holder holder;
	char *before, *after;
	uint64_t version;

	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	holder_begin(house, &holder, "base");
	holder_take_keys(bundles, &holder, house->now);
	assert_int_equal(bundles_roster(bundles, conference, 0, &full), 0);
	version = full->version;
	(void)house_register(house, conference, reporter);
	assert_int_equal(bundles_roster(bundles, conference, version, &delta), 0);
	assert_int_equal(delta->kind, BUNDLES_ROSTER_DELTA);
	/* Nothing held: a change has nothing to apply to. */
	assert_int_equal(holder_apply(&holder, delta, conference, house->now, NULL), LISTS_BASE);
	assert_int_equal(holder_apply(&holder, full, conference, house->now, NULL), 0);
	assert_int_equal(
	    holder_apply(&holder, full, conference + 1, house->now, NULL), LISTS_CONFERENCE);
	/* A row that is not there any more: the sum is wrong, and nothing is changed. */
	(void)house_register(house, conference, house_reporter(house, "Ben Osei", "Lumen TV"));
	assert_int_equal(holder_apply(&holder, delta, conference, house->now, &change), 0);
	assert_int_equal(change.rows, 1);
	assert_int_equal(change.removed, 0);
	assert_int_equal(bundles_roster(bundles, conference, delta->version, &newer), 0);
	change_by_sql(&holder, "DELETE FROM roster");
	before = holder_dump(&holder);
	assert_int_equal(holder_apply(&holder, newer, conference, house->now, NULL), LISTS_COUNT);
	after = holder_dump(&holder);
	assert_string_equal(before, after);
	/* The whole list mends it; then what is older is refused. */
	bundles_put(bundles, newer);
	assert_int_equal(bundles_roster(bundles, conference, 0, &newer), 0);
	assert_int_equal(newer->kind, BUNDLES_ROSTER);
	assert_int_equal(holder_apply(&holder, newer, conference, house->now, NULL), 0);
	assert_int_equal(holder_apply(&holder, newer, conference, house->now, NULL), LISTS_SAME);
	assert_int_equal(holder_apply(&holder, full, conference, house->now, NULL), LISTS_OLDER);
	assert_int_equal(holder_apply(&holder, delta, conference, house->now, NULL), LISTS_OLDER);
	free(before);
	free(after);
	bundles_put(bundles, full);
	bundles_put(bundles, delta);
	bundles_put(bundles, newer);
	holder_end(&holder);
	bundles_close(bundles);
}

static void only_true_objects_take_effect(void **state)
{
	struct house *house = *state;
	uint32_t conference = (uint32_t)house_conference(house, "true", 0);
	struct bundles *bundles = NULL;
	struct bundles_object *object = NULL, *keys = NULL, changed;
	struct holder holder;
	uint8_t *copy;

	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	holder_begin(house, &holder, "true");
	assert_int_equal(bundles_roster(bundles, conference, 0, &object), 0);
	assert_int_equal(
	    holder_apply(&holder, object, conference, house->now, NULL), LISTS_NO_KEYS);
	/* Keys that another root signed, and keys of another site. */
	holder.root[0] ^= 1;
	assert_int_equal(bundles_keys(bundles, &keys), 0);
	assert_int_equal(holder_apply(&holder, keys, 0, house->now, NULL), LISTS_BAD);
	holder.root[0] ^= 1;
	assert_int_equal(lists_apply(&holder.gate,
			     &(struct lists_object){.kind = LISTS_KEYS,
				 .bytes = keys->bytes,
				 .len = keys->len,
				 .now = house->now,
				 .root = holder.root,
				 .site = "other.example"},
			     &(struct lists_change){.version = 0}),
	    LISTS_SITE);
	assert_int_equal(holder_apply(&holder, keys, 0, house->now + BUNDLES_KEYS_LIFE + 60, NULL),
	    LISTS_EXPIRED);
	bundles_put(bundles, keys);
	holder_take_keys(bundles, &holder, house->now);
	/* Any byte changed, anything cut off. */
	copy = malloc(object->len);
	assert_non_null(copy);
	changed = *object;
	changed.bytes = copy;
	for (size_t i = 0; i < object->len; i++) {
		memcpy(copy, object->bytes, object->len);
		copy[i] ^= 4;
		assert_int_equal(
		    holder_apply(&holder, &changed, conference, house->now, NULL), LISTS_BAD);
	}
	memcpy(copy, object->bytes, object->len);
	for (changed.len = 0; changed.len < object->len; changed.len++)
		assert_int_equal(
		    holder_apply(&holder, &changed, conference, house->now, NULL), LISTS_BAD);
	/* One kind never passes for another. */
	changed.len = object->len;
	changed.kind = BUNDLES_REVOKED;
	assert_int_equal(holder_apply(&holder, &changed, 0, house->now, NULL), LISTS_BAD);
	assert_int_equal(
	    holder_apply(&holder, object, conference, house->now + BUNDLES_LISTS_LIFE + 60, NULL),
	    LISTS_EXPIRED);
	assert_int_equal(holder_held(&holder, LISTS_ROSTER, conference), 0);
	/* Control: as it came, it takes effect. */
	assert_int_equal(holder_apply(&holder, object, conference, house->now, NULL), 0);
	free(copy);
	bundles_put(bundles, object);
	holder_end(&holder);
	bundles_close(bundles);
}

static void the_same_version_is_renewed_by_a_later_one(void **state)
{
	struct house *house = *state;
	struct bundle_head head = {.version = 900, .issued = house->now - 5 * 86400};
	struct bundles_block early = {0}, late = {0};
	struct lists_change change;
	struct store_tx *tx = NULL;
	struct bundles *bundles = NULL;
	struct holder holder;
	struct lists_object arrived = {.kind = LISTS_REVOKED, .now = house->now};

	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	holder_begin(house, &holder, "renewed");
	holder_take_keys(bundles, &holder, house->now);
	head.issued = house->now;
	head.not_after = house->now + 86400;
	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(bundles_make_revoked(house->registrar, tx, &head, 0, 0, &early), 0);
	head.issued++;
	head.not_after += 86400;
	assert_int_equal(bundles_make_revoked(house->registrar, tx, &head, 0, 0, &late), 0);
	store_read_end(tx);
	arrived.keys = holder.keys;
	arrived.bytes = early.bytes;
	arrived.len = early.len;
	assert_int_equal(lists_apply(&holder.gate, &arrived, &change), 0);
	assert_false(change.renewed);
	arrived.bytes = late.bytes;
	arrived.len = late.len;
	assert_int_equal(lists_apply(&holder.gate, &arrived, &change), 0);
	assert_true(change.renewed);
	arrived.bytes = early.bytes;
	arrived.len = early.len;
	assert_int_equal(lists_apply(&holder.gate, &arrived, &change), LISTS_SAME);
	free(early.bytes);
	free(late.bytes);
	holder_end(&holder);
	bundles_close(bundles);
}

/* The first pass that was revoked has ended long ago. */
static void end_the_first(struct house *house)
{
	char path[128];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/registrar.db", house->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db,
		"UPDATE revocation SET expires = 1700000000 WHERE pass_id = (SELECT pass_id FROM "
		"revocation WHERE expires > unixepoch() ORDER BY version LIMIT 1)",
		NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_close(db);
}

static void cancel_one(struct house *house, int64_t conference)
{
	int64_t person = house_reporter(house, "Mara Oduya", "Harbour Post");

	house_cancel(house, house_register(house, conference, person).reference);
}

static void revocations_of_passes_that_ended_stop_travelling(void **state)
{
	struct house *house = *state;
	int64_t conference = house_conference(house, "ended", 0);
	struct bundles *bundles = NULL;
	struct lists_change change;
	struct holder holder;
	size_t rows;

	for (int i = 0; i < 4; i++)
		cancel_one(house, conference);
	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	holder_begin(house, &holder, "ended");
	holder_take_keys(bundles, &holder, house->now);
	assert_int_equal(holder_take_revoked(house, bundles, &holder, true, &change), 0);
	rows = change.rows;
	bundles_close(bundles);
	house_reopen(house, end_the_first);
	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	/* The change counts one row less than this gate is left with: it takes the whole list. */
	cancel_one(house, conference);
	assert_int_equal(holder_take_revoked(house, bundles, &holder, false, &change), LISTS_COUNT);
	assert_int_equal(holder_take_revoked(house, bundles, &holder, true, &change), 0);
	assert_int_equal(change.kind, LISTS_REVOKED);
	assert_int_equal(change.rows, rows);
	holder_is_as_new(house, bundles, &holder);
	/* It has the newest, and the next change fits again. */
	assert_int_equal(
	    holder_take_revoked(house, bundles, &holder, false, &change), BUNDLES_SAME);
	cancel_one(house, conference);
	assert_int_equal(holder_take_revoked(house, bundles, &holder, false, &change), 0);
	assert_int_equal(change.kind, LISTS_REVOKED_DELTA);
	holder_is_as_new(house, bundles, &holder);
	holder_end(&holder);
	bundles_close(bundles);
}

static void a_renewed_list_is_rid_of_passes_that_ended(void **state)
{
	struct house *house = *state;
	struct bundle_head head = {
	    .version = 900, .issued = house->now, .not_after = house->now + 86400};
	struct bundles *bundles = NULL;
	struct bundles_block block = {0};
	struct lists_change change;
	struct store_tx *tx = NULL;
	struct lists_object arrived = {.kind = LISTS_REVOKED, .now = house->now};
	struct holder holder;
	size_t rows = 0;
	char sql[128];

	cancel_one(house, house_conference(house, "renewal", 0));
	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	holder_begin(house, &holder, "renewal");
	holder_take_keys(bundles, &holder, house->now);
	bundles_close(bundles);
	arrived.keys = holder.keys;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
		assert_int_equal(
		    bundles_make_revoked(house->registrar, tx, &head, 0, 0, &block), 0);
		store_read_end(tx);
		tx = NULL;
		arrived.bytes = block.bytes;
		arrived.len = block.len;
		assert_int_equal(lists_apply(&holder.gate, &arrived, &change), 0);
		assert_true(change.renewed == (i == 1));
		free(block.bytes);
		if (i == 0) {
			rows = change.rows;
			house_reopen(house, end_the_first);
			head.issued += 2;
			head.not_after += 86400;
		}
	}
	assert_int_equal(change.rows, rows - 1);
	(void)snprintf(sql, sizeof(sql),
	    "CREATE TEMP TABLE one (n CHECK (n = %zu)); INSERT INTO one SELECT count(*) FROM "
	    "revocation",
	    rows - 1);
	change_by_sql(&holder, sql);
	holder_end(&holder);
}

enum { MANY = 25000 };

/* Many people with passes, put into a closed store: the models make one at a time. */
static void many(struct house *house)
{
	static const char sql[] =
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) "
	    "INSERT INTO person (id, email, name, created) SELECT 100000 + i, 'p' || i || "
	    "'@press.example', 'Person Number ' || i, 1 FROM n;"
	    "INSERT INTO outlet (id, name, name_fold, created) VALUES (9999, 'Big Wire', 'big "
	    "wire', 1);"
	    "INSERT INTO accreditation (id, person_id, outlet_id, class, state, valid_from, "
	    "valid_until) SELECT id, id, 9999, 1, 'active', 1, 4000000000 FROM person WHERE id > "
	    "100000;"
	    "INSERT INTO registration (id, reference, conference_id, accreditation_id, state, "
	    "consented, created, changed) SELECT id, 'R' || id, (SELECT id FROM conference WHERE "
	    "slug = 'crowd'), id, 'confirmed', 1, 1, 1 FROM person WHERE id > 100000;"
	    "INSERT INTO pass (id, registration_id, conference_id, code, qr, issued, state, "
	    "roster_version) SELECT randomblob(16), id, conference_id, substr('00000000' || id, "
	    "-8), printf('%.200c', 'A'), 1, 'active', 1 FROM registration WHERE id > 100000;";
	char path[128], *why = NULL;
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/registrar.db", house->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		print_error("%s\n", why);
	assert_null(why);
	sqlite3_close(db);
}

static double cpu(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void a_large_roster_is_built_once_and_changed_by_one(void **state)
{
	struct house *house = *state;
	uint32_t conference = (uint32_t)house_conference(house, "crowd", 0);
	struct bundles *bundles = NULL;
	struct bundles_object *full = NULL, *again = NULL, *delta = NULL;
	struct lists_change change;
	struct holder holder;
	double start, built, second, one, taken;

	house_reopen(house, many);
	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	start = cpu();
	assert_int_equal(bundles_roster(bundles, conference, 0, &full), 0);
	built = cpu() - start;
	start = cpu();
	assert_int_equal(bundles_roster(bundles, conference, 0, &again), 0);
	second = cpu() - start;
	assert_ptr_equal(full->bytes, again->bytes);
	(void)house_register(house, conference, house_reporter(house, "One More", "Lumen TV"));
	start = cpu();
	assert_int_equal(bundles_roster(bundles, conference, full->version, &delta), 0);
	one = cpu() - start;
	assert_int_equal(delta->kind, BUNDLES_ROSTER_DELTA);
	/* The change of one does not carry the whole list; tests/bench.sh measures the time. */
	assert_true(delta->len < 1024);
	holder_begin(house, &holder, "crowd");
	holder_take_keys(bundles, &holder, house->now);
	start = cpu();
	assert_int_equal(holder_apply(&holder, full, conference, house->now, &change), 0);
	taken = cpu() - start;
	assert_int_equal(change.rows, MANY);
	assert_int_equal(holder_apply(&holder, delta, conference, house->now, &change), 0);
	assert_int_equal(change.rows, 1);
	print_message("# %d rows, %zu bytes: built and signed in %.3f s of CPU, given again in "
		      "%.6f s, a change of one in %.4f s and %zu bytes, taken in %.3f s\n",
	    MANY, full->len, built, second, one, delta->len, taken);
	bundles_put(bundles, full);
	bundles_put(bundles, again);
	bundles_put(bundles, delta);
	holder_end(&holder);
	bundles_close(bundles);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(changes_add_up_to_the_whole_list),
	    cmocka_unit_test(a_change_applies_to_its_own_version_only),
	    cmocka_unit_test(only_true_objects_take_effect),
	    cmocka_unit_test(the_same_version_is_renewed_by_a_later_one),
	    cmocka_unit_test(revocations_of_passes_that_ended_stop_travelling),
	    cmocka_unit_test(a_renewed_list_is_rid_of_passes_that_ended),
	    cmocka_unit_test(a_large_roster_is_built_once_and_changed_by_one),
	};

	return cmocka_run_group_tests(tests, house_begin, house_end);
}

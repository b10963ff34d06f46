/*
 * Lists are compared with what the doors signed: a row that was changed by hand is said, at once
 * and by a registrar that had found it good before.
 *
 * Control: with the comparison off the same row is not said.
 */
#include "tests/device/house.h"

#include <sqlite3.h>

#include "registrar/attendance/reconcile.h"

#define START INT64_C(1789236180)

/* What is said of journals, not of doors that are silent. */
static size_t said(struct house *house, int64_t conference, const char *words)
{
	struct attendance *attendance = NULL;
	struct reconcile reconcile = {.n = 0};
	struct store_tx *tx = NULL;
	size_t n = 0;

	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(attendance_load(tx, conference, &attendance), 0);
	assert_int_equal(
	    reconcile_run(house->registrar, tx, attendance, house->now, &reconcile), 0);
	for (size_t i = 0; i < reconcile.n; i++)
		n += strstr(reconcile.words[i], words) != NULL;
	if (!house->registrar->journals_unchecked)
		assert_true(reconcile.logs == 1);
	store_read_end(tx);
	attendance_free(attendance);
	reconcile_clear(&reconcile);
	return n;
}

static void hand(struct house *house, const char *sql)
{
	char path[128];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/registrar.db", house->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_true(sqlite3_changes(db) > 0);
	sqlite3_close(db);
}

static void a_row_changed_by_hand_is_said(void **state)
{
	struct house *house = *state;
	struct house_gate gate;
	int64_t conference;

	house->now = START;
	conference = house_conference(house, "hall", 0);
	house_gate_begin(house, &gate, "north");
	for (int i = 0; i < 20; i++)
		house_gate_add(
		    &gate, &(struct entry){
			       .decision = ENTRY_DENY, .event = "hall", .reason = "malformed"});
	house_gate_sync(house, &gate);
	assert_int_equal(said(house, conference, "journal of north"), 0);
	hand(house, "UPDATE log_entry SET reason = 'revoked' WHERE event = 'hall' AND seq = "
		    "(SELECT max(seq) FROM log_entry WHERE event = 'hall')");
	assert_int_equal(said(house, conference, "was altered"), 1);
	house->registrar->journals_unchecked = true;
	assert_int_equal(said(house, conference, "was altered"), 0);
	house->registrar->journals_unchecked = false;
	assert_int_equal(said(house, conference, "was altered"), 1);
	hand(house, "UPDATE log_entry SET reason = 'malformed' WHERE reason = 'revoked'");
	assert_int_equal(said(house, conference, "journal of north"), 0);
	house_gate_end(&gate);
}

static void a_row_that_is_gone_is_said(void **state)
{
	struct house *house = *state;
	struct house_gate gate;
	int64_t conference;

	house->now = START;
	conference = house_conference(house, "hall", 0);
	house_gate_begin(house, &gate, "north");
	for (int i = 0; i < 20; i++)
		house_gate_add(
		    &gate, &(struct entry){
			       .decision = ENTRY_DENY, .event = "hall", .reason = "malformed"});
	house_gate_sync(house, &gate);
	assert_int_equal(said(house, conference, "journal of north"), 0);
	hand(house, "DELETE FROM log_entry WHERE event = 'hall' AND seq = (SELECT max(seq) FROM "
		    "log_entry WHERE event = 'hall')");
	assert_int_equal(said(house, conference, "a row was removed"), 1);
	house_gate_end(&gate);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, house_begin, house_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_row_changed_by_hand_is_said),
	    TEST(a_row_that_is_gone_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

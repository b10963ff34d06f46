/* What supervisors stop and lift at gates, as their entries arrive. */
#include "tests/device/house.h"

#include "badges/revoked.h"
#include "registrar/doors/bundles.h"
#include "registrar/press/restriction.h"
#include "registrar/staff/staff.h"

static void add_by(struct house_gate *gate, const char *reason, const char *event, int64_t time_ms,
    const char *staff)
{
	struct entry entry = {.decision = ENTRY_SYNC, .time_ms = time_ms};

	(void)snprintf(entry.reason, sizeof(entry.reason), "%s", reason);
	(void)snprintf(entry.event, sizeof(entry.event), "%s", event);
	(void)snprintf(entry.staff, sizeof(entry.staff), "%s", staff);
	house_gate_add(gate, &entry);
}

static void add(struct house_gate *gate, const char *reason, const char *event, int64_t time_ms)
{
	add_by(gate, reason, event, time_ms, "boss1");
}

static void bar(
    struct house_gate *gate, const char *reason, const struct registration *who, int64_t time_ms)
{
	struct entry entry = {.decision = ENTRY_SYNC, .time_ms = time_ms, .has_pass = true};

	(void)snprintf(entry.reason, sizeof(entry.reason), "%s", reason);
	(void)snprintf(entry.event, sizeof(entry.event), "update");
	(void)snprintf(entry.staff, sizeof(entry.staff), "boss1");
	memcpy(entry.pass, who->pass_id, sizeof(entry.pass));
	house_gate_add(gate, &entry);
}

static int64_t standing(struct house *house)
{
	return house_number(house, "SELECT count(*) FROM restriction WHERE lifted IS NULL");
}

static int64_t version(struct house *house)
{
	return house_number(house, "SELECT value FROM meta WHERE key = 'revoked_version'");
}

static int64_t journaled(struct house *house)
{
	return house_number(house, "SELECT count(*) FROM log_entry e JOIN log l ON l.id = e.log_id "
				   "WHERE l.gate_id IS NULL "
				   "AND e.reason IN ('restricted', 'restriction-lifted')");
}

static void a_stop_restricts_and_a_lifting_lifts(void **state)
{
	struct house *house = *state;
	struct house_gate gate;
	int64_t before = version(house), noted = journaled(house), at = house->now * 1000;

	house_conference(house, "update", 0);
	house_gate_begin(house, &gate, "stop-door");
	add(&gate, "restrict", "", at);
	add(&gate, "restrict", "update", at + 1);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 2);
	assert_true(version(house) > before);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM restriction WHERE scope = 1 AND origin LIKE "
				"'stop-door/%/0' AND words = 'Stopped by boss1 at stop-door'"),
	    1);
	assert_int_equal(journaled(house), noted + 2);
	/* Lifting the conference leaves the building. */
	add(&gate, "restrict-lift", "update", at + 2);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 1);
	add(&gate, "restrict-lift", "", at + 3);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	assert_int_equal(journaled(house), noted + 4);
	/* And again there is nothing to lift, nor anything to tell. */
	before = version(house);
	add(&gate, "restrict-lift", "", at + 4);
	house_gate_sync(house, &gate);
	assert_int_equal(version(house), before);
	house_gate_end(&gate);
}

static void a_stop_made_in_1970_leaves_the_list_whole(void **state)
{
	struct house *house = *state;
	struct bundles *bundles = NULL;
	struct bundles_object *object = NULL;
	struct house_gate gate;

	house_gate_begin(house, &gate, "old-clock-door");
	add(&gate, "restrict", "", 167000);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 1);
	assert_int_equal(bundles_open(house->registrar, &bundles), 0);
	assert_int_equal(bundles_revoked(bundles, 0, &object), 0);
	bundles_put(bundles, object);
	bundles_close(bundles);
	add(&gate, "restrict-lift", "", 168000);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	house_gate_end(&gate);
}

static void the_same_upload_restricts_once(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate;
	int64_t id = 0;

	house_gate_begin(house, &gate, "once-door");
	add(&gate, "restrict", "", house->now * 1000);
	assert_int_equal(house_gate_send(house, &gate, 0, 1, &answer), 0);
	id = house_number(house, "SELECT id FROM restriction WHERE origin LIKE 'once-door/%'");
	assert_int_equal(restriction_lift(house->registrar, id, "desk1"), 0);
	assert_int_equal(house_gate_send(house, &gate, 0, 1, &answer), 0);
	/* Lifted by communications, it stays so whatever comes again. */
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM restriction WHERE origin LIKE 'once-door/%'"),
	    1);
	assert_int_equal(standing(house), 0);
	house_gate_end(&gate);
}

static void what_a_gate_lifts_is_what_gates_made(void **state)
{
	struct house *house = *state;
	const struct restriction ours = {.scope = REVOKED_SCOPE_BUILDING,
	    .from = house->now,
	    .words = "Closed",
	    .staff = "desk1"};
	struct house_gate gate;
	int64_t id = 0;

	assert_int_equal(restriction_add(house->registrar, &ours, &id), 0);
	house_gate_begin(house, &gate, "lift-door");
	add(&gate, "restrict-lift", "", house->now * 1000 + 5000);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 1);
	assert_int_equal(restriction_lift(house->registrar, id, "desk1"), 0);
	house_gate_end(&gate);
}

static void a_lifting_that_arrives_first_lifts_what_comes_late(void **state)
{
	struct house *house = *state;
	struct house_gate one, other;
	int64_t at = (house->now += 120) * 1000 - 60000;

	house_gate_begin(house, &one, "late-door");
	house_gate_begin(house, &other, "early-door");
	add(&one, "restrict", "", at);
	add(&one, "restrict", "", at + 20000);
	/* Heard over the local network, and lifted there; uploaded first. */
	add(&other, "restrict-lift", "", at + 10000);
	house_gate_sync(house, &other);
	house_gate_sync(house, &one);
	/* Only the stop made before it: the later one stands. */
	assert_int_equal(standing(house), 1);
	assert_int_equal(house_number(house, "SELECT count(*) FROM restriction WHERE origin LIKE "
					     "'late-door/%/1' AND lifted IS NULL"),
	    1);
	add(&other, "restrict-lift", "", at + 30000);
	house_gate_sync(house, &other);
	assert_int_equal(standing(house), 0);
	house_gate_end(&one);
	house_gate_end(&other);
}

static void within_one_log_the_order_counts_and_not_the_clock(void **state)
{
	struct house *house = *state;
	struct house_gate gate;
	int64_t at = house->now * 1000;

	house_conference(house, "orders", 0);
	house_gate_begin(house, &gate, "clock-door");
	add(&gate, "restrict-lift", "orders", at + 60000);
	add(&gate, "restrict", "orders", at); /* the clock was set back in between */
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 1);
	add(&gate, "restrict-lift", "orders", at - 60000);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	house_gate_end(&gate);
}

static void a_pass_is_barred_and_no_other(void **state)
{
	struct house *house = *state;
	struct house_gate gate;
	struct registration one, other;
	int64_t conference = house_conference(house, "passes", 0), at = house->now * 1000;

	one = house_register(house, conference, house_reporter(house, "Vera Lind", "Lumen"));
	other = house_register(house, conference, house_reporter(house, "Odd Nes", "Lumen"));
	house_gate_begin(house, &gate, "bar-door");
	bar(&gate, "restrict", &one, at);
	bar(&gate, "restrict-lift", &other, at + 1);
	house_gate_sync(house, &gate);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM restriction WHERE scope = 5 AND lifted IS "
				"NULL AND origin LIKE 'bar-door/%/0'"),
	    1);
	bar(&gate, "restrict-lift", &one, at + 2);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	house_gate_end(&gate);
}

static void a_conference_that_is_not_known_restricts_nothing(void **state)
{
	struct house *house = *state;
	struct house_gate gate;

	house_gate_begin(house, &gate, "odd-door");
	add(&gate, "restrict", "nosuch", house->now * 1000);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	house_gate_end(&gate);
}

static void a_clock_ahead_does_not_put_it_off(void **state)
{
	struct house *house = *state;
	struct house_gate gate;

	house_gate_begin(house, &gate, "ahead-door");
	add(&gate, "restrict", "", house->now * 1000 + 86400000);
	house_gate_sync(house, &gate);
	assert_true(house_number(house, "SELECT max(valid_from) FROM restriction WHERE origin LIKE "
					"'ahead-door/%'") <= house->now);
	add(&gate, "restrict-lift", "", house->now * 1000 + 86400001);
	house_gate_sync(house, &gate);
	house_gate_end(&gate);
}

static void a_lifting_ahead_of_time_lifts_nothing_later(void **state)
{
	struct house *house = *state;
	struct house_gate ahead, right;
	int64_t at = house->now * 1000;

	house_gate_begin(house, &ahead, "early-clock");
	house_gate_begin(house, &right, "right-clock");
	add(&ahead, "restrict-lift", "", at + 3600000);
	house_gate_sync(house, &ahead);
	/* The next minute, at a door with the right time. */
	house->now += 60;
	add(&right, "restrict", "", house->now * 1000);
	house_gate_sync(house, &right);
	assert_int_equal(standing(house), 1);
	add(&right, "restrict-lift", "", house->now * 1000 + 1);
	house_gate_sync(house, &right);
	assert_int_equal(standing(house), 0);
	house_gate_end(&ahead);
	house_gate_end(&right);
}

static void only_a_supervisor_lifts(void **state)
{
	struct house *house = *state;
	struct house_gate gate;
	struct refusal why = {0};
	int64_t at = house->now * 1000;

	house_gate_begin(house, &gate, "who-door");
	/* Nobody, and somebody who is known to be less, stop nothing. */
	add_by(&gate, "restrict", "", at, "");
	add_by(&gate, "restrict", "", at + 1, "guard1");
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	/* Of somebody not known: the door stays shut. */
	add_by(&gate, "restrict", "", at + 2, "nosuch");
	add_by(&gate, "restrict-lift", "", at + 3, "nosuch");
	add_by(&gate, "restrict-lift", "", at + 4, "guard1");
	add_by(&gate, "restrict-lift", "", at + 5, "");
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 1);
	add(&gate, "restrict-lift", "", at + 6);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	/* What a supervisor stopped who is gone by now holds; they lift nothing any more. */
	assert_int_equal(staff_disable(house->registrar, "boss2", "admin", house->now, &why), 0);
	add_by(&gate, "restrict", "", at + 7, "boss2");
	add_by(&gate, "restrict-lift", "", at + 8, "boss2");
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 1);
	add(&gate, "restrict-lift", "", at + 9);
	house_gate_sync(house, &gate);
	assert_int_equal(standing(house), 0);
	house_gate_end(&gate);
}

static void many_contradictions_are_counted_and_few_kept(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate;

	house_gate_begin(house, &gate, "liar-door");
	house_gate_add(&gate, &(struct entry){.decision = ENTRY_ADMIT, .event = "update"});
	house_gate_sync(house, &gate);
	for (unsigned i = 0; i < RECEPTION_CONTRADICTIONS_MAX + 20; i++) {
		struct house_gate twin = {.gate = gate.gate, .key = gate.key, .epoch = gate.epoch};

		/* The same gate's key tells another story of entry 0 each time. */
		assert_int_equal(log_create(gate.log.key.name, gate.gate.journal_key,
				     gate.key->secret, &twin.log),
		    0);
		house_gate_add(
		    &twin, &(struct entry){
			       .decision = ENTRY_DENY, .event = "update", .mono_ms = 1000 + i});
		assert_int_equal(
		    house_gate_send(house, &twin, 0, 1, &answer), RECEPTION_EQUIVOCATION);
		free(twin.leaves);
	}
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM equivocation"), RECEPTION_CONTRADICTIONS_MAX);
	assert_int_equal(house_number(house, "SELECT max(contradicted) FROM log"),
	    RECEPTION_CONTRADICTIONS_MAX + 20);
	house_gate_end(&gate);
}

static int begin(void **state)
{
	static const struct staff_wish wishes[] = {
	    {.name = "boss1", .full_name = "Ann Boe", .role = ROLE_SUPERVISOR, .pin = "482915"},
	    {.name = "boss2", .full_name = "Odd Moe", .role = ROLE_SUPERVISOR, .pin = "482916"},
	    {.name = "guard1", .full_name = "Eva Roe", .role = ROLE_SECURITY, .pin = "482917"}};
	struct refusal why = {0};
	struct house *house;
	int r = house_begin(state);

	house = *state;
	for (size_t i = 0; r == 0 && i < sizeof(wishes) / sizeof(wishes[0]); i++)
		r = staff_add(house->registrar, &wishes[i], "admin", house->now, &why);
	return r;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    /* First: a lifting that was heard of lifts what is older. */
	    cmocka_unit_test(a_stop_made_in_1970_leaves_the_list_whole),
	    cmocka_unit_test(a_stop_restricts_and_a_lifting_lifts),
	    cmocka_unit_test(the_same_upload_restricts_once),
	    cmocka_unit_test(what_a_gate_lifts_is_what_gates_made),
	    cmocka_unit_test(a_lifting_that_arrives_first_lifts_what_comes_late),
	    cmocka_unit_test(within_one_log_the_order_counts_and_not_the_clock),
	    cmocka_unit_test(a_pass_is_barred_and_no_other),
	    cmocka_unit_test(a_conference_that_is_not_known_restricts_nothing),
	    cmocka_unit_test(a_clock_ahead_does_not_put_it_off),
	    cmocka_unit_test(a_lifting_ahead_of_time_lifts_nothing_later),
	    cmocka_unit_test(only_a_supervisor_lifts),
	    cmocka_unit_test(many_contradictions_are_counted_and_few_kept),
	};

	return cmocka_run_group_tests(tests, begin, house_end);
}

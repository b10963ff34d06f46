/* Runs of the allocation on a real data folder: asked, drafted, applied, made again. */
#include <sqlite3.h>

#include "registrar/press/allocation_draft.h"
#include "registrar/press/allocation_run.h"
#include "tests/registrar/folder.h"
#include "web/say.h"

enum { DEADLINE = FOLDER_NOW - 60 };

static void set(struct folder *folder, const char *slug, const struct allocation_setting *wish)
{
	struct refusal why = {0};
	int result = allocation_setting_write(
	    folder->registrar, slug, wish, "desk1", FOLDER_NOW - 7200, &why);

	if (result)
		print_error("setting: %s %s\n", why.field, why.words);
	assert_int_equal(result, 0);
}

static struct allocation_setting by_allocation(void)
{
	struct allocation_setting wish = {.by_allocation = true, .deadline = DEADLINE};

	allocation_rules_default(&wish.rules);
	return wish;
}

/* An allocating conference of that capacity and limit. */
static int64_t begin(struct folder *folder, int64_t capacity, int64_t per_outlet)
{
	int64_t id = folder_conference(folder, "one", capacity, per_outlet, false);
	const struct allocation_setting wish = by_allocation();

	set(folder, "one", &wish);
	return id;
}

static struct registration ask(
    struct folder *folder, int64_t conference, const char *name, const char *outlet, int64_t after)
{
	return folder_register(
	    folder, conference, folder_reporter(folder, name, outlet, false), after - 3600);
}

static void draft(struct folder *folder, int64_t id, struct allocation_draft *ret)
{
	struct store_tx *tx = NULL;
	struct conference conference = {0};

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(conference_by_id(tx, id, &conference), 0);
	assert_int_equal(allocation_draft_read(tx, &conference, FOLDER_NOW, ret), 0);
	store_read_end(tx);
	conference_clear(&conference);
}

static int64_t apply(struct folder *folder)
{
	struct refusal why = {0};
	int64_t run = 0;
	int result =
	    allocation_apply(folder->registrar, "one", NULL, "desk1", FOLDER_NOW, &run, &why);

	if (result)
		print_error("apply: %d %s\n", result, why.words);
	assert_int_equal(result, 0);
	return run;
}

static const char *explained(const struct registration *registration)
{
	static char text[600];

	say_kept(NULL, text, sizeof(text), registration->explanation);
	return text;
}

static struct registration expect(
    struct folder *folder, const struct registration *before, enum registration_state state)
{
	struct registration now = folder_read(folder, before->reference);

	assert_int_equal(now.state, state);
	assert_int_equal(now.has_pass, state == REGISTRATION_CONFIRMED);
	return now;
}

static int64_t one_number(struct folder *folder, const char *sql)
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;

	snprintf(path, sizeof path, "%s/registrar.db", folder->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	int step = sqlite3_step(statement);
	int64_t n = step == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : step;
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return n;
}

static void who_asks_waits_for_the_run_and_then_hears_why(void **state)
{
	struct folder *folder = *state;
	int64_t conference = begin(folder, 2, 1);
	struct registration a1 = ask(folder, conference, "a1", "Courier", 0);
	struct registration a2 = ask(folder, conference, "a2", "Courier", 1);
	struct registration b = ask(folder, conference, "b", "Lumen", 2);
	struct registration c = ask(folder, conference, "c", "Wire", 3);

	expect(folder, &a1, REGISTRATION_REQUESTED);
	assert_int_equal(folder_entries(folder, "place-asked"), 4);
	assert_int_equal(one_number(folder, "SELECT count(*) FROM outbox"), 4);
	apply(folder);
	a1 = expect(folder, &a1, REGISTRATION_CONFIRMED);
	assert_string_equal(explained(&a1), "You have place 1 of 2.");
	a2 = expect(folder, &a2, REGISTRATION_WAITLISTED);
	assert_non_null(strstr(explained(&a2), "You are number 2 of Courier; the limit of an outlet"
					       " is 1."));
	expect(folder, &b, REGISTRATION_CONFIRMED);
	c = expect(folder, &c, REGISTRATION_WAITLISTED);
	assert_non_null(strstr(explained(&c), "All 2 places are taken."));
	assert_int_equal(one_number(folder, "SELECT count(*) FROM outbox"), 8);
	assert_int_equal(folder_entries(folder, "places-allocated"), 1);
}

static void a_draft_says_what_the_run_then_does(void **state)
{
	struct folder *folder = *state;
	int64_t conference = begin(folder, 3, 2);
	struct registration made[6];
	struct allocation_draft before = {0};
	char name[8], kept[6][2048];

	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof name, "p%d", i);
		made[i] = ask(folder, conference, name, i % 2 ? "Courier" : "Lumen", 10 - i);
	}
	draft(folder, conference, &before);
	assert_int_equal(before.n, 6);
	assert_int_equal(before.places, 3);
	for (size_t i = 0; i < 6; i++)
		allocation_draft_say(&before, i, kept[i], sizeof kept[i]);
	apply(folder);
	for (int i = 0; i < 6; i++) {
		struct registration now = folder_read(folder, made[i].reference);
		assert_string_equal(now.explanation, kept[i]);
		assert_int_equal(
		    now.state == REGISTRATION_CONFIRMED, allocation_gives(&before.results[i]));
	}
	allocation_draft_free(&before);
}

static void a_run_on_other_facts_than_the_ones_seen_is_refused(void **state)
{
	struct folder *folder = *state;
	int64_t conference = begin(folder, 1, 0);
	struct registration first = ask(folder, conference, "a", "Courier", 0);
	struct allocation_draft seen = {0};
	struct refusal why = {0};
	int64_t run = 0;

	draft(folder, conference, &seen);
	ask(folder, conference, "b", "Lumen", 1);
	assert_int_equal(allocation_apply(folder->registrar, "one", seen.digest, "desk1",
			     FOLDER_NOW, &run, &why),
	    MODEL_REFUSED);
	assert_non_null(strstr(why.words, "Something changed since you looked"));
	expect(folder, &first, REGISTRATION_REQUESTED);
	assert_int_equal(one_number(folder, "SELECT count(*) FROM allocation_run"), 0);
	allocation_draft_free(&seen);
	draft(folder, conference, &seen);
	assert_int_equal(allocation_apply(folder->registrar, "one", seen.digest, "desk1",
			     FOLDER_NOW, &run, &why),
	    0);
	/* Once. */
	assert_int_equal(
	    allocation_apply(folder->registrar, "one", NULL, "desk1", FOLDER_NOW, &run, &why),
	    MODEL_REFUSED);
	allocation_draft_free(&seen);
}

static void count_difference(void *context, const struct allocation_difference *difference)
{
	(void)difference;
	++*(int *)context;
}

static struct allocation_replay replay(struct folder *folder, int64_t run, int *ret_heard)
{
	struct allocation_replay found = {0};
	struct store_tx *tx = NULL;
	struct refusal why = {0};

	*ret_heard = 0;
	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(allocation_replay(tx, run, &found, count_difference, ret_heard, &why), 0);
	store_read_end(tx);
	return found;
}

static void a_replay_gives_the_same_or_says_what_differs(void **state)
{
	struct folder *folder = *state;
	int64_t conference = begin(folder, 2, 1);
	struct allocation_replay found;
	int heard = 0;

	ask(folder, conference, "a", "Courier", 0);
	ask(folder, conference, "b", "Courier", 1);
	ask(folder, conference, "c", "Lumen", 2);
	int64_t run = apply(folder);
	/* What becomes of the conference later is no matter. */
	assert_int_equal(one_number(folder, "UPDATE conference SET capacity = 1"), SQLITE_DONE);
	found = replay(folder, run, &heard);
	assert_true(found.same_facts && found.cases == 3 && found.differences == 0 && heard == 0);
	/* The controls: a result or a fact that somebody changed. */
	assert_int_equal(one_number(folder, "UPDATE allocation_case SET outcome = 1, number = 3"
					    " WHERE outcome = 3"),
	    SQLITE_DONE);
	found = replay(folder, run, &heard);
	assert_true(found.same_facts && found.differences == 1 && heard == 1);
	assert_int_equal(
	    one_number(folder, "UPDATE allocation_case SET asked = asked - 9 WHERE outcome = 1"),
	    SQLITE_DONE);
	assert_false(replay(folder, run, &heard).same_facts);
}

static void a_place_given_back_goes_on_by_the_same_rules(void **state)
{
	struct folder *folder = *state;
	int64_t conference = begin(folder, 1, 0), promoted = 0;
	struct registration a = ask(folder, conference, "a", "Courier", 0);
	struct registration b = ask(folder, conference, "b", "Lumen", 1);
	struct refusal why = {0};

	/* Before the run nothing is given. */
	apply(folder);
	assert_int_equal(
	    registration_cancel(folder->registrar, a.reference, NULL, FOLDER_NOW, &promoted, &why),
	    0);
	assert_int_equal(promoted, b.id);
	expect(folder, &b, REGISTRATION_CONFIRMED);
	/* Who asks after the run gets an answer at once. */
	struct registration late = ask(folder, conference, "c", "Wire", 3590);
	assert_int_equal(late.state, REGISTRATION_WAITLISTED);
}

static void before_the_run_a_cancelled_place_goes_to_nobody(void **state)
{
	struct folder *folder = *state;
	int64_t conference = begin(folder, 1, 0), promoted = 0;
	struct registration a = ask(folder, conference, "a", "Courier", 0);
	struct registration b = ask(folder, conference, "b", "Lumen", 1);
	struct refusal why = {0};

	assert_int_equal(registration_cancel(folder->registrar, a.reference, NULL, FOLDER_NOW - 90,
			     &promoted, &why),
	    0);
	assert_int_equal(promoted, 0);
	expect(folder, &b, REGISTRATION_REQUESTED);
}

static void pools_are_filled_kept_and_given_on(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 0, false), promoted = 0;
	struct allocation_setting wish = by_allocation();
	struct refusal why = {0};

	wish.rules.n_pools = 1;
	wish.rules.pools[0] = (struct allocation_pool){0, 1, 1u << CLASS_REPORTER};
	snprintf(wish.pool_names[0], sizeof wish.pool_names[0], "still");
	set(folder, "one", &wish);
	struct registration a = ask(folder, conference, "a", "Courier", 0);
	struct registration b = ask(folder, conference, "b", "Lumen", 1);
	struct registration c = ask(folder, conference, "c", "Wire", 2);
	apply(folder);
	a = expect(folder, &a, REGISTRATION_CONFIRMED);
	assert_non_null(strstr(explained(&a), "place 1 of 1 of the pool \"still\""));
	expect(folder, &b, REGISTRATION_CONFIRMED);
	expect(folder, &c, REGISTRATION_WAITLISTED);
	assert_int_equal(
	    registration_cancel(folder->registrar, a.reference, NULL, FOLDER_NOW, &promoted, &why),
	    0);
	c = expect(folder, &c, REGISTRATION_CONFIRMED);
	assert_non_null(strstr(explained(&c), "of the pool \"still\""));
	assert_int_equal(
	    one_number(folder, "SELECT count(*) FROM registration WHERE pool_id IS NOT NULL"
			       " AND state = 'confirmed'"),
	    1);
}

static void more_room_fills_itself(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 5, 0, false);
	struct allocation_setting wish;

	allocation_rules_default(&wish.rules);
	wish = (struct allocation_setting){.rules = wish.rules};
	wish.rules.class_places[CLASS_REPORTER] = 1;
	set(folder, "one", &wish);
	struct registration a = ask(folder, conference, "a", "Courier", 0);
	struct registration b = ask(folder, conference, "b", "Lumen", 1);
	expect(folder, &a, REGISTRATION_CONFIRMED);
	b = expect(folder, &b, REGISTRATION_WAITLISTED);
	assert_non_null(strstr(explained(&b), "All 1 places for your role are taken."));
	wish.rules.class_places[CLASS_REPORTER] = ALLOCATION_NO_LIMIT;
	set(folder, "one", &wish);
	expect(folder, &b, REGISTRATION_CONFIRMED);
}

static void the_desk_gives_a_place_out_of_turn_with_a_reason(void **state)
{
	struct folder *folder = *state;
	int64_t conference = begin(folder, 1, 0);
	struct registration a = ask(folder, conference, "a", "Courier", 0);
	struct registration b = ask(folder, conference, "b", "Lumen", 1);
	struct refusal why = {0};

	assert_int_equal(
	    allocation_give(folder->registrar, b.reference, "  ", "desk1", FOLDER_NOW, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "reason");
	expect(folder, &b, REGISTRATION_REQUESTED);
	assert_int_equal(allocation_give(folder->registrar, b.reference, "Interpreter for the deaf",
			     "desk1", FOLDER_NOW, &why),
	    0);
	b = expect(folder, &b, REGISTRATION_CONFIRMED);
	assert_string_equal(explained(&b), "The media office gave you this place.");
	assert_int_equal(folder_entries(folder, "place-out-of-turn"), 1);
	assert_int_equal(
	    allocation_give(folder->registrar, b.reference, "Again", "desk1", FOLDER_NOW, &why),
	    MODEL_REFUSED);
	/* It counts: the room is full. */
	apply(folder);
	expect(folder, &a, REGISTRATION_WAITLISTED);
}

static void a_run_is_made_by_itself_at_the_deadline(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 1, 0, false);
	struct allocation_setting wish = by_allocation();

	wish.by_itself = true;
	set(folder, "one", &wish);
	struct registration a = ask(folder, conference, "a", "Courier", 0);
	assert_int_equal(allocation_tick(folder->registrar, DEADLINE - 1), 0);
	expect(folder, &a, REGISTRATION_REQUESTED);
	assert_int_equal(allocation_tick(folder->registrar, DEADLINE), 0);
	expect(folder, &a, REGISTRATION_CONFIRMED);
	assert_int_equal(allocation_tick(folder->registrar, DEADLINE + 1), 0);
	assert_int_equal(one_number(folder, "SELECT count(*) FROM allocation_run"), 1);
}

/* More than one batch; and a run that was cut off after its first is gone on with. */
static void a_long_run_is_applied_in_pieces_and_gone_on_with(void **state)
{
	enum { PEOPLE = ALLOCATION_BATCH + 150, PLACES = 400 };
	struct folder *folder = *state;
	int64_t conference = begin(folder, PLACES, 0);
	char name[16];

	for (int i = 0; i < PEOPLE; i++) {
		snprintf(name, sizeof name, "p%d", i);
		ask(folder, conference, name, i % 3 ? "Courier" : "Lumen", i);
	}
	apply(folder);
	assert_int_equal(
	    one_number(folder, "SELECT count(*) FROM pass WHERE state = 'active'"), PLACES);
	assert_int_equal(
	    one_number(folder, "SELECT count(*) FROM registration WHERE state = 'waitlisted'"),
	    PEOPLE - PLACES);
	/* As if the power had gone after the first places. */
	assert_int_equal(one_number(folder, "UPDATE registration SET state = 'requested' WHERE"
					    " state = 'waitlisted'"),
	    SQLITE_DONE);
	assert_int_equal(
	    one_number(folder, "UPDATE allocation_run SET state = 'running'"), SQLITE_DONE);
	assert_int_equal(one_number(folder, "UPDATE allocation SET applied = NULL"), SQLITE_DONE);
	assert_int_equal(allocation_tick(folder->registrar, FOLDER_NOW), 0);
	assert_int_equal(
	    one_number(folder, "SELECT count(*) FROM registration WHERE state = 'waitlisted'"),
	    PEOPLE - PLACES);
	assert_int_equal(
	    one_number(folder, "SELECT count(*) FROM pass WHERE state = 'active'"), PLACES);
	assert_int_equal(one_number(folder, "SELECT count(*) FROM allocation_run WHERE"
					    " state = 'applied'"),
	    1);
}

static void what_is_set_wrong_is_refused_by_its_field(void **state)
{
	struct folder *folder = *state;
	struct allocation_setting wish = by_allocation();
	struct refusal why = {0};

	folder_conference(folder, "one", 1, 0, false);
	wish.deadline = FOLDER_NOW + 1;
	assert_int_equal(
	    allocation_setting_write(folder->registrar, "one", &wish, NULL, FOLDER_NOW, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "deadline");
	wish.deadline = DEADLINE;
	wish.rules.n_pools = 1;
	wish.rules.pools[0] = (struct allocation_pool){0, 0, 1};
	snprintf(wish.pool_names[0], sizeof wish.pool_names[0], "still");
	assert_int_equal(
	    allocation_setting_write(folder->registrar, "one", &wish, NULL, FOLDER_NOW, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "pool-1");
	assert_int_equal(allocation_setting_write(folder->registrar, "none",
			     &(struct allocation_setting){0}, NULL, FOLDER_NOW, &why),
	    MODEL_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(who_asks_waits_for_the_run_and_then_hears_why),
	    TEST(a_draft_says_what_the_run_then_does),
	    TEST(a_run_on_other_facts_than_the_ones_seen_is_refused),
	    TEST(a_replay_gives_the_same_or_says_what_differs),
	    TEST(a_place_given_back_goes_on_by_the_same_rules),
	    TEST(before_the_run_a_cancelled_place_goes_to_nobody),
	    TEST(pools_are_filled_kept_and_given_on),
	    TEST(more_room_fills_itself),
	    TEST(the_desk_gives_a_place_out_of_turn_with_a_reason),
	    TEST(a_run_is_made_by_itself_at_the_deadline),
	    TEST(a_long_run_is_applied_in_pieces_and_gone_on_with),
	    TEST(what_is_set_wrong_is_refused_by_its_field),
	};

	return cmocka_run_group_tests_name("allocation run", tests, NULL, NULL);
}

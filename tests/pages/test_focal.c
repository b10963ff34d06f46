/* Focal points: for how long one counts, and of whose applications one may speak. */
#include "tests/pages/temp.h"

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/application.h"
#include "registrar/press/focal.h"
#include "registrar/press/person.h"

#define DAY INT64_C(86400)

static int64_t lantern, echo; /* outlets */
static int64_t ana, bo;	      /* people: Ana stands with the Lantern, Bo with nobody */
static int64_t standing;      /* Ana's accreditation, for ten days */
static char wants_lantern[APPLICATION_REFERENCE], wants_echo[APPLICATION_REFERENCE];
static char own[APPLICATION_REFERENCE]; /* Ana's, for the Lantern again */
static int64_t wants_lantern_id;

static int apply(struct store_tx *tx, const char *email, const char *outlet, int64_t outlet_id,
    struct application *ret)
{
	struct application_form form = {
	    email, "Somebody", outlet, "Proof", CLASS_CAMERA, outlet_id};
	char token[TOKEN_TEXT + 1];
	bool again;
	int64_t id;
	int result = application_apply(tx, &form, TEMP_NOW, &id, token);

	return result < 0 ? result : application_confirm(tx, token, &due_r9, TEMP_NOW, ret, &again);
}

static int apply_for(struct store_tx *tx, const char *email, const char *outlet, int64_t outlet_id,
    char ret_reference[APPLICATION_REFERENCE], int64_t *ret_person, int64_t *ret_id)
{
	struct application made = {0};
	int result = apply(tx, email, outlet, outlet_id, &made);

	if (result == 0) {
		memcpy(ret_reference, made.reference, APPLICATION_REFERENCE);
		*ret_person = made.person_id;
		*ret_id = made.id;
	}
	application_free(&made);
	return result;
}

static int seed(struct store_tx *tx, void *context)
{
	struct accreditation grant = {
	    .class = CLASS_CAMERA, .valid_from = TEMP_NOW, .valid_until = TEMP_NOW + 10 * DAY};
	int64_t unused;
	int result = outlet_put(tx, "The Lantern", true, TEMP_NOW, &lantern);

	(void)context;
	if (result == 0)
		result = outlet_put(tx, "Echo", false, TEMP_NOW, &echo);
	if (result == 0)
		result = apply_for(
		    tx, "ana@lantern.example", "The Lantern", lantern, own, &ana, &unused);
	if (result == 0)
		result = apply_for(tx, "bo@lantern.example", "The Lantern", lantern, wants_lantern,
		    &bo, &wants_lantern_id);
	if (result == 0)
		result =
		    apply_for(tx, "bo@lantern.example", "Echo", echo, wants_echo, &bo, &unused);
	grant.person_id = ana;
	grant.outlet_id = lantern;
	return result < 0 ? result : accreditation_grant(tx, &grant, &standing);
}

/* What a test does, inside a write. */
struct act {
	int (*run)(struct store_tx *tx, const struct act *act);
	int64_t outlet, person, now;
	const char *reference, *words, *state;
	bool works;
};

static int run(struct store_tx *tx, void *context)
{
	const struct act *act = context;

	return act->run(tx, act);
}

static int add(struct store_tx *tx, const struct act *a)
{
	return focal_add(tx, a->outlet, a->person, "desk1", a->now);
}

static int end(struct store_tx *tx, const struct act *a)
{
	return focal_remove(tx, a->outlet, a->person, "desk2", a->now);
}

static int vouch(struct store_tx *tx, const struct act *a)
{
	return focal_vouch(tx, a->outlet, a->person, a->reference, a->works, a->words, a->now);
}

static int check(struct store_tx *tx, const struct act *a)
{
	return focal_check(tx, a->outlet, a->person, a->now);
}

static int set_state(struct store_tx *tx, const struct act *a)
{
	const char *before = strcmp(a->state, "active") == 0 ? "suspended" : "active";
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_ACCREDITATION_SET_STATE,
	    STORE_ARGS(store_i64(standing), store_text(before), store_text(a->state)), &changes);

	return result == 0 && changes != 1 ? STORE_NOT_FOUND : result;
}

static int go(void **state, struct act act, int (*what)(struct store_tx *, const struct act *))
{
	act.run = what;
	return WRITE(state, run, &act);
}

/* Ana at the Lantern, now, of Bo's application. */
static struct act anas(void)
{
	return (struct act){.outlet = lantern,
	    .person = ana,
	    .now = TEMP_NOW,
	    .reference = wants_lantern,
	    .words = "On our night desk",
	    .works = true};
}

static int start(void **state)
{
	return temp_begin(state) < 0 ? -1 : WRITE(state, seed, NULL);
}

static int start_with_ana(void **state)
{
	return start(state) < 0 ? -1 : go(state, anas(), add);
}

enum list { OUTLETS, WAITING, MEMBERS, VOUCHES };

static struct focal_list list(void **state, enum list which, int64_t now)
{
	struct focal_list lines = {NULL, 0};
	struct store_tx *tx = temp_read(state);
	int result;

	if (which == OUTLETS)
		result = focal_outlets(tx, ana, now, &lines);
	else if (which == WAITING)
		result = focal_waiting(tx, lantern, ana, now, &lines);
	else if (which == MEMBERS)
		result = focal_members(tx, lantern, now, &lines);
	else
		result = focal_vouches(tx, wants_lantern_id, &lines);
	store_read_end(tx);
	assert_int_equal(result, 0);
	return lines;
}

static size_t count(void **state, enum list which, int64_t now)
{
	struct focal_list lines = list(state, which, now);
	size_t n = lines.n;

	focal_list_free(&lines);
	return n;
}

static enum focal_standing standing_of(void **state, int64_t outlet, int64_t person, int64_t now)
{
	enum focal_standing ret = FOCAL_NONE;
	struct store_tx *tx = temp_read(state);
	int result = focal_standing(tx, outlet, person, now, &ret);

	store_read_end(tx);
	assert_int_equal(result, 0);
	return ret;
}

/* Whether Ana answers for the Lantern, by each thing that asks. */
static void answers(void **state, bool yes, int64_t now)
{
	struct act act = anas();
	int expected = yes ? 0 : STORE_NOT_FOUND;

	act.now = now;
	assert_int_equal(go(state, act, check), expected);
	assert_int_equal(go(state, act, vouch), expected);
	assert_int_equal(count(state, OUTLETS, now), yes);
	assert_int_equal(count(state, WAITING, now), yes);
}

static void only_who_stands_with_the_outlet_is_made_one(void **state)
{
	struct act act = anas();

	assert_int_equal(standing_of(state, lantern, ana, TEMP_NOW), FOCAL_MAY_BE);
	assert_int_equal(standing_of(state, echo, ana, TEMP_NOW), FOCAL_NONE);
	assert_int_equal(standing_of(state, lantern, bo, TEMP_NOW), FOCAL_NONE);
	answers(state, false, TEMP_NOW);
	act.person = bo;
	assert_int_equal(go(state, act, add), FOCAL_E_STANDS);
	act = anas();
	act.outlet = echo;
	assert_int_equal(go(state, act, add), FOCAL_E_STANDS);
	act = anas();
	act.now = TEMP_NOW + 10 * DAY;
	assert_int_equal(go(state, act, add), FOCAL_E_STANDS);
	assert_int_equal(go(state, anas(), add), 0);
	assert_int_equal(go(state, anas(), add), 0);
	answers(state, true, TEMP_NOW);
	assert_int_equal(standing_of(state, lantern, ana, TEMP_NOW), FOCAL_IS);
}

static void it_counts_only_while_the_own_accreditation_stands(void **state)
{
	struct act act = anas();

	answers(state, true, TEMP_NOW);
	act.state = "suspended";
	assert_int_equal(go(state, act, set_state), 0);
	answers(state, false, TEMP_NOW);
	assert_int_equal(standing_of(state, lantern, ana, TEMP_NOW), FOCAL_IS);
	act.state = "active";
	assert_int_equal(go(state, act, set_state), 0);
	answers(state, false, TEMP_NOW - 1);
	answers(state, true, TEMP_NOW + 10 * DAY - 1);
	answers(state, false, TEMP_NOW + 10 * DAY);
	assert_int_equal(count(state, MEMBERS, TEMP_NOW + 10 * DAY - 1), 1);
	assert_int_equal(count(state, MEMBERS, TEMP_NOW + 10 * DAY), 0);
}

static void nobody_vouches_for_oneself_or_at_another_outlet(void **state)
{
	const char *const references[] = {own, wants_echo, "A-NONE-0001", ""};
	struct focal_list waiting = list(state, WAITING, TEMP_NOW);
	struct act act = anas();

	assert_int_equal(waiting.n, 1);
	assert_string_equal(waiting.lines[0].reference, wants_lantern);
	assert_int_equal(waiting.lines[0].number, -1);
	focal_list_free(&waiting);
	for (size_t i = 0; i < sizeof(references) / sizeof(*references); i++) {
		act.reference = references[i];
		act.outlet = lantern;
		assert_int_equal(go(state, act, vouch), STORE_NOT_FOUND);
		act.outlet = echo;
		assert_int_equal(go(state, act, vouch), STORE_NOT_FOUND);
	}
	act = anas();
	act.person = bo;
	assert_int_equal(go(state, act, vouch), STORE_NOT_FOUND);
	assert_int_equal(count(state, VOUCHES, TEMP_NOW), 0);
	assert_int_equal(go(state, anas(), vouch), 0);
	assert_int_equal(count(state, VOUCHES, TEMP_NOW), 1);
}

static void a_second_word_replaces_the_first(void **state)
{
	struct act act = anas();
	struct focal_list said;

	assert_int_equal(go(state, act, vouch), 0);
	act.works = false;
	act.words = "";
	act.now += 60;
	assert_int_equal(go(state, act, vouch), 0);
	said = list(state, VOUCHES, TEMP_NOW);
	assert_int_equal(said.n, 1);
	assert_int_equal(said.lines[0].number, 0);
	assert_string_equal(said.lines[0].words, "");
	assert_int_equal(said.lines[0].at, TEMP_NOW + 60);
	assert_string_equal(said.lines[0].email, "ana@lantern.example");
	focal_list_free(&said);
	said = list(state, WAITING, TEMP_NOW);
	assert_int_equal(said.n, 1);
	assert_int_equal(said.lines[0].number, 0);
	focal_list_free(&said);
}

static void removing_ends_it_and_what_was_said_stays(void **state)
{
	struct act act = anas();

	assert_int_equal(go(state, act, vouch), 0);
	act.person = bo;
	assert_int_equal(go(state, act, end), STORE_NOT_FOUND);
	assert_int_equal(go(state, anas(), end), 0);
	assert_int_equal(go(state, anas(), end), STORE_NOT_FOUND);
	answers(state, false, TEMP_NOW);
	assert_int_equal(standing_of(state, lantern, ana, TEMP_NOW), FOCAL_MAY_BE);
	assert_int_equal(count(state, VOUCHES, TEMP_NOW), 1);
	assert_int_equal(go(state, anas(), add), 0);
	answers(state, true, TEMP_NOW);
}

static void a_focal_point_has_a_name_for_the_journal_that_no_account_has(void **state)
{
	char name[FOCAL_STAFF];

	(void)state;
	focal_staff(12, name);
	assert_string_equal(name, "focal12");
	assert_true(focal_is_staff(name));
	assert_false(focal_is_staff("focal"));
	assert_false(focal_is_staff("focal12x"));
	assert_false(focal_is_staff("desk1"));
	assert_false(focal_is_staff(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		only_who_stands_with_the_outlet_is_made_one, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		it_counts_only_while_the_own_accreditation_stands, start_with_ana, temp_end),
	    cmocka_unit_test_setup_teardown(
		nobody_vouches_for_oneself_or_at_another_outlet, start_with_ana, temp_end),
	    cmocka_unit_test_setup_teardown(
		a_second_word_replaces_the_first, start_with_ana, temp_end),
	    cmocka_unit_test_setup_teardown(
		removing_ends_it_and_what_was_said_stays, start_with_ana, temp_end),
	    cmocka_unit_test(a_focal_point_has_a_name_for_the_journal_that_no_account_has),
	};

	return cmocka_run_group_tests_name("focal", tests, NULL, NULL);
}

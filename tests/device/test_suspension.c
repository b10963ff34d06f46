/* A suspended accreditation: what its passes are at the gates, and what comes back. */
#include "badges/revoked.h"
#include "gate/seal/vault.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/suspension.h"
#include "schema/gate_db.h"
#include "tests/device/holder.h"

/* A person with a pass, and a gate that holds the lists of before. */
struct scene {
	struct house *house;
	struct bundles *bundles;
	struct holder holder;
	int64_t conference, accreditation;
	struct registration registration;
};

static void begin(struct scene *scene, struct house *house, const char *slug)
{
	struct lists_change change;

	*scene = (struct scene){.house = house, .conference = house_conference(house, slug, 0)};
	scene->accreditation = house_reporter(house, "Mara Oduya", "Harbour Post");
	scene->registration = house_register(house, scene->conference, scene->accreditation);
	/* One that stays revoked: the list is never empty, and a change is less than all of it. */
	house_cancel(house, house_register(house, scene->conference,
				house_reporter(house, "Ivo Brandt", "Harbour Post"))
				.reference);
	assert_int_equal(bundles_open(house->registrar, &scene->bundles), 0);
	holder_begin(house, &scene->holder, slug);
	holder_take_keys(scene->bundles, &scene->holder, house->now);
	assert_int_equal(
	    holder_take_revoked(house, scene->bundles, &scene->holder, true, &change), 0);
}

static void end(struct scene *scene)
{
	holder_end(&scene->holder);
	bundles_close(scene->bundles);
}

/* Takes the change, which must be one, and must leave what a new gate gets. */
static void follow(struct scene *scene)
{
	struct lists_change change;

	assert_int_equal(
	    holder_take_revoked(scene->house, scene->bundles, &scene->holder, false, &change), 0);
	assert_int_equal(change.kind, LISTS_REVOKED_DELTA);
	holder_is_as_new(scene->house, scene->bundles, &scene->holder);
}

/* The class a pass is revoked by at the gate, 0: it is not. */
static int64_t class_of(struct scene *scene, const uint8_t pass[static 16])
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int64_t class = 0;

	assert_int_equal(store_read_begin(scene->holder.gate.store, &tx), 0);
	if (store_one(tx, GATE_Q_REVOCATION_FIND, STORE_ARGS(store_blob(pass, 16)), &rows) ==
	    STORE_ROW)
		class = store_get_i64(rows, 0);
	store_done(rows);
	store_read_end(tx);
	return class;
}

static void suspend(struct scene *scene, bool suspended)
{
	struct refusal why = {0};

	assert_int_equal(house_suspend(scene->house, scene->accreditation, suspended, &why), 0);
}

static void passes_are_suspended_at_the_gate_and_come_back(void **state)
{
	struct scene scene;

	begin(&scene, *state, "back");
	assert_int_equal(class_of(&scene, scene.registration.pass_id), 0);
	suspend(&scene, true);
	follow(&scene);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), REVOKED_SUSPENDED);
	suspend(&scene, false);
	follow(&scene);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), 0);
	suspend(&scene, true);
	follow(&scene);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), REVOKED_SUSPENDED);
	suspend(&scene, false);
	follow(&scene);
	end(&scene);
}

static void suspended_and_restored_between_two_looks_changes_nothing(void **state)
{
	struct scene scene;

	begin(&scene, *state, "between");
	suspend(&scene, true);
	suspend(&scene, false);
	follow(&scene);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), 0);
	end(&scene);
}

static void a_pass_issued_meanwhile_is_suspended_too(void **state)
{
	struct registration again;
	struct refusal why = {0};
	struct scene scene;

	begin(&scene, *state, "issued");
	suspend(&scene, true);
	assert_int_equal(registration_reissue(scene.house->registrar, scene.registration.reference,
			     "admin", scene.house->now, &again, &why),
	    0);
	assert_memory_not_equal(again.pass_id, scene.registration.pass_id, 16);
	follow(&scene);
	assert_int_equal(class_of(&scene, again.pass_id), REVOKED_SUSPENDED);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), REVOKED_REISSUED);
	suspend(&scene, false);
	follow(&scene);
	assert_int_equal(class_of(&scene, again.pass_id), 0);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), REVOKED_REISSUED);
	end(&scene);
}

static void what_was_cancelled_meanwhile_stays_cancelled(void **state)
{
	struct scene scene;

	begin(&scene, *state, "cancelled");
	suspend(&scene, true);
	house_cancel(scene.house, scene.registration.reference);
	follow(&scene);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), REVOKED_CANCELLED);
	suspend(&scene, false);
	follow(&scene);
	assert_int_equal(class_of(&scene, scene.registration.pass_id), REVOKED_CANCELLED);
	end(&scene);
}

static void a_suspended_person_registers_for_nothing(void **state)
{
	struct refusal why = {0};
	struct registration made;
	struct scene scene;

	begin(&scene, *state, "nothing");
	const struct registration_wish wish = {
	    .conference_id = house_conference(*state, "other", 0),
	    .accreditation_id = scene.accreditation,
	    .consented = scene.house->now};
	suspend(&scene, true);
	assert_int_equal(
	    registration_register(scene.house->registrar, &wish, scene.house->now, &made, &why),
	    MODEL_REFUSED);
	suspend(&scene, false);
	assert_int_equal(
	    registration_register(scene.house->registrar, &wish, scene.house->now, &made, &why), 0);
	end(&scene);
}

static void each_turn_is_journaled_and_none_is_taken_twice(void **state)
{
	static const char count[] =
	    "SELECT count(*) FROM log_entry WHERE reason IN "
	    "('accreditation-suspended', 'accreditation-restored') AND staff = 'admin'";
	struct refusal why = {0};
	struct scene scene;
	int64_t before = house_number(*state, count);

	begin(&scene, *state, "twice");
	assert_int_equal(
	    house_suspend(scene.house, scene.accreditation, false, &why), MODEL_REFUSED);
	assert_string_equal(why.field, "email");
	suspend(&scene, true);
	assert_int_equal(
	    house_suspend(scene.house, scene.accreditation, true, &why), MODEL_REFUSED);
	suspend(&scene, false);
	assert_int_equal(house_number(*state, count), before + 2);
	end(&scene);
}

static int begin_with(
    struct house *house, const char *email, const char *outlet, const char *words, char ret[32])
{
	const struct suspension_wish wish = {
	    .email = email, .outlet = outlet, .words = words, .staff = "admin", .now = house->now};
	struct refusal why = {0};
	unsigned count = 0;
	int r = suspension_begin(house->registrar, &wish, &count, &why);

	(void)snprintf(ret, 32, "%s", why.field);
	return r;
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *email, *outlet, *words, *field;
	} rows[] = {
	    {"nobody@press.example", NULL, "Under review", "email"},
	    {"no address", NULL, "Under review", "email"},
	    {"reporter0@press.example", "No Such Outlet", "Under review", "outlet"},
	    {"reporter0@press.example", NULL, "", "words"},
	    {"reporter0@press.example", NULL, "two\nlines", "words"},
	};
	char field[32], words[SUSPENSION_WORDS_MAX + 2];
	struct scene scene;

	begin(&scene, *state, "wrong");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(
		    begin_with(*state, rows[i].email, rows[i].outlet, rows[i].words, field),
		    MODEL_REFUSED);
		assert_string_equal(field, rows[i].field);
	}
	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	assert_int_equal(
	    begin_with(*state, "reporter0@press.example", NULL, words, field), MODEL_REFUSED);
	assert_string_equal(field, "words");
	words[SUSPENSION_WORDS_MAX] = '\0';
	assert_int_equal(
	    begin_with(*state, "Reporter0@Press.Example", "harbour post", words, field), 0);
	end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(passes_are_suspended_at_the_gate_and_come_back),
	    cmocka_unit_test(suspended_and_restored_between_two_looks_changes_nothing),
	    cmocka_unit_test(a_pass_issued_meanwhile_is_suspended_too),
	    cmocka_unit_test(what_was_cancelled_meanwhile_stays_cancelled),
	    cmocka_unit_test(a_suspended_person_registers_for_nothing),
	    cmocka_unit_test(each_turn_is_journaled_and_none_is_taken_twice),
	    cmocka_unit_test(what_is_wrong_is_named),
	};

	return cmocka_run_group_tests(tests, house_begin, house_end);
}

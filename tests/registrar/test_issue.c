/* A pass signed before the write that stores it: taken when it is still right, and only then. */
#include "registrar/press/issue.h"
#include "registrar/keys/keyring.h"
#include "tests/registrar/folder.h"

struct attempt {
	struct folder *folder;
	int64_t conference, registration_id;
	struct issue_holder holder;
	const struct issue_ready *ready;
	int64_t now;
	uint8_t id[16];
};

static int issue_body(struct store_tx *tx, void *context)
{
	struct attempt *a = context;
	struct conference conference = {.id = 0};
	int64_t version = 0;
	int result = conference_by_id(tx, a->conference, &conference);

	if (!result)
		result = conference_raise_roster(tx, conference.id, &version);
	if (!result)
		result = issue_pass(tx, a->folder->registrar, &conference, &a->holder, a->ready,
		    version, a->now, a->id);
	conference_clear(&conference);
	return result;
}

/* A registration to hang passes on, and what its holder is. */
static struct attempt begin(struct folder *folder)
{
	struct attempt a = {.folder = folder,
	    .conference = folder_conference(folder, "one", 0, 0, false),
	    .holder = {.pass_class = 1, .name = "Ana", .outlet = "Lumen"},
	    .now = FOLDER_NOW};
	struct registration made = folder_register(
	    folder, a.conference, folder_reporter(folder, "ana", "Lumen", false), 0);

	a.registration_id = a.holder.registration_id = made.id;
	return a;
}

static struct issue_ready sign_ahead(struct attempt *a)
{
	struct conference conference = {.id = 0};
	struct store_tx *tx = NULL;
	struct issue_ready ready;

	assert_int_equal(store_read_begin(a->folder->registrar->store, &tx), 0);
	assert_int_equal(conference_by_id(tx, a->conference, &conference), 0);
	store_read_end(tx);
	issue_sign_ahead(a->folder->registrar, &conference, &a->holder, &ready);
	conference_clear(&conference);
	assert_true(ready.signed_);
	return ready;
}

static void store_pass(struct attempt *a, const struct issue_ready *ready)
{
	a->ready = ready;
	assert_int_equal(store_write(a->folder->registrar->store, issue_body, a), 0);
}

static void a_pass_signed_ahead_is_the_one_stored(void **state)
{
	struct attempt a = begin(*state);
	struct issue_ready ready = sign_ahead(&a);

	store_pass(&a, &ready);
	assert_memory_equal(a.id, ready.claims.id, 16);
}

static void without_one_a_pass_is_drawn_and_signed(void **state)
{
	struct attempt a = begin(*state);
	uint8_t first[16];

	store_pass(&a, NULL);
	memcpy(first, a.id, sizeof first);
	store_pass(&a, NULL);
	assert_memory_not_equal(a.id, first, 16);
}

static void a_pass_for_another_class_time_or_conference_is_signed_again(void **state)
{
	struct attempt a = begin(*state);
	struct issue_ready ready = sign_ahead(&a);

	a.holder.pass_class = 3;
	store_pass(&a, &ready);
	assert_memory_not_equal(a.id, ready.claims.id, 16);
	a.holder.pass_class = 1;
	ready = sign_ahead(&a);
	ready.claims.nbf++; /* doors were moved meanwhile */
	store_pass(&a, &ready);
	assert_memory_not_equal(a.id, ready.claims.id, 16);
	a.conference = folder_conference(*state, "two", 0, 0, false);
	store_pass(&a, &ready);
	assert_memory_not_equal(a.id, ready.claims.id, 16);
}

static void a_pass_by_a_key_that_was_rotated_is_signed_again(void **state)
{
	struct attempt a = begin(*state);
	struct issue_ready ready = sign_ahead(&a);
	struct refusal why = {.words = ""};

	assert_int_equal(keyring_rotate(a.folder->registrar, KEY_USE_PASS, a.conference, "admin",
			     FOLDER_NOW, &why),
	    0);
	store_pass(&a, &ready);
	assert_memory_not_equal(a.id, ready.claims.id, 16);
}

static void a_pass_whose_code_is_taken_is_drawn_again(void **state)
{
	struct attempt a = begin(*state);
	struct issue_ready ready = sign_ahead(&a);

	store_pass(&a, &ready);
	/* The same id again has the same code: now it is another pass's. */
	store_pass(&a, &ready);
	assert_memory_not_equal(a.id, ready.claims.id, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_pass_signed_ahead_is_the_one_stored, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		without_one_a_pass_is_drawn_and_signed, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		a_pass_for_another_class_time_or_conference_is_signed_again, folder_begin,
		folder_end),
	    cmocka_unit_test_setup_teardown(
		a_pass_by_a_key_that_was_rotated_is_signed_again, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		a_pass_whose_code_is_taken_is_drawn_again, folder_begin, folder_end),
	};

	return cmocka_run_group_tests_name("issue", tests, NULL, NULL);
}

/* Places: who gets one, who waits, and what cancelling does. */
#include <pthread.h>
#include <time.h>

#include "badges/keyset.h"
#include "registrar/journal/journal.h"
#include "tests/registrar/folder.h"
#include "web/say.h"

static const char *explained(const struct registration *registration)
{
	static char text[600];

	say_kept(NULL, text, sizeof(text), registration->explanation);
	return text;
}

static void a_place_is_confirmed_with_a_pass_and_a_reason(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 0, false);
	struct registration made =
	    folder_register(folder, conference, folder_reporter(folder, "ana", "Lumen", false), 0);

	assert_int_equal(made.state, REGISTRATION_CONFIRMED);
	assert_true(made.has_pass);
	assert_string_equal(explained(&made), "A place was free: 0 of 2 were taken.");
	assert_int_equal(strlen(made.pass_code), 8);
	struct pass_view view;
	assert_int_equal(pass_parse(made.pass_qr, strlen(made.pass_qr), &view), 0);
	const struct key_secret *key = keyring_pass_signer(folder->registrar->keyring, conference);
	assert_int_equal(pass_verify(&view, key->public), 0);
	assert_int_equal(view.claims.conference, conference);
	assert_int_equal(view.claims.nbf, FOLDER_NOW - 7200);
	assert_int_equal(view.claims.exp, FOLDER_NOW + 7200 + 3600);
	assert_memory_equal(view.claims.id, made.pass_id, 16);
	assert_int_equal(view.claims.name_len, 0);
}

static void the_same_wish_again_gives_the_same_registration(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 0, false);
	int64_t reporter = folder_reporter(folder, "ana", "Lumen", false);
	struct registration first = folder_register(folder, conference, reporter, 0);
	int64_t entries = folder_entries(folder, NULL);
	struct registration again = folder_register(folder, conference, reporter, 60);

	assert_string_equal(again.reference, first.reference);
	assert_memory_equal(again.pass_id, first.pass_id, 16);
	assert_int_equal(folder_entries(folder, NULL), entries);
}

static int try_register(
    struct folder *folder, const struct registration_wish *wish, int64_t now, struct refusal *why)
{
	struct registration made;

	return registration_register(folder->registrar, wish, now, &made, why);
}

static void what_may_not_register_is_refused_by_its_field(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 0, false);
	struct registration_wish wish = {.conference_id = conference,
	    .accreditation_id = folder_reporter(folder, "ana", "Lumen", false)};
	struct refusal why = {0};
	int64_t entries = folder_entries(folder, NULL);

	assert_int_equal(try_register(folder, &wish, FOLDER_NOW, &why), MODEL_REFUSED);
	assert_string_equal(why.field, "consent");
	wish.consented = FOLDER_NOW;
	assert_int_equal(try_register(folder, &wish, FOLDER_NOW + 7200, &why), MODEL_REFUSED);
	assert_string_equal(why.field, "conference");
	assert_int_equal(try_register(folder, &wish, FOLDER_NOW - 2 * 86400, &why), MODEL_REFUSED);
	assert_string_equal(why.field, "accreditation");
	wish.accreditation_id += 100;
	assert_int_equal(try_register(folder, &wish, FOLDER_NOW, &why), MODEL_NOT_FOUND);
	wish.conference_id += 100;
	assert_int_equal(try_register(folder, &wish, FOLDER_NOW, &why), MODEL_NOT_FOUND);
	assert_int_equal(folder_entries(folder, NULL), entries);
}

static void a_class_that_is_not_admitted_is_refused(void **state)
{
	struct folder *folder = *state;
	struct conference wish;
	struct refusal why = {0};
	struct registration_wish registration = {
	    .accreditation_id = folder_reporter(folder, "ana", "Lumen", false),
	    .consented = FOLDER_NOW};

	conference_default(&wish);
	wish.title = "Cameras only";
	wish.place = "Media Gallery";
	wish.classes = 1u << 3;
	wish.doors = FOLDER_NOW;
	wish.starts = wish.doors + 60;
	wish.ends = wish.doors + 3600;
	assert_int_equal(conference_create(folder->registrar, &wish, NULL, FOLDER_NOW,
			     &registration.conference_id, &why),
	    0);
	assert_int_equal(try_register(folder, &registration, FOLDER_NOW, &why), MODEL_REFUSED);
	assert_string_equal(why.field, "class");
}

static void capacity_and_outlet_limits_make_people_wait(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 3, 1, false);
	struct registration made =
	    folder_register(folder, conference, folder_reporter(folder, "a1", "Courier", true), 0);

	assert_int_equal(made.state, REGISTRATION_CONFIRMED);
	made =
	    folder_register(folder, conference, folder_reporter(folder, "a2", "Courier", true), 1);
	assert_int_equal(made.state, REGISTRATION_WAITLISTED);
	assert_false(made.has_pass);
	assert_non_null(strstr(explained(&made), "Courier already has 1 of the 1 places"));
	folder_register(folder, conference, folder_reporter(folder, "b", "Lumen", false), 2);
	folder_register(folder, conference, folder_reporter(folder, "c", "Wire", false), 3);
	made =
	    folder_register(folder, conference, folder_reporter(folder, "d", "Aurore", false), 4);
	assert_int_equal(made.state, REGISTRATION_WAITLISTED);
	assert_non_null(strstr(explained(&made), "All 3 places are taken"));
}

static void cancelling_revokes_the_pass_and_gives_the_place_on(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 1, 0, false), promoted = 0;
	struct registration first =
	    folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 0);
	struct registration second =
	    folder_register(folder, conference, folder_reporter(folder, "b", "Wire", false), 1);
	struct registration third =
	    folder_register(folder, conference, folder_reporter(folder, "c", "Aurore", true), 2);
	int64_t revoked = folder_counter(folder, "revoked_version");
	struct refusal why = {0};

	assert_int_equal(registration_cancel(folder->registrar, first.reference, NULL,
			     FOLDER_NOW + 10, &promoted, &why),
	    0);
	assert_int_equal(promoted, second.id);
	first = folder_read(folder, first.reference);
	assert_int_equal(first.state, REGISTRATION_CANCELLED);
	assert_false(first.has_pass);
	second = folder_read(folder, second.reference);
	assert_int_equal(second.state, REGISTRATION_CONFIRMED);
	assert_true(second.has_pass);
	assert_int_equal(folder_read(folder, third.reference).state, REGISTRATION_WAITLISTED);
	assert_true(folder_counter(folder, "revoked_version") > revoked);
	revoked = folder_counter(folder, "revoked_version");
	assert_int_equal(folder_entries(folder, "promoted"), 1);
	/* Again: nothing more happens. */
	assert_int_equal(registration_cancel(folder->registrar, first.reference, NULL,
			     FOLDER_NOW + 11, &promoted, &why),
	    0);
	assert_int_equal(promoted, 0);
	assert_int_equal(folder_counter(folder, "revoked_version"), revoked);
}

static void at_an_emerging_conference_local_outlets_come_first(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 1, 0, true), promoted = 0;
	struct registration first =
	    folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 0);
	struct registration early =
	    folder_register(folder, conference, folder_reporter(folder, "b", "Wire", false), 1);
	struct registration local =
	    folder_register(folder, conference, folder_reporter(folder, "c", "Courier", true), 2);
	struct refusal why = {0};

	assert_int_equal(registration_cancel(folder->registrar, first.reference, "desk1",
			     FOLDER_NOW + 10, &promoted, &why),
	    0);
	assert_int_equal(promoted, local.id);
	assert_int_equal(folder_read(folder, early.reference).state, REGISTRATION_WAITLISTED);
}

static void a_place_goes_past_those_whose_outlet_is_full(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 1, false), promoted = 0;
	struct refusal why = {0};

	folder_register(folder, conference, folder_reporter(folder, "a1", "Courier", true), 0);
	struct registration other =
	    folder_register(folder, conference, folder_reporter(folder, "b", "Wire", false), 1);
	folder_register(folder, conference, folder_reporter(folder, "a2", "Courier", true), 2);
	struct registration last =
	    folder_register(folder, conference, folder_reporter(folder, "c", "Aurore", false), 3);
	assert_int_equal(registration_cancel(folder->registrar, other.reference, NULL,
			     FOLDER_NOW + 10, &promoted, &why),
	    0);
	assert_int_equal(promoted, last.id);
}

static void a_reissued_pass_replaces_the_old_one(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 0, 0, false);
	struct registration first =
	    folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 0);
	struct registration again;
	struct refusal why = {0};

	assert_int_equal(registration_reissue(folder->registrar, first.reference, "desk1",
			     FOLDER_NOW + 5, &again, &why),
	    0);
	assert_memory_not_equal(again.pass_id, first.pass_id, 16);
	assert_string_equal(again.reference, first.reference);
	assert_int_equal(folder_entries(folder, "pass-reissued"), 1);
}

static void a_retired_pass_key_takes_its_passes_along(void **state)
{
	struct folder *folder = *state;
	struct keyring *keyring = folder->registrar->keyring;
	int64_t conference = folder_conference(folder, "one", 0, 0, false);
	struct registration before =
	    folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 0);
	const struct key_secret *old = keyring_pass_signer(keyring, conference);
	struct refusal why = {0};
	unsigned reissued = 0;

	assert_int_equal(
	    keyring_retire(folder->registrar, old->kid, "admin", FOLDER_NOW, &reissued, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "kid");
	assert_int_equal(
	    keyring_rotate(folder->registrar, KEY_USE_PASS, conference, "admin", FOLDER_NOW, &why),
	    0);
	const struct key_secret *fresh = keyring_pass_signer(keyring, conference);
	assert_ptr_not_equal(fresh, old);
	assert_int_equal(
	    keyring_retire(folder->registrar, old->kid, "admin", FOLDER_NOW, &reissued, &why), 0);
	assert_int_equal(reissued, 1);
	struct registration after = folder_read(folder, before.reference);
	struct pass_view view;
	assert_int_equal(pass_parse(after.pass_qr, strlen(after.pass_qr), &view), 0);
	assert_int_equal(pass_verify(&view, fresh->public), 0);
	assert_int_equal(
	    keyring_retire(folder->registrar, old->kid, "admin", FOLDER_NOW, &reissued, &why),
	    MODEL_REFUSED);
}

static void names_travel_on_a_pass_only_where_the_conference_says_so(void **state)
{
	struct folder *folder = *state;
	struct conference wish;
	struct refusal why = {0};
	int64_t id = 0;
	struct pass_view view;

	conference_default(&wish);
	wish.title = "With names";
	wish.place = "Media Gallery";
	wish.names_on_pass = true;
	wish.id_check = CONFERENCE_ID_ALWAYS;
	wish.doors = FOLDER_NOW;
	wish.starts = wish.doors + 60;
	wish.ends = wish.doors + 3600;
	assert_int_equal(
	    conference_create(folder->registrar, &wish, NULL, FOLDER_NOW, &id, &why), 0);
	struct registration made =
	    folder_register(folder, id, folder_reporter(folder, "ana", "Lumen TV", false), 0);
	assert_int_equal(pass_parse(made.pass_qr, strlen(made.pass_qr), &view), 0);
	assert_string_equal(view.claims.name, "ana");
	assert_string_equal(view.claims.outlet, "Lumen TV");
	assert_int_equal(view.claims.flags, PASS_FLAG_CHECK_ID);
}

enum { THREADS = 32, EACH = 4 };

struct crowd {
	struct folder *folder;
	int64_t conference, accreditations[EACH];
	int confirmed;
};

static void *join_in(void *context)
{
	struct crowd *crowd = context;

	for (int i = 0; i < EACH; i++) {
		struct registration_wish wish = {.conference_id = crowd->conference,
		    .accreditation_id = crowd->accreditations[i],
		    .consented = FOLDER_NOW};
		struct registration made;
		struct refusal why = {0};
		if (!registration_register(
			crowd->folder->registrar, &wish, FOLDER_NOW, &made, &why))
			crowd->confirmed += made.state == REGISTRATION_CONFIRMED;
	}
	return NULL;
}

static void a_crowd_at_once_never_gets_more_places_than_there_are(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 50, 0, false);
	struct crowd crowd[THREADS];
	pthread_t threads[THREADS];
	int confirmed = 0;
	char name[32];

	for (int i = 0; i < THREADS; i++) {
		crowd[i] = (struct crowd){.folder = folder, .conference = conference};
		for (int j = 0; j < EACH; j++) {
			snprintf(name, sizeof name, "p%d-%d", i, j);
			crowd[i].accreditations[j] = folder_reporter(folder, name, "Lumen", false);
		}
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, join_in, &crowd[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		confirmed += crowd[i].confirmed;
	}
	assert_int_equal(confirmed, 50);
	assert_int_equal(folder_entries(folder, "registered"), 50);
	assert_int_equal(folder_entries(folder, "waitlisted"), THREADS * EACH - 50);
	/* The journal's head is the one that its checkpoint signs. */
	assert_null(folder_reopen(folder));
	assert_int_equal(folder_entries(folder, "damaged"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_place_is_confirmed_with_a_pass_and_a_reason),
	    TEST(the_same_wish_again_gives_the_same_registration),
	    TEST(what_may_not_register_is_refused_by_its_field),
	    TEST(a_class_that_is_not_admitted_is_refused),
	    TEST(capacity_and_outlet_limits_make_people_wait),
	    TEST(cancelling_revokes_the_pass_and_gives_the_place_on),
	    TEST(at_an_emerging_conference_local_outlets_come_first),
	    TEST(a_place_goes_past_those_whose_outlet_is_full),
	    TEST(a_reissued_pass_replaces_the_old_one),
	    TEST(a_retired_pass_key_takes_its_passes_along),
	    TEST(names_travel_on_a_pass_only_where_the_conference_says_so),
	    TEST(a_crowd_at_once_never_gets_more_places_than_there_are),
	};

	return cmocka_run_group_tests_name("registration", tests, NULL, NULL);
}

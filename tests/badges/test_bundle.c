#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/badges/objects.h"

static struct fixture fixture;

static int set_up(void **state)
{
	(void)state;
	fixture_make(&fixture);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fixture_free(&fixture);
	return 0;
}

static const struct key_secret *signer(enum object_kind kind)
{
	return kind == OBJECT_KEYS ? fixture.root : fixture.bundle;
}

static void each_kind_opens_as_itself_and_as_no_other(void **state)
{
	(void)state;
	for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++) {
		uint8_t *bytes = NULL;
		size_t len = 0;

		assert_int_equal(object_build(kind, signer(kind), &bytes, &len), 0);
		for (enum object_kind as = 0; as < OBJECT_KINDS; as++) {
			int r = object_open(as, bytes, len, &fixture);

			if ((r == 0) != (kind == as))
				fail_msg("%s as %s: %d", object_names[kind], object_names[as], r);
			/* The same key: only the external_aad keeps them apart. */
			if (kind != as && kind != OBJECT_KEYS && as != OBJECT_KEYS)
				assert_int_equal(r, BUNDLE_E_SIGNATURE);
		}
		free(bytes);
	}
}

static void each_flipped_bit_and_cut_is_refused(void **state)
{
	(void)state;
	for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++) {
		uint8_t *bytes = NULL;
		size_t len = 0;

		assert_int_equal(object_build(kind, signer(kind), &bytes, &len), 0);
		for (size_t bit = 0; bit < len * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (object_open(kind, bytes, len, &fixture) == 0)
				fail_msg("%s, bit %zu", object_names[kind], bit);
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t cut = 0; cut < len; cut++)
			assert_int_not_equal(object_open(kind, bytes, cut, &fixture), 0);
		assert_int_equal(object_open(kind, bytes, len, &fixture), 0);
		free(bytes);
	}
}

static void a_key_of_another_use_signs_nothing(void **state)
{
	const struct key_secret *wrong[] = {fixture.pass, fixture.witness, fixture.root};
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++) {
		for (size_t i = 0; i < 3; i++) {
			if (wrong[i] != signer(kind))
				assert_int_equal(
				    object_build(kind, wrong[i], &bytes, &len), BUNDLE_E_KEY);
		}
	}
	assert_int_equal(object_build(OBJECT_KEYS, fixture.bundle, &bytes, &len), BUNDLE_E_KEY);
	assert_null(bytes);
}

/* The same secret, taken for another use by its holder, is refused by the reader. */
static void an_object_signed_outside_a_keys_use_is_refused(void **state)
{
	struct key_secret *as_bundle = fixture_key(KEY_USE_BUNDLE, 4);
	struct key_secret *stranger = fixture_key(KEY_USE_BUNDLE, 99);
	struct key_secret *other_root = fixture_key(KEY_USE_ROOT, 99);
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	for (enum object_kind kind = OBJECT_ROSTER; kind < OBJECT_KINDS; kind++) {
		assert_int_equal(object_build(kind, as_bundle, &bytes, &len), 0);
		assert_int_equal(object_open(kind, bytes, len, &fixture), BUNDLE_E_KEY);
		free(bytes);
		assert_int_equal(object_build(kind, stranger, &bytes, &len), 0);
		assert_int_equal(object_open(kind, bytes, len, &fixture), BUNDLE_E_KEY);
		/* Under the right kid it is the signature that fails. */
		memcpy(bytes + 8, fixture.bundle->kid, KEY_KID_SIZE);
		assert_int_equal(object_open(kind, bytes, len, &fixture), BUNDLE_E_SIGNATURE);
		free(bytes);
	}
	assert_int_equal(object_build(OBJECT_KEYS, other_root, &bytes, &len), 0);
	assert_int_equal(object_open(OBJECT_KEYS, bytes, len, &fixture), BUNDLE_E_KEY);
	free(bytes);
	key_free(as_bundle);
	key_free(stranger);
	key_free(other_root);
}

static void a_bundle_keys_state_and_validity_bound_what_it_signs(void **state)
{
	struct keyset_key *key =
	    (struct keyset_key *)keyset_find(fixture.keys, fixture.bundle->kid, KEY_USE_BUNDLE);
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(object_build(OBJECT_ROSTER, fixture.bundle, &bytes, &len), 0);
	key->state = KEYSET_RETIRED;
	assert_int_equal(object_open(OBJECT_ROSTER, bytes, len, &fixture), 0);
	key->until = FIXTURE_NOW;
	assert_int_equal(object_open(OBJECT_ROSTER, bytes, len, &fixture), BUNDLE_E_KEY);
	key->until = FIXTURE_TO;
	key->from = FIXTURE_NOW + 1;
	assert_int_equal(object_open(OBJECT_ROSTER, bytes, len, &fixture), BUNDLE_E_KEY);
	key->from = FIXTURE_FROM;
	key->state = KEYSET_REVOKED;
	assert_int_equal(object_open(OBJECT_ROSTER, bytes, len, &fixture), BUNDLE_E_KEY);
	key->state = KEYSET_ACTIVE;
	assert_int_equal(object_open(OBJECT_ROSTER, bytes, len, &fixture), 0);
	free(bytes);
}

static void a_roster_reads_as_it_was_built(void **state)
{
	const struct roster_conference c = object_conference();
	struct roster roster;
	struct roster_row row;
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(object_build(OBJECT_ROSTER, fixture.bundle, &bytes, &len), 0);
	assert_int_equal(roster_open(bytes, len, fixture.keys, &roster), 0);
	assert_int_equal(roster.head.version, 5);
	assert_int_equal(roster.head.issued, FIXTURE_NOW);
	assert_int_equal(roster.head.not_after, FIXTURE_TO);
	assert_int_equal(roster.conference.number, 7);
	assert_memory_equal(roster.conference.slug.text, c.slug.text, c.slug.len);
	assert_memory_equal(roster.conference.title.text, c.title.text, c.title.len);
	assert_memory_equal(roster.conference.place.text, c.place.text, c.place.len);
	assert_int_equal(roster.conference.doors, c.doors);
	assert_int_equal(roster.conference.starts, c.starts);
	assert_int_equal(roster.conference.ends, c.ends);
	assert_int_equal(roster.conference.capacity, 80);
	assert_int_equal(roster.conference.classes, 0x1ff);
	assert_int_equal(roster.conference.id_check, ROSTER_ID_RANDOM);
	assert_int_equal(roster.conference.id_share, 20);
	assert_true(roster.conference.reentry);
	assert_int_equal(roster.conference.amber, 600);
	assert_int_equal(roster.conference.red, 3600);
	assert_true(roster.conference.registration_required);
	assert_false(roster.conference.admit_at_once);
	assert_int_equal(roster.row_count, 3);
	assert_int_equal(roster.total, 3);
	for (uint8_t id = 1; id <= 3; id++) {
		struct roster_row expected = object_row(id);

		assert_true(roster_next(&roster, &row));
		assert_memory_equal(row.pass, expected.pass, 16);
		assert_int_equal(row.pass_class, 1);
		assert_int_equal(row.status, ROSTER_CONFIRMED);
		assert_int_equal(row.name.len, expected.name.len);
		assert_memory_equal(row.name.text, expected.name.text, row.name.len);
		assert_int_equal(row.outlet.len, expected.outlet.len);
		assert_int_equal(row.photo != NULL, id % 2);
	}
	assert_false(roster_next(&roster, &row));
	free(bytes);
}

static void a_roster_delta_reads_as_it_was_built(void **state)
{
	struct roster roster;
	struct roster_row row;
	uint8_t *bytes = NULL, id[16];
	size_t len = 0;

	(void)state;
	assert_int_equal(object_build(OBJECT_ROSTER_DELTA, fixture.bundle, &bytes, &len), 0);
	assert_int_equal(roster_delta_open(bytes, len, fixture.keys, &roster), 0);
	assert_true(roster.is_delta);
	assert_int_equal(roster.head.version, 6);
	assert_int_equal(roster.from_version, 5);
	assert_int_equal(roster.total, 3);
	assert_true(roster_next(&roster, &row));
	assert_int_equal(row.pass[15], 4);
	assert_false(roster_next(&roster, &row));
	assert_true(roster_next_removed(&roster, id));
	assert_int_equal(id[15], 1);
	assert_true(roster_next_removed(&roster, id));
	assert_int_equal(id[15], 9);
	assert_false(roster_next_removed(&roster, id));
	free(bytes);
}

static void revocations_and_restrictions_read_as_they_were_built(void **state)
{
	for (int is_delta = 0; is_delta <= 1; is_delta++) {
		enum object_kind kind = is_delta ? OBJECT_REVOKED_DELTA : OBJECT_REVOKED;
		struct revoked_restriction restriction;
		struct revoked revoked;
		uint8_t *bytes = NULL, id[16] = {0}, reason_class;
		size_t len = 0;

		(void)state;
		assert_int_equal(object_build(kind, fixture.bundle, &bytes, &len), 0);
		assert_int_equal(is_delta ? revoked_delta_open(bytes, len, fixture.keys, &revoked)
					  : revoked_open(bytes, len, fixture.keys, &revoked),
		    0);
		assert_int_equal(revoked.total, is_delta ? 40 : 3);
		assert_int_equal(revoked.from_version, is_delta ? 11 : 0);
		for (uint8_t i = 0; i < 8; i++) {
			id[15] = i;
			assert_int_equal(revoked_find(&revoked, id), i % 2 && i < 6 ? i : 0);
		}
		assert_true(revoked_next(&revoked, id, &reason_class));
		assert_int_equal(reason_class, REVOKED_CANCELLED);
		assert_true(revoked_next_restriction(&revoked, &restriction));
		assert_int_equal(restriction.scope, REVOKED_SCOPE_BUILDING);
		assert_int_equal(restriction.until, 0);
		assert_memory_equal(restriction.words.text, "The building is closed.", 23);
		assert_int_equal(restriction.origin.len, strlen("north-door/1788000000/41"));
		for (int i = 0; i < 3; i++)
			assert_true(revoked_next_restriction(&revoked, &restriction));
		assert_int_equal(restriction.scope, REVOKED_SCOPE_OUTLET);
		assert_int_equal(restriction.outlet_number, 31);
		assert_true(revoked_next_restriction(&revoked, &restriction));
		assert_int_equal(restriction.origin.len, 0);
		assert_int_equal(restriction.id, 900);
		assert_int_equal(restriction.pass[2], 3);
		assert_false(revoked_next_restriction(&revoked, &restriction));
		free(bytes);
	}
}

static void staff_read_as_they_were_built(void **state)
{
	struct staff_officer officer;
	struct staff staff;
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(object_build(OBJECT_STAFF, fixture.bundle, &bytes, &len), 0);
	assert_int_equal(staff_open(bytes, len, fixture.keys, &staff), 0);
	assert_true(staff_next(&staff, &officer));
	assert_string_equal(officer.name, "officer1");
	assert_int_equal(officer.role, STAFF_SECURITY);
	assert_int_equal(officer.salt[0], 1);
	assert_int_equal(officer.public[0], 9);
	assert_int_equal(staff.details_key[0], 11);
	assert_true(staff_next(&staff, &officer));
	assert_int_equal(officer.role, STAFF_SUPERVISOR);
	assert_false(staff_next(&staff, &officer));
	free(bytes);
}

static void only_a_higher_version_is_newer(void **state)
{
	const struct bundle_head head = object_head(5);

	(void)state;
	assert_true(bundle_newer(&head, 0));
	assert_true(bundle_newer(&head, 4));
	assert_false(bundle_newer(&head, 5));
	assert_false(bundle_newer(&head, 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_opens_as_itself_and_as_no_other),
	    cmocka_unit_test(each_flipped_bit_and_cut_is_refused),
	    cmocka_unit_test(a_key_of_another_use_signs_nothing),
	    cmocka_unit_test(an_object_signed_outside_a_keys_use_is_refused),
	    cmocka_unit_test(a_bundle_keys_state_and_validity_bound_what_it_signs),
	    cmocka_unit_test(a_roster_reads_as_it_was_built),
	    cmocka_unit_test(a_roster_delta_reads_as_it_was_built),
	    cmocka_unit_test(revocations_and_restrictions_read_as_they_were_built),
	    cmocka_unit_test(staff_read_as_they_were_built),
	    cmocka_unit_test(only_a_higher_version_is_newer),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "badges/bytes.h"
#include "badges/cose.h"
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
		for (int i = 0; i < 4; i++)
			assert_true(revoked_next_restriction(&revoked, &restriction));
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
	assert_string_equal(officer.verifier, "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA");
	assert_true(staff_next(&staff, &officer));
	assert_int_equal(officer.role, STAFF_SUPERVISOR);
	assert_false(staff_next(&staff, &officer));
	free(bytes);
}

static void rows_must_rise_and_lists_keep_their_order(void **state)
{
	const struct roster_conference conference = object_conference();
	const struct bundle_head head = object_head(2);
	struct roster_row first = object_row(1), second = object_row(2);
	struct revoked_restriction restriction = {.id = 4,
	    .scope = REVOKED_SCOPE_BUILDING,
	    .outlet = bundle_text(""),
	    .words = bundle_text(""),
	    .from = FIXTURE_NOW};
	struct roster_builder roster;
	struct revoked_builder revoked;

	(void)state;
	assert_int_equal(roster_begin(&roster, &head, &conference), 0);
	assert_int_equal(roster_add(&roster, &second), 0);
	assert_int_equal(roster_add(&roster, &second), BUNDLE_E_ORDER);
	assert_int_equal(roster_add(&roster, &first), BUNDLE_E_ORDER);
	assert_int_equal(roster_remove(&roster, first.pass), BUNDLE_E_ORDER);
	roster_abandon(&roster);
	assert_int_equal(roster_delta_begin(&roster, &head, &conference, 1, 9), 0);
	assert_int_equal(roster_remove(&roster, first.pass), 0);
	assert_int_equal(roster_add(&roster, &second), BUNDLE_E_ORDER);
	roster_abandon(&roster);
	roster_abandon(&roster);
	assert_int_equal(revoked_begin(&revoked, &head), 0);
	assert_int_equal(revoked_restrict(&revoked, &restriction), 0);
	assert_int_equal(revoked_restrict(&revoked, &restriction), BUNDLE_E_ORDER);
	assert_int_equal(revoked_add(&revoked, first.pass, 1), BUNDLE_E_ORDER);
	assert_int_equal(revoked_remove(&revoked, first.pass), BUNDLE_E_ORDER);
	revoked_abandon(&revoked);
}

static void fields_out_of_range_are_never_signed(void **state)
{
	static const char control[] = "a\u200fb";
	const struct bundle_head head = object_head(2);
	struct bundle_head wrong_head;
	struct roster_conference c = object_conference();
	struct roster_builder builder;
	struct roster_row row;

	(void)state;
#define REFUSED_CONFERENCE(field, value)                                                           \
	do {                                                                                       \
		c = object_conference();                                                           \
		c.field = value;                                                                   \
		assert_int_equal(roster_begin(&builder, &head, &c), BUNDLE_E_FIELD);               \
		roster_abandon(&builder);                                                          \
	} while (0)
	REFUSED_CONFERENCE(slug, bundle_text(""));
	REFUSED_CONFERENCE(slug, bundle_text("a/b"));
	REFUSED_CONFERENCE(slug, bundle_text("River-Safety"));
	REFUSED_CONFERENCE(slug, bundle_text("-"));
	REFUSED_CONFERENCE(title, bundle_text(control));
	REFUSED_CONFERENCE(place, bundle_text("a\n"));
	REFUSED_CONFERENCE(doors, FIXTURE_NOW + 1801);
	REFUSED_CONFERENCE(doors, 0);
	REFUSED_CONFERENCE(ends, FIXTURE_NOW + 1800);
	REFUSED_CONFERENCE(ends, BUNDLE_TIME_MAX + 1);
	REFUSED_CONFERENCE(classes, 0);
	REFUSED_CONFERENCE(classes, 1u << 24);
	REFUSED_CONFERENCE(id_check, (enum roster_id_check)3);
	REFUSED_CONFERENCE(id_share, 101);
	REFUSED_CONFERENCE(amber, 3601);
	c = object_conference();
#define REFUSED_ROW(field, value)                                                                  \
	do {                                                                                       \
		row = object_row(1);                                                               \
		row.field = value;                                                                 \
		assert_int_equal(roster_begin(&builder, &head, &c), 0);                            \
		assert_int_equal(roster_add(&builder, &row), BUNDLE_E_FIELD);                      \
		roster_abandon(&builder);                                                          \
	} while (0)
	REFUSED_ROW(pass_class, 24);
	REFUSED_ROW(status, 0);
	REFUSED_ROW(status, 9);
	REFUSED_ROW(name, bundle_text(control));
	REFUSED_ROW(outlet, bundle_text("\xff"));
#define REFUSED_HEAD(field, value)                                                                 \
	do {                                                                                       \
		wrong_head = head;                                                                 \
		wrong_head.field = value;                                                          \
		assert_int_equal(roster_begin(&builder, &wrong_head, &c), BUNDLE_E_FIELD);         \
		roster_abandon(&builder);                                                          \
	} while (0)
	REFUSED_HEAD(version, 0);
	REFUSED_HEAD(version, UINT64_MAX);
	REFUSED_HEAD(issued, 0);
	REFUSED_HEAD(not_after, FIXTURE_NOW);
	REFUSED_HEAD(not_after, BUNDLE_TIME_MAX + 1);
	assert_int_equal(roster_delta_begin(&builder, &head, &c, 2, 0), BUNDLE_E_FIELD);
	roster_abandon(&builder);
}

static void restrictions_hold_what_their_scope_names_only(void **state)
{
	static const uint8_t pass[16] = {1};
	const struct bundle_head head = object_head(2);
	static const struct {
		enum revoked_scope scope;
		uint32_t conference;
		uint8_t pass_class;
		const char *outlet;
		bool has_pass;
		int64_t from, until;
		int r;
	} rows[] = {
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", false, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_BUILDING, 7, 0, "", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 1, "", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "x", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", true, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", false, FIXTURE_NOW, FIXTURE_NOW, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", false, 0, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_CONFERENCE, 7, 0, "", false, FIXTURE_NOW, FIXTURE_TO, 0},
	    {REVOKED_SCOPE_CONFERENCE, 0, 0, "", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_CLASS, 7, 23, "", false, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_CLASS, 7, 24, "", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_OUTLET, 0, 0, "x", false, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_OUTLET, 0, 0, "", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_PASS, 0, 0, "", true, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_PASS, 0, 0, "", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {(enum revoked_scope)6, 0, 0, "", false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct revoked_restriction restriction = {
		    .id = 1,
		    .scope = rows[i].scope,
		    .conference = rows[i].conference,
		    .pass_class = rows[i].pass_class,
		    .outlet = bundle_text(rows[i].outlet),
		    .pass = rows[i].has_pass ? pass : NULL,
		    .from = rows[i].from,
		    .until = rows[i].until,
		    .words = bundle_text(""),
		};
		struct revoked_builder builder;

		assert_int_equal(revoked_begin(&builder, &head), 0);
		if (revoked_restrict(&builder, &restriction) != rows[i].r)
			fail_msg("row %zu", i);
		revoked_abandon(&builder);
	}
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

/* A payload in hex, signed as a kind: for what the builders never write. */
static int open_payload(enum object_kind kind, const char *aad, const char *hex)
{
	uint8_t payload[512], *bytes = NULL;
	size_t len = strlen(hex) / 2, size = 0;
	int r;

	assert_true(len <= sizeof(payload));
	assert_int_equal(bytes_unhex(hex, 2 * len, payload, len), 0);
	assert_int_equal(cose_sign(fixture.bundle, aad, payload, len, &bytes, &size), 0);
	r = object_open(kind, bytes, size, &fixture);
	free(bytes);
	return r;
}

#define HEAD_TIMES "021a6aa560e0031a6aa64e10" /* issued, not-after */
#define ID_1                                                                                       \
	"50"                                                                                       \
	"00000000000000000000000000000001"
#define ID_2                                                                                       \
	"50"                                                                                       \
	"00000000000000000000000000000002"

static void revocations_have_one_encoding(void **state)
{
	static const struct {
		const char *hex;
		int r;
	} rows[] = {
	    {"a50105" HEAD_TIMES "04800580", 0},
	    {"a50105" HEAD_TIMES "0481"
	     "82" ID_1 "01"
	     "0580",
		0},
	    {"a50105" HEAD_TIMES "0482"
	     "82" ID_1 "01"
	     "82" ID_2 "01"
	     "0580",
		0},
	    {"a50105" HEAD_TIMES "0482"
	     "82" ID_2 "01"
	     "82" ID_1 "01"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "0482"
	     "82" ID_1 "01"
	     "82" ID_1 "01"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "0481"
	     "82" ID_1 "00"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "0481"
	     "82" ID_1 "1818"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "0481"
	     "82" ID_1 "1801"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "0481"
	     "83" ID_1 "0101"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "0482"
	     "82" ID_1 "01"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "0480"
	     "0580"
	     "00",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "049800"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "049f"
	     "ff"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a60105" HEAD_TIMES "04800580"
	     "0600",
		BUNDLE_E_SHAPE},
	    {"a40105" HEAD_TIMES "0480", BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "05800480", BUNDLE_E_SHAPE},
	    {"a50100" HEAD_TIMES "04800580", BUNDLE_E_SHAPE},
	    {"a501c205" HEAD_TIMES "04800580", BUNDLE_E_SHAPE},
	    {"a5011bffffffffffffffff" HEAD_TIMES "04800580", BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "041a00030d41"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "049a00030d41"
	     "0580",
		BUNDLE_E_LIMIT},
	    {"a50105" HEAD_TIMES "049a00030d40"
	     "0580",
		BUNDLE_E_SHAPE},
	    {"a50105" HEAD_TIMES "049bffffffffffffffff"
	     "0580",
		BUNDLE_E_LIMIT},
	    {"a50105021a6aa64e10031a6aa560e004800580", BUNDLE_E_SHAPE},
	    {"bf0105" HEAD_TIMES "04800580ff", BUNDLE_E_SHAPE},
	    {"", BUNDLE_E_SHAPE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = open_payload(OBJECT_REVOKED, BUNDLE_AAD_REVOKED, rows[i].hex);

		if (r != rows[i].r)
			fail_msg("%s: %d", rows[i].hex, r);
	}
}

static void a_delta_never_puts_in_what_it_takes_out(void **state)
{
	static const char good[] = "a80105" HEAD_TIMES "0404"
				   "0581"
				   "82" ID_1 "01"
				   "0681" ID_2 "0780"
				   "0801";
	static const char both[] = "a80105" HEAD_TIMES "0404"
				   "0581"
				   "82" ID_1 "01"
				   "0681" ID_1 "0780"
				   "0801";
	static const char same[] = "a80105" HEAD_TIMES "0405"
				   "0580"
				   "0680"
				   "0780"
				   "0800";
	static const char fewer[] = "a80105" HEAD_TIMES "0404"
				    "0581"
				    "82" ID_1 "01"
				    "0680"
				    "0780"
				    "0800";

	(void)state;
	assert_int_equal(open_payload(OBJECT_REVOKED_DELTA, BUNDLE_AAD_REVOKED_DELTA, good), 0);
	assert_int_equal(
	    open_payload(OBJECT_REVOKED_DELTA, BUNDLE_AAD_REVOKED_DELTA, both), BUNDLE_E_SHAPE);
	assert_int_equal(
	    open_payload(OBJECT_REVOKED_DELTA, BUNDLE_AAD_REVOKED_DELTA, same), BUNDLE_E_SHAPE);
	assert_int_equal(
	    open_payload(OBJECT_REVOKED_DELTA, BUNDLE_AAD_REVOKED_DELTA, fewer), BUNDLE_E_SHAPE);
}

static void objects_over_the_limit_are_refused_unread(void **state)
{
	size_t len = BUNDLE_SIZE_MAX + 1;
	uint8_t *bytes = calloc(1, len);

	(void)state;
	assert_non_null(bytes);
	for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++)
		assert_int_equal(object_open(kind, bytes, len, &fixture), BUNDLE_E_LIMIT);
	free(bytes);
}

static double cpu_seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void a_roster_of_25000_is_built_and_opened(void **state)
{
	const struct roster_conference conference = object_conference();
	const struct bundle_head head = object_head(2);
	struct roster_builder builder;
	struct roster roster;
	struct roster_row row;
	double start = cpu_seconds(), built;
	uint8_t *bytes = NULL;
	size_t len = 0;
	uint32_t count = 0;

	(void)state;
	assert_int_equal(roster_begin(&builder, &head, &conference), 0);
	for (uint32_t i = 0; i < 25000; i++) {
		row = object_row(1);
		bytes_put_u32(row.pass, i);
		assert_int_equal(roster_add(&builder, &row), 0);
	}
	assert_int_equal(roster_finish(&builder, fixture.bundle, &bytes, &len), 0);
	built = cpu_seconds();
	roster_abandon(&builder);
	assert_int_equal(roster_open(bytes, len, fixture.keys, &roster), 0);
	while (roster_next(&roster, &row)) {
		assert_int_equal(bytes_get_u32(row.pass), count);
		count++;
	}
	assert_int_equal(count, 25000);
	print_message("# %zu bytes; built and signed in %.0f ms, opened and read in %.0f ms\n", len,
	    (built - start) * 1e3, (cpu_seconds() - built) * 1e3);
	free(bytes);
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
	    cmocka_unit_test(rows_must_rise_and_lists_keep_their_order),
	    cmocka_unit_test(fields_out_of_range_are_never_signed),
	    cmocka_unit_test(restrictions_hold_what_their_scope_names_only),
	    cmocka_unit_test(only_a_higher_version_is_newer),
	    cmocka_unit_test(revocations_have_one_encoding),
	    cmocka_unit_test(a_delta_never_puts_in_what_it_takes_out),
	    cmocka_unit_test(objects_over_the_limit_are_refused_unread),
	    cmocka_unit_test(a_roster_of_25000_is_built_and_opened),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

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
		uint32_t number;
		bool has_pass;
		int64_t from, until;
		int r;
	} rows[] = {
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", 0, false, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_BUILDING, 7, 0, "", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 1, "", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "x", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", 0, true, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", 0, false, FIXTURE_NOW, FIXTURE_NOW, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_BUILDING, 0, 0, "", 0, false, 0, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_CONFERENCE, 7, 0, "", 0, false, FIXTURE_NOW, FIXTURE_TO, 0},
	    {REVOKED_SCOPE_CONFERENCE, 0, 0, "", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_CLASS, 7, 23, "", 0, false, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_CLASS, 7, 24, "", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_OUTLET, 0, 0, "x", 31, false, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_OUTLET, 0, 0, "x", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_OUTLET, 0, 0, "", 31, false, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_OUTLET, 0, 0, "", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_CLASS, 0, 3, "", 31, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {REVOKED_SCOPE_PASS, 0, 0, "", 0, true, FIXTURE_NOW, 0, 0},
	    {REVOKED_SCOPE_PASS, 0, 0, "", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	    {(enum revoked_scope)6, 0, 0, "", 0, false, FIXTURE_NOW, 0, BUNDLE_E_FIELD},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct revoked_restriction restriction = {
		    .id = 1,
		    .scope = rows[i].scope,
		    .conference = rows[i].conference,
		    .pass_class = rows[i].pass_class,
		    .outlet = bundle_text(rows[i].outlet),
		    .outlet_number = rows[i].number,
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

static void an_origin_is_a_device_an_epoch_and_a_number(void **state)
{
	static const char *const good[] = {"north-door/1788000000/41", "a/1/0", "A.b_c/0/0"};
	static const char *const bad[] = {"", "north-door", "north-door/1", "/1/1", "a//1", "a/1/",
	    "a/01/1", "a/1/1/", "a/1/1/1", "a b/1/1", "a/-1/1", "a/1/x"};
	char longest[BUNDLE_NAME_MAX + 8];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(revoked_is_origin(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (revoked_is_origin(bad[i], strlen(bad[i])))
			fail_msg("%s", bad[i]);
	memset(longest, 'a', BUNDLE_NAME_MAX + 1);
	memcpy(longest + BUNDLE_NAME_MAX + 1, "/1/1", 5);
	assert_false(revoked_is_origin(longest, strlen(longest)));
	assert_true(revoked_is_origin(longest + 1, strlen(longest) - 1));
}

static void officers_and_details_keys_are_points_that_can_be_sealed_to(void **state)
{
	const struct bundle_head head = object_head(2);
	struct staff_officer officer = {"officer1", STAFF_SECURITY, {1}, {9}};
	const uint8_t key[STAFF_DETAILS_KEY] = {9}, zero[STAFF_DETAILS_KEY] = {0};
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(
	    staff_build(&head, zero, &officer, 1, fixture.bundle, &bytes, &len), BUNDLE_E_FIELD);
	officer.public[0] = 1;
	assert_int_equal(
	    staff_build(&head, key, &officer, 1, fixture.bundle, &bytes, &len), BUNDLE_E_FIELD);
	officer.public[0] = 9;
	assert_int_equal(staff_build(&head, key, &officer, 1, fixture.bundle, &bytes, &len), 0);
	free(bytes);
}

/* RFC 9106 names no vector for these parameters: this one was made with the reference library
 * libargon2 and with X25519 of the Python package cryptography. */
static void a_pin_and_a_salt_give_one_key_pair(void **state)
{
	static const uint8_t salt[OFFICER_SALT] = "0123456789abcdef";
	uint8_t public[OFFICER_PUBLIC], secret[OFFICER_SECRET], other[OFFICER_PUBLIC];
	char hex[2 * OFFICER_PUBLIC + 1];

	(void)state;
	assert_int_equal(officer_derive("correct horse", 13, salt, public, secret), 0);
	bytes_hex(public, sizeof(public), hex);
	assert_string_equal(
	    hex, "2fb596c688a385f25d795ab68a488412e3d886396968c7cb5f2000a5c89ebc70");
	assert_int_equal(officer_derive("correct hors", 12, salt, other, secret), 0);
	assert_memory_not_equal(public, other, sizeof(public));
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
	    cmocka_unit_test(rows_must_rise_and_lists_keep_their_order),
	    cmocka_unit_test(fields_out_of_range_are_never_signed),
	    cmocka_unit_test(restrictions_hold_what_their_scope_names_only),
	    cmocka_unit_test(an_origin_is_a_device_an_epoch_and_a_number),
	    cmocka_unit_test(officers_and_details_keys_are_points_that_can_be_sealed_to),
	    cmocka_unit_test(a_pin_and_a_salt_give_one_key_pair),
	    cmocka_unit_test(revocations_have_one_encoding),
	    cmocka_unit_test(a_delta_never_puts_in_what_it_takes_out),
	    cmocka_unit_test(objects_over_the_limit_are_refused_unread),
	    cmocka_unit_test(a_roster_of_25000_is_built_and_opened),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

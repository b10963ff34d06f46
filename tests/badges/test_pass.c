#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "badges/base45.h"
#include "badges/bytes.h"
#include "badges/pass.h"
#include "tests/badges/fixture.h"

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

/* pass_open with nothing asked but what `want` asks. */
static enum reason open_text(const char *text, const struct pass_want *want)
{
	struct pass_claims claims;
	enum reason reason = REASON_COUNT;
	int r = pass_open(text, strlen(text), fixture.keys, want, &claims, &reason);

	assert_int_equal(r, reason == REASON_OK ? 0 : PASS_E_REFUSED);
	return reason;
}

static void sign(const struct pass_claims *claims, char ret_text[static PASS_TEXT_MAX + 1])
{
	assert_int_equal(pass_sign(claims, fixture.pass, ret_text), 0);
}

/* The token as text, whatever it holds. */
static void armour(const uint8_t *token, size_t len, char *ret_text)
{
	memcpy(ret_text, "ACR1:", 5);
	base45_encode(token, len, ret_text + 5);
}

static bool is_accepted(const char *text, size_t len)
{
	static const struct pass_want nothing = {0};
	struct pass_claims claims;
	enum reason reason;

	return pass_open(text, len, fixture.keys, &nothing, &claims, &reason) == 0;
}

static void vectors_are_judged_as_written(void **state)
{
	json_t *root = json_load_file(VECTORS, JSON_REJECT_DUPLICATES, NULL), *vector;
	size_t i, valid = 0, refused = 0;

	(void)state;
	assert_non_null(root);
	json_array_foreach(json_object_get(root, "vectors"), i, vector)
	{
		const char *name = json_string_value(json_object_get(vector, "name"));
		const char *hex = json_string_value(json_object_get(vector, "hex"));
		const char *qr = json_string_value(json_object_get(vector, "qr"));
		bool good = strncmp(name, "valid_", 6) == 0;
		char text[600];
		uint8_t token[300];

		assert_int_equal(bytes_unhex(hex, strlen(hex), token, strlen(hex) / 2), 0);
		armour(token, strlen(hex) / 2, text);
		assert_string_equal(text, qr);
		if (is_accepted(qr, strlen(qr)) != good)
			fail_msg("vector %s", name);
		*(good ? &valid : &refused) += 1;
	}
	assert_int_equal(valid, 4);
	assert_int_equal(refused, 9);
	json_decref(root);
}

/* What a valid vector says, signed again, gives the same text: there is one encoding. */
static void valid_vectors_sign_to_the_same_text(void **state)
{
	json_t *root = json_load_file(VECTORS, 0, NULL), *vector;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(root, "vectors"), i, vector)
	{
		const char *qr = json_string_value(json_object_get(vector, "qr"));
		char text[PASS_TEXT_MAX + 1];
		struct pass_view view;

		if (strncmp(json_string_value(json_object_get(vector, "name")), "valid_", 6) != 0)
			continue;
		assert_int_equal(pass_parse(qr, strlen(qr), &view), 0);
		sign(&view.claims, text);
		assert_string_equal(text, qr);
	}
	json_decref(root);
}

static void the_full_vector_says_what_it_says(void **state)
{
	json_t *root = json_load_file(VECTORS, 0, NULL);
	json_t *vector = json_array_get(json_object_get(root, "vectors"), 0);
	const char *qr = json_string_value(json_object_get(vector, "qr"));
	struct pass_view view;
	char id[33];

	(void)state;
	assert_int_equal(pass_parse(qr, strlen(qr), &view), 0);
	bytes_hex(view.claims.id, 16, id);
	assert_string_equal(id, "8f14e45fceea467a9c1d3b5a7e9f0a12");
	assert_int_equal(view.claims.exp, 0x69dbebb0);
	assert_int_equal(view.claims.nbf, 0x69db26d0);
	assert_int_equal(view.claims.conference, 0x0f859261);
	assert_int_equal(view.claims.pass_class, 3);
	assert_string_equal(view.claims.name, "Wilhelmína Šťastná-Przybyszewska III");
	assert_string_equal(view.claims.outlet, "Rádio Televisão Lisboa");
	json_decref(root);
}

static void a_character_changed_in_the_text_is_refused(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:az#";
	struct pass_claims claims = fixture_claims(7, 1);
	char text[PASS_TEXT_MAX + 1];

	(void)state;
	sign(&claims, text);
	for (size_t i = 0; text[i] != '\0'; i++) {
		char kept = text[i];

		for (const char *c = alphabet; *c != '\0'; c++) {
			text[i] = *c;
			if (*c != kept && is_accepted(text, strlen(text)))
				fail_msg("'%c' at %zu", *c, i);
		}
		text[i] = kept;
	}
	assert_true(is_accepted(text, strlen(text)));
}

static void nothing_around_a_pass_is_folded_away(void **state)
{
	struct pass_claims claims = fixture_claims(7, 1);
	char text[PASS_TEXT_MAX + 1], around[PASS_TEXT_MAX + 8];

	(void)state;
	sign(&claims, text);
	(void)snprintf(around, sizeof(around), " %s", text);
	assert_false(is_accepted(around, strlen(around)));
	(void)snprintf(around, sizeof(around), "%s ", text);
	assert_false(is_accepted(around, strlen(around)));
	(void)snprintf(around, sizeof(around), "%s\n", text);
	assert_false(is_accepted(around, strlen(around)));
	(void)snprintf(around, sizeof(around), "acr1:%s", text + 5);
	assert_false(is_accepted(around, strlen(around)));
	assert_false(is_accepted(text, strlen(text) + 1));
	assert_false(is_accepted("", 0));
	assert_false(is_accepted("ACR1:", 5));
}

static void claims_out_of_range_are_never_signed(void **state)
{
	struct pass_claims good = fixture_claims(7, 1);
	static const struct {
		const char *fault;
		int64_t nbf, exp;
		uint8_t pass_class;
		const char *name;
		size_t name_len;
	} rows[] = {
	    {"nbf", PASS_TIME_MIN - 1, FIXTURE_NOW, 0, "", 0},
	    {"nbf", PASS_TIME_MAX + 1LL, FIXTURE_NOW, 0, "", 0},
	    {"exp", FIXTURE_NOW, FIXTURE_NOW, 0, "", 0},
	    {"exp", FIXTURE_NOW, FIXTURE_NOW - 1, 0, "", 0},
	    {"exp", FIXTURE_NOW, PASS_TIME_MAX + 1LL, 0, "", 0},
	    {"class", FIXTURE_NOW, FIXTURE_NOW + 1, 24, "", 0},
	    {"name", FIXTURE_NOW, FIXTURE_NOW + 1, 0, "a\tb", 3},
	    {"name", FIXTURE_NOW, FIXTURE_NOW + 1, 0, "a\0b", 3},
	    {"name", FIXTURE_NOW, FIXTURE_NOW + 1, 0, "a\u202eb", 5},
	    {"name", FIXTURE_NOW, FIXTURE_NOW + 1, 0, "a\xc3", 2},
	    {"name", FIXTURE_NOW, FIXTURE_NOW + 1, 0, "a", 41},
	};
	char text[PASS_TEXT_MAX + 1] = "untouched";

	(void)state;
	assert_null(pass_fault(&good));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pass_claims claims = good;

		claims.nbf = rows[i].nbf;
		claims.exp = rows[i].exp;
		claims.pass_class = rows[i].pass_class;
		memcpy(claims.name, rows[i].name,
		    rows[i].name_len < PASS_NAME_MAX ? rows[i].name_len : 1);
		claims.name_len = rows[i].name_len;
		assert_string_equal(pass_fault(&claims), rows[i].fault);
		assert_int_equal(pass_sign(&claims, fixture.pass, text), PASS_E_CLAIMS);
	}
	assert_int_equal(pass_sign(&good, fixture.bundle, text), PASS_E_KEY);
	assert_string_equal(text, "untouched");
}

static void texts_too_long_are_malformed(void **state)
{
	static const struct pass_want nothing = {0};
	char text[2000];

	(void)state;
	memset(text, 'A', sizeof(text));
	memcpy(text, "ACR1:", 5);
	for (size_t len = 0; len < sizeof(text); len++) {
		text[len] = '\0';
		assert_int_equal(open_text(text, &nothing), REASON_MALFORMED);
		text[len] = 'A';
	}
}

static void keys_are_taken_by_kid_use_state_and_conference(void **state)
{
	static const struct pass_want nothing = {0};
	struct pass_claims claims = fixture_claims(7, 1), elsewhere = fixture_claims(8, 1);
	struct key_secret *stranger = fixture_key(KEY_USE_PASS, 77);
	struct key_secret *bundle_as_pass = fixture_key(KEY_USE_PASS, 3);
	struct keyset_key *key;
	char text[PASS_TEXT_MAX + 1];
	uint8_t token[PASS_TOKEN_MAX];
	struct pass_view view;

	(void)state;
	assert_int_equal(pass_sign(&claims, stranger, text), 0);
	assert_int_equal(open_text(text, &nothing), REASON_UNKNOWN_KEY);
	/* The bundle key is in the set, but may sign no pass. */
	assert_int_equal(pass_sign(&claims, bundle_as_pass, text), 0);
	assert_int_equal(open_text(text, &nothing), REASON_UNKNOWN_KEY);
	/* A stranger's pass under a known kid. */
	assert_int_equal(pass_sign(&claims, stranger, text), 0);
	assert_int_equal(pass_parse(text, strlen(text), &view), 0);
	memcpy(token, view.token.bytes, view.token.len);
	memcpy(token + 8, fixture.pass->kid, 8);
	armour(token, view.token.len, text);
	assert_int_equal(open_text(text, &nothing), REASON_BAD_SIGNATURE);
	/* A known key for a conference that it does not list. */
	sign(&elsewhere, text);
	assert_int_equal(open_text(text, &nothing), REASON_UNKNOWN_KEY);
	sign(&claims, text);
	key = (struct keyset_key *)keyset_find(fixture.keys, fixture.pass->kid, KEY_USE_PASS);
	key->state = KEYSET_RETIRED;
	assert_int_equal(open_text(text, &nothing), REASON_UNKNOWN_KEY);
	key->state = KEYSET_REVOKED;
	assert_int_equal(open_text(text, &nothing), REASON_UNKNOWN_KEY);
	key->state = KEYSET_ACTIVE;
	assert_int_equal(open_text(text, &nothing), REASON_OK);
	key_free(stranger);
	key_free(bundle_as_pass);
}

static void each_question_has_its_reason(void **state)
{
	static const int64_t nbf = FIXTURE_NOW - 3600, exp = FIXTURE_NOW + 3600;
	static const struct {
		struct pass_want want;
		enum reason reason;
	} rows[] = {
	    {{0}, REASON_OK},
	    {{.has_conference = true, .conference = 7}, REASON_OK},
	    {{.has_conference = true, .conference = 8}, REASON_WRONG_CONFERENCE},
	    {{.has_conference = true, .conference = 0}, REASON_WRONG_CONFERENCE},
	    {{.classes = 1u << 3}, REASON_OK},
	    {{.classes = ~(1u << 3)}, REASON_WRONG_CLASS},
	    {{.has_now = true, .now = FIXTURE_NOW}, REASON_OK},
	    {{.has_now = true, .now = nbf - 61}, REASON_NOT_YET_VALID},
	    {{.has_now = true, .now = nbf - 60}, REASON_OK},
	    {{.has_now = true, .now = exp + 59}, REASON_OK},
	    {{.has_now = true, .now = exp + 60}, REASON_EXPIRED},
	    {{.has_now = true, .now = INT64_MAX}, REASON_EXPIRED},
	    {{.has_now = true, .now = INT64_MIN}, REASON_NOT_YET_VALID},
	    {{.has_conference = true, .conference = 8, .has_now = true, .now = 0},
		REASON_WRONG_CONFERENCE},
	};
	struct pass_claims claims = fixture_claims(7, 1);
	char text[PASS_TEXT_MAX + 1];

	(void)state;
	sign(&claims, text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(open_text(text, &rows[i].want), rows[i].reason);
}

static void a_pass_outlives_not_its_key(void **state)
{
	struct pass_want before = {.has_now = true, .now = FIXTURE_FROM - 61};
	struct pass_want after = {.has_now = true, .now = FIXTURE_TO + 60};
	struct pass_claims claims = fixture_claims(7, 1);
	char text[PASS_TEXT_MAX + 1];

	(void)state;
	claims.nbf = FIXTURE_FROM - 86400;
	claims.exp = FIXTURE_TO + 86400;
	sign(&claims, text);
	assert_int_equal(open_text(text, &before), REASON_NOT_YET_VALID);
	assert_int_equal(open_text(text, &after), REASON_EXPIRED);
	before.now++;
	after.now--;
	assert_int_equal(open_text(text, &before), REASON_OK);
	assert_int_equal(open_text(text, &after), REASON_OK);
}

static void claims_come_out_only_once_the_signature_holds(void **state)
{
	static const struct pass_want other = {.has_conference = true, .conference = 260412001};
	struct pass_claims claims = fixture_claims(7, 1), got;
	char text[PASS_TEXT_MAX + 1];
	enum reason reason;

	(void)state;
	sign(&claims, text);
	memset(&got, 0xee, sizeof(got));
	assert_int_equal(
	    pass_open(text, strlen(text), fixture.keys, &other, &got, &reason), PASS_E_REFUSED);
	assert_int_equal(reason, REASON_WRONG_CONFERENCE);
	assert_int_equal(got.conference, 7);
	memset(&got, 0xee, sizeof(got));
	text[strlen(text) - 4] ^= 1;
	assert_int_equal(
	    pass_open(text, strlen(text), fixture.keys, &other, &got, &reason), PASS_E_REFUSED);
	assert_int_equal(got.conference, 0xeeeeeeee);
}

static void names_are_cut_between_characters(void **state)
{
	struct pass_claims claims = fixture_claims(7, 1);
	static const char longer[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u00e9tail";
	static const char exact[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u00e9tail";
	static const char astral[] = "aaaaaaaaaaaaaaaaaaaaa\U0001F600";

	(void)state;
	pass_cut_name(&claims, longer, strlen(longer));
	assert_int_equal(claims.name_len, 39);
	assert_null(pass_fault(&claims));
	pass_cut_name(&claims, exact, strlen(exact));
	assert_int_equal(claims.name_len, 40);
	pass_cut_outlet(&claims, astral, strlen(astral));
	assert_int_equal(claims.outlet_len, 21);
	assert_null(pass_fault(&claims));
	pass_cut_name(&claims, "", 0);
	assert_int_equal(claims.name_len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors_are_judged_as_written),
	    cmocka_unit_test(valid_vectors_sign_to_the_same_text),
	    cmocka_unit_test(the_full_vector_says_what_it_says),
	    cmocka_unit_test(a_character_changed_in_the_text_is_refused),
	    cmocka_unit_test(nothing_around_a_pass_is_folded_away),
	    cmocka_unit_test(claims_out_of_range_are_never_signed),
	    cmocka_unit_test(texts_too_long_are_malformed),
	    cmocka_unit_test(keys_are_taken_by_kid_use_state_and_conference),
	    cmocka_unit_test(each_question_has_its_reason),
	    cmocka_unit_test(a_pass_outlives_not_its_key),
	    cmocka_unit_test(claims_come_out_only_once_the_signature_holds),
	    cmocka_unit_test(names_are_cut_between_characters),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

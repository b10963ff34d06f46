#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "web/token.h"

static int start(void **state)
{
	(void)state;
	return sodium_init() < 0;
}

static void a_token_is_known_by_its_hash(void **state)
{
	char text[TOKEN_TEXT + 1], other[TOKEN_TEXT + 1];
	uint8_t hash[TOKEN_BYTES], again[TOKEN_BYTES], third[TOKEN_BYTES];

	(void)state;
	token_new(text, hash);
	token_new(other, third);
	assert_int_equal(strlen(text), TOKEN_TEXT);
	assert_string_not_equal(text, other);
	assert_int_equal(token_hash(text, again), 0);
	assert_true(token_same(hash, again));
	assert_false(token_same(hash, third));
}

/* SHA-256 of 32 zero bytes. */
static void the_hash_is_of_the_bytes(void **state)
{
	static const char want[] =
	    "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
	uint8_t hash[TOKEN_BYTES];
	char hex[65];

	(void)state;
	assert_int_equal(token_hash("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", hash), 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	assert_string_equal(hex, want);
}

static void other_spellings_are_refused(void **state)
{
	static const char *const bad[] = {"", "A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", /* stray bits */
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A"};
	uint8_t hash[TOKEN_BYTES] = {7};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(token_hash(bad[i], hash), -1);
	assert_int_equal(token_hash(NULL, hash), -1);
	assert_int_equal(hash[0], 7);
}

static void csrf_is_bound_to_key_kind_and_visitor(void **state)
{
	uint8_t key[TOKEN_BYTES] = {1}, key2[TOKEN_BYTES] = {2};
	uint8_t who[TOKEN_BYTES] = {3}, who2[TOKEN_BYTES] = {4};
	char text[TOKEN_TEXT + 1];

	(void)state;
	token_csrf(key, TOKEN_CSRF_SESSION, who, text);
	assert_true(token_csrf_holds(key, TOKEN_CSRF_SESSION, who, text));
	assert_false(token_csrf_holds(key2, TOKEN_CSRF_SESSION, who, text));
	assert_false(token_csrf_holds(key, TOKEN_CSRF_VISITOR, who, text));
	assert_false(token_csrf_holds(key, TOKEN_CSRF_SESSION, who2, text));
	assert_false(token_csrf_holds(key, TOKEN_CSRF_SESSION, who, NULL));
	assert_false(token_csrf_holds(key, TOKEN_CSRF_SESSION, who, ""));
	text[0] = text[0] == 'A' ? 'B' : 'A';
	assert_false(token_csrf_holds(key, TOKEN_CSRF_SESSION, who, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_token_is_known_by_its_hash),
	    cmocka_unit_test(the_hash_is_of_the_bytes),
	    cmocka_unit_test(other_spellings_are_refused),
	    cmocka_unit_test(csrf_is_bound_to_key_kind_and_visitor),
	};

	return cmocka_run_group_tests_name("token", tests, start, NULL);
}

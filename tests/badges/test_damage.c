/* Every flipped bit and every cut of many passes is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "badges/base45.h"
#include "badges/pass.h"
#include "tests/badges/fixture.h"

static struct fixture fixture;
static unsigned passes = 1000;

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

/* Claims drawn from the system's randomness, any length of names. */
static struct pass_claims random_claims(void)
{
	struct pass_claims claims = fixture_claims(randombytes_uniform(2) ? 7 : 260412001, 0);

	randombytes_buf(claims.id, sizeof(claims.id));
	claims.pass_class = (uint8_t)randombytes_uniform(24);
	claims.flags = randombytes_uniform(2) ? (uint16_t)randombytes_uniform(65536) : 0;
	claims.name_len = randombytes_uniform(PASS_NAME_MAX + 1);
	claims.outlet_len = randombytes_uniform(PASS_OUTLET_MAX + 1);
	for (size_t i = 0; i < claims.name_len; i++)
		claims.name[i] = (char)('A' + randombytes_uniform(26));
	for (size_t i = 0; i < claims.outlet_len; i++)
		claims.outlet[i] = (char)('a' + randombytes_uniform(26));
	return claims;
}

/* How many damaged forms are well made, so that the signature alone refuses them. */
static size_t well_made;

static void refuse(const char *text, const char *what, size_t at)
{
	struct pass_view view;

	if (is_accepted(text, strlen(text)))
		fail_msg("%s %zu: %s", what, at, text);
	if (pass_parse(text, strlen(text), &view) == 0)
		well_made++;
}

/* Every flipped bit of the token, every token cut short, and every text cut short. */
static size_t refuse_damage(const struct pass_view *view, const char *text)
{
	uint8_t token[PASS_TOKEN_MAX];
	char damaged[PASS_TEXT_MAX + 1];
	size_t len = view->token.len, tried = 0;

	memcpy(token, view->token.bytes, len);
	for (size_t bit = 0; bit < len * 8; bit++, tried++) {
		token[bit / 8] ^= (uint8_t)(1u << bit % 8);
		armour(token, len, damaged);
		refuse(damaged, "bit", bit);
		token[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t cut = 0; cut < len; cut++, tried++) {
		armour(token, cut, damaged);
		refuse(damaged, "cut at", cut);
	}
	for (size_t cut = 0; cut < strlen(text); cut++, tried++) {
		if (is_accepted(text, cut))
			fail_msg("text cut at %zu of %s", cut, text);
	}
	return tried;
}

static void each_flip_and_cut_is_refused(void **state)
{
	char text[PASS_TEXT_MAX + 1];
	struct pass_view view;
	size_t tried = 0;

	(void)state;
	for (unsigned i = 0; i < passes; i++) {
		struct pass_claims claims = random_claims();

		assert_int_equal(pass_sign(&claims, fixture.pass, text), 0);
		assert_true(is_accepted(text, strlen(text)));
		assert_int_equal(pass_parse(text, strlen(text), &view), 0);
		tried += refuse_damage(&view, text);
	}
	print_message("# %zu damaged forms of %u passes refused\n", tried, passes);
	print_message("# %zu of them by their signature alone\n", well_made);
	assert_true(tried > (size_t)passes * 126 * 8);
	/* The control: without the signature's check these would have been taken, among them every
	 * changed bit of a signature. */
	assert_true(well_made > (size_t)passes * 64 * 8);
}

/* The control: what the test looks for would be seen, were it there. */
static void an_undamaged_pass_is_accepted(void **state)
{
	struct pass_claims claims = random_claims();
	char text[PASS_TEXT_MAX + 1], again[PASS_TEXT_MAX + 1];
	struct pass_view view;

	(void)state;
	assert_int_equal(pass_sign(&claims, fixture.pass, text), 0);
	assert_int_equal(pass_parse(text, strlen(text), &view), 0);
	armour(view.token.bytes, view.token.len, again);
	assert_true(is_accepted(again, strlen(again)));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_flip_and_cut_is_refused),
	    cmocka_unit_test(an_undamaged_pass_is_accepted),
	};
	int r;

	if (sodium_init() < 0)
		return 99;
	if (argc > 1)
		passes = (unsigned)strtoul(argv[1], NULL, 10);
	fixture_make(&fixture);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_free(&fixture);
	return r;
}

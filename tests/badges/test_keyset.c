#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "badges/cose.h"
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

/* The fixture's keys, to be changed and built again. */
struct keys_case {
	struct keyset_key keys[4];
	struct keyset_device devices[2];
	struct keyset in;
};

static void keys_case(struct keys_case *c)
{
	c->in = *fixture.keys;
	assert_int_equal(c->in.key_count, 4);
	memcpy(c->keys, fixture.keys->keys, sizeof(c->keys));
	c->devices[0] = c->devices[1] = fixture.keys->devices[0];
	c->in.keys = c->keys;
	c->in.devices = c->devices;
}

static struct keyset_key *of_use(struct keys_case *c, enum key_use use)
{
	size_t i = 0;

	while (i < 3 && c->keys[i].use != use)
		i++;
	assert_int_equal(c->keys[i].use, use);
	return &c->keys[i];
}

static void refused(const struct keys_case *c, int wanted)
{
	uint8_t *bytes = NULL;
	size_t len = 0;

	assert_int_equal(keyset_build(&c->in, fixture.root, &bytes, &len), wanted);
	assert_null(bytes);
}

static void keys_that_no_gate_may_use_are_refused(void **state)
{
	static const uint8_t small_order[32] = {1};
	static const uint32_t falling[] = {8, 7}, twice[] = {7, 7};
	struct keys_case c;

	(void)state;
	keys_case(&c);
	of_use(&c, KEY_USE_BUNDLE)->state = KEYSET_RETIRED;
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	of_use(&c, KEY_USE_WITNESS)->state = KEYSET_REVOKED;
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	memcpy(of_use(&c, KEY_USE_BUNDLE)->public, of_use(&c, KEY_USE_WITNESS)->public, 32);
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	memcpy(of_use(&c, KEY_USE_PASS)->public, fixture.root->public, 32);
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	memcpy(of_use(&c, KEY_USE_PASS)->public, small_order, 32);
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	of_use(&c, KEY_USE_PASS)->conference_count = 0;
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	of_use(&c, KEY_USE_BUNDLE)->conferences = falling;
	of_use(&c, KEY_USE_BUNDLE)->conference_count = 1;
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	of_use(&c, KEY_USE_PASS)->conferences = falling;
	of_use(&c, KEY_USE_PASS)->conference_count = 2;
	refused(&c, BUNDLE_E_SHAPE);
	of_use(&c, KEY_USE_PASS)->conferences = twice;
	refused(&c, BUNDLE_E_SHAPE);
	keys_case(&c);
	of_use(&c, KEY_USE_PASS)->use = KEY_USE_ROOT;
	refused(&c, BUNDLE_E_SHAPE);
	keys_case(&c);
	of_use(&c, KEY_USE_PASS)->until = FIXTURE_FROM;
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	c.in.device_count = 2;
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	memcpy(c.devices[0].public, small_order, 32);
	refused(&c, BUNDLE_E_KEYS);
	keys_case(&c);
	memcpy(c.in.site, "a b", 4);
	refused(&c, BUNDLE_E_SHAPE);
	keys_case(&c);
	c.in.key_count = 0;
	refused(&c, BUNDLE_E_KEYS);
}

/* A kid that is not its key's, signed by the root: the builder computes kids, so the payload is
 * changed and signed again. */
static void a_kid_that_is_not_its_keys_is_refused(void **state)
{
	uint8_t payload[2048], *bytes = NULL, *at;
	struct cose_view view;
	struct keyset *keys = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(cose_open(fixture.bytes, fixture.len, &view), 0);
	assert_true(view.payload_len < sizeof(payload));
	memcpy(payload, view.payload, view.payload_len);
	assert_int_equal(
	    cose_sign(fixture.root, BUNDLE_AAD_KEYS, payload, view.payload_len, &bytes, &len), 0);
	assert_int_equal(keyset_open(bytes, len, fixture.root->public, 0, &keys), 0);
	keyset_free(keys);
	free(bytes);
	at = memmem(payload, view.payload_len, fixture.keys->keys[3].kid, KEY_KID_SIZE);
	assert_non_null(at);
	at[7] ^= 1;
	assert_int_equal(
	    cose_sign(fixture.root, BUNDLE_AAD_KEYS, payload, view.payload_len, &bytes, &len), 0);
	assert_int_equal(keyset_open(bytes, len, fixture.root->public, 0, &keys), BUNDLE_E_KEYS);
	free(bytes);
}

static void keys_past_their_last_day_are_refused(void **state)
{
	struct keyset *keys = NULL;

	(void)state;
	assert_int_equal(
	    keyset_open(fixture.bytes, fixture.len, fixture.root->public, FIXTURE_TO + 1, &keys),
	    BUNDLE_E_EXPIRED);
	assert_null(keys);
	assert_int_equal(
	    keyset_open(fixture.bytes, fixture.len, fixture.root->public, FIXTURE_TO, &keys), 0);
	keyset_free(keys);
}

static void keys_and_devices_are_found(void **state)
{
	const struct keyset_key *key = keyset_find(fixture.keys, fixture.pass->kid, KEY_USE_PASS);
	static const uint8_t nobody[KEY_KID_SIZE] = {0};

	(void)state;
	assert_non_null(key);
	assert_true(keyset_lists(key, 7));
	assert_true(keyset_lists(key, 260412001));
	assert_true(keyset_lists(key, 4000000000));
	assert_false(keyset_lists(key, 8));
	assert_false(keyset_lists(key, 0));
	assert_null(keyset_find(fixture.keys, fixture.pass->kid, KEY_USE_BUNDLE));
	assert_null(keyset_find(fixture.keys, nobody, KEY_USE_PASS));
	assert_null(keyset_find(fixture.keys, fixture.root->kid, KEY_USE_ROOT));
	assert_non_null(keyset_device(fixture.keys, "north-door"));
	assert_null(keyset_device(fixture.keys, "south-door"));
	assert_memory_equal(
	    keyset_active(fixture.keys, KEY_USE_WITNESS)->public, fixture.witness->public, 32);
}

static void a_device_is_known_by_its_pin(void **state)
{
	const uint8_t *pin = fixture.keys->devices[0].pin;
	static const uint8_t nobody[KEYSET_PIN_SIZE] = {0};
	struct keyset *keys = NULL;
	struct keys_case c;
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_string_equal(keyset_by_pin(fixture.keys, pin)->name, "north-door");
	assert_null(keyset_by_pin(fixture.keys, nobody));
	keys_case(&c);
	c.in.device_count = 2;
	memcpy(c.devices[1].name, "south-door", 11);
	refused(&c, BUNDLE_E_KEYS); /* one pin, two devices */
	c.devices[1].has_pin = false;
	c.devices[0].state = KEYSET_REVOKED;
	assert_int_equal(keyset_build(&c.in, fixture.root, &bytes, &len), 0);
	assert_int_equal(keyset_open(bytes, len, fixture.root->public, 0, &keys), 0);
	assert_null(keyset_by_pin(keys, pin));	  /* revoked */
	assert_null(keyset_by_pin(keys, nobody)); /* of a list from before there were pins */
	assert_false(keyset_device(keys, "south-door")->has_pin);
	keyset_free(keys);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_device_is_known_by_its_pin),
	    cmocka_unit_test(keys_that_no_gate_may_use_are_refused),
	    cmocka_unit_test(a_kid_that_is_not_its_keys_is_refused),
	    cmocka_unit_test(keys_past_their_last_day_are_refused),
	    cmocka_unit_test(keys_and_devices_are_found),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

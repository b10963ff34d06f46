/* Ranges of addresses, which addresses are public, times of the API, signatures of webhooks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "registrar/api/body.h"
#include "registrar/api/meter.h"
#include "registrar/api/network.h"
#include "registrar/api/scope.h"
#include "registrar/webhook/event.h"
#include "registrar/webhook/webhook.h"

static bool is_public(const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return network_is_public((const struct sockaddr *)&v4, sizeof(v4));
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return network_is_public((const struct sockaddr *)&v6, sizeof(v6));
}

static void addresses_that_are_nobodys_are_not_public(void **state)
{
	static const char *const held_back[] = {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",
	    "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254",
	    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
	    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
	    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
	    "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1",
	    "2001:2::1", "2001:10::1", "2001:db8::1", "2002:a00:1::", "3fff::1", "fc00::1",
	    "fd12::1", "fe80::1", "fec0::1", "ff02::1"};
	static const char *const open[] = {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
	    "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255",
	    "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255",
	    "198.20.0.0", "223.255.255.255", "::ffff:1.1.1.1", "2001:200::1", "2606:4700::1111",
	    "2a00::1", "3ffe::1"};

	(void)state;
	for (size_t i = 0; i < sizeof(held_back) / sizeof(*held_back); i++)
		if (is_public(held_back[i]))
			fail_msg("%s counts as public", held_back[i]);
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		if (!is_public(open[i]))
			fail_msg("%s does not count as public", open[i]);
}

static void a_family_that_is_no_internet_is_not_public(void **state)
{
	struct sockaddr other = {.sa_family = AF_UNIX};
	struct sockaddr_in cut = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x01010101)};

	(void)state;
	assert_false(network_is_public(&other, sizeof(other)));
	assert_false(network_is_public((const struct sockaddr *)&cut, 4));
}

static void a_range_is_read_whole_or_not(void **state)
{
	static const char *const bad[] = {"", "x", "192.0.2.1/24", "192.0.2.0/", "192.0.2.0/33",
	    "192.0.2.0/2x", "192.0.2.0/-1", "192.0.2/24", "2001:db8::1/64", "2001:db8::/129", "/24",
	    "192.0.2.0/24/24"};
	struct network n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (network_read(bad[i], &n) == 0)
			fail_msg("\"%s\" was read", bad[i]);
	assert_int_equal(network_read("192.0.2.64/26", &n), 0);
	assert_true(network_has(&n, "192.0.2.64") && network_has(&n, "192.0.2.127"));
	assert_true(network_has(&n, "::ffff:192.0.2.100"));
	assert_false(network_has(&n, "192.0.2.63") || network_has(&n, "192.0.2.128"));
	assert_false(network_has(&n, "2001:db8::1") || network_has(&n, "") || network_has(&n, "x"));
	assert_int_equal(network_read("2001:db8:8000::/33", &n), 0);
	assert_true(network_has(&n, "2001:db8:ffff::1"));
	assert_false(network_has(&n, "2001:db8:7fff::1"));
	assert_int_equal(network_read("0.0.0.0/0", &n), 0);
	assert_true(network_has(&n, "255.255.255.255"));
	assert_int_equal(network_read("203.0.113.9", &n), 0);
	assert_true(network_has(&n, "203.0.113.9"));
	assert_false(network_has(&n, "203.0.113.8"));
}

static void a_time_is_one_that_exists(void **state)
{
	static const char *const bad[] = {"", "2026-09-12", "2026-09-12T14:05:00",
	    "2026-02-30T10:00:00Z", "2026-13-01T10:00:00Z", "2026-09-12T24:00:00Z",
	    "2026-09-12T14:60:00Z", "2026-09-12 14:05:00Z", "2026-09-12T14:05:00+25:00",
	    "2026-09-12T14:05:00-0400", "2026-09-12T14:05:00Zx", "2026-9-12T14:05:00Z",
	    "+026-09-12T14:05:00Z"};
	int64_t seconds = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (body_time(bad[i], &seconds) == 0)
			fail_msg("\"%s\" was read", bad[i]);
	assert_int_equal(seconds, 7);
	assert_int_equal(body_time("2026-09-12T14:03:00-04:00", &seconds), 0);
	assert_int_equal(seconds, 1789236180);
	assert_int_equal(body_time("2026-09-12T18:03:00Z", &seconds), 0);
	assert_int_equal(seconds, 1789236180);
}

static void words_of_scopes_and_events_come_back(void **state)
{
	char scopes[SCOPE_TEXT], events[EVENT_TEXT];
	uint32_t set = 0;

	(void)state;
	scope_write((UINT32_C(1) << SCOPES) - 1, scopes);
	assert_int_equal(scope_read(scopes, &set), 0);
	assert_int_equal(set, (UINT32_C(1) << SCOPES) - 1);
	assert_int_equal(scope_read("gates:read,gates:red", &set), -1);
	assert_int_equal(scope_read(" , ", &set), -1);
	event_write((UINT32_C(1) << EVENT_TYPES) - 1, events);
	assert_int_equal(event_read(events, &set), 0);
	assert_int_equal(set, (UINT32_C(1) << EVENT_TYPES) - 1);
	assert_int_equal(event_read("test", &set), -1);
}

/* The value is Python's: hmac.new(b"pgs_key", b"1789236180.{}", "sha256"). */
static void a_signature_is_as_others_compute_it(void **state)
{
	char text[WEBHOOK_SIGNATURE], later[WEBHOOK_SIGNATURE];

	(void)state;
	webhook_sign("pgs_key", 1789236180, "{}", 2, text);
	assert_string_equal(text,
	    "t=1789236180,v1=dd860c12919c7dc212ad2953ddcbd31f8398875d6d7fd38ed1ce5a3239d918be");
	webhook_sign("pgs_key", 1789236181, "{}", 2, later);
	assert_string_not_equal(text + 14, later + 14);
}

static void tries_come_later_and_later(void **state)
{
	static const int64_t waits[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600};

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++)
		assert_int_equal(webhook_wait((int64_t)i + 1), waits[i]);
	assert_int_equal(webhook_wait(1000000), 3600);
}

static void a_route_has_a_class(void **state)
{
	(void)state;
	assert_string_equal(meter_class("/conferences/:slug", false), "public");
	assert_string_equal(meter_class("/my", false), "person");
	assert_string_equal(meter_class("/staff/accounts", false), "staff");
	assert_string_equal(meter_class("/api/v1/gates", false), "api");
	assert_string_equal(meter_class("/v1/lists", true), "gate");
	assert_string_equal(meter_class(NULL, false), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_that_are_nobodys_are_not_public),
	    cmocka_unit_test(a_family_that_is_no_internet_is_not_public),
	    cmocka_unit_test(a_range_is_read_whole_or_not),
	    cmocka_unit_test(a_time_is_one_that_exists),
	    cmocka_unit_test(words_of_scopes_and_events_come_back),
	    cmocka_unit_test(a_signature_is_as_others_compute_it),
	    cmocka_unit_test(tries_come_later_and_later),
	    cmocka_unit_test(a_route_has_a_class),
	};

	return cmocka_run_group_tests_name("interfaces", tests, NULL, NULL);
}

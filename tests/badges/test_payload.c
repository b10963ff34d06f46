#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
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

/* A payload in hex, properly signed by the conference's own key. */
static void sign_payload(const char *hex, char ret_text[static 600])
{
	static const uint8_t head[] = "\x84\x6aSignature1\x4d";
	static const uint8_t aad[] = "\x4b" PASS_AAD;
	size_t len = strlen(hex) / 2, n = 0;
	uint8_t token[400], message[400];

	memcpy(token, "\xd2\x84\x4d\xa2\x01\x27\x04\x48", 8);
	memcpy(token + 8, fixture.pass->kid, 8);
	memcpy(token + 16, "\xa0\x58", 2);
	token[18] = (uint8_t)len;
	assert_int_equal(bytes_unhex(hex, 2 * len, token + 19, len), 0);
	memcpy(message, head, sizeof(head) - 1);
	n += sizeof(head) - 1;
	memcpy(message + n, token + 3, 13);
	n += 13;
	memcpy(message + n, aad, sizeof(aad) - 1);
	n += sizeof(aad) - 1;
	memcpy(message + n, token + 17, 2 + len);
	n += 2 + len;
	memcpy(token + 19 + len, "\x58\x40", 2);
	assert_int_equal(key_sign(fixture.pass, message, n, token + 21 + len), 0);
	armour(token, 19 + len + 66, ret_text);
}

#define TIMES "041a69dbebb0051a69db26d0"
#define CTI   "07508f14e45fceea467a9c1d3b5a7e9f0a12"
#define PRIV  "3a00010000"

static const struct {
	const char *what;
	bool good;
	const char *hex;
} payloads[] = {
    {"the least pass", true, "a4" TIMES CTI PRIV "a201070203"},
    {"a name of one byte", true,
	"a4" TIMES CTI PRIV "a3010702030361"
	"41"},
    {"flags", true,
	"a4" TIMES CTI PRIV "a301070203051901"
	"00"},
    {"conference not in its shortest form", false, "a4" TIMES CTI PRIV "a20118070203"},
    {"conference in two bytes too many", false, "a4" TIMES CTI PRIV "a2011900070203"},
    {"conference in four bytes too many", false, "a4" TIMES CTI PRIV "a2011a000000070203"},
    {"conference in eight bytes", false, "a4" TIMES CTI PRIV "a2011b00000000000000070203"},
    {"conference over 32 bits", false, "a4" TIMES CTI PRIV "a2011b00000001000000000203"},
    {"conference negative", false, "a4" TIMES CTI PRIV "a201260203"},
    {"conference a float", false, "a4" TIMES CTI PRIV "a201f947000203"},
    {"class 24", false, "a4" TIMES CTI PRIV "a20107021818"},
    {"class missing", false, "a4" TIMES CTI PRIV "a10107035041414141414141414141414141414141"},
    {"keys swapped", false, "a4" TIMES CTI PRIV "a202030107"},
    {"exp and nbf swapped", false, "a4051a69db26d0041a69dbebb0" CTI PRIV "a201070203"},
    {"a key twice", false, "a4" TIMES CTI PRIV "a3010702030203"},
    {"an unknown key", false, "a4" TIMES CTI PRIV "a3010702030601"},
    {"name twice", false,
	"a4" TIMES CTI PRIV "a4010702030361410361"
	"41"},
    {"outlet before name", false, "a4" TIMES CTI PRIV "a401070203046141036141"},
    {"an empty name", false, "a4" TIMES CTI PRIV "a30107020360"},
    {"an empty name with its key", false, "a4" TIMES CTI PRIV "a3010702030360"},
    {"a name with a long head", false,
	"a4" TIMES CTI PRIV "a301070203037801"
	"41"},
    {"a name as bytes", false,
	"a4" TIMES CTI PRIV "a3010702030341"
	"41"},
    {"an indefinite name", false, "a4" TIMES CTI PRIV "a301070203037f6141ff"},
    {"a name past the end", false, "a4" TIMES CTI PRIV "a301070203036541414141"},
    {"a name of 41 bytes", false,
	"a4" TIMES CTI PRIV "a301070203037829"
	"4141414141414141414141414141414141414141414141414141414141414141414141414141414141"},
    {"an outlet of 25 bytes", false,
	"a4" TIMES CTI PRIV "a301070203047819"
	"41414141414141414141414141414141414141414141414141"},
    {"a name with a zero-width space", false, "a4" TIMES CTI PRIV "a3010702030363e2808b"},
    {"a name with a byte of Latin-1", false, "a4" TIMES CTI PRIV "a3010702030361e9"},
    {"a name with an overlong slash", false, "a4" TIMES CTI PRIV "a3010702030362c0af"},
    {"a name with a surrogate", false, "a4" TIMES CTI PRIV "a3010702030363eda080"},
    {"a name with a C1 control", false, "a4" TIMES CTI PRIV "a3010702030362c285"},
    {"flags 0", false, "a4" TIMES CTI PRIV "a3010702030500"},
    {"flags 65536", false, "a4" TIMES CTI PRIV "a301070203051a00010000"},
    {"flags as text", false,
	"a4" TIMES CTI PRIV "a3010702030561"
	"31"},
    {"one pair too many in the head", false, "a4" TIMES CTI PRIV "a301070203"},
    {"one pair too few in the head", false, "a4" TIMES CTI PRIV "a201070203036141"},
    {"an indefinite map", false, "a4" TIMES CTI PRIV "bf01070203ff"},
    {"a byte after the claims", false, "a4" TIMES CTI PRIV "a20107020300"},
    {"five claims", false, "a5" TIMES CTI PRIV "a2010702030601"},
    {"three claims", false, "a3" TIMES CTI PRIV "a201070203"},
    {"nbf equal to exp", false, "a4041a69dbebb0051a69dbebb0" CTI PRIV "a201070203"},
    {"nbf after exp", false, "a4041a69db26d0051a69dbebb0" CTI PRIV "a201070203"},
    {"exp before 2020", false, "a4041a5f5e0fff051a5f5e0ffe" CTI PRIV "a201070203"},
    {"exp a float", false, "a404fb41da76faec000000051a69db26d0" CTI PRIV "a201070203"},
    {"exp tagged", false, "a404c11a69dbebb0051a69db26d0" CTI PRIV "a201070203"},
    {"exp in eight bytes", false, "a4041b0000000069dbebb0051a69db26d0" CTI PRIV "a201070203"},
    {"a pass id of 15 bytes", false,
	"a4" TIMES "074f14e45fceea467a9c1d3b5a7e9f0a12" PRIV "a201070203036141"},
    {"a pass id of 17 bytes", false,
	"a4" TIMES "0751008f14e45fceea467a9c1d3b5a7e9f0a12" PRIV "a201070203"},
    {"a pass id as text", false,
	"a4" TIMES "077041414141414141414141414141414141" PRIV "a201070203"},
    {"another private key", false,
	"a4" TIMES CTI "3a00010001"
	"a201070203"},
    {"a private key in a longer form", false,
	"a4" TIMES CTI "3b0000000000010000"
	"a201070203"},
};

static void each_payload_is_judged_by_the_format(void **state)
{
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		sign_payload(payloads[i].hex, text);
		if (is_accepted(text, strlen(text)) != payloads[i].good)
			fail_msg("%s: %s", payloads[i].what, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_payload_is_judged_by_the_format),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

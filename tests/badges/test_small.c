/* Hex, base45, text, codes, classes, reasons and CBOR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "badges/base45.h"
#include "badges/bytes.h"
#include "badges/cbor.h"
#include "badges/class.h"
#include "badges/code.h"
#include "badges/fingerprint.h"
#include "badges/reason.h"
#include "badges/text.h"

/* SHA-256 gives the first seven, polynomial arithmetic by hand the eighth. */
#define CODE_OF_ZERO "W7HK-FXT5"

/* By Python's hashlib, over 0, 1 ... 63. */
static void a_gates_fingerprint_is_over_both_of_its_keys(void **state)
{
	uint8_t keys[64];
	char text[FINGERPRINT_TEXT + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(keys); i++)
		keys[i] = (uint8_t)i;
	fingerprint_gate(keys, keys + 32, text);
	assert_string_equal(text, "dfdf d73d 7cbf a622 e20f be87 aa57 1a91");
	fingerprint_gate(keys + 32, keys, text);
	assert_string_not_equal(text, "dfdf d73d 7cbf a622 e20f be87 aa57 1a91");
}

static void hex_is_read_strictly(void **state)
{
	uint8_t bytes[2] = {7, 7};
	char text[5];

	(void)state;
	assert_int_equal(bytes_unhex("00fF", 4, bytes, 2), 0);
	assert_int_equal(bytes[1], 255);
	bytes_hex(bytes, 2, text);
	assert_string_equal(text, "00ff");
	assert_int_equal(bytes_unhex("00f", 3, bytes, 2), BYTES_E_HEX);
	assert_int_equal(bytes_unhex("00fff", 5, bytes, 2), BYTES_E_HEX);
	assert_int_equal(bytes_unhex("00fg", 4, bytes, 2), BYTES_E_HEX);
	assert_int_equal(bytes_unhex("0x00", 4, bytes, 2), BYTES_E_HEX);
	assert_int_equal(bytes[1], 255);
}

static void the_cursor_stays_in_its_bounds(void **state)
{
	static const uint8_t bytes[4] = {1, 2, 3, 4};
	struct bytes_cursor in = bytes_cursor(bytes, 4);

	(void)state;
	assert_null(bytes_take(&in, 5));
	assert_ptr_equal(bytes_take(&in, 3), bytes);
	assert_null(bytes_take(&in, 2));
	assert_null(bytes_take(&in, SIZE_MAX));
	assert_ptr_equal(bytes_take(&in, 1), bytes + 3);
	assert_int_equal(bytes_left(&in), 0);
}

/* The examples of RFC 9285. */
static void base45_has_the_rfcs_examples(void **state)
{
	static const char *const rows[][2] = {{"AB", "BB8"}, {"Hello!!", "%69 VD92EX0"},
	    {"base-45", "UJCLQE7W581"}, {"ietf!", "QED8WEX0"}, {"", ""}};
	uint8_t bytes[16];
	char text[32];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		base45_encode((const uint8_t *)rows[i][0], strlen(rows[i][0]), text);
		assert_string_equal(text, rows[i][1]);
		assert_int_equal(strlen(text), base45_text_len(strlen(rows[i][0])));
		assert_int_equal(base45_decode(text, strlen(text), bytes, sizeof(bytes), &len), 0);
		assert_int_equal(len, strlen(rows[i][0]));
		assert_memory_equal(bytes, rows[i][0], len);
	}
}

static void base45_refuses_what_it_never_writes(void **state)
{
	static const char *const rows[] = {"B", "BB8B", "GGW", ":::", "::", "V5", "bb8", "BB\x7f",
	    "BB#", "B,8", "\xc3\xa9-", "ZZ"};
	uint8_t bytes[16];
	size_t len = 77;

	(void)state;
	/* The edges: 65535 is FGW, 255 is U5. */
	assert_int_equal(base45_decode("FGW", 3, bytes, sizeof(bytes), &len), 0);
	assert_int_equal(base45_decode("U5", 2, bytes, sizeof(bytes), &len), 0);
	len = 77;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (base45_decode(rows[i], strlen(rows[i]), bytes, sizeof(bytes), &len) !=
		    BASE45_E_TEXT)
			fail_msg("%s", rows[i]);
	}
	assert_int_equal(base45_decode("BB8", 3, bytes, 1, &len), BASE45_E_TEXT);
	assert_int_equal(len, 77);
}

static void base45_reads_back_any_bytes(void **state)
{
	uint8_t bytes[300], again[300];
	char text[460];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		randombytes_buf(bytes, i);
		base45_encode(bytes, i, text);
		assert_int_equal(base45_decode(text, strlen(text), again, i, &len), 0);
		assert_int_equal(len, i);
		assert_memory_equal(bytes, again, i);
	}
}

/* Every character of Unicode: what the library of the GNU project calls a control or a format
 * character is refused, and no letter, digit, mark or sign is. */
static void text_refuses_controls_and_format_characters_of_all_unicode(void **state)
{
	size_t refused = 0;

	(void)state;
	for (ucs4_t c = 0; c < 0x110000; c++) {
		uint8_t utf8[6];
		int len = u8_uctomb(utf8, c, sizeof(utf8));
		bool plain;

		if (len < 0)
			continue;
		plain = text_is_plain((const char *)utf8, (size_t)len);
		refused += !plain;
		if (plain && uc_is_general_category_withtable(
				 c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
					UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp))
			fail_msg("U+%04X is taken", c);
		if (!plain && c != 0x034f && c != 0x115f && c != 0x1160 && c != 0x3164 &&
		    c != 0xffa0 && c != 0x17b4 && c != 0x17b5 &&
		    uc_is_general_category_withtable(
			c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N |
			       UC_CATEGORY_MASK_P | UC_CATEGORY_MASK_S | UC_CATEGORY_MASK_Zs))
			fail_msg("U+%04X is refused", c);
	}
	assert_true(refused > 200 && refused < 1000);
}

static void text_refuses_what_is_not_utf8(void **state)
{
	static const char *const rows[] = {"\x80", "\xbf", "\xc0\x80", "\xc0\xaf", "\xc1\xbf",
	    "\xc3", "\xc3(", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
	    "\xed\xbf\xbf", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98",
	    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "a\xc3", "\xef\xbf\xbf",
	    "\xf0\x9f\xbf\xbe", "\xef\xb7\x90"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (text_is_plain(rows[i], strlen(rows[i])))
			fail_msg("row %zu", i);
	}
	assert_true(text_is_plain("", 0));
	assert_true(text_is_plain("Zoë \u674e \U0001F600", strlen("Zoë \u674e \U0001F600")));
	assert_false(text_is_plain("a\0b", 3));
}

static void text_names_are_of_few_characters(void **state)
{
	(void)state;
	assert_true(text_is_name("North_door-2.b", 14, 64));
	assert_false(text_is_name("", 0, 64));
	assert_false(text_is_name("abc", 3, 2));
	assert_false(text_is_name("a/b", 3, 64));
	assert_false(text_is_name("a b", 3, 64));
	assert_false(text_is_name("\xc3\xa9", 2, 64));
}

static void codes_are_what_the_format_says(void **state)
{
	static const uint8_t zero[16] = {0};
	char text[CODE_TEXT_LEN + 1], again[CODE_TEXT_LEN + 1];
	uint8_t id[16];

	(void)state;
	code_of_pass(zero, text);
	assert_string_equal(text, CODE_OF_ZERO);
	for (int i = 0; i < 1000; i++) {
		randombytes_buf(id, sizeof(id));
		code_of_pass(id, text);
		assert_int_equal(code_read(text, strlen(text), again), 0);
		assert_string_equal(text, again);
	}
}

static void codes_are_read_as_people_type_them(void **state)
{
	static const uint8_t zero[16] = {0};
	char code[CODE_TEXT_LEN + 1], text[CODE_TEXT_LEN + 1], typed[32];
	size_t len = 0;

	(void)state;
	code_of_pass(zero, code);
	for (const char *at = code; *at != '\0'; at++) {
		char c = *at == '0' ? 'o' : *at == '1' ? 'l' : *at;

		typed[len++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		typed[len++] = ' ';
	}
	assert_int_equal(code_read(typed, len, text), 0);
	assert_string_equal(text, code);
	assert_int_equal(code_read("", 0, text), CODE_E_TEXT);
	assert_int_equal(code_read(code, 8, text), CODE_E_TEXT);
	(void)snprintf(typed, sizeof(typed), "%s0", code);
	assert_int_equal(code_read(typed, strlen(typed), text), CODE_E_TEXT);
	(void)snprintf(typed, sizeof(typed), "%.8sU", code);
	assert_int_equal(code_read(typed, strlen(typed), text), CODE_E_TEXT);
	assert_int_equal(code_read("\0\0\0\0\0\0\0\0", 8, text), CODE_E_TEXT);
	assert_string_equal(text, code);
}

static void codes_catch_each_wrong_character_and_each_swap(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char code[CODE_TEXT_LEN + 1], text[CODE_TEXT_LEN + 1], kept;
	uint8_t id[16];

	(void)state;
	for (int n = 0; n < 200; n++) {
		randombytes_buf(id, sizeof(id));
		code_of_pass(id, code);
		for (size_t i = 0; i < CODE_TEXT_LEN; i++) {
			kept = code[i];
			for (const char *c = alphabet; kept != '-' && *c != '\0'; c++) {
				code[i] = *c;
				assert_int_equal(code_read(code, CODE_TEXT_LEN, text),
				    *c == kept ? 0 : CODE_E_CHECK);
			}
			code[i] = kept;
			for (size_t j = i + 1; j < CODE_TEXT_LEN; j++) {
				if (kept == '-' || code[j] == '-' || code[j] == kept)
					continue;
				code[i] = code[j];
				code[j] = kept;
				assert_int_equal(
				    code_read(code, CODE_TEXT_LEN, text), CODE_E_CHECK);
				code[j] = code[i];
				code[i] = kept;
			}
		}
	}
}

static void reasons_and_classes_have_tokens_both_ways(void **state)
{
	enum reason reason;
	uint8_t number;

	(void)state;
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		const char *token = reason_token((enum reason)i);

		assert_non_null(token);
		assert_true(strlen(token) <= 32);
		assert_int_equal(reason_find(token, &reason), 0);
		assert_int_equal(reason, i);
		assert_int_equal(reason_is_officers(reason), i >= REASON_SCREENING_REFUSED);
	}
	assert_null(reason_token(REASON_COUNT));
	assert_int_equal(reason_find("", &reason), REASON_E_TOKEN);
	assert_string_equal(reason_token(REASON_OK), "ok");
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		assert_non_null(class_words(i));
		assert_int_equal(class_token(i) != NULL, i < CLASS_NAMED);
		if (i >= CLASS_NAMED)
			continue;
		assert_int_equal(class_find(class_token(i), &number), 0);
		assert_int_equal(number, i);
	}
	assert_null(class_words(CLASS_COUNT));
	assert_int_equal(class_find("editor", &number), CLASS_E_TOKEN);
}

static void cbor_heads_are_the_shortest(void **state)
{
	static const uint64_t values[] = {
	    0, 23, 24, 255, 256, 65535, 65536, UINT32_MAX, (uint64_t)UINT32_MAX + 1, UINT64_MAX};
	static const size_t sizes[] = {1, 1, 2, 2, 3, 3, 5, 5, 9, 9};
	static const char *const wrong[] = {"1817", "1900ff", "1a0000ffff", "1b00000000ffffffff",
	    "1c", "1d", "1e", "1f", "18", "19ff", "1aff0000", "1bff000000000000", ""};
	struct cbor_writer out = {0};
	struct cbor_reader in;
	uint64_t value = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		cbor_put_uint(&out, values[i]);
		assert_int_equal(out.len, sizes[i]);
		in = cbor_reader(out.bytes, out.len);
		assert_true(cbor_get_uint(&in, UINT64_MAX, &value));
		assert_true(value == values[i] && cbor_at_end(&in));
		cbor_free(&out);
	}
	value = 99;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t bytes[16];
		size_t len = strlen(wrong[i]) / 2;

		assert_int_equal(bytes_unhex(wrong[i], 2 * len, bytes, len), 0);
		in = cbor_reader(bytes, len);
		assert_false(cbor_get_uint(&in, UINT64_MAX, &value));
	}
	assert_int_equal(value, 99);
}

static void a_head_is_put_in_front_of_a_list(void **state)
{
	struct cbor_writer out = {0};
	struct cbor_reader in;

	(void)state;
	cbor_put_uint(&out, 7);
	for (uint64_t i = 0; i < 1000; i++)
		cbor_put_uint(&out, i % 24);
	cbor_insert_head(&out, 1, CBOR_ARRAY, 1000);
	in = cbor_reader(out.bytes, out.len);
	assert_true(cbor_get_key(&in, 7));
	assert_true(cbor_get_array(&in, 1000));
	for (uint64_t i = 0; i < 1000; i++)
		assert_true(cbor_get_key(&in, i % 24));
	assert_true(cbor_at_end(&in));
	assert_false(out.failed);
	cbor_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_gates_fingerprint_is_over_both_of_its_keys),
	    cmocka_unit_test(hex_is_read_strictly),
	    cmocka_unit_test(the_cursor_stays_in_its_bounds),
	    cmocka_unit_test(base45_has_the_rfcs_examples),
	    cmocka_unit_test(base45_refuses_what_it_never_writes),
	    cmocka_unit_test(base45_reads_back_any_bytes),
	    cmocka_unit_test(text_refuses_controls_and_format_characters_of_all_unicode),
	    cmocka_unit_test(text_refuses_what_is_not_utf8),
	    cmocka_unit_test(text_names_are_of_few_characters),
	    cmocka_unit_test(codes_are_what_the_format_says),
	    cmocka_unit_test(codes_are_read_as_people_type_them),
	    cmocka_unit_test(codes_catch_each_wrong_character_and_each_swap),
	    cmocka_unit_test(reasons_and_classes_have_tokens_both_ways),
	    cmocka_unit_test(cbor_heads_are_the_shortest),
	    cmocka_unit_test(a_head_is_put_in_front_of_a_list),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

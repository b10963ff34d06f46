#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "web/text.h"

static int clean(const char *text, enum text_lines lines, size_t max, char **ret)
{
	*ret = NULL;
	return text_clean(text, strlen(text), lines, max, ret);
}

static void expect_clean(const char *text, enum text_lines lines, const char *want)
{
	char *got = NULL;

	assert_int_equal(clean(text, lines, 200, &got), 0);
	assert_string_equal(got, want);
	free(got);
}

static void expect_refused(const char *text, enum text_lines lines, int error)
{
	char *got = NULL;

	assert_int_equal(clean(text, lines, 200, &got), error);
	assert_null(got);
}

static void names_become_nfc_and_are_trimmed(void **state)
{
	(void)state;
	expect_clean("Ann Lee", TEXT_ONE_LINE, "Ann Lee");
	expect_clean("  Ann Lee \xc2\xa0", TEXT_ONE_LINE, "Ann Lee");
	/* e + combining acute becomes one code point */
	expect_clean("Rene\xcc\x81", TEXT_ONE_LINE, "Ren\xc3\xa9");
	expect_clean("\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x99", TEXT_ONE_LINE,
	    "\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x99");
	expect_clean("", TEXT_ONE_LINE, "");
	expect_clean("   ", TEXT_ONE_LINE, "");
}

static void invisible_characters_are_refused(void **state)
{
	static const char *const hidden[] = {"a\x01"
					     "b",
	    "a\x7f"
	    "b",
	    "a\nb", "a\tb",
	    "a\xc2\x85"
	    "b", /* C0, DEL, C1 */
	    "a\xe2\x80\xae"
	    "b",
	    "a\xe2\x81\xa6"
	    "b",
	    "a\xe2\x80\x8f"
	    "b", /* bidi */
	    "a\xe2\x80\x8b"
	    "b",
	    "a\xe2\x80\x8d"
	    "b",
	    "a\xef\xbb\xbf"
	    "b", /* zero width */
	    "a\xc2\xad"
	    "b",
	    "a\xe3\x85\xa4"
	    "b",
	    "a\xef\xb8\x8f"
	    "b", /* soft hyphen, fillers */
	    "a\xee\x80\x80"
	    "b",
	    "a\xef\xbf\xbf"
	    "b",
	    "a\xe2\x80\xa8"
	    "b", /* private, none, LS */
	    "a\xf3\xa0\x81\x81"
	    "b" /* tag characters */};

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		expect_refused(hidden[i], TEXT_ONE_LINE, TEXT_HIDDEN);
}

static void bytes_that_are_no_utf8_are_refused(void **state)
{
	static const char *const bad[] = {
	    "\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_refused(bad[i], TEXT_ONE_LINE, TEXT_UTF8);
	char *got = NULL;
	assert_int_equal(text_clean("a\0b", 3, TEXT_ONE_LINE, 200, &got), TEXT_HIDDEN);
}

static void several_lines_keep_lf_only(void **state)
{
	(void)state;
	expect_clean("one\r\ntwo\rthree\nfour\n", TEXT_MANY_LINES, "one\ntwo\nthree\nfour");
	expect_clean("a\tb", TEXT_MANY_LINES, "a\tb");
	expect_refused("a\x0b"
		       "b",
	    TEXT_MANY_LINES, TEXT_HIDDEN);
	expect_refused("a\xe2\x80\xae"
		       "b",
	    TEXT_MANY_LINES, TEXT_HIDDEN);
}

static void length_counts_code_points_of_the_normal_form(void **state)
{
	char text[900] = "";
	char *got = NULL;

	(void)state;
	for (int i = 0; i < 200; i++)
		strcat(text, "e\xcc\x81");
	assert_int_equal(clean(text, TEXT_ONE_LINE, 200, &got), 0);
	assert_int_equal(text_length(got), 200);
	free(got);
	strcat(text, "e");
	assert_int_equal(clean(text, TEXT_ONE_LINE, 200, &got), TEXT_LONG);
	assert_int_equal(text_length("\xff"), 0);
}

static void a_password_is_not_trimmed(void **state)
{
	(void)state;
	expect_clean(" two words ", TEXT_AS_TYPED, " two words ");
}

static void folding_finds_the_same_name(void **state)
{
	static const char *const same[][2] = {{"ANN  LEE", "ann lee"},
	    {"\xc3\x89mile", "e\xcc\x81MILE"},
	    {"Stra\xc3\x9f"
	     "e",
		"STRASSE"},
	    {" Ann\tLee\n", "ann lee"}, {"\xef\xbc\xa1nn", "Ann"} /* full-width A */};
	char *a, *b;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		assert_int_equal(text_fold(same[i][0], &a), 0);
		assert_int_equal(text_fold(same[i][1], &b), 0);
		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	assert_int_equal(text_fold("\xff", &a), TEXT_UTF8);
}

static void addresses_people_have_are_taken(void **state)
{
	static const char *const good[] = {"a@b.ca", "ann.lee@news.example",
	    "ann+press@news.example", "o'neil@news.example", "ann_l-2@sub.news.example",
	    "ren\xc3\xa9@news.example", "a@xn--caf-dma.example", "1@2.example"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(text_email(good[i]), 0);
}

static void other_addresses_are_refused(void **state)
{
	static const char *const bad[] = {"", "a", "@b.ca", "a@", "a@b", "a@@b.ca", "a b@c.ca",
	    "a@b.ca\n", "a@b.ca\r\nBcc: x@y.ca", "a\x01@b.ca", "\"a b\"@c.ca", "a@[192.0.2.1]",
	    "a@192.0.2.1", "Ann <a@b.ca>", "a@b.ca,c@d.ca", "a@b.ca;c@d.ca", ".a@b.ca", "a.@b.ca",
	    "a..b@c.ca", "a@.ca", "a@b..ca", "a@-b.ca", "a@b-.ca", "a@b.ca.", "a(x)@b.ca",
	    "a@b_c.ca", "a\xe2\x80\xae@b.ca", "a@b.ca ", "\xff@b.ca"};
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(text_email(bad[i]), TEXT_SYNTAX);
	memset(text, 'a', 65);
	strcpy(text + 65, "@b.ca");
	assert_int_equal(text_email(text), TEXT_SYNTAX);
	assert_int_equal(text_email(text + 1), 0);
	strcpy(text, "a@");
	for (int i = 0; i < 26; i++)
		strcat(text, "abcdefghi.");
	strcat(text, "ca");
	assert_int_equal(text_email(text), TEXT_SYNTAX);
}

static void slugs_have_one_shape(void **state)
{
	static const char *const bad[] = {"", "-a", "a-", "a--b", "A", "a_b", "a b", "\xc3\xa9",
	    "a/b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

	(void)state;
	assert_int_equal(text_slug("a"), 0);
	assert_int_equal(text_slug("chief-speaks-2026"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(text_slug(bad[i]), TEXT_SYNTAX);
}

static void a_title_makes_a_slug(void **state)
{
	char slug[65];

	(void)state;
	text_make_slug("Chief's \xc3\x89t\xc3\xa9 -- Briefing!", slug, sizeof(slug));
	assert_string_equal(slug, "chief-s-ete-briefing");
	assert_int_equal(text_slug(slug), 0);
	text_make_slug("\xe6\x9d\x8e", slug, sizeof(slug));
	assert_string_equal(slug, "");
	text_make_slug("abc-def", slug, 5);
	assert_string_equal(slug, "abc");
}

static void logs_get_printable_text(void **state)
{
	char line[16];

	(void)state;
	text_for_log("a\nb\\\xff", 5, line, sizeof(line));
	assert_string_equal(line, "a\\x0ab\\x5c\\xff");
	text_for_log("abcdefghijklmnopqrst", 20, line, sizeof(line));
	assert_string_equal(line, "abcdefghijkl...");
	text_for_log("abcdefghijklmno", 15, line, sizeof(line));
	assert_string_equal(line, "abcdefghijklmno");
	text_for_log("\x01\x02\x03\x04", 4, line, sizeof(line));
	assert_string_equal(line, "\\x01\\x02\\x03...");
	text_for_log("", 0, line, sizeof(line));
	assert_string_equal(line, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_become_nfc_and_are_trimmed),
	    cmocka_unit_test(invisible_characters_are_refused),
	    cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
	    cmocka_unit_test(several_lines_keep_lf_only),
	    cmocka_unit_test(length_counts_code_points_of_the_normal_form),
	    cmocka_unit_test(a_password_is_not_trimmed),
	    cmocka_unit_test(folding_finds_the_same_name),
	    cmocka_unit_test(addresses_people_have_are_taken),
	    cmocka_unit_test(other_addresses_are_refused),
	    cmocka_unit_test(slugs_have_one_shape),
	    cmocka_unit_test(a_title_makes_a_slug),
	    cmocka_unit_test(logs_get_printable_text),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

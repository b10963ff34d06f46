/* Texts in the reader's language: catalogues, plurals, values, and what a browser asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "badges/class.h"
#include "registrar/press/class_say.h"
#include "web/buf.h"
#include "web/say.h"
#include "web/say_plural.h"
#include "web/tmpl.h"

extern const struct say_set registrar_languages;

static const struct say *french(void)
{
	const struct say *language = NULL;

	assert_int_equal(say_add(&registrar_languages), 0);
	assert_true(say_find("fr", &language));
	return language;
}

static void a_text_is_said_in_each_language(void **state)
{
	(void)state;
	assert_string_equal(say(french(), "Sign out"), "Se déconnecter");
	assert_string_equal(say(NULL, "Sign out"), "Sign out");
	assert_string_equal(say(french(), "Nobody translated this"), "Nobody translated this");
	assert_string_equal(say(french(), ""), "");
	assert_null(say(french(), NULL));
	assert_string_equal(say_code(french()), "fr");
	assert_string_equal(say_name(french()), "Français");
	assert_string_equal(say_code(NULL), "en");
}

static void a_context_tells_texts_apart(void **state)
{
	(void)state;
	assert_string_equal(say_in(french(), "navigation", "Main"), "Menu principal");
	assert_string_equal(say(french(), "Main"), "Main");
	assert_string_equal(say_in(french(), "day of a month", "1"), "1er");
	assert_string_equal(say_in(french(), "another", "1"), "1");
}

static void a_plural_follows_the_rule_of_its_language(void **state)
{
	static const struct {
		long long n;
		const char *english, *french;
	} rows[] = {
	    {0, "in 0 hours", "dans 0 heure"},
	    {1, "in 1 hour", "dans 1 heure"},
	    {2, "in 2 hours", "dans 2 heures"},
	    {12500, "in 12,500 hours", "dans 12\302\240500 heures"},
	};
	char text[80];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		say_counted(NULL, text, sizeof(text), "in %n hour", "in %n hours", rows[i].n);
		assert_string_equal(text, rows[i].english);
		say_counted(french(), text, sizeof(text), "in %n hour", "in %n hours", rows[i].n);
		assert_string_equal(text, rows[i].french);
	}
}

static void a_rule_is_an_expression_of_n(void **state)
{
	static const struct {
		const char *rule;
		unsigned long n;
		long wanted; /* -1: none */
	} rows[] = {
	    {"n > 1", 1, 0},
	    {"(n != 1)", 0, 1},
	    {"0", 7, 0},
	    {"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 22,
		1},
	    {"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 12,
		2},
	    {"n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5", 103,
		3},
	    {"1+2*3-n", 2, 5},
	    {"!n", 0, 1},
	    {"", 1, -1},
	    {"n >", 1, -1},
	    {"n / 0", 1, -1},
	    {"(n", 1, -1},
	    {"n ? 1", 1, -1},
	    {"n = 1", 1, -1},
	    {"m > 1", 1, -1},
	    {"n; system(0)", 1, -1},
	    {"((((((((((((((((((((((((((((n))))))))))))))))))))))))))))", 1, -1},
	};
	unsigned long got;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		got = 99;
		assert_int_equal(
		    say_plural_rule(rows[i].rule, rows[i].n, &got), rows[i].wanted < 0 ? -1 : 0);
		assert_int_equal(got, rows[i].wanted < 0 ? 99 : rows[i].wanted);
	}
}

static void numbers_are_grouped_as_the_language_does(void **state)
{
	static const struct {
		long long n;
		const char *english, *french;
	} rows[] = {
	    {0, "0", "0"},
	    {999, "999", "999"},
	    {1000, "1000", "1000"},
	    {10000, "10,000", "10\302\240000"},
	    {-1234567, "-1,234,567", "-1\302\240234\302\240567"},
	    {9223372036854775807, "9,223,372,036,854,775,807", NULL},
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		say_number(NULL, rows[i].n, text);
		assert_string_equal(text, rows[i].english);
		say_number(french(), rows[i].n, text);
		if (rows[i].french)
			assert_string_equal(text, rows[i].french);
	}
}

static void values_stand_where_the_text_wants_them(void **state)
{
	char text[40], small[6];

	(void)state;
	SAY_FORMAT(text, sizeof(text), "%2 and %1, 100%% %", "one", "two");
	assert_string_equal(text, "two and one, 100% %");
	SAY_FORMAT(text, sizeof(text), "[%3]", "one", "two");
	assert_string_equal(text, "[]");
	/* Cut between characters: "é" has two bytes. */
	SAY_FORMAT(small, sizeof(small), "abcd%1", "é");
	assert_string_equal(small, "abcd");
	SAY_FORMAT(small, sizeof(small), "%1", "%2%1");
	assert_string_equal(small, "%2%1");
}

static void a_kept_sentence_is_said_later_in_any_language(void **state)
{
	static const char *const values[] = {"2", "40"};
	char kept[200], text[200];

	(void)state;
	say_keep(kept, sizeof(kept), "A place was free: %1 of %2 were taken.", values, 2);
	say_kept(NULL, text, sizeof(text), kept);
	assert_string_equal(text, "A place was free: 2 of 40 were taken.");
	say_kept(french(), text, sizeof(text), kept);
	assert_string_equal(text, "Une place était libre\302\240: 2 sur 40 étaient prises.");
	say_kept(french(), text, sizeof(text), "There is no limit on places.");
	assert_string_equal(text, "Le nombre de places n’est pas limité.");
	say_kept(french(), text, sizeof(text), "kept before: 50% of %1");
	assert_string_equal(text, "kept before: 50% of %1");
}

static void every_role_has_words_in_each_language(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		assert_string_equal(class_say(NULL, i), class_words(i));
		assert_non_null(class_say(french(), i));
	}
	assert_string_equal(class_say(french(), CLASS_FREELANCE), "Journaliste pigiste");
	assert_null(class_say(french(), CLASS_COUNT));
}

/* ---- Accept-Language ---- */

static void the_language_is_the_one_asked_for(void **state)
{
	static const struct {
		const char *accept, *wanted;
	} rows[] = {
	    {NULL, "en"},
	    {"", "en"},
	    {"fr", "fr"},
	    {"FR", "fr"},
	    {"fr-CA", "fr"},
	    {"fr-CA,fr;q=0.9,en;q=0.8", "fr"},
	    {"en-CA,en;q=0.9,fr;q=0.8", "en"},
	    {"en;q=0.5, fr;q=0.6", "fr"},
	    {"en;q=0.6, fr;q=0.6", "en"},
	    {"fr;q=0.6, en;q=0.6", "fr"},
	    {"de, fr;q=0.1", "fr"},
	    {"de", "en"},
	    {"*", "en"},
	    {"*, fr;q=0.5", "en"},
	    {"fr, *;q=0.1", "fr"},
	    {"en;q=0, *", "fr"},
	    {"en;q=0, fr;q=0", "en"},
	    {"fr;q=0", "en"},
	    {"fr ; q=0.9 , en ; Q=0.8", "fr"},
	    {"\ten\t,\tfr", "en"},
	    {",,fr,,", "fr"},
	    {"fr;q=1.000", "fr"},
	    /* what is malformed counts for nothing */
	    {"fr;q=1.001", "en"},
	    {"fr;q=2", "en"},
	    {"fr;q=-1", "en"},
	    {"fr;q=0.1234", "en"},
	    {"fr;q=", "en"},
	    {"fr;q", "en"},
	    {"fr;", "en"},
	    {"fr;q=0.9;q=0.8", "en"},
	    {"fr;level=1", "en"},
	    {"fr q=1", "en"},
	    {"fr_CA", "en"},
	    {"french", "en"},
	    {"f", "en"},
	    {"-fr", "en"},
	    {"fr-", "en"},
	    {"fr--CA", "en"},
	    {"fr-CA-abcdefghi", "en"},
	    {"fr;q=1.,en;q=0.5", "fr"},
	    {"\303\251\377;;;===,fr;q=0.2", "fr"},
	    {";;;;", "en"},
	    {"   ", "en"},
	    {"fr;q=0.9   ", "fr"},
	};

	(void)state;
	(void)french();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *got = say_code(say_choose(rows[i].accept));

		if (strcmp(got, rows[i].wanted) != 0)
			fail_msg("%s: %s", rows[i].accept ? rows[i].accept : "(none)", got);
	}
}

/* ---- the reader ---- */

static unsigned char *read_file(const char *path, size_t *ret_len)
{
	enum { MOST = 1 << 20 };
	unsigned char *data = malloc(MOST);
	FILE *in = fopen(path, "rb");

	assert_non_null(data);
	assert_non_null(in);
	*ret_len = fread(data, 1, MOST, in);
	fclose(in);
	return data;
}

static void either_byte_order_is_read(void **state)
{
	struct say big = {0};
	size_t len = 0;
	unsigned char *data = read_file(BIG_ENDIAN_MO, &len);

	(void)state;
	assert_int_equal(data[0], 0x95);
	assert_int_equal(say_read(data, len, &big), 0);
	assert_true(big.big_endian);
	assert_string_equal(say(&big, "Sign out"), "Se déconnecter");
	free(data);
}

static void a_file_cut_short_is_refused(void **state)
{
	const struct say_file *file = &registrar_languages.files[0];
	struct say read = {0};

	(void)state;
	for (size_t len = 0; len < file->len; len++) {
		/* Bytes of its own, so that a checker sees one read too many. */
		unsigned char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, file->data, len);
		if (say_read(copy, len, &read) != SAY_BAD)
			fail_msg("%zu of %zu bytes", len, file->len);
		free(copy);
	}
	assert_null(read.data);
	assert_int_equal(say_read(file->data, file->len, &read), 0);
}

/* Whatever is read can be looked into. */
static void look_through(const struct say *s)
{
	(void)say(s, "Sign out");
	(void)say(s, "zzzz");
	(void)say_in(s, "navigation", "Main");
	(void)say_plural(s, "in %n hour", "in %n hours", 3);
}

static void a_changed_file_is_refused_or_harmless(void **state)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xff};
	const struct say_file *file = &registrar_languages.files[0];
	unsigned char *copy = malloc(file->len);
	struct say read;
	size_t refused = 0, head = 28 + (size_t)16 * 400;

	(void)state;
	assert_non_null(copy);
	memcpy(copy, file->data, file->len);
	for (size_t at = 0; at < head && at < file->len; at++) {
		for (size_t m = 0; m < sizeof(masks); m++) {
			copy[at] = file->data[at] ^ masks[m];
			if (say_read(copy, file->len, &read))
				refused++;
			else
				look_through(&read);
		}
		copy[at] = file->data[at];
	}
	free(copy);
	assert_true(refused > head);
}

static void a_set_is_added_once(void **state)
{
	static const struct say_set again = {NULL, 0};
	struct say_set same;

	(void)state;
	(void)french();
	same = registrar_languages;
	assert_int_equal(say_add(&registrar_languages), 0);
	assert_int_equal(say_count(), 1 + registrar_languages.n);
	assert_int_equal(say_add(&same), SAY_ROOM);
	assert_int_equal(say_add(&again), 0);
	assert_int_equal(say_count(), 1 + registrar_languages.n);
	assert_null(say_nth(0));
	assert_null(say_nth(99));
}

/* ---- pages ---- */

static void part(struct buf *b, int64_t number)
{
	buf_printf(b, "<i>%lld</i>", (long long)number);
}

static void values_in_a_page_are_escaped(void **state)
{
	const struct tmpl_value values[] = {{.text = "<b>&\""}, {.as = TMPL_AS_BDI, .text = "A<"},
	    {.as = TMPL_AS_PAGE, .page = part, .number = 7},
	    {.as = TMPL_AS_NUMBER, .number = 12345}, {.as = TMPL_AS_STRONG, .text = "s"}};
	struct buf b;

	(void)state;
	buf_init(&b, 4000);
	b.language = french();
	tmpl_say(&b, tmpl_text, "< %1 %2 %3 %4 %5 %9 100%%", values, 5);
	assert_string_equal(buf_text(&b), "&lt; &lt;b&gt;&amp;\" <bdi>A&lt;</bdi> <i>7</i> "
					  "12\302\240345 <strong>s</strong>  100%");
	buf_reset(&b);
	tmpl_say(&b, tmpl_attr, "%1", values, 1);
	assert_string_equal(buf_text(&b), "&lt;b&gt;&amp;&quot;");
	buf_free(&b);
}

static void a_sentence_ends_with_one_full_stop(void **state)
{
	const struct tmpl_value values[] = {{.text = "2 p.m."},
	    {.as = TMPL_AS_STRONG, .text = "Inc."}, {.as = TMPL_AS_BDI, .text = "noon"}};
	struct buf b;

	(void)state;
	buf_init(&b, 4000);
	tmpl_say(&b, tmpl_text, "By %1. By %2. By %3. By %1", values, 3);
	assert_string_equal(
	    buf_text(&b), "By 2 p.m. By <strong>Inc.</strong> By <bdi>noon</bdi>. By 2 p.m.");
	buf_free(&b);
}

static void a_link_stands_where_the_brackets_are(void **state)
{
	const struct tmpl_value values[] = {{.text = "a/b\""}};
	struct buf b;

	(void)state;
	buf_init(&b, 4000);
	tmpl_say_link(&b, "See [this %1] <now>.", "/at/%1?x=y", true, values, 1);
	assert_string_equal(buf_text(&b),
	    "See <a class=\"govuk-link\" href=\"/at/a%2Fb%22?x=y\">this "
	    "a/b\"</a> &lt;now&gt;.");
	buf_reset(&b);
	tmpl_say_link(&b, "[Go]", "javascript:alert(1)", false, NULL, 0);
	assert_string_equal(buf_text(&b), "<a class=\"govuk-link\" href=\"#\">Go</a>");
	buf_reset(&b);
	tmpl_say_link(&b, "no link here", "/", true, NULL, 0);
	assert_string_equal(buf_text(&b), "no link here");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_text_is_said_in_each_language),
	    cmocka_unit_test(a_context_tells_texts_apart),
	    cmocka_unit_test(a_plural_follows_the_rule_of_its_language),
	    cmocka_unit_test(a_rule_is_an_expression_of_n),
	    cmocka_unit_test(numbers_are_grouped_as_the_language_does),
	    cmocka_unit_test(values_stand_where_the_text_wants_them),
	    cmocka_unit_test(a_kept_sentence_is_said_later_in_any_language),
	    cmocka_unit_test(every_role_has_words_in_each_language),
	    cmocka_unit_test(the_language_is_the_one_asked_for),
	    cmocka_unit_test(either_byte_order_is_read),
	    cmocka_unit_test(a_file_cut_short_is_refused),
	    cmocka_unit_test(a_changed_file_is_refused_or_harmless),
	    cmocka_unit_test(a_set_is_added_once),
	    cmocka_unit_test(values_in_a_page_are_escaped),
	    cmocka_unit_test(a_sentence_ends_with_one_full_stop),
	    cmocka_unit_test(a_link_stands_where_the_brackets_are),
	};

	return cmocka_run_group_tests_name("say", tests, NULL, NULL);
}

/* Moments as people say them, in both languages, in Toronto. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "registrar/zone.h"
#include "web/say.h"

extern const struct say_set registrar_languages;

#define NBSP "\302\240"

static const struct say *french(void)
{
	const struct say *language = NULL;

	assert_int_equal(say_add(&registrar_languages), 0);
	assert_true(say_find("fr", &language));
	assert_int_equal(zone_set("America/Toronto"), 0);
	return language;
}

static void a_moment_is_said_in_both_languages(void **state)
{
	static const struct {
		int64_t at;
		const char *english, *french;
	} rows[] = {
	    {1789236300, "Saturday 12 September 2026, 2:05 p.m.",
		"samedi 12 septembre 2026 à 14" NBSP "h" NBSP "05"},
	    {1785589200, "Saturday 1 August 2026, 9:00 a.m.", "samedi 1er août 2026 à 9" NBSP "h"},
	    {1767243600, "Thursday 1 January 2026, 12:00 a.m.",
		"jeudi 1er janvier 2026 à 0" NBSP "h"},
	    {1772384400, "Sunday 1 March 2026, 12:00 p.m.", "dimanche 1er mars 2026 à 12" NBSP "h"},
	    {1798779540, "Thursday 31 December 2026, 11:59 p.m.",
		"jeudi 31 décembre 2026 à 23" NBSP "h" NBSP "59"},
	    /* before and after the gap of 8 March: 1:59 is followed by 3:00 */
	    {1772953140, "Sunday 8 March 2026, 1:59 a.m.",
		"dimanche 8 mars 2026 à 1" NBSP "h" NBSP "59"},
	    {1772953200, "Sunday 8 March 2026, 3:00 a.m.", "dimanche 8 mars 2026 à 3" NBSP "h"},
	    /* the fold of 1 November: 1:30 comes twice, 0:59 and 2:00 once */
	    {1793509140, "Sunday 1 November 2026, 12:59 a.m.",
		"dimanche 1er novembre 2026 à 0" NBSP "h" NBSP "59"},
	    {1793511000, "Sunday 1 November 2026, 1:30 a.m. EDT",
		"dimanche 1er novembre 2026 à 1" NBSP "h" NBSP "30 HAE"},
	    {1793514600, "Sunday 1 November 2026, 1:30 a.m. EST",
		"dimanche 1er novembre 2026 à 1" NBSP "h" NBSP "30 HNE"},
	    {1793516400, "Sunday 1 November 2026, 2:00 a.m.",
		"dimanche 1er novembre 2026 à 2" NBSP "h"},
	};
	char said[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		zone_say(french(), rows[i].at, said, sizeof(said));
		assert_string_equal(said, rows[i].french);
		zone_say(NULL, rows[i].at, said, sizeof(said));
		assert_string_equal(said, rows[i].english);
	}
}

static void each_day_and_month_has_its_name(void **state)
{
	const struct say *language = french();
	char english[128], said[128];

	(void)state;
	for (int64_t at = 1767286800; at < 1767286800 + (int64_t)365 * 86400; at += 86400) {
		zone_say_date(NULL, at, english, sizeof(english));
		zone_say_date(language, at, said, sizeof(said));
		assert_true(said[0] >= 'a' && said[0] <= 'z');
		assert_true(english[0] >= 'A' && english[0] <= 'Z');
		assert_non_null(strstr(said, "2026"));
		/* no name of a day or month is the same in both */
		*strchr(english, ' ') = *strchr(said, ' ') = '\0';
		assert_string_not_equal(english, said);
	}
}

static void how_far_away_is_said_in_both_languages(void **state)
{
	static const struct {
		int64_t away;
		const char *english, *french;
	} rows[] = {
	    {0, "now", "maintenant"},
	    {29, "now", "maintenant"},
	    {60, "in 1 minute", "dans 1 minute"},
	    {-60, "1 minute ago", "il y a 1 minute"},
	    {300, "in 5 minutes", "dans 5 minutes"},
	    {7200, "in 2 hours", "dans 2 heures"},
	    {-7200, "2 hours ago", "il y a 2 heures"},
	    {172800, "in 2 days", "dans 2 jours"},
	    {-864000, "10 days ago", "il y a 10 jours"},
	};
	char said[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		zone_say_relative(
		    french(), 1789236300 + rows[i].away, 1789236300, said, sizeof(said));
		assert_string_equal(said, rows[i].french);
		zone_say_relative(NULL, 1789236300 + rows[i].away, 1789236300, said, sizeof(said));
		assert_string_equal(said, rows[i].english);
	}
}

static void a_time_in_the_gap_is_refused_in_both_languages(void **state)
{
	struct refusal why = {.language = french()};
	int64_t at = 7;

	(void)state;
	assert_int_equal(zone_read("2026-03-08T02:30", "starts", &at, &why), MODEL_REFUSED);
	assert_string_equal(why.field, "starts");
	assert_non_null(strstr(why.words, "2026-03-08T02:30 n’existe pas"));
	why.language = NULL;
	assert_int_equal(zone_read("2026-03-08T02:30", "starts", &at, &why), MODEL_REFUSED);
	assert_non_null(strstr(why.words, "2026-03-08T02:30 does not exist"));
	assert_int_equal(at, 7);
}

static void a_time_in_the_fold_is_asked_about_in_both_languages(void **state)
{
	struct refusal why = {.language = french()};
	int64_t at = 7;

	(void)state;
	assert_int_equal(zone_read("2026-11-01T01:30", "starts", &at, &why), MODEL_REFUSED);
	assert_non_null(strstr(why.words, "deux fois"));
	assert_non_null(strstr(why.words, "2026-11-01T01:30-04:00"));
	assert_non_null(strstr(why.words, "2026-11-01T01:30-05:00"));
	why.language = NULL;
	assert_int_equal(zone_read("2026-11-01T01:30", "starts", &at, &why), MODEL_REFUSED);
	assert_non_null(strstr(why.words, "comes twice"));
	assert_int_equal(zone_read("2026-11-01T01:30-05:00", "starts", &at, &why), 0);
	assert_int_equal(at, 1793514600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_moment_is_said_in_both_languages),
	    cmocka_unit_test(each_day_and_month_has_its_name),
	    cmocka_unit_test(how_far_away_is_said_in_both_languages),
	    cmocka_unit_test(a_time_in_the_gap_is_refused_in_both_languages),
	    cmocka_unit_test(a_time_in_the_fold_is_asked_about_in_both_languages),
	};

	return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}

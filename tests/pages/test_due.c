/* When something is due: two staffed hours, days on which clocks change included. */
#include "tests/pages/temp.h"

#include "registrar/press/accreditation.h"
#include "registrar/press/due.h"

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static int64_t at(int year, int month, int day, int hour, int minute)
{
	struct tm tm = {.tm_year = year - 1900,
	    .tm_mon = month - 1,
	    .tm_mday = day,
	    .tm_hour = hour,
	    .tm_min = minute,
	    .tm_isdst = -1};

	return (int64_t)mktime(&tm);
}

static const struct {
	const char *words;
	int from[5], due[5];
} rows[] = {
    {"in the middle of the day", {2026, 9, 12, 12, 3}, {2026, 9, 12, 14, 3}},
    {"at opening", {2026, 9, 12, 6, 0}, {2026, 9, 12, 8, 0}},
    {"at night waits for the opening", {2026, 9, 12, 2, 30}, {2026, 9, 12, 8, 0}},
    {"exactly two hours before closing", {2026, 9, 12, 22, 0}, {2026, 9, 13, 0, 0}},
    {"late goes on in the morning", {2026, 9, 12, 23, 30}, {2026, 9, 13, 7, 30}},
    {"one minute before closing", {2026, 9, 12, 23, 59}, {2026, 9, 13, 7, 59}},
    {"at midnight", {2026, 9, 13, 0, 0}, {2026, 9, 13, 8, 0}},
    {"over the end of a year", {2026, 12, 31, 23, 0}, {2027, 1, 1, 7, 0}},
    {"over 29 February", {2028, 2, 28, 23, 0}, {2028, 2, 29, 7, 0}},
    {"the night clocks go forward", {2026, 3, 7, 23, 30}, {2026, 3, 8, 7, 30}},
    {"in the night clocks go forward", {2026, 3, 8, 1, 30}, {2026, 3, 8, 8, 0}},
    {"the day clocks went forward", {2026, 3, 8, 6, 30}, {2026, 3, 8, 8, 30}},
    {"the night clocks go back", {2026, 10, 31, 23, 30}, {2026, 11, 1, 7, 30}},
    {"in the night clocks go back", {2026, 11, 1, 0, 30}, {2026, 11, 1, 8, 0}},
    {"the day clocks went back", {2026, 11, 1, 22, 30}, {2026, 11, 2, 6, 30}},
};

static void it_is_due_two_staffed_hours_later(void **state)
{
	(void)state;
	zone("America/Toronto");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int *f = rows[i].from, *d = rows[i].due;
		int64_t due = due_at(&due_r9, at(f[0], f[1], f[2], f[3], f[4]));

		if (due != at(d[0], d[1], d[2], d[3], d[4]))
			fail_msg("%s: due %lld", rows[i].words, (long long)due);
	}
}

/* With a desk that never closes the clock's change shows: elapsed time counts. */
static void an_hour_that_does_not_exist_is_not_waited_for(void **state)
{
	struct due_desk always = {0, 1440, 120};

	(void)state;
	zone("America/Toronto");
	assert_int_equal(due_at(&always, at(2026, 3, 8, 1, 0)), at(2026, 3, 8, 4, 0));
	assert_int_equal(due_at(&always, at(2026, 3, 7, 23, 0)), at(2026, 3, 8, 1, 0));
	assert_int_equal(due_at(&always, at(2026, 11, 1, 0, 30)), at(2026, 11, 1, 0, 30) + 7200);
	assert_int_equal(
	    due_at(&always, at(2026, 10, 31, 23, 30)), at(2026, 10, 31, 23, 30) + 7200);
}

static void a_desk_that_opens_in_the_gap_opens_after_it(void **state)
{
	struct due_desk gap = {150, 1440, 60}; /* 2:30 does not exist on 8 March */
	int64_t due;

	(void)state;
	zone("America/Toronto");
	due = due_at(&gap, at(2026, 3, 8, 0, 30));
	assert_true(due >= at(2026, 3, 8, 4, 0) && due <= at(2026, 3, 8, 4, 30));
}

static void it_is_due_in_the_services_own_zone(void **state)
{
	int64_t noon_utc = 1789214400; /* 2026-09-12 12:00 UTC */

	(void)state;
	zone("UTC");
	assert_int_equal(due_at(&due_r9, noon_utc), noon_utc + 7200);
	zone("Asia/Kolkata"); /* 17:30 there */
	assert_int_equal(due_at(&due_r9, noon_utc), noon_utc + 7200);
	zone("Pacific/Auckland"); /* midnight there: opens in six hours */
	assert_int_equal(due_at(&due_r9, noon_utc), noon_utc + 8 * 3600);
}

static void due_never_comes_before_the_question_and_never_goes_back(void **state)
{
	int64_t begin = 0, last = 0, due;

	(void)state;
	zone("America/Toronto");
	begin = at(2026, 1, 1, 0, 0);
	for (int64_t from = begin; from < begin + 366 * 86400; from += 599) {
		due = due_at(&due_r9, from);
		assert_true(due >= from + 7200 && due >= last);
		assert_true(due <= from + 7200 + 6 * 3600 + 3600);
		last = due;
	}
}

static void months_end_on_the_last_day_of_a_shorter_month(void **state)
{
	(void)state;
	zone("America/Toronto");
	assert_int_equal(
	    accreditation_months_later(at(2026, 9, 12, 14, 0), 12), at(2027, 9, 12, 14, 0));
	assert_int_equal(
	    accreditation_months_later(at(2026, 8, 31, 14, 0), 6), at(2027, 2, 28, 14, 0));
	assert_int_equal(
	    accreditation_months_later(at(2027, 8, 31, 14, 0), 6), at(2028, 2, 29, 14, 0));
	assert_int_equal(
	    accreditation_months_later(at(2026, 2, 8, 2, 30), 1), at(2026, 3, 8, 3, 30));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_due_two_staffed_hours_later),
	    cmocka_unit_test(an_hour_that_does_not_exist_is_not_waited_for),
	    cmocka_unit_test(a_desk_that_opens_in_the_gap_opens_after_it),
	    cmocka_unit_test(it_is_due_in_the_services_own_zone),
	    cmocka_unit_test(due_never_comes_before_the_question_and_never_goes_back),
	    cmocka_unit_test(months_end_on_the_last_day_of_a_shorter_month),
	};

	return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}

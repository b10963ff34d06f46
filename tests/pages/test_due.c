/* When something is due: two staffed hours, days on which clocks change included. */
#include "tests/pages/temp.h"

#include "badges/class.h"
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

/* As Ontario's Ministry of Labour publishes them, kept on working days. */
static const int holidays[][3] = {{2026, 1, 1}, {2026, 2, 16}, {2026, 4, 3}, {2026, 5, 18},
    {2026, 7, 1}, {2026, 9, 7}, {2026, 10, 12}, {2026, 12, 25}, {2026, 12, 28}, {2027, 1, 1},
    {2027, 2, 15}, {2027, 3, 26}, {2027, 5, 24}, {2027, 7, 1}, {2027, 9, 6}, {2027, 10, 11},
    {2027, 12, 27}, {2027, 12, 28}, {2028, 1, 3}, {2028, 2, 21}, {2028, 4, 14}, {2028, 5, 22},
    {2028, 7, 3}, {2028, 9, 4}, {2028, 10, 9}, {2028, 12, 25}, {2028, 12, 26}};

static bool is_listed(const struct tm *day)
{
	for (size_t i = 0; i < sizeof(holidays) / sizeof(*holidays); i++)
		if (holidays[i][0] == day->tm_year + 1900 && holidays[i][1] == day->tm_mon + 1 &&
		    holidays[i][2] == day->tm_mday)
			return true;
	return false;
}

static void holidays_of_three_years_are_those_published_and_no_other(void **state)
{
	time_t noon;
	struct tm day;

	(void)state;
	zone("America/Toronto");
	for (int i = 0; i < 365 + 365 + 366; i++) {
		noon = (time_t)at(2026, 1, 1 + i, 12, 0);
		localtime_r(&noon, &day);
		if (due_is_holiday(day.tm_year + 1900, day.tm_mon + 1, day.tm_mday) !=
		    is_listed(&day))
			fail_msg("%d-%d-%d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
	}
}

static void a_students_request_is_due_in_ten_business_days(void **state)
{
	static const int cases[][2][3] = {
	    {{2026, 9, 14}, {2026, 9, 28}},  /* Monday to Monday in two weeks */
	    {{2026, 9, 12}, {2026, 9, 25}},  /* a Saturday counts from Monday */
	    {{2026, 10, 5}, {2026, 10, 20}}, /* over Thanksgiving */
	    {{2026, 12, 18}, {2027, 1, 6}},  /* over Christmas and the New Year */
	    {{2026, 10, 23}, {2026, 11, 6}}, /* over the end of daylight time */
	};

	(void)state;
	zone("America/Toronto");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const int *f = cases[i][0], *d = cases[i][1];

		assert_int_equal(due_for(&due_r9, CLASS_STUDENT, at(f[0], f[1], f[2], 23, 30)),
		    at(d[0], d[1], d[2], 17, 0));
		assert_int_equal(due_for(&due_r9, CLASS_STUDENT, at(f[0], f[1], f[2], 0, 0)),
		    at(d[0], d[1], d[2], 17, 0));
	}
	assert_int_equal(
	    due_for(&due_r9, CLASS_REPORTER, at(2026, 9, 14, 9, 0)), at(2026, 9, 14, 11, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_due_two_staffed_hours_later),
	    cmocka_unit_test(an_hour_that_does_not_exist_is_not_waited_for),
	    cmocka_unit_test(a_desk_that_opens_in_the_gap_opens_after_it),
	    cmocka_unit_test(it_is_due_in_the_services_own_zone),
	    cmocka_unit_test(due_never_comes_before_the_question_and_never_goes_back),
	    cmocka_unit_test(holidays_of_three_years_are_those_published_and_no_other),
	    cmocka_unit_test(a_students_request_is_due_in_ten_business_days),
	    cmocka_unit_test(months_end_on_the_last_day_of_a_shorter_month),
	};

	return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}

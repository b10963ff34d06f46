#include "registrar/press/due.h"

#include <time.h>

#include "badges/class.h"

const struct due_desk due_r9 = {.opens = 6 * 60, .closes = 24 * 60, .minutes = 120};

/* No desk opens so rarely that an answer takes longer to come due. */
enum { DAYS_MAX = 10100 };

/* The moment a clock shows `minute` of the day in `day` (days after that day's date). */
static int64_t moment(const struct tm *day, int later, int minute)
{
	struct tm at = {.tm_year = day->tm_year,
	    .tm_mon = day->tm_mon,
	    .tm_mday = day->tm_mday + later,
	    .tm_hour = minute / 60,
	    .tm_min = minute % 60,
	    .tm_isdst = -1};

	return (int64_t)mktime(&at);
}

int64_t due_at(const struct due_desk *desk, int64_t from)
{
	int64_t left = (int64_t)desk->minutes * 60, begin, end;
	time_t at = (time_t)from;
	struct tm day;

	if (!localtime_r(&at, &day))
		return from + left;
	for (int later = 0; later < DAYS_MAX; later++) {
		begin = moment(&day, later, desk->opens);
		end = moment(&day, later, desk->closes);
		if (begin < from)
			begin = from;
		if (begin >= end)
			continue;
		if (left <= end - begin)
			return begin + left;
		left -= end - begin;
	}
	return from + left;
}

/* A date as a number that orders days, for comparing. */
static int month_day(int month, int day)
{
	return month * 100 + day;
}

/* 0 Sunday .. 6 Saturday (Sakamoto). */
static int weekday(int year, int month, int day)
{
	static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};

	year -= month < 3;
	return (year + year / 4 - year / 100 + year / 400 + shift[month - 1] + day) % 7;
}

/* The nth Monday of a month. */
static int monday(int year, int month, int nth)
{
	return month_day(month, 1 + (8 - weekday(year, month, 1)) % 7 + 7 * (nth - 1));
}

/* Easter Sunday of the Gregorian calendar, less two days (Meeus, Jones, Butcher). */
static int good_friday(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
	int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
	int month = f / 31, day = f % 31 + 1 - 2;

	return day > 0 ? month_day(month, day) : month_day(month - 1, day + 31);
}

/* Victoria Day: the Monday before 25 May. */
static int victoria_day(int year)
{
	return month_day(5, 24 - (weekday(year, 5, 24) + 6) % 7);
}

/* A holiday of a fixed date, kept later where it falls on a weekend. */
static int kept(int year, int month, int day)
{
	int on = weekday(year, month, day);

	return month_day(month, day + (on == 6 ? 2 : on == 0 ? 1 : 0));
}

/* Christmas Day and Boxing Day, each kept on a working day of its own. */
static bool is_christmas(int year, int date)
{
	static const int first[] = {26, 25, 25, 25, 25, 25, 27};
	static const int second[] = {27, 26, 26, 26, 26, 28, 28};
	int on = weekday(year, 12, 25);

	return date == month_day(12, first[on]) || date == month_day(12, second[on]);
}

bool due_is_holiday(int year, int month, int day)
{
	int date = month_day(month, day);

	return date == kept(year, 1, 1) || date == monday(year, 2, 3) ||
	       date == good_friday(year) || date == victoria_day(year) ||
	       date == kept(year, 7, 1) || date == monday(year, 9, 1) ||
	       date == monday(year, 10, 2) || is_christmas(year, date);
}

static bool is_business_day(const struct tm *day)
{
	return day->tm_wday != 0 && day->tm_wday != 6 &&
	       !due_is_holiday(day->tm_year + 1900, day->tm_mon + 1, day->tm_mday);
}

int64_t due_business(unsigned days, int64_t from)
{
	time_t at = (time_t)from, noon;
	struct tm day, other;

	if (!localtime_r(&at, &day))
		return from + (int64_t)days * 86400;
	other = day;
	for (int later = 1; days > 0; later++) {
		noon = (time_t)moment(&day, later, 12 * 60);
		if (!localtime_r(&noon, &other))
			return from + (int64_t)days * 86400;
		days -= is_business_day(&other);
	}
	return moment(&other, 0, DUE_BUSINESS_END);
}

int64_t due_for(const struct due_desk *desk, unsigned class, int64_t from)
{
	return class == CLASS_STUDENT ? due_business(DUE_STUDENT_DAYS, from) : due_at(desk, from);
}

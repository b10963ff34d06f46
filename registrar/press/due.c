#include "registrar/press/due.h"

#include <time.h>

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

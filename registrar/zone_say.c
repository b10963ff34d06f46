/*
 * Moments as people say them.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "registrar/zone.h"

static const char *const days[] = {SAY("Sunday"), SAY("Monday"), SAY("Tuesday"), SAY("Wednesday"),
    SAY("Thursday"), SAY("Friday"), SAY("Saturday")};

static const char *const months[] = {SAY("January"), SAY("February"), SAY("March"), SAY("April"),
    SAY("May"), SAY("June"), SAY("July"), SAY("August"), SAY("September"), SAY("October"),
    SAY("November"), SAY("December")};

/* Names that clocks have in this country; another zone's stands as the system says it. */
static const char *const zones[] = {SAY_IN("time zone", "EDT"), SAY_IN("time zone", "EST"),
    SAY_IN("time zone", "ADT"), SAY_IN("time zone", "AST"), SAY_IN("time zone", "CDT"),
    SAY_IN("time zone", "CST"), SAY_IN("time zone", "MDT"), SAY_IN("time zone", "MST"),
    SAY_IN("time zone", "PDT"), SAY_IN("time zone", "PST"), SAY_IN("time zone", "NDT"),
    SAY_IN("time zone", "NST")};

static const char *zone_name(const struct say *language, const char *name)
{
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (strcmp(zones[i], name) == 0)
			return say_in(language, "time zone", zones[i]);
	return name;
}

/* %1 hour of twelve, %2 minute, %3 hour of twenty-four. */
static const char *time_pattern(const struct say *language, const struct tm *local)
{
	if (local->tm_min == 0)
		return local->tm_hour < 12 ? say_in(language, "whole hour", "%1:%2 a.m.")
					   : say_in(language, "whole hour", "%1:%2 p.m.");
	return local->tm_hour < 12 ? say_in(language, "time", "%1:%2 a.m.")
				   : say_in(language, "time", "%1:%2 p.m.");
}

void zone_say_time(const struct say *language, int64_t seconds, char *ret, size_t size)
{
	time_t at = (time_t)seconds;
	struct tm local;
	char twelve[12], minute[12], hour[12], time[64];

	localtime_r(&at, &local);
	snprintf(twelve, sizeof(twelve), "%d", (local.tm_hour + 11) % 12 + 1);
	snprintf(minute, sizeof(minute), "%02d", local.tm_min);
	snprintf(hour, sizeof(hour), "%d", local.tm_hour);
	SAY_FORMAT(time, sizeof(time), time_pattern(language, &local), twelve, minute, hour);
	if (zone_is_twice(seconds))
		snprintf(ret, size, "%s %s", time, zone_name(language, local.tm_zone));
	else
		snprintf(ret, size, "%s", time);
}

void zone_say_date(const struct say *language, int64_t seconds, char *ret, size_t size)
{
	time_t at = (time_t)seconds;
	struct tm local;
	char day[12], year[12];
	const char *number = day;

	localtime_r(&at, &local);
	snprintf(day, sizeof(day), "%d", local.tm_mday);
	snprintf(year, sizeof(year), "%d", local.tm_year + 1900);
	if (local.tm_mday == 1)
		number = say_in(language, "day of a month", "1");
	SAY_FORMAT(ret, size, say_in(language, "date", "%1 %2 %3 %4"),
	    say(language, days[local.tm_wday]), number, say(language, months[local.tm_mon]), year);
}

void zone_say(const struct say *language, int64_t seconds, char *ret, size_t size)
{
	char date[128], time[128];

	zone_say_date(language, seconds, date, sizeof(date));
	zone_say_time(language, seconds, time, sizeof(time));
	SAY_FORMAT(ret, size, say_in(language, "date and time", "%1, %2"), date, time);
}

void zone_say_relative(
    const struct say *language, int64_t seconds, int64_t now, char *ret, size_t size)
{
	int64_t away = seconds > now ? seconds - now : now - seconds;
	int64_t minutes = (away + 30) / 60, hours = (away + 1800) / 3600;
	int64_t whole_days = (away + 43200) / 86400;
	bool ahead = seconds > now;

	if (minutes == 0)
		snprintf(ret, size, "%s", say(language, "now"));
	else if (minutes < 90 && ahead)
		say_counted(language, ret, size, "in %n minute", "in %n minutes", minutes);
	else if (minutes < 90)
		say_counted(language, ret, size, "%n minute ago", "%n minutes ago", minutes);
	else if (hours < 36 && ahead)
		say_counted(language, ret, size, "in %n hour", "in %n hours", hours);
	else if (hours < 36)
		say_counted(language, ret, size, "%n hour ago", "%n hours ago", hours);
	else if (ahead)
		say_counted(language, ret, size, "in %n day", "in %n days", whole_days);
	else
		say_counted(language, ret, size, "%n day ago", "%n days ago", whole_days);
}

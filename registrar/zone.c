#include "registrar/zone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int zone_set(const char *name)
{
	char path[128];

	if (!*name || *name == '/' || strstr(name, ".."))
		return ZONE_UNKNOWN;
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("/_+-", *at))
			return ZONE_UNKNOWN;
	int len = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	if (len >= (int)sizeof path || (access(path, R_OK) && strcmp(name, "UTC") != 0))
		return ZONE_UNKNOWN;
	if (setenv("TZ", name, 1))
		return ZONE_UNKNOWN;
	tzset();
	return 0;
}

static bool same(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
	       a->tm_hour == b->tm_hour && a->tm_min == b->tm_min;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Each offset that the zone has near want is tried on the time read as UTC: that of a day before, and
 * of a day after, since no zone changes its clocks twice within two days. Each question takes the
 * C library's one lock. */
static int candidates(const struct tm *want, time_t found[2])
{
	struct tm utc = *want;
	time_t as_utc = timegm(&utc);
	int n = 0;

	found[0] = found[1] = 0;
	for (int hours = -26; hours <= 26; hours += 52) {
		time_t near = as_utc + hours * 3600;
		struct tm local;
		if (!localtime_r(&near, &local))
			continue;
		time_t at = as_utc - local.tm_gmtoff;
		if (!localtime_r(&at, &local) || !same(&local, want))
			continue;
		if (n && (found[0] == at || (n == 2 && found[1] == at)))
			continue;
		if (n == 2)
			break;
		found[n++] = at;
	}
	if (n == 2 && found[0] > found[1]) {
		time_t later = found[0];
		found[0] = found[1];
		found[1] = later;
	}
	return n;
}

int zone_seconds(
    int year, int month, int day, int hour, int minute, enum zone_which which, int64_t *ret_seconds)
{
	if (year < 1970 || year > 2099 || month < 1 || month > 12 || day < 1 ||
	    day > days_in(year, month) || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return ZONE_SYNTAX;
	struct tm want = {.tm_year = year - 1900,
	    .tm_mon = month - 1,
	    .tm_mday = day,
	    .tm_hour = hour,
	    .tm_min = minute};
	time_t found[2] = {0, 0};
	int n = candidates(&want, found);
	if (n == 0)
		return ZONE_GAP;
	if (n == 2 && which == ZONE_ONLY)
		return ZONE_FOLD;
	*ret_seconds = found[n == 2 && which == ZONE_SECOND];
	return 0;
}

bool zone_is_twice(int64_t seconds)
{
	time_t at = (time_t)seconds, found[2];
	struct tm local;

	return localtime_r(&at, &local) && candidates(&local, found) == 2;
}

/* "-04:00" as seconds east of Greenwich. */
static bool read_offset(const char *text, long *ret_offset)
{
	int hours = 0, minutes = 0, end = 0;

	if (strlen(text) != 6 || (*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &end) != 2 || end != 5 || minutes > 59)
		return false;
	*ret_offset = (hours * 60L + minutes) * 60 * (*text == '-' ? -1 : 1);
	return true;
}

static void say_offset(int64_t seconds, char ret[7])
{
	time_t at = (time_t)seconds;
	struct tm local;

	localtime_r(&at, &local);
	long minutes = labs(local.tm_gmtoff) / 60;
	snprintf(ret, 7, "%c%02ld:%02ld", local.tm_gmtoff < 0 ? '-' : '+', minutes / 60 % 100,
	    minutes % 60);
}

/* A time that comes twice, with the offset that says which. */
static int read_fold(const char *text, const char *field, const int part[5], int64_t *ret_seconds,
    struct refusal *why)
{
	int64_t each[2];
	char say[2][7];
	long offset = 0;

	for (int i = 0; i < 2; i++) {
		if (zone_seconds(part[0], part[1], part[2], part[3], part[4],
			i ? ZONE_SECOND : ZONE_FIRST, &each[i]))
			return refuse(why, field, SAY("Write the time as 2026-09-12T14:00."));
		say_offset(each[i], say[i]);
	}
	if (text[16] && read_offset(text + 16, &offset))
		for (int i = 0; i < 2; i++)
			if (strcmp(text + 16, say[i]) == 0) {
				*ret_seconds = each[i];
				return 0;
			}
	return refuse(why, field,
	    SAY("%.16s comes twice that night, when clocks go back. Write %.16s%s for the first or "
		"%.16s%s for the second."),
	    text, text, say[0], text, say[1]);
}

int zone_read(const char *text, const char *field, int64_t *ret_seconds, struct refusal *why)
{
	int part[5], end = 0;
	int64_t seconds = 0;

	if (strlen(text) < 16 ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d%n", &part[0], &part[1], &part[2], &part[3], &part[4],
		&end) != 5 ||
	    end != 16)
		return refuse(why, field,
		    SAY("This is not a date and time. Write it in local time, as "
			"2026-09-12T14:00."));
	int got = zone_seconds(part[0], part[1], part[2], part[3], part[4], ZONE_ONLY, &seconds);
	if (got == ZONE_FOLD)
		return read_fold(text, field, part, ret_seconds, why);
	if (got == ZONE_GAP)
		return refuse(why, field,
		    SAY("%.16s does not exist: clocks jump over it when they go forward that "
			"night. Choose a time an hour later or earlier."),
		    text);
	if (got)
		return refuse(
		    why, field, SAY("%.16s is no day of the calendar. Check the date."), text);
	if (text[16]) {
		char say[7];
		say_offset(seconds, say);
		if (strcmp(text + 16, say) != 0)
			return refuse(why, field,
			    SAY("Local clocks are at %s then. Leave out what follows %.16s."), say,
			    text);
	}
	*ret_seconds = seconds;
	return 0;
}

void zone_rfc3339(int64_t seconds, char *ret, size_t size)
{
	time_t at = (time_t)seconds;
	struct tm utc;

	gmtime_r(&at, &utc);
	strftime(ret, size, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

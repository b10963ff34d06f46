#include "web/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void date_write(int64_t seconds, char ret[static DATE_TEXT])
{
	time_t at = (time_t)seconds;
	char text[64] = "";
	struct tm utc;

	if (seconds >= 0 && seconds <= INT64_C(253402300799) && gmtime_r(&at, &utc))
		snprintf(text, sizeof(text), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
		    days + 3 * utc.tm_wday, utc.tm_mday, months + 3 * utc.tm_mon,
		    utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
	memcpy(ret, text, DATE_TEXT - 1);
	ret[DATE_TEXT - 1] = '\0';
}

int date_read(const char *text, int64_t *ret_seconds)
{
	char month[4] = "", again[DATE_TEXT];
	struct tm utc = {0};
	const char *found;
	int64_t seconds;

	if (sscanf(text, "%*3c, %2d %3c %4d %2d:%2d:%2d GMT", &utc.tm_mday, month, &utc.tm_year,
		&utc.tm_hour, &utc.tm_min, &utc.tm_sec) != 6)
		return -1;
	found = strstr(months, month);
	if (!found || (found - months) % 3 != 0)
		return -1;
	utc.tm_mon = (int)(found - months) / 3;
	utc.tm_year -= 1900;
	seconds = timegm(&utc);
	/* What it is when written again is what it was, or it was no such date. */
	date_write(seconds, again);
	if (strcmp(again, text) != 0)
		return -1;
	*ret_seconds = seconds;
	return 0;
}

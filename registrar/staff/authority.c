#include "registrar/staff/authority.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

enum authority_state authority_state(const struct authority *authority, int64_t now)
{
	if (authority->from && now < authority->from)
		return AUTHORITY_NOT_YET;
	if (authority->until && now >= authority->until)
		return AUTHORITY_OVER;
	if (authority->trained_until && now >= authority->trained_until)
		return AUTHORITY_UNTRAINED;
	return AUTHORITY_STANDS;
}

static int64_t sooner(int64_t one, int64_t other)
{
	return !one ? other : !other || one < other ? one : other;
}

int64_t authority_ends(const struct authority *authority, int64_t now)
{
	int64_t end = sooner(authority->until, authority->trained_until);

	return end && now >= end - AUTHORITY_WARNING ? end : 0;
}

bool authority_say(const struct authority *authority, int64_t now, char *ret, size_t size)
{
	enum authority_state state = authority_state(authority, now);
	int64_t end = authority_ends(authority, now);
	bool training = end && end == authority->trained_until;
	char date[128];

	if (state == AUTHORITY_NOT_YET) {
		zone_say_date(NULL, authority->from, date, sizeof date);
		snprintf(ret, size,
		    "You are authorised from %s. Until then this account opens nothing.", date);
		return true;
	}
	if (!end)
		return false;
	zone_say_date(NULL, end - 1, date, sizeof date);
	snprintf(ret, size,
	    state == AUTHORITY_STANDS
		? "Your %s %s %s. Ask an administrator to renew it: afterwards this account opens "
		  "nothing."
		: "Your %s %s %s. This account opens nothing until an administrator renews it.",
	    training ? "training" : "authorisation",
	    state == AUTHORITY_STANDS ? "holds until" : "ended on", date);
	return true;
}

/* The day's first second; days may begin at another hour than 0. */
static int64_t day_begins(int year, int month, int day)
{
	struct tm tm = {
	    .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_isdst = -1};

	return (int64_t)mktime(&tm);
}

static int read_day(
    const char *text, const char *field, int after, int64_t *ret, struct refusal *why)
{
	int year, month, day, end = 0;
	struct tm tm;

	if (!*text) {
		*ret = 0;
		return 0;
	}
	if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 ||
	    end != 10 || year < 2000 || year > 2099)
		return refuse(why, field, "Write a date as 2026-12-03, or leave it empty.");
	tm =
	    (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = 12};
	if (timegm(&tm) == -1 || tm.tm_mday != day || tm.tm_mon != month - 1)
		return refuse(why, field, "There is no such day. Write a date as 2026-12-03.");
	*ret = day_begins(year, month, day + after);
	return 0;
}

int authority_read_from(const char *text, const char *field, int64_t *ret, struct refusal *why)
{
	return read_day(text, field, 0, ret, why);
}

int authority_read_until(const char *text, const char *field, int64_t *ret, struct refusal *why)
{
	return read_day(text, field, 1, ret, why);
}

static void write_day(int64_t at, char ret[AUTHORITY_DATE])
{
	time_t seconds = (time_t)at;
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(ret, AUTHORITY_DATE, "%Y-%m-%d", &tm))
		ret[0] = '\0';
}

void authority_write_from(int64_t from, char ret[AUTHORITY_DATE])
{
	ret[0] = '\0';
	if (from)
		write_day(from, ret);
}

void authority_write_until(int64_t until, char ret[AUTHORITY_DATE])
{
	ret[0] = '\0';
	if (until)
		write_day(until - 1, ret);
}

static int raise_body(struct store_tx *tx, void *context)
{
	(void)context;
	return registrar_raise(tx, "staff_version", NULL);
}

int authority_clock(struct registrar *registrar, int64_t *seen, int64_t now)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	bool turned = now < *seen; /* set back: who was outside may be inside again */
	int result;

	if (now == *seen)
		return 0;
	result = store_read_begin(registrar->store, &tx);
	if (!result)
		result = store_one(tx, REGISTRAR_Q_STAFF_DATES_TURNED,
		    STORE_ARGS(store_i64(*seen), store_i64(now)), &rows);
	if (result == STORE_ROW) {
		turned = turned || store_get_i64(rows, 0) > 0;
		result = 0;
	}
	store_done(rows);
	store_read_end(tx);
	if (!result && turned) {
		result = store_write(registrar->store, raise_body, NULL);
		registrar_changed(registrar);
	}
	if (!result)
		*seen = now;
	return result;
}

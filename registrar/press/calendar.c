#include "registrar/press/calendar.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "registrar/zone.h"

/* RFC 5545, 3.1: the most octets of a line, without its CRLF. */
enum { LINE_MAX_OCTETS = 75 };

/* ---- lines ---- */

/* A line being written, of which the last piece has this many octets. */
struct line {
	struct buf *b;
	size_t octets;
};

/* One whole character, in a new piece where it does not fit the one at hand. */
static void add_character(struct line *line, const char *bytes, size_t len)
{
	if (line->octets + len > LINE_MAX_OCTETS) {
		buf_puts(line->b, "\r\n ");
		line->octets = 1;
	}
	buf_add(line->b, bytes, len);
	line->octets += len;
}

static size_t character_length(const char *at)
{
	size_t len = 1;

	while (((unsigned char)at[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static void add(struct line *line, const char *text)
{
	for (size_t len; *text; text += len) {
		len = character_length(text);
		add_character(line, text, len);
	}
}

/* TEXT of RFC 5545, 3.3.11: four characters are escaped, others below a space are left out. */
static void add_escaped(struct line *line, const char *text)
{
	for (size_t len; *text; text += len) {
		char escaped[2] = {'\\', *text == '\n' ? 'n' : *text};

		len = character_length(text);
		if (*text == '\n' || strchr("\\;,", *text))
			add_character(line, escaped, 2);
		else if ((unsigned char)*text >= 0x20 && *text != 0x7f)
			add_character(line, text, len);
	}
}

static void end(struct line *line)
{
	buf_puts(line->b, "\r\n");
}

/* A value of another type than TEXT: written as it is. */
static void put(struct buf *b, const char *name, const char *value)
{
	struct line line = {b, 0};

	add(&line, name);
	add(&line, ":");
	add(&line, value);
	end(&line);
}

static void put_text(struct buf *b, const char *name, const char *value)
{
	struct line line = {b, 0};

	if (!*value)
		return;
	add(&line, name);
	add(&line, ":");
	add_escaped(&line, value);
	end(&line);
}

static void put_time(struct buf *b, const char *name, int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm utc;
	char value[32];

	gmtime_r(&at, &utc);
	strftime(value, sizeof value, "%Y%m%dT%H%M%SZ", &utc);
	put(b, name, value);
}

/* ---- events ---- */

struct event {
	const char *uid, *status, *url, *place, *address, *title, *text;
	int64_t sequence, created, changed, starts, ends;
};

static void put_event(struct buf *b, const struct calendar *calendar, const struct event *event)
{
	char number[24], place[2048];

	snprintf(number, sizeof number, "%" PRId64, event->sequence);
	snprintf(place, sizeof place, "%s%s%s", event->place, *event->address ? ", " : "",
	    event->address);
	put(b, "BEGIN", "VEVENT");
	put(b, "UID", event->uid);
	put(b, "SEQUENCE", number);
	put(b, "STATUS", event->status);
	put_time(b, "DTSTAMP", event->changed);
	put_time(b, "CREATED", event->created);
	put_time(b, "LAST-MODIFIED", event->changed);
	put_time(b, "DTSTART", event->starts);
	put_time(b, "DTEND", event->ends);
	put_text(b, "SUMMARY", event->title);
	put_text(b, "LOCATION", place);
	put_text(b, "DESCRIPTION", event->text);
	put(b, "URL", event->url);
	if (*calendar->settings->email) {
		char organizer[300];
		snprintf(organizer, sizeof organizer, "mailto:%s", calendar->settings->email);
		put(b, "ORGANIZER", organizer);
	}
	put(b, "END", "VEVENT");
}

static void begin(struct buf *b, const struct calendar *calendar, const char *method)
{
	put(b, "BEGIN", "VCALENDAR");
	put(b, "VERSION", "2.0");
	put(b, "PRODID", "-//Pressgate//registrar//EN");
	put(b, "CALSCALE", "GREGORIAN");
	put(b, "METHOD", method);
	put_text(b, "X-WR-CALNAME", calendar->settings->name);
}

/* What stands in the entry besides its facts; a line each. */
static void describe(
    const struct calendar *calendar, const struct conference *conference, char *ret, size_t size)
{
	const struct say *in = calendar->language;
	char time[128], doors[256], stream[1024] = "";

	zone_say_time(in, conference->doors, time, sizeof time);
	SAY_FORMAT(doors, sizeof doors, say(in, "Doors open: %1"), time);
	if (*conference->stream)
		SAY_FORMAT(stream, sizeof stream, say(in, "Live stream: %1"), conference->stream);
	snprintf(ret, size, "%s%s%s\n%s\n%s%s%s", conference->summary,
	    *conference->summary ? "\n\n" : "", doors,
	    say(in, "This event is for accredited media representatives only."),
	    say(in, "Everyone goes through security screening and may be asked for "
		    "identification."),
	    *stream ? "\n" : "", stream);
}

void calendar_write(
    struct buf *b, const struct calendar *calendar, const struct conference *items, size_t n)
{
	char uid[128], url[400], text[20000];

	begin(b, calendar, "PUBLISH");
	put(b, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
	put(b, "X-PUBLISHED-TTL", "PT1H");
	for (size_t i = 0; i < n; i++) {
		const struct conference *c = &items[i];
		if (c->state == CONFERENCE_DRAFT)
			continue;
		snprintf(
		    uid, sizeof uid, "conference-%" PRId64 "@%s", c->id, calendar->settings->site);
		snprintf(url, sizeof url, "%s/conferences/%s", calendar->url, c->slug);
		describe(calendar, c, text, sizeof text);
		put_event(b, calendar,
		    &(struct event){.uid = uid,
			.status = c->state == CONFERENCE_CANCELLED ? "CANCELLED" : "CONFIRMED",
			.url = url,
			.place = c->place,
			.address = calendar->settings->address,
			.title = c->title,
			.text = text,
			.sequence = c->sequence,
			.created = c->created,
			.changed = c->changed,
			.starts = c->starts,
			.ends = c->ends});
	}
	put(b, "END", "VCALENDAR");
}

/* How often a registration itself changed on its way from waiting to cancelled. */
static int64_t steps(const struct registration *registration)
{
	switch (registration->state) {
	case REGISTRATION_REQUESTED:
	case REGISTRATION_WAITLISTED:
		return 0;
	case REGISTRATION_CONFIRMED:
		return 1;
	default:
		return 2;
	}
}

void calendar_write_registration(struct buf *b, const struct calendar *calendar,
    const struct registration *registration, const struct conference *conference)
{
	int64_t step = steps(registration);
	bool cancelled = step == 2 || conference->state == CONFERENCE_CANCELLED;
	char uid[128], url[400], text[20000];

	snprintf(uid, sizeof uid, "%s@%s", registration->reference, calendar->settings->site);
	snprintf(url, sizeof url, "%s/registrations/%s", calendar->url, registration->reference);
	describe(calendar, conference, text, sizeof text);
	begin(b, calendar, cancelled ? "CANCEL" : "PUBLISH");
	put_event(b, calendar,
	    &(struct event){.uid = uid,
		.status = cancelled   ? "CANCELLED"
			  : step == 1 ? "CONFIRMED"
				      : "TENTATIVE",
		.url = url,
		.place = conference->place,
		.address = calendar->settings->address,
		.title = conference->title,
		.text = text,
		.sequence = conference->sequence + step,
		.created = registration->created,
		.changed = registration->changed > conference->changed ? registration->changed
								       : conference->changed,
		.starts = conference->starts,
		.ends = conference->ends});
	put(b, "END", "VCALENDAR");
}

#include "registrar/mail/notice.h"

#include <string.h>

#include "registrar/mail/message.h"
#include "registrar/mail/outbox.h"
#include "registrar/press/allocation_setting.h"
#include "registrar/press/calendar.h"
#include "registrar/press/conference.h"
#include "registrar/press/language.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"
#include "registrar/zone.h"
#include "web/say.h"

/* The longest line about what changed: a stream, twice, and words. */
enum { LINE_BYTES = 2500, CHANGES_BYTES = 8000 };

/* A mail about a registration. before: what the conference's words were; NULL: they stand. */
struct notice {
	enum message message;
	const struct registration *registration;
	const struct conference_words *before;
};

/* The calendar entry, and for whoever has a pass its code as a picture, but with a change of which
 * the pass says nothing. */
static int attach(struct store_tx *tx, const struct calendar *calendar, const struct notice *notice,
    const struct conference *conference, int64_t mail)
{
	const struct registration *registration = notice->registration;
	bool cancelled = registration->state == REGISTRATION_CANCELLED ||
			 conference->state == CONFERENCE_CANCELLED;
	struct buf entry;
	int result;

	buf_init(&entry, OUTBOX_ATTACHMENT_MAX);
	calendar_write_registration(&entry, calendar, registration, conference);
	result = buf_error(&entry) ? STORE_NO_MEMORY
				   : outbox_attach(tx, mail, "calendar.ics",
					 cancelled ? CALENDAR_TYPE "; method=CANCEL"
						   : CALENDAR_TYPE "; method=PUBLISH",
					 buf_text(&entry), entry.len, false);
	buf_free(&entry);
	if (result == 0 && registration->has_pass && !cancelled &&
	    notice->message != MESSAGE_CHANGED)
		result = outbox_attach(tx, mail, "pass.png", "image/png", registration->pass_qr,
		    strlen(registration->pass_qr), true);
	return result;
}

static void put_line(struct buf *out, const char *text, const char *value)
{
	char line[LINE_BYTES];

	SAY_FORMAT(line, sizeof line, text, value);
	buf_printf(out, "%s  %s", out->len ? "\n" : "", line);
}

static void put_stream(struct buf *out, const struct say *in, const char *before, const char *after)
{
	if (!*before) {
		put_line(out, say(in, "There is a live stream now: %1"), after);
	} else if (!*after) {
		put_line(out, say(in, "There is no live stream any more."), "");
	} else {
		put_line(out, say(in, "The live stream was: %1"), before);
		put_line(out, say(in, "The live stream is now: %1"), after);
	}
}

/* Times may be as they were, or 0: not asked about. */
static void put_times(struct buf *out, const struct say *in, const struct conference_words *before,
    const struct conference *conference)
{
	const struct {
		const char *was, *is;
		int64_t before, after;
	} times[] = {{say(in, "Doors were to open: %1"), say(in, "Doors open now: %1"),
			 before->doors, conference->doors},
	    {say(in, "It was to start: %1"), say(in, "It starts now: %1"), before->starts,
		conference->starts},
	    {say(in, "It was to end: %1"), say(in, "It ends now: %1"), before->ends,
		conference->ends}};
	char when[128];

	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		if (!times[i].before || times[i].before == times[i].after)
			continue;
		zone_say(in, times[i].before, when, sizeof when);
		put_line(out, times[i].was, when);
		zone_say(in, times[i].after, when, sizeof when);
		put_line(out, times[i].is, when);
	}
}

/* What was and what is, a line each. */
static void put_changes(struct buf *out, const struct say *in,
    const struct conference_words *before, const struct conference *conference)
{
	if (strcmp(before->title, conference->title) != 0) {
		put_line(out, say(in, "The title was: %1"), before->title);
		put_line(out, say(in, "The title is now: %1"), conference->title);
	}
	if (strcmp(before->place, conference->place) != 0) {
		put_line(out, say(in, "The place was: %1"), before->place);
		put_line(out, say(in, "The place is now: %1"), conference->place);
	}
	if (strcmp(before->stream, conference->stream) != 0)
		put_stream(out, in, before->stream, conference->stream);
	put_times(out, in, before, conference);
	if (out->len == 0)
		put_line(out, say(in, "What your pass says was brought up to date."), "");
}

/* Until when places are asked for, before they are given; "" else. */
static int say_deadline(struct store_tx *tx, const struct conference *conference,
    const struct say *language, char *ret, size_t size)
{
	struct allocation_setting setting;
	int result = allocation_setting_read(tx, conference, &setting);

	if (result == 0 && allocation_is_open(&setting))
		zone_say(language, setting.deadline, ret, size);
	return result;
}

static int put(
    struct store_tx *tx, struct registrar *registrar, const struct notice *notice, int64_t now)
{
	const struct registration *registration = notice->registration;
	struct message_values values = {0};
	struct conference conference = {0};
	struct person person;
	const struct say *language;
	struct buf changes;
	char when[128], due[128] = "", explanation[2500];
	int result = person_by_id(tx, registration->person_id, &person);

	if (result < 0)
		return result;
	language = language_of_mail(tx, person.email);
	result = conference_by_id(tx, registration->conference_id, &conference);
	if (result < 0)
		return result;
	zone_say(language, conference.starts, when, sizeof(when));
	result = say_deadline(tx, &conference, language, due, sizeof(due));
	if (result < 0)
		goto done;
	values.due = due;
	values.name = person.name;
	values.reference = registration->reference;
	values.conference = conference.title;
	values.when = when;
	values.place = conference.place;
	say_kept(language, explanation, sizeof(explanation), registration->explanation);
	values.explanation = explanation;
	buf_init(&changes, CHANGES_BYTES);
	if (notice->before)
		put_changes(&changes, language, notice->before, &conference);
	values.message = buf_text(&changes);
	result = buf_error(&changes)
		     ? STORE_NO_MEMORY
		     : message_put(tx, registrar, notice->message, person.email, &values, now);
	buf_free(&changes);
	if (result == 0)
		result = attach(tx,
		    &(struct calendar){&registrar->settings, registrar->public_url, language},
		    notice, &conference, store_last_id(tx));
done:
	conference_clear(&conference);
	return result;
}

int notice_registration(
    struct store_tx *tx, struct registrar *registrar, int64_t registration_id, int64_t now)
{
	struct registration registration;
	int result = registration_by_id(tx, registration_id, &registration);

	if (result < 0)
		return result;
	switch (registration.state) {
	case REGISTRATION_CONFIRMED:
		return put(
		    tx, registrar, &(struct notice){MESSAGE_REGISTERED, &registration, NULL}, now);
	case REGISTRATION_WAITLISTED:
		return put(
		    tx, registrar, &(struct notice){MESSAGE_WAITLISTED, &registration, NULL}, now);
	case REGISTRATION_CANCELLED:
		return put(
		    tx, registrar, &(struct notice){MESSAGE_CANCELLED, &registration, NULL}, now);
	case REGISTRATION_REQUESTED:
		return put(
		    tx, registrar, &(struct notice){MESSAGE_REQUESTED, &registration, NULL}, now);
	default:
		return 0;
	}
}

int notice_promoted(
    struct store_tx *tx, struct registrar *registrar, int64_t registration_id, int64_t now)
{
	struct registration registration;
	int result = registration_by_id(tx, registration_id, &registration);

	if (result < 0)
		return result;
	return put(tx, registrar, &(struct notice){MESSAGE_PROMOTED, &registration, NULL}, now);
}

int notice_changed(struct store_tx *tx, struct registrar *registrar, int64_t registration_id,
    const struct conference_words *before, int64_t now, bool *ret_told)
{
	struct registration registration;
	int result = registration_by_id(tx, registration_id, &registration);

	if (result < 0)
		return result;
	bool told = registration.state == REGISTRATION_CONFIRMED ||
		    registration.state == REGISTRATION_WAITLISTED;
	if (told)
		result = put(
		    tx, registrar, &(struct notice){MESSAGE_CHANGED, &registration, before}, now);
	if (result == 0)
		*ret_told = told;
	return result;
}

int notice_moved(struct store_tx *tx, struct registrar *registrar, int64_t registration_id,
    const struct conference_words *before, int64_t now)
{
	struct registration registration;
	int result = registration_by_id(tx, registration_id, &registration);

	if (result < 0)
		return result;
	return put(tx, registrar, &(struct notice){MESSAGE_MOVED, &registration, before}, now);
}

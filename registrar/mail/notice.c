#include "registrar/mail/notice.h"

#include <string.h>

#include "registrar/mail/message.h"
#include "registrar/mail/outbox.h"
#include "registrar/press/calendar.h"
#include "registrar/press/conference.h"
#include "registrar/press/language.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"
#include "registrar/zone.h"
#include "web/say.h"

/* The calendar entry, and for whoever has a pass its code as a picture. */
static int attach(struct store_tx *tx, const struct calendar *calendar,
    const struct registration *registration, const struct conference *conference, int64_t mail)
{
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
	if (result == 0 && registration->has_pass && !cancelled)
		result = outbox_attach(tx, mail, "pass.png", "image/png", registration->pass_qr,
		    strlen(registration->pass_qr), true);
	return result;
}

static int put(struct store_tx *tx, struct registrar *registrar, enum message message,
    const struct registration *registration, int64_t now)
{
	struct message_values values = {0};
	struct conference conference = {0};
	struct person person;
	const struct say *language;
	char when[128], explanation[2500];
	int result = person_by_id(tx, registration->person_id, &person);

	if (result < 0)
		return result;
	language = language_of_mail(tx, person.email);
	result = conference_by_id(tx, registration->conference_id, &conference);
	if (result < 0)
		return result;
	zone_say(language, conference.starts, when, sizeof(when));
	values.name = person.name;
	values.reference = registration->reference;
	values.conference = conference.title;
	values.when = when;
	values.place = conference.place;
	say_kept(language, explanation, sizeof(explanation), registration->explanation);
	values.explanation = explanation;
	result = message_put(tx, registrar, message, person.email, &values, now);
	if (result == 0)
		result = attach(tx,
		    &(struct calendar){&registrar->settings, registrar->public_url, language},
		    registration, &conference, store_last_id(tx));
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
		return put(tx, registrar, MESSAGE_REGISTERED, &registration, now);
	case REGISTRATION_WAITLISTED:
		return put(tx, registrar, MESSAGE_WAITLISTED, &registration, now);
	case REGISTRATION_CANCELLED:
		return put(tx, registrar, MESSAGE_CANCELLED, &registration, now);
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
	return put(tx, registrar, MESSAGE_PROMOTED, &registration, now);
}

#include "registrar/mail/notice.h"

#include "registrar/press/conference.h"
#include "registrar/mail/message.h"
#include "registrar/press/language.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"
#include "registrar/zone.h"
#include "web/say.h"

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

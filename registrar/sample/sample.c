#include "registrar/sample/sample.h"

#include <stdio.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/conference.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "registrar/photo/photo.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"
#include "registrar/sample/sample_face.h"
#include "registrar/staff/staff.h"
#include "schema/registrar_db.h"

#define HOUR ((int64_t)3600)
#define DAY  (24 * HOUR)

static const struct {
	const char *name;
	bool local;
} outlets[] = {
    {"Lakemount Courier", true},
    {"Harbour FM", true},
    {"湖山日報", true},
    {"Lumen TV", false},
    {"Northern Wire", false},
    {"Radio Aurore", false},
    {"Riverlight Films", false},
};

enum { COURIER, HARBOUR, LAKE_DAILY, LUMEN, WIRE, AURORE, RIVERLIGHT, OUTLETS };

/* Other names that people write. */
static const struct {
	int outlet;
	const char *name;
} aliases[] = {
    {LAKE_DAILY, "Lake and Mountain Daily"},
    {HARBOUR, "Harbour Radio 98.5"},
};

static const struct {
	const char *name, *email;
	int outlet;
	enum class class;
} reporters[] = {
    {"Ana Ferreira", "ana.ferreira@lumen.example", LUMEN, CLASS_CAMERA},
    {"Tomasz Wójcik", "t.wojcik@courier.example", COURIER, CLASS_REPORTER},
    {"Chidi Okonkwo", "chidi@courier.example", COURIER, CLASS_PHOTOGRAPHER},
    {"陳美玲", "chan@lakedaily.example", LAKE_DAILY, CLASS_REPORTER},
    {"Олена Коваль", "olena.koval@northernwire.example", WIRE, CLASS_REPORTER},
    {"فاطمة الزهراء", "fatima@aurore.example", AURORE, CLASS_REPORTER},
    {"Marie-Ève Tremblay", "me.tremblay@aurore.example", AURORE, CLASS_SOUND},
    {"அருள் சுப்ரமணியம்", "arul@northernwire.example", WIRE, CLASS_PHOTOGRAPHER},
    {"Γιώργος Παπαδόπουλος", "giorgos@lumen.example", LUMEN, CLASS_PRODUCER},
    {"김서연", "seoyeon.kim@harbourfm.example", HARBOUR, CLASS_REPORTER},
    {"Siobhán O'Neill", "siobhan@riverlight.example", RIVERLIGHT, CLASS_DOCUMENTARY},
    {"Grace Mwangi", "grace.mwangi@courier.example", COURIER, CLASS_REPORTER},
    {"Daniel Petit", "dpetit@courier.example", COURIER, CLASS_CAMERA},
};

enum { REPORTERS = sizeof reporters / sizeof *reporters, TODAY = 0, TOMORROW, OVER, CONFERENCES };

/* Who registers where, in this order. The Courier's fourth waits: an outlet may have three. */
static const struct {
	int conference, reporter;
	bool cancels;
} registrations[] = {
    {TODAY, 10, true},
    {TODAY, 0, false},
    {TODAY, 1, false},
    {TODAY, 2, false},
    {TODAY, 3, false},
    {TODAY, 4, false},
    {TODAY, 5, false},
    {TODAY, 6, false},
    {TODAY, 7, false},
    {TODAY, 9, false},
    {TODAY, 11, false},
    {TODAY, 12, false},
    {TOMORROW, 1, false},
    {TOMORROW, 3, false},
    {TOMORROW, 8, false},
    {TOMORROW, 9, false},
    {OVER, 0, false},
    {OVER, 1, false},
    {OVER, 4, false},
};

struct sample {
	struct registrar *registrar;
	int64_t now;
	struct photo faces[REPORTERS];
	int64_t accreditations[REPORTERS];
	int64_t conferences[CONFERENCES], registered[CONFERENCES];
};

void sample_settings(struct settings *settings)
{
	snprintf(settings->name, sizeof settings->name, "Lakemount Police Service");
	snprintf(settings->site, sizeof settings->site, "media.lakemount.example");
	snprintf(settings->address, sizeof settings->address,
	    "Headquarters, 40 Harbour Street, Lakemount");
	snprintf(settings->email, sizeof settings->email, "media@lakemount.example");
	snprintf(settings->phone, sizeof settings->phone, "555-0100");
	snprintf(settings->authority, sizeof settings->authority,
	    "Community Safety and Policing Act, 2019");
	snprintf(settings->mail_from, sizeof settings->mail_from, "media@lakemount.example");
}

static int people_body(struct store_tx *tx, void *context)
{
	struct sample *sample = context;
	int64_t ids[OUTLETS];
	int result = 0;

	for (int i = 0; !result && i < OUTLETS; i++)
		result = outlet_put(tx, outlets[i].name, outlets[i].local, sample->now, &ids[i]);
	for (size_t i = 0; !result && i < sizeof aliases / sizeof *aliases; i++)
		result = outlet_alias(
		    tx, ids[aliases[i].outlet], aliases[i].name, "admin", sample->now);
	for (int i = 0; !result && i < REPORTERS; i++) {
		struct accreditation grant = {.outlet_id = ids[reporters[i].outlet],
		    .class = (uint8_t)reporters[i].class,
		    .valid_from = sample->now - 30 * DAY,
		    .valid_until =
			accreditation_months_later(sample->now - 30 * DAY, ACCREDITATION_MONTHS)};
		result = person_put(tx, reporters[i].email, reporters[i].name,
		    sample->now - 30 * DAY, &grant.person_id);
		if (!result)
			result = photo_put(tx, &sample->faces[i], sample->now - 30 * DAY);
		if (!result)
			result = photo_give(tx, grant.person_id, sample->faces[i].hash);
		if (!result)
			result = accreditation_grant(tx, &grant, &sample->accreditations[i]);
	}
	return result;
}

static int add_conferences(struct sample *sample, struct refusal *why)
{
	int64_t hour = sample->now - sample->now % HOUR;
	struct conference each[CONFERENCES];
	int result = 0;

	for (int i = 0; i < CONFERENCES; i++) {
		conference_default(&each[i]);
		each[i].place = "Media Gallery, headquarters";
		each[i].stream = "https://media.lakemount.example/live";
	}
	each[TODAY].slug = "today-harbour-street";
	each[TODAY].title = "Collision on Harbour Street: update";
	each[TODAY].summary = "Inspector J. Moreau speaks about the investigation, and answers "
			      "questions. Photographs follow after the event.";
	each[TODAY].doors = hour - HOUR;
	each[TODAY].starts = hour + HOUR;
	each[TODAY].ends = hour + 8 * HOUR;
	each[TODAY].capacity = 60;
	each[TODAY].per_outlet = 3;
	each[TODAY].emerging = true;
	each[TOMORROW].slug = "tomorrow-road-safety";
	each[TOMORROW].title = "Road safety week: results";
	each[TOMORROW].summary = "Figures of the week, and the plan for winter.";
	each[TOMORROW].doors = hour + DAY;
	each[TOMORROW].starts = hour + DAY + HOUR;
	each[TOMORROW].ends = hour + DAY + 3 * HOUR;
	each[TOMORROW].capacity = 40;
	each[TOMORROW].reentry = true;
	each[OVER].slug = "last-week-annual-report";
	each[OVER].title = "Annual report";
	each[OVER].doors = hour - 7 * DAY;
	each[OVER].starts = hour - 7 * DAY + HOUR;
	each[OVER].ends = hour - 7 * DAY + 3 * HOUR;
	for (int i = 0; !result && i < CONFERENCES; i++) {
		int64_t made = each[i].doors - 5 * DAY;
		sample->registered[i] = made < sample->now - DAY ? made : sample->now - DAY;
		result = conference_create(
		    sample->registrar, &each[i], NULL, sample->now, &sample->conferences[i], why);
	}
	return result;
}

static int add_registrations(struct sample *sample, struct refusal *why)
{
	int result = 0;

	for (size_t i = 0; !result && i < sizeof registrations / sizeof *registrations; i++) {
		int at = registrations[i].conference;
		int64_t when = sample->registered[at] + (int64_t)i * 600;
		struct registration_wish wish = {.conference_id = sample->conferences[at],
		    .accreditation_id = sample->accreditations[registrations[i].reporter],
		    .consented = when};
		struct registration made;
		result = registration_register(sample->registrar, &wish, when, &made, why);
		if (!result && registrations[i].cancels)
			result = registration_cancel(
			    sample->registrar, made.reference, NULL, when + 300, NULL, why);
	}
	return result;
}

static int forget_mail(struct store_tx *tx, void *context)
{
	(void)context;
	return store_exec(tx, REGISTRAR_Q_SAMPLE_FORGET_MAIL, STORE_NO_ARGS, NULL);
}

static int add_staff(
    struct sample *sample, const struct sample_secrets *secrets, struct refusal *why)
{
	const struct staff_wish desk = {.name = "desk1",
	    .full_name = "Communications desk 1",
	    .role = ROLE_COMMUNICATIONS,
	    .password = secrets->password,
	    .must_change = secrets->must_change};
	const struct staff_wish supervisor = {.name = "super1",
	    .full_name = "Security supervisor 1",
	    .role = ROLE_SUPERVISOR,
	    .pin = secrets->pin};
	int result = staff_add(sample->registrar, &desk, NULL, sample->now, why);

	return result ? result : staff_add(sample->registrar, &supervisor, NULL, sample->now, why);
}

/* Drawn before anything is written. */
static int draw_faces(struct sample *sample)
{
	int result = 0;

	for (unsigned i = 0; !result && i < REPORTERS; i++)
		result = sample_face(i, &sample->faces[i]);
	return result;
}

int sample_fill(struct registrar *registrar, const struct sample_secrets *secrets, int64_t now,
    struct refusal *why)
{
	struct sample sample = {.registrar = registrar, .now = now};
	int result = draw_faces(&sample);

	if (!result)
		result = add_staff(&sample, secrets, why);
	if (!result)
		result = store_write(registrar->store, people_body, &sample);
	if (!result)
		result = add_conferences(&sample, why);
	if (!result)
		result = add_registrations(&sample, why);
	if (!result)
		result = store_write(registrar->store, forget_mail, NULL);
	for (int i = 0; i < REPORTERS; i++)
		photo_free(&sample.faces[i]);
	return result;
}

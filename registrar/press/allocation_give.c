/* A place that the desk gives out of turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/press/allocation_run.h"
#include "registrar/press/conference.h"
#include "registrar/press/registration.h"
#include "registrar/press/registration_seat.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/say.h"
#include "web/text.h"

enum { REASON_MAX = 400 };

struct job {
	struct registrar *registrar;
	const char *reference, *staff;
	char *reason;
	int64_t now;
	struct conference conference;
	struct registration registration;
	struct refusal *why;
};

static int check(const struct job *job, const struct registration_holder *holder)
{
	const struct conference *conference = &job->conference;

	if (job->registration.state == REGISTRATION_CONFIRMED)
		return refuse(job->why, "", "This registration has a place already.");
	if (job->registration.state != REGISTRATION_REQUESTED &&
	    job->registration.state != REGISTRATION_WAITLISTED)
		return refuse(job->why, "",
		    "This registration stands no more; the person has to register again.");
	if (conference->state != CONFERENCE_ANNOUNCED || job->now >= conference->ends)
		return refuse(job->why, "", "This conference is over, or was cancelled.");
	if (!holder->active || job->now < holder->valid_from || job->now >= holder->valid_until)
		return refuse(job->why, "", "The accreditation does not stand. Restore it first.");
	if (!limit_admits(&holder->limit, conference->id, conference->starts))
		return refuse(job->why, "",
		    "The accreditation was approved with limits that leave this conference out.");
	if (!(conference->classes >> holder->pass_class & 1))
		return refuse(job->why, "", "This conference does not admit this role.");
	return 0;
}

static int give(struct store_tx *tx, const struct job *job)
{
	const struct registration_seat seat = {
	    job->registrar, &job->conference, job->staff, job->now, job->why};
	const struct registration *registration = &job->registration;
	char detail[1700];
	int result = registration_seat_give(tx, &seat,
	    &(struct registration_waiting){registration->id, registration->accreditation_id,
		registration->state == REGISTRATION_REQUESTED},
	    0, SAY("The media office gave you this place."), JOURNAL_PLACE_GIVEN);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_PLACE_GIVEN_INSERT,
		    STORE_ARGS(store_i64(registration->id), store_text(job->staff),
			store_text(job->reason), store_i64(job->now)),
		    NULL);
	if (result)
		return result;
	snprintf(
	    detail, sizeof detail, "registration %s out of turn: %s", job->reference, job->reason);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){.kind = JOURNAL_PLACE_GIVEN,
		.event = job->conference.slug,
		.staff = job->staff,
		.detail = detail,
		.reason = "place-out-of-turn"});
}

static int give_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	struct registration_holder holder;
	int result = registration_by_reference(tx, job->reference, &job->registration);

	if (!result)
		result = conference_by_id(tx, job->registration.conference_id, &job->conference);
	if (!result)
		result = registration_holder_read(tx, job->registration.accreditation_id, &holder);
	if (!result)
		result = check(job, &holder);
	return result ? result : give(tx, job);
}

int allocation_give(struct registrar *registrar, const char *reference, const char *reason,
    const char *staff, int64_t now, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .reference = reference, .staff = staff, .now = now, .why = why};
	int bad = text_clean(reason, strlen(reason), TEXT_ONE_LINE, REASON_MAX, &job.reason);
	int result;

	if (bad == TEXT_NOMEM)
		return MODEL_SYSTEM;
	if (bad || !*job.reason) {
		free(job.reason);
		return refuse(why, "reason",
		    "Give the reason in a line of %d characters at most: it is journaled.",
		    (int)REASON_MAX);
	}
	result = store_write(registrar->store, give_body, &job);
	conference_clear(&job.conference);
	free(job.reason);
	if (!result) {
		registrar_changed(registrar);
		registrar_mail_waits(registrar);
	}
	return result;
}

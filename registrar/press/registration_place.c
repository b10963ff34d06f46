/* What changes a registration: registering, cancelling, issuing anew. */
#include "registrar/press/registration.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/revoked.h"
#include "registrar/press/allocation.h"
#include "registrar/press/allocation_say.h"
#include "registrar/press/allocation_setting.h"
#include "registrar/press/class_say.h"
#include "registrar/press/conference.h"
#include "registrar/press/focal.h"
#include "registrar/press/issue.h"
#include "registrar/press/limit.h"
#include "registrar/press/registration_fill.h"
#include "registrar/press/registration_seat.h"
#include "registrar/journal/journal.h"
#include "registrar/mail/notice.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

/* One write: what it works on and what it gives back. */
struct job {
	struct registrar *registrar;
	const struct registration_wish *wish;
	const char *reference, *staff;
	int64_t now;
	struct conference conference;
	struct registration registration; /* as it stands at the end */
	struct allocation_setting setting;
	int64_t promoted;
	bool changed;
	struct issue_ready ready; /* a pass signed before the write, when registering */
	struct refusal *why;
};

static int check_conference(const struct job *job)
{
	const struct conference *conference = &job->conference;

	if (conference->state == CONFERENCE_DRAFT)
		return MODEL_NOT_FOUND;
	if (conference->state == CONFERENCE_CANCELLED)
		return refuse(job->why, "conference", SAY("This conference was cancelled."));
	if (job->now >= conference->ends)
		return refuse(job->why, "conference", SAY("This conference is over."));
	return 0;
}

static int check_holder(const struct job *job, const struct registration_holder *holder)
{
	const struct say *language = job->why ? job->why->language : NULL;
	char until[128];

	if (!holder->active || job->now < holder->valid_from)
		return refuse(job->why, "accreditation",
		    SAY("Your accreditation is not active. Write to the media office."));
	if (job->now >= holder->valid_until) {
		zone_say_date(language, holder->valid_until, until, sizeof until);
		return refuse(job->why, "accreditation",
		    SAY("Your accreditation ended on %s. Apply for a new one."), until);
	}
	if (!limit_admits(&holder->limit, job->conference.id, job->conference.starts))
		return refuse(job->why, "accreditation",
		    SAY("Your accreditation does not cover this conference: it was approved with "
			"limits. Write to the media office."));
	if (!(job->conference.classes >> holder->pass_class & 1))
		return refuse(job->why, "class",
		    SAY("This conference does not admit your class (%s). Write to the media "
			"office."),
		    class_say(language, holder->pass_class));
	return 0;
}

static int read_facts(struct store_tx *tx, const struct conference *conference, int64_t outlet_id,
    const char *outlet, struct allocation_facts *ret)
{
	struct conference_numbers numbers;
	struct store_rows *rows = NULL;
	int result = conference_numbers(tx, conference, &numbers);

	if (result)
		return result;
	*ret = (struct allocation_facts){.capacity = conference->capacity,
	    .confirmed = numbers.confirmed,
	    .per_outlet = conference->per_outlet,
	    .waiting = numbers.waitlisted,
	    .emerging = conference->emerging,
	    .outlet = outlet};
	if (!conference->per_outlet)
		return 0;
	result = store_one(tx, REGISTRAR_Q_REGISTRATION_OUTLET_PLACES,
	    STORE_ARGS(store_i64(conference->id), store_i64(outlet_id)), &rows);
	if (result != STORE_ROW)
		return result;
	ret->outlet_confirmed = store_get_i64(rows, 0);
	store_done(rows);
	return 0;
}

static struct registration_seat seat_of(const struct job *job)
{
	return (struct registration_seat){
	    job->registrar, &job->conference, job->staff, job->now, job->why};
}

static int journal(struct store_tx *tx, const struct job *job, enum journal_kind kind,
    const char *reference, const uint8_t *pass, const char *more)
{
	const struct registration_seat seat = seat_of(job);

	return registration_note(tx, &seat, kind, reference, pass, more);
}

static int issue_for(struct store_tx *tx, struct job *job, int64_t id,
    const struct registration_holder *holder, uint8_t ret_pass[static 16])
{
	const struct registration_seat seat = seat_of(job);

	return registration_issue(tx, &seat, id, holder, &job->ready, ret_pass);
}

/* A reference that is taken is drawn again. */
static int insert(struct store_tx *tx, const struct job *job, const char *state,
    const char *explanation, int64_t *ret_id)
{
	int result = STORE_CONFLICT;

	for (int i = 0; i < 4 && result == STORE_CONFLICT; i++) {
		char reference[REFERENCE_TEXT + 1];
		reference_new('R', reference);
		result = store_exec(tx, REGISTRAR_Q_REGISTRATION_INSERT,
		    STORE_ARGS(store_text(reference), store_i64(job->wish->conference_id),
			store_i64(job->wish->accreditation_id), store_text(state),
			store_i64(job->wish->consented), store_i64(job->now),
			store_text(explanation)),
		    NULL);
	}
	if (!result)
		*ret_id = store_last_id(tx);
	return result;
}

/* Where the counts don't tell, or not yet: it asks, and all who ask are looked at together. */
static int ask(struct store_tx *tx, struct job *job)
{
	const struct registration_seat seat = seat_of(job);
	int64_t id = 0;
	int result = insert(tx, job, "requested", allocation_say_asked(), &id);

	if (!result && allocation_is_open(&job->setting))
		result = notice_registration(tx, job->registrar, id, job->now);
	if (!result)
		result = registration_fill(tx, &seat, NULL);
	if (!result)
		result = registration_by_id(tx, id, &job->registration);
	if (!result && job->registration.state == REGISTRATION_REQUESTED)
		result = journal(tx, job, JOURNAL_ASKED, job->registration.reference, NULL, NULL);
	job->changed = true;
	return result;
}

static int place(struct store_tx *tx, struct job *job, const struct registration_holder *holder)
{
	struct allocation_facts facts = {0};
	char explanation[4 * REGISTRATION_EXPLANATION_MAX + 1];
	uint8_t pass[16];
	int64_t id = 0;
	int result = read_facts(tx, &job->conference, holder->outlet_id, holder->outlet, &facts);

	if (result)
		return result;
	bool has_place = allocation_has_place(&facts);
	allocation_explain(&facts, explanation, sizeof explanation);
	result = insert(tx, job, has_place ? "confirmed" : "waitlisted", explanation, &id);
	if (!result && has_place)
		result = issue_for(tx, job, id, holder, pass);
	if (!result)
		result = registration_by_id(tx, id, &job->registration);
	if (!result)
		result = journal(tx, job, has_place ? JOURNAL_REGISTERED : JOURNAL_WAITLISTED,
		    job->registration.reference, has_place ? pass : NULL, NULL);
	if (!result)
		result = notice_registration(tx, job->registrar, id, job->now);
	job->changed = true;
	return result;
}

static int register_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	struct registration_holder holder = {0};
	int result = conference_by_id(tx, job->wish->conference_id, &job->conference);

	if (!result)
		result = registration_holder_read(tx, job->wish->accreditation_id, &holder);
	if (result)
		return result;
	result =
	    registration_standing(tx, job->conference.id, holder.person_id, &job->registration);
	if (result != MODEL_NOT_FOUND)
		return result;
	result = check_conference(job);
	if (!result)
		result = check_holder(job, &holder);
	if (!result)
		result = allocation_setting_read(tx, &job->conference, &job->setting);
	if (result)
		return result;
	return allocation_is_open(&job->setting) || !allocation_is_plain(&job->setting)
		   ? ask(tx, job)
		   : place(tx, job, &holder);
}

/* Carries a job out and tells those who wait for its effects. */
static int carry_out(struct job *job, store_body *body)
{
	int result = store_write(job->registrar->store, body, job);

	conference_clear(&job->conference);
	if (!result && job->changed) {
		registrar_changed(job->registrar);
		registrar_mail_waits(job->registrar);
	}
	return result;
}

/* Signs the pass this wish will need if it gets a place, on the caller's own thread. What can't be
 * read here is refused by the write. */
static void sign_ahead(struct job *job)
{
	struct conference conference = {.id = 0};
	struct store_tx *tx = NULL;
	struct registration_holder holder = {0};
	bool known = store_read_begin(job->registrar->store, &tx) == 0 &&
		     conference_by_id(tx, job->wish->conference_id, &conference) == 0 &&
		     registration_holder_read(tx, job->wish->accreditation_id, &holder) == 0;

	store_read_end(tx);
	if (known) {
		const struct issue_holder issued = {
		    .pass_class = holder.pass_class, .name = holder.name, .outlet = holder.outlet};
		issue_sign_ahead(job->registrar, &conference, &issued, &job->ready);
	}
	conference_clear(&conference);
}

int registration_register(struct registrar *registrar, const struct registration_wish *wish,
    int64_t now, struct registration *ret, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .wish = wish, .staff = wish->staff, .now = now, .why = why};

	if (!wish->consented)
		return refuse(why, "consent",
		    SAY("Everyone who enters goes through security screening; without your consent "
			"to it, entry is denied. Tick the box to agree."));
	sign_ahead(&job);
	int result = carry_out(&job, register_body);
	if (!result)
		*ret = job.registration;
	return result;
}

static const char *cancelled_by(const char *staff)
{
	if (focal_is_staff(staff))
		return SAY("Your outlet's focal point cancelled this registration.");
	return staff ? SAY("The media office cancelled this registration.")
		     : SAY("You cancelled this registration.");
}

static int give_back(struct store_tx *tx, struct job *job)
{
	const struct registration *registration = &job->registration;
	int64_t version = 0;
	unsigned revoked = 0;
	int result = conference_raise_roster(tx, job->conference.id, &version);

	if (!result)
		result = issue_revoke(tx, job->registrar, registration->id, REVOKED_CANCELLED,
		    version, job->now, &revoked);
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_REGISTRATION_SET_STATE,
		    STORE_ARGS(store_i64(registration->id), store_text("cancelled"),
			store_i64(job->now), store_text(cancelled_by(job->staff))),
		    NULL);
	if (!result)
		result = journal(tx, job, JOURNAL_CANCELLED, registration->reference,
		    registration->has_pass ? registration->pass_id : NULL, NULL);
	if (!result)
		result = notice_registration(tx, job->registrar, registration->id, job->now);
	return result;
}

static int cancel_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	int result = registration_by_reference(tx, job->reference, &job->registration);

	if (result || job->registration.state == REGISTRATION_CANCELLED)
		return result;
	result = conference_by_id(tx, job->registration.conference_id, &job->conference);
	if (result)
		return result;
	if (job->now >= job->conference.ends)
		return refuse(
		    job->why, "", SAY("This conference is over; there is nothing to cancel."));
	result = give_back(tx, job);
	if (!result) {
		const struct registration_seat seat = seat_of(job);
		result = registration_fill(tx, &seat, &job->promoted);
	}
	job->changed = true;
	return result;
}

int registration_cancel(struct registrar *registrar, const char *reference, const char *staff,
    int64_t now, int64_t *ret_promoted, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .reference = reference, .staff = staff, .now = now, .why = why};
	int result = carry_out(&job, cancel_body);

	if (!result && ret_promoted)
		*ret_promoted = job.promoted;
	return result;
}

/* Takes the pass of a registration back and issues another. */
static int reissue(struct store_tx *tx, struct job *job)
{
	struct registration_holder holder = {0};
	uint8_t pass[16], old[16];
	char more[48] = "pass ";
	int64_t version = 0;
	int result = registration_holder_read(tx, job->registration.accreditation_id, &holder);

	memcpy(old, job->registration.pass_id, sizeof old);
	if (!result)
		result = conference_raise_roster(tx, job->conference.id, &version);
	if (!result)
		result = issue_revoke(tx, job->registrar, job->registration.id, REVOKED_REISSUED,
		    version, job->now, NULL);
	if (!result)
		result = issue_for(tx, job, job->registration.id, &holder, pass);
	if (result)
		return result;
	bytes_hex(pass, sizeof pass, more + 5);
	result = journal(tx, job, JOURNAL_PASS_REISSUED, job->registration.reference,
	    job->registration.has_pass ? old : NULL, more);
	if (!result)
		result = notice_registration(tx, job->registrar, job->registration.id, job->now);
	if (!result)
		result = registration_by_id(tx, job->registration.id, &job->registration);
	job->changed = true;
	return result;
}

static int reissue_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	int result = registration_by_reference(tx, job->reference, &job->registration);

	if (!result)
		result = conference_by_id(tx, job->registration.conference_id, &job->conference);
	if (result)
		return result;
	if (job->registration.state != REGISTRATION_CONFIRMED)
		return refuse(job->why, "", "Only a confirmed registration has a pass.");
	if (job->now >= job->conference.ends)
		return refuse(job->why, "", "This conference is over.");
	return reissue(tx, job);
}

int registration_reissue(struct registrar *registrar, const char *reference, const char *staff,
    int64_t now, struct registration *ret, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .reference = reference, .staff = staff, .now = now, .why = why};
	int result = carry_out(&job, reissue_body);

	if (!result)
		*ret = job.registration;
	return result;
}

int registration_reissue_within(struct store_tx *tx, struct registrar *registrar,
    int64_t registration_id, const char *staff, int64_t now, struct refusal *why)
{
	struct job job = {.registrar = registrar, .staff = staff, .now = now, .why = why};
	int result = registration_by_id(tx, registration_id, &job.registration);

	if (!result)
		result = conference_by_id(tx, job.registration.conference_id, &job.conference);
	if (!result)
		result = reissue(tx, &job);
	conference_clear(&job.conference);
	return result;
}

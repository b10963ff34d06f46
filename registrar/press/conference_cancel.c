/* A conference that does not take place. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/revoked.h"
#include "registrar/journal/journal.h"
#include "registrar/mail/notice.h"
#include "registrar/press/conference_private.h"
#include "registrar/press/issue.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/say.h"
#include "web/text.h"

struct job {
	struct registrar *registrar;
	const char *slug, *staff, *because;
	char *cleaned; /* because */
	char explanation[2048];
	struct publication_findings findings;
	const struct publication *publication;
	int64_t now, people;
	struct conference conference;
	struct refusal *why;
};

static int cancel_one(struct store_tx *tx, struct job *job, int64_t id, int64_t version)
{
	unsigned revoked = 0;
	int result =
	    issue_revoke(tx, job->registrar, id, REVOKED_CANCELLED, version, job->now, &revoked);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_REGISTRATION_SET_STATE,
		    STORE_ARGS(store_i64(id), store_text("cancelled"), store_i64(job->now),
			store_text(job->explanation)),
		    NULL);
	if (!result)
		result = notice_registration(tx, job->registrar, id, job->now);
	return result;
}

static int cancel_all(struct store_tx *tx, struct job *job)
{
	int64_t *ids = NULL, version = 0;
	int result = conference_raise_roster(tx, job->conference.id, &version);

	if (!result)
		result = conference_standing(tx, job->conference.id, &ids, &job->people);
	for (int64_t i = 0; !result && i < job->people; i++)
		result = cancel_one(tx, job, ids[i], version);
	free(ids);
	return result;
}

static int cancel_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	char detail[64];
	int result = conference_by_slug(tx, job->slug, &job->conference);

	if (result || job->conference.state == CONFERENCE_CANCELLED)
		return result;
	if (job->now >= job->conference.ends)
		return refuse(job->why, "", "This conference is over; there is nothing to cancel.");
	result = store_exec(tx, REGISTRAR_Q_CONFERENCE_SET_STATE,
	    STORE_ARGS(store_i64(job->conference.id), store_text("cancelled")), NULL);
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_CONFERENCE_SET_BECAUSE,
		    STORE_ARGS(store_i64(job->conference.id), store_text(job->cleaned)), NULL);
	if (!result)
		result = publication_keep(tx, job->registrar,
		    &(struct publication_of){job->conference.id, job->slug, job->staff, job->now},
		    &job->findings, job->publication);
	if (!result)
		result = cancel_all(tx, job);
	if (result)
		return result;
	snprintf(detail, sizeof detail, "registrations %" PRId64, job->people);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){.kind = JOURNAL_CONFERENCE_CANCELLED,
		.event = job->slug,
		.staff = job->staff,
		.detail = detail});
}

static int check_because(struct job *job)
{
	int bad = text_clean(job->because, strlen(job->because), TEXT_ONE_LINE,
	    CONFERENCE_BECAUSE_MAX, &job->cleaned);

	if (bad == TEXT_NOMEM)
		return MODEL_SYSTEM;
	if (bad)
		return refuse(job->why, "because",
		    bad == TEXT_LONG
			? "The reason is too long. Use %d characters at most."
			: "The reason has a character that can't be shown. Write it anew, in "
			  "%d characters at most.",
		    CONFERENCE_BECAUSE_MAX);
	if (*job->cleaned)
		say_keep(job->explanation, sizeof job->explanation,
		    SAY("The conference was cancelled: %1"), (const char *[]){job->cleaned}, 1);
	else
		snprintf(job->explanation, sizeof job->explanation, "%s",
		    SAY("The conference was cancelled."));
	return publication_check(job->registrar,
	    &(struct publication_text){.part = "reason", .text = job->cleaned}, 1, job->publication,
	    &job->findings, job->why);
}

int conference_cancel_because(struct registrar *registrar, const char *slug,
    const struct conference_cancelling *cancelling, const char *staff, int64_t now,
    int64_t *ret_people, struct refusal *why)
{
	struct job job = {.registrar = registrar,
	    .slug = slug,
	    .staff = staff,
	    .because = cancelling->because,
	    .publication = cancelling->publication,
	    .now = now,
	    .why = why};
	int result = check_because(&job);

	if (!result)
		result = store_write(registrar->store, cancel_body, &job);
	conference_clear(&job.conference);
	publication_free(&job.findings);
	free(job.cleaned);
	if (result)
		return result;
	registrar_changed(registrar);
	registrar_mail_waits(registrar);
	*ret_people = job.people;
	return 0;
}

int conference_cancel(struct registrar *registrar, const char *slug, const char *staff, int64_t now,
    int64_t *ret_people, struct refusal *why)
{
	return conference_cancel_because(registrar, slug, &(struct conference_cancelling){"", NULL},
	    staff, now, ret_people, why);
}

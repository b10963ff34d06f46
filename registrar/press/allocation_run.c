#include "registrar/press/allocation_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/journal/journal.h"
#include "registrar/press/allocation_draft.h"
#include "registrar/press/allocation_keep.h"
#include "registrar/press/allocation_say.h"
#include "registrar/press/conference.h"
#include "registrar/press/registration.h"
#include "registrar/press/registration_fill.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

struct job {
	struct registrar *registrar;
	const char *slug, *staff;
	const uint8_t *digest;
	int64_t now;
	struct allocation_run run;
	struct conference conference;
	struct allocation_setting setting;
	int64_t after; /* the registration that was settled last */
	struct refusal *why;
};

/* ---- one batch ---- */

/* One case that is still to be settled. */
struct step {
	struct registration_waiting waiting;
	struct allocation_result result;
};

static int read_steps(struct store_tx *tx, struct job *job, struct step *steps, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	size_t n = 0;
	int result = store_query(tx, REGISTRAR_Q_ALLOCATION_CASE_NEXT,
	    STORE_ARGS(store_i64(job->run.id), store_i64(job->after), store_i64(ALLOCATION_BATCH)),
	    &rows);

	while (!result && n < ALLOCATION_BATCH && (result = store_next(rows)) == STORE_ROW) {
		steps[n++] = (struct step){
		    {store_get_i64(rows, 0), store_get_i64(rows, 1), store_get_i64(rows, 2) == 1},
		    {.outcome = (enum allocation_outcome)store_get_i64(rows, 3),
			.pool = store_get_i64(rows, 4),
			.number = store_get_i64(rows, 5),
			.limit = store_get_i64(rows, 6),
			.line = store_get_i64(rows, 7),
			.near = store_get_i64(rows, 8)}};
		result = 0;
	}
	store_done(rows);
	*ret_n = n;
	return result;
}

static int settle(struct store_tx *tx, struct job *job, const struct step *step)
{
	const struct registration_seat seat = {
	    job->registrar, &job->conference, job->staff, job->now, job->why};
	struct registration_holder holder;
	char explanation[4 * REGISTRATION_EXPLANATION_MAX + 1];
	int result = registration_holder_read(tx, step->waiting.accreditation_id, &holder);

	if (result)
		return result;
	allocation_say(&step->result, holder.outlet,
	    allocation_pool_name(&job->setting, step->result.pool), explanation,
	    sizeof explanation);
	return allocation_gives(&step->result)
		   ? registration_seat_give(tx, &seat, &step->waiting, step->result.pool,
			 explanation,
			 step->waiting.requested ? JOURNAL_REGISTERED : JOURNAL_PROMOTED)
		   : registration_seat_wait(tx, &seat, &step->waiting, explanation);
}

/* The run is through: whoever asked meanwhile is settled, and places given back meanwhile go on. */
static int end(struct store_tx *tx, struct job *job)
{
	const struct registration_seat seat = {
	    job->registrar, &job->conference, job->staff, job->now, job->why};
	char detail[160], digest[2 * ALLOCATION_DIGEST + 1];
	int64_t changed = 0;
	int result = store_exec(
	    tx, REGISTRAR_Q_ALLOCATION_RUN_DONE, STORE_ARGS(store_i64(job->run.id)), &changed);

	/* Two went on with one run, and the other ended it. */
	job->run.applied = true;
	if (!result && !changed)
		return 0;
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_ALLOCATION_MARK_APPLIED,
		    STORE_ARGS(store_i64(job->conference.id), store_i64(job->now)), NULL);
	if (!result)
		result = registration_fill(tx, &seat, NULL);
	if (result)
		return result;
	bytes_hex(job->run.digest, sizeof job->run.digest, digest);
	snprintf(detail, sizeof detail, "run %" PRId64 " places %" PRId64 " waiting %" PRId64 " %s",
	    job->run.id, job->run.places, job->run.waiting, digest);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){.kind = JOURNAL_ALLOCATED,
		.event = job->conference.slug,
		.staff = job->staff,
		.detail = detail});
}

static int batch(struct store_tx *tx, struct job *job)
{
	struct step *steps = calloc(ALLOCATION_BATCH, sizeof *steps);
	size_t n = 0;
	int result = steps ? read_steps(tx, job, steps, &n) : MODEL_SYSTEM;

	for (size_t i = 0; !result && i < n; i++)
		result = settle(tx, job, &steps[i]);
	if (!result && n)
		job->after = steps[n - 1].waiting.id;
	free(steps);
	return result || n == ALLOCATION_BATCH ? result : end(tx, job);
}

static int batch_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	int result = allocation_setting_read(tx, &job->conference, &job->setting);

	return result ? result : batch(tx, job);
}

/* Each batch is a write of its own, so that doors and people are served in between. */
static int go_on(struct job *job)
{
	int result = 0;

	while (!result && !job->run.applied)
		result = store_write(job->registrar->store, batch_body, job);
	if (!result) {
		registrar_changed(job->registrar);
		registrar_mail_waits(job->registrar);
	}
	return result;
}

/* ---- a run ---- */

static int check(struct job *job, const struct allocation_draft *draft)
{
	if (!draft->setting.by_allocation)
		return refuse(job->why, "",
		    "This conference gives its places at once. Set a deadline first.");
	if (draft->setting.applied)
		return refuse(job->why, "",
		    "The allocation was applied before; places go on by themselves since.");
	if (job->conference.state != CONFERENCE_ANNOUNCED || job->now >= job->conference.ends)
		return refuse(job->why, "", "This conference is over, or was cancelled.");
	if (job->digest && memcmp(job->digest, draft->digest, ALLOCATION_DIGEST) != 0)
		return refuse(job->why, "",
		    "Something changed since you looked: somebody asked or cancelled, or a limit "
		    "is "
		    "another. Look at it again.");
	return 0;
}

static int begin_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	struct allocation_draft draft = {.n = 0};
	struct allocation_run running;
	int result = conference_by_slug(tx, job->slug, &job->conference);

	if (!result)
		result = allocation_run_last(tx, job->conference.id, &running);
	if (!result && !running.applied)
		result = refuse(job->why, "", "A run is being applied. Wait a moment.");
	if (result == MODEL_NOT_FOUND && job->conference.id)
		result = 0;
	if (!result)
		result = allocation_draft_read(tx, &job->conference, job->now, &draft);
	if (!result)
		result = check(job, &draft);
	if (!result)
		result =
		    allocation_keep(tx, &job->conference, &draft, job->staff, job->now, &job->run);
	job->setting = draft.setting;
	if (!result && draft.asked < ALLOCATION_BATCH)
		result = batch(tx, job);
	allocation_draft_free(&draft);
	return result;
}

int allocation_apply(struct registrar *registrar, const char *slug,
    const uint8_t digest[ALLOCATION_DIGEST], const char *staff, int64_t now, int64_t *ret_run,
    struct refusal *why)
{
	struct job job = {.registrar = registrar,
	    .slug = slug,
	    .staff = staff,
	    .digest = digest,
	    .now = now,
	    .why = why};
	int result = store_write(registrar->store, begin_body, &job);

	if (!result)
		result = go_on(&job);
	conference_clear(&job.conference);
	if (!result && ret_run)
		*ret_run = job.run.id;
	return result;
}

/* ---- by itself ---- */

/* What there is to do: a run that was cut off, else the slug of a conference whose time has come.
 */
static int read_due(struct store_tx *tx, int64_t now, struct job *job)
{
	int64_t id = 0;
	int result = allocation_run_running(tx, &job->run);

	if (result == 0)
		return conference_by_id(tx, job->run.conference_id, &job->conference);
	if (result != MODEL_NOT_FOUND)
		return result;
	job->run.id = 0;
	result = store_number(tx, REGISTRAR_Q_ALLOCATION_DUE, STORE_ARGS(store_i64(now)), &id);
	if (result == STORE_NOT_FOUND)
		return MODEL_NOT_FOUND;
	return result ? result : conference_by_id(tx, id, &job->conference);
}

int allocation_tick(struct registrar *registrar, int64_t now)
{
	struct job job = {.registrar = registrar, .now = now};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = read_due(tx, now, &job);
	store_read_end(tx);
	if (!result && job.run.id) {
		job.staff = *job.run.made_by ? job.run.made_by : NULL;
		result = go_on(&job);
	} else if (!result) {
		result =
		    allocation_apply(registrar, job.conference.slug, NULL, NULL, now, NULL, NULL);
	}
	conference_clear(&job.conference);
	/* Another did it, or there is nothing to do. */
	return result == MODEL_NOT_FOUND || result == MODEL_REFUSED ? 0 : result;
}

#include "registrar/doors/conflict_resolve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance_cache.h"
#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/press/conference.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

void conflict_key(const struct attendance_conflict *conflict, char ret[static CONFLICT_KEY + 1])
{
	const struct attendance_at *a = &conflict->first, *b = &conflict->second;

	if (conflict->kind == ATTENDANCE_TWO_DOORS)
		snprintf(ret, CONFLICT_KEY + 1,
		    "two-doors:%s/%" PRId64 "/%" PRId64 ":%s/%" PRId64 "/%" PRId64, a->device,
		    a->epoch, a->seq, b->device, b->epoch, b->seq);
	else
		snprintf(ret, CONFLICT_KEY + 1, "after-revoked:%s/%" PRId64 "/%" PRId64, b->device,
		    b->epoch, b->seq);
}

static int read_row(struct store_rows *rows, void *item)
{
	struct conflict_resolution *ret = item;
	int result = store_copy_text(ret->key, sizeof ret->key, store_get_text(rows, 0));

	if (!result)
		result = store_copy_text(ret->staff, sizeof ret->staff, store_get_text(rows, 1));
	if (!result)
		result = store_copy_text(ret->words, sizeof ret->words, store_get_text(rows, 2));
	ret->resolved = store_get_i64(rows, 3);
	return result;
}

int conflict_resolutions_read(
    struct store_tx *tx, int64_t conference, struct conflict_resolutions *ret)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_CONFLICT_RESOLUTIONS,
	    STORE_ARGS(store_i64(conference)), sizeof *ret->items, read_row, NULL, &list);

	if (!result)
		*ret = (struct conflict_resolutions){list.items, list.n};
	return result;
}

static int by_key(const void *key, const void *item)
{
	return strcmp(key, ((const struct conflict_resolution *)item)->key);
}

const struct conflict_resolution *conflict_resolution_of(
    const struct conflict_resolutions *list, const struct attendance_conflict *conflict)
{
	char key[CONFLICT_KEY + 1];

	conflict_key(conflict, key);
	return list->n ? bsearch(key, list->items, list->n, sizeof *list->items, by_key) : NULL;
}

size_t conflict_count_open(
    const struct attendance *attendance, const struct conflict_resolutions *list)
{
	size_t open = 0;

	for (size_t i = 0; i < attendance->n_conflicts; i++)
		open += !conflict_resolution_of(list, &attendance->conflicts[i]);
	return open;
}

/* ---- resolving ---- */

struct job {
	struct registrar *registrar;
	const char *slug, *key, *staff;
	char *words;
	int64_t now, conference;
};

static int find(struct store_tx *tx, struct job *job)
{
	const struct attendance *attendance = NULL;
	struct conference conference = {.id = 0};
	char key[CONFLICT_KEY + 1];
	int result = conference_by_slug(tx, job->slug, &conference);

	job->conference = conference.id;
	conference_clear(&conference);
	if (!result)
		result = attendance_cache_get(
		    job->registrar->attendance, tx, job->conference, &attendance);
	if (result)
		return result;
	result = MODEL_NOT_FOUND;
	for (size_t i = 0; result && i < attendance->n_conflicts; i++) {
		conflict_key(&attendance->conflicts[i], key);
		if (strcmp(key, job->key) == 0)
			result = 0;
	}
	attendance_free(attendance);
	return result;
}

static int resolve_body(struct store_tx *tx, void *context)
{
	const struct job *job = context;
	char detail[CONFLICT_KEY + 4 * CONFLICT_WORDS_MAX + 4];
	int result = store_exec(tx, REGISTRAR_Q_CONFLICT_RESOLVE,
	    STORE_ARGS(store_text(job->key), store_i64(job->conference), store_text(job->staff),
		store_text(job->words), store_i64(job->now)),
	    NULL);

	if (result)
		return result;
	snprintf(detail, sizeof detail, "%s: %s", job->key, job->words);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){.kind = JOURNAL_CONFLICT_RESOLVED,
		.event = job->slug,
		.staff = job->staff,
		.detail = detail});
}

static int carry_out(struct job *job, struct refusal *why)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(job->registrar->store, &tx);

	if (!result)
		result = find(tx, job);
	store_read_end(tx);
	if (result)
		return result;
	result = store_write(job->registrar->store, resolve_body, job);
	if (result == STORE_CONFLICT)
		return refuse(
		    why, "", "Somebody resolved this one before; what they found stands below.");
	if (!result)
		registrar_heard(job->registrar);
	return result;
}

int conflict_resolve(struct registrar *registrar, const char *slug, const char *key,
    const char *words, const char *staff, int64_t now, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .slug = slug, .key = key, .staff = staff, .now = now};
	int bad = text_clean(words, strlen(words), TEXT_ONE_LINE, CONFLICT_WORDS_MAX, &job.words);
	int result;

	if (bad == TEXT_NOMEM)
		return MODEL_SYSTEM;
	if (bad || !*job.words)
		result = refuse(why, "words",
		    "Say what you found out, in a line of %d characters at most.",
		    (int)CONFLICT_WORDS_MAX);
	else
		result = carry_out(&job, why);
	free(job.words);
	return result;
}

#include "registrar/attendance/attendance_cache.h"
#include "registrar/doors/conflict_resolve.h"
#include "registrar/doors/conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/web/conflicts.html.h"
#include "registrar/web/handlers.h"

/* What is older is history: the journals keep it. */
enum { DAYS = 30 };

struct lists {
	struct registrar *registrar;
	struct conference *conferences;
	size_t n_conferences;
	const struct attendance **attendances; /* one a conference */
	struct conflict_resolutions *resolved; /* one a conference */
	struct view_conflict *conflicts;
	size_t n_conflicts, conflict_room, n_open;
	struct view_equivocation *logs;
	size_t n_logs, log_room;
	struct view_gap *gaps;
	size_t n_gaps, gap_room;
};

static void lists_free(struct lists *l)
{
	for (size_t i = 0; l->attendances && i < l->n_conferences; i++)
		attendance_free(l->attendances[i]);
	for (size_t i = 0; i < l->n_logs; i++)
		free((void *)(uintptr_t)l->logs[i].device);
	for (size_t i = 0; l->resolved && i < l->n_conferences; i++)
		free(l->resolved[i].items);
	free(l->resolved);
	free(l->attendances);
	free(l->conflicts);
	free(l->logs);
	free(l->gaps);
	conference_list_free(l->conferences, l->n_conferences);
}

/* Open ones first. */
static int by_open(const void *left, const void *right)
{
	const struct view_conflict *a = left, *b = right;

	if (!a->resolution != !b->resolution)
		return a->resolution ? 1 : -1;
	return a->conflict->second.time_ms < b->conflict->second.time_ms ? 1 : -1;
}

static int take_conference(struct store_tx *tx, struct lists *l, size_t at)
{
	const struct attendance *attendance;
	int r = attendance_cache_get(
	    l->registrar->attendance, tx, l->conferences[at].id, &l->attendances[at]);

	if (r == 0)
		r = conflict_resolutions_read(tx, l->conferences[at].id, &l->resolved[at]);
	if (r != 0)
		return r;
	attendance = l->attendances[at];
	for (size_t i = 0; i < attendance->n_conflicts; i++) {
		struct view_conflict *items =
		    list_grow(l->conflicts, l->n_conflicts, &l->conflict_room, sizeof(*items));

		if (!items)
			return STORE_NO_MEMORY;
		l->conflicts = items;
		items[l->n_conflicts] =
		    (struct view_conflict){.conflict = &attendance->conflicts[i],
			.conference = &l->conferences[at],
			.resolution =
			    conflict_resolution_of(&l->resolved[at], &attendance->conflicts[i])};
		l->n_open += !items[l->n_conflicts].resolution;
		conflict_key(&attendance->conflicts[i], items[l->n_conflicts++].key);
	}
	return 0;
}

static int keep_log(void *context, const struct conflicts_log *log)
{
	struct lists *l = context;
	struct view_equivocation *items =
	    list_grow(l->logs, l->n_logs, &l->log_room, sizeof(*items));

	if (!items)
		return STORE_NO_MEMORY;
	l->logs = items;
	items[l->n_logs] = (struct view_equivocation){.device = list_text(log->device),
	    .epoch = log->epoch,
	    .times = log->times,
	    .kept = log->kept,
	    .seen = log->seen};
	return items[l->n_logs++].device ? 0 : STORE_NO_MEMORY;
}

static int keep_gap(void *context, const struct conflicts_gap *gap)
{
	struct lists *l = context;
	struct view_gap *items = list_grow(l->gaps, l->n_gaps, &l->gap_room, sizeof(*items));

	if (!items)
		return STORE_NO_MEMORY;
	l->gaps = items;
	items[l->n_gaps++] =
	    (struct view_gap){gap->at, conflicts_gap_words(gap->decision, gap->reason)};
	return 0;
}

static int read_lists(struct store_tx *tx, struct lists *l, int64_t since)
{
	int r = conference_list(tx, since, &l->conferences, &l->n_conferences);

	if (r != 0)
		return r;
	l->attendances = calloc(l->n_conferences + 1, sizeof(const struct attendance *));
	l->resolved = calloc(l->n_conferences + 1, sizeof(*l->resolved));
	if (!l->attendances || !l->resolved)
		return STORE_NO_MEMORY;
	/* The newest first. */
	for (size_t i = l->n_conferences; r == 0 && i > 0; i--)
		r = take_conference(tx, l, i - 1);
	if (r == 0)
		r = conflicts_each_log(tx, keep_log, l);
	if (r == 0)
		r = conflicts_each_gap(tx, since * 1000, keep_gap, l);
	return r;
}

int conflicts_get(struct request *req, struct reply *rep)
{
	struct lists lists = {.registrar = registrar_of(req)};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = read_lists(tx, &lists, registrar_now() - DAYS * 86400);
	store_read_end(tx);
	if (lists.n_conflicts > 1)
		qsort(lists.conflicts, lists.n_conflicts, sizeof(*lists.conflicts), by_open);
	if (result == 0) {
		struct view_conflicts view = {.conflicts = lists.conflicts,
		    .n_conflicts = lists.n_conflicts,
		    .n_open = lists.n_open,
		    .equivocations = lists.logs,
		    .n_equivocations = lists.n_logs,
		    .gaps = lists.gaps,
		    .n_gaps = lists.n_gaps};

		site_page(req, rep, &view.page, "Conflicts", "/staff/conflicts", SITE_FORMS);
		view.page.wide = true;
		conflicts_page(reply_body(rep), &view);
	}
	lists_free(&lists);
	return site_result(result);
}

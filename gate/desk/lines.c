/* The lists: conflicts, and the newest entries. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/desk/handlers.h"
#include "gate/desk/lists.html.h"
#include "gate/door/presence.h"
#include "schema/gate_db.h"

enum { CONFLICTS_SHOWN = 50, ENTRIES_SHOWN = 30, ENTRIES_READ = 300 };

/* ---- conflicts ---- */

struct conflict_line {
	struct person person;
	char first_gate[BUNDLE_NAME_MAX + 1], second_gate[BUNDLE_NAME_MAX + 1];
	char first_staff[ENTRY_STAFF_MAX + 1], second_staff[ENTRY_STAFF_MAX + 1];
};

struct conflict_list {
	struct gate *gate;
	struct store_tx *tx;
	struct conflict_line lines[CONFLICTS_SHOWN];
	struct view_conflict views[CONFLICTS_SHOWN];
	size_t n;
};

static int take_conflict(void *context, const struct presence_conflict *conflict)
{
	struct conflict_list *list = context;
	struct conflict_line *line = &list->lines[list->n];
	struct view_conflict *view = &list->views[list->n];

	people_find(list->gate, list->tx, conflict->conference, conflict->pass, &line->person);
	snprintf(line->first_gate, sizeof(line->first_gate), "%s", conflict->first.device);
	snprintf(line->second_gate, sizeof(line->second_gate), "%s", conflict->second.device);
	snprintf(line->first_staff, sizeof(line->first_staff), "%s", conflict->first.staff);
	snprintf(line->second_staff, sizeof(line->second_staff), "%s", conflict->second.staff);
	*view = (struct view_conflict){.name = line->person.name,
	    .outlet = line->person.outlet,
	    .first_gate = line->first_gate,
	    .first_staff = line->first_staff,
	    .second_gate = line->second_gate,
	    .second_staff = line->second_staff};
	people_code(conflict->pass, view->pass);
	time_say_ms(conflict->first.time_ms, view->first_time);
	time_say_ms(conflict->second.time_ms, view->second_time);
	time_say_ms(conflict->found_ms, view->found);
	list->n++;
	return list->n == CONFLICTS_SHOWN ? 1 : 0;
}

int conflicts_get(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	struct gate *gate = desk_of(req)->gate;
	struct conflict_list *list = calloc(1, sizeof(*list));
	struct view_conflicts view = {0};
	int r;

	if (list == NULL)
		return STORE_NO_MEMORY;
	list->gate = gate;
	r = gate_look(gate, &list->tx);
	if (r == 0) {
		r = presence_conflicts(list->tx, session->door.conference, take_conflict, list);
		gate_look_end(gate, list->tx);
	}
	if (r >= 0) {
		site_frame(req, rep, &view.frame, "Passes used at two doors", session);
		view.lines = list->views;
		view.n = list->n;
		conflicts_page(reply_body(rep), &view);
	}
	sodium_memzero(list, sizeof(*list));
	free(list);
	return r < 0 ? 503 : 0;
}

/* ---- the newest entries ---- */

struct entry_line {
	struct person person;
	char staff[ENTRY_STAFF_MAX + 1];
};

struct entry_list {
	struct gate *gate;
	struct store_tx *tx;
	const struct door *door;
	struct clock_reading now;
	struct entry_line lines[ENTRIES_SHOWN];
	struct view_entry views[ENTRIES_SHOWN];
	size_t n;
};

static const char *decision_words(const struct entry *entry)
{
	switch (entry->decision) {
	case ENTRY_ADMIT:
		return "Admitted";
	case ENTRY_DENY:
		return strcmp(entry->reason, "referred") == 0 ? "Asked" : "Denied";
	case ENTRY_OVERRIDE:
		return "Let in by a supervisor";
	case ENTRY_EXIT:
		return "Left";
	case ENTRY_VOID:
		return "Taken back";
	default:
		return NULL;
	}
}

static const char *reason_words(const struct entry *entry)
{
	enum reason reason;

	if (strcmp(entry->reason, "walk-up") == 0)
		return "Without a pass";
	if (strcmp(entry->reason, "referred") == 0 && entry->decision == ENTRY_OVERRIDE)
		return "Communications answered";
	if (reason_find(entry->reason, &reason) != 0 || reason == REASON_OK)
		return "";
	return words_reason(reason);
}

/* Seconds left in which it can be taken back: 0: none. */
static unsigned undo_left(struct entry_list *list, uint64_t epoch, const struct entry *entry)
{
	struct presence presence = {0};
	uint64_t passed = list->now.mono_ms - entry->mono_ms;

	if ((entry->decision != ENTRY_ADMIT && entry->decision != ENTRY_OVERRIDE) ||
	    !entry->has_pass || list->now.mono_ms < entry->mono_ms ||
	    passed >= door_undo_ms(list->gate) ||
	    memcmp(entry->boot, list->now.boot, sizeof(entry->boot)) != 0)
		return 0;
	if (presence_find(list->tx, list->door->conference, entry->pass, &presence) != STORE_ROW ||
	    !presence.inside || presence.epoch != epoch || presence.seq != entry->seq ||
	    strcmp(presence.device, list->gate->identity.device) != 0)
		return 0;
	return (unsigned)((door_undo_ms(list->gate) - passed) / 1000);
}

static void take_entry(struct entry_list *list, uint64_t epoch, const struct entry *entry)
{
	struct entry_line *line = &list->lines[list->n];
	struct view_entry *view = &list->views[list->n];

	if (decision_words(entry) == NULL || strcmp(entry->event, list->door->slug) != 0)
		return;
	if (entry->has_pass)
		people_find(
		    list->gate, list->tx, list->door->conference, entry->pass, &line->person);
	snprintf(line->staff, sizeof(line->staff), "%s", entry->staff);
	snprintf(view->entry, sizeof(view->entry), "%" PRIu64 "-%" PRIu64, epoch, entry->seq);
	time_say_exact(entry->time_ms, view->time);
	view->decision = decision_words(entry);
	view->reason = reason_words(entry);
	view->name = line->person.name;
	view->outlet = line->person.outlet;
	view->staff = line->staff;
	view->undo_seconds = undo_left(list, epoch, entry);
	view->may_undo = view->undo_seconds > 0;
	list->n++;
}

static int read_entries(struct entry_list *list)
{
	struct store_rows *rows = NULL;
	struct entry entry;
	const void *text;
	size_t len;
	int r = store_query(list->tx, GATE_Q_SHIFT_NEWEST_ENTRIES,
	    STORE_ARGS(store_i64(INT64_MAX), store_i64(INT64_MAX), store_i64(ENTRIES_READ)), &rows);

	while (r == 0 && list->n < ENTRIES_SHOWN && (r = store_next(rows)) == STORE_ROW) {
		text = store_get_blob(rows, 2, &len);
		r = entry_parse(text, len, &entry) == 0 ? 0 : STORE_CORRUPT;
		if (r == 0)
			take_entry(list, (uint64_t)store_get_i64(rows, 0), &entry);
	}
	store_done(rows);
	return r;
}

int last_get(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	struct gate *gate = desk_of(req)->gate;
	struct entry_list *list = calloc(1, sizeof(*list));
	struct view_last view = {0};
	int r;

	if (list == NULL)
		return STORE_NO_MEMORY;
	list->gate = gate;
	list->door = &session->door;
	r = gate_look_now(gate, &list->now, &list->tx);
	if (r == 0) {
		r = read_entries(list);
		gate_look_end(gate, list->tx);
	}
	if (r == 0) {
		site_frame(req, rep, &view.frame, "Last entries", session);
		view.lines = list->views;
		view.n = list->n;
		last_page(reply_body(rep), &view);
	}
	sodium_memzero(list, sizeof(*list));
	free(list);
	return r == 0 ? 0 : 503;
}

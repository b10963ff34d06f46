#include "registrar/attendance/attendance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance_index.h"
#include "registrar/attendance/attendance_line.h"
#include "registrar/attendance/attendance_pass.h"
#include "schema/registrar_db.h"

static int read_registrations(struct store_tx *tx, struct attendance_index *c)
{
	struct attendance *to = c->to;
	struct store_rows *rows = NULL;
	int r = store_query(
	    tx, REGISTRAR_Q_ATTENDANCE_REGISTRATIONS, STORE_ARGS(store_i64(to->conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		size_t at = attendance_index_person(c, store_get_i64(rows, 0), NULL);
		const char *state = store_get_text(rows, 7);
		struct attendance_person *person;
		struct attendance_stand *stand;

		r = STORE_NO_MEMORY;
		if (at == ATTENDANCE_NONE)
			break;
		person = &to->people[at];
		stand = &c->stands[at];
		person->name = attendance_index_keep(to, store_get_text(rows, 1));
		person->outlet = attendance_index_keep(to, store_get_text(rows, 3));
		person->pass_class = (uint8_t)store_get_i64(rows, 5);
		person->reference = attendance_index_keep(to, store_get_text(rows, 6));
		person->state = attendance_index_keep(to, state);
		if (person->name == NULL || person->outlet == NULL || person->reference == NULL ||
		    person->state == NULL)
			break;
		stand->outlet = attendance_index_outlet(
		    c, store_get_i64(rows, 2), person->outlet, store_get_i64(rows, 4) != 0);
		if (stand->outlet == ATTENDANCE_NONE)
			break;
		/* A cancelled registration comes first, so that a standing one has the last word.
		 */
		stand->expected = strcmp(state, "confirmed") == 0;
		to->waitlisted += strcmp(state, "waitlisted") == 0;
		to->cancelled += strcmp(state, "cancelled") == 0;
		r = 0;
	}
	store_done(rows);
	return r;
}

/* One entry as it is counted. */
struct seen {
	struct attendance_at at;
	const char *decision, *reason;
	const uint8_t *pass; /* NULL: none */
	int64_t revoked;     /* Unix seconds, 0: not */
};

static void admit(struct attendance_index *c, size_t who, const struct seen *seen, size_t gate)
{
	struct attendance_person *person = &c->to->people[who];
	struct attendance_stand *stand = &c->stands[who];
	struct attendance_conflict conflict = {
	    .name = person->name, .outlet = person->outlet, .second = seen->at};
	/* As at the gates: what a supervisor overrides is no conflict (gate/door/presence.h). */
	bool ordinary = strcmp(seen->decision, "admit") == 0;

	if (seen->pass != NULL)
		memcpy(conflict.pass, seen->pass, sizeof(conflict.pass));
	/* The same door twice in one epoch is its own anti-passback's work, or a supervisor's
	 * decision; in another epoch it may not have known. */
	if (ordinary && stand->let_in.time_ms != 0 &&
	    (strcmp(stand->let_in.device, seen->at.device) != 0 ||
		stand->let_in.epoch != seen->at.epoch)) {
		conflict.kind = ATTENDANCE_TWO_DOORS;
		conflict.first = stand->let_in;
		attendance_index_conflict(c, &conflict);
	}
	if (seen->revoked != 0 && seen->at.time_ms / 1000 > seen->revoked) {
		conflict.kind = ATTENDANCE_AFTER_REVOKED;
		conflict.first = (struct attendance_at){.time_ms = seen->revoked * 1000};
		attendance_index_conflict(c, &conflict);
	}
	if (ordinary)
		stand->let_in = seen->at;
	stand->gate = gate;
	person->entries++;
	person->inside = true;
	if (person->entries == 1)
		person->first = seen->at;
	person->last = seen->at;
	c->to->gates[gate].admissions++;
}

/* Let in by a supervisor without a pass: counted, and never known to have left. */
static void admit_unnamed(struct attendance_index *c, size_t gate)
{
	c->to->unnamed++;
	c->to->gates[gate].admissions++;
	c->to->gates[gate].inside++;
}

static void take_back_unnamed(struct attendance_index *c, size_t gate)
{
	struct attendance_gate *at = &c->to->gates[gate];

	if (c->to->unnamed == 0 || at->inside == 0)
		return;
	c->to->unnamed--;
	at->inside--;
	at->admissions--;
}

static void deny(struct attendance_index *c, size_t who, const struct seen *seen, size_t gate)
{
	/* A question to communications is no answer yet. */
	if (strcmp(seen->reason, "referred") == 0) {
		c->to->referred++;
		return;
	}
	c->to->denials++;
	c->to->gates[gate].denials++;
	attendance_index_reason(c, seen->reason);
	if (who != ATTENDANCE_NONE)
		c->to->people[who].denials++;
}

/* Of somebody at the door. A start, a list that came, a clock that stepped are the gate's own. */
static bool is_of_somebody(const char *decision)
{
	static const char *const words[] = {"admit", "override", "deny", "exit", "void"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(decision, words[i]) == 0)
			return true;
	return false;
}

static int count_entry(struct attendance_index *c, const struct attendance_lines *lines, size_t i,
    const struct attendance_pass *pass)
{
	const struct attendance_line *line = &lines->lines[i];
	const struct attendance_log *log = &lines->logs[line->log];
	size_t gate, who = pass == NULL ? ATTENDANCE_NONE : pass->who;
	struct seen seen = {
	    .at = {.epoch = log->epoch, .seq = line->seq, .time_ms = line->time_ms},
	    .decision = line->decision,
	    .reason = line->reason,
	    .pass = line->has_pass ? line->pass : NULL,
	    .revoked = pass == NULL ? 0 : pass->revoked,
	};

	if (!is_of_somebody(line->decision))
		return 0;
	gate = attendance_index_gate(c, log->device);
	if (gate == ATTENDANCE_NONE)
		return STORE_NO_MEMORY;
	memcpy(seen.at.device, log->device, sizeof(seen.at.device));
	if (strcmp(line->staff, "-") != 0)
		memcpy(seen.at.staff, line->staff, sizeof(seen.at.staff));
	c->to->gates[gate].newest_ms = seen.at.time_ms;
	if (strcmp(seen.decision, "deny") == 0) {
		deny(c, who, &seen, gate);
		return 0;
	}
	if (who == ATTENDANCE_NONE) {
		if (strcmp(seen.decision, "override") == 0)
			admit_unnamed(c, gate);
		else if (strcmp(seen.decision, "void") == 0)
			take_back_unnamed(c, gate);
		return 0;
	}
	/* As if it had not been: nothing is counted with it, and no door contradicts it. */
	if (line->undone)
		return 0;
	if (strcmp(seen.decision, "admit") == 0 || strcmp(seen.decision, "override") == 0) {
		admit(c, who, &seen, gate);
	} else if (strcmp(seen.decision, "exit") == 0) {
		c->to->people[who].inside = false;
		c->stands[who].let_in = (struct attendance_at){0};
		c->to->people[who].exits++;
		c->to->people[who].last = seen.at;
	}
	return 0;
}

static int read_entries(struct store_tx *tx, struct attendance_index *c, const char *slug)
{
	struct attendance_passes passes = {.n = 0};
	struct attendance_lines lines = {.n = 0};
	int r = attendance_passes_load(tx, c, &passes);

	if (r == 0)
		r = attendance_lines_read(tx, slug, &lines);
	for (size_t i = 0; r == 0 && i < lines.n; i++) {
		const struct attendance_pass *pass = NULL;

		if (lines.lines[i].has_pass)
			r = attendance_passes_find(tx, c, &passes, lines.lines[i].pass, &pass);
		if (r == 0)
			r = count_entry(c, &lines, i, pass);
	}
	attendance_lines_clear(&lines);
	attendance_passes_clear(&passes);
	return r == 0 && c->failed ? STORE_NO_MEMORY : r;
}

/* The numbers that are sums over people. */
static void sum_up(struct attendance_index *c)
{
	struct attendance *to = c->to;

	to->arrived = to->inside = to->walk_ins = to->unnamed;
	for (size_t i = 0; i < to->n_people; i++) {
		struct attendance_person *person = &to->people[i];
		const struct attendance_stand *stand = &c->stands[i];
		struct attendance_outlet *outlet =
		    stand->outlet == ATTENDANCE_NONE ? NULL : &to->outlets[stand->outlet];

		person->arrived = person->entries > 0;
		to->expected += stand->expected;
		to->arrived += person->arrived;
		to->inside += person->inside;
		to->no_show += stand->expected && !person->arrived;
		to->walk_ins += person->arrived && !stand->expected;
		to->denied += person->denials > 0 && !person->arrived;
		/* By an id that was drawn at the door: no pass of ours has it. */
		to->unnamed += person->person == 0 && person->arrived;
		if (person->inside)
			to->gates[stand->gate].inside++;
		if (outlet != NULL) {
			outlet->expected += stand->expected;
			outlet->arrived += person->arrived;
			outlet->inside += person->inside;
		}
	}
}

static int by_name(const void *a, const void *b)
{
	const struct attendance_person *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->person > y->person) - (x->person < y->person);
}

static int by_device(const void *a, const void *b)
{
	return strcmp(((const struct attendance_gate *)a)->device,
	    ((const struct attendance_gate *)b)->device);
}

static int by_outlet(const void *a, const void *b)
{
	return strcmp(((const struct attendance_outlet *)a)->name,
	    ((const struct attendance_outlet *)b)->name);
}

static int by_count(const void *a, const void *b)
{
	const struct attendance_reason *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
				    : strcmp(x->reason, y->reason);
}

static void sort(void *list, size_t n, size_t size, int (*order)(const void *, const void *))
{
	if (n > 1)
		qsort(list, n, size, order);
}

static int load(struct store_tx *tx, struct attendance_index *c)
{
	struct attendance *to = c->to;
	struct store_rows *rows = NULL;
	char slug[65];
	int r = store_one(
	    tx, REGISTRAR_Q_ATTENDANCE_CONFERENCE, STORE_ARGS(store_i64(to->conference)), &rows);

	if (r != STORE_ROW)
		return r;
	(void)snprintf(slug, sizeof(slug), "%s", store_get_text(rows, 0));
	to->over = store_get_i64(rows, 1);
	store_done(rows);
	r = read_registrations(tx, c);
	if (r == 0)
		r = read_entries(tx, c, slug);
	if (r != 0)
		return r;
	sum_up(c);
	sort(to->people, to->n_people, sizeof(*to->people), by_name);
	sort(to->gates, to->n_gates, sizeof(*to->gates), by_device);
	sort(to->outlets, to->n_outlets, sizeof(*to->outlets), by_outlet);
	sort(to->reasons, to->n_reasons, sizeof(*to->reasons), by_count);
	return 0;
}

int attendance_load(struct store_tx *tx, int64_t conference, struct attendance **ret_attendance)
{
	struct attendance_index counting = {.to = calloc(1, sizeof(*counting.to))};
	int r = STORE_NO_MEMORY;

	if (counting.to != NULL) {
		counting.to->conference = conference;
		r = load(tx, &counting);
	}
	attendance_index_clear(&counting);
	if (r == 0)
		*ret_attendance = counting.to;
	else
		attendance_free(counting.to);
	return r;
}

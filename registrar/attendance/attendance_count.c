/* Counts what a book holds. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance_book.h"
#include "registrar/attendance/attendance_index.h"

/* ---- who is expected ---- */

/* A cancelled registration comes first, so that a standing one has the last word; of those the
 * newest. */
static int by_standing(const void *a, const void *b)
{
	const struct attendance_registration *const *x = a, *const *y = b;
	bool gone = strcmp((*x)->state, "cancelled") == 0,
	     other = strcmp((*y)->state, "cancelled") == 0;

	if (gone != other)
		return gone ? -1 : 1;
	if ((*x)->created != (*y)->created)
		return (*x)->created < (*y)->created ? -1 : 1;
	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static int count_registration(struct attendance_index *c, const struct attendance_book *book,
    const struct attendance_registration *one)
{
	size_t at = attendance_index_person(c, one->person, NULL);
	struct attendance_person *person;

	if (at == ATTENDANCE_NONE)
		return STORE_NO_MEMORY;
	person = &c->to->people[at];
	person->name = one->name;
	person->key = one->key;
	person->outlet = book->outlets[one->outlet].name;
	person->pass_class = one->pass_class;
	person->reference = one->reference;
	person->state = one->state;
	person->expected = strcmp(one->state, "confirmed") == 0;
	c->stands[at].outlet = one->outlet;
	c->to->waitlisted += strcmp(one->state, "waitlisted") == 0;
	c->to->cancelled += strcmp(one->state, "cancelled") == 0;
	return 0;
}

static int count_registrations(struct attendance_index *c, const struct attendance_book *book)
{
	size_t n = book->n_registrations;
	const struct attendance_registration **order =
	    calloc(n + 1, sizeof(const struct attendance_registration *));
	int r = order == NULL ? STORE_NO_MEMORY : 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		order[i] = &book->registrations[i];
	if (r == 0 && n > 1)
		qsort(order, n, sizeof(const struct attendance_registration *), by_standing);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = count_registration(c, book, order[i]);
	free(order);
	return r;
}

/* Whose each pass is. Who shows a pass of another conference, or of nobody, is introduced by it. */
static int count_passes(struct attendance_index *c, const struct attendance_book *book)
{
	for (size_t i = 0; i < book->cap_passes; i++) {
		struct attendance_pass *pass = &book->passes[i];
		size_t at;

		if (!pass->used)
			continue;
		at = attendance_index_person(c, pass->person, pass->id);
		if (at == ATTENDANCE_NONE)
			return STORE_NO_MEMORY;
		pass->who = (uint32_t)at;
		pass->undoes = false;
		if (pass->active && pass->issued >= c->stands[at].issued) {
			c->stands[at].issued = pass->issued;
			c->to->people[at].code = pass->code;
		}
		if (!pass->foreign || pass->person == 0 || c->to->people[at].name[0] != '\0')
			continue;
		c->to->people[at].name = pass->name;
		c->to->people[at].key = pass->key;
		c->to->people[at].outlet = book->outlets[pass->outlet].name;
		c->to->people[at].pass_class = pass->pass_class;
		c->stands[at].outlet = pass->outlet;
	}
	return 0;
}

/* ---- what the doors recorded ---- */

static bool moves(const struct attendance_line *line)
{
	return line->has_pass &&
	       (line->decision == ENTRY_ADMIT || line->decision == ENTRY_OVERRIDE ||
		   line->decision == ENTRY_VOID);
}

static int by_pass(const void *a, const void *b)
{
	const struct attendance_line *const *x = a, *const *y = b;
	int order = memcmp((*x)->pass, (*y)->pass, sizeof((*x)->pass));

	if (order != 0)
		return order;
	if ((*x)->log != (*y)->log) /* in order of device and epoch */
		return (*x)->log < (*y)->log ? -1 : 1;
	return ((*x)->seq > (*y)->seq) - ((*x)->seq < (*y)->seq);
}

/* As at the gates (movement_void): an undo is of the device's newest admission of the pass before
 * it. Of passes without an undo there is nothing to look at. */
static int mark_undone(struct attendance *to, const struct attendance_book *book)
{
	struct attendance_line **order;
	size_t n = 0;
	bool any = false;

	for (size_t i = 0; i < to->n_lines && !any; i++)
		any = to->lines[i].decision == ENTRY_VOID && to->lines[i].has_pass;
	if (!any)
		return 0;
	for (size_t i = 0; i < to->n_lines; i++)
		if (to->lines[i].decision == ENTRY_VOID && to->lines[i].has_pass)
			attendance_book_pass(book, to->lines[i].pass)->undoes = true;
	order = calloc(to->n_lines, sizeof(struct attendance_line *));
	if (order == NULL)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < to->n_lines; i++)
		if (moves(&to->lines[i]) && attendance_book_pass(book, to->lines[i].pass)->undoes)
			order[n++] = &to->lines[i];
	qsort(order, n, sizeof(struct attendance_line *), by_pass);
	for (size_t i = 1; i < n; i++)
		if (order[i]->decision == ENTRY_VOID && order[i - 1]->decision != ENTRY_VOID &&
		    memcmp(order[i]->pass, order[i - 1]->pass, sizeof(order[i]->pass)) == 0 &&
		    strcmp(to->logs[order[i]->log].device, to->logs[order[i - 1]->log].device) == 0)
			order[i - 1]->undone = true;
	free(order);
	return 0;
}

/* One entry as it is counted. */
struct seen {
	struct attendance_at at;
	enum entry_decision decision;
	const char *reason;
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
	bool ordinary = seen->decision == ENTRY_ADMIT;

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

/* Let in by a supervisor without a pass: a row of their own, never known to have left. */
static int admit_unnamed(
    struct attendance_index *c, const struct seen *seen, size_t gate, size_t line)
{
	size_t who = attendance_index_unnamed(c);

	if (who == ATTENDANCE_NONE)
		return STORE_NO_MEMORY;
	c->stands[who].line = line;
	c->to->lines[line].who = (uint32_t)who;
	admit(c, who, seen, gate);
	return 0;
}

static bool is_unnamed(const struct attendance_person *person)
{
	static const uint8_t none[16];

	return person->person == 0 && memcmp(person->pass, none, sizeof(none)) == 0;
}

/* The newest of that door; the row is dropped when people are sorted. */
static void take_back_unnamed(struct attendance_index *c, size_t gate)
{
	for (size_t i = c->to->n_people; i-- > 0;) {
		struct attendance_person *person = &c->to->people[i];
		struct attendance_line *line = &c->to->lines[c->stands[i].line];

		if (!is_unnamed(person) || !person->inside || c->stands[i].gate != gate)
			continue;
		person->inside = false;
		person->entries = 0;
		line->who = ATTENDANCE_NOBODY;
		line->undone = true;
		line->counts = false;
		c->to->gates[gate].admissions--;
		return;
	}
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

static int count_line(
    struct attendance_index *c, struct attendance_line *line, const struct attendance_pass *pass)
{
	const struct attendance_log *log = &c->to->logs[line->log];
	const char *staff = c->to->words[line->staff];
	size_t gate = attendance_index_gate(c, log->device),
	       who = pass == NULL ? ATTENDANCE_NONE : pass->who;
	struct seen seen = {
	    .at = {.epoch = log->epoch, .seq = line->seq, .time_ms = line->time_ms},
	    .decision = line->decision,
	    .reason = c->to->words[line->reason],
	    .pass = pass == NULL ? NULL : line->pass,
	    .revoked = pass == NULL ? 0 : pass->revoked,
	};

	if (gate == ATTENDANCE_NONE)
		return STORE_NO_MEMORY;
	line->who = pass == NULL ? ATTENDANCE_NOBODY : pass->who;
	memcpy(seen.at.device, log->device, sizeof(seen.at.device));
	if (strcmp(staff, "-") != 0)
		(void)snprintf(seen.at.staff, sizeof(seen.at.staff), "%s", staff);
	c->to->gates[gate].newest_ms = seen.at.time_ms;
	if (seen.decision == ENTRY_DENY) {
		line->counts = strcmp(seen.reason, "referred") != 0;
		deny(c, who, &seen, gate);
		return 0;
	}
	if (who == ATTENDANCE_NONE) {
		line->counts = seen.decision == ENTRY_OVERRIDE;
		if (seen.decision == ENTRY_VOID)
			take_back_unnamed(c, gate);
		return seen.decision == ENTRY_OVERRIDE
			   ? admit_unnamed(c, &seen, gate, (size_t)(line - c->to->lines))
			   : 0;
	}
	/* As if it had not been: nothing is counted with it, and no door contradicts it. */
	if (line->undone)
		return 0;
	line->counts = seen.decision != ENTRY_VOID;
	if (seen.decision == ENTRY_ADMIT || seen.decision == ENTRY_OVERRIDE) {
		admit(c, who, &seen, gate);
	} else if (seen.decision == ENTRY_EXIT) {
		c->to->people[who].inside = false;
		c->stands[who].let_in = (struct attendance_at){0};
		c->to->people[who].exits++;
		c->to->people[who].last = seen.at;
	}
	return 0;
}

static int count_lines(struct attendance_index *c, const struct attendance_book *book)
{
	int r = attendance_index_copy(c->to, book);

	if (r == 0)
		r = mark_undone(c->to, book);
	for (size_t i = 0; r == 0 && i < c->to->n_lines; i++) {
		struct attendance_line *line = &c->to->lines[i];

		r = count_line(
		    c, line, line->has_pass ? attendance_book_pass(book, line->pass) : NULL);
	}
	return r == 0 && c->failed ? STORE_NO_MEMORY : r;
}

/* The numbers that are sums over people. */
static void sum_up(struct attendance_index *c)
{
	struct attendance *to = c->to;

	for (size_t i = 0; i < to->n_people; i++) {
		struct attendance_person *person = &to->people[i];
		const struct attendance_stand *stand = &c->stands[i];
		struct attendance_outlet *outlet =
		    stand->outlet == UINT32_MAX ? NULL : &to->outlets[stand->outlet];

		person->arrived = person->entries > 0;
		to->expected += person->expected;
		to->arrived += person->arrived;
		to->inside += person->inside;
		to->no_show += person->expected && !person->arrived;
		to->walk_ins += person->arrived && !person->expected;
		to->denied += person->denials > 0 && !person->arrived;
		/* Without a pass, or by an id that was drawn at the door: none of ours has it. */
		to->unnamed += person->person == 0 && person->arrived;
		if (person->inside)
			to->gates[stand->gate].inside++;
		if (outlet != NULL) {
			outlet->expected += person->expected;
			outlet->arrived += person->arrived;
			outlet->inside += person->inside;
		}
	}
}

/* An unnamed one who was taken back. */
static bool is_gone(const struct attendance_person *person)
{
	return is_unnamed(person) && person->entries == 0;
}

static int by_name(const void *a, const void *b)
{
	const struct attendance_person *x = a, *y = b;
	int order = is_gone(x) - is_gone(y);

	if (order == 0)
		order = strcmp(x->key, y->key);
	if (order == 0)
		order = strcmp(x->name, y->name);
	if (order == 0)
		order = (x->person > y->person) - (x->person < y->person);
	if (order == 0)
		order = memcmp(x->pass, y->pass, sizeof(x->pass));
	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
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

/* People are found by where they stand: once they are sorted the lines' numbers are others. */
static int sort_people(struct attendance *to)
{
	uint32_t *at = malloc((to->n_people + 1) * sizeof(*at));

	if (at == NULL)
		return STORE_NO_MEMORY;
	for (uint32_t i = 0; i < to->n_people; i++)
		to->people[i].at = i;
	sort(to->people, to->n_people, sizeof(*to->people), by_name);
	for (uint32_t i = 0; i < to->n_people; i++)
		at[to->people[i].at] = i;
	for (size_t i = 0; i < to->n_lines; i++)
		if (to->lines[i].who != ATTENDANCE_NOBODY)
			to->lines[i].who = at[to->lines[i].who];
	for (uint32_t i = 0; i < to->n_people; i++)
		to->people[i].at = i;
	while (to->n_people > 0 && is_gone(&to->people[to->n_people - 1]))
		to->n_people--;
	free(at);
	return 0;
}

static int count(struct attendance_index *c, const struct attendance_book *book)
{
	struct attendance *to = c->to;
	int r = count_registrations(c, book);

	if (r == 0)
		r = count_passes(c, book);
	if (r == 0)
		r = attendance_index_outlets(to, book);
	if (r == 0)
		r = count_lines(c, book);
	if (r != 0)
		return r;
	sum_up(c);
	sort(to->gates, to->n_gates, sizeof(*to->gates), by_device);
	sort(to->outlets, to->n_outlets, sizeof(*to->outlets), by_outlet);
	sort(to->reasons, to->n_reasons, sizeof(*to->reasons), by_count);
	return sort_people(to);
}

int attendance_count(struct attendance_book *book, struct attendance **ret_attendance)
{
	struct attendance_index counting = {.to = attendance_index_new(book)};
	int r = counting.to != NULL ? count(&counting, book) : STORE_NO_MEMORY;

	attendance_index_clear(&counting);
	if (r == 0)
		*ret_attendance = counting.to;
	else
		attendance_free(counting.to);
	return r;
}

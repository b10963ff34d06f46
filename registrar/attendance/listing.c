#include "registrar/attendance/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unicase.h>
#include <uninorm.h>

static const struct {
	const char *word, *title, *purpose;
	bool people;
	enum listing_state state; /* whom it holds */
} kinds[] = {
    [LISTING_ATTENDANCE] = {"attendance", "Attendance",
	"Everybody who is expected or was seen at a door.", true, LISTING_ALL},
    [LISTING_ENTRIES] = {"entries", "Entries",
	"Every admission, exit and admission taken back, as the doors recorded it.", false,
	LISTING_ALL},
    [LISTING_DENIALS] = {"denials", "Denials",
	"Every refusal with its reason, and the questions doors asked.", false, LISTING_ALL},
    [LISTING_NO_SHOWS] = {"no-shows", "Not here", "Who is expected and was not admitted.", true,
	LISTING_MISSING},
    [LISTING_MUSTER] = {"muster", "Muster list",
	"Who is inside now, by outlet. Print it and tick whom you have found.", true,
	LISTING_INSIDE},
    [LISTING_GUESTS] = {"guests", "Guest list",
	"For a door without a gate: print it, find the name, look at the identification, tick, "
	"have it signed.",
	true, LISTING_EXPECTED},
};

#define PEOPLE	(1u << LISTING_ATTENDANCE)
#define ENTRIES (1u << LISTING_ENTRIES)
#define DENIALS (1u << LISTING_DENIALS)

static const struct {
	const char *word, *label;
	unsigned lists;
} states[] = {
    [LISTING_ALL] = {"all", "All", ~0u},
    [LISTING_EXPECTED] = {"expected", "Expected", PEOPLE},
    [LISTING_ARRIVED] = {"arrived", "Arrived", PEOPLE},
    [LISTING_INSIDE] = {"inside", "Inside now", PEOPLE},
    [LISTING_MISSING] = {"missing", "Expected and not here", PEOPLE},
    [LISTING_WALK_INS] = {"walk-ins", "Walk-ins", PEOPLE},
    [LISTING_DENIED] = {"denied", "Refused and never admitted", PEOPLE},
    [LISTING_WAITLISTED] = {"waitlisted", "On the waiting list", PEOPLE},
    [LISTING_CANCELLED] = {"cancelled", "Cancelled", PEOPLE},
    [LISTING_ADMITTED] = {"admitted", "Admissions that count", ENTRIES},
    [LISTING_OVERRIDES] = {"overrides", "Overrides by supervisors", ENTRIES},
    [LISTING_UNNAMED] = {"unnamed", "Let in without a pass", ENTRIES},
    [LISTING_EXITS] = {"exits", "Exits", ENTRIES},
    [LISTING_UNDONE] = {"undone", "Taken back", ENTRIES},
    [LISTING_REFUSED] = {"refused", "Refusals", DENIALS},
    [LISTING_ASKED] = {"asked", "Questions to Communications", DENIALS},
};

const char *listing_word(enum listing_kind kind)
{
	return kinds[kind].word;
}

const char *listing_title(enum listing_kind kind)
{
	return kinds[kind].title;
}

const char *listing_purpose(enum listing_kind kind)
{
	return kinds[kind].purpose;
}

bool listing_find(const char *word, enum listing_kind *ret_kind)
{
	for (size_t i = 0; i < LISTING_KINDS; i++) {
		if (strcmp(kinds[i].word, word) == 0) {
			*ret_kind = (enum listing_kind)i;
			return true;
		}
	}
	return false;
}

bool listing_is_of_people(enum listing_kind kind)
{
	return kinds[kind].people;
}

const char *listing_state_word(enum listing_state state)
{
	return states[state].word;
}

const char *listing_state_label(enum listing_state state)
{
	return states[state].label;
}

bool listing_has_state(enum listing_kind kind, enum listing_state state)
{
	return (states[state].lists & 1u << kind) != 0;
}

/* ---- search ---- */

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 126)
			return false;
	return true;
}

/* Without case, and without accents (U+0300 to U+036F). NULL: no memory, or no text. */
static char *fold(const char *text)
{
	size_t len = 0, to = 0;
	uint8_t *folded =
	    u8_casefold((const uint8_t *)text, strlen(text), NULL, UNINORM_NFKD, NULL, &len);
	char *plain = folded == NULL ? NULL : malloc(len + 1);

	for (size_t i = 0; plain != NULL && i < len; i++) {
		if (i + 1 < len &&
		    (folded[i] == 0xcc || (folded[i] == 0xcd && folded[i + 1] < 0xb0)))
			i++;
		else
			plain[to++] = (char)folded[i];
	}
	if (plain != NULL)
		plain[to] = '\0';
	free(folded);
	return plain;
}

/* Both ASCII; needle in small letters. */
static bool holds_plain(const char *text, const char *needle)
{
	size_t len = strlen(needle);

	for (; *text != '\0'; text++)
		if (strncasecmp(text, needle, len) == 0)
			return true;
	return false;
}

/* needle is folded already. */
static bool holds(const char *text, const char *needle)
{
	char *folded;
	bool found;

	if (is_ascii(text))
		return holds_plain(text, needle);
	folded = fold(text);
	found = folded != NULL && strstr(folded, needle) != NULL;
	free(folded);
	return found;
}

/* ---- which ---- */

static bool given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

bool listing_person_is(const struct attendance_person *p, enum listing_state state)
{
	switch (state) {
	case LISTING_EXPECTED:
		return p->expected;
	case LISTING_ARRIVED:
		return p->arrived;
	case LISTING_INSIDE:
		return p->inside;
	case LISTING_MISSING:
		return p->expected && !p->arrived;
	case LISTING_WALK_INS:
		return p->arrived && !p->expected;
	case LISTING_DENIED:
		return p->denials > 0 && !p->arrived;
	case LISTING_WAITLISTED:
		return strcmp(p->state, "waitlisted") == 0;
	case LISTING_CANCELLED:
		return strcmp(p->state, "cancelled") == 0;
	default:
		return true;
	}
}

static bool person_fits(const struct attendance_person *p, enum listing_kind kind,
    const struct listing_filter *f, const char *needle)
{
	return listing_person_is(p, kinds[kind].state) && listing_person_is(p, f->state) &&
	       (!given(f->outlet) || strcmp(p->outlet, f->outlet) == 0) &&
	       (!given(f->door) || strcmp(p->last.device, f->door) == 0) &&
	       (f->pass_class < 0 || p->pass_class == f->pass_class) &&
	       (f->person == 0 || p->person == f->person) &&
	       (needle == NULL || holds(p->name, needle) || holds(p->outlet, needle) ||
		   holds(p->reference, needle));
}

static bool line_is(
    const struct attendance *a, const struct attendance_line *line, enum listing_state state)
{
	bool asks = strcmp(a->words[line->reason], "referred") == 0;

	switch (state) {
	case LISTING_ADMITTED:
		return line->counts &&
		       (line->decision == ENTRY_ADMIT || line->decision == ENTRY_OVERRIDE);
	case LISTING_OVERRIDES:
		return line->decision == ENTRY_OVERRIDE;
	case LISTING_UNNAMED:
		return line->counts && line->decision != ENTRY_EXIT &&
		       line->who != ATTENDANCE_NOBODY && a->people[line->who].person == 0;
	case LISTING_EXITS:
		return line->decision == ENTRY_EXIT;
	case LISTING_UNDONE:
		return line->undone || line->decision == ENTRY_VOID;
	case LISTING_REFUSED:
		return line->decision == ENTRY_DENY && !asks;
	case LISTING_ASKED:
		return line->decision == ENTRY_DENY && asks;
	default:
		return true;
	}
}

static bool line_fits(const struct attendance *a, const struct attendance_line *line,
    enum listing_kind kind, const struct listing_filter *f, const char *needle)
{
	const struct attendance_person *p =
	    line->who == ATTENDANCE_NOBODY ? NULL : &a->people[line->who];

	return (line->decision == ENTRY_DENY) == (kind == LISTING_DENIALS) &&
	       line_is(a, line, f->state) &&
	       (!given(f->reason) || strcmp(a->words[line->reason], f->reason) == 0) &&
	       (!given(f->door) || strcmp(a->logs[line->log].device, f->door) == 0) &&
	       (!given(f->outlet) || (p != NULL && strcmp(p->outlet, f->outlet) == 0)) &&
	       (f->pass_class < 0 || (p != NULL && p->pass_class == f->pass_class)) &&
	       (f->person == 0 || (p != NULL && p->person == f->person)) &&
	       (needle == NULL || holds(a->words[line->staff], needle) ||
		   (p != NULL && (holds(p->name, needle) || holds(p->outlet, needle))));
}

/* ---- in which order ---- */

struct place {
	const char *outlet, *name; /* keys, or "" */
	int64_t time;
	uint32_t row;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->outlet, y->outlet);

	if (order == 0)
		order = strcmp(x->name, y->name);
	if (order == 0 && x->time != y->time)
		order = x->time < y->time ? -1 : 1;
	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static struct place place_of(const struct listing *l, uint32_t row, enum listing_sort sort)
{
	const struct attendance *a = l->attendance;
	const struct attendance_person *p = NULL;
	struct place place = {.outlet = "", .name = "", .row = row};

	if (kinds[l->kind].people) {
		p = &a->people[row];
		place.time = p->first.time_ms;
	} else {
		const struct attendance_line *line = &a->lines[row];

		place.time = line->time_ms;
		if (line->who != ATTENDANCE_NOBODY)
			p = &a->people[line->who];
	}
	if (p != NULL && sort == LISTING_BY_OUTLET)
		place.outlet = p->outlet;
	if (p != NULL && (sort == LISTING_BY_OUTLET || sort == LISTING_BY_NAME))
		place.name = p->key;
	if (sort == LISTING_BY_NEWEST)
		place.time = -place.time;
	return place;
}

/* People stand by name already, and entries by time. */
static bool stands(enum listing_kind kind, enum listing_sort sort)
{
	if (sort == LISTING_BY_DEFAULT)
		return kind != LISTING_MUSTER;
	return sort == (kinds[kind].people ? LISTING_BY_NAME : LISTING_BY_TIME);
}

static int put_in_order(struct listing *l, enum listing_sort sort)
{
	struct place *places;

	if (stands(l->kind, sort) || l->n < 2)
		return 0;
	if (sort == LISTING_BY_DEFAULT)
		sort = LISTING_BY_OUTLET;
	places = malloc(l->n * sizeof(*places));
	if (places == NULL)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < l->n; i++)
		places[i] = place_of(l, l->rows[i], sort);
	qsort(places, l->n, sizeof(*places), by_place);
	for (size_t i = 0; i < l->n; i++)
		l->rows[i] = places[i].row;
	free(places);
	return 0;
}

int listing_select(const struct attendance *attendance, enum listing_kind kind,
    const struct listing_filter *filter, int64_t now, struct listing *ret_listing)
{
	static const struct listing_filter none = {.pass_class = -1};
	const struct listing_filter *f = filter == NULL ? &none : filter;
	struct listing l = {.kind = kind, .attendance = attendance, .now = now};
	size_t all = kinds[kind].people ? attendance->n_people : attendance->n_lines;
	char *needle = given(f->text) ? fold(f->text) : NULL;
	int r = given(f->text) && needle == NULL ? STORE_NO_MEMORY : 0;

	l.rows = malloc((all + 1) * sizeof(*l.rows));
	if (l.rows == NULL)
		r = STORE_NO_MEMORY;
	for (uint32_t i = 0; r == 0 && i < all; i++)
		if (kinds[kind].people
			? person_fits(&attendance->people[i], kind, f, needle)
			: line_fits(attendance, &attendance->lines[i], kind, f, needle))
			l.rows[l.n++] = i;
	if (r == 0)
		r = put_in_order(&l, f->sort);
	free(needle);
	if (r == 0)
		*ret_listing = l;
	else
		free(l.rows);
	return r;
}

void listing_clear(struct listing *listing)
{
	free(listing->rows);
	*listing = (struct listing){0};
}

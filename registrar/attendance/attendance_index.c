#include "registrar/attendance/attendance_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"

/* The key of who it is about: the person, or the pass when nobody knows whose it is. */
static void key_of(int64_t person, const uint8_t *pass, uint8_t ret[static 16])
{
	memset(ret, 0, 16);
	if (person != 0)
		memcpy(ret, &person, sizeof(person));
	else if (pass != NULL)
		memcpy(ret, pass, 16);
}

static struct attendance_seat *seat_find(
    struct attendance_seat *seats, size_t n, const uint8_t key[static 16])
{
	/* FNV-1a: passes are random and people are numbered, nobody chooses either. */
	uint64_t hash = UINT64_C(14695981039346656037);
	size_t at;

	for (size_t i = 0; i < 16; i++)
		hash = (hash ^ key[i]) * UINT64_C(1099511628211);
	for (at = hash & (n - 1); seats[at].person != ATTENDANCE_NONE; at = (at + 1) & (n - 1))
		if (memcmp(seats[at].key, key, 16) == 0)
			break;
	return &seats[at];
}

static bool seats_grow(struct attendance_index *c)
{
	size_t n = c->n_seats == 0 ? 256 : c->n_seats * 2;
	struct attendance_seat *seats = malloc(n * sizeof(*seats));

	if (seats == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		seats[i].person = ATTENDANCE_NONE;
	for (size_t i = 0; i < c->n_seats; i++)
		if (c->seats[i].person != ATTENDANCE_NONE)
			*seat_find(seats, n, c->seats[i].key) = c->seats[i];
	free(c->seats);
	c->seats = seats;
	c->n_seats = n;
	return true;
}

static bool people_grow(struct attendance_index *c)
{
	struct attendance *to = c->to;
	size_t old = c->cap_people;
	void *people = list_grow(to->people, to->n_people, &c->cap_people, sizeof(*to->people));
	void *stands;

	if (people == NULL)
		return false;
	to->people = people;
	if (c->cap_people == old)
		return true;
	stands = realloc(c->stands, c->cap_people * sizeof(*c->stands));
	if (stands == NULL)
		return false;
	c->stands = stands;
	return true;
}

static size_t add_person(struct attendance_index *c, int64_t person)
{
	struct attendance *to = c->to;

	if (!people_grow(c))
		return ATTENDANCE_NONE;
	to->people[to->n_people] = (struct attendance_person){.person = person,
	    .name = "",
	    .outlet = "",
	    .reference = "",
	    .state = "unregistered",
	    .code = "",
	    .key = ""};
	c->stands[to->n_people] =
	    (struct attendance_stand){.outlet = UINT32_MAX, .gate = ATTENDANCE_NONE};
	return to->n_people++;
}

/* The person's index, made when new. ATTENDANCE_NONE: no memory. */
size_t attendance_index_person(struct attendance_index *c, int64_t person, const uint8_t *pass)
{
	struct attendance *to = c->to;
	uint8_t key[16];
	struct attendance_seat *seat;
	size_t at;

	key_of(person, pass, key);
	if ((to->n_people + 1) * 2 > c->n_seats && !seats_grow(c))
		return ATTENDANCE_NONE;
	seat = seat_find(c->seats, c->n_seats, key);
	if (seat->person != ATTENDANCE_NONE)
		return seat->person;
	at = add_person(c, person);
	if (at == ATTENDANCE_NONE)
		return at;
	memcpy(seat->key, key, sizeof(key));
	seat->person = at;
	if (person == 0 && pass != NULL)
		memcpy(c->to->people[at].pass, pass, 16);
	return at;
}

size_t attendance_index_unnamed(struct attendance_index *c)
{
	return add_person(c, 0);
}

size_t attendance_index_gate(struct attendance_index *c, const char *device)
{
	struct attendance *to = c->to;
	struct attendance_gate *gate;

	for (size_t i = 0; i < to->n_gates; i++)
		if (strcmp(to->gates[i].device, device) == 0)
			return i;
	gate = list_grow(to->gates, to->n_gates, &c->cap_gates, sizeof(*to->gates));
	if (gate == NULL)
		return ATTENDANCE_NONE;
	to->gates = gate;
	gate += to->n_gates;
	*gate = (struct attendance_gate){0};
	(void)snprintf(gate->device, sizeof(gate->device), "%s", device);
	return to->n_gates++;
}

void attendance_index_reason(struct attendance_index *c, const char *reason)
{
	struct attendance *to = c->to;
	struct attendance_reason *at;

	for (size_t i = 0; i < to->n_reasons; i++) {
		if (strcmp(to->reasons[i].reason, reason) == 0) {
			to->reasons[i].count++;
			return;
		}
	}
	at = list_grow(to->reasons, to->n_reasons, &c->cap_reasons, sizeof(*to->reasons));
	if (at == NULL) {
		c->failed = true;
		return;
	}
	to->reasons = at;
	at += to->n_reasons++;
	*at = (struct attendance_reason){.count = 1};
	(void)snprintf(at->reason, sizeof(at->reason), "%s", reason);
}

void attendance_index_conflict(
    struct attendance_index *c, const struct attendance_conflict *conflict)
{
	struct attendance *to = c->to;
	struct attendance_conflict *at =
	    list_grow(to->conflicts, to->n_conflicts, &c->cap_conflicts, sizeof(*to->conflicts));

	if (at == NULL) {
		c->failed = true;
		return;
	}
	to->conflicts = at;
	at[to->n_conflicts++] = *conflict;
}

void attendance_index_clear(struct attendance_index *index)
{
	free(index->seats);
	free(index->stands);
}

struct attendance *attendance_index_new(const struct attendance_book *book)
{
	struct attendance *to = calloc(1, sizeof(*to));

	if (to == NULL)
		return NULL;
	atomic_init(&to->held, 1);
	to->conference = book->conference;
	to->over = book->over;
	memcpy(to->slug, book->slug, sizeof(book->slug));
	to->texts = attendance_texts_hold(book->texts);
	return to;
}

int attendance_index_copy(struct attendance *to, const struct attendance_book *book)
{
	to->lines = malloc((book->n_lines + 1) * sizeof(*to->lines));
	to->logs = malloc((book->n_logs + 1) * sizeof(*to->logs));
	to->words = malloc((book->n_words + 1) * sizeof(*to->words));
	if (to->lines == NULL || to->logs == NULL || to->words == NULL)
		return STORE_NO_MEMORY;
	to->n_lines = book->n_lines;
	to->n_logs = book->n_logs;
	to->n_words = book->n_words;
	if (to->n_lines > 0)
		memcpy(to->lines, book->lines, to->n_lines * sizeof(*to->lines));
	if (to->n_logs > 0)
		memcpy(to->logs, book->logs, to->n_logs * sizeof(*to->logs));
	if (to->n_words > 0)
		memcpy(to->words, book->words, to->n_words * sizeof(*to->words));
	return 0;
}

int attendance_index_outlets(struct attendance *to, const struct attendance_book *book)
{
	struct attendance_outlet *outlets = calloc(book->n_outlets + 1, sizeof(*outlets));

	if (outlets == NULL)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < book->n_outlets; i++)
		outlets[i] = (struct attendance_outlet){
		    .name = book->outlets[i].name, .local = book->outlets[i].local};
	to->outlets = outlets;
	to->n_outlets = book->n_outlets;
	return 0;
}

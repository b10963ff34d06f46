/* What a gate sums and what the registrar counts, of the same histories. */
#include "tests/device/house.h"

#include <time.h>
#include <unistd.h>

#include "gate/gate.h"
#include "gate/door/presence.h"
#include "registrar/attendance/attendance.h"
#include "schema/gate_db.h"

#define START INT64_C(1789236180000)

enum { HISTORIES = 2000, STEPS_MAX = 8, DOORS = 3, ENTRIES_MAX = HISTORIES * STEPS_MAX };

static const char *const doors[DOORS] = {"east", "mid", "west"};

/* One entry of each door, in the order in which it was written. */
struct drawn {
	struct entry entry;
	size_t history;
};

struct both {
	struct house *house;
	struct house_gate gates[DOORS];
	struct drawn *drawn[DOORS];
	size_t n[DOORS];
	struct gate gate; /* its store alone */
	struct attendance *got;
	size_t *people[DOORS];	  /* by the number of their last movement: index + 1 */
	size_t *conflicts[DOORS]; /* by the number of the second */
	size_t n_conflicts;
	int64_t conference;
};

static uint32_t random_state;

static uint32_t below(uint32_t n)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % n;
}

static void pass_of(size_t history, uint8_t ret_pass[static 16])
{
	memset(ret_pass, 0xa5, 16);
	memcpy(ret_pass, &history, sizeof(history));
}

/* Times are close and rise only mostly: ties and clocks that went back are among them. */
static void draw(struct both *both)
{
	static const enum entry_decision decisions[] = {ENTRY_ADMIT, ENTRY_ADMIT, ENTRY_ADMIT,
	    ENTRY_OVERRIDE, ENTRY_EXIT, ENTRY_EXIT, ENTRY_VOID, ENTRY_VOID};

	for (size_t h = 0; h < HISTORIES; h++) {
		uint32_t steps = 1 + below(STEPS_MAX);

		for (uint32_t s = 0; s < steps; s++) {
			size_t door = below(DOORS);
			struct drawn *drawn = &both->drawn[door][both->n[door]++];

			*drawn = (struct drawn){.history = h};
			drawn->entry = (struct entry){.decision = decisions[below(8)],
			    .time_ms = START + (int64_t)(s * 2 + below(5)),
			    .has_pass = true};
			(void)snprintf(drawn->entry.event, sizeof(drawn->entry.event), "drawn");
			(void)snprintf(drawn->entry.reason, sizeof(drawn->entry.reason), "%s",
			    drawn->entry.decision == ENTRY_VOID ? "undo" : "ok");
			pass_of(h, drawn->entry.pass);
			house_gate_add(&both->gates[door], &drawn->entry);
		}
	}
}

static void gate_takes(struct both *both, struct store_tx *tx, size_t door, size_t at)
{
	const struct entry *entry = &both->drawn[door][at].entry;
	struct presence_move move = {.conference = (uint32_t)both->conference,
	    .kind = entry->decision == ENTRY_ADMIT  ? PRESENCE_IN
		    : entry->decision == ENTRY_EXIT ? PRESENCE_OUT
						    : PRESENCE_OVERRIDE,
	    .time_ms = entry->time_ms,
	    .device = doors[door],
	    .epoch = (uint64_t)both->gates[door].epoch,
	    .seq = at,
	    .staff = ""};
	int r;

	memcpy(move.pass, entry->pass, sizeof(move.pass));
	if (entry->decision != ENTRY_VOID) {
		assert_int_equal(presence_move(&both->gate, tx, &move), 0);
		return;
	}
	r = presence_void_of(&both->gate, tx, &move);
	assert_true(r == 0 || r == STORE_NOT_FOUND);
}

/* The doors' journals arrive in pieces between each other. */
static int gate_follows(struct store_tx *tx, void *context)
{
	struct both *both = context;
	size_t sent[DOORS] = {0}, left = 0;

	for (size_t door = 0; door < DOORS; door++)
		left += both->n[door];
	while (left > 0) {
		size_t door = below(DOORS);

		for (uint32_t n = 1 + below(200); n > 0 && sent[door] < both->n[door]; n--, left--)
			gate_takes(both, tx, door, sent[door]++);
	}
	return 0;
}

static size_t door_of(const char *device)
{
	for (size_t door = 0; door < DOORS; door++)
		if (strcmp(doors[door], device) == 0)
			return door;
	fail_msg("no such door: %s", device);
	return 0;
}

/* Returns how many people have moved at all. */
static size_t index_counted(struct both *both)
{
	const struct attendance *got = both->got;
	size_t moved = 0;

	for (size_t i = 0; i < got->n_people; i++) {
		const struct attendance_at *last = &got->people[i].last;

		if (last->time_ms == 0)
			continue;
		both->people[door_of(last->device)][last->seq] = i + 1;
		moved++;
	}
	for (size_t i = 0; i < got->n_conflicts; i++) {
		const struct attendance_at *second = &got->conflicts[i].second;

		assert_int_equal(got->conflicts[i].kind, ATTENDANCE_TWO_DOORS);
		both->conflicts[door_of(second->device)][second->seq] = i + 1;
	}
	return moved;
}

static int same_conflict(void *context, const struct presence_conflict *want)
{
	struct both *both = context;
	size_t at = both->conflicts[door_of(want->second.device)][want->second.seq];
	const struct attendance_conflict *found;

	assert_true(at > 0);
	found = &both->got->conflicts[at - 1];
	assert_memory_equal(found->pass, want->pass, sizeof(found->pass));
	assert_string_equal(found->first.device, want->first.device);
	assert_int_equal(found->first.seq, want->first.seq);
	both->n_conflicts++;
	return 0;
}

static void compare(struct both *both)
{
	uint32_t conference = (uint32_t)both->conference;
	size_t moved = index_counted(both), known = 0;
	struct store_tx *tx = NULL;
	struct presence want;
	int64_t inside = 0;
	uint8_t pass[16];

	assert_int_equal(store_read_begin(both->gate.store, &tx), 0);
	for (size_t h = 0; h < HISTORIES; h++) {
		const struct attendance_person *person;
		size_t at;
		int r;

		pass_of(h, pass);
		r = presence_find(tx, conference, pass, &want);
		assert_true(r == STORE_ROW || r == STORE_NOT_FOUND);
		if (r == STORE_NOT_FOUND)
			continue;
		known++;
		at = both->people[door_of(want.device)][want.seq];
		assert_true(at > 0);
		person = &both->got->people[at - 1];
		assert_int_equal(person->inside, want.inside);
		assert_int_equal(person->entries, want.entries);
		assert_int_equal(person->last.time_ms, want.time_ms);
	}
	assert_int_equal(moved, known);
	assert_int_equal(presence_conflicts(tx, conference, same_conflict, both), 0);
	assert_int_equal(both->n_conflicts, both->got->n_conflicts);
	assert_int_equal(presence_inside(&both->gate, tx, conference, &inside), 0);
	assert_int_equal(both->got->inside, inside);
	store_read_end(tx);
	print_message("# %zu passes that moved, %zu conflicts, %d inside\n", moved,
	    both->n_conflicts, (int)inside);
	/* There was something to compare. */
	assert_true(known > HISTORIES / 2 && known < HISTORIES && both->n_conflicts > 100);
}

static struct attendance *load(struct house *house, int64_t conference)
{
	struct attendance *attendance = NULL;
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(attendance_load(tx, conference, &attendance), 0);
	store_read_end(tx);
	return attendance;
}

static int noon(void *context, struct clock_raw *ret_raw)
{
	(void)context;
	*ret_raw = (struct clock_raw){.time_ms = START, .mono_ms = 1};
	return 0;
}

static void begin_both(struct both *both, struct house *house, char path[static 128])
{
	const struct store_options options = {.create = true, .exclusive = true};
	char why[256] = "";

	*both = (struct both){.house = house, .gate.clock.source = noon};
	house->now = START / 1000;
	both->conference = house_conference(house, "drawn", 0);
	(void)snprintf(path, 128, "%s/drawn.db", house->dir);
	assert_int_equal(
	    store_open(path, &gate_store_spec, &options, &both->gate.store, why, sizeof(why)), 0);
	for (size_t door = 0; door < DOORS; door++) {
		house_gate_begin(house, &both->gates[door], doors[door]);
		both->drawn[door] = calloc(ENTRIES_MAX, sizeof(*both->drawn[door]));
		both->people[door] = calloc(ENTRIES_MAX, sizeof(*both->people[door]));
		both->conflicts[door] = calloc(ENTRIES_MAX, sizeof(*both->conflicts[door]));
		assert_true(both->drawn[door] != NULL && both->people[door] != NULL &&
			    both->conflicts[door] != NULL);
	}
}

static void the_registrar_counts_what_a_gate_sums(void **state)
{
	struct both both;
	char path[128];
	clock_t began;

	random_state = 20261122;
	begin_both(&both, *state, path);
	draw(&both);
	for (size_t door = 0; door < DOORS; door++)
		house_gate_sync(both.house, &both.gates[door]);
	assert_int_equal(store_write(both.gate.store, gate_follows, &both), 0);
	began = clock();
	both.got = load(both.house, both.conference);
	print_message("# counted %zu entries in %.1f ms\n", both.n[0] + both.n[1] + both.n[2],
	    (double)(clock() - began) * 1000 / CLOCKS_PER_SEC);
	compare(&both);
	attendance_free(both.got);
	store_close(both.gate.store);
	unlink(path);
	for (size_t door = 0; door < DOORS; door++) {
		house_gate_end(&both.gates[door]);
		free(both.drawn[door]);
		free(both.people[door]);
		free(both.conflicts[door]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_registrar_counts_what_a_gate_sums),
	};

	return cmocka_run_group_tests(tests, house_begin, house_end);
}

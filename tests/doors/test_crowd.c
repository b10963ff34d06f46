/*
 * Fifty gates that wait for each other's entries at one registrar: each entry reaches all, and the
 * store is looked at once for each upload, not once for each gate.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "registrar/doors/doors.h"
#include "tests/device/house.h"

enum { GATES = 50, UPLOADS = 40 };

struct crowd {
	struct house *house;
	struct doors *doors;
	struct house_gate sender;
	atomic_bool stopping;
	_Atomic(double) sent_at; /* of the newest upload */
	atomic_uint heard;	 /* gates that have all of it */
	double worst[UPLOADS];
	pthread_mutex_t mutex;
};

struct asker {
	struct crowd *crowd;
	int64_t gate;
	uint64_t size;
	pthread_t thread;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void take(struct asker *asker)
{
	struct crowd *crowd = asker->crowd;
	struct doors_held held = {.epoch = crowd->sender.epoch, .size = asker->size};
	struct buf out;
	uint64_t rings = doors_count(crowd->doors);
	size_t logs = 0;

	(void)snprintf(held.device, sizeof(held.device), "%s", crowd->sender.gate.name);
	buf_init(&out, BUF_LIMIT_PAGE);
	assert_int_equal(doors_answer(crowd->doors, asker->gate, &held, 1, true, &out, &logs), 0);
	if (logs > 0) {
		/* One entry an upload: as many as there are texts. */
		for (const char *at = buf_text(&out);
		     (at = strstr(at, "pressgate-entry/v1")) != NULL; at++)
			asker->size++;
		atomic_fetch_add(&crowd->heard, 1);
	} else {
		(void)doors_wait(crowd->doors, rings, 100);
	}
	buf_free(&out);
}

static void *ask(void *context)
{
	struct asker *asker = context;

	while (!atomic_load(&asker->crowd->stopping))
		take(asker);
	return NULL;
}

static void fifty_gates_cost_one_look_an_upload(void **state)
{
	struct house *house = *state;
	struct crowd crowd = {.house = house};
	struct house_gate *others = calloc(GATES, sizeof(*others));
	struct asker *askers = calloc(GATES, sizeof(*askers));
	uint64_t heads, pieces, heads_before, pieces_before;
	double worst = 0, cpu, start;
	char name[16];

	assert_non_null(others);
	assert_non_null(askers);
	assert_int_equal(doors_open(house->registrar, &crowd.doors), 0);
	house_gate_begin(house, &crowd.sender, "sender");
	for (size_t i = 0; i < GATES; i++) {
		(void)snprintf(name, sizeof(name), "crowd-%02zu", i);
		house_gate_begin(house, &others[i], name);
		askers[i] = (struct asker){.crowd = &crowd, .gate = others[i].gate.id};
		assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
	}
	nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
	doors_reads(crowd.doors, &heads_before, &pieces_before);
	cpu = cpu_s();
	for (unsigned i = 0; i < UPLOADS; i++) {
		struct entry entry = {.decision = ENTRY_ADMIT, .reason = "ok", .event = "press"};

		atomic_store(&crowd.heard, 0);
		house_gate_add(&crowd.sender, &entry);
		house_gate_sync(house, &crowd.sender);
		start = now_s();
		doors_ring(crowd.doors);
		while (atomic_load(&crowd.heard) < GATES && now_s() - start < 5)
			nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
		assert_int_equal(atomic_load(&crowd.heard), GATES);
		if (now_s() - start > worst)
			worst = now_s() - start;
	}
	cpu = cpu_s() - cpu;
	doors_reads(crowd.doors, &heads, &pieces);
	atomic_store(&crowd.stopping, true);
	for (size_t i = 0; i < GATES; i++)
		pthread_join(askers[i].thread, NULL);
	print_message(
	    "# %d gates: %.2f looks at heads and %.2f pieces an upload, %.1f ms of CPU, the "
	    "last gate has it after %.1f ms at most\n",
	    GATES, (double)(heads - heads_before) / UPLOADS,
	    (double)(pieces - pieces_before) / UPLOADS, cpu * 1000 / UPLOADS, worst * 1000);
	/* Without what is shared it would be fifty of each. */
	assert_true(heads - heads_before <= UPLOADS * 2);
	assert_true(pieces - pieces_before <= UPLOADS * 2);
	assert_true(worst < 1.0);
	for (size_t i = 0; i < GATES; i++)
		house_gate_end(&others[i]);
	house_gate_end(&crowd.sender);
	doors_close(crowd.doors);
	free(askers);
	free(others);
}

static void who_holds_nothing_begins_where_the_last_hours_begin(void **state)
{
	struct house *house = *state;
	struct doors *doors = NULL;
	struct house_gate sender, asker;
	struct entry entry = {.decision = ENTRY_ADMIT, .reason = "ok", .event = "press"};
	struct buf out;
	size_t logs = 0;

	assert_int_equal(doors_open(house->registrar, &doors), 0);
	house_gate_begin(house, &sender, "old-door");
	house_gate_begin(house, &asker, "new-door");
	for (int i = 0; i < 20; i++) {
		entry.time_ms = (house->now - DOORS_SINCE_S - 7200 + i) * 1000;
		house_gate_add(&sender, &entry);
	}
	for (int i = 0; i < 3; i++) {
		entry.time_ms = (house->now - 60 + i) * 1000;
		house_gate_add(&sender, &entry);
	}
	house_gate_sync(house, &sender);
	buf_init(&out, BUF_LIMIT_PAGE);
	assert_int_equal(doors_answer(doors, asker.gate.id, NULL, 0, true, &out, &logs), 0);
	assert_int_equal(logs, 1);
	assert_non_null(strstr(buf_text(&out), "\"old\":20,\"tree\":\"0000000000000014"));
	buf_reset(&out);
	/* A gate is told nothing of itself, and nobody else is told anything. */
	assert_int_equal(doors_answer(doors, sender.gate.id, NULL, 0, true, &out, &logs), 0);
	assert_int_equal(logs, 0);
	assert_int_equal(doors_answer(doors, 4711, NULL, 0, true, &out, &logs), GATES_REVOKED);
	buf_free(&out);
	house_gate_end(&sender);
	house_gate_end(&asker);
	doors_close(doors);
}

/* Its clock goes to 1970 at the end of the evening; what it let in before is as new as it was. */
static void a_clock_set_back_hides_nothing(void **state)
{
	struct house *house = *state;
	struct doors *doors = NULL;
	struct house_gate sender, asker;
	struct entry entry = {.decision = ENTRY_ADMIT, .reason = "ok", .event = "press"};
	struct buf out;
	size_t logs = 0;

	assert_int_equal(doors_open(house->registrar, &doors), 0);
	house_gate_begin(house, &sender, "old-door");
	house_gate_begin(house, &asker, "new-door");
	for (int i = 0; i < 3; i++) {
		entry.time_ms = (house->now - 60 + i) * 1000;
		house_gate_add(&sender, &entry);
	}
	entry.time_ms = 7200000;
	house_gate_add(&sender, &entry);
	house_gate_sync(house, &sender);
	buf_init(&out, BUF_LIMIT_PAGE);
	assert_int_equal(doors_answer(doors, asker.gate.id, NULL, 0, true, &out, &logs), 0);
	assert_int_equal(logs, 1);
	assert_non_null(strstr(buf_text(&out), "\"old\":0,"));
	buf_free(&out);
	house_gate_end(&sender);
	house_gate_end(&asker);
	doors_close(doors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		fifty_gates_cost_one_look_an_upload, house_begin, house_end),
	    cmocka_unit_test_setup_teardown(
		who_holds_nothing_begins_where_the_last_hours_begin, house_begin, house_end),
	    cmocka_unit_test_setup_teardown(a_clock_set_back_hides_nothing, house_begin, house_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

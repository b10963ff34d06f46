/* Which other gates an admission names as not heard: those that may be letting people in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gate/peer/peer.h"
#include "tests/gate/world.h"

#define NOW INT64_C(1796000000)
/* The conference's doors opened an hour ago (world.h): who was heard since two hours before counts.
 */
#define SINCE (NOW - 3600 - 7200)

struct house {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate_options options;
	struct gate *gate;
};

static void begin(struct house *house)
{
	static const char *const names[] = {"east-door", "south-door", "spare-door"};
	struct world_gate others[3] = {0};
	struct key_secret *key = NULL;
	uint8_t seed[KEY_SEED_SIZE];

	memset(house, 0, sizeof(*house));
	house->clock = (struct world_clock){NOW * 1000, UINT64_C(900000000), 0, true};
	house->options = (struct gate_options){
	    .clock_source = world_time, .clock_context = &house->clock, .built_s = 1};
	world_dir(house->dir);
	house->gate = world_make(house->dir, 4, NOW, &house->options);
	for (size_t i = 0; i < 3; i++) {
		others[i].name = names[i];
		memset(seed, (int)i + 1, sizeof(seed));
		assert_int_equal(key_from_seed(KEY_USE_DEVICE, seed, &key), 0);
		memcpy(others[i].public, key->public, sizeof(others[i].public));
		others[i].pin[0] = (uint8_t)(i + 1);
		key_free(key);
	}
	world_put_gates(house->gate, NOW, others, 3);
}

static void end(struct house *house)
{
	gate_close(house->gate);
	world_remove(house->dir);
}

static void pass_by(struct house *house, int64_t seconds)
{
	house->clock.time_ms += seconds * 1000;
	house->clock.mono_ms += (uint64_t)seconds * 1000;
}

/* The names, with commas. */
static const char *unheard(struct house *house)
{
	static char names[PEER_NAMES_MAX];
	struct clock_reading now;
	struct store_tx *tx = NULL;
	unsigned count = 99;

	assert_int_equal(gate_look(house->gate, &tx), 0);
	assert_int_equal(clock_read(&house->gate->clock, &now), 0);
	assert_int_equal(peer_unheard(house->gate, tx, &now, SINCE, &count, names), 0);
	gate_look_end(house->gate, tx);
	assert_int_equal(count > 0, names[0] != '\0');
	return names;
}

static void one_that_was_never_heard_is_not_missed(void **state)
{
	struct house house;

	(void)state;
	begin(&house);
	/* Alone from the beginning, and while the registrar is there. */
	assert_string_equal(unheard(&house), "");
	peer_registrar_heard(house.gate);
	assert_string_equal(unheard(&house), "");
	pass_by(&house, 60);
	peer_registrar_lost(house.gate);
	assert_string_equal(unheard(&house), "");
	peer_heard(house.gate, "east-door", 0, true);
	assert_string_equal(unheard(&house), "");
	end(&house);
}

static void one_that_was_heard_today_and_is_silent_is_missed(void **state)
{
	struct house house;

	(void)state;
	begin(&house);
	peer_registrar_heard(house.gate);
	peer_heard(house.gate, "south-door", 0, false);
	peer_heard(house.gate, "east-door", 0, false);
	assert_string_equal(unheard(&house), "");
	pass_by(&house, PEER_HEARD_SECONDS + 1);
	peer_registrar_heard(house.gate);
	peer_heard(house.gate, "east-door", 0, false);
	assert_string_equal(unheard(&house), "south-door");
	/* Neither the registrar nor a gate is heard: both, and still not the spare one. */
	pass_by(&house, PEER_HEARD_SECONDS + 1);
	peer_registrar_lost(house.gate);
	assert_string_equal(unheard(&house), "east-door, south-door");
	peer_heard(house.gate, "south-door", 0, true);
	assert_string_equal(unheard(&house), "east-door");
	end(&house);
}

static void one_of_another_day_is_missed_only_where_nothing_is_known_of_today(void **state)
{
	struct house house;

	(void)state;
	begin(&house);
	peer_heard(house.gate, "spare-door", 86400, false);
	assert_string_equal(unheard(&house), "spare-door");
	peer_registrar_heard(house.gate);
	assert_string_equal(unheard(&house), "");
	/* The registrar told of today before it was lost. */
	pass_by(&house, 600);
	peer_registrar_lost(house.gate);
	assert_string_equal(unheard(&house), "");
	peer_heard(house.gate, "east-door", 0, true);
	pass_by(&house, 600);
	assert_string_equal(unheard(&house), "east-door");
	end(&house);
}

static void who_was_heard_is_known_after_a_new_start(void **state)
{
	struct house house;
	char why[GATE_WHY_MAX];

	(void)state;
	begin(&house);
	peer_heard(house.gate, "south-door", 0, true);
	assert_int_equal(peer_save(house.gate), 0);
	gate_close(house.gate);
	pass_by(&house, 60);
	assert_int_equal(gate_open(house.dir, &house.options, &house.gate, why, sizeof(why)), 0);
	assert_string_equal(unheard(&house), "south-door");
	end(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_that_was_never_heard_is_not_missed),
	    cmocka_unit_test(one_that_was_heard_today_and_is_silent_is_missed),
	    cmocka_unit_test(one_of_another_day_is_missed_only_where_nothing_is_known_of_today),
	    cmocka_unit_test(who_was_heard_is_known_after_a_new_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

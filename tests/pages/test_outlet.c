/* Names of outlets: what is one name, what only looks like one, and whose it is. */
#include "tests/pages/temp.h"

#include "registrar/press/outlet_match.h"

static void the_key_of_a_name(void **state)
{
	static const struct {
		const char *name, *key;
	} rows[] = {
	    {"The Lantern", "lantern"},
	    {"  LANTERN,  Inc. ", "lantern"},
	    {"L’Écho", "echo"},
	    {"Rádio Auroré Ltée", "radio aurore"},
	    {"C.B.C.", "cbc"},
	    {"The", "the"},
	    {"Inc.", "inc"},
	    {"湖山日報", "湖山日報"},
	    {"!?", "!?"},
	    {"हिन्दी", "हिन्दी"},
	    {"ﬁlm", "film"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *key = NULL;

		assert_int_equal(outlet_key(rows[i].name, &key), 0);
		assert_string_equal(key, rows[i].key);
		free(key);
	}
}

static int64_t lantern, echo;

static int seed(struct store_tx *tx, void *context)
{
	int result = outlet_put(tx, "Evening Lantern", true, TEMP_NOW, &lantern);

	(void)context;
	if (result == 0)
		result = outlet_put(tx, "L’Écho", false, TEMP_NOW, &echo);
	return result < 0 ? result : outlet_alias(tx, lantern, "Lantern Wire", "desk1", TEMP_NOW);
}

static int take_alias(struct store_tx *tx, void *context)
{
	return outlet_alias(tx, echo, context, "desk1", TEMP_NOW);
}

static void a_name_is_one_outlets(void **state)
{
	assert_int_equal(WRITE(state, seed, NULL), 0);
	assert_int_equal(WRITE(state, take_alias, "THE LANTERN WIRE"), OUTLET_E_TAKEN);
	assert_int_equal(WRITE(state, take_alias, "evening lantern ltd"), OUTLET_E_TAKEN);
	assert_int_equal(WRITE(state, take_alias, "echo"), 0);
	assert_int_equal(WRITE(state, take_alias, "Écho du soir"), 0);
	assert_int_equal(WRITE(state, take_alias, "echo du soir"), 0);
}

static void look_alikes_have_their_reason(void **state)
{
	static const struct {
		const char *name;
		int reason; /* -1: none */
	} rows[] = {
	    {"evening lantern", OUTLET_SAME},
	    {"lantern WIRE, inc.", OUTLET_SAME},
	    {"Еvening Lаntern", OUTLET_LOOKS}, /* Cyrillic */
	    {"Evenign Lantern", OUTLET_ALMOST},
	    {"Evenin Lanternn", OUTLET_ALMOST},
	    {"EL", OUTLET_INITIALS},
	    {"Lantern", OUTLET_WORDS},
	    {"vening", OUTLET_PART},
	    {"Morning Star", -1},
	};

	assert_int_equal(WRITE(state, seed, NULL), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct outlet_match *matches = NULL;
		struct store_tx *tx = temp_read(state);
		size_t n = 0;

		assert_int_equal(outlet_matches(tx, rows[i].name, "", &matches, &n), 0);
		store_read_end(tx);
		assert_int_equal(n, rows[i].reason < 0 ? 0 : 1);
		if (n > 0) {
			assert_int_equal(matches[0].outlet.id, lantern);
			assert_int_equal(matches[0].reason, rows[i].reason);
		}
		free(matches);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_key_of_a_name),
	    cmocka_unit_test_setup_teardown(a_name_is_one_outlets, temp_begin, temp_end),
	    cmocka_unit_test_setup_teardown(look_alikes_have_their_reason, temp_begin, temp_end),
	};

	return cmocka_run_group_tests_name("outlet", tests, NULL, NULL);
}

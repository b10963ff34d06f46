/* Who gets a place: by example, and over thousands of random cases against a slow second writing of
 * the rules. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "registrar/press/allocation_decide.h"

enum { MOST = 40, ROUNDS = 6000 };

/* ---- chance that comes back ---- */

static uint64_t seed;

static int64_t below(int64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)n);
}

struct facts {
	struct allocation_rules rules;
	struct allocation_case cases[MOST];
	size_t n;
};

static int64_t some_limit(int64_t most)
{
	return below(3) ? ALLOCATION_NO_LIMIT : below(most);
}

static void draw(struct facts *ret)
{
	struct allocation_rules *rules = &ret->rules;

	allocation_rules_default(rules);
	rules->capacity = below(4) ? 1 + below(20) : 0;
	rules->per_outlet = below(3) ? 1 + below(4) : 0;
	rules->emerging = below(2);
	if (!below(4))
		rules->classes &= ~(1u << below(4));
	for (unsigned i = 0; i < 4; i++) {
		rules->class_places[i] = some_limit(5);
		rules->class_per_outlet[i] = some_limit(3);
	}
	rules->n_pools = (size_t)below(3);
	for (size_t p = 0; p < rules->n_pools; p++)
		rules->pools[p] = (struct allocation_pool){.id = (int64_t)p + 7,
		    .places = 1 + below(3),
		    .classes = (uint32_t)(1 + below(15))};
	ret->n = (size_t)below(MOST + 1);
	for (size_t i = 0; i < ret->n; i++) {
		struct allocation_case *c = &ret->cases[i];
		*c = (struct allocation_case){.id = 1000 + (int64_t)i,
		    .outlet = 1 + below(6),
		    .asked = 50 + below(12),
		    .pass_class = (uint8_t)below(4),
		    .stands = below(10) != 0,
		    .has = below(6) == 0};
		c->local = c->outlet % 2;
		if (c->has && rules->n_pools && !below(2))
			c->pool = 7 + below((int64_t)rules->n_pools);
	}
}

/* ---- the reference: no index, nothing remembered, every count made anew ---- */

struct seat {
	bool taken;
	int64_t pool;
};

static int64_t count(const struct facts *facts, const struct seat *seats, int64_t pool,
    int64_t outlet, int class_number)
{
	int64_t n = 0;

	for (size_t i = 0; i < facts->n; i++)
		n += seats[i].taken && (pool < 0 || seats[i].pool == pool) &&
		     (outlet < 0 || facts->cases[i].outlet == outlet) &&
		     (class_number < 0 || facts->cases[i].pass_class == class_number);
	return n;
}

/* Whether a comes before b. */
static bool before(const struct facts *facts, size_t a, size_t b)
{
	const struct allocation_case *x = &facts->cases[a], *y = &facts->cases[b];

	if (facts->rules.emerging && x->local != y->local)
		return x->local;
	return x->asked != y->asked ? x->asked < y->asked : x->id < y->id;
}

static bool admitted(const struct facts *facts, size_t i)
{
	const struct allocation_case *c = &facts->cases[i];

	return c->stands && (facts->rules.classes >> c->pass_class & 1);
}

static bool fits_pool(const struct facts *facts, const struct seat *seats, size_t i, size_t p)
{
	const struct allocation_rules *rules = &facts->rules;
	const struct allocation_pool *pool = &rules->pools[p];
	const struct allocation_case *c = &facts->cases[i];

	return !seats[i].taken && admitted(facts, i) && (pool->classes >> c->pass_class & 1) &&
	       count(facts, seats, pool->id, -1, -1) < pool->places &&
	       count(facts, seats, pool->id, c->outlet, -1) == 0 &&
	       (!rules->capacity || count(facts, seats, -1, -1, -1) < rules->capacity);
}

static int64_t kept_for_pools(const struct facts *facts, const struct seat *seats)
{
	int64_t kept = 0;

	for (size_t p = 0; p < facts->rules.n_pools; p++) {
		const struct allocation_pool *pool = &facts->rules.pools[p];
		int64_t left = pool->places - count(facts, seats, pool->id, -1, -1);
		kept += left > 0 ? left : 0;
	}
	return kept;
}

static bool fits_room(const struct facts *facts, const struct seat *seats, size_t i)
{
	const struct allocation_rules *rules = &facts->rules;
	const struct allocation_case *c = &facts->cases[i];
	int64_t role = rules->class_per_outlet[c->pass_class];
	int64_t places = rules->class_places[c->pass_class];

	return !seats[i].taken && admitted(facts, i) &&
	       (!rules->per_outlet || count(facts, seats, 0, c->outlet, -1) < rules->per_outlet) &&
	       (role < 0 || count(facts, seats, 0, c->outlet, c->pass_class) < role) &&
	       (places < 0 || count(facts, seats, 0, -1, c->pass_class) < places) &&
	       (!rules->capacity || count(facts, seats, -1, -1, -1) + kept_for_pools(facts, seats) <
					rules->capacity);
}

/* The first by rank of whom `fits` holds; facts->n: nobody. */
static size_t first_of(const struct facts *facts, const struct seat *seats, int pool)
{
	size_t best = facts->n;

	for (size_t i = 0; i < facts->n; i++)
		if ((pool < 0 ? fits_room(facts, seats, i)
			      : fits_pool(facts, seats, i, (size_t)pool)) &&
		    (best == facts->n || before(facts, i, best)))
			best = i;
	return best;
}

static void reference(const struct facts *facts, struct seat *seats)
{
	size_t i;

	for (i = 0; i < facts->n; i++)
		seats[i] = (struct seat){facts->cases[i].has, facts->cases[i].pool};
	for (size_t p = 0; p < facts->rules.n_pools; p++)
		while ((i = first_of(facts, seats, (int)p)) < facts->n)
			seats[i] = (struct seat){true, facts->rules.pools[p].id};
	while ((i = first_of(facts, seats, -1)) < facts->n)
		seats[i] = (struct seat){true, 0};
}

static bool has_place(const struct facts *facts, const struct allocation_result *results, size_t i)
{
	return facts->cases[i].has || allocation_gives(&results[i]);
}

static void decide(const struct facts *facts, struct allocation_result *results)
{
	assert_int_equal(allocation_decide(&facts->rules, facts->cases, facts->n, results), 0);
}

static void the_same_as_the_slow_reference(void **state)
{
	struct allocation_result results[MOST];
	struct seat seats[MOST];
	struct facts facts;
	int64_t gives = 0, waits = 0;

	(void)state;
	seed = 20260912;
	for (int round = 0; round < ROUNDS; round++) {
		draw(&facts);
		decide(&facts, results);
		reference(&facts, seats);
		for (size_t i = 0; i < facts.n; i++) {
			assert_int_equal(has_place(&facts, results, i), seats[i].taken);
			if (seats[i].taken)
				assert_int_equal(results[i].pool, seats[i].pool);
			gives += allocation_gives(&results[i]);
			waits += results[i].line > 0;
		}
	}
	/* The draws ask something. */
	assert_true(gives > ROUNDS && waits > ROUNDS);
}

static void the_order_of_input_does_not_matter(void **state)
{
	struct allocation_result results[MOST], again[MOST];
	uint8_t digest[ALLOCATION_DIGEST], other[ALLOCATION_DIGEST];
	struct facts facts, mixed;
	size_t from[MOST];

	(void)state;
	seed = 7;
	for (int round = 0; round < ROUNDS / 3; round++) {
		draw(&facts);
		mixed = facts;
		for (size_t i = 0; i < facts.n; i++)
			from[i] = i;
		for (size_t i = facts.n; i > 1; i--) {
			size_t j = (size_t)below((int64_t)i), kept = from[i - 1];
			from[i - 1] = from[j];
			from[j] = kept;
		}
		for (size_t i = 0; i < facts.n; i++)
			mixed.cases[i] = facts.cases[from[i]];
		decide(&facts, results);
		decide(&mixed, again);
		for (size_t i = 0; i < facts.n; i++)
			assert_memory_equal(&again[i], &results[from[i]], sizeof *results);
		assert_int_equal(allocation_digest(&facts.rules, facts.cases, facts.n, digest), 0);
		assert_int_equal(allocation_digest(&mixed.rules, mixed.cases, mixed.n, other), 0);
		assert_memory_equal(digest, other, sizeof digest);
	}
}

/* Whoever was refused could not have had any place that somebody of lower rank got: put into that
 * one's stead, a limit is broken. */
static bool could_have_had(
    const struct facts *facts, const struct allocation_result *results, size_t refused, size_t got)
{
	struct seat seats[MOST];
	int64_t pool = results[got].pool;
	size_t p = 0;

	for (size_t i = 0; i < facts->n; i++)
		seats[i] = (struct seat){has_place(facts, results, i), results[i].pool};
	seats[got] = (struct seat){false, 0};
	if (!pool)
		return fits_room(facts, seats, refused);
	while (facts->rules.pools[p].id != pool)
		p++;
	return fits_pool(facts, seats, refused, p);
}

static void nobody_gets_what_one_of_higher_rank_was_refused(void **state)
{
	struct allocation_result results[MOST];
	struct facts facts;
	int64_t looked = 0, turned = 0;

	(void)state;
	seed = 99;
	for (int round = 0; round < ROUNDS / 6; round++) {
		draw(&facts);
		decide(&facts, results);
		for (size_t i = 0; i < facts.n; i++)
			for (size_t j = 0; j < facts.n; j++) {
				if (!results[i].line || !allocation_gives(&results[j]))
					continue;
				looked++;
				if (before(&facts, i, j))
					assert_false(could_have_had(&facts, results, i, j));
				else
					turned += could_have_had(&facts, results, i, j);
			}
	}
	/* The control: those of lower rank could have had many of the places, and did not get them.
	 */
	assert_true(looked > 1000 && turned > 1000);
}

static void a_digest_tells_every_fact_from_another(void **state)
{
	uint8_t digest[ALLOCATION_DIGEST], other[ALLOCATION_DIGEST];
	struct facts facts = {.n = 1}, changed;

	(void)state;
	allocation_rules_default(&facts.rules);
	facts.cases[0] = (struct allocation_case){.id = 1, .outlet = 2, .asked = 3, .stands = true};
	assert_int_equal(allocation_digest(&facts.rules, facts.cases, 1, digest), 0);
	for (int i = 0; i < 13; i++) {
		changed = facts;
		struct allocation_case *c = &changed.cases[0];
		struct allocation_rules *r = &changed.rules;
		c->id += i == 0, c->outlet += i == 1, c->asked += i == 2;
		c->pass_class = (uint8_t)(i == 3), c->local = i == 4, c->stands = i != 5;
		c->has = i == 6, c->pool = i == 7, r->capacity = i == 8, r->per_outlet = i == 9;
		r->emerging = i == 10, r->class_places[3] += i == 11;
		r->class_per_outlet[23] += i == 12;
		assert_int_equal(allocation_digest(r, changed.cases, 1, other), 0);
		assert_memory_not_equal(digest, other, sizeof digest);
	}
}

/* ---- by example ---- */

static struct allocation_case asks(int64_t id, int64_t outlet, uint8_t class_number)
{
	return (struct allocation_case){
	    .id = id, .outlet = outlet, .pass_class = class_number, .asked = id, .stands = true};
}

static void expect(const struct allocation_result *result, enum allocation_outcome outcome,
    int64_t number, int64_t limit, int64_t line, int64_t near)
{
	assert_int_equal(result->outcome, outcome);
	assert_int_equal(result->number, number);
	assert_int_equal(result->limit, limit);
	assert_int_equal(result->line, line);
	assert_int_equal(result->near, near);
}

static void a_third_camera_of_an_outlet_is_told_so(void **state)
{
	struct facts facts = {.n = 4};
	struct allocation_result results[4];

	(void)state;
	allocation_rules_default(&facts.rules);
	facts.rules.capacity = 40;
	facts.rules.class_per_outlet[CLASS_CAMERA] = 2;
	for (int i = 0; i < 4; i++)
		facts.cases[i] = asks(i + 1, 5, CLASS_CAMERA);
	decide(&facts, results);
	expect(&results[0], ALLOCATION_PLACE, 1, 40, 0, 0);
	expect(&results[1], ALLOCATION_PLACE, 2, 40, 0, 0);
	expect(&results[2], ALLOCATION_FULL_ROLE, 3, 2, 1, 1);
	expect(&results[3], ALLOCATION_FULL_ROLE, 4, 2, 2, 2);
}

static void a_pool_place_counts_for_no_outlet_and_is_kept_for_the_pool(void **state)
{
	struct facts facts = {.n = 5};
	struct allocation_result results[5];

	(void)state;
	allocation_rules_default(&facts.rules);
	facts.rules.capacity = 4;
	facts.rules.per_outlet = 1;
	facts.rules.n_pools = 1;
	facts.rules.pools[0] = (struct allocation_pool){9, 2, 1u << CLASS_CAMERA};
	facts.cases[0] = asks(1, 5, CLASS_REPORTER);
	facts.cases[1] = asks(2, 6, CLASS_REPORTER);
	facts.cases[2] = asks(3, 7, CLASS_REPORTER);
	facts.cases[3] = asks(4, 5, CLASS_CAMERA);
	facts.cases[4] = asks(5, 5, CLASS_CAMERA);
	decide(&facts, results);
	expect(&results[3], ALLOCATION_POOL, 1, 2, 0, 0);
	assert_int_equal(results[3].pool, 9);
	expect(&results[0], ALLOCATION_PLACE, 2, 4, 0, 0);
	expect(&results[1], ALLOCATION_PLACE, 3, 4, 0, 0);
	/* One place of the pool is still kept for a camera of another outlet. */
	expect(&results[2], ALLOCATION_FULL_ROOM, 4, 3, 1, 1);
	expect(&results[4], ALLOCATION_FULL_OUTLET, 2, 1, 2, 1);
}

static void local_outlets_come_first_at_an_emerging_conference_alone(void **state)
{
	struct facts facts = {.n = 2};
	struct allocation_result results[2];

	(void)state;
	allocation_rules_default(&facts.rules);
	facts.rules.capacity = 1;
	facts.cases[0] = asks(1, 5, CLASS_REPORTER);
	facts.cases[1] = asks(2, 6, CLASS_REPORTER);
	facts.cases[1].local = true;
	decide(&facts, results);
	assert_int_equal(results[0].outcome, ALLOCATION_PLACE);
	facts.rules.emerging = true;
	decide(&facts, results);
	assert_int_equal(results[1].outcome, ALLOCATION_PLACE);
	expect(&results[0], ALLOCATION_FULL_ROOM, 2, 1, 1, 1);
}

static void what_somebody_has_is_never_taken_away(void **state)
{
	struct facts facts = {.n = 3};
	struct allocation_result results[3];

	(void)state;
	allocation_rules_default(&facts.rules);
	facts.rules.capacity = 1;
	facts.rules.per_outlet = 1;
	for (int i = 0; i < 3; i++)
		facts.cases[i] = asks(i + 1, 5, CLASS_REPORTER);
	facts.cases[1].has = facts.cases[2].has = true;
	facts.cases[2].stands = false;
	decide(&facts, results);
	expect(&results[1], ALLOCATION_KEPT, 0, 0, 0, 0);
	expect(&results[2], ALLOCATION_KEPT, 0, 0, 0, 0);
	expect(&results[0], ALLOCATION_FULL_OUTLET, 3, 1, 1, 1);
}

static void a_crowd_is_decided_at_once(void **state)
{
	enum { CROWD = 25000 };
	struct allocation_case *cases = calloc(CROWD, sizeof *cases);
	struct allocation_result *results = calloc(CROWD, sizeof *results);
	struct allocation_rules rules;
	int64_t gives = 0, line = 0;

	(void)state;
	allocation_rules_default(&rules);
	rules.capacity = 9000;
	rules.per_outlet = 30;
	assert_non_null(cases);
	assert_non_null(results);
	seed = 3;
	for (int i = 0; i < CROWD; i++)
		cases[i] = (struct allocation_case){.id = i + 1,
		    .outlet = below(400),
		    .asked = below(5000),
		    .pass_class = (uint8_t)below(9),
		    .stands = true};
	assert_int_equal(allocation_decide(&rules, cases, CROWD, results), 0);
	for (int i = 0; i < CROWD; i++) {
		gives += allocation_gives(&results[i]);
		line = results[i].line > line ? results[i].line : line;
	}
	assert_int_equal(gives, 9000);
	assert_int_equal(line, CROWD - 9000);
	free(cases);
	free(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_as_the_slow_reference),
	    cmocka_unit_test(the_order_of_input_does_not_matter),
	    cmocka_unit_test(nobody_gets_what_one_of_higher_rank_was_refused),
	    cmocka_unit_test(a_digest_tells_every_fact_from_another),
	    cmocka_unit_test(a_third_camera_of_an_outlet_is_told_so),
	    cmocka_unit_test(a_pool_place_counts_for_no_outlet_and_is_kept_for_the_pool),
	    cmocka_unit_test(local_outlets_come_first_at_an_emerging_conference_alone),
	    cmocka_unit_test(what_somebody_has_is_never_taken_away),
	    cmocka_unit_test(a_crowd_is_decided_at_once),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("allocation", tests, NULL, NULL);
}

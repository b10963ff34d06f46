#include "registrar/press/allocation_decide.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

/* A case where it stands in the ranking. */
struct ranked {
	bool far; /* behind local ones */
	int64_t asked, id;
	size_t index;
};

/* What an outlet has. */
struct outlet {
	int64_t id, taken, waiting;
	int64_t role_taken[CLASS_COUNT], role_waiting[CLASS_COUNT];
	uint32_t pools; /* bit p: it has a place of rules->pools[p] */
};

struct work {
	const struct allocation_rules *rules;
	const struct allocation_case *cases;
	size_t n, n_outlets;
	struct allocation_result *results;
	struct ranked *ranked; /* those who ask, by rank */
	size_t n_ranked;
	struct outlet *outlets; /* by id */
	int64_t taken, reserved, room_waiting, line;
	int64_t class_taken[CLASS_COUNT], class_waiting[CLASS_COUNT];
	int64_t pool_taken[ALLOCATION_POOLS_MAX];
};

void allocation_rules_default(struct allocation_rules *ret)
{
	*ret = (struct allocation_rules){.classes = (UINT32_C(1) << CLASS_COUNT) - 1};
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		ret->class_places[i] = ret->class_per_outlet[i] = ALLOCATION_NO_LIMIT;
}

bool allocation_gives(const struct allocation_result *result)
{
	return result->outcome == ALLOCATION_PLACE || result->outcome == ALLOCATION_POOL;
}

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_rank(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->far != b->far)
		return a->far ? 1 : -1;
	return a->asked != b->asked ? by_number(a->asked, b->asked) : by_number(a->id, b->id);
}

static int by_value(const void *left, const void *right)
{
	return by_number(*(const int64_t *)left, *(const int64_t *)right);
}

/* Every case's outlet is in the index. */
static struct outlet *outlet_of(const struct work *work, const struct allocation_case *c)
{
	size_t low = 0, high = work->n_outlets;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (work->outlets[middle].id <= c->outlet)
			low = middle;
		else
			high = middle;
	}
	return &work->outlets[low];
}

static int index_outlets(struct work *work)
{
	int64_t *ids = calloc(work->n + 1, sizeof *ids);
	size_t kept = 0;

	if (!ids)
		return -1;
	for (size_t i = 0; i < work->n; i++)
		ids[i] = work->cases[i].outlet;
	qsort(ids, work->n, sizeof *ids, by_value);
	for (size_t i = 0; i < work->n; i++)
		if (i == 0 || ids[i] != ids[kept - 1])
			ids[kept++] = ids[i];
	work->outlets = calloc(kept + 1, sizeof *work->outlets);
	for (size_t i = 0; work->outlets && i < kept; i++)
		work->outlets[i].id = ids[i];
	work->n_outlets = kept;
	free(ids);
	return work->outlets ? 0 : -1;
}

static bool may_have_one(const struct work *work, const struct allocation_case *c)
{
	return c->stands && c->pass_class < CLASS_COUNT &&
	       (work->rules->classes >> c->pass_class & 1);
}

static int rank(struct work *work)
{
	work->ranked = calloc(work->n + 1, sizeof *work->ranked);
	if (!work->ranked)
		return -1;
	for (size_t i = 0; i < work->n; i++) {
		const struct allocation_case *c = &work->cases[i];
		if (!c->has && may_have_one(work, c))
			work->ranked[work->n_ranked++] =
			    (struct ranked){work->rules->emerging && !c->local, c->asked, c->id, i};
	}
	qsort(work->ranked, work->n_ranked, sizeof *work->ranked, by_rank);
	return 0;
}

/* A pool by its id; n_pools: it is none of these (any more). */
static size_t pool_of(const struct allocation_rules *rules, int64_t id)
{
	size_t p = 0;

	while (p < rules->n_pools && rules->pools[p].id != id)
		p++;
	return p;
}

static void take_pool(struct work *work, const struct allocation_case *c, size_t p)
{
	work->taken++;
	work->pool_taken[p]++;
	outlet_of(work, c)->pools |= UINT32_C(1) << p;
}

static void take_place(struct work *work, const struct allocation_case *c)
{
	struct outlet *outlet = outlet_of(work, c);

	work->taken++;
	outlet->taken++;
	if (c->pass_class < CLASS_COUNT) {
		outlet->role_taken[c->pass_class]++;
		work->class_taken[c->pass_class]++;
	}
}

/* Who has a place, and who can't get one. */
static void keep(struct work *work)
{
	for (size_t i = 0; i < work->n; i++) {
		const struct allocation_case *c = &work->cases[i];
		size_t p = pool_of(work->rules, c->pool);
		work->results[i] = (struct allocation_result){
		    .outcome = c->has ? ALLOCATION_KEPT : ALLOCATION_NOT_ADMITTED,
		    .pool = c->has ? c->pool : 0};
		if (c->has && c->pool && p < work->rules->n_pools)
			take_pool(work, c, p);
		else if (c->has)
			take_place(work, c);
	}
}

/* How many places are left of the room, or INT64_MAX. */
static int64_t room(const struct work *work)
{
	return work->rules->capacity ? work->rules->capacity - work->taken : INT64_MAX;
}

static void fill_pool(struct work *work, size_t p)
{
	const struct allocation_pool *pool = &work->rules->pools[p];

	for (size_t i = 0; i < work->n_ranked && work->pool_taken[p] < pool->places; i++) {
		const struct allocation_case *c = &work->cases[work->ranked[i].index];
		struct allocation_result *result = &work->results[work->ranked[i].index];
		if (allocation_gives(result) || !(pool->classes >> c->pass_class & 1) ||
		    (outlet_of(work, c)->pools >> p & 1) || room(work) <= 0)
			continue;
		take_pool(work, c, p);
		*result = (struct allocation_result){.outcome = ALLOCATION_POOL,
		    .pool = pool->id,
		    .number = work->pool_taken[p],
		    .limit = pool->places};
	}
	if (work->pool_taken[p] < pool->places)
		work->reserved += pool->places - work->pool_taken[p];
}

static void wait(struct work *work, struct allocation_result *result, int64_t taken, int64_t limit,
    int64_t *near)
{
	result->limit = limit;
	result->line = ++work->line;
	result->near = ++*near;
	result->number = taken + *near;
}

/* The first limit that is in the way; ALLOCATION_PLACE: none is. */
static enum allocation_outcome first_limit(
    const struct work *work, const struct allocation_case *c, const struct outlet *outlet)
{
	const struct allocation_rules *rules = work->rules;
	int64_t role = rules->class_per_outlet[c->pass_class];
	int64_t places = rules->class_places[c->pass_class];

	if (rules->per_outlet && outlet->taken >= rules->per_outlet)
		return ALLOCATION_FULL_OUTLET;
	if (role != ALLOCATION_NO_LIMIT && outlet->role_taken[c->pass_class] >= role)
		return ALLOCATION_FULL_ROLE;
	if (places != ALLOCATION_NO_LIMIT && work->class_taken[c->pass_class] >= places)
		return ALLOCATION_FULL_CLASS;
	return room(work) <= work->reserved ? ALLOCATION_FULL_ROOM : ALLOCATION_PLACE;
}

static void place(
    struct work *work, const struct allocation_case *c, struct allocation_result *result)
{
	const struct allocation_rules *rules = work->rules;
	struct outlet *outlet = outlet_of(work, c);
	unsigned number = c->pass_class;

	*result = (struct allocation_result){.outcome = first_limit(work, c, outlet)};
	switch (result->outcome) {
	case ALLOCATION_FULL_OUTLET:
		wait(work, result, outlet->taken, rules->per_outlet, &outlet->waiting);
		break;
	case ALLOCATION_FULL_ROLE:
		wait(work, result, outlet->role_taken[number], rules->class_per_outlet[number],
		    &outlet->role_waiting[number]);
		break;
	case ALLOCATION_FULL_CLASS:
		wait(work, result, work->class_taken[number], rules->class_places[number],
		    &work->class_waiting[number]);
		break;
	case ALLOCATION_FULL_ROOM:
		wait(work, result, work->taken, rules->capacity - work->reserved,
		    &work->room_waiting);
		break;
	default:
		take_place(work, c);
		result->number = work->taken;
		result->limit = rules->capacity;
	}
}

int allocation_decide(const struct allocation_rules *rules, const struct allocation_case *cases,
    size_t n, struct allocation_result *results)
{
	struct work work = {.rules = rules, .cases = cases, .n = n, .results = results};
	int result = index_outlets(&work);

	if (!result)
		result = rank(&work);
	if (result)
		goto done;
	keep(&work);
	for (size_t p = 0; p < rules->n_pools; p++)
		fill_pool(&work, p);
	for (size_t i = 0; i < work.n_ranked; i++) {
		size_t at = work.ranked[i].index;
		if (!allocation_gives(&results[at]))
			place(&work, &cases[at], &results[at]);
	}
done:
	free(work.outlets);
	free(work.ranked);
	return result;
}

/* ---- the digest ---- */

static int by_id(const void *left, const void *right)
{
	const struct allocation_case *const *a = left, *const *b = right;

	return by_number((*a)->id, (*b)->id);
}

__attribute__((format(printf, 2, 3))) static void add(
    crypto_generichash_state *state, const char *format, ...)
{
	char line[256];
	va_list values;

	va_start(values, format);
	int len = vsnprintf(line, sizeof line, format, values);
	va_end(values);
	if (len > 0)
		crypto_generichash_update(
		    state, (const unsigned char *)line, (unsigned long long)len);
}

static void add_rules(crypto_generichash_state *state, const struct allocation_rules *rules)
{
	add(state,
	    "rules %d capacity %" PRId64 " outlet %" PRId64 " emerging %d classes %" PRIx32 "\n",
	    ALLOCATION_RULES_VERSION, rules->capacity, rules->per_outlet, rules->emerging,
	    rules->classes);
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		add(state, "class %u %" PRId64 " %" PRId64 "\n", i, rules->class_places[i],
		    rules->class_per_outlet[i]);
	for (size_t p = 0; p < rules->n_pools; p++)
		add(state, "pool %" PRId64 " %" PRId64 " %" PRIx32 "\n", rules->pools[p].id,
		    rules->pools[p].places, rules->pools[p].classes);
}

int allocation_digest(const struct allocation_rules *rules, const struct allocation_case *cases,
    size_t n, uint8_t ret[static ALLOCATION_DIGEST])
{
	const struct allocation_case **sorted = calloc(n + 1, sizeof(struct allocation_case *));
	crypto_generichash_state state;

	if (!sorted)
		return -1;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &cases[i];
	qsort(sorted, n, sizeof(struct allocation_case *), by_id);
	crypto_generichash_init(&state, NULL, 0, ALLOCATION_DIGEST);
	add_rules(&state, rules);
	for (size_t i = 0; i < n; i++)
		add(&state, "%" PRId64 " %" PRId64 " %u %d %" PRId64 " %d %d %" PRId64 "\n",
		    sorted[i]->id, sorted[i]->outlet, sorted[i]->pass_class, sorted[i]->local,
		    sorted[i]->asked, sorted[i]->stands, sorted[i]->has, sorted[i]->pool);
	crypto_generichash_final(&state, ret, ALLOCATION_DIGEST);
	free(sorted);
	return 0;
}

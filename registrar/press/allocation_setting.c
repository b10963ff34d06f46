#include "registrar/press/allocation_setting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/journal/journal.h"
#include "registrar/press/conference.h"
#include "registrar/press/registration_fill.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

bool allocation_is_open(const struct allocation_setting *setting)
{
	return setting->by_allocation && !setting->applied;
}

bool allocation_is_plain(const struct allocation_setting *setting)
{
	const struct allocation_rules *rules = &setting->rules;

	for (unsigned i = 0; i < CLASS_COUNT; i++)
		if (rules->class_places[i] != ALLOCATION_NO_LIMIT ||
		    rules->class_per_outlet[i] != ALLOCATION_NO_LIMIT)
			return false;
	return rules->n_pools == 0;
}

const char *allocation_pool_name(const struct allocation_setting *setting, int64_t pool)
{
	for (size_t p = 0; p < setting->rules.n_pools; p++)
		if (setting->rules.pools[p].id == pool)
			return setting->pool_names[p];
	return "";
}

/* ---- reading ---- */

static int read_mode(struct store_tx *tx, int64_t conference, struct allocation_setting *ret)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_ALLOCATION_READ, STORE_ARGS(store_i64(conference)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? 0 : result;
	ret->by_allocation = true;
	ret->deadline = store_get_i64(rows, 0);
	ret->by_itself = store_get_i64(rows, 1) == 1;
	ret->applied = store_get_i64(rows, 2);
	store_done(rows);
	return 0;
}

static int read_pools(struct store_tx *tx, int64_t conference, struct allocation_setting *ret)
{
	struct allocation_rules *rules = &ret->rules;
	struct store_rows *rows = NULL;
	int result =
	    store_query(tx, REGISTRAR_Q_POOL_LIST, STORE_ARGS(store_i64(conference)), &rows);

	while (!result && rules->n_pools < ALLOCATION_POOLS_MAX &&
	       (result = store_next(rows)) == STORE_ROW) {
		rules->pools[rules->n_pools] =
		    (struct allocation_pool){.id = store_get_i64(rows, 0),
			.places = store_get_i64(rows, 2),
			.classes = (uint32_t)store_get_i64(rows, 3)};
		result = store_copy_text(ret->pool_names[rules->n_pools++],
		    sizeof ret->pool_names[0], store_get_text(rows, 1));
	}
	store_done(rows);
	return result;
}

static int read_classes(struct store_tx *tx, int64_t conference, struct allocation_rules *rules)
{
	struct store_rows *rows = NULL;
	int result =
	    store_query(tx, REGISTRAR_Q_CLASS_LIMIT_LIST, STORE_ARGS(store_i64(conference)), &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW) {
		size_t i = (size_t)store_get_i64(rows, 0);
		if (!store_is_null(rows, 1))
			rules->class_places[i] = store_get_i64(rows, 1);
		if (!store_is_null(rows, 2))
			rules->class_per_outlet[i] = store_get_i64(rows, 2);
		result = 0;
	}
	store_done(rows);
	return result;
}

int allocation_setting_read(
    struct store_tx *tx, const struct conference *conference, struct allocation_setting *ret)
{
	int result;

	*ret = (struct allocation_setting){.by_allocation = false};
	allocation_rules_default(&ret->rules);
	ret->rules.capacity = conference->capacity;
	ret->rules.per_outlet = conference->per_outlet;
	ret->rules.emerging = conference->emerging;
	ret->rules.classes = conference->classes;
	result = read_mode(tx, conference->id, ret);
	if (!result)
		result = read_pools(tx, conference->id, ret);
	return result ? result : read_classes(tx, conference->id, &ret->rules);
}

/* ---- writing ---- */

static int check_pools(const struct allocation_setting *wish, struct refusal *why)
{
	const uint32_t all = (UINT32_C(1) << CLASS_COUNT) - 1;
	char field[16];

	if (wish->rules.n_pools > ALLOCATION_POOLS_MAX)
		return refuse(
		    why, "pools", "A conference has %d pools at most.", (int)ALLOCATION_POOLS_MAX);
	for (size_t p = 0; p < wish->rules.n_pools; p++) {
		const struct allocation_pool *pool = &wish->rules.pools[p];
		snprintf(field, sizeof field, "pool-%zu", p + 1);
		if (!*wish->pool_names[p])
			return refuse(
			    why, field, "The pool has no name. Give one, such as \"pool camera\".");
		if (pool->places < 1 || pool->places > 1000)
			return refuse(why, field, "Give the pool from 1 to 1000 places.");
		if (!pool->classes || pool->classes > all)
			return refuse(why, field, "Choose at least one role for the pool.");
		for (size_t q = 0; q < p; q++)
			if (strcmp(wish->pool_names[p], wish->pool_names[q]) == 0)
				return refuse(
				    why, field, "Two pools have this name. Give each its own.");
	}
	return 0;
}

static int check_classes(const struct allocation_rules *rules, struct refusal *why)
{
	char field[32];

	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		const char *token = class_token(i);
		snprintf(field, sizeof field, "class-%s", token ? token : "other");
		if (rules->class_places[i] < ALLOCATION_NO_LIMIT ||
		    rules->class_places[i] > 1000000)
			return refuse(why, field,
			    "Give a number from 0 to 1000000, or nothing for no limit.");
		if (rules->class_per_outlet[i] < ALLOCATION_NO_LIMIT ||
		    rules->class_per_outlet[i] > 10000)
			return refuse(why, field,
			    "Give a number from 0 to 10000 for each outlet, or nothing for no "
			    "limit.");
	}
	return 0;
}

struct job {
	struct registrar *registrar;
	const char *slug, *staff;
	const struct allocation_setting *wish;
	int64_t now;
	struct conference conference;
	struct refusal *why;
};

static int check_mode(const struct job *job)
{
	const struct allocation_setting *wish = job->wish;

	if (job->now >= job->conference.ends)
		return refuse(job->why, "mode", "This conference is over.");
	if (job->conference.state == CONFERENCE_CANCELLED)
		return refuse(job->why, "mode", "This conference was cancelled.");
	if (wish->by_allocation && wish->deadline <= 0)
		return refuse(job->why, "deadline",
		    "Say by when people must ask for a place: a date and a time.");
	if (wish->by_allocation && wish->deadline > job->conference.doors)
		return refuse(job->why, "deadline",
		    "Doors are open by then. Choose a time before they open.");
	return 0;
}

static int write_mode(struct store_tx *tx, const struct job *job)
{
	const struct allocation_setting *wish = job->wish;

	if (!wish->by_allocation)
		return store_exec(tx, REGISTRAR_Q_ALLOCATION_UNSET,
		    STORE_ARGS(store_i64(job->conference.id)), NULL);
	return store_exec(tx, REGISTRAR_Q_ALLOCATION_SET,
	    STORE_ARGS(store_i64(job->conference.id), store_i64(wish->deadline),
		store_i64(wish->by_itself)),
	    NULL);
}

static bool is_wished(const struct allocation_setting *wish, int64_t pool)
{
	for (size_t p = 0; p < wish->rules.n_pools; p++)
		if (wish->rules.pools[p].id == pool)
			return true;
	return false;
}

/* Those no longer named go first, so that another may take a name. */
static int write_pools(struct store_tx *tx, const struct job *job)
{
	const struct allocation_setting *wish = job->wish;
	struct allocation_setting held;
	int64_t id = job->conference.id;
	int result = allocation_setting_read(tx, &job->conference, &held);

	for (size_t p = 0; !result && p < held.rules.n_pools; p++)
		if (!is_wished(wish, held.rules.pools[p].id))
			result = store_exec(tx, REGISTRAR_Q_POOL_DELETE,
			    STORE_ARGS(store_i64(id), store_i64(held.rules.pools[p].id)), NULL);
	for (size_t p = 0; !result && p < wish->rules.n_pools; p++) {
		const struct allocation_pool *pool = &wish->rules.pools[p];
		if (pool->id)
			result = store_exec(tx, REGISTRAR_Q_POOL_UPDATE,
			    STORE_ARGS(store_i64(id), store_i64(pool->id),
				store_text(wish->pool_names[p]), store_i64(pool->places),
				store_i64(pool->classes)),
			    NULL);
		else
			result = store_exec(tx, REGISTRAR_Q_POOL_INSERT,
			    STORE_ARGS(store_i64(id), store_text(wish->pool_names[p]),
				store_i64(pool->places), store_i64(pool->classes)),
			    NULL);
	}
	return result;
}

static struct store_value limit_value(int64_t limit)
{
	return limit == ALLOCATION_NO_LIMIT ? store_null() : store_i64(limit);
}

static int write_classes(struct store_tx *tx, const struct job *job)
{
	const struct allocation_rules *rules = &job->wish->rules;
	int64_t id = job->conference.id;
	int result = store_exec(tx, REGISTRAR_Q_CLASS_LIMIT_CLEAR, STORE_ARGS(store_i64(id)), NULL);

	for (unsigned i = 0; !result && i < CLASS_COUNT; i++)
		if (rules->class_places[i] != ALLOCATION_NO_LIMIT ||
		    rules->class_per_outlet[i] != ALLOCATION_NO_LIMIT)
			result = store_exec(tx, REGISTRAR_Q_CLASS_LIMIT_SET,
			    STORE_ARGS(store_i64(id), store_i64(i),
				limit_value(rules->class_places[i]),
				limit_value(rules->class_per_outlet[i])),
			    NULL);
	return result;
}

static int write_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	const struct registration_seat seat = {
	    job->registrar, &job->conference, job->staff, job->now, job->why};
	int result = conference_by_slug(tx, job->slug, &job->conference);

	if (!result)
		result = check_mode(job);
	if (!result)
		result = write_mode(tx, job);
	if (!result)
		result = write_pools(tx, job);
	if (!result)
		result = write_classes(tx, job);
	if (!result)
		result = registration_fill(tx, &seat, NULL);
	if (result)
		return result;
	return journal_append(tx, job->registrar,
	    &(struct journal_line){.kind = JOURNAL_CONFERENCE_CHANGED,
		.event = job->slug,
		.staff = job->staff,
		.detail = "how places are given"});
}

int allocation_setting_write(struct registrar *registrar, const char *slug,
    const struct allocation_setting *wish, const char *staff, int64_t now, struct refusal *why)
{
	struct job job = {registrar, slug, staff, wish, now, {.id = 0}, why};
	int result = check_pools(wish, why);

	if (!result)
		result = check_classes(&wish->rules, why);
	if (!result)
		result = store_write(registrar->store, write_body, &job);
	conference_clear(&job.conference);
	if (!result) {
		registrar_changed(registrar);
		registrar_mail_waits(registrar);
	}
	return result;
}

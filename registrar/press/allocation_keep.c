#include "registrar/press/allocation_keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "registrar/list.h"
#include "registrar/press/conference.h"
#include "schema/registrar_db.h"

/* ---- rules as JSON ---- */

static json_t *pack_classes(const struct allocation_rules *rules)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < CLASS_COUNT; i++)
		json_array_append_new(list, json_pack("[I, I]", (json_int_t)rules->class_places[i],
						(json_int_t)rules->class_per_outlet[i]));
	return list;
}

static json_t *pack_pools(const struct allocation_rules *rules)
{
	json_t *list = json_array();

	for (size_t p = 0; list && p < rules->n_pools; p++)
		json_array_append_new(list,
		    json_pack("[I, I, I]", (json_int_t)rules->pools[p].id,
			(json_int_t)rules->pools[p].places, (json_int_t)rules->pools[p].classes));
	return list;
}

static char *write_rules(const struct allocation_rules *rules)
{
	json_t *root = json_pack("{s:I, s:I, s:b, s:I, s:o, s:o}", "capacity",
	    (json_int_t)rules->capacity, "outlet", (json_int_t)rules->per_outlet, "emerging",
	    (int)rules->emerging, "classes", (json_int_t)rules->classes, "class_limits",
	    pack_classes(rules), "pools", pack_pools(rules));
	char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;

	json_decref(root);
	return text;
}

static int unpack_lists(json_t *classes, json_t *pools, struct allocation_rules *ret)
{
	json_int_t value[3];

	if (json_array_size(classes) != CLASS_COUNT ||
	    json_array_size(pools) > ALLOCATION_POOLS_MAX)
		return STORE_CORRUPT;
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		if (json_unpack(json_array_get(classes, i), "[I, I]", &value[0], &value[1]))
			return STORE_CORRUPT;
		ret->class_places[i] = value[0];
		ret->class_per_outlet[i] = value[1];
	}
	for (ret->n_pools = 0; ret->n_pools < json_array_size(pools); ret->n_pools++) {
		if (json_unpack(json_array_get(pools, ret->n_pools), "[I, I, I]", &value[0],
			&value[1], &value[2]))
			return STORE_CORRUPT;
		ret->pools[ret->n_pools] =
		    (struct allocation_pool){value[0], value[1], (uint32_t)value[2]};
	}
	return 0;
}

static int read_rules(const char *text, struct allocation_rules *ret)
{
	json_t *root = json_loads(text, 0, NULL), *classes = NULL, *pools = NULL;
	json_int_t capacity = 0, outlet = 0, admitted = 0;
	int emerging = 0, result = STORE_CORRUPT;

	if (root && json_unpack(root, "{s:I, s:I, s:b, s:I, s:o, s:o}", "capacity", &capacity,
			"outlet", &outlet, "emerging", &emerging, "classes", &admitted,
			"class_limits", &classes, "pools", &pools) == 0) {
		*ret = (struct allocation_rules){.capacity = capacity,
		    .per_outlet = outlet,
		    .emerging = emerging,
		    .classes = (uint32_t)admitted};
		result = unpack_lists(classes, pools, ret);
	}
	json_decref(root);
	return result;
}

/* ---- a run ---- */

static int read_run(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n,
    struct allocation_run *ret)
{
	struct store_rows *rows = NULL;
	struct allocation_run run;
	int result = store_one(tx, query, args, n, &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	run = (struct allocation_run){.id = store_get_i64(rows, 0),
	    .conference_id = store_get_i64(rows, 1),
	    .made = store_get_i64(rows, 2),
	    .rules_version = store_get_i64(rows, 4),
	    .asked = store_get_i64(rows, 7),
	    .places = store_get_i64(rows, 8),
	    .waiting = store_get_i64(rows, 9),
	    .applied = strcmp(store_get_text(rows, 10), "applied") == 0};
	snprintf(run.made_by, sizeof run.made_by, "%s", store_get_text(rows, 3));
	result = store_get_fixed(rows, 6, run.digest, sizeof run.digest);
	store_done(rows);
	if (!result)
		*ret = run;
	return result;
}

int allocation_run_by_id(struct store_tx *tx, int64_t id, struct allocation_run *ret)
{
	return read_run(tx, REGISTRAR_Q_ALLOCATION_RUN_READ, STORE_ARGS(store_i64(id)), ret);
}

int allocation_run_last(struct store_tx *tx, int64_t conference, struct allocation_run *ret)
{
	return read_run(
	    tx, REGISTRAR_Q_ALLOCATION_RUN_LAST, STORE_ARGS(store_i64(conference)), ret);
}

int allocation_run_running(struct store_tx *tx, struct allocation_run *ret)
{
	return read_run(tx, REGISTRAR_Q_ALLOCATION_RUN_RUNNING, STORE_NO_ARGS, ret);
}

/* ---- keeping ---- */

static int keep_case(struct store_tx *tx, int64_t run, const struct allocation_case *c,
    const struct allocation_result *r)
{
	return store_exec(tx, REGISTRAR_Q_ALLOCATION_CASE_INSERT,
	    STORE_ARGS(store_i64(run), store_i64(c->id), store_i64(c->outlet),
		store_i64(c->pass_class), store_i64(c->local), store_i64(c->asked),
		store_i64(c->stands), store_i64(c->has), store_i64(c->pool), store_i64(r->outcome),
		store_i64(r->pool), store_i64(r->number), store_i64(r->limit), store_i64(r->line),
		store_i64(r->near)),
	    NULL);
}

static int keep_run(struct store_tx *tx, const struct allocation_draft *draft,
    const struct allocation_run *run, const char *staff)
{
	char *rules = write_rules(&draft->setting.rules);
	int result = rules ? 0 : MODEL_SYSTEM;

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_ALLOCATION_RUN_INSERT,
		    STORE_ARGS(store_i64(run->conference_id), store_i64(run->made),
			store_text(staff), store_i64(ALLOCATION_RULES_VERSION), store_text(rules),
			store_blob(run->digest, sizeof run->digest), store_i64(run->asked),
			store_i64(run->places), store_i64(run->waiting)),
		    NULL);
	free(rules);
	return result;
}

int allocation_keep(struct store_tx *tx, const struct conference *conference,
    const struct allocation_draft *draft, const char *staff, int64_t now,
    struct allocation_run *ret)
{
	struct allocation_run run = {.conference_id = conference->id,
	    .made = now,
	    .rules_version = ALLOCATION_RULES_VERSION,
	    .asked = draft->asked,
	    .places = draft->places,
	    .waiting = draft->waiting};
	int result;

	memcpy(run.digest, draft->digest, sizeof run.digest);
	snprintf(run.made_by, sizeof run.made_by, "%s", staff ? staff : "");
	result = keep_run(tx, draft, &run, staff);
	run.id = store_last_id(tx);
	for (size_t i = 0; !result && i < draft->n; i++)
		result = keep_case(tx, run.id, &draft->cases[i], &draft->results[i]);
	if (!result)
		*ret = run;
	return result;
}

/* ---- reading back ---- */

void allocation_kept_free(struct allocation_kept *kept)
{
	free(kept->cases);
	free(kept->results);
	*kept = (struct allocation_kept){.n = 0};
}

static int read_kept_rules(struct store_tx *tx, int64_t run, struct allocation_rules *ret)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_ALLOCATION_RUN_READ, STORE_ARGS(store_i64(run)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	result = read_rules(store_get_text(rows, 5), ret);
	store_done(rows);
	return result;
}

static void read_case(
    struct store_rows *rows, struct allocation_case *c, struct allocation_result *r)
{
	*c = (struct allocation_case){.id = store_get_i64(rows, 0),
	    .outlet = store_get_i64(rows, 1),
	    .pass_class = (uint8_t)store_get_i64(rows, 2),
	    .local = store_get_i64(rows, 3) == 1,
	    .asked = store_get_i64(rows, 4),
	    .stands = store_get_i64(rows, 5) == 1,
	    .has = store_get_i64(rows, 6) == 1,
	    .pool = store_get_i64(rows, 7)};
	*r = (struct allocation_result){.outcome = (enum allocation_outcome)store_get_i64(rows, 8),
	    .pool = store_get_i64(rows, 9),
	    .number = store_get_i64(rows, 10),
	    .limit = store_get_i64(rows, 11),
	    .line = store_get_i64(rows, 12),
	    .near = store_get_i64(rows, 13)};
}

static int grow(struct allocation_kept *kept, size_t *room)
{
	size_t cases_room = *room;
	struct allocation_case *cases = list_grow(kept->cases, kept->n, &cases_room, sizeof *cases);

	if (!cases)
		return MODEL_SYSTEM;
	kept->cases = cases;
	struct allocation_result *results =
	    list_grow(kept->results, kept->n, room, sizeof *results);
	if (!results)
		return MODEL_SYSTEM;
	kept->results = results;
	return 0;
}

int allocation_kept_read(struct store_tx *tx, int64_t run, struct allocation_kept *ret)
{
	struct allocation_kept kept = {.n = 0};
	struct store_rows *rows = NULL;
	size_t room = 0;
	int result = read_kept_rules(tx, run, &kept.rules);

	if (!result)
		result = store_query(
		    tx, REGISTRAR_Q_ALLOCATION_CASE_LIST, STORE_ARGS(store_i64(run)), &rows);
	while (!result && (result = store_next(rows)) == STORE_ROW) {
		result = grow(&kept, &room);
		if (!result) {
			read_case(rows, &kept.cases[kept.n], &kept.results[kept.n]);
			kept.n++;
		}
	}
	store_done(rows);
	if (result)
		allocation_kept_free(&kept);
	else
		*ret = kept;
	return result;
}

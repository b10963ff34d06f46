/* How a conference gives its places: the form. And a place out of turn. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "registrar/press/allocation_run.h"
#include "registrar/press/allocation_setting.h"
#include "registrar/web/allocation.html.h"
#include "registrar/web/allocation_views.h"
#include "registrar/web/handlers.h"
#include "registrar/zone.h"

static const struct form_choice mode_choices[] = {
    {"at-once", "At once", "First come: who registers has a place or waits"},
    {"allocation", "By allocation", "To all who ask by a time, by the rules"},
    {NULL, NULL, NULL},
};
#define ROLE_CHOICE(number, token, words)                                                          \
	{                                                                                          \
		.value = token, .label = words                                                     \
	}
static const struct form_choice role_choices[] = {
    CLASS_EACH(ROLE_CHOICE),
    {NULL, NULL, NULL},
};

#define POOL(n, number)                                                                            \
	[SET_POOLS + (n)*POOL_FIELDS +                                                             \
	    POOL_ID] = {.name = "pool-" number "-id",                                              \
	    .label = "pool",                                                                       \
	    .kind = FORM_INTEGER,                                                                  \
	    .high = 9007199254740991},                                                             \
	    [SET_POOLS + (n)*POOL_FIELDS + POOL_NAME] = {.name = "pool-" number "-name",           \
		.label = "name of pool " number,                                                   \
		.kind = FORM_LINE,                                                                 \
		.max = ALLOCATION_POOL_NAME},                                                      \
	    [SET_POOLS + (n)*POOL_FIELDS + POOL_PLACES] = {.name = "pool-" number "-places",       \
		.label = "places of pool " number,                                                 \
		.kind = FORM_INTEGER,                                                              \
		.high = 1000},                                                                     \
	    [SET_POOLS + (n)*POOL_FIELDS + POOL_ROLES] = {.name = "pool-" number "-roles",         \
		.label = "roles of pool " number,                                                  \
		.kind = FORM_SET,                                                                  \
		.choices = role_choices}
#define ROLE(n, token, words)                                                                      \
	[SET_CLASSES + 2 * (n)] = {.name = "class-" token,                                         \
	    .label = words ": places besides pools",                                               \
	    .kind = FORM_INTEGER,                                                                  \
	    .high = 1000000},                                                                      \
			   [SET_CLASSES + 2 * (n) + 1] = {.name = "outlet-" token,                 \
			       .label = words ": from one outlet",                                 \
			       .kind = FORM_INTEGER,                                               \
			       .high = 10000}

const struct form_field allocation_setting_fields[SET_FIELDS] = {
    [SET_MODE] = {.name = "mode",
	.label = "how places are given",
	.kind = FORM_CHOICE,
	.choices = mode_choices,
	.required = true,
	.missing = "Choose how places are given"},
    [SET_DEADLINE] = {.name = "deadline",
	.label = "deadline for asking",
	.hint = "By allocation: it stands on the conference's page and in the mail",
	.kind = FORM_DATETIME},
    [SET_BY_ITSELF] = {.name = "by-itself",
	.label = "Make the run by itself at the deadline",
	.kind = FORM_CHECKBOX},
    POOL(0, "1"),
    POOL(1, "2"),
    POOL(2, "3"),
    CLASS_EACH(ROLE),
};

/* ---- the form ---- */

static void fill_number(struct form *form, size_t field, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	form_fill(form, field, text);
}

static void fill_pool(struct form *form, const struct allocation_setting *setting, size_t p)
{
	const struct allocation_pool *pool = &setting->rules.pools[p];
	size_t at = SET_POOLS + p * POOL_FIELDS;
	char roles[256] = "";
	size_t len = 0;

	for (unsigned i = 0; i < CLASS_NAMED; i++)
		if (pool->classes >> i & 1)
			len += (size_t)snprintf(roles + len, sizeof(roles) - len, "%s%s",
			    len ? "\n" : "", role_choices[i].value);
	fill_number(form, at + POOL_ID, pool->id);
	form_fill(form, at + POOL_NAME, setting->pool_names[p]);
	fill_number(form, at + POOL_PLACES, pool->places);
	form_fill(form, at + POOL_ROLES, roles);
}

static void fill(struct form *form, const struct allocation_setting *setting)
{
	const struct allocation_rules *rules = &setting->rules;
	char when[32];

	form_fill(form, SET_MODE, mode_choices[setting->by_allocation].value);
	if (setting->by_allocation) {
		time_t deadline = (time_t)setting->deadline;
		struct tm local = {0};
		localtime_r(&deadline, &local);
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M", &local);
		form_fill(form, SET_DEADLINE, when);
		form_fill(form, SET_BY_ITSELF, setting->by_itself ? "yes" : "");
	}
	for (size_t p = 0; p < rules->n_pools && p < ALLOCATION_FORM_POOLS; p++)
		fill_pool(form, setting, p);
	for (size_t i = 0; i < CLASS_NAMED; i++) {
		if (rules->class_places[i] >= 0)
			fill_number(form, SET_CLASSES + 2 * i, rules->class_places[i]);
		if (rules->class_per_outlet[i] >= 0)
			fill_number(form, SET_CLASSES + 2 * i + 1, rules->class_per_outlet[i]);
	}
}

static int read_now(
    struct request *req, struct conference *ret_conference, struct allocation_setting *ret_setting)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), ret_conference);
	if (result == 0)
		result = allocation_setting_read(tx, ret_conference, ret_setting);
	store_read_end(tx);
	return result;
}

static void show(struct request *req, struct reply *rep, const struct conference *conference,
    const struct form *form)
{
	struct view_allocation_setting view = {.conference = conference, .form = form};

	site_page(req, rep, &view.page, "How places are given", "/staff/conferences", SITE_FORMS);
	view.page.error = !form_ok(form);
	allocation_setting_page(reply_body(rep), &view);
}

int allocation_setting_get(struct request *req, struct reply *rep)
{
	struct conference conference = {.id = 0};
	struct allocation_setting setting;
	struct form *form = form_new(allocation_setting_fields, SET_FIELDS);
	int result = form ? read_now(req, &conference, &setting) : STORE_NO_MEMORY;

	if (result == 0) {
		fill(form, &setting);
		show(req, rep, &conference, form);
	}
	form_free(form);
	conference_clear(&conference);
	return site_result(result);
}

static int64_t limit_of(const struct form *form, size_t field)
{
	return form_given(form, field) ? form_number(form, field) : ALLOCATION_NO_LIMIT;
}

static void read_pools(const struct form *form, struct allocation_setting *wish)
{
	struct allocation_rules *rules = &wish->rules;

	for (size_t p = 0; p < ALLOCATION_FORM_POOLS; p++) {
		size_t at = SET_POOLS + p * POOL_FIELDS;
		if (!form_given(form, at + POOL_NAME))
			continue;
		rules->pools[rules->n_pools] =
		    (struct allocation_pool){.id = form_number(form, at + POOL_ID),
			.places = form_number(form, at + POOL_PLACES),
			.classes = (uint32_t)form_number(form, at + POOL_ROLES)};
		snprintf(wish->pool_names[rules->n_pools++], sizeof(wish->pool_names[0]), "%s",
		    form_text(form, at + POOL_NAME));
	}
}

static void read_wish(struct form *form, struct allocation_setting *ret)
{
	struct form_time t = form_when(form, SET_DEADLINE);

	*ret = (struct allocation_setting){.by_allocation = form_number(form, SET_MODE) == 1,
	    .by_itself = form_checked(form, SET_BY_ITSELF)};
	allocation_rules_default(&ret->rules);
	if (form_given(form, SET_DEADLINE) &&
	    zone_seconds(t.year, t.month, t.day, t.hour, t.minute, ZONE_SECOND, &ret->deadline))
		form_refuse(form, SET_DEADLINE, "Clocks jump over this time. Choose another");
	read_pools(form, ret);
	for (size_t i = 0; i < CLASS_NAMED; i++) {
		ret->rules.class_places[i] = limit_of(form, SET_CLASSES + 2 * i);
		ret->rules.class_per_outlet[i] = limit_of(form, SET_CLASSES + 2 * i + 1);
	}
}

/* The field that a refusal of the model names. */
static size_t field_of(const struct form *form, const struct refusal *why)
{
	size_t nth = 0;

	if (strncmp(why->field, "pool-", 5) != 0) {
		for (size_t i = 0; i < SET_FIELDS; i++)
			if (strcmp(allocation_setting_fields[i].name, why->field) == 0)
				return i;
		return SET_MODE;
	}
	for (size_t p = 0; p < ALLOCATION_FORM_POOLS; p++) {
		size_t at = SET_POOLS + p * POOL_FIELDS;
		nth += form_given(form, at + POOL_NAME);
		if (form_given(form, at + POOL_NAME) &&
		    nth == (size_t)strtoul(why->field + 5, NULL, 10))
			return strstr(why->words, "role")     ? at + POOL_ROLES
			       : strstr(why->words, "places") ? at + POOL_PLACES
							      : at + POOL_NAME;
	}
	return SET_MODE;
}

int allocation_setting_post(struct request *req, struct reply *rep)
{
	const char *slug = request_segment(req, "slug");
	struct form *form = request_form(req);
	struct conference conference = {.id = 0};
	struct allocation_setting held, wish;
	struct refusal why = {0};
	int result = read_now(req, &conference, &held);

	if (result == 0 && form_ok(form))
		read_wish(form, &wish);
	if (result == 0 && form_ok(form)) {
		result = allocation_setting_write(
		    registrar_of(req), slug, &wish, session_of(req)->staff, registrar_now(), &why);
		if (result == MODEL_REFUSED) {
			form_refuse(form, field_of(form, &why), why.words);
			result = 0;
		}
	}
	if (result == 0 && form_ok(form)) {
		reply_redirect(rep, "/staff/conferences/%s/allocation?done=set", slug);
	} else if (result == 0) {
		reply_status(rep, 422);
		show(req, rep, &conference, form);
	}
	conference_clear(&conference);
	return site_result(result);
}

/* ---- out of turn ---- */

enum { GIVE_REGISTRATION, GIVE_REASON };
#define REGISTRATION                                                                               \
	{                                                                                          \
		.name = "registration", .label = "registration", .kind = FORM_LINE, .max = 20,     \
		.required = true                                                                   \
	}
const struct form_field give_query[1] = {REGISTRATION};
const struct form_field give_fields[2] = {
    [GIVE_REGISTRATION] = REGISTRATION,
    [GIVE_REASON] = {.name = "reason",
	.label = "reason",
	.hint = "It stands in the journal; the person does not read it",
	.kind = FORM_LINE,
	.max = 400,
	.required = true,
	.missing = "Give the reason: it is journaled"},
};

static const struct allocation_person *person_of(
    const struct allocation_draft *draft, const char *reference)
{
	for (size_t i = 0; i < draft->n; i++)
		if (!draft->cases[i].has && strcmp(draft->people[i].reference, reference) == 0)
			return &draft->people[i];
	return NULL;
}

static bool is_full(const struct allocation_draft *draft)
{
	int64_t taken = 0;

	for (size_t i = 0; i < draft->n; i++)
		taken += draft->cases[i].has;
	return draft->setting.rules.capacity && taken >= draft->setting.rules.capacity;
}

static int show_give(
    struct request *req, struct reply *rep, const char *reference, const struct form *form)
{
	struct conference conference = {.id = 0};
	struct allocation_draft draft = {.n = 0};
	struct view_give view = {.conference = &conference, .form = form};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	if (result == 0)
		result = allocation_draft_read(tx, &conference, registrar_now(), &draft);
	store_read_end(tx);
	view.person = person_of(&draft, reference);
	if (result == 0 && !view.person)
		result = MODEL_NOT_FOUND;
	if (result == 0) {
		view.over = is_full(&draft);
		site_page(req, rep, &view.page, "Give a place out of turn", "/staff/conferences",
		    SITE_FORMS);
		view.page.error = !form_ok(form);
		give_page(reply_body(rep), &view);
	}
	allocation_draft_free(&draft);
	conference_clear(&conference);
	return site_result(result);
}

int give_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(give_fields, 2);
	int result;

	if (!form || !form_ok(request_query(req))) {
		form_free(form);
		return form ? 404 : STORE_NO_MEMORY;
	}
	result = show_give(req, rep, form_text(request_query(req), 0), form);
	form_free(form);
	return result;
}

int give_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *reference = form_text(form, GIVE_REGISTRATION);
	struct refusal why = {0};
	int result = MODEL_REFUSED;

	if (form_ok(form))
		result = allocation_give(registrar_of(req), reference, form_text(form, GIVE_REASON),
		    session_of(req)->staff, registrar_now(), &why);
	if (result == MODEL_REFUSED) {
		if (form_ok(form))
			form_refuse(form, GIVE_REASON, why.words);
		reply_status(rep, 422);
		return show_give(req, rep, reference, form);
	}
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/allocation?done=given",
		    request_segment(req, "slug"));
	return site_result(result);
}

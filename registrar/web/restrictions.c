#include "registrar/press/restriction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "badges/bytes.h"
#include "registrar/list.h"
#include "registrar/web/handlers.h"
#include "registrar/web/restriction_list.h"
#include "registrar/web/restrictions.html.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"
#include "web/text.h"

#define ID_MAX 9007199254740991

enum { LIST_DONE, LIST_FIND };
static const struct form_choice done_choices[] = {
    {"restricted", "Restricted. Doors that are connected know.", NULL},
    {"lifted", "Lifted. Doors that are connected know.", NULL},
    {NULL, NULL, NULL},
};
const struct form_field restrictions_query[2] = {
    [LIST_DONE] = {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices},
    [LIST_FIND] = {.name = "find", .label = "name or code", .kind = FORM_LINE, .max = 100},
};

enum {
	WISH_SCOPE,
	WISH_CONFERENCE,
	WISH_CLASS,
	WISH_OUTLET,
	WISH_PASS,
	WISH_WORDS,
	WISH_UNTIL,
	WISH_BOARD, /* where to go back to */
	WISH_FIELDS
};
/* What a first tap may name beside. */
enum { TAP_REGISTRATION = WISH_PASS + 1, TAP_NAME, TAP_BOARD, TAP_FIELDS };
#define BOARD_FIELD                                                                                \
	{                                                                                          \
		.name = "board", .label = "board", .kind = FORM_SLUG                               \
	}
static const struct form_choice scope_choices[] = {
    {"building", "The building", NULL},
    {"conference", "A conference", NULL},
    {"class", "A role", NULL},
    {"outlet", "An outlet", NULL},
    {"pass", "A person", NULL},
    {NULL, NULL, NULL},
};
#define TARGET_FIELDS                                                                              \
	[WISH_SCOPE] = {.name = "scope",                                                           \
	    .label = "what is restricted",                                                         \
	    .kind = FORM_CHOICE,                                                                   \
	    .choices = scope_choices,                                                              \
	    .required = true},                                                                     \
	[WISH_CONFERENCE] = {.name = "conference",                                                 \
	    .label = "conference",                                                                 \
	    .kind = FORM_INTEGER,                                                                  \
	    .high = ID_MAX},                                                                       \
	[WISH_CLASS] = {.name = "class", .label = "role", .kind = FORM_INTEGER, .high = 23},       \
	[WISH_OUTLET] = {.name = "outlet",                                                         \
	    .label = "outlet",                                                                     \
	    .kind = FORM_INTEGER,                                                                  \
	    .high = ID_MAX},                                                                       \
	[WISH_PASS] = {.name = "pass", .label = "pass", .kind = FORM_LINE, .max = 32}
const struct form_field restrict_query[TAP_FIELDS] = {
    TARGET_FIELDS,
    [TAP_REGISTRATION] = {.name = "registration",
	.label = "registration",
	.kind = FORM_LINE,
	.max = 20},
    [TAP_NAME] = {.name = "name", .label = "outlet", .kind = FORM_LINE},
    [TAP_BOARD] = BOARD_FIELD,
};
const struct form_field restriction_lift_fields[1] = {BOARD_FIELD};
const struct form_field restrict_fields[WISH_FIELDS] = {
    TARGET_FIELDS,
    [WISH_WORDS] = {.name = "words",
	.label = "reason",
	.hint = "Officers read it at the door, and tell it to who is kept out",
	.kind = FORM_LINE,
	.max = RESTRICTION_WORDS_MAX,
	.required = true,
	.missing = "Give the reason that officers read"},
    [WISH_UNTIL] = {.name = "until",
	.label = "until when",
	.hint = "Leave it empty and it stands until it is lifted",
	.kind = FORM_DATETIME},
    [WISH_BOARD] = BOARD_FIELD,
};

/* ---- what stands ---- */

struct found {
	struct view_pass_found *items;
	size_t n, room;
};

static int keep_found(void *context, const struct restriction_pass *pass)
{
	struct found *list = context;
	struct view_pass_found *to,
	    *items = list_grow(list->items, list->n, &list->room, sizeof(*items));

	if (!items)
		return STORE_NO_MEMORY;
	list->items = items;
	to = &items[list->n++];
	*to = (struct view_pass_found){.name = list_text(pass->name),
	    .outlet = list_text(pass->outlet),
	    .title = list_text(pass->title)};
	bytes_hex(pass->pass, sizeof(pass->pass), to->pass);
	return to->name && to->outlet && to->title ? 0 : STORE_NO_MEMORY;
}

static void found_free(struct found *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free((void *)(uintptr_t)list->items[i].name);
		free((void *)(uintptr_t)list->items[i].outlet);
		free((void *)(uintptr_t)list->items[i].title);
	}
	free(list->items);
}

static int show(struct request *req, struct reply *rep, const char *done, const char *problem)
{
	struct form *query = request_query(req);
	const char *find = query && form_ok(query) ? form_text(query, LIST_FIND) : "";
	struct restriction_list standing = {NULL, 0, 0};
	struct found found = {NULL, 0, 0};
	struct outlet_list outlets = {NULL, 0};
	struct conference *conferences = NULL;
	size_t n_conferences = 0;
	struct store_tx *tx = NULL;
	int64_t now = registrar_now();
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = restriction_each(tx, now, restriction_list_keep, &standing);
	if (result == 0)
		result = conference_list(tx, now, &conferences, &n_conferences);
	if (result == 0)
		result = outlet_list(tx, &outlets);
	if (result == 0 && find[0])
		result = restriction_find(tx, now, find, keep_found, &found);
	store_read_end(tx);
	if (result == 0) {
		struct view_restrictions view = {.done = done,
		    .problem = problem,
		    .standing = standing.items,
		    .n_standing = standing.n,
		    .conferences = conferences,
		    .n_conferences = n_conferences,
		    .outlets = &outlets,
		    .find = find,
		    .found = found.items,
		    .n_found = found.n};

		site_page(req, rep, &view.page, "Restrictions", "/staff/restrictions", SITE_FORMS);
		view.page.wide = true;
		view.page.error = problem != NULL;
		restrictions_page(reply_body(rep), &view);
	}
	restriction_list_free(&standing);
	found_free(&found);
	outlet_list_free(&outlets);
	conference_list_free(conferences, n_conferences);
	return site_result(result);
}

int restrictions_get(struct request *req, struct reply *rep)
{
	struct form *query = request_query(req);
	const char *done = NULL;

	if (form_ok(query) && form_given(query, LIST_DONE))
		done = done_choices[form_number(query, LIST_DONE)].label;
	return show(req, rep, done, NULL);
}

/* ---- the second tap ---- */

/* What the fields name. False: they don't fit together. */
static bool read_wish(const struct form *form, struct restriction *ret, uint8_t pass[static 16])
{
	const char *hex = form_text(form, WISH_PASS);

	if (form_message(form, WISH_SCOPE) || form_message(form, WISH_CONFERENCE) ||
	    form_message(form, WISH_CLASS) || form_message(form, WISH_OUTLET))
		return false;
	*ret =
	    (struct restriction){.scope = (enum revoked_scope)(form_number(form, WISH_SCOPE) + 1),
		.conference = form_number(form, WISH_CONFERENCE),
		.pass_class = (int)form_number(form, WISH_CLASS),
		.outlet = form_number(form, WISH_OUTLET)};
	if (ret->scope == REVOKED_SCOPE_PASS) {
		if (bytes_unhex(hex, strlen(hex), pass, 16) != 0)
			return false;
		ret->pass = pass;
	}
	return (ret->scope != REVOKED_SCOPE_OUTLET) == (ret->outlet == 0) &&
	       (ret->scope != REVOKED_SCOPE_CONFERENCE || ret->conference != 0);
}

/* The names behind a wish. */
struct named {
	struct conference conference;
	struct outlet outlet;
	struct store_rows *holder;
};

static int name_target(struct store_tx *tx, const struct restriction *wish,
    struct restriction_standing *ret, struct named *names)
{
	struct restriction_pass holder;
	int r = 0;

	*ret = (struct restriction_standing){.scope = wish->scope,
	    .pass_class = wish->pass_class,
	    .title = "",
	    .outlet = "",
	    .person = "",
	    .person_outlet = ""};
	if (wish->conference != 0) {
		r = conference_by_id(tx, wish->conference, &names->conference);
		ret->title = r == 0 ? names->conference.title : "";
	}
	if (r == 0 && wish->outlet != 0) {
		r = outlet_by_id(tx, wish->outlet, &names->outlet);
		ret->outlet = names->outlet.name;
	}
	if (r == 0 && wish->pass != NULL) {
		r = restriction_holder(tx, wish->pass, &holder, &names->holder);
		if (r == STORE_ROW) {
			ret->person = holder.name;
			ret->person_outlet = holder.outlet;
			r = 0;
		}
	}
	return r;
}

static int confirm(
    struct request *req, struct reply *rep, const struct restriction *wish, const struct form *form)
{
	struct view_restrict view = {.form = form};
	struct restriction_standing standing;
	struct named names = {.holder = NULL};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = name_target(tx, wish, &standing, &names);
	if (result == 0)
		result = restriction_reach(tx, wish, registrar_now(), &view.reach);
	if (result == 0) {
		view.target = view_target_of(&standing);
		site_page(
		    req, rep, &view.page, "Restrict entry", "/staff/restrictions", SITE_FORMS);
		view.page.error = !form_ok(form);
		restrict_page(reply_body(rep), &view);
	}
	store_done(names.holder);
	store_read_end(tx);
	conference_clear(&names.conference);
	return site_result(result);
}

/* The number of the outlet of that name; 0: there is none. */
static int find_outlet(struct store_tx *tx, const char *name, int64_t *ret_id)
{
	char *folded = NULL;
	int result = text_fold(name, &folded) == 0 ? 0 : STORE_NO_MEMORY;

	if (result == 0)
		result = store_number(tx, REGISTRAR_Q_RESTRICTION_OUTLET_FIND,
		    STORE_ARGS(store_text(folded)), ret_id);
	free(folded);
	return result;
}

static int fill_pass(struct store_tx *tx, const char *reference, struct form *form)
{
	struct registration registration;
	char hex[33];
	int result = registration_by_reference(tx, reference, &registration);

	if (result == 0 && !registration.has_pass)
		result = MODEL_NOT_FOUND;
	if (result != 0)
		return result;
	bytes_hex(registration.pass_id, sizeof(registration.pass_id), hex);
	form_fill(form, WISH_PASS, hex);
	return 0;
}

/* It stands until the conference ends, where one is looked at; the person may say otherwise. */
static int fill_until(struct store_tx *tx, const struct form *tap, struct form *form)
{
	struct conference conference = {.id = 0};
	struct tm local = {0};
	char when[32];
	int result = conference_by_slug(tx, form_text(tap, TAP_BOARD), &conference);

	if (result == 0 && conference.ends > registrar_now()) {
		time_t ends = (time_t)conference.ends;
		localtime_r(&ends, &local);
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M", &local);
		form_fill(form, WISH_UNTIL, when);
	}
	conference_clear(&conference);
	return result;
}

/* From what was tapped on to the form that confirms it. */
static int fill(struct store_tx *tx, const struct form *tap, struct form *form)
{
	char number[24];
	int64_t outlet = 0;
	int result = 0;

	for (size_t i = WISH_SCOPE; i <= WISH_PASS; i++)
		form_fill(form, i, form_text(tap, i));
	form_fill(form, WISH_WORDS, "Restricted by the Service");
	if (form_given(tap, TAP_REGISTRATION))
		result = fill_pass(tx, form_text(tap, TAP_REGISTRATION), form);
	if (result == 0 && form_given(tap, TAP_NAME)) {
		result = find_outlet(tx, form_text(tap, TAP_NAME), &outlet);
		snprintf(number, sizeof(number), "%lld", (long long)outlet);
		form_fill(form, WISH_OUTLET, number);
	}
	if (result == 0 && form_given(tap, TAP_BOARD)) {
		form_fill(form, WISH_BOARD, form_text(tap, TAP_BOARD));
		result = fill_until(tx, tap, form);
	}
	return result;
}

int restrict_get(struct request *req, struct reply *rep)
{
	struct form *query = request_query(req);
	struct form *form;
	struct store_tx *tx = NULL;
	struct restriction wish;
	uint8_t pass[16];
	int result;

	if (!form_ok(query))
		return 404;
	form = form_new(restrict_fields, WISH_FIELDS);
	if (!form)
		return STORE_NO_MEMORY;
	result = store_read_begin(registrar_of(req)->store, &tx);
	if (result == 0)
		result = fill(tx, query, form);
	store_read_end(tx);
	if (result == 0)
		result = read_wish(form, &wish, pass) ? confirm(req, rep, &wish, form) : 404;
	else
		result = site_result(result);
	form_free(form);
	return result;
}

/* The end as typed, in the Service's zone; a message where there is no such time. */
static void read_until(struct form *form, struct restriction *wish)
{
	struct form_time t = form_when(form, WISH_UNTIL);
	int r;

	if (!form_given(form, WISH_UNTIL) || form_message(form, WISH_UNTIL))
		return;
	r = zone_seconds(t.year, t.month, t.day, t.hour, t.minute, ZONE_SECOND, &wish->until);
	if (r != 0)
		form_refuse(form, WISH_UNTIL,
		    "Clocks jump over this time. Choose another, or leave it empty");
	else if (wish->until <= wish->from)
		form_refuse(form, WISH_UNTIL,
		    "This is in the past. Choose a later time, or leave it empty");
}

int restrict_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct restriction wish;
	uint8_t pass[16];
	int64_t id;
	int result;

	if (!read_wish(form, &wish, pass))
		return 400;
	wish.from = registrar_now();
	wish.words = form_text(form, WISH_WORDS);
	wish.staff = session_of(req)->staff;
	read_until(form, &wish);
	if (!form_ok(form)) {
		reply_status(rep, 422);
		return confirm(req, rep, &wish, form);
	}
	result = restriction_add(registrar_of(req), &wish, &id);
	if (result == RESTRICTION_UNKNOWN)
		return 404;
	if (result > 0) {
		form_refuse(form, WISH_WORDS, restriction_strerror(result));
		reply_status(rep, 422);
		return confirm(req, rep, &wish, form);
	}
	if (result == 0 && form_given(form, WISH_BOARD))
		reply_redirect(
		    rep, "/staff/conferences/%s?done=restricted", form_text(form, WISH_BOARD));
	else if (result == 0)
		reply_redirect(rep, "/staff/restrictions?done=restricted");
	return site_result(result);
}

int restriction_lift_post(struct request *req, struct reply *rep)
{
	const char *text = request_segment(req, "id");
	struct form *form = request_form(req);
	size_t len = strlen(text);
	int result;

	if (len > 15 || strspn(text, "0123456789") != len)
		return 404;
	result =
	    restriction_lift(registrar_of(req), strtoll(text, NULL, 10), session_of(req)->staff);
	if (result == RESTRICTION_UNKNOWN)
		return 404;
	if (result == 0 && form_ok(form) && form_given(form, 0))
		reply_redirect(rep, "/staff/conferences/%s?done=lifted", form_text(form, 0));
	else if (result == 0)
		reply_redirect(rep, "/staff/restrictions?done=lifted");
	return site_result(result);
}

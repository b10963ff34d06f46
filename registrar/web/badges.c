/* Printed badges of a conference: whom to print. */
#include "registrar/web/badges.h"

#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/web/badges.html.h"
#include "registrar/web/handlers.h"

#define ID_MAX 9007199254740991
/* People of the list on a page: more are found by the filters, and printed all the same. */
#define SHOWN 200

enum { LIST_OUTLET, LIST_CLASS, LIST_FIND, LIST_WHICH, LIST_SIZE };

const struct form_choice badges_whiches[BADGES_WHICHES + 1] = {
    [BADGE_ALL] = {"all", "Everybody with a pass", NULL},
    [BADGE_NOT_PRINTED] = {"not-printed", "Not printed yet", NULL},
    [BADGE_PRINTED] = {"printed", "Printed already", NULL},
    {NULL, NULL, NULL},
};

#define CHOICE_FIELDS                                                                              \
	[LIST_OUTLET] = {.name = "outlet",                                                         \
	    .label = "outlet",                                                                     \
	    .kind = FORM_INTEGER,                                                                  \
	    .high = ID_MAX},                                                                       \
	[LIST_CLASS] = {.name = "class",                                                           \
	    .label = "role",                                                                       \
	    .kind = FORM_INTEGER,                                                                  \
	    .low = -1,                                                                             \
	    .high = CLASS_COUNT - 1},                                                              \
	[LIST_FIND] = {.name = "find", .label = "name or code", .kind = FORM_LINE, .max = 100},    \
	[LIST_WHICH] = {                                                                           \
	    .name = "which", .label = "which", .kind = FORM_CHOICE, .choices = badges_whiches}

const struct form_field badges_query[4] = {CHOICE_FIELDS};
const struct form_field badges_fields[5] = {CHOICE_FIELDS, [LIST_SIZE] = BADGES_SIZE_FIELD};

static struct badge_choice choice_of(const struct form *form)
{
	bool good = form_ok(form);

	return (struct badge_choice){
	    .outlet = good && form_given(form, LIST_OUTLET) ? form_number(form, LIST_OUTLET) : 0,
	    .pass_class =
		good && form_given(form, LIST_CLASS) ? (int)form_number(form, LIST_CLASS) : -1,
	    .find = good ? form_text(form, LIST_FIND) : "",
	    .which = good && form_given(form, LIST_WHICH)
			 ? (enum badge_which)form_number(form, LIST_WHICH)
			 : BADGE_NOT_PRINTED};
}

struct options {
	struct view_badge_option *items;
	size_t n, room;
	int64_t chosen;
};

static int add_option(struct options *options, int64_t value, const char *words, bool chosen)
{
	struct view_badge_option *items =
	    list_grow(options->items, options->n, &options->room, sizeof(*items));

	if (!items)
		return MODEL_SYSTEM;
	options->items = items;
	items[options->n++] = (struct view_badge_option){value, list_text(words), chosen};
	return items[options->n - 1].words ? 0 : MODEL_SYSTEM;
}

static void free_options(struct options *options)
{
	for (size_t i = 0; i < options->n; i++)
		free((void *)(uintptr_t)options->items[i].words);
	free(options->items);
}

static int keep_outlet(void *context, int64_t id, const char *name)
{
	struct options *options = context;

	return add_option(options, id, name, id == options->chosen);
}

struct showing {
	struct conference conference;
	struct badge_counts counts;
	struct badge_list list;
	struct options outlets, classes;
};

static int read_list(
    struct store_tx *tx, const char *slug, const struct badge_choice *choice, struct showing *it)
{
	int result = conference_by_slug(tx, slug, &it->conference);

	it->outlets.chosen = choice->outlet;
	if (result == 0)
		result = badge_counts(tx, it->conference.id, choice, &it->counts);
	if (result == 0)
		result = badge_list(tx, it->conference.id, choice, SHOWN, &it->list);
	if (result == 0)
		result = badge_outlets(tx, it->conference.id, keep_outlet, &it->outlets);
	for (unsigned i = 0; result == 0 && i < CLASS_NAMED; i++)
		result = add_option(&it->classes, i, class_words(i), (int)i == choice->pass_class);
	return result;
}

static void clear_showing(struct showing *it)
{
	conference_clear(&it->conference);
	badge_list_free(&it->list);
	free_options(&it->outlets);
	free_options(&it->classes);
}

static int show_list(
    struct request *req, struct reply *rep, const struct badge_choice *choice, const char *problem)
{
	struct showing it = {.list = {NULL, 0}};
	struct refusal why = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = read_list(tx, request_segment(req, "slug"), choice, &it);
	store_read_end(tx);
	if (result == 0 && !problem && badge_design_check(registrar_of(req), &why) == MODEL_REFUSED)
		problem = why.words;
	if (result == 0) {
		struct view_badges view = {.conference = &it.conference,
		    .counts = &it.counts,
		    .list = &it.list,
		    .outlets = it.outlets.items,
		    .n_outlets = it.outlets.n,
		    .classes = it.classes.items,
		    .n_classes = it.classes.n,
		    .which = choice->which,
		    .find = choice->find,
		    .problem = problem};

		site_page(req, rep, &view.page, "Badges", "/staff/conferences", SITE_FORMS);
		view.page.wide = true;
		view.page.error = problem != NULL;
		badges_page(reply_body(rep), &view);
	}
	clear_showing(&it);
	return site_result(result);
}

int badges_get(struct request *req, struct reply *rep)
{
	struct badge_choice choice = choice_of(request_query(req));

	return show_list(req, rep, &choice, NULL);
}

int badges_post(struct request *req, struct reply *rep)
{
	const struct form *form = request_form(req);
	struct refusal why = {0};
	struct badge_wish wish = {.slug = request_segment(req, "slug"),
	    .choice = choice_of(form),
	    .staff = session_of(req)->staff};
	int result;

	if (!form_ok(form))
		return 400;
	wish.size = badges_size(form, LIST_SIZE);
	result = badges_reply(req, rep, &wish, wish.slug, &why);
	if (result == MODEL_REFUSED) {
		reply_status(rep, 422);
		return show_list(req, rep, &wish.choice, why.words);
	}
	return site_result(result);
}

int badge_design_get(struct request *req, struct reply *rep)
{
	return badges_picture(req, rep, NULL);
}

/* Printed badges: whom to print, one person's badge, and a badge that was lost. */
#include "registrar/web/badges.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registrar/list.h"
#include "registrar/press/person.h"
#include "registrar/web/badges.html.h"
#include "registrar/web/handlers.h"
#include "registrar/web/view_log.h"
#include "schema/registrar_db.h"

#define ID_MAX 9007199254740991
/* People of the list on a page: more are found by the filters, and printed all the same. */
#define SHOWN 200

enum { LIST_OUTLET, LIST_CLASS, LIST_FIND, LIST_WHICH, LIST_SIZE };

static const struct form_choice which_choices[] = {
    [BADGE_ALL] = {"all", "Everybody with a pass", NULL},
    [BADGE_NOT_PRINTED] = {"not-printed", "Not printed yet", NULL},
    [BADGE_PRINTED] = {"printed", "Printed already", NULL},
    {NULL, NULL, NULL},
};
static const struct form_choice size_choices[] = {
    {"design", "As the design says", NULL},
    {"cr80", "Card (CR80, 85.6 × 54 mm)", NULL},
    {"a6", "A6 (105 × 148 mm)", NULL},
    {"letter-8up", "Eight cards on a letter sheet", NULL},
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
	    .name = "which", .label = "which", .kind = FORM_CHOICE, .choices = which_choices}
#define SIZE_FIELD                                                                                 \
	{                                                                                          \
		.name = "size", .label = "size", .kind = FORM_CHOICE, .choices = size_choices      \
	}

const struct form_field badges_query[4] = {CHOICE_FIELDS};
const struct form_field badges_fields[5] = {CHOICE_FIELDS, [LIST_SIZE] = SIZE_FIELD};

enum { ONE_DONE };
static const struct form_choice done_choices[] = {
    {"replaced", "replaced", NULL},
    {NULL, NULL, NULL},
};
const struct form_field badge_query[1] = {
    [ONE_DONE] = {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices}};

enum { ONE_WORDS, ONE_SIZE };
const struct form_field badge_fields[2] = {
    [ONE_WORDS] = {.name = "words",
	.label = "what was wrong with the print",
	.hint = "Only where it was printed before: the pass stays the same",
	.kind = FORM_LINE,
	.max = BADGE_WORDS_MAX},
    [ONE_SIZE] = SIZE_FIELD,
};
const struct form_field badge_lost_fields[1] = {
    [ONE_WORDS] = {.name = "words",
	.label = "how the badge was lost",
	.hint = "Kept with the pass that is taken back; the person does not read it",
	.kind = FORM_LINE,
	.max = BADGE_WORDS_MAX,
	.required = true,
	.missing = "Say how the badge was lost"},
};

const char *view_badge_what(const struct badge_line *line)
{
	switch (line->what) {
	case BADGE_LINE_LOST:
		return "Lost: the pass was taken back";
	case BADGE_LINE_MISPRINT:
		return "Printed again after a misprint";
	case BADGE_LINE_PRINTED:
	default:
		return "Printed";
	}
}

/* ---- a file on the way to the printer ---- */

struct spool {
	int fd;
	uint64_t len;
};

static bool spool_write(void *context, const uint8_t *bytes, size_t len)
{
	struct spool *spool = context;

	while (len > 0) {
		ssize_t n = write(spool->fd, bytes, len);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
		spool->len += (uint64_t)n;
	}
	return true;
}

/* In the data folder, without a name: it is gone with the last who has it open. */
static int spool_open(const struct registrar *registrar)
{
	char *path = registrar_path(registrar, "badges-XXXXXX");
	int fd = path ? mkstemp(path) : -1;

	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static bool sink_body(void *context, const uint8_t *bytes, size_t len)
{
	buf_add(context, (const char *)bytes, len);
	return !buf_error(context);
}

static int size_of(const struct form *form, size_t field)
{
	return form_given(form, field) ? (int)form_number(form, field) - 1 : -1;
}

/* Prints into the reply. 0: it is in; else as badge_print, and the reply is as before. */
static int print(struct request *req, struct reply *rep, const struct badge_wish *wish,
    const char *name, struct refusal *why)
{
	struct spool spool = {spool_open(registrar_of(req)), 0};
	unsigned badges = 0;
	char file[160];
	int result;

	if (spool.fd < 0)
		return MODEL_SYSTEM;
	result = badge_print(
	    registrar_of(req), wish, spool_write, &spool, registrar_now(), &badges, why);
	if (result != 0) {
		close(spool.fd);
		return result;
	}
	snprintf(file, sizeof(file), "badges-%.100s.pdf", name);
	reply_type(rep, "application/pdf");
	reply_download(rep, file);
	reply_file(rep, spool.fd, spool.len);
	return 0;
}

/* ---- those of a conference ---- */

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

static int read_outlets(
    struct store_tx *tx, int64_t conference, int64_t chosen, struct options *ret)
{
	struct store_rows *rows = NULL;
	int result =
	    store_query(tx, REGISTRAR_Q_BADGE_OUTLETS, STORE_ARGS(store_i64(conference)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW)
		result = add_option(ret, store_get_i64(rows, 0), store_get_text(rows, 1),
		    store_get_i64(rows, 0) == chosen);
	store_done(rows);
	return result;
}

static int add_choices(struct options *ret, const struct form_choice *choices, int64_t chosen)
{
	int result = 0;

	for (int64_t i = 0; result == 0 && choices[i].value; i++)
		result = add_option(ret, i, choices[i].label, i == chosen);
	return result;
}

struct showing {
	struct conference conference;
	struct badge_counts counts;
	struct badge_list list;
	struct options outlets, classes, whiches, sizes;
};

static int read_list(
    struct store_tx *tx, const char *slug, const struct badge_choice *choice, struct showing *it)
{
	int result = conference_by_slug(tx, slug, &it->conference);

	if (result == 0)
		result = badge_counts(tx, it->conference.id, choice, &it->counts);
	if (result == 0)
		result = badge_list(tx, it->conference.id, choice, SHOWN, &it->list);
	if (result == 0)
		result = read_outlets(tx, it->conference.id, choice->outlet, &it->outlets);
	for (unsigned i = 0; result == 0 && i < CLASS_NAMED; i++)
		result = add_option(&it->classes, i, class_words(i), (int)i == choice->pass_class);
	if (result == 0)
		result = add_choices(&it->whiches, which_choices, choice->which);
	return result == 0 ? add_choices(&it->sizes, size_choices, 0) : result;
}

static void clear_showing(struct showing *it)
{
	conference_clear(&it->conference);
	badge_list_free(&it->list);
	free_options(&it->outlets);
	free_options(&it->classes);
	free_options(&it->whiches);
	free_options(&it->sizes);
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
		    .whiches = it.whiches.items,
		    .n_whiches = it.whiches.n,
		    .sizes = it.sizes.items,
		    .n_sizes = it.sizes.n,
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
	wish.size = size_of(form, LIST_SIZE);
	result = print(req, rep, &wish, wish.slug, &why);
	if (result == MODEL_REFUSED) {
		reply_status(rep, 422);
		return show_list(req, rep, &wish.choice, why.words);
	}
	return site_result(result);
}

/* ---- pictures ---- */

static int picture(struct request *req, struct reply *rep, const char *reference)
{
	struct refusal why = {0};
	int result = badge_picture(registrar_of(req), request_segment(req, "slug"), reference, -1,
	    sink_body, reply_body(rep), &why);

	if (result == 0)
		reply_type(rep, "image/png");
	else
		buf_reset(reply_body(rep));
	return result == MODEL_REFUSED ? 404 : site_result(result);
}

int badge_design_get(struct request *req, struct reply *rep)
{
	return picture(req, rep, NULL);
}

/* ---- one person's ---- */

struct one {
	struct conference conference;
	struct registration *registration;
	char *name, *outlet;
	struct badge_history history;
	struct options sizes;
};

static void clear_one(struct one *it)
{
	conference_clear(&it->conference);
	free(it->registration);
	free(it->name);
	free(it->outlet);
	free(it->history.items);
	free_options(&it->sizes);
}

/* The name and the outlet as they stand, with a pass or without. */
static int read_names(struct store_tx *tx, struct one *it)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_BADGE_NAMES,
	    STORE_ARGS(store_i64(it->registration->accreditation_id)), &rows);

	if (result != STORE_ROW)
		return result;
	it->name = list_text(store_get_text(rows, 0));
	it->outlet = list_text(store_get_text(rows, 1));
	store_done(rows);
	return it->name && it->outlet ? 0 : MODEL_SYSTEM;
}

static int read_one(struct request *req, struct one *it)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	it->registration = malloc(sizeof(*it->registration));
	if (result == 0 && !it->registration)
		result = MODEL_SYSTEM;
	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &it->conference);
	if (result == 0)
		result = registration_by_reference(
		    tx, request_segment(req, "reference"), it->registration);
	if (result == 0 && it->registration->conference_id != it->conference.id)
		result = MODEL_NOT_FOUND;
	if (result == 0)
		result = read_names(tx, it);
	if (result == 0)
		result = badge_history(tx, it->registration->id, &it->history);
	store_read_end(tx);
	return result == 0 ? add_choices(&it->sizes, size_choices, 0) : result;
}

/* A look at somebody's badge stands in the log before it is shown. */
static int note_look(struct request *req, const struct one *it)
{
	const struct view_log_look look = {.what = VIEW_LOG_BADGE,
	    .why = VIEW_LOG_CONFERENCE,
	    .person_id = it->registration->person_id,
	    .item = it->conference.slug};

	return view_log_note(req, &look);
}

static int64_t printed_of(const struct one *it)
{
	int64_t n = 0;

	for (size_t i = 0; i < it->history.n; i++)
		n += it->history.items[i].stands;
	return n;
}

typedef void page_of_badge(struct buf *b, const struct view_badge *v);

static int show_one(struct request *req, struct reply *rep, const struct form *form,
    page_of_badge *page, const char *problem, unsigned status)
{
	struct form *query = request_query(req);
	struct one it = {.registration = NULL};
	int result = read_one(req, &it);

	if (result == 0)
		result = note_look(req, &it);
	if (result == 0) {
		struct view_badge view = {.conference = &it.conference,
		    .registration = it.registration,
		    .name = it.name,
		    .outlet = it.outlet,
		    .history = &it.history,
		    .sizes = it.sizes.items,
		    .n_sizes = it.sizes.n,
		    .form = form,
		    .printed = printed_of(&it),
		    .replaced = query && form_size(query) > 0 && form_ok(query) &&
				form_given(query, ONE_DONE),
		    .is_over = registrar_now() >= it.conference.ends,
		    .problem = problem};

		site_page(req, rep, &view.page, it.name, "/staff/conferences", SITE_FORMS);
		view.page.error = problem != NULL || !form_ok(form);
		reply_status(rep, status);
		page(reply_body(rep), &view);
	}
	clear_one(&it);
	return site_result(result);
}

int badge_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(badge_fields, 2);
	int result = form ? show_one(req, rep, form, badge_page, NULL, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int badge_png_get(struct request *req, struct reply *rep)
{
	struct one it = {.registration = NULL};
	int result = read_one(req, &it);

	if (result == 0)
		result = note_look(req, &it);
	clear_one(&it);
	return result == 0 ? picture(req, rep, request_segment(req, "reference"))
			   : site_result(result);
}

int badge_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *words = form_text(form, ONE_WORDS);
	struct refusal why = {0};
	struct badge_wish wish = {.slug = request_segment(req, "slug"),
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff};
	struct one it = {.registration = NULL};
	int result = read_one(req, &it);

	wish.misprint = result == 0 && printed_of(&it) > 0;
	wish.words = wish.misprint ? words : NULL;
	clear_one(&it);
	if (result != 0)
		return site_result(result);
	if (form_ok(form) && wish.misprint && !*words)
		form_refuse(form, ONE_WORDS, "Say what was wrong with the print");
	if (!form_ok(form))
		return show_one(req, rep, form, badge_page, NULL, 422);
	wish.size = size_of(form, ONE_SIZE);
	result = print(req, rep, &wish, wish.reference, &why);
	if (result == MODEL_REFUSED)
		return show_one(req, rep, form, badge_page, why.words, 422);
	return site_result(result);
}

/* ---- a badge that was lost ---- */

int badge_lost_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(badge_lost_fields, 1);
	int result = form ? show_one(req, rep, form, badge_lost_page, NULL, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int badge_lost_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *slug = request_segment(req, "slug");
	const char *reference = request_segment(req, "reference");
	struct refusal why = {0};
	int result;

	if (!form_ok(form))
		return show_one(req, rep, form, badge_lost_page, NULL, 422);
	result = badge_lost(registrar_of(req), slug, reference, form_text(form, ONE_WORDS),
	    session_of(req)->staff, registrar_now(), &why);
	if (result == MODEL_REFUSED)
		return show_one(req, rep, form, badge_lost_page, why.words, 422);
	if (result == 0)
		reply_redirect(
		    rep, "/staff/conferences/%s/badges/%s?done=replaced", slug, reference);
	return site_result(result);
}

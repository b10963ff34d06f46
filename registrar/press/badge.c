#include "registrar/press/badge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

static int keep_person(struct badge_list *list, size_t *room, struct store_rows *rows)
{
	struct badge_person *items = list_grow(list->items, list->n, room, sizeof(*items)), *to;

	if (!items)
		return MODEL_SYSTEM;
	list->items = items;
	to = &items[list->n++];
	*to = (struct badge_person){.name = list_text(store_get_text(rows, 2)),
	    .outlet = list_text(store_get_text(rows, 3)),
	    .pass_class = (unsigned)store_get_i64(rows, 4),
	    .has_photo = store_get_i64(rows, 5) != 0,
	    .printed = store_get_i64(rows, 6),
	    .last = store_get_i64(rows, 7)};
	if (!to->name || !to->outlet)
		return MODEL_SYSTEM;
	snprintf(to->reference, sizeof(to->reference), "%s", store_get_text(rows, 0));
	return store_get_fixed(rows, 1, to->pass, sizeof(to->pass));
}

int badge_list(struct store_tx *tx, int64_t conference_id, const struct badge_choice *choice,
    size_t most, struct badge_list *ret)
{
	struct badge_list list = {NULL, 0};
	struct store_rows *rows = NULL;
	size_t room = 0;
	int result = store_query(tx, REGISTRAR_Q_BADGE_LIST,
	    STORE_ARGS(store_i64(conference_id), store_i64(choice->outlet),
		store_i64(choice->pass_class), store_text(choice->find), store_i64(choice->which),
		store_i64((int64_t)most)),
	    &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW)
		result = keep_person(&list, &room, rows);
	store_done(rows);
	if (result != 0)
		badge_list_free(&list);
	else
		*ret = list;
	return result;
}

void badge_list_free(struct badge_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].name);
		free(list->items[i].outlet);
	}
	free(list->items);
	*list = (struct badge_list){NULL, 0};
}

static int two(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n,
    int64_t *ret_one, int64_t *ret_other)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, args, n, &rows);

	if (result != STORE_ROW)
		return result;
	*ret_one = store_get_i64(rows, 0);
	*ret_other = store_get_i64(rows, 1);
	store_done(rows);
	return 0;
}

int badge_counts(struct store_tx *tx, int64_t conference_id, const struct badge_choice *choice,
    struct badge_counts *ret)
{
	struct badge_counts counts = {0, 0, 0, 0};
	int result = two(tx, REGISTRAR_Q_BADGE_COUNTS, STORE_ARGS(store_i64(conference_id)),
	    &counts.passes, &counts.printed);

	if (result == 0)
		result = two(tx, REGISTRAR_Q_BADGE_CHOSEN,
		    STORE_ARGS(store_i64(conference_id), store_i64(choice->outlet),
			store_i64(choice->pass_class), store_text(choice->find),
			store_i64(choice->which)),
		    &counts.chosen, &counts.again);
	if (result == 0)
		*ret = counts;
	return result;
}

int badge_outlets(
    struct store_tx *tx, int64_t conference_id, badge_outlet_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int result =
	    store_query(tx, REGISTRAR_Q_BADGE_OUTLETS, STORE_ARGS(store_i64(conference_id)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW)
		result = visit(context, store_get_i64(rows, 0), store_get_text(rows, 1));
	store_done(rows);
	return result;
}

int badge_names(struct store_tx *tx, int64_t accreditation_id, char **ret_name, char **ret_outlet)
{
	struct store_rows *rows = NULL;
	char *name, *outlet;
	int result =
	    store_one(tx, REGISTRAR_Q_BADGE_NAMES, STORE_ARGS(store_i64(accreditation_id)), &rows);

	if (result != STORE_ROW)
		return result;
	name = list_text(store_get_text(rows, 0));
	outlet = list_text(store_get_text(rows, 1));
	store_done(rows);
	if (!name || !outlet) {
		free(name);
		free(outlet);
		return MODEL_SYSTEM;
	}
	*ret_name = name;
	*ret_outlet = outlet;
	return 0;
}

static int keep_line(struct badge_history *history, size_t *room, struct store_rows *rows)
{
	struct badge_line *items = list_grow(history->items, history->n, room, sizeof(*items)), *to;
	const char *cause = store_get_text(rows, 3), *code;

	if (!items)
		return MODEL_SYSTEM;
	history->items = items;
	to = &items[history->n++];
	*to = (struct badge_line){.at = store_get_i64(rows, 0),
	    .what = strcmp(cause, "lost") == 0	     ? BADGE_LINE_LOST
		    : strcmp(cause, "misprint") == 0 ? BADGE_LINE_MISPRINT
						     : BADGE_LINE_PRINTED,
	    .stands = store_get_i64(rows, 6) != 0,
	    .badges = store_get_i64(rows, 7)};
	snprintf(to->staff, sizeof(to->staff), "%s", store_get_text(rows, 1));
	snprintf(to->size, sizeof(to->size), "%s", store_get_text(rows, 2));
	snprintf(to->words, sizeof(to->words), "%s", store_get_text(rows, 4));
	code = store_get_text(rows, 5);
	snprintf(to->code, sizeof(to->code), "%.4s-%.4s", code, code + 4);
	return 0;
}

int badge_history(struct store_tx *tx, int64_t registration_id, struct badge_history *ret)
{
	struct badge_history history = {NULL, 0};
	struct store_rows *rows = NULL;
	size_t room = 0;
	int result = store_query(
	    tx, REGISTRAR_Q_BADGE_HISTORY, STORE_ARGS(store_i64(registration_id)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW)
		result = keep_line(&history, &room, rows);
	store_done(rows);
	if (result != 0)
		free(history.items);
	else
		*ret = history;
	return result;
}

/* ---- a badge that was lost ---- */

struct loss {
	struct registrar *registrar;
	const char *slug, *reference, *words, *staff;
	int64_t now;
	struct refusal *why;
};

static int check_loss(
    struct store_tx *tx, const struct loss *it, struct registration *ret_registration)
{
	struct conference conference = {0};
	int result = registration_by_reference(tx, it->reference, ret_registration);

	if (result == 0)
		result = conference_by_slug(tx, it->slug, &conference);
	if (result == 0 && ret_registration->conference_id != conference.id)
		result = MODEL_NOT_FOUND;
	if (result == 0 && it->now >= conference.ends)
		result = refuse(it->why, "", "This conference is over: no door takes its passes.");
	else if (result == 0 && !ret_registration->has_pass)
		result = refuse(it->why, "", "This registration has no pass that could be lost.");
	conference_clear(&conference);
	return result;
}

static int loss_body(struct store_tx *tx, void *context)
{
	const struct loss *it = context;
	struct registration *registration = malloc(sizeof(*registration));
	int result = registration ? check_loss(tx, it, registration) : MODEL_SYSTEM;

	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_BADGE_LOST_INSERT,
		    STORE_ARGS(store_blob(registration->pass_id, 16), store_i64(it->now),
			store_text(it->staff), store_text(it->words)),
		    NULL);
	if (result == 0)
		result = registration_reissue_within(
		    tx, it->registrar, registration->id, it->staff, it->now, it->why);
	free(registration);
	return result;
}

int badge_lost(struct registrar *registrar, const char *slug, const char *reference,
    const char *words, const char *staff, int64_t now, struct refusal *why)
{
	struct loss loss = {registrar, slug, reference, words, staff, now, why};
	int result;

	if (!*words || text_length(words) > BADGE_WORDS_MAX)
		return refuse(
		    why, "words", "Say in at most %d characters how it was lost.", BADGE_WORDS_MAX);
	result = store_write(registrar->store, loss_body, &loss);
	if (result == 0) {
		registrar_changed(registrar);
		registrar_mail_waits(registrar);
	}
	return result;
}

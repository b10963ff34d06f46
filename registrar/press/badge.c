#include "registrar/press/badge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

static void clear_person(void *item)
{
	struct badge_person *person = item;

	free(person->name);
	free(person->outlet);
}

static int read_person(struct store_rows *rows, void *item)
{
	struct badge_person *ret = item;
	int result = MODEL_SYSTEM;

	*ret = (struct badge_person){.name = list_text(store_get_text(rows, 2)),
	    .outlet = list_text(store_get_text(rows, 3)),
	    .pass_class = (unsigned)store_get_i64(rows, 4),
	    .has_photo = store_get_i64(rows, 5) != 0,
	    .printed = store_get_i64(rows, 6),
	    .last = store_get_i64(rows, 7)};
	snprintf(ret->reference, sizeof(ret->reference), "%s", store_get_text(rows, 0));
	if (ret->name && ret->outlet)
		result = store_get_fixed(rows, 1, ret->pass, sizeof(ret->pass));
	if (result)
		clear_person(ret);
	return result;
}

int badge_list(struct store_tx *tx, int64_t conference_id, const struct badge_choice *choice,
    size_t most, struct badge_list *ret)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_BADGE_LIST,
	    STORE_ARGS(store_i64(conference_id), store_i64(choice->outlet),
		store_i64(choice->pass_class), store_text(choice->find), store_i64(choice->which),
		store_i64((int64_t)most)),
	    sizeof(*ret->items), read_person, clear_person, &list);

	if (result == 0)
		*ret = (struct badge_list){list.items, list.n};
	return result;
}

void badge_list_free(struct badge_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		clear_person(&list->items[i]);
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

static int read_line(struct store_rows *rows, void *item)
{
	struct badge_line *ret = item;
	const char *cause = store_get_text(rows, 3), *code;

	*ret = (struct badge_line){.at = store_get_i64(rows, 0),
	    .what = strcmp(cause, "lost") == 0	     ? BADGE_LINE_LOST
		    : strcmp(cause, "misprint") == 0 ? BADGE_LINE_MISPRINT
						     : BADGE_LINE_PRINTED,
	    .stands = store_get_i64(rows, 6) != 0,
	    .badges = store_get_i64(rows, 7)};
	snprintf(ret->staff, sizeof(ret->staff), "%s", store_get_text(rows, 1));
	snprintf(ret->size, sizeof(ret->size), "%s", store_get_text(rows, 2));
	snprintf(ret->words, sizeof(ret->words), "%s", store_get_text(rows, 4));
	code = store_get_text(rows, 5);
	snprintf(ret->code, sizeof(ret->code), "%.4s-%.4s", code, code + 4);
	return 0;
}

int badge_history(struct store_tx *tx, int64_t registration_id, struct badge_history *ret)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_BADGE_HISTORY,
	    STORE_ARGS(store_i64(registration_id)), sizeof(*ret->items), read_line, NULL, &list);

	if (result == 0)
		*ret = (struct badge_history){list.items, list.n};
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

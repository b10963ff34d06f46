#include "registrar/press/conference_private.h"

#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/say.h"

static const char *const state_words[] = {"draft", "announced", "cancelled"};

const char *conference_state_word(enum conference_state state)
{
	return state_words[state];
}

void conference_clear(struct conference *conference)
{
	free(conference->text);
	conference->text = NULL;
}

void conference_list_free(struct conference *list, size_t n)
{
	for (size_t i = 0; list && i < n; i++)
		conference_clear(&list[i]);
	free(list);
}

/* Copies the five strings of a row into one block. */
static int read_text(struct store_rows *rows, struct conference *ret)
{
	const char **const into[] = {
	    &ret->slug, &ret->title, &ret->summary, &ret->place, &ret->stream};
	size_t size = 0;

	for (unsigned i = 0; i < 5; i++)
		size += strlen(store_get_text(rows, i + 1)) + 1;
	char *at = ret->text = malloc(size);
	if (!at)
		return MODEL_SYSTEM;
	for (unsigned i = 0; i < 5; i++) {
		size_t len = strlen(store_get_text(rows, i + 1)) + 1;
		*into[i] = memcpy(at, store_get_text(rows, i + 1), len);
		at += len;
	}
	return 0;
}

static int read_row(struct store_rows *rows, void *item)
{
	struct conference *ret = item;
	const char *state = store_get_text(rows, 21);

	*ret = (struct conference){
	    .id = store_get_i64(rows, 0),
	    .doors = store_get_i64(rows, 6),
	    .starts = store_get_i64(rows, 7),
	    .ends = store_get_i64(rows, 8),
	    .capacity = store_get_i64(rows, 9),
	    .classes = (uint32_t)store_get_i64(rows, 10),
	    .per_outlet = store_get_i64(rows, 11),
	    .preregistration = store_get_i64(rows, 12),
	    .id_check = (enum conference_id_check)store_get_i64(rows, 13),
	    .id_share = (int)store_get_i64(rows, 14),
	    .reentry = store_get_i64(rows, 15),
	    .admit_at_once = store_get_i64(rows, 16),
	    .names_on_pass = store_get_i64(rows, 17),
	    .emerging = store_get_i64(rows, 18),
	    .amber = store_get_i64(rows, 19),
	    .red = store_get_i64(rows, 20),
	    .roster_version = store_get_i64(rows, 22),
	    .created = store_get_i64(rows, 23),
	    .changed = store_get_i64(rows, 24),
	    .sequence = store_get_i64(rows, 25),
	};
	for (unsigned i = 0; i < sizeof state_words / sizeof *state_words; i++)
		if (strcmp(state, state_words[i]) == 0)
			ret->state = (enum conference_state)i;
	return read_text(rows, ret);
}

static int read_one(
    struct store_tx *tx, unsigned query, struct store_value key, struct conference *ret)
{
	struct store_rows *rows = NULL;
	struct conference read;
	int result = store_one(tx, query, &key, 1, &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	result = read_row(rows, &read);
	store_done(rows);
	if (!result)
		*ret = read;
	return result;
}

int conference_by_slug(struct store_tx *tx, const char *slug, struct conference *ret)
{
	return read_one(tx, REGISTRAR_Q_CONFERENCE_BY_SLUG, store_text(slug), ret);
}

int conference_by_id(struct store_tx *tx, int64_t id, struct conference *ret)
{
	return read_one(tx, REGISTRAR_Q_CONFERENCE_BY_ID, store_i64(id), ret);
}

static void clear_row(void *item)
{
	conference_clear(item);
}

static int read_list(struct store_tx *tx, unsigned query, const struct store_value *values,
    size_t n_values, struct conference **ret_list, size_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result =
	    list_read(tx, query, values, n_values, sizeof **ret_list, read_row, clear_row, &list);

	if (result)
		return result;
	*ret_list = list.items;
	*ret_n = list.n;
	return 0;
}

int conference_list(struct store_tx *tx, int64_t after, struct conference **ret_list, size_t *ret_n)
{
	return read_list(
	    tx, REGISTRAR_Q_CONFERENCE_LIST, STORE_ARGS(store_i64(after)), ret_list, ret_n);
}

int conference_past(struct store_tx *tx, int64_t now, int64_t before, size_t most,
    struct conference **ret_list, size_t *ret_n)
{
	return read_list(tx, REGISTRAR_Q_CONFERENCE_PAST,
	    STORE_ARGS(store_i64(now), store_i64(before), store_i64((int64_t)most)), ret_list,
	    ret_n);
}

int conference_news(
    struct store_tx *tx, int64_t after, size_t most, struct conference **ret_list, size_t *ret_n)
{
	return read_list(tx, REGISTRAR_Q_CONFERENCE_NEWS,
	    STORE_ARGS(store_i64(after), store_i64((int64_t)most)), ret_list, ret_n);
}

int conference_numbers(
    struct store_tx *tx, const struct conference *conference, struct conference_numbers *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(
	    tx, REGISTRAR_Q_CONFERENCE_NUMBERS, STORE_ARGS(store_i64(conference->id)), &rows);

	if (result != STORE_ROW)
		return result;
	ret->confirmed = store_get_i64(rows, 0);
	ret->waitlisted = store_get_i64(rows, 1);
	ret->cancelled = store_get_i64(rows, 2);
	store_done(rows);
	ret->free = -1;
	if (conference->capacity)
		ret->free = conference->capacity > ret->confirmed
				? conference->capacity - ret->confirmed
				: 0;
	return 0;
}

int conference_raise_roster(struct store_tx *tx, int64_t id, int64_t *ret_version)
{
	struct store_rows *rows = NULL;
	int result =
	    store_exec(tx, REGISTRAR_Q_CONFERENCE_RAISE_ROSTER, STORE_ARGS(store_i64(id)), NULL);

	if (!result)
		result = store_one(
		    tx, REGISTRAR_Q_CONFERENCE_ROSTER_VERSION, STORE_ARGS(store_i64(id)), &rows);
	if (result != STORE_ROW)
		return result;
	*ret_version = store_get_i64(rows, 0);
	store_done(rows);
	return 0;
}

void conference_default(struct conference *conference)
{
	*conference = (struct conference){.slug = "",
	    .title = "",
	    .summary = "",
	    .place = "",
	    .stream = "",
	    .classes = CONFERENCE_CLASSES_ALL,
	    .preregistration = true,
	    .amber = 900,
	    .red = 43200,
	    .state = CONFERENCE_ANNOUNCED};
}

const char *conference_id_words(const struct conference *conference)
{
	switch (conference->id_check) {
	case CONFERENCE_ID_ALWAYS:
		return SAY("Bring identification with a photo: everyone is asked for it.");
	case CONFERENCE_ID_SHARE:
		return SAY("Bring identification with a photo: some people are chosen by chance "
			   "and asked for it.");
	default:
		return SAY("Identification may be requested on entry: bring something with your "
			   "photo.");
	}
}

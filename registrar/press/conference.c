#include "registrar/press/conference_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/pass.h"
#include "registrar/journal/journal.h"
#include "registrar/keys/keys_object.h"
#include "registrar/keys/keyring.h"
#include "registrar/list.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/say.h"
#include "web/text.h"

#define SUMMARY_MAX 4000 /* characters, as the table has it */
#define STREAM_MAX  500
#define CLASSES_ALL ((1u << 24) - 1)
/* A pass key is valid from well before its first pass to well after its last. */
#define KEY_BEFORE 86400
#define KEY_AFTER  (7 * 86400)

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

static int read_row(struct store_rows *rows, struct conference *ret)
{
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

static int read_list(struct store_tx *tx, unsigned query, const struct store_value *values,
    size_t n_values, struct conference **ret_list, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	struct conference *list = NULL;
	size_t n = 0, room = 0;
	int result = store_query(tx, query, values, n_values, &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW) {
		struct conference *more = list_grow(list, n, &room, sizeof *list);
		if (!more) {
			result = MODEL_SYSTEM;
			break;
		}
		list = more;
		result = read_row(rows, &list[n]);
		n += !result;
	}
	store_done(rows);
	if (result) {
		conference_list_free(list, n);
		return result;
	}
	*ret_list = list;
	*ret_n = n;
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
	    .classes = CLASSES_ALL,
	    .preregistration = true,
	    .amber = 900,
	    .red = 43200,
	    .state = CONFERENCE_ANNOUNCED};
}

/* A text of the wish (NULL is empty), cleaned; the caller frees it. */
static int clean(const char *text, const char *field, const char *words, enum text_lines lines,
    size_t max, bool required, char **ret, struct refusal *why)
{
	const char *given = text ? text : "";
	int bad = text_clean(given, strlen(given), lines, max, ret);

	if (bad == TEXT_NOMEM)
		return MODEL_SYSTEM;
	if (bad == TEXT_LONG)
		return refuse(
		    why, field, "The %s is too long. Use %zu characters at most.", words, max);
	if (bad)
		return refuse(why, field,
		    "The %s has a character that can't be shown. Take out control and invisible "
		    "characters.",
		    words);
	if (required && !**ret)
		return refuse(why, field, "The %s is missing. Give one.", words);
	return 0;
}

static int check_times(const struct conference *wish, struct refusal *why)
{
	if (wish->doors < PASS_TIME_MIN + KEY_BEFORE)
		return refuse(why, "doors", "This is before passes exist. Check the year.");
	if (wish->starts < wish->doors)
		return refuse(why, "starts", "It starts before doors open. Make doors earlier.");
	if (wish->ends <= wish->starts)
		return refuse(why, "ends", "It ends before it starts. Give a later end.");
	if (wish->ends - wish->doors > 31 * 86400)
		return refuse(why, "ends", "It lasts over a month. Check the dates.");
	if (wish->ends > PASS_TIME_MAX - KEY_AFTER)
		return refuse(why, "ends", "This is later than a pass can say. Check the year.");
	return 0;
}

static int check_numbers(const struct conference *wish, struct refusal *why)
{
	if (wish->capacity < 0 || wish->capacity > 1000000)
		return refuse(why, "capacity", "Give a number from 0 (no limit) to 1000000.");
	if (wish->per_outlet < 0 || wish->per_outlet > 10000)
		return refuse(why, "per-outlet", "Give a number from 0 (no limit) to 10000.");
	if (wish->classes == 0 || wish->classes > CLASSES_ALL)
		return refuse(why, "classes", "Admit at least one class.");
	if (wish->id_share < 0 || wish->id_share > 100)
		return refuse(why, "id-share", "Give a share from 0 to 100 percent.");
	if (wish->amber <= 0 || wish->red <= wish->amber || wish->red > 30 * 86400)
		return refuse(why, "red",
		    "Lists turn amber after some seconds and red after more, 30 days at most.");
	return 0;
}

struct create {
	struct registrar *registrar;
	const struct conference *wish;
	char *title, *summary, *place, *stream;
	char slug[65];
	const char *staff;
	int64_t now, id;
};

static void free_text(struct create *create)
{
	free(create->title);
	free(create->summary);
	free(create->place);
	free(create->stream);
}

static int check_text(struct create *create, struct refusal *why)
{
	const struct conference *wish = create->wish;
	int result = clean(
	    wish->title, "title", "title", TEXT_ONE_LINE, TEXT_NAME_MAX, true, &create->title, why);

	if (!result)
		result = clean(wish->place, "place", "place", TEXT_ONE_LINE, TEXT_NAME_MAX, true,
		    &create->place, why);
	if (!result)
		result = clean(wish->summary, "summary", "summary", TEXT_MANY_LINES, SUMMARY_MAX,
		    false, &create->summary, why);
	if (!result)
		result = clean(wish->stream, "stream", "live-stream link", TEXT_ONE_LINE,
		    STREAM_MAX, false, &create->stream, why);
	if (!result && *create->stream && strncmp(create->stream, "https://", 8) != 0)
		result = refuse(why, "stream", "A live-stream link begins with https://.");
	return result;
}

static int check_slug(struct create *create, struct refusal *why)
{
	if (!*create->wish->slug)
		text_make_slug(create->title, create->slug, sizeof create->slug);
	else if (text_slug(create->wish->slug) == 0)
		snprintf(create->slug, sizeof create->slug, "%s", create->wish->slug);
	if (*create->slug)
		return 0;
	return refuse(why, "slug",
	    *create->wish->slug
		? "A slug is 1 to 64 of a-z, 0-9 and single hyphens inside."
		: "No slug can be made of this title. Give one, such as briefing-12.");
}

/* What is given is checked; the rest is as it stands in this very write, as is what it was. */
struct change {
	struct create create;
	const struct conference_words *words;
	int64_t people;
};

static int change_words(struct store_tx *tx, struct change *change, const struct conference *held)
{
	const struct conference_words *words = change->words;
	const struct create *checked = &change->create;

	return store_exec(tx, REGISTRAR_Q_CONFERENCE_CHANGE,
	    STORE_ARGS(store_i64(held->id), store_text(words->title ? checked->title : held->title),
		store_text(words->summary ? checked->summary : held->summary),
		store_text(words->place ? checked->place : held->place),
		store_text(words->stream ? checked->stream : held->stream), store_i64(held->doors),
		store_i64(held->starts), store_i64(held->ends)),
	    NULL);
}

static int change_body(struct store_tx *tx, void *context)
{
	struct change *change = context;
	struct create *create = &change->create;
	struct conference held = {0};
	int64_t version = 0;
	int result = conference_by_id(tx, create->wish->id, &held);

	if (!result)
		result = change_words(tx, change, &held);
	if (!result)
		result = conference_raise_roster(tx, held.id, &version);
	if (!result)
		result = conference_tell(tx, create->registrar, held.id,
		    &(struct conference_words){held.title, held.summary, held.place, held.stream},
		    create->now, &change->people);
	conference_clear(&held);
	if (result)
		return result;
	return journal_append(tx, create->registrar,
	    &(struct journal_line){.kind = JOURNAL_CONFERENCE_CHANGED,
		.event = create->wish->slug,
		.staff = create->staff,
		.detail = "words"});
}

int conference_change(struct registrar *registrar, const char *slug,
    const struct conference_words *words, const char *staff, int64_t now, int64_t *ret_people,
    struct refusal *why)
{
	struct conference held = {0}, wish;
	struct change change = {{.registrar = registrar, .staff = staff, .now = now}, words, 0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = conference_by_slug(tx, slug, &held);
	store_read_end(tx);
	if (result)
		return result;
	wish = held;
	wish.title = words->title ? words->title : held.title;
	wish.summary = words->summary ? words->summary : held.summary;
	wish.place = words->place ? words->place : held.place;
	wish.stream = words->stream ? words->stream : held.stream;
	change.create.wish = &wish;
	result = check_text(&change.create, why);
	if (!result)
		result = store_write(registrar->store, change_body, &change);
	if (!result) {
		registrar_changed(registrar);
		registrar_mail_waits(registrar);
		*ret_people = change.people;
	}
	conference_clear(&held);
	free_text(&change.create);
	return result;
}

static int insert(struct store_tx *tx, const struct create *create)
{
	const struct conference *wish = create->wish;

	return store_exec(tx, REGISTRAR_Q_CONFERENCE_INSERT,
	    STORE_ARGS(store_text(create->slug), store_text(create->title),
		store_text(create->summary), store_text(create->place), store_text(create->stream),
		store_i64(wish->doors), store_i64(wish->starts), store_i64(wish->ends),
		store_i64(wish->capacity), store_i64(wish->classes), store_i64(wish->per_outlet),
		store_i64(wish->preregistration), store_i64(wish->id_check),
		store_i64(wish->id_share), store_i64(wish->reentry), store_i64(wish->admit_at_once),
		store_i64(wish->names_on_pass), store_i64(wish->emerging), store_i64(wish->amber),
		store_i64(wish->red), store_text(state_words[wish->state]), store_i64(create->now)),
	    NULL);
}

static int create_body(struct store_tx *tx, void *context)
{
	struct create *create = context;
	const struct conference *wish = create->wish;
	struct key_secret *key = NULL;
	int64_t from = wish->doors - KEY_BEFORE;
	char detail[128];
	int result = insert(tx, create);

	if (result)
		return result;
	create->id = store_last_id(tx);
	if (create->now - 60 < from)
		from = create->now - 60;
	result = keyring_make(tx, create->registrar, KEY_USE_PASS, create->id, from,
	    wish->ends + KEY_AFTER, create->staff, &key);
	key_free(key);
	if (result)
		return result;
	snprintf(detail, sizeof detail, "conference %" PRId64 " capacity %" PRId64, create->id,
	    wish->capacity);
	return journal_append(tx, create->registrar,
	    &(struct journal_line){.kind = JOURNAL_CONFERENCE_MADE,
		.event = create->slug,
		.staff = create->staff,
		.detail = detail});
}

int conference_create(struct registrar *registrar, const struct conference *wish, const char *staff,
    int64_t now, int64_t *ret_id, struct refusal *why)
{
	struct create create = {.registrar = registrar, .wish = wish, .staff = staff, .now = now};
	int result = check_text(&create, why);

	if (!result)
		result = check_slug(&create, why);
	if (!result)
		result = check_times(wish, why);
	if (!result)
		result = check_numbers(wish, why);
	if (!result)
		result = keys_object_need_root(registrar, why);
	if (!result) {
		result = store_write(registrar->store, create_body, &create);
		if (result == STORE_CONFLICT)
			result = refuse(why, "slug",
			    "There is a conference '%s' already. Choose another slug.",
			    create.slug);
	}
	if (!result)
		result = keyring_reload(registrar->keyring, registrar->store, why);
	if (!result) {
		*ret_id = create.id;
		registrar_changed(registrar);
	}
	free_text(&create);
	return result;
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

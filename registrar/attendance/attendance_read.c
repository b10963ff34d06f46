/* What a book is read from: registrations and passes. */
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance_book.h"
#include "registrar/list.h"
#include "schema/registrar_db.h"

/* ---- registrations ---- */

static int by_id(const void *a, const void *b)
{
	const struct attendance_registration *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static const char *state_text(struct attendance_book *book, const char *state)
{
	static const char *const words[] = {
	    "requested", "confirmed", "waitlisted", "declined", "cancelled"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], state) == 0)
			return words[i];
	return attendance_texts_keep(book->texts, state);
}

static bool read_registration(struct attendance_book *book, struct store_rows *rows,
    struct attendance_registration *ret)
{
	const char *name = store_get_text(rows, 2);

	*ret = (struct attendance_registration){
	    .id = store_get_i64(rows, 0),
	    .person = store_get_i64(rows, 1),
	    .name = attendance_texts_keep(book->texts, name),
	    .key = attendance_book_key(book, name),
	    .outlet = attendance_book_outlet(book, store_get_i64(rows, 3), store_get_text(rows, 4),
		store_get_i64(rows, 5) != 0),
	    .pass_class = (uint8_t)store_get_i64(rows, 6),
	    .reference = attendance_texts_keep(book->texts, store_get_text(rows, 7)),
	    .state = state_text(book, store_get_text(rows, 8)),
	    .created = store_get_i64(rows, 9),
	};
	return ret->name != NULL && ret->key != NULL && ret->outlet != UINT32_MAX &&
	       ret->reference != NULL && ret->state != NULL;
}

/* The first n stand in order: one that is known is replaced, a new one goes to the end. */
static int put_registration(
    struct attendance_book *book, size_t n, const struct attendance_registration *one)
{
	struct attendance_registration *list = book->registrations, *known = NULL;

	if (n > 0)
		known = bsearch(one, list, n, sizeof(*list), by_id);
	if (known != NULL) {
		*known = *one;
		return 0;
	}
	list = list_grow(
	    list, book->n_registrations, &book->cap_registrations, sizeof(*list));
	if (list == NULL)
		return STORE_NO_MEMORY;
	book->registrations = list;
	list[book->n_registrations++] = *one;
	return 0;
}

int attendance_read_people(struct store_tx *tx, struct attendance_book *book, int64_t since)
{
	struct attendance_registration one;
	struct store_rows *rows = NULL;
	size_t ordered = book->n_registrations;
	int r = since < 0
		    ? store_query(tx, REGISTRAR_Q_ATTENDANCE_REGISTRATIONS,
			  STORE_ARGS(store_i64(book->conference)), &rows)
		    : store_query(tx, REGISTRAR_Q_ATTENDANCE_REGISTRATIONS_SINCE,
			  STORE_ARGS(store_i64(book->conference), store_i64(since)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		book->changed = true;
		r = read_registration(book, rows, &one) ? put_registration(book, ordered, &one)
							: STORE_NO_MEMORY;
	}
	store_done(rows);
	if (book->n_registrations > ordered)
		qsort(book->registrations, book->n_registrations, sizeof(*book->registrations),
		    by_id);
	return r;
}

/* ---- passes ---- */

/* Its place, or where it would stand. Ids are drawn at random, so that any bytes of them spread. */
static struct attendance_pass *place_of(
    struct attendance_pass *passes, size_t cap, const uint8_t id[static 16])
{
	uint64_t hash;
	size_t at;

	memcpy(&hash, id, sizeof(hash));
	for (at = hash & (cap - 1); passes[at].used; at = (at + 1) & (cap - 1))
		if (memcmp(passes[at].id, id, 16) == 0)
			break;
	return &passes[at];
}

static bool grow(struct attendance_book *book)
{
	size_t cap = book->cap_passes == 0 ? 256 : book->cap_passes * 2;
	struct attendance_pass *passes = calloc(cap, sizeof(*passes));

	if (passes == NULL)
		return false;
	for (size_t i = 0; i < book->cap_passes; i++)
		if (book->passes[i].used)
			*place_of(passes, cap, book->passes[i].id) = book->passes[i];
	free(book->passes);
	book->passes = passes;
	book->cap_passes = cap;
	return true;
}

struct attendance_pass *attendance_book_pass(
    const struct attendance_book *book, const uint8_t id[static 16])
{
	struct attendance_pass *pass =
	    book->cap_passes == 0 ? NULL : place_of(book->passes, book->cap_passes, id);

	return pass != NULL && pass->used ? pass : NULL;
}

/* The place of a pass that is known or is made known. NULL: no memory. */
static struct attendance_pass *put_pass(struct attendance_book *book, const uint8_t id[static 16])
{
	struct attendance_pass *pass;

	if ((book->n_passes + 1) * 2 > book->cap_passes && !grow(book))
		return NULL;
	pass = place_of(book->passes, book->cap_passes, id);
	book->n_passes += !pass->used;
	*pass = (struct attendance_pass){.used = true};
	memcpy(pass->id, id, 16);
	return pass;
}

int attendance_read_passes(struct store_tx *tx, struct attendance_book *book, int64_t since)
{
	struct store_rows *rows = NULL;
	int r = since < 0 ? store_query(tx, REGISTRAR_Q_ATTENDANCE_PASSES,
				STORE_ARGS(store_i64(book->conference)), &rows)
			  : store_query(tx, REGISTRAR_Q_ATTENDANCE_PASSES_SINCE,
				STORE_ARGS(store_i64(book->conference), store_i64(since)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct attendance_pass *pass;
		uint8_t id[16];

		r = store_get_fixed(rows, 0, id, sizeof(id));
		if (r != 0)
			break;
		pass = put_pass(book, id);
		if (pass == NULL) {
			r = STORE_NO_MEMORY;
			break;
		}
		book->changed = true;
		pass->person = store_get_i64(rows, 1);
		pass->revoked = store_get_i64(rows, 2);
		pass->active = store_get_i64(rows, 4) != 0;
		pass->issued = store_get_i64(rows, 5);
		pass->code = attendance_texts_keep(book->texts, store_get_text(rows, 3));
		r = pass->code == NULL ? STORE_NO_MEMORY : 0;
	}
	store_done(rows);
	return r;
}

/* Whom a pass is of that is none of the conference's. */
static int look_up(struct store_tx *tx, struct attendance_book *book, struct attendance_pass *pass)
{
	struct store_rows *rows = NULL;
	const char *name;
	int r = store_one(
	    tx, REGISTRAR_Q_ATTENDANCE_PASS, STORE_ARGS(store_blob(pass->id, 16)), &rows);

	pass->foreign = true;
	pass->name = pass->key = "";
	pass->outlet = UINT32_MAX;
	if (r == STORE_NOT_FOUND)
		return 0;
	if (r != STORE_ROW)
		return r;
	name = store_get_text(rows, 1);
	pass->person = store_get_i64(rows, 0);
	pass->name = attendance_texts_keep(book->texts, name);
	pass->key = attendance_book_key(book, name);
	pass->outlet = attendance_book_outlet(
	    book, store_get_i64(rows, 2), store_get_text(rows, 3), store_get_i64(rows, 4) != 0);
	pass->pass_class = (uint8_t)store_get_i64(rows, 5);
	pass->revoked = store_get_i64(rows, 6);
	store_done(rows);
	return pass->name == NULL || pass->key == NULL || pass->outlet == UINT32_MAX
		   ? STORE_NO_MEMORY
		   : 0;
}

int attendance_read_foreign(struct store_tx *tx, struct attendance_book *book)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < book->cap_passes; i++) {
		struct attendance_pass *pass = &book->passes[i], was = *pass;

		if (!pass->used || !pass->foreign)
			continue;
		r = look_up(tx, book, pass);
		if (pass->person != was.person || pass->revoked != was.revoked)
			book->changed = true;
	}
	return r;
}

int attendance_read_pass(
    struct store_tx *tx, struct attendance_book *book, const uint8_t id[static 16])
{
	struct attendance_pass *pass = attendance_book_pass(book, id);

	if (pass != NULL)
		return 0;
	pass = put_pass(book, id);
	return pass == NULL ? STORE_NO_MEMORY : look_up(tx, book, pass);
}

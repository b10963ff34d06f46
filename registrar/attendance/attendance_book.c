#include "registrar/attendance/attendance_book.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/ucol.h>
#include <unicode/ustring.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

/* The longest name is 200 code points; a key takes a few bytes for each. */
enum { NAME_UNITS = 512, KEY_BYTES = 4096 };

void attendance_book_init(struct attendance_book *book, int64_t conference)
{
	*book = (struct attendance_book){.conference = conference};
}

void attendance_book_clear(struct attendance_book *book)
{
	int64_t conference = book->conference;

	attendance_texts_drop(book->texts);
	if (book->order != NULL)
		ucol_close((UCollator *)book->order);
	free(book->registrations);
	free(book->outlets);
	free(book->outlet_seats);
	free(book->passes);
	free(book->logs);
	free(book->lines);
	free(book->words);
	attendance_book_init(book, conference);
}

static bool begin(struct attendance_book *book)
{
	UErrorCode error = U_ZERO_ERROR;

	book->texts = attendance_texts_new();
	if (book->texts == NULL)
		return false;
	book->order = (struct UCollator *)ucol_open("en_CA", &error);
	if (U_FAILURE(error))
		return false;
	ucol_setAttribute((UCollator *)book->order, UCOL_NORMALIZATION_MODE, UCOL_ON, &error);
	return U_SUCCESS(error) != 0;
}

const char *attendance_book_key(struct attendance_book *book, const char *name)
{
	UErrorCode error = U_ZERO_ERROR;
	UChar units[NAME_UNITS];
	uint8_t key[KEY_BYTES];
	int32_t n = 0, len;

	u_strFromUTF8WithSub(units, NAME_UNITS, &n, name, -1, 0xfffd, NULL, &error);
	if (U_FAILURE(error) || n > NAME_UNITS)
		return attendance_texts_keep(book->texts, name);
	len = ucol_getSortKey((UCollator *)book->order, units, n, key, KEY_BYTES);
	if (len <= 0 || len > KEY_BYTES)
		return attendance_texts_keep(book->texts, name);
	return attendance_texts_keep(book->texts, (const char *)key);
}

/* ---- outlets ---- */

static uint32_t *seat_of(uint32_t *seats, size_t n, const struct attendance_house *outlets, int64_t id)
{
	size_t at = (size_t)((uint64_t)id * UINT64_C(11400714819323198485) >> 20) & (n - 1);

	while (seats[at] != 0 && outlets[seats[at] - 1].id != id)
		at = (at + 1) & (n - 1);
	return &seats[at];
}

static bool seats_grow(struct attendance_book *book)
{
	size_t n = book->n_outlet_seats == 0 ? 64 : book->n_outlet_seats * 2;
	uint32_t *seats = calloc(n, sizeof(*seats));

	if (seats == NULL)
		return false;
	for (uint32_t i = 0; i < book->n_outlets; i++)
		*seat_of(seats, n, book->outlets, book->outlets[i].id) = i + 1;
	free(book->outlet_seats);
	book->outlet_seats = seats;
	book->n_outlet_seats = n;
	return true;
}

uint32_t attendance_book_outlet(
    struct attendance_book *book, int64_t id, const char *name, bool local)
{
	struct attendance_house *outlets;
	uint32_t *seat;

	if ((book->n_outlets + 1) * 2 > book->n_outlet_seats && !seats_grow(book))
		return UINT32_MAX;
	seat = seat_of(book->outlet_seats, book->n_outlet_seats, book->outlets, id);
	if (*seat != 0)
		return *seat - 1;
	outlets = list_grow(book->outlets, book->n_outlets, &book->cap_outlets, sizeof(*outlets));
	if (outlets == NULL)
		return UINT32_MAX;
	book->outlets = outlets;
	outlets += book->n_outlets;
	*outlets = (struct attendance_house){
	    .id = id, .local = local, .name = attendance_texts_keep(book->texts, name)};
	if (outlets->name == NULL)
		return UINT32_MAX;
	*seat = (uint32_t)++book->n_outlets;
	return *seat - 1;
}

/* ---- reading ---- */

struct versions {
	char slug[65];
	int64_t over, version, base;
};

static int read_versions(struct store_tx *tx, int64_t conference, struct versions *ret)
{
	struct store_rows *rows = NULL;
	int r = store_one(
	    tx, REGISTRAR_Q_ATTENDANCE_VERSIONS, STORE_ARGS(store_i64(conference)), &rows);

	if (r != STORE_ROW)
		return r;
	ret->over = store_get_i64(rows, 1);
	ret->version = store_get_i64(rows, 2);
	ret->base = store_get_i64(rows, 3);
	r = store_copy_text(ret->slug, sizeof(ret->slug), store_get_text(rows, 0));
	store_done(rows);
	return r;
}

/* Texts of registrations that changed are kept beside the old ones: not without end. */
static bool worn(const struct attendance_book *book)
{
	return attendance_texts_size(book->texts) > 2 * book->fresh + (1 << 20);
}

static int read_all(
    struct store_tx *tx, struct attendance_book *book, const struct versions *versions)
{
	int r = 0;

	attendance_book_clear(book);
	if (!begin(book))
		return STORE_NO_MEMORY;
	memcpy(book->slug, versions->slug, sizeof(book->slug));
	r = attendance_read_people(tx, book, -1);
	if (r == 0)
		r = attendance_read_passes(tx, book, -1);
	if (r == 0)
		r = attendance_read_lines(tx, book);
	if (r != 0)
		return r;
	book->fresh = attendance_texts_size(book->texts);
	book->loaded = book->changed = true;
	book->version = versions->version;
	book->base = versions->base;
	book->over = versions->over;
	return 0;
}

int attendance_book_read(struct store_tx *tx, struct attendance_book *book)
{
	struct versions versions;
	int r = read_versions(tx, book->conference, &versions);

	if (r != 0)
		return r;
	if (!book->loaded || versions.base > book->base || worn(book))
		return read_all(tx, book, &versions);
	/* A snapshot that is older than the book has nothing for it. */
	if (versions.base < book->base || versions.version < book->version)
		return 0;
	if (versions.over != book->over) {
		book->over = versions.over;
		book->changed = true;
	}
	if (versions.version > book->version) {
		r = attendance_read_people(tx, book, book->version);
		if (r == 0)
			r = attendance_read_passes(tx, book, book->version);
		if (r == 0)
			r = attendance_read_foreign(tx, book);
		book->version = versions.version;
	}
	return r == 0 ? attendance_read_lines(tx, book) : r;
}

int attendance_load(struct store_tx *tx, int64_t conference, struct attendance **ret_attendance)
{
	struct attendance_book book;
	int r;

	attendance_book_init(&book, conference);
	r = attendance_book_read(tx, &book);
	if (r == 0)
		r = attendance_count(&book, ret_attendance);
	attendance_book_clear(&book);
	return r;
}

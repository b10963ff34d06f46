#include "registrar/press/likeness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uspoof.h>

#include "registrar/press/outlet.h"
#include "schema/registrar_db.h"

enum { SKELETON_MAX = 4000 };

/* Who is compared with the others. */
struct search {
	USpoofChecker *checker;
	const struct application *of;
	char name[SKELETON_MAX], outlet[SKELETON_MAX]; /* as they are compared */
	struct likeness *found;			       /* LIKENESS_MOST */
	size_t n;
};

const char *likeness_words(enum likeness_reason reason)
{
	static const char *const words[] = {
	    [LIKENESS_PHOTO] = "Sent the same picture as photograph.",
	    [LIKENESS_EMAIL] = "Has the same mailbox, spelt another way.",
	    [LIKENESS_NAME] = "Has the same name at the same outlet, or one that looks the same.",
	};

	return words[reason];
}

/* The part before the @ as it is compared. */
static void mailbox(const char *email, char ret[256])
{
	size_t end = strcspn(email, "@"), to = 0;

	for (size_t i = 0; i < end && email[i] != '+' && to < 255; i++)
		if (email[i] != '.')
			ret[to++] = email[i];
	ret[to] = '\0';
}

bool likeness_same_mailbox(const char *one, const char *other)
{
	const char *at = strrchr(one, '@'), *there = strrchr(other, '@');
	char mine[256], theirs[256];

	if (!at || !there || strcmp(at, there) != 0)
		return false;
	mailbox(one, mine);
	mailbox(other, theirs);
	return *mine && strcmp(mine, theirs) == 0;
}

/* A name without case, accents and punctuation, in letters that stand for all that look alike. */
static int shape(const struct search *search, const char *name, char ret[SKELETON_MAX])
{
	UErrorCode status = U_ZERO_ERROR;
	char *key = NULL;
	int32_t len;
	int result = outlet_key(name, &key);

	if (result < 0)
		return result;
	len = uspoof_getSkeletonUTF8(search->checker, 0, key, -1, ret, SKELETON_MAX - 1, &status);
	if (U_FAILURE(status) || len >= SKELETON_MAX - 1)
		snprintf(ret, SKELETON_MAX, "%s", key);
	else
		ret[len] = '\0';
	free(key);
	return 0;
}

static void keep(struct search *search, enum likeness_reason reason, const char *reference,
    const char *name)
{
	struct likeness *item = &search->found[search->n];

	for (size_t i = 0; i < search->n; i++)
		if (strcmp(search->found[i].reference, reference) == 0)
			return;
	if (search->n == LIKENESS_MOST)
		return;
	item->reason = reason;
	snprintf(item->reference, sizeof(item->reference), "%s", reference);
	snprintf(item->name, sizeof(item->name), "%s", name);
	search->n++;
}

/* The name first: most differ in it, and the outlet need not be looked at. */
static int compare_name(struct search *search, struct store_rows *rows)
{
	char other[SKELETON_MAX];
	int result = shape(search, store_get_text(rows, 1), other);

	if (result < 0 || strcmp(other, search->name) != 0)
		return result;
	result = shape(search, store_get_text(rows, 3), other);
	if (result == 0 && strcmp(other, search->outlet) == 0)
		keep(search, LIKENESS_NAME, store_get_text(rows, 0), store_get_text(rows, 1));
	return result;
}

static int compare_others(struct store_tx *tx, struct search *search, bool names)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_LIKENESS_OTHERS,
	    STORE_ARGS(store_i64(search->of->person_id)), &rows);

	if (result < 0)
		return result;
	while (search->n < LIKENESS_MOST && (result = store_next(rows)) == STORE_ROW) {
		if (names)
			result = compare_name(search, rows);
		else if (likeness_same_mailbox(store_get_text(rows, 2), search->of->email))
			keep(search, LIKENESS_EMAIL, store_get_text(rows, 0), store_get_text(rows, 1));
		if (result < 0)
			break;
	}
	store_done(rows);
	return result < 0 ? result : 0;
}

static int compare_photos(struct store_tx *tx, struct search *search, int64_t dossier)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_LIKENESS_PHOTOS,
	    STORE_ARGS(store_i64(search->of->person_id), store_i64(dossier)), &rows);

	if (result < 0)
		return result;
	while ((result = store_next(rows)) == STORE_ROW)
		keep(search, LIKENESS_PHOTO, store_get_text(rows, 0), store_get_text(rows, 1));
	store_done(rows);
	return result;
}

static int find(struct store_tx *tx, struct search *search, int64_t dossier)
{
	int result = shape(search, search->of->name, search->name);

	if (result == 0)
		result = shape(search, search->of->outlet, search->outlet);
	if (result == 0 && dossier)
		result = compare_photos(tx, search, dossier);
	if (result == 0)
		result = compare_others(tx, search, false);
	if (result == 0)
		result = compare_others(tx, search, true);
	return result;
}

int likeness_find(struct store_tx *tx, const struct application *application, int64_t dossier,
    struct likeness **ret_items, size_t *ret_n)
{
	UErrorCode status = U_ZERO_ERROR;
	struct search *search = calloc(1, sizeof(*search));
	int result = STORE_NO_MEMORY;

	if (!search)
		return result;
	search->of = application;
	search->found = calloc(LIKENESS_MOST, sizeof(*search->found));
	search->checker = uspoof_open(&status);
	if (search->found && U_SUCCESS(status))
		result = find(tx, search, dossier);
	if (result == 0) {
		*ret_items = search->found;
		*ret_n = search->n;
		search->found = NULL;
	}
	if (search->checker)
		uspoof_close(search->checker);
	free(search->found);
	free(search);
	return result;
}

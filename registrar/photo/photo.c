#include "registrar/photo/photo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/doors/bundles.h"
#include "registrar/journal/journal.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* A change of one person's photograph; photo NULL: it is taken away. */
struct change {
	struct registrar *registrar;
	const char *email, *staff;
	const struct photo *photo;
	int64_t now;
	bool changed;
};

int photo_put(struct store_tx *tx, const struct photo *photo, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_PHOTO_INSERT,
	    STORE_ARGS(store_blob(photo->hash, PHOTO_HASH), store_blob(photo->bytes, photo->len),
		store_i64(photo->width), store_i64(photo->height), store_i64(now)),
	    NULL);
}

int photo_give(struct store_tx *tx, int64_t person, const uint8_t hash[static PHOTO_HASH])
{
	return store_exec(tx, REGISTRAR_Q_PHOTO_GIVE,
	    STORE_ARGS(store_i64(person), store_blob(hash, PHOTO_HASH)), NULL);
}

/* The hash of the photograph that a person has; false: none. */
static int hash_of(
    struct store_tx *tx, int64_t person, uint8_t ret_hash[static PHOTO_HASH], bool *ret_has)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, REGISTRAR_Q_PHOTO_OF, STORE_ARGS(store_i64(person)), &rows);

	if (r != STORE_ROW)
		return r;
	*ret_has = !store_is_null(rows, 0);
	r = *ret_has ? store_get_fixed(rows, 0, ret_hash, PHOTO_HASH) : 0;
	store_done(rows);
	return r;
}

/* Whether the photograph of that hash shows the same picture. */
static int shows_already(struct store_tx *tx, const struct photo *photo,
    const uint8_t hash[static PHOTO_HASH], bool *ret_same)
{
	struct store_rows *rows = NULL;
	const void *bytes;
	size_t len;
	int r =
	    store_one(tx, REGISTRAR_Q_PHOTO_BYTES, STORE_ARGS(store_blob(hash, PHOTO_HASH)), &rows);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? 0 : r;
	bytes = store_get_blob(rows, 0, &len);
	*ret_same = photo_shows(photo, bytes, len);
	store_done(rows);
	return 0;
}

/* Each roster that shows the person has a new version, and each row of the person changed in it. */
static int raise_rosters(struct store_tx *tx, int64_t person, int64_t now)
{
	int64_t since = now - BUNDLES_AFTER_END;
	int r = store_exec(tx, REGISTRAR_Q_PHOTO_RAISE_CONFERENCES,
	    STORE_ARGS(store_i64(person), store_i64(since)), NULL);

	return r != 0 ? r
		      : store_exec(tx, REGISTRAR_Q_PHOTO_RAISE_PASSES,
			    STORE_ARGS(store_i64(person), store_i64(since)), NULL);
}

static int note(struct store_tx *tx, const struct change *change, const char *email,
    const uint8_t hash[static PHOTO_HASH])
{
	char hex[2 * PHOTO_HASH + 1], detail[PERSON_EMAIL_MAX + sizeof(hex) + 32];

	bytes_hex(hash, PHOTO_HASH, hex);
	(void)snprintf(detail, sizeof(detail), "%s sha256 %s", email, hex);
	return journal_append(tx, change->registrar,
	    &(struct journal_line){
		.kind = change->photo == NULL ? JOURNAL_PHOTO_REMOVED : JOURNAL_PHOTO_SET,
		.staff = change->staff,
		.detail = detail});
}

static int replace(
    struct store_tx *tx, struct change *change, const struct person *person, const uint8_t *old)
{
	const struct photo *photo = change->photo;
	int r = 0;

	if (photo != NULL)
		r = photo_put(tx, photo, change->now);
	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_PHOTO_GIVE,
		    STORE_ARGS(store_i64(person->id),
			photo == NULL ? store_null() : store_blob(photo->hash, PHOTO_HASH)),
		    NULL);
	if (r == 0 && old != NULL)
		r = store_exec(
		    tx, REGISTRAR_Q_PHOTO_SWEEP, STORE_ARGS(store_blob(old, PHOTO_HASH)), NULL);
	if (r == 0)
		r = raise_rosters(tx, person->id, change->now);
	return r != 0 ? r : note(tx, change, person->email, photo == NULL ? old : photo->hash);
}

static int change_body(struct store_tx *tx, void *context)
{
	struct change *change = context;
	uint8_t old[PHOTO_HASH];
	struct person person;
	bool has = false, same = false;
	int r = person_by_email(tx, change->email, &person);

	change->changed = false;
	if (r == STORE_NOT_FOUND)
		return PHOTO_NO_PERSON;
	if (r == 0)
		r = hash_of(tx, person.id, old, &has);
	if (r != 0)
		return r;
	if (has && change->photo != NULL)
		r = shows_already(tx, change->photo, old, &same);
	if (r != 0 || same || (change->photo == NULL && !has))
		return r;
	change->changed = true;
	return replace(tx, change, &person, has ? old : NULL);
}

static int carry_out(struct change *change, const char *email)
{
	char key[PERSON_EMAIL_MAX + 1];
	int r;

	if (person_email_key(email, key) != 0)
		return PHOTO_NO_PERSON;
	change->email = key;
	change->now = registrar_now();
	r = store_write(change->registrar->store, change_body, change);
	if (r == 0 && change->changed)
		registrar_changed(change->registrar);
	return r;
}

int photo_set(
    struct registrar *registrar, const char *email, const struct photo *photo, const char *staff)
{
	struct change change = {.registrar = registrar, .photo = photo, .staff = staff};

	return carry_out(&change, email);
}

int photo_set_within(struct store_tx *tx, struct registrar *registrar, const char *email,
    const struct photo *photo, const char *staff, bool *ret_changed)
{
	struct change change = {.registrar = registrar,
	    .email = email,
	    .photo = photo,
	    .staff = staff,
	    .now = registrar_now()};
	int r = change_body(tx, &change);

	if (r == 0)
		*ret_changed = change.changed;
	return r;
}

int photo_remove(struct registrar *registrar, const char *email, const char *staff)
{
	struct change change = {.registrar = registrar, .staff = staff};

	return carry_out(&change, email);
}

int photo_for_gates(struct store_tx *tx, const uint8_t hash[static PHOTO_HASH], int64_t now,
    uint8_t **ret_bytes, size_t *ret_len)
{
	struct store_rows *rows = NULL;
	const void *bytes;
	uint8_t *copy;
	size_t len;
	int r = store_one(tx, REGISTRAR_Q_PHOTO_FOR_GATES,
	    STORE_ARGS(store_blob(hash, PHOTO_HASH), store_i64(now - BUNDLES_AFTER_END)), &rows);

	if (r != STORE_ROW)
		return r;
	bytes = store_get_blob(rows, 0, &len);
	copy = malloc(len + 1);
	if (copy != NULL) {
		memcpy(copy, bytes, len);
		*ret_bytes = copy;
		*ret_len = len;
	}
	store_done(rows);
	return copy == NULL ? STORE_NO_MEMORY : 0;
}

#include "registrar/attendance/attendance_pass.h"

#include <stdlib.h>
#include <string.h>

#include "schema/registrar_db.h"

/* Its place, or where it would stand. Ids are drawn at random, so that any bytes of them spread. */
static struct attendance_pass *place_of(
    struct attendance_pass *passes, size_t cap, const uint8_t id[static 16])
{
	uint64_t hash;
	size_t at;

	memcpy(&hash, id, sizeof(hash));
	for (at = hash & (cap - 1); passes[at].who != ATTENDANCE_NONE; at = (at + 1) & (cap - 1))
		if (memcmp(passes[at].id, id, 16) == 0)
			break;
	return &passes[at];
}

static bool grow(struct attendance_passes *list)
{
	size_t cap = list->cap == 0 ? 256 : list->cap * 2;
	struct attendance_pass *passes = malloc(cap * sizeof(*passes));

	if (passes == NULL)
		return false;
	for (size_t i = 0; i < cap; i++)
		passes[i].who = ATTENDANCE_NONE;
	for (size_t i = 0; i < list->cap; i++)
		if (list->passes[i].who != ATTENDANCE_NONE)
			*place_of(passes, cap, list->passes[i].id) = list->passes[i];
	free(list->passes);
	list->passes = passes;
	list->cap = cap;
	return true;
}

/* NULL: no memory. */
static struct attendance_pass *add(
    struct attendance_passes *list, const uint8_t id[static 16], size_t who, int64_t revoked)
{
	struct attendance_pass *pass;

	if (who == ATTENDANCE_NONE || ((list->n + 1) * 2 > list->cap && !grow(list)))
		return NULL;
	pass = place_of(list->passes, list->cap, id);
	list->n += pass->who == ATTENDANCE_NONE;
	memcpy(pass->id, id, 16);
	pass->who = who;
	pass->revoked = revoked;
	return pass;
}

int attendance_passes_load(
    struct store_tx *tx, struct attendance_index *index, struct attendance_passes *passes)
{
	struct store_rows *rows = NULL;
	int r = store_query(
	    tx, REGISTRAR_Q_ATTENDANCE_PASSES, STORE_ARGS(store_i64(index->to->conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		uint8_t id[16];
		size_t who = attendance_index_person(index, store_get_i64(rows, 1), NULL);

		r = store_get_fixed(rows, 0, id, sizeof(id));
		if (r == 0 && add(passes, id, who, store_get_i64(rows, 2)) == NULL)
			r = STORE_NO_MEMORY;
	}
	store_done(rows);
	return r;
}

/* Somebody without a registration for this conference. */
static int introduce(struct attendance_index *index, struct store_rows *rows, size_t who)
{
	struct attendance *to = index->to;
	struct attendance_person *person = &to->people[who];

	if (person->name[0] != '\0')
		return 0;
	person->name = attendance_index_keep(to, store_get_text(rows, 1));
	person->outlet = attendance_index_keep(to, store_get_text(rows, 3));
	person->pass_class = (uint8_t)store_get_i64(rows, 5);
	if (person->name == NULL || person->outlet == NULL)
		return STORE_NO_MEMORY;
	index->stands[who].outlet = attendance_index_outlet(
	    index, store_get_i64(rows, 2), person->outlet, store_get_i64(rows, 4) != 0);
	return index->stands[who].outlet == ATTENDANCE_NONE ? STORE_NO_MEMORY : 0;
}

int attendance_passes_find(struct store_tx *tx, struct attendance_index *index,
    struct attendance_passes *passes, const uint8_t id[static 16],
    const struct attendance_pass **ret_pass)
{
	struct attendance_pass *pass =
	    passes->cap == 0 ? NULL : place_of(passes->passes, passes->cap, id);
	struct store_rows *rows = NULL;
	int64_t person = 0, revoked = 0;
	size_t who;
	int r;

	if (pass != NULL && pass->who != ATTENDANCE_NONE) {
		*ret_pass = pass;
		return 0;
	}
	r = store_one(tx, REGISTRAR_Q_ATTENDANCE_PASS, STORE_ARGS(store_blob(id, 16)), &rows);
	if (r != STORE_ROW && r != STORE_NOT_FOUND)
		return r;
	if (r == STORE_ROW) {
		person = store_get_i64(rows, 0);
		revoked = store_get_i64(rows, 6);
	}
	who = attendance_index_person(index, person, id);
	r = who == ATTENDANCE_NONE ? STORE_NO_MEMORY : 0;
	if (r == 0 && person != 0)
		r = introduce(index, rows, who);
	store_done(rows);
	if (r != 0)
		return r;
	*ret_pass = add(passes, id, who, revoked);
	return *ret_pass == NULL ? STORE_NO_MEMORY : 0;
}

void attendance_passes_clear(struct attendance_passes *passes)
{
	free(passes->passes);
}

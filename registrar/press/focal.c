#include "registrar/press/focal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

#define STAFF_PREFIX "focal"

void focal_list_free(struct focal_list *list)
{
	free(list->lines);
	*list = (struct focal_list){NULL, 0};
}

static int read_line(struct store_rows *rows, void *item)
{
	struct focal_line *ret = item;

	*ret = (struct focal_line){.id = store_get_i64(rows, 0),
	    .number = store_get_i64(rows, 1),
	    .at = store_get_i64(rows, 2)};
	snprintf(ret->reference, sizeof(ret->reference), "%s", store_get_text(rows, 3));
	snprintf(ret->name, sizeof(ret->name), "%s", store_get_text(rows, 4));
	snprintf(ret->email, sizeof(ret->email), "%s", store_get_text(rows, 5));
	snprintf(ret->words, sizeof(ret->words), "%s", store_get_text(rows, 6));
	return 0;
}

static int read_list(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n,
    struct focal_list *ret_list)
{
	struct list_rows list = {NULL, 0};
	int result =
	    list_read(tx, query, args, n, sizeof(*ret_list->lines), read_line, NULL, &list);

	if (result == 0)
		*ret_list = (struct focal_list){list.items, list.n};
	return result;
}

/* 0 where a query has a row. */
static int exists(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, args, n, &rows);

	if (result < 0)
		return result;
	store_done(rows);
	return 0;
}

static int made(struct store_tx *tx, int64_t outlet_id, int64_t person_id)
{
	return exists(
	    tx, REGISTRAR_Q_FOCAL_MADE, STORE_ARGS(store_i64(outlet_id), store_i64(person_id)));
}

static int stands(struct store_tx *tx, int64_t outlet_id, int64_t person_id, int64_t now)
{
	return exists(tx, REGISTRAR_Q_FOCAL_ACCREDITED,
	    STORE_ARGS(store_i64(outlet_id), store_i64(person_id), store_i64(now)));
}

int focal_add(
    struct store_tx *tx, int64_t outlet_id, int64_t person_id, const char *staff, int64_t now)
{
	int result = stands(tx, outlet_id, person_id, now);

	if (result == STORE_NOT_FOUND)
		return FOCAL_E_STANDS;
	if (result == 0)
		result = made(tx, outlet_id, person_id);
	if (result != STORE_NOT_FOUND)
		return result;
	return store_exec(tx, REGISTRAR_Q_FOCAL_INSERT,
	    STORE_ARGS(
		store_i64(outlet_id), store_i64(person_id), store_i64(now), store_text(staff)),
	    NULL);
}

int focal_remove(
    struct store_tx *tx, int64_t outlet_id, int64_t person_id, const char *staff, int64_t now)
{
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_FOCAL_END,
	    STORE_ARGS(
		store_i64(outlet_id), store_i64(person_id), store_i64(now), store_text(staff)),
	    &changes);

	return result == 0 && changes == 0 ? STORE_NOT_FOUND : result;
}

int focal_check(struct store_tx *tx, int64_t outlet_id, int64_t person_id, int64_t now)
{
	int result = made(tx, outlet_id, person_id);

	return result < 0 ? result : stands(tx, outlet_id, person_id, now);
}

int focal_standing(struct store_tx *tx, int64_t outlet_id, int64_t person_id, int64_t now,
    enum focal_standing *ret_standing)
{
	enum focal_standing standing = FOCAL_IS;
	int result = made(tx, outlet_id, person_id);

	if (result == STORE_NOT_FOUND) {
		standing = FOCAL_MAY_BE;
		result = stands(tx, outlet_id, person_id, now);
	}
	if (result == STORE_NOT_FOUND) {
		standing = FOCAL_NONE;
		result = 0;
	}
	if (result == 0)
		*ret_standing = standing;
	return result;
}

int focal_outlets(struct store_tx *tx, int64_t person_id, int64_t now, struct focal_list *ret_list)
{
	return read_list(tx, REGISTRAR_Q_FOCAL_OUTLETS,
	    STORE_ARGS(store_i64(person_id), store_i64(now)), ret_list);
}

int focal_all(struct store_tx *tx, struct focal_list *ret_list)
{
	return read_list(tx, REGISTRAR_Q_FOCAL_ALL, STORE_NO_ARGS, ret_list);
}

int focal_waiting(struct store_tx *tx, int64_t outlet_id, int64_t person_id, int64_t now,
    struct focal_list *ret_list)
{
	int result = focal_check(tx, outlet_id, person_id, now);

	if (result == STORE_NOT_FOUND) {
		*ret_list = (struct focal_list){NULL, 0};
		return 0;
	}
	return result < 0 ? result
			  : read_list(tx, REGISTRAR_Q_FOCAL_WAITING,
				STORE_ARGS(store_i64(outlet_id), store_i64(person_id)), ret_list);
}

int focal_vouch(struct store_tx *tx, int64_t outlet_id, int64_t person_id, const char *reference,
    bool works, const char *words, int64_t now)
{
	struct focal_list list = {NULL, 0};
	int64_t id = 0;
	int result = focal_waiting(tx, outlet_id, person_id, now, &list);

	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.lines[i].reference, reference) == 0)
			id = list.lines[i].id;
	focal_list_free(&list);
	if (result < 0)
		return result;
	if (!id)
		return STORE_NOT_FOUND;
	return store_exec(tx, REGISTRAR_Q_FOCAL_VOUCH,
	    STORE_ARGS(store_i64(id), store_i64(person_id), store_i64(works), store_text(words),
		store_i64(now)),
	    NULL);
}

int focal_vouches(struct store_tx *tx, int64_t application_id, struct focal_list *ret_list)
{
	return read_list(
	    tx, REGISTRAR_Q_FOCAL_VOUCHES, STORE_ARGS(store_i64(application_id)), ret_list);
}

int focal_members(struct store_tx *tx, int64_t outlet_id, int64_t now, struct focal_list *ret_list)
{
	return read_list(tx, REGISTRAR_Q_FOCAL_MEMBERS,
	    STORE_ARGS(store_i64(outlet_id), store_i64(now)), ret_list);
}

void focal_staff(int64_t person_id, char ret[FOCAL_STAFF])
{
	/* A record has room for eleven digits: that many people there are not. */
	snprintf(ret, FOCAL_STAFF, STAFF_PREFIX "%u", (unsigned)person_id);
}

bool focal_is_staff(const char *staff)
{
	size_t len = strlen(STAFF_PREFIX);

	return staff && strncmp(staff, STAFF_PREFIX, len) == 0 && staff[len] != '\0' &&
	       strspn(staff + len, "0123456789") == strlen(staff + len);
}

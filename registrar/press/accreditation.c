#include "registrar/press/accreditation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/registrar_db.h"

static void read_row(struct store_rows *rows, struct accreditation *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->id = store_get_i64(rows, 0);
	ret->person_id = store_get_i64(rows, 1);
	ret->outlet_id = ret->outlet.id = store_get_i64(rows, 2);
	ret->application_id = store_get_i64(rows, 3);
	ret->class = (uint8_t)store_get_i64(rows, 4);
	snprintf(ret->state, sizeof(ret->state), "%s", store_get_text(rows, 5));
	ret->valid_from = store_get_i64(rows, 6);
	ret->valid_until = store_get_i64(rows, 7);
	snprintf(ret->outlet.name, sizeof(ret->outlet.name), "%s", store_get_text(rows, 8));
	ret->outlet.local = store_get_i64(rows, 9) != 0;
}

static struct store_value id_or_null(int64_t id)
{
	return id ? store_i64(id) : store_null();
}

/* The id of the accreditation to renew, or STORE_NOT_FOUND. */
static int find_active(struct store_tx *tx, const struct accreditation *grant, int64_t *ret_id)
{
	return store_number(tx, REGISTRAR_Q_ACCREDITATION_ACTIVE,
	    STORE_ARGS(store_i64(grant->person_id), store_i64(grant->outlet_id)), ret_id);
}

int accreditation_grant(struct store_tx *tx, const struct accreditation *grant, int64_t *ret_id)
{
	int64_t id = 0;
	int result = find_active(tx, grant, &id);

	if (result == 0) {
		result = store_exec(tx, REGISTRAR_Q_ACCREDITATION_RENEW,
		    STORE_ARGS(store_i64(id), id_or_null(grant->application_id),
			store_i64(grant->class), store_i64(grant->valid_until)),
		    NULL);
	} else if (result == STORE_NOT_FOUND) {
		result = store_exec(tx, REGISTRAR_Q_ACCREDITATION_INSERT,
		    STORE_ARGS(store_i64(grant->person_id), store_i64(grant->outlet_id),
			id_or_null(grant->application_id), store_i64(grant->class),
			store_i64(grant->valid_from), store_i64(grant->valid_until)),
		    NULL);
		id = result == 0 ? store_last_id(tx) : 0;
	}
	if (result == 0)
		*ret_id = id;
	return result;
}

int accreditation_by_id(struct store_tx *tx, int64_t id, struct accreditation *ret_accreditation)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_ACCREDITATION_BY_ID, STORE_ARGS(store_i64(id)), &rows);

	if (result < 0)
		return result;
	read_row(rows, ret_accreditation);
	store_done(rows);
	return 0;
}

int accreditation_of_person(
    struct store_tx *tx, int64_t person_id, struct accreditation_list *ret_list)
{
	struct accreditation_list list = {NULL, 0};
	struct accreditation *more;
	struct store_rows *rows = NULL;
	int result = store_query(
	    tx, REGISTRAR_Q_ACCREDITATION_OF_PERSON, STORE_ARGS(store_i64(person_id)), &rows);

	if (result < 0)
		return result;
	while ((result = store_next(rows)) == STORE_ROW) {
		more = realloc(list.items, (list.n + 1) * sizeof(*more));
		if (!more) {
			result = STORE_NO_MEMORY;
			break;
		}
		list.items = more;
		read_row(rows, &list.items[list.n++]);
	}
	store_done(rows);
	if (result < 0)
		accreditation_list_free(&list);
	else
		*ret_list = list;
	return result;
}

void accreditation_list_free(struct accreditation_list *list)
{
	free(list->items);
	*list = (struct accreditation_list){NULL, 0};
}

bool accreditation_stands(const struct accreditation *accreditation, int64_t now)
{
	bool valid = strcmp(accreditation->state, "active") == 0 ||
		     strcmp(accreditation->state, "limited") == 0;

	return valid && accreditation->valid_from <= now &&
	       now < accreditation->valid_until;
}

int64_t accreditation_months_later(int64_t from, unsigned months)
{
	time_t at = (time_t)from;
	struct tm day, last;

	if (!localtime_r(&at, &day))
		return from;
	day.tm_mon += (int)months;
	day.tm_isdst = -1;
	last = day;
	last.tm_mday = 1;
	last.tm_mon++;
	last.tm_mday = 0; /* the day before the first: the last one of the month */
	last.tm_hour = 12;
	if (mktime(&last) == (time_t)-1)
		return from;
	if (day.tm_mday > last.tm_mday)
		day.tm_mday = last.tm_mday;
	return (int64_t)mktime(&day);
}

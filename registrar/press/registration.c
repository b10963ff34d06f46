#include "registrar/press/registration.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "badges/revoked.h"
#include "registrar/press/conference.h"
#include "registrar/press/issue.h"
#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/mail/notice.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

static const char *const state_words[] = {
    "requested", "confirmed", "waitlisted", "declined", "cancelled"};

static int read_row(struct store_rows *rows, void *item)
{
	struct registration *ret = item;
	const char *state = store_get_text(rows, 7);

	*ret = (struct registration){
	    .id = store_get_i64(rows, 0),
	    .conference_id = store_get_i64(rows, 2),
	    .accreditation_id = store_get_i64(rows, 3),
	    .person_id = store_get_i64(rows, 4),
	    .outlet_id = store_get_i64(rows, 5),
	    .pass_class = (uint8_t)store_get_i64(rows, 6),
	    .consented = store_get_i64(rows, 8),
	    .created = store_get_i64(rows, 9),
	    .changed = store_get_i64(rows, 10),
	    .has_pass = !store_is_null(rows, 12),
	    .pass_issued = store_get_i64(rows, 15),
	};
	snprintf(ret->reference, sizeof ret->reference, "%s", store_get_text(rows, 1));
	snprintf(ret->explanation, sizeof ret->explanation, "%s", store_get_text(rows, 11));
	for (unsigned i = 0; i < sizeof state_words / sizeof *state_words; i++)
		if (strcmp(state, state_words[i]) == 0)
			ret->state = (enum registration_state)i;
	if (!ret->has_pass)
		return 0;
	snprintf(ret->pass_code, sizeof ret->pass_code, "%s", store_get_text(rows, 13));
	snprintf(ret->pass_qr, sizeof ret->pass_qr, "%s", store_get_text(rows, 14));
	return store_get_fixed(rows, 12, ret->pass_id, sizeof ret->pass_id);
}

static int read_one(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n,
    struct registration *ret)
{
	struct store_rows *rows = NULL;
	struct registration read;
	int result = store_one(tx, query, args, n, &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	result = read_row(rows, &read);
	store_done(rows);
	if (!result)
		*ret = read;
	return result;
}

int registration_by_reference(struct store_tx *tx, const char *reference, struct registration *ret)
{
	return read_one(
	    tx, REGISTRAR_Q_REGISTRATION_BY_REFERENCE, STORE_ARGS(store_text(reference)), ret);
}

int registration_by_id(struct store_tx *tx, int64_t id, struct registration *ret)
{
	return read_one(tx, REGISTRAR_Q_REGISTRATION_BY_ID, STORE_ARGS(store_i64(id)), ret);
}

int registration_standing(
    struct store_tx *tx, int64_t conference_id, int64_t person_id, struct registration *ret)
{
	return read_one(tx, REGISTRAR_Q_REGISTRATION_STANDING,
	    STORE_ARGS(store_i64(conference_id), store_i64(person_id)), ret);
}

int registration_of_person(
    struct store_tx *tx, int64_t person_id, struct registration **ret_list, size_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_REGISTRATION_OF_PERSON,
	    STORE_ARGS(store_i64(person_id)), sizeof **ret_list, read_row, NULL, &list);

	if (result)
		return result;
	*ret_list = list.items;
	*ret_n = list.n;
	return 0;
}

int registration_line(
    struct store_tx *tx, const struct registration *registration, int64_t *ret_line)
{
	struct store_rows *rows = NULL;
	int result;

	if (registration->state != REGISTRATION_WAITLISTED) {
		*ret_line = 0;
		return 0;
	}
	result = store_one(
	    tx, REGISTRAR_Q_REGISTRATION_LINE, STORE_ARGS(store_i64(registration->id)), &rows);
	if (result < 0)
		return result;
	*ret_line = store_get_i64(rows, 0) + 1;
	store_done(rows);
	return 0;
}

#include "registrar/press/registration_seat.h"

#include <stdio.h>
#include <string.h>

#include "registrar/mail/notice.h"
#include "registrar/press/registration.h"
#include "schema/registrar_db.h"

int registration_holder_read(
    struct store_tx *tx, int64_t accreditation_id, struct registration_holder *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_REGISTRATION_ACCREDITATION,
	    STORE_ARGS(store_i64(accreditation_id)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	ret->person_id = store_get_i64(rows, 0);
	ret->outlet_id = store_get_i64(rows, 1);
	ret->pass_class = (uint8_t)store_get_i64(rows, 2);
	ret->active = strcmp(store_get_text(rows, 3), "active") == 0 ||
		      strcmp(store_get_text(rows, 3), "limited") == 0;
	ret->valid_from = store_get_i64(rows, 4);
	ret->valid_until = store_get_i64(rows, 5);
	snprintf(ret->name, sizeof ret->name, "%s", store_get_text(rows, 6));
	snprintf(ret->outlet, sizeof ret->outlet, "%s", store_get_text(rows, 7));
	store_done(rows);
	return limit_read(tx, accreditation_id, &ret->limit);
}

int registration_issue(struct store_tx *tx, const struct registration_seat *seat, int64_t id,
    const struct registration_holder *holder, const struct issue_ready *ready,
    uint8_t ret_pass[static 16])
{
	const struct issue_holder issued = {.registration_id = id,
	    .pass_class = holder->pass_class,
	    .name = holder->name,
	    .outlet = holder->outlet};
	int64_t version = 0;
	int result = conference_raise_roster(tx, seat->conference->id, &version);

	if (result)
		return result;
	result = issue_pass(
	    tx, seat->registrar, seat->conference, &issued, ready, version, seat->now, ret_pass);
	if (result == MODEL_KEY)
		refuse(seat->why, "",
		    "The pass key of this conference is missing. Run `registrar check`.");
	return result;
}

int registration_note(struct store_tx *tx, const struct registration_seat *seat,
    enum journal_kind kind, const char *reference, const uint8_t *pass, const char *more)
{
	char detail[512];

	snprintf(detail, sizeof detail, "registration %s%s%s", reference, more ? " " : "",
	    more ? more : "");
	return journal_append(tx, seat->registrar,
	    &(struct journal_line){.kind = kind,
		.event = seat->conference->slug,
		.pass = pass,
		.staff = seat->staff,
		.detail = detail,
		.reference = reference});
}

static int note_as_it_stands(struct store_tx *tx, const struct registration_seat *seat, int64_t id,
    enum journal_kind kind, const uint8_t *pass)
{
	struct registration registration;
	int result = registration_by_id(tx, id, &registration);

	return result ? result
		      : registration_note(tx, seat, kind, registration.reference, pass, NULL);
}

int registration_seat_give(struct store_tx *tx, const struct registration_seat *seat,
    const struct registration_waiting *waiting, int64_t pool, const char *explanation,
    enum journal_kind kind)
{
	struct registration_holder holder = {0};
	uint8_t pass[16];
	int64_t changed = 0;
	int result = registration_holder_read(tx, waiting->accreditation_id, &holder);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_ALLOCATION_SET_PLACE,
		    STORE_ARGS(store_i64(waiting->id), pool ? store_i64(pool) : store_null(),
			store_i64(seat->now), store_text(explanation)),
		    &changed);
	if (!result && !changed)
		result = MODEL_NOT_FOUND;
	if (!result)
		result = registration_issue(tx, seat, waiting->id, &holder, NULL, pass);
	if (!result)
		result = note_as_it_stands(tx, seat, waiting->id, kind, pass);
	if (result)
		return result;
	return waiting->requested ? notice_registration(tx, seat->registrar, waiting->id, seat->now)
				  : notice_promoted(tx, seat->registrar, waiting->id, seat->now);
}

int registration_seat_wait(struct store_tx *tx, const struct registration_seat *seat,
    const struct registration_waiting *waiting, const char *explanation)
{
	int64_t changed = 0;
	int result = store_exec(tx, REGISTRAR_Q_ALLOCATION_SET_WAITING,
	    STORE_ARGS(store_i64(waiting->id), store_i64(seat->now), store_text(explanation)),
	    &changed);

	if (!result && !changed)
		result = MODEL_NOT_FOUND;
	if (!result)
		result = note_as_it_stands(tx, seat, waiting->id, JOURNAL_WAITLISTED, NULL);
	return result ? result : notice_registration(tx, seat->registrar, waiting->id, seat->now);
}

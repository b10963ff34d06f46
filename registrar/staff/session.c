#include "registrar/staff/session.h"

#include <stdio.h>
#include <string.h>

#include "schema/registrar_db.h"

static int insert(struct store_tx *tx, const uint8_t hash[SESSION_HASH], struct store_value staff,
    struct store_value person, const struct session_start *start, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_SESSION_INSERT,
	    STORE_ARGS(store_blob(hash, SESSION_HASH), staff, person, store_i64(now),
		store_text(start->half ? "half" : "whole"),
		store_text(start->proxy ? "proxy" : "local"), store_text(start->browser),
		store_text(start->network)),
	    NULL);
}

int session_start_staff(struct store_tx *tx, const uint8_t hash[SESSION_HASH],
    const struct session_start *start, int64_t now)
{
	return insert(tx, hash, store_text(start->staff), store_null(), start, now);
}

int session_start_person(
    struct store_tx *tx, const uint8_t hash[SESSION_HASH], int64_t person_id, int64_t now)
{
	static const struct session_start plain = {.browser = "", .network = ""};

	return insert(tx, hash, store_null(), store_i64(person_id), &plain, now);
}

/* A clock set back makes a session end, never last longer. */
static bool stands(const struct session *session, int64_t now)
{
	int64_t idle = session->is_staff ? SESSION_STAFF_IDLE : SESSION_PERSON_IDLE;
	int64_t most = session->half	   ? SESSION_HALF_MAX
		       : session->is_staff ? SESSION_STAFF_MAX
					   : SESSION_PERSON_MAX;

	return now >= session->created && now - session->seen < idle &&
	       now - session->created < most;
}

int session_find(
    struct store_tx *tx, const uint8_t hash[SESSION_HASH], int64_t now, struct session *ret_session)
{
	struct session found = {0};
	struct store_rows *rows = NULL;
	int result = store_one(
	    tx, REGISTRAR_Q_SESSION_FIND, STORE_ARGS(store_blob(hash, SESSION_HASH)), &rows);

	if (result < 0)
		return result;
	found.is_staff = !store_is_null(rows, 0);
	snprintf(found.staff, sizeof(found.staff), "%s", store_get_text(rows, 0));
	found.person_id = store_get_i64(rows, 1);
	found.created = store_get_i64(rows, 2);
	found.seen = store_get_i64(rows, 3);
	snprintf(found.role, sizeof(found.role), "%s", store_get_text(rows, 4));
	found.must_change = store_get_i64(rows, 5) != 0;
	snprintf(found.name, sizeof(found.name), "%s", store_get_text(rows, 6));
	found.half = strcmp(store_get_text(rows, 7), "half") == 0;
	found.proxy = strcmp(store_get_text(rows, 8), "proxy") == 0;
	found.authority.trained_until = store_get_i64(rows, 9);
	found.authority.from = store_get_i64(rows, 10);
	found.authority.until = store_get_i64(rows, 11);
	found.has_factor = store_get_i64(rows, 12) != 0;
	memcpy(found.hash, hash, SESSION_HASH);
	store_done(rows);
	if (!stands(&found, now))
		return STORE_NOT_FOUND;
	*ret_session = found;
	return 0;
}

bool session_wants_touch(const struct session *session, int64_t now)
{
	return now - session->seen >= SESSION_TOUCH;
}

int session_touch(struct store_tx *tx, const uint8_t hash[SESSION_HASH], int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_SESSION_TOUCH,
	    STORE_ARGS(store_blob(hash, SESSION_HASH), store_i64(now)), NULL);
}

int session_end(struct store_tx *tx, const uint8_t hash[SESSION_HASH])
{
	return store_exec(
	    tx, REGISTRAR_Q_SESSION_END, STORE_ARGS(store_blob(hash, SESSION_HASH)), NULL);
}

int session_end_staff(struct store_tx *tx, const char *staff)
{
	return store_exec(tx, REGISTRAR_Q_SESSION_END_STAFF, STORE_ARGS(store_text(staff)), NULL);
}

int session_purge(struct store_tx *tx, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_SESSION_PURGE,
	    STORE_ARGS(store_i64(now - SESSION_STAFF_IDLE), store_i64(now - SESSION_STAFF_MAX),
		store_i64(now - SESSION_PERSON_IDLE), store_i64(now - SESSION_PERSON_MAX)),
	    NULL);
}

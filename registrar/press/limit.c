#include "registrar/press/limit.h"

#include <stdio.h>

#include "schema/registrar_db.h"

int limit_read(struct store_tx *tx, int64_t accreditation_id, struct limit *ret)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_LIMIT_OF, STORE_ARGS(store_i64(accreditation_id)), &rows);

	if (result == STORE_NOT_FOUND) {
		*ret = (struct limit){0};
		return 0;
	}
	if (result < 0)
		return result;
	*ret = (struct limit){
	    .conference_id = store_get_i64(rows, 0), .until = store_get_i64(rows, 1)};
	snprintf(ret->title, sizeof(ret->title), "%s", store_get_text(rows, 2));
	store_done(rows);
	return 0;
}

static struct store_value number_or_null(int64_t number)
{
	return number ? store_i64(number) : store_null();
}

int limit_set(struct store_tx *tx, int64_t accreditation_id, const struct limit *limit)
{
	int result;

	if (limit->conference_id || limit->until)
		result = store_exec(tx, REGISTRAR_Q_LIMIT_SET,
		    STORE_ARGS(store_i64(accreditation_id), number_or_null(limit->conference_id),
			number_or_null(limit->until)),
		    NULL);
	else
		result = store_exec(
		    tx, REGISTRAR_Q_LIMIT_CLEAR, STORE_ARGS(store_i64(accreditation_id)), NULL);
	return result < 0 ? result
			  : store_exec(tx, REGISTRAR_Q_LIMIT_STATE,
				STORE_ARGS(store_i64(accreditation_id)), NULL);
}

bool limit_admits(const struct limit *limit, int64_t conference_id, int64_t starts)
{
	return (!limit->conference_id || limit->conference_id == conference_id) &&
	       (!limit->until || starts < limit->until);
}

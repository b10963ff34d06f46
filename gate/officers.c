#include "gate/officers.h"

#include <string.h>

#include "schema/gate_db.h"

static int find(struct staff *staff, const char *name, struct staff_officer *ret_officer)
{
	struct staff_officer officer;

	while (staff_next(staff, &officer))
		if (strcmp(officer.name, name) == 0) {
			*ret_officer = officer;
			return 0;
		}
	return STORE_NOT_FOUND;
}

int officers_find(
    struct gate *gate, struct store_tx *tx, const char *name, struct staff_officer *ret_officer)
{
	struct store_rows *rows = NULL;
	struct staff staff;
	const void *bytes;
	size_t len;
	int r = store_one(tx, GATE_Q_OBJECT_GET, STORE_ARGS(store_text("staff")), &rows);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? OFFICERS_NO_LIST : r;
	bytes = store_get_blob(rows, 0, &len);
	if (gate->keys != NULL && staff_open(bytes, len, gate->keys, &staff) == 0)
		r = find(&staff, name, ret_officer);
	else
		r = OFFICERS_NO_LIST;
	store_done(rows);
	return r;
}

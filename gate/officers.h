/*
 * officers: who may work at this gate, as the list of them says that is held (badges/staff.h).
 */
#ifndef GATE_OFFICERS_H
#define GATE_OFFICERS_H

#include "badges/staff.h"
#include "gate/gate.h"

enum { OFFICERS_NO_LIST = -441 /* none is held that the keys held have signed */ };

/*
 * The officer of that name. 0, or STORE_NOT_FOUND where the list does not name them,
 * OFFICERS_NO_LIST, or another negative enum store_result; *ret_officer is untouched then. The lock
 * is held.
 */
STORE_MUST_CHECK int officers_find(
    struct gate *gate, struct store_tx *tx, const char *name, struct staff_officer *ret_officer);

#endif

#ifndef GATE_IDENTITY_H
#define GATE_IDENTITY_H

#include "gate/gate.h"

/* What enrolment gave, in the store's table meta and in DIR/identity.json: from the file a gate
 * whose store was damaged gets its name back. */

/* identity_read: from the store. STORE_ROW when it is whole, STORE_NOT_FOUND when the gate was
 * never enrolled, or another store_result. */
int identity_read(struct store_tx *tx, struct gate_identity *ret_identity)
    __attribute__((warn_unused_result));

/* identity_write: into the store, with the time of enrolment. */
int identity_write(struct store_tx *tx, const struct gate_identity *identity, int64_t enrolled)
    __attribute__((warn_unused_result));

/* identity_save, identity_load: the file, mode 0600, replaced whole and synced. Return 0 or -1. */
int identity_save(const char *dir, const struct gate_identity *identity)
    __attribute__((warn_unused_result));
int identity_load(const char *dir, struct gate_identity *ret_identity)
    __attribute__((warn_unused_result));

/* identity_keep: saves the file when it is not there or says something else. */
void identity_keep(const char *dir, const struct gate_identity *identity);

#endif

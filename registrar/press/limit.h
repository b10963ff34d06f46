/*
 * limit: an accreditation that is approved for less than it was asked for: for one conference, or
 * for conferences that begin before a day. (For another class than asked for, the accreditation
 * simply has that class.) Its state is `limited`, and registering asks limit_admits.
 *
 * Functions with a struct store_tx run inside the caller's transaction and return 0 or a negative
 * enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_LIMIT_H
#define PRESSGATE_REGISTRAR_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/store.h"

struct limit {
	int64_t conference_id; /* the only one; 0: any */
	int64_t until;	       /* Unix seconds: it must begin before; 0: any */
	char title[801];       /* of that conference, where it was read */
};

/* What stands, zeroed where nothing limits it. */
STORE_MUST_CHECK int limit_read(struct store_tx *tx, int64_t accreditation_id, struct limit *ret);

/* Sets it, or (a zeroed one) lifts it; the accreditation's state follows. */
STORE_MUST_CHECK int limit_set(
    struct store_tx *tx, int64_t accreditation_id, const struct limit *limit);

/* Whether a conference is within it. Pure. */
bool limit_admits(const struct limit *limit, int64_t conference_id, int64_t starts);

#endif

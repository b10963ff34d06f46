#ifndef GATE_CONFERENCE_H
#define GATE_CONFERENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gate/door/decide.h"
#include "schema/store.h"

/* A conference as its roster in the store describes it. */

enum { CONFERENCE_SLUG_MAX = 64, CONFERENCE_TEXT_MAX = 800 };

struct conference {
	uint32_t number;
	char slug[CONFERENCE_SLUG_MAX + 1];
	char title[CONFERENCE_TEXT_MAX + 1];
	int64_t doors, starts, ends; /* Unix seconds */
	uint32_t capacity;
	uint32_t classes;
	enum roster_id_check id_check;
	unsigned id_share;
	bool reentry;
	bool registration_required;
	bool admit_at_once; /* where nothing but screening is to be checked */
	int64_t amber, red;
	uint64_t version;		    /* of its roster */
	int64_t issued, not_after, checked; /* of its roster; Unix seconds */
};

/* conference_by_slug, conference_by_number: STORE_ROW, STORE_NOT_FOUND or another store_result. */
int conference_by_slug(struct store_tx *tx, const char *slug, struct conference *ret_conference)
    __attribute__((warn_unused_result));
int conference_by_number(struct store_tx *tx, uint32_t number, struct conference *ret_conference)
    __attribute__((warn_unused_result));

/* conference_each: calls each with every conference, soonest first, until it returns another value
 * than 0, which is returned; else 0 or a store_result. */
typedef int conference_visit(void *context, const struct conference *conference);
int conference_each(struct store_tx *tx, conference_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* conference_policy: its rules for decide. */
void conference_policy(const struct conference *conference, struct decide_policy *ret_policy);

/* conference_revision: the version of the revocations held, 0 for none. 0 or a store_result. */
int conference_revision(struct store_tx *tx, uint64_t *ret_revision)
    __attribute__((warn_unused_result));

#endif

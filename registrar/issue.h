/*
 * issue: makes passes and takes them back, within a running write. Versions rise with it; the
 * caller calls registrar_changed() when the write is through.
 */
#ifndef REGISTRAR_ISSUE_H
#define REGISTRAR_ISSUE_H

#include <stdint.h>

#include "badges/pass.h"
#include "registrar/conference.h"
#include "schema/store.h"

struct registrar;

#define ISSUE_BEFORE_DOORS 7200 /* a pass is valid from two hours before doors, */
#define ISSUE_AFTER_END                                                                            \
	3600 /* or from its issue if that is earlier, until an hour after the end                  \
	      */

struct issue_holder {
	int64_t registration_id;
	uint8_t pass_class;
	const char *name, *outlet; /* travel on the pass only where the conference says so */
};

/* Draws an id whose typed code is free in the conference, signs, stores. raise: the roster_version
 * the row belongs to (conference_raise_roster). */
int issue_pass(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct issue_holder *holder, int64_t roster_version,
    int64_t now, uint8_t ret_id[static 16]) __attribute__((warn_unused_result));

/* Revokes every active pass of a registration with a reason class of badges/revoked.h; raises
 * revoked_version once when there were any. *ret_count: how many. */
int issue_revoke(struct store_tx *tx, struct registrar *registrar, int64_t registration_id,
    unsigned reason, int64_t roster_version, int64_t now, unsigned *ret_count)
    __attribute__((warn_unused_result));

#endif

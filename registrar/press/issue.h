/*
 * issue: makes passes and takes them back, within a running write. Versions rise with it; the
 * caller calls registrar_changed() when the write is through.
 */
#ifndef REGISTRAR_ISSUE_H
#define REGISTRAR_ISSUE_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/pass.h"
#include "registrar/press/conference.h"
#include "schema/store.h"

struct registrar;

/* A pass is valid from two hours before doors until an hour after the end, as its typed code is. */
#define ISSUE_BEFORE_DOORS 7200
#define ISSUE_AFTER_END	   3600

struct issue_holder {
	int64_t registration_id;
	uint8_t pass_class;
	const char *name, *outlet; /* travel on the pass only where the conference says so */
};

/*
 * A pass that is signed and not yet stored. Signing takes longer than storing, and the store makes
 * one write after the other: who registers signs on its own thread, before its write begins.
 */
struct issue_ready {
	bool signed_; /* false: nothing is ready; issue_pass signs by itself */
	uint8_t kid[KEY_KID_SIZE];
	struct pass_claims claims;
	char text[PASS_TEXT_MAX + 1];
};

/* Draws an id and signs. ret_ready->signed_ is false when the conference's key is missing: then
 * issue_pass says so. */
void issue_sign_ahead(struct registrar *registrar, const struct conference *conference,
    const struct issue_holder *holder, struct issue_ready *ret_ready);

/* Stores a pass whose typed code is free in the conference: the ready one when it is for just this
 * conference, holder and time, by the key that signs now, and its code is free; else one drawn and
 * signed here. ready may be NULL. roster_version: the one the row belongs to
 * (conference_raise_roster). To a holder whose accreditation is suspended the pass is issued
 * suspended (suspension.h). */
int issue_pass(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct issue_holder *holder,
    const struct issue_ready *ready, int64_t roster_version, int64_t now, uint8_t ret_id[static 16])
    __attribute__((warn_unused_result));

/* Revokes every active pass of a registration with a reason class of badges/revoked.h; raises
 * revoked_version once when there were any. *ret_count: how many. */
int issue_revoke(struct store_tx *tx, struct registrar *registrar, int64_t registration_id,
    unsigned reason, int64_t roster_version, int64_t now, unsigned *ret_count)
    __attribute__((warn_unused_result));

#endif

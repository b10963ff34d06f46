/*
 * registration: an accredited person's place at a conference.
 *
 * Allocation is deterministic and says why: a place is confirmed while the conference's capacity
 * and the outlet's limit allow it, else it is waitlisted. When a place comes free the first of the
 * waitlist gets it: at an emerging conference local outlets first (R8), then by time, then by
 * number.
 */
#ifndef REGISTRAR_REGISTRATION_H
#define REGISTRAR_REGISTRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/pass.h"
#include "registrar/press/reference.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

enum registration_state {
	REGISTRATION_REQUESTED,
	REGISTRATION_CONFIRMED,
	REGISTRATION_WAITLISTED,
	REGISTRATION_DECLINED,
	REGISTRATION_CANCELLED,
};

#define REGISTRATION_EXPLANATION_MAX 500 /* characters */

struct registration {
	int64_t id;
	char reference[20 + 1];
	int64_t conference_id, accreditation_id, person_id, outlet_id;
	uint8_t pass_class;
	enum registration_state state;
	int64_t consented, created, changed;
	char explanation[4 * REGISTRATION_EXPLANATION_MAX +
			 1]; /* why it is as it is, for say_kept() */
	bool has_pass;	     /* an active one */
	uint8_t pass_id[16];
	char pass_code[8 + 1]; /* without the dash */
	char pass_qr[PASS_TEXT_MAX + 1];
	int64_t pass_issued;
};

struct registration_wish {
	int64_t conference_id;
	int64_t accreditation_id;
	int64_t consented; /* when the person consented to screening (R2); 0: did not: refused */
	const char *staff; /* who does it for the person, or NULL */
};

/*
 * Registers, and issues the pass when the place is confirmed. The same wish again gives the same
 * registration. Refused when the accreditation is not active or its class not admitted, without
 * consent, and when the conference is over, cancelled or not announced.
 */
int registration_register(struct registrar *registrar, const struct registration_wish *wish,
    int64_t now, struct registration *ret, struct refusal *why) __attribute__((warn_unused_result));

/*
 * Cancels: revokes every pass of it, and gives the place to the first of the waitlist, in one
 * write. Cancelling again is fine. *ret_promoted (may be NULL): the id of the registration that got
 * the place, or 0. staff: who did it, NULL: the person.
 */
int registration_cancel(struct registrar *registrar, const char *reference, const char *staff,
    int64_t now, int64_t *ret_promoted, struct refusal *why) __attribute__((warn_unused_result));

/* Issues the pass anew; the old one is revoked as re-issued. */
int registration_reissue(struct registrar *registrar, const char *reference, const char *staff,
    int64_t now, struct registration *ret, struct refusal *why) __attribute__((warn_unused_result));

/* The same inside a running write, for all the passes of a key that is retired. */
int registration_reissue_within(struct store_tx *tx, struct registrar *registrar,
    int64_t registration_id, const char *staff, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

int registration_by_reference(struct store_tx *tx, const char *reference, struct registration *ret)
    __attribute__((warn_unused_result));
int registration_by_id(struct store_tx *tx, int64_t id, struct registration *ret)
    __attribute__((warn_unused_result));

/* The standing registration (not cancelled) of a person at a conference, or MODEL_NOT_FOUND. */
int registration_standing(struct store_tx *tx, int64_t conference_id, int64_t person_id,
    struct registration *ret) __attribute__((warn_unused_result));

/* The place on the waiting list as promotion goes, 1 for the next; 0 for one that does not wait. */
int registration_line(struct store_tx *tx, const struct registration *registration,
    int64_t *ret_line) __attribute__((warn_unused_result));

/* Those of a person, the newest conference first; free with free(). */
int registration_of_person(struct store_tx *tx, int64_t person_id, struct registration **ret_list,
    size_t *ret_n) __attribute__((warn_unused_result));

#endif

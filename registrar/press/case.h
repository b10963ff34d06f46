/*
 * case: an application's way after it was sent, and what its applicant may do about it.
 *
 *	submitted ---ask---> more-information ---answer---> submitted (a new clock)
 *	    |  ^                     |
 *	    |  +-----respond----- refused ---appeal---> appealed (another decider)
 *	    +--withdraw--> withdrawn  (also from more-information and appealed)
 *
 * A renewal and a change of outlet are applications too (case_purpose): they are asked for by
 * someone who is signed in, are decided as any other, and change the accreditation they are about.
 *
 * All functions run inside the caller's write transaction and return 0, a code below,
 * STORE_NOT_FOUND or another negative enum store_result; ret_ values are untouched then and the
 * caller rolls back.
 */
#ifndef PRESSGATE_REGISTRAR_CASE_H
#define PRESSGATE_REGISTRAR_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/press/accreditation.h"
#include "registrar/press/application.h"
#include "registrar/press/correspondence.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

#define CASE_ANSWER_SECONDS (30 * INT64_C(86400)) /* to answer what the desk asks */
#define CASE_APPEAL_SECONDS (30 * INT64_C(86400)) /* to respond to a refusal, or to appeal */
#define CASE_RENEW_SECONDS  (60 * INT64_C(86400)) /* before its end one may renew */
#define CASE_UNANSWERED_MAX 10 /* messages in a row, then it is the desk's turn */

enum case_error {
	CASE_E_STATE = APPLICATION_E_STATE, /* not possible as the application stands */
	CASE_E_LATE = -251,		    /* the 30 days are over */
	CASE_E_ONCE = -252,		    /* that was used already */
	CASE_E_DECIDER = -253, /* an appeal is decided by someone who did not refuse before */
	CASE_E_MANY = -254,    /* CASE_UNANSWERED_MAX */
	CASE_E_EARLY = -255    /* more than CASE_RENEW_SECONDS before the end */
};

enum case_purpose { CASE_NEW, CASE_RENEWAL, CASE_OUTLET };

/* What stands around an application. */
struct case_file {
	enum case_purpose purpose;
	struct accreditation accreditation; /* of a renewal or change of outlet; else id 0 */
	struct correspondence said;	    /* owned: case_free */
};

STORE_MUST_CHECK int case_read(struct store_tx *tx, int64_t application_id, struct case_file *ret);
void case_free(struct case_file *file); /* a zeroed one is fine */

/* The number of a person's own application; another's is STORE_NOT_FOUND. */
STORE_MUST_CHECK int case_find(
    struct store_tx *tx, const char *reference, int64_t person_id, int64_t *ret_id);

/* What its applicant may do now; a pure function. */
struct case_options {
	bool answer, respond, appeal, withdraw;
	int64_t until; /* of answer, respond and appeal: Unix seconds */
};
struct case_options case_options(
    const struct application *application, const struct case_file *file, int64_t now);

/* The applicant's part. words are never empty. */
STORE_MUST_CHECK int case_answer(
    struct store_tx *tx, int64_t id, const char *words, const struct due_desk *desk, int64_t now);
/* Once for an application: it is looked at again by the desk. */
STORE_MUST_CHECK int case_respond(
    struct store_tx *tx, int64_t id, const char *words, const struct due_desk *desk, int64_t now);
/* Once: somebody looks at it who did not refuse it. What is decided then stands. */
STORE_MUST_CHECK int case_appeal(
    struct store_tx *tx, int64_t id, const char *words, const struct due_desk *desk, int64_t now);
/* Withdrawing again is fine. */
STORE_MUST_CHECK int case_withdraw(struct store_tx *tx, int64_t id, int64_t now);

/* A message of either side (staff NULL: the applicant), in any state but draft. One of the applicant
 * is due by the desk's hours; desk may be NULL for the desk's own. */
STORE_MUST_CHECK int case_message(struct store_tx *tx, int64_t id, const char *staff,
    const char *words, const struct due_desk *desk, int64_t now);

/* The desk asks for more; the application waits for the applicant, CASE_ANSWER_SECONDS long. */
STORE_MUST_CHECK int case_ask(
    struct store_tx *tx, int64_t id, const char *staff, const char *words, int64_t now);

/* For application_approve and application_refuse: whether this member of staff may decide... */
STORE_MUST_CHECK int case_may_decide(struct store_tx *tx, int64_t id, const char *staff);
/* ... and what an approval gives: a new accreditation, or `months` more from the end of the one
 * that is renewed, or that one with another outlet. grant as of accreditation_grant. */
STORE_MUST_CHECK int case_grant(struct store_tx *tx, const struct accreditation *grant,
    unsigned months, int64_t now, int64_t *ret_accreditation);

/* A renewal or change of outlet that is asked for. */
struct case_wish {
	int64_t person_id, accreditation_id;
	enum case_purpose purpose;
	const char *outlet; /* the new one, as typed; of a renewal NULL */
	const char *proof;  /* what shows the work; never empty */
};

/*
 * Sends it. Where one of that kind already waits for the accreditation, that one is given back and
 * nothing changes. STORE_NOT_FOUND for another person's accreditation, CASE_E_STATE for one that
 * does not stand.
 */
STORE_MUST_CHECK int case_apply(struct store_tx *tx, const struct case_wish *wish,
    const struct due_desk *desk, int64_t now, char ret_reference[APPLICATION_REFERENCE]);

/* True while an accreditation that stands may be renewed. */
bool case_renewable(const struct accreditation *accreditation, int64_t now);

/*
 * Issues anew every pass that may still be shown, of one accreditation or (0) of all the person's:
 * after a change of outlet or name. The caller calls registrar_changed() and
 * registrar_mail_waits() when its write is through. Returns as registration_reissue_within.
 */
STORE_MUST_CHECK int case_reissue(struct store_tx *tx, struct registrar *registrar,
    int64_t person_id, int64_t accreditation_id, const char *staff, int64_t now);

#endif

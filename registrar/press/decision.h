/*
 * decision: what the desk does with an application that waits, beside writing to its applicant
 * (case.h): who has it, pre-approval, a hold until a day, internal notes, and a decision that is
 * proposed by one reviewer and confirmed, or sent back, by another.
 *
 *	submitted --pre-approve--> pre-approved
 *	any that waits --propose--> (proposal) --confirm--> approved | refused
 *	                                 +--send back, take back--> as before
 *
 * Notes never leave the desk: they stand in a table that no query of a mail, of a person's page or
 * of an export reads.
 *
 * All functions run inside the caller's transaction and return 0, a code below, CASE_E_STATE where
 * the application does not wait (any more), STORE_NOT_FOUND or another negative enum store_result;
 * ret_ values are untouched then and the caller rolls back.
 */
#ifndef PRESSGATE_REGISTRAR_DECISION_H
#define PRESSGATE_REGISTRAR_DECISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/limit.h"
#include "schema/store.h"

#define DECISION_HOLD_MAX (366 * INT64_C(86400)) /* how long one may hold */

enum decision_error {
	DECISION_E_STAFF = -271,  /* that colleague does not review */
	DECISION_E_SAME = -272,	  /* who proposed it does not confirm it */
	DECISION_E_STANDS = -273, /* a proposal waits for its second reviewer */
	DECISION_E_HOLD = -274	  /* not in the future, or further than DECISION_HOLD_MAX */
};

/* Which decisions need a second reviewer: the words of a setting, with blanks between: never,
 * refusals, all, or classes as in addresses ("student documentary"). */
struct decision_policy {
	bool all, refusals;
	uint32_t classes;
};
/* Returns 0, or -1 for a word that is none of these, with ret untouched. */
int decision_policy_read(const char *words, struct decision_policy *ret)
    __attribute__((warn_unused_result));
bool decision_needs_second(const struct decision_policy *policy, unsigned class, bool approves);

/* Gives what waits of an application to a colleague, to oneself, or (NULL) puts it back. */
STORE_MUST_CHECK int decision_assign(
    struct store_tx *tx, int64_t id, const char *staff, const char *to, int64_t now);

/* Marks what will be approved once something small has come. Again: nothing changes. */
STORE_MUST_CHECK int decision_pre_approve(
    struct store_tx *tx, int64_t id, const char *staff, int64_t now);

/* Takes it out of the list until that moment, or (until 0) puts it back now. words: why. */
STORE_MUST_CHECK int decision_hold(struct store_tx *tx, int64_t id, const char *staff,
    int64_t until, const char *words, int64_t now);

/* Adds an internal note; in any state. */
STORE_MUST_CHECK int decision_note(
    struct store_tx *tx, int64_t id, const char *staff, const char *words, int64_t now);

/* Who has it, and until when it is held; "" and 0 where it does not wait. */
struct decision_standing {
	char assignee[17];
	int64_t held_until;
};
STORE_MUST_CHECK int decision_standing(
    struct store_tx *tx, int64_t id, struct decision_standing *ret);

/* A line of the history, or a note. */
struct decision_entry {
	int64_t at, until;
	char kind[20];			/* of review_step or correspondence; "note" */
	char staff[17], full_name[801]; /* "": the applicant */
	char other[801];		/* to whom, or whose */
	char *words;			/* owned */
};
struct decision_entries {
	struct decision_entry *items; /* the oldest first */
	size_t n;
};
STORE_MUST_CHECK int decision_history(
    struct store_tx *tx, int64_t id, struct decision_entries *ret);
STORE_MUST_CHECK int decision_notes(struct store_tx *tx, int64_t id, struct decision_entries *ret);
void decision_entries_free(struct decision_entries *entries); /* a zeroed one is fine */
/* "put it back", "confirmed the proposal of"; for staff. */
const char *decision_words(const char *kind);

/* Somebody who may review. */
struct decision_colleague {
	char name[17], full_name[801];
};
/* Free with free(). */
STORE_MUST_CHECK int decision_colleagues(
    struct store_tx *tx, struct decision_colleague **ret_items, size_t *ret_n);

struct decision_proposal {
	int64_t at;
	char staff[17], full_name[801];
	bool approves;
	/* Of an approval. */
	int64_t outlet_id; /* 0: a new one */
	bool alias, local;
	unsigned months;
	int limit_class; /* -1: as asked for */
	struct limit limit;
	char outlet[801]; /* filled when read */
	/* Of a refusal. */
	char criterion[65];
	char *message, *note; /* owned where read; borrowed where proposed */
};
/* Proposes; staff of the proposal is who does. DECISION_E_STANDS where one stands, and what
 * case_may_decide returns. */
STORE_MUST_CHECK int decision_propose(
    struct store_tx *tx, int64_t id, const struct decision_proposal *proposal, int64_t now);
STORE_MUST_CHECK int decision_proposal(
    struct store_tx *tx, int64_t id, struct decision_proposal *ret);
void decision_proposal_free(struct decision_proposal *proposal); /* a zeroed one is fine */

/* The second reviewer agrees: gives what is to be carried out, and ends the proposal.
 * DECISION_E_SAME for the one who proposed; what case_may_decide returns. */
STORE_MUST_CHECK int decision_confirm(
    struct store_tx *tx, int64_t id, const char *staff, int64_t now, struct decision_proposal *ret);
/* Ends it without a decision: by somebody else with a note why, or by who proposed. */
STORE_MUST_CHECK int decision_send_back(
    struct store_tx *tx, int64_t id, const char *staff, const char *words, int64_t now);

#endif

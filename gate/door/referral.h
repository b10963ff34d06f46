#ifndef GATE_REFERRAL_H
#define GATE_REFERRAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/entry.h"
#include "gate/conference.h"
#include "gate/gate.h"

/*
 * Referrals: a question from the door to communications (not on the roster, no phone, a lost
 * badge...), and the answer that comes back. Asking is journaled (decision `deny`, reason
 * `referred`: nobody went in), withdrawing too (`sync`, `referral-withdrawn`), and what the door
 * makes of the answer is an entry of its own.
 *
 * The person's name and the words travel sealed to the registrar's details key, and stand here
 * sealed as the roster does: only an open shift reads them. A question asked without a network is
 * kept and sent when there is one. Until it is answered it can be sent again: the registrar takes
 * the same number once.
 */

enum {
	REFERRAL_ID = 16,
	REFERRAL_NAME_MAX = 200,  /* characters of a name, of an outlet */
	REFERRAL_WORDS_MAX = 400, /* characters of the officer's words, and of the answer's */
	REFERRAL_TEXT_SIZE = 4 * REFERRAL_WORDS_MAX + 1,
	REFERRAL_KIND_MAX = 32,
};

enum referral_result {
	REFERRAL_OK = 0,
	REFERRAL_BAD_KIND = 451,  /* not one of referral_kinds */
	REFERRAL_BAD_NAME = 452,  /* too long, or not plain text */
	REFERRAL_BAD_WORDS = 453, /* too long, or not plain text */
	REFERRAL_NO_KEY = 454,	  /* the registrar's details key has not come yet */
	REFERRAL_UNKNOWN = 455,	  /* no such referral */
	REFERRAL_CLOSED = 456,	  /* it is answered, withdrawn or done already */
};

/* The kinds, with what the officer reads; ended by a NULL token. */
struct referral_kind {
	const char *token; /* not-on-roster, no-phone, dead-battery, lost-badge, wrong-day,
			      refused-pass, other */
	const char *words;
};
extern const struct referral_kind referral_kinds[];
/* The words of a token, or NULL. */
const char *referral_kind_words(const char *token);

/* What is asked. Texts are borrowed; name, outlet and words may be "". */
struct referral_question {
	uint32_t conference;
	const char *slug;    /* of the conference */
	const uint8_t *pass; /* 16 bytes, or NULL where no pass is known */
	const char *kind;
	const char *staff; /* the officer */
	const char *name, *outlet, *words;
};

/* referral_make: journals and keeps the question, in one transaction, and pokes the errands loop.
 * Takes the lock. Returns 0 with its number, a referral_result (nothing is written), or what
 * journal_write or the vault returns. */
int referral_make(struct gate *gate, const struct referral_question *question,
    uint8_t ret_id[static REFERRAL_ID]) __attribute__((warn_unused_result));

/* One referral. Without an open shift name, outlet and both words are "" and locked is set. */
struct referral {
	uint8_t id[REFERRAL_ID];
	uint32_t conference;
	bool has_pass;
	uint8_t pass[16];
	char kind[REFERRAL_KIND_MAX + 1];
	char staff[ENTRY_STAFF_MAX + 1];
	int64_t made_ms, sent_ms; /* sent_ms 0: communications does not have it yet */
	char answer[12];	  /* "", "admit", "refuse" or "withdrawn" */
	int64_t answered_ms;
	char answered_by[ENTRY_STAFF_MAX + 1];
	int64_t closed_ms; /* 0: the door has not acted on it yet */
	bool locked;
	char name[REFERRAL_TEXT_SIZE], outlet[REFERRAL_TEXT_SIZE];
	char words[REFERRAL_TEXT_SIZE], answer_words[REFERRAL_TEXT_SIZE];
};

/* referral_find: STORE_ROW, STORE_NOT_FOUND or another store_result. The lock is held. */
int referral_find(struct gate *gate, struct store_tx *tx, const uint8_t id[static REFERRAL_ID],
    struct referral *ret_referral) __attribute__((warn_unused_result));

/* referral_each: those of a conference (0: of all) that are not closed, answered ones first, then
 * oldest first, until visit returns another value than 0, which is returned; else 0 or a
 * store_result. The lock is held. */
typedef int referral_visit(void *context, const struct referral *referral);
int referral_each(struct gate *gate, struct store_tx *tx, uint32_t conference,
    referral_visit *visit, void *context) __attribute__((warn_unused_result));

/* referral_close: the door has acted on the answer; in the transaction of that entry, under the
 * lock (a journal_body calls it). Only one that is answered and open: else REFERRAL_UNKNOWN or
 * REFERRAL_CLOSED. */
int referral_close(struct store_tx *tx, const uint8_t id[static REFERRAL_ID], int64_t now_ms)
    __attribute__((warn_unused_result));

/* referral_withdraw: the person is gone, or a supervisor has decided. Journaled; communications is
 * told. Takes the lock. Returns 0, REFERRAL_UNKNOWN, REFERRAL_CLOSED, or as journal_write. */
int referral_withdraw(struct gate *gate, const uint8_t id[static REFERRAL_ID], const char *staff)
    __attribute__((warn_unused_result));

/* A sentence for people for any result of this header, and for those of journal_write. */
const char *referral_strerror(int result);

#endif

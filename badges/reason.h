#ifndef BADGES_REASON_H
#define BADGES_REASON_H

#include <stdbool.h>

/* Why a pass was admitted or refused: one list for every program, written as tokens of
 * [a-z0-9-]{1,32} in journals and in JSON. */
enum reason {
	REASON_OK = 0,
	/* the machine's */
	REASON_MALFORMED,
	REASON_UNKNOWN_KEY,
	REASON_BAD_SIGNATURE,
	REASON_NOT_YET_VALID,
	REASON_EXPIRED,
	REASON_WRONG_CONFERENCE,
	REASON_WRONG_CLASS,
	REASON_REVOKED,
	REASON_SUSPENDED,
	REASON_ALREADY_INSIDE,
	REASON_ALREADY_USED,
	REASON_RESTRICTED,
	REASON_FULL,
	REASON_NOT_ON_ROSTER,
	REASON_ROSTER_STALE,
	REASON_CLOCK_SUSPECT,
	REASON_JOURNAL_UNAVAILABLE,
	/* the officer's */
	REASON_SCREENING_REFUSED,
	REASON_NO_IDENTIFICATION,
	REASON_IDENTITY_MISMATCH,
	REASON_PROHIBITED_ITEM,
	REASON_CONDUCT,
	REASON_SERVICE_RESTRICTED,
	REASON_OTHER,
	REASON_COUNT
};

enum { REASON_E_TOKEN = -1 };

/* The reason's token, such as "wrong-conference"; NULL outside the list. */
const char *reason_token(enum reason reason);

/* The reason of a token. Returns 0, or REASON_E_TOKEN with ret_reason untouched. */
int reason_find(const char *token, enum reason *ret_reason) __attribute__((warn_unused_result));

/* Whether it is one that an officer gives (and a program never does). */
bool reason_is_officers(enum reason reason);

#endif

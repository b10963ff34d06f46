#include "badges/reason.h"

#include <stddef.h>
#include <string.h>

static const char *const reason_tokens[REASON_COUNT] = {
    [REASON_OK] = "ok",
    [REASON_MALFORMED] = "malformed",
    [REASON_UNKNOWN_KEY] = "unknown-key",
    [REASON_BAD_SIGNATURE] = "bad-signature",
    [REASON_NOT_YET_VALID] = "not-yet-valid",
    [REASON_EXPIRED] = "expired",
    [REASON_WRONG_CONFERENCE] = "wrong-conference",
    [REASON_WRONG_CLASS] = "wrong-class",
    [REASON_REVOKED] = "revoked",
    [REASON_SUSPENDED] = "suspended",
    [REASON_ALREADY_INSIDE] = "already-inside",
    [REASON_ALREADY_USED] = "already-used",
    [REASON_RESTRICTED] = "restricted",
    [REASON_FULL] = "full",
    [REASON_NOT_ON_ROSTER] = "not-on-roster",
    [REASON_ROSTER_STALE] = "roster-stale",
    [REASON_CLOCK_SUSPECT] = "clock-suspect",
    [REASON_JOURNAL_UNAVAILABLE] = "journal-unavailable",
    [REASON_SCREENING_REFUSED] = "screening-refused",
    [REASON_NO_IDENTIFICATION] = "no-identification",
    [REASON_IDENTITY_MISMATCH] = "identity-mismatch",
    [REASON_PROHIBITED_ITEM] = "prohibited-item",
    [REASON_CONDUCT] = "conduct",
    [REASON_SERVICE_RESTRICTED] = "service-restricted",
    [REASON_OTHER] = "other",
};

const char *reason_token(enum reason reason)
{
	return (unsigned)reason < REASON_COUNT ? reason_tokens[reason] : NULL;
}

int reason_find(const char *token, enum reason *ret_reason)
{
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		if (strcmp(token, reason_tokens[i]) == 0) {
			*ret_reason = (enum reason)i;
			return 0;
		}
	}
	return REASON_E_TOKEN;
}

bool reason_is_officers(enum reason reason)
{
	return reason >= REASON_SCREENING_REFUSED && reason < REASON_COUNT;
}

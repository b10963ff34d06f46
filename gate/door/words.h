#ifndef GATE_WORDS_H
#define GATE_WORDS_H

#include <stddef.h>

#include "gate/door/decide.h"

/*
 * What an officer reads: what happened, what it means, what to do now. Plain and short, and never
 * about networks. One row of the table in words.c for each reason.
 */

enum { WORDS_MAX = 1200, WORDS_AGE_MAX = 40, WORDS_TIME_MAX = 40 };

/* words_verdict: the sentences for a verdict, cut at a character when there is no room. Times are
 * told in the machine's zone. */
void words_verdict(const struct verdict *verdict, const struct decide_facts *facts,
    const struct decide_policy *policy, char *ret_text, size_t size);

/* words_unchecked: what an admission was decided without, each sentence with a space before it; ""
 * when everything was known. */
void words_unchecked(
    const struct verdict *verdict, const struct decide_facts *facts, char *ret_text, size_t size);

/* words_reason: a reason as a list or a button names it: "Already inside", "No identification". */
const char *words_reason(enum reason reason);

/* words_age: seconds as a person says them: "20 seconds", "1 minute", "3 hours", "2 days".
 * A clock that was set back makes ages negative: those are 0 seconds. */
void words_age(int64_t seconds, char ret_text[static WORDS_AGE_MAX]);

/* words_time: "14:05" when it is today (seen from now), else "14:05 on 21 November"; both in Unix
 * seconds. */
void words_time(int64_t when, int64_t now, char ret_text[static WORDS_TIME_MAX]);

#endif

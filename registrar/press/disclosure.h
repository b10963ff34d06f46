/*
 * disclosure: what in a text that is to be published may be restricted information (R12), as a pure
 * function of the text. It finds; a person decides.
 *
 * The rules are data: a pattern, what it looks for, and the law or policy in words. Names of people
 * can't be told from other words in general: only those beside a telling word are found.
 */
#ifndef REGISTRAR_DISCLOSURE_H
#define REGISTRAR_DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>

enum disclosure_rule {
	DISCLOSURE_YOUTH_AGE,
	DISCLOSURE_YOUTH,
	DISCLOSURE_SEXUAL,
	DISCLOSURE_VICTIM,
	DISCLOSURE_WITNESS,
	DISCLOSURE_ADDRESS,
	DISCLOSURE_POSTAL_CODE,
	DISCLOSURE_PHONE,
	DISCLOSURE_EMAIL,
	DISCLOSURE_PLATE,
	DISCLOSURE_BIRTH,
	DISCLOSURE_HEALTH_CARD,
	DISCLOSURE_SIN,
	DISCLOSURE_INVESTIGATION,
	DISCLOSURE_BAN,
	DISCLOSURE_RULES
};

/* More findings than this are not listed: such a text is not fit to be published. */
#define DISCLOSURE_MOST 200

struct disclosure_finding {
	enum disclosure_rule rule;
	size_t at, len; /* bytes of the text */
};

struct disclosure_list {
	struct disclosure_finding *items; /* as they stand in the text; the caller frees it */
	size_t n;
	bool more; /* there are others */
};

/*
 * Looks through a UTF-8 text, in time that grows as its length does. Returns 0; MODEL_REFUSED: it
 * is not UTF-8; MODEL_SYSTEM: no memory, or a rule did not come to an end, and then nothing is
 * known of the text.
 */
int disclosure_check(const char *text, struct disclosure_list *ret)
    __attribute__((warn_unused_result));

/* "youth-age": as the rule is kept and journaled. */
const char *disclosure_word(enum disclosure_rule rule);
/* "A young person's age": what was found, for people. */
const char *disclosure_title(enum disclosure_rule rule);
/* The law or policy behind it, and what to do: one or two sentences. */
const char *disclosure_reason(enum disclosure_rule rule);

#endif

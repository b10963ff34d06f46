/*
 * outlet_match: which outlets of the registry a typed name may mean, each with the reason. Nothing
 * is matched by itself but an equal key (outlet_by_name): these are for people to choose from.
 */
#ifndef PRESSGATE_REGISTRAR_OUTLET_MATCH_H
#define PRESSGATE_REGISTRAR_OUTLET_MATCH_H

#include <stddef.h>

#include "registrar/press/outlet.h"

enum { OUTLET_MATCHES_MAX = 8 };

/* Why; the strongest first. */
enum outlet_reason {
	OUTLET_SAME,	 /* the same name, spelt another way */
	OUTLET_LOOKS,	 /* drawn with letters that look the same (Unicode UTS 39) */
	OUTLET_ALMOST,	 /* one letter apart, or two in a long name */
	OUTLET_INITIALS, /* one is the other's initials */
	OUTLET_SITE,	 /* the same web site */
	OUTLET_WORDS,	 /* every word of one stands in the other */
	OUTLET_PART	 /* what was typed stands in it */
};

struct outlet_match {
	struct outlet outlet;
	enum outlet_reason reason;
	char name[OUTLET_NAME_BYTES + 1]; /* of its names, the one that matches */
};

/* A sentence: "Spelt almost the same." */
const char *outlet_reason_words(enum outlet_reason reason);

/* Those a name and a site ("" for none) may mean, the best first, each outlet once, at most
 * OUTLET_MATCHES_MAX; free with free(). Returns 0 or a negative enum store_result. */
STORE_MUST_CHECK int outlet_matches(struct store_tx *tx, const char *name, const char *site,
    struct outlet_match **ret_matches, size_t *ret_n);

#endif

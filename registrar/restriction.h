/*
 * restriction: the Service may restrict entry at any time (R5): the building, a conference, a
 * class, an outlet, one pass. A restriction reaches the gates with the revoked object.
 */
#ifndef REGISTRAR_RESTRICTION_H
#define REGISTRAR_RESTRICTION_H

#include <stdint.h>

#include "badges/revoked.h"
#include "schema/store.h"

struct registrar;

enum { RESTRICTION_WORDS_MAX = 200 }; /* characters */

enum restriction_result {
	RESTRICTION_OK = 0,
	RESTRICTION_BAD_SCOPE = 361, /* the scope and what it names do not fit together */
	RESTRICTION_BAD_TIME = 362,  /* until is not after from */
	RESTRICTION_BAD_WORDS = 363, /* none, too long, or not plain text */
	RESTRICTION_UNKNOWN = 364,   /* no such conference, outlet, pass or restriction */
};

struct restriction {
	enum revoked_scope scope;
	int64_t conference;  /* 0: every one; needed with REVOKED_SCOPE_CONFERENCE */
	int pass_class;	     /* REVOKED_SCOPE_CLASS */
	int64_t outlet;	     /* REVOKED_SCOPE_OUTLET */
	const uint8_t *pass; /* REVOKED_SCOPE_PASS: 16 bytes */
	int64_t from, until; /* Unix seconds; until 0: until it is lifted */
	const char *words;   /* the Service's reason, shown to the officer */
	const char *staff;   /* who restricts */
};

/*
 * Adds one: row, revoked_version and journal entry in one transaction. Gates that are connected
 * have it within a second. Returns 0, a restriction_result or a store_result.
 */
int restriction_add(struct registrar *registrar, const struct restriction *restriction,
    int64_t *ret_id) __attribute__((warn_unused_result));

/* Lifts one; lifting it twice is quiet. */
int restriction_lift(struct registrar *registrar, int64_t id, const char *staff)
    __attribute__((warn_unused_result));

const char *restriction_strerror(int result);

#endif

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

/* How many people have a pass that a restriction would keep out now. Returns 0 or a store_result.
 */
int restriction_reach(struct store_tx *tx, const struct restriction *restriction, int64_t now,
    int64_t *ret_people) __attribute__((warn_unused_result));

/* How many stand of the building and of a conference as a whole. Returns 0 or a store_result. */
int restriction_count(struct store_tx *tx, int64_t now, int64_t conference, int64_t *ret_count)
    __attribute__((warn_unused_result));

/* One that stands, with names; "" where there is none. Texts live until the visit returns. */
struct restriction_standing {
	int64_t id;
	enum revoked_scope scope;
	int pass_class;
	const char *title, *outlet; /* of the conference it is for; of the outlet restricted */
	const char *person, *person_outlet, *person_title; /* of the pass restricted */
	int64_t from, until;
	const char *words, *made_by, *gate; /* gate: made there by a supervisor */
};
/* Calls visit for every one that is neither lifted nor over, the newest first, until it returns
 * something other than 0, which is returned; else 0 or a store_result. */
typedef int restriction_visit(void *context, const struct restriction_standing *standing);
int restriction_each(struct store_tx *tx, int64_t now, restriction_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* Active passes of conferences that are not over, found by a part of a person's or an outlet's name
 * or by the typed code; 50 at most. As restriction_each. */
struct restriction_pass {
	uint8_t pass[16];
	const char *name, *outlet, *title;
};
typedef int restriction_pass_visit(void *context, const struct restriction_pass *found);
int restriction_find(struct store_tx *tx, int64_t now, const char *text,
    restriction_pass_visit *visit, void *context) __attribute__((warn_unused_result));

/* Whose pass it is. STORE_ROW (end *ret_rows with store_done; *ret_found lives as long), or
 * STORE_NOT_FOUND or another store_result. */
int restriction_holder(struct store_tx *tx, const uint8_t pass[static 16],
    struct restriction_pass *ret_found, struct store_rows **ret_rows)
    __attribute__((warn_unused_result));

const char *restriction_strerror(int result);

#endif

#ifndef GATE_FACTS_H
#define GATE_FACTS_H

#include "gate/conference.h"
#include "gate/door/decide.h"
#include "gate/gate.h"
#include "gate/seal/person.h"
#include "gate/peer/peer.h"

/* Everything known of one scanned text, looked up in one transaction. */

struct facts {
	struct decide_facts decide; /* its texts point into this struct: never copy it */
	struct decide_policy policy;
	struct conference conference;
	uint64_t revision;		    /* of the revocations it was judged by */
	const char *class_token;	    /* NULL where not known */
	struct person person;		    /* the roster's line, where it has one */
	char name[CONFERENCE_TEXT_MAX + 1]; /* of the line, or of the pass; "" while sealed */
	char outlet[CONFERENCE_TEXT_MAX + 1];
	char other_title[CONFERENCE_TEXT_MAX + 1];
	char restricted_words[CONFERENCE_TEXT_MAX + 1];
	char last_gate[BUNDLE_NAME_MAX + 1];
	char last_staff[ENTRY_STAFF_MAX + 1];
	char unheard[PEER_NAMES_MAX];
};

/*
 * facts_gather: opens the text (a pass, or a typed code of 8 or 9 characters) and looks up what the
 * gate knows of it at the conference of that number. The gate's lock is held. Returns 0, or a
 * store_result; STORE_NOT_FOUND when the gate no longer holds the conference.
 */
int facts_gather(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    uint32_t conference, const char *text, size_t len, struct facts *ret_facts)
    __attribute__((warn_unused_result));

/* facts_gather_pick: the same for somebody found by search: a pass of the roster, seen without a
 * signature, as with a typed code. */
int facts_gather_pick(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    uint32_t conference, const uint8_t pass[static 16], struct facts *ret_facts)
    __attribute__((warn_unused_result));

/* facts_gather_referred: the same of a person Communications answered about: pass is what was asked
 * about (16 bytes, on the roster or not) or NULL. What is known of it here, and what restricts
 * entry. */
int facts_gather_referred(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    uint32_t conference, const uint8_t *pass, struct facts *ret_facts)
    __attribute__((warn_unused_result));

/* facts_copy: what an assignment would not: the copy's texts point into itself. */
void facts_copy(struct facts *to, const struct facts *from);

#endif

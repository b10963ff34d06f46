/*
 * allocation_draft: a conference's registrations as they stand, and what allocation_decide() says
 * of them: what a run would do, before it is applied.
 */
#ifndef REGISTRAR_ALLOCATION_DRAFT_H
#define REGISTRAR_ALLOCATION_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/allocation_decide.h"
#include "registrar/press/allocation_setting.h"
#include "schema/store.h"

struct conference;

/* Who a case is about; texts are the draft's. */
struct allocation_person {
	char *reference, *name, *outlet;
	char *given_by; /* "": nobody gave a place out of turn */
	int64_t accreditation_id;
	bool requested;
};

struct allocation_draft {
	struct allocation_setting setting;
	size_t n;
	struct allocation_case *cases; /* by id; of results and people the same index */
	struct allocation_result *results;
	struct allocation_person *people;
	uint8_t digest[ALLOCATION_DIGEST];
	int64_t asked, places, waiting; /* how many have no place, get one, wait */
};

/* Reads and decides. End with allocation_draft_free. Returns 0, MODEL_SYSTEM or a negative enum
 * store_result. */
int allocation_draft_read(struct store_tx *tx, const struct conference *conference, int64_t now,
    struct allocation_draft *ret) __attribute__((warn_unused_result));

/* Frees what it holds (not the struct). An empty one is fine. */
void allocation_draft_free(struct allocation_draft *draft);

/* The explanation of case i, for say_kept(); REGISTRATION_EXPLANATION_MAX characters at most. */
void allocation_draft_say(const struct allocation_draft *draft, size_t i, char *ret, size_t size);

#endif

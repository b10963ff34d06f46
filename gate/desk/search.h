#ifndef PRESSGATE_GATE_DESK_SEARCH_H
#define PRESSGATE_GATE_DESK_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "gate/seal/person.h"

/*
 * Search of a roster by name or outlet: any part of either, folded (any script, whatever case and
 * width). Rows are unsealed in batches, and the gate's lock is let go between them, so that a scan
 * never waits for a search.
 */

enum {
	SEARCH_MAX = 50,       /* people found at most */
	SEARCH_WORDS_MAX = 6,  /* of a query: each must be part of the name or the outlet */
	SEARCH_QUERY_MAX = 80, /* characters of a query */
	SEARCH_BATCH = 250,    /* rows unsealed while the lock is held */
};

struct search_found {
	struct person person;
	bool inside;
};

struct search_result {
	struct search_found *found; /* by name; wiped and freed by search_free */
	size_t n;
	bool more;   /* there are more than SEARCH_MAX */
	bool sealed; /* nobody who can read it is signed in */
	size_t rows; /* looked at */
};

enum { SEARCH_BAD_QUERY = -521 }; /* nothing to search for */

/* search_roster: query as typed, UTF-8. Returns 0, SEARCH_BAD_QUERY or a store_result. */
int search_roster(struct gate *gate, uint32_t conference, const char *query,
    struct search_result *ret_result) __attribute__((warn_unused_result));

void search_free(struct search_result *result);

#endif

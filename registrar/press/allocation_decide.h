/*
 * allocation_decide: who gets a place, as a pure function over all the registrations of a
 * conference, and the numbers that explain it.
 *
 * The rules, version 1. Who holds a place keeps it. The others are ranked: at an emerging
 * conference local outlets first (R8), then by the time of asking, then by id. Pools are filled
 * first, in their order and each by rank among its classes: one place of a pool is for the whole
 * press, so it counts for no outlet and no class, and an outlet gets one place of a pool at most.
 * The rest get places by rank while the outlet's limit, the outlet's limit for the class, the
 * class's limit and the room allow it; the limit that is named in a refusal is the first of these.
 * Places of a pool that nobody has are kept for it. Whoever gets no place waits, in the same rank.
 *
 * Nothing else is looked at: no clock, no chance, no order of input. The same facts give the same
 * result.
 */
#ifndef REGISTRAR_ALLOCATION_DECIDE_H
#define REGISTRAR_ALLOCATION_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/class.h"

#define ALLOCATION_RULES_VERSION 1
#define ALLOCATION_NO_LIMIT	 (-1)
enum { ALLOCATION_POOLS_MAX = 16, ALLOCATION_DIGEST = 32 };

struct allocation_pool {
	int64_t id;	  /* above 0 */
	int64_t places;	  /* 1 or more */
	uint32_t classes; /* bit n: class n */
};

struct allocation_rules {
	int64_t capacity;   /* 0: no limit */
	int64_t per_outlet; /* 0: no limit */
	bool emerging;
	uint32_t classes; /* bit n: class n is admitted */
	/* Of a class besides pools, and of each outlet in a class; 0: by pools alone. */
	int64_t class_places[CLASS_COUNT];     /* or ALLOCATION_NO_LIMIT */
	int64_t class_per_outlet[CLASS_COUNT]; /* or ALLOCATION_NO_LIMIT */
	struct allocation_pool pools[ALLOCATION_POOLS_MAX];
	size_t n_pools;
};

/* No limit of any kind, every class. */
void allocation_rules_default(struct allocation_rules *ret);

struct allocation_case {
	int64_t id, outlet, asked;
	uint8_t pass_class;
	bool local;
	bool stands;  /* the accreditation does */
	bool has;     /* holds a place already: keeps it */
	int64_t pool; /* of one that has a place: the pool it is of; 0: none */
};

enum allocation_outcome {
	ALLOCATION_KEPT,	 /* had a place and keeps it */
	ALLOCATION_PLACE,	 /* gets one */
	ALLOCATION_POOL,	 /* gets one of a pool */
	ALLOCATION_FULL_OUTLET,	 /* waits: the outlet has its places */
	ALLOCATION_FULL_ROLE,	 /* waits: the outlet has its places for the class */
	ALLOCATION_FULL_CLASS,	 /* waits: the class has its places */
	ALLOCATION_FULL_ROOM,	 /* waits: the room is full */
	ALLOCATION_NOT_ADMITTED, /* waits, and no place comes to it: see the accreditation */
	ALLOCATION_OUTCOMES
};

/* Numbers are 0 where they mean nothing. */
struct allocation_result {
	enum allocation_outcome outcome;
	int64_t pool;	/* of ALLOCATION_POOL: its id */
	int64_t number; /* the place's number, or of a refusal: which one of the outlet, the
			   outlet's class, the class or the room this would have been */
	int64_t limit;	/* that number may be this at most; 0 with a place: no limit */
	int64_t line;	/* of whoever waits: the place on the waiting list, from 1 */
	int64_t near;	/* and among those who wait for the same outlet, class or room */
};

/* Whether the result gives a place that was not there before. */
bool allocation_gives(const struct allocation_result *result);

/*
 * Decides. cases in any order, their ids distinct; results[i] is of cases[i]. Work n log n. Returns
 * 0, or a negative number where there is no memory, with results in no defined state.
 */
int allocation_decide(const struct allocation_rules *rules, const struct allocation_case *cases,
    size_t n, struct allocation_result *results) __attribute__((warn_unused_result));

/* A digest (BLAKE2b) of everything allocation_decide() looks at, whatever the order of cases.
 * Returns as allocation_decide. */
int allocation_digest(const struct allocation_rules *rules, const struct allocation_case *cases,
    size_t n, uint8_t ret[static ALLOCATION_DIGEST]) __attribute__((warn_unused_result));

#endif

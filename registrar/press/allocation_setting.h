/*
 * allocation_setting: how a conference gives its places: at once, first come, or by allocation
 * after a deadline; its pools and the limits of classes.
 */
#ifndef REGISTRAR_ALLOCATION_SETTING_H
#define REGISTRAR_ALLOCATION_SETTING_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/press/allocation_decide.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct conference;
struct registrar;

enum { ALLOCATION_POOL_NAME = 60 }; /* characters */

struct allocation_setting {
	bool by_allocation; /* false: places are given at once; the next three mean nothing */
	int64_t deadline;   /* by when to ask; Unix seconds */
	bool by_itself;	    /* the run is made at the deadline; else by hand */
	int64_t applied;    /* when a run was applied; 0: none was */
	struct allocation_rules rules;
	char pool_names[ALLOCATION_POOLS_MAX][4 * ALLOCATION_POOL_NAME + 1]; /* of rules.pools */
};

/* Whether who registers now asks, and hears later. */
bool allocation_is_open(const struct allocation_setting *setting);

/* Whether places follow from counts alone: no pool and no limit of a class. */
bool allocation_is_plain(const struct allocation_setting *setting);

/* The name of a pool of these, or "". */
const char *allocation_pool_name(const struct allocation_setting *setting, int64_t pool);

/* As it stands, the rules with the conference's own limits. */
int allocation_setting_read(struct store_tx *tx, const struct conference *conference,
    struct allocation_setting *ret) __attribute__((warn_unused_result));

/*
 * Checks and keeps it: by_allocation, deadline, by_itself, pools with their names (id 0: a new one;
 * one that is no longer named is removed, and who has its place keeps it as any other), limits of
 * classes. Places that come free by it go to the waiting list in the same write. Not after the
 * conference's end. Refused by the fields "mode", "deadline", "pool-1".., "class-<token>".
 */
int allocation_setting_write(struct registrar *registrar, const char *slug,
    const struct allocation_setting *wish, const char *staff, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

#endif

/*
 * holder: a gate's store that takes the signed lists of a house, for tests of what travels and of
 * what it leaves. Rows stand in the clear, so that they can be compared.
 */
#ifndef TESTS_DEVICE_HOLDER_H
#define TESTS_DEVICE_HOLDER_H

#include "gate/gate.h"
#include "gate/sync/lists.h"
#include "registrar/doors/bundles.h"
#include "tests/device/house.h"

#define HOLDER_SITE "media.lakemount.example"

/* A gate's store, and what it trusts. */
struct holder {
	char path[128];
	struct gate gate; /* its store and vault */
	struct keyset *keys;
	uint8_t root[32];
	unsigned deltas, fulls;
};

void holder_begin(struct house *house, struct holder *holder, const char *name);
void holder_end(struct holder *holder);

/* Applies an object that came; ret_change may be NULL. A lists_result. */
int holder_apply(struct holder *holder, const struct bundles_object *object, uint32_t conference,
    int64_t now, struct lists_change *ret_change);

/* Keys and officers; before any other list. */
void holder_take_keys(struct bundles *bundles, struct holder *holder, int64_t now);

/* The version held. */
uint64_t holder_held(struct holder *holder, enum lists_kind kind, uint32_t conference);

/* Downloads as a gate does; full: as one that holds nothing. */
void holder_follow(
    struct bundles *bundles, struct holder *holder, uint32_t conference, bool full, int64_t now);
int holder_take_revoked(struct house *house, struct bundles *bundles, struct holder *holder,
    bool full, struct lists_change *ret_change);

/* Whether each list is what its digest was made of, change by change. */
bool holder_digests_hold(struct holder *holder, uint32_t conference);

/* Every row of a gate's lists, in one text that the caller frees. */
char *holder_dump(struct holder *holder);

/* Fails unless its revocations are those of a gate that asks for the first time. */
void holder_is_as_new(struct house *house, struct bundles *bundles, struct holder *holder);

#endif

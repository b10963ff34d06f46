/*
 * bundles: the signed objects gates download, built from the store.
 *
 * A full object is kept by its version and given to every gate that asks; it is built again when
 * its version has risen, and issued again, under the same version, once half its life has gone. A
 * delta is read by an index of versions: its cost is that of the change, not of the list.
 *
 * A roster has one row for each pass ever issued for the conference. A revoked pass stays, as
 * cancelled, so that a typed code of it is found and refused by its reason.
 *
 * A revocation travels until a day after its pass has ended. A gate that took it before holds more
 * rows than the next delta counts, asks for the full object, and is rid of it.
 */
#ifndef REGISTRAR_BUNDLES_H
#define REGISTRAR_BUNDLES_H

#include <stddef.h>
#include <stdint.h>

struct registrar;
struct bundles; /* the cache; safe from any thread */

/* Seconds an object lives: long enough for a gate that is off the network over a weekend. */
enum {
	BUNDLES_KEYS_LIFE = 30 * 86400,
	BUNDLES_LISTS_LIFE = 7 * 86400,
	/* A conference's roster travels until so long after its end. */
	BUNDLES_AFTER_END = 86400,
};

enum bundles_kind {
	BUNDLES_KEYS,
	BUNDLES_STAFF,
	BUNDLES_ROSTER,
	BUNDLES_ROSTER_DELTA,
	BUNDLES_REVOKED,
	BUNDLES_REVOKED_DELTA,
};

enum bundles_result {
	BUNDLES_OK = 0,
	BUNDLES_SAME = 321,	     /* the caller has the newest */
	BUNDLES_NO_CONFERENCE = 322, /* no such conference, a draft, or long over */
	BUNDLES_NO_KEY = 323,	     /* the key it is signed with is not there */
	BUNDLES_DATA = 324, /* a row of the store has no place in an object: bundles_fault */
	BUNDLES_MEMORY = 325,
};

/* An object, shared: end with bundles_put. */
struct bundles_object {
	enum bundles_kind kind;
	uint64_t version;
	int64_t issued, not_after; /* Unix seconds */
	size_t len;
	const uint8_t *bytes;
	unsigned users; /* the cache's own */
};

/*
 * At the start of a server: every list rises and all its rows count as changed. The store may have
 * been put back from a backup, and gates may hold what was said after it: they get the whole truth
 * anew, under a version above any that was given. Returns 0 or a store_result.
 */
int bundles_renew(struct registrar *registrar, int64_t now) __attribute__((warn_unused_result));

/* An empty cache. */
int bundles_open(struct registrar *registrar, struct bundles **ret_bundles)
    __attribute__((warn_unused_result));
void bundles_close(struct bundles *bundles); /* NULL is quiet */

/* Gives back; NULL is quiet. */
void bundles_put(struct bundles *bundles, struct bundles_object *object);

/* Each returns 0, a bundles_result or a store_result; *ret_object is filled on 0 only. */
int bundles_keys(struct bundles *bundles, struct bundles_object **ret_object)
    __attribute__((warn_unused_result));
int bundles_staff(struct bundles *bundles, struct bundles_object **ret_object)
    __attribute__((warn_unused_result));

/*
 * have is the version the gate has, 0 for none. A delta comes back when have is smaller than the
 * newest, a delta from it can be made, and it is the smaller of the two by far.
 */
int bundles_roster(struct bundles *bundles, uint32_t conference, uint64_t have,
    struct bundles_object **ret_object) __attribute__((warn_unused_result));
int bundles_revoked(struct bundles *bundles, uint64_t have, struct bundles_object **ret_object)
    __attribute__((warn_unused_result));

/* The kind's word in the Pressgate-Object header: keys, staff, roster, roster-delta, ... */
const char *bundles_kind_word(enum bundles_kind kind);

const char *bundles_strerror(int result);

#endif

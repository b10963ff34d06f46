/*
 * lists: what a gate holds of the registrar's knowledge: keys, staff, rosters, revocations and
 * restrictions.
 *
 * An object is verified whole before anything is written; then it takes effect in one transaction
 * or not at all. Versions only rise. A delta applies to exactly the version it was made from, and
 * must leave as many rows as it says; else the caller asks for the full object. The order is keys,
 * staff, revocations, rosters.
 */
#ifndef GATE_LISTS_H
#define GATE_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/keyset.h"
#include "schema/store.h"

struct gate;

enum lists_kind {
	LISTS_KEYS,
	LISTS_STAFF,
	LISTS_ROSTER,
	LISTS_ROSTER_DELTA,
	LISTS_REVOKED,
	LISTS_REVOKED_DELTA,
};

enum lists_result {
	LISTS_OK = 0,
	LISTS_SAME = 401,    /* this version is held already; nothing was written */
	LISTS_OLDER = 402,   /* a version below the one held */
	LISTS_BASE = 403,    /* the delta is not for the version held */
	LISTS_COUNT = 404,   /* the delta leaves another number of rows than it says */
	LISTS_NO_KEYS = 405, /* no keys object is held yet */
	LISTS_BAD = 406, /* not such an object, or not signed as it must be: change.bundle_error */
	LISTS_CONFERENCE = 407, /* the roster of another conference than asked for */
	LISTS_SITE = 408,	/* the keys of another site */
	LISTS_EXPIRED = 409,	/* past its not-after when it arrived */
	LISTS_NO_STAFF = 410,	/* a roster before the list of officers: nobody to seal it for */
};

/*
 * What one object changed, for who keeps lists in memory. The object (bytes, len, as received and
 * verified) lives as long as the call that hands this over: a delta's rows can be read out of it
 * again (roster_delta_open and its like) without reading the store.
 */
struct lists_change {
	enum lists_kind kind;
	uint32_t conference;		/* rosters */
	uint64_t version, from_version; /* from 0: nothing was held */
	int64_t issued, not_after;	/* Unix seconds */
	bool renewed;	      /* the same version with a later not-after: contents did not change */
	size_t rows, removed; /* in the object */
	const uint8_t *bytes;
	size_t len;
	int bundle_error; /* with LISTS_BAD: badges/bundle.h */
};

/* An object as it arrived, and what it is held against. */
struct gate;

struct lists_object {
	enum lists_kind kind;
	const uint8_t *bytes;
	size_t len;
	uint32_t conference;	   /* rosters: the one asked for */
	int64_t now;		   /* Unix seconds: when it arrived */
	bool now_suspect;	   /* the clock can't be trusted: not-after is not looked at */
	const uint8_t *root;	   /* LISTS_KEYS: the pinned root key, 32 bytes */
	const char *site;	   /* LISTS_KEYS: the site enrolled with */
	const struct keyset *keys; /* all others: the keys held, or NULL when there are none */
	struct gate *gate; /* rosters: whose store it is, for salvage_moves; NULL: not wanted */
};

/*
 * Verifies an object and applies it to the gate's store; what names people is sealed as it is put
 * there (vault.h), and a staff object brings the vault in line with it. The gate's lock is held.
 * Returns 0, a lists_result or a store_result; *ret_change is filled as far as the object could be
 * read.
 */
int lists_apply(struct gate *gate, const struct lists_object *object,
    struct lists_change *ret_change) __attribute__((warn_unused_result));

/* Notes that the registrar said at `now` that the lists named are the newest. */
struct lists_name {
	enum lists_kind kind;
	uint32_t conference; /* rosters, else 0 */
};
int lists_checked(struct store *store, const struct lists_name *names, size_t n, int64_t now)
    __attribute__((warn_unused_result));

/* What is held of one list; version 0: none. */
struct lists_held {
	uint64_t version;
	int64_t issued, not_after, checked; /* Unix seconds */
	/* Sealed for the officers of an older list: to be fetched whole, under the same version
	 * too. */
	bool fetch;
};
int lists_held(struct store_tx *tx, enum lists_kind kind, uint32_t conference,
    struct lists_held *ret_held) __attribute__((warn_unused_result));

/*
 * The keys object held, parsed and checked with the root key (not-after is not looked at: a gate
 * goes on with what it holds). Free with keyset_free. Returns 0, LISTS_NO_KEYS, LISTS_BAD or a
 * store_result.
 */
int lists_keyset(struct store_tx *tx, const uint8_t root[static 32], struct keyset **ret_keys)
    __attribute__((warn_unused_result));

const char *lists_kind_word(enum lists_kind kind); /* keys, staff, roster, roster-delta, ... */
int lists_kind_find(const char *word, enum lists_kind *ret_kind)
    __attribute__((warn_unused_result));
const char *lists_strerror(int result);

#endif

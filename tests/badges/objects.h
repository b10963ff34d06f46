#ifndef TESTS_BADGES_OBJECTS_H
#define TESTS_BADGES_OBJECTS_H

#include "badges/revoked.h"
#include "badges/roster.h"
#include "badges/staff.h"
#include "tests/badges/fixture.h"

/* One small object of each kind, signed with the fixture's keys: for tests and fuzz corpora. */

enum object_kind {
	OBJECT_KEYS,
	OBJECT_ROSTER,
	OBJECT_ROSTER_DELTA,
	OBJECT_REVOKED,
	OBJECT_REVOKED_DELTA,
	OBJECT_STAFF,
	OBJECT_KINDS
};

extern const char *const object_names[OBJECT_KINDS];

struct bundle_head object_head(uint64_t version);
struct roster_conference object_conference(void);

/* A confirmed row; the pass id is 15 zeros and that byte. */
struct roster_row object_row(uint8_t id);

/* Builds the kind's object with that key in the bundle key's place (keys: the root's). Returns the
 * builder's answer; the caller frees *ret_bytes. */
int object_build(
    enum object_kind kind, const struct key_secret *key, uint8_t **ret_bytes, size_t *ret_len);

/* Reads an object as that kind, and walks every list of it. Returns the reader's answer. */
int object_open(enum object_kind kind, const uint8_t *bytes, size_t len, const struct fixture *f);

#endif

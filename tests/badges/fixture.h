#ifndef TESTS_BADGES_FIXTURE_H
#define TESTS_BADGES_FIXTURE_H

#include "badges/keyset.h"

/* Keys, a keyset and claims that every test of badges starts from. */

#define FIXTURE_NOW  1789221600 /* 2026-09-12T14:00:00Z */
#define FIXTURE_FROM 1789200000
#define FIXTURE_TO   1789286400

struct pass_claims;

struct fixture {
	struct key_secret *root, *pass, *other_pass, *bundle, *witness;
	struct keyset *keys; /* as opened from bytes */
	uint8_t *bytes;
	size_t len;
};

/* The secret key of the RFC 8032 TEST 1 seed, as a key of that use. */
struct key_secret *fixture_rfc_key(enum key_use use);

/* A key whose seed is 32 times that byte. */
struct key_secret *fixture_key(enum key_use use, uint8_t byte);

/* Keys for conferences 7, 260412001 and 4000000000 (pass), and 8 (other_pass). */
void fixture_make(struct fixture *f);
void fixture_free(struct fixture *f);

/* The entry that a keyset gets for a key: active, valid from FIXTURE_FROM to FIXTURE_TO. */
struct keyset_key fixture_entry(
    const struct key_secret *key, const uint32_t *conferences, size_t count);

/* Claims without names for a conference; id is 16 times that byte. */
struct pass_claims fixture_claims(uint32_t conference, uint8_t id);

/* The whole of a file, with a NUL after it; the caller frees. Fails the test when it cannot. */
char *fixture_file(const char *path, size_t *ret_len);

#endif

#ifndef BADGES_KEYSET_H
#define BADGES_KEYSET_H

#include "badges/bundle.h"
#include "badges/key.h"

/* The keys object: which keys a gate trusts, for what, and the devices enrolled.
 *
 *	keys = #6.18([...])   ; external_aad accr/keys/1, signed by the root key
 *	payload = {
 *	  1: version, 2: issued, 3: not-after,
 *	  4: name,                                  ; site
 *	  5: [* { 1: bstr .size 8,                  ; kid, rising
 *	          2: bstr .size 32,                 ; public key
 *	          3: 2..4,                          ; use: pass, bundle, witness
 *	          4: [* u32],                       ; conferences, rising; pass keys only
 *	          5: ts, 6: ts,                     ; valid from, until
 *	          7: 1..3 } ],                      ; active, retired, revoked
 *	  6: [* { 1: name,                          ; device, rising bytewise
 *	          2: bstr .size 32,                 ; its journal's public key
 *	          3: 1..3,                          ; active, retired, revoked
 *	        ? 4: bstr .size 32 } ] }            ; SHA-256 of its TLS key's SPKI: by this the
 *	                                            ; gates of a site know each other
 */

enum keyset_state {
	KEYSET_ACTIVE = 1,
	KEYSET_RETIRED = 2, /* signs nothing new; what it signed while valid stands (not passes) */
	KEYSET_REVOKED = 3,
};

#define KEYSET_KEYS_MAX	       4096 /* keys, and devices */
#define KEYSET_PIN_SIZE	       32
#define KEYSET_CONFERENCES_MAX 4096 /* conferences of one key */

struct keyset_key {
	uint8_t kid[KEY_KID_SIZE]; /* the builder fills it in from the public key */
	uint8_t public[KEY_PUBLIC_SIZE];
	enum key_use use; /* pass, bundle or witness */
	enum keyset_state state;
	int64_t from, until; /* Unix seconds: valid while from <= t < until */
	const uint32_t *conferences;
	size_t conference_count;
};

struct keyset_device {
	char name[BUNDLE_NAME_MAX + 1];
	uint8_t public[KEY_PUBLIC_SIZE];
	enum keyset_state state;
	bool has_pin; /* lists that were signed before there were pins have none */
	uint8_t pin[KEYSET_PIN_SIZE];
};

struct keyset {
	struct bundle_head head;
	char site[BUNDLE_NAME_MAX + 1];
	struct keyset_key *keys; /* sorted by kid */
	size_t key_count;
	struct keyset_device *devices; /* sorted by name */
	size_t device_count;
	uint32_t *conferences; /* storage that the keys point into */
};

/* Reads and checks a keys object. root is the pinned root public key (checked with key_is_point by
 * this call). now is Unix seconds, or 0 to leave not-after unchecked (an offline gate that goes on
 * with what it holds).
 * Refused with BUNDLE_E_KEYS: a kid or key twice, a kid that is not its key's, a public key that is
 * no good point, the root key in the list, a conference with a key that is not a pass key or a pass
 * key without one, no active bundle key or no active witness key, a device or a pin twice.
 * Returns 0 (free with keyset_free; nothing borrows bytes) or a bundle_error. */
int keyset_open(const uint8_t *bytes, size_t len, const uint8_t root[static KEY_PUBLIC_SIZE],
    int64_t now, struct keyset **ret_keys) __attribute__((warn_unused_result));

/* NULL is fine. */
void keyset_free(struct keyset *keys);

/* The key with that kid and use, whatever its state; NULL when there is none. */
const struct keyset_key *keyset_find(
    const struct keyset *keys, const uint8_t kid[static KEY_KID_SIZE], enum key_use use);

/* Whether the key lists the conference. */
bool keyset_lists(const struct keyset_key *key, uint32_t conference);

/* The device with that name, or NULL. */
const struct keyset_device *keyset_device(const struct keyset *keys, const char *name);

/* The active device with that pin, or NULL. */
const struct keyset_device *keyset_by_pin(
    const struct keyset *keys, const uint8_t pin[static KEYSET_PIN_SIZE]);

/* The first active key of a use, or NULL: the witness a gate expects. */
const struct keyset_key *keyset_active(const struct keyset *keys, enum key_use use);

/* Builds and signs a keys object from in->head, site, keys and devices (in any order: the object
 * has them sorted, and kids are computed; each key's conferences rise). The result reads back with
 * keyset_open before it is released, so every refusal above is one here. Returns 0 with a malloc'd
 * block that the caller frees, or a bundle_error. */
int keyset_build(const struct keyset *in, const struct key_secret *root, uint8_t **ret_bytes,
    size_t *ret_len) __attribute__((warn_unused_result));

#endif

#ifndef BADGES_STAFF_H
#define BADGES_STAFF_H

#include "badges/bundle.h"
#include "badges/cbor.h"
#include "badges/keyset.h"
#include "badges/officer.h"

/* The officers who may sign in at a gate, so that a shift can start without a network.
 *
 *	staff = #6.18([...])   ; external_aad accr/staff/2, signed by a bundle key
 *	payload = {
 *	  1: version, 2: issued, 3: not-after,
 *	  4: [* [ tstr,        ; [a-z0-9]{1,16}, rising bytewise
 *	          1..2,        ; role: security, supervisor
 *	          bstr .size 16,     ; salt of the PIN (officer.h)
 *	          bstr .size 32 ] ], ; public half of the officer's key pair
 *	  5: bstr .size 32 }   ; details key: X25519, to which gates seal what is for the registrar
 *
 * There is no verifier: a PIN is right when the same public half comes of it.
 */

#define STAFF_NAME_MAX	  16
#define STAFF_DETAILS_KEY 32
#define STAFF_MAX	  4096

enum staff_role { STAFF_SECURITY = 1, STAFF_SUPERVISOR = 2 };

struct staff_officer {
	char name[STAFF_NAME_MAX + 1];
	enum staff_role role;
	uint8_t salt[OFFICER_SALT];
	uint8_t public[OFFICER_PUBLIC];
};

/* An opened object; it borrows the object's bytes. */
struct staff {
	struct bundle_head head;
	uint8_t details_key[STAFF_DETAILS_KEY];
	uint32_t count;
	struct cbor_reader rows;
	uint32_t left;
};

/* As roster_open. */
int staff_open(const uint8_t *bytes, size_t len, const struct keyset *keys, struct staff *ret_staff)
    __attribute__((warn_unused_result));

/* The next officer in the order of names. Returns false at the end. */
bool staff_next(struct staff *staff, struct staff_officer *ret_officer);

/* Builds and signs from officers rising by name, and the details key. Returns 0 with a malloc'd
 * block that the caller frees, or a bundle_error. */
int staff_build(const struct bundle_head *head, const uint8_t details_key[static STAFF_DETAILS_KEY],
    const struct staff_officer *officers, size_t count, const struct key_secret *key,
    uint8_t **ret_bytes, size_t *ret_len) __attribute__((warn_unused_result));

#endif

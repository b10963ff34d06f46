#ifndef BADGES_COSE_H
#define BADGES_COSE_H

#include <stddef.h>
#include <stdint.h>

#include "badges/key.h"

/* COSE_Sign1 (RFC 9052 section 4.2) as every signed object but the journal uses it:
 *
 *	D2 84 4D A2 01 27 04 48 <kid 8>  A0  <payload bstr>  58 40 <signature 64>
 *
 * signed: 84 6A "Signature1" 4D <protected 13> <external_aad bstr> <payload bstr>
 *
 * The external_aad is a constant that names the kind of object, so that a signature over one kind
 * never passes for another. */

enum cose_error {
	COSE_E_MEMORY = -1,
	COSE_E_SHAPE = -2,  /* not these bytes */
	COSE_E_SIGN = -3,   /* signing failed; nothing was released */
	COSE_E_VERIFY = -4, /* the signature does not hold */
};

/* What cose_open found; it borrows the object's bytes. */
struct cose_view {
	const uint8_t *protected; /* 13 bytes */
	const uint8_t *kid;	  /* 8 bytes, in protected */
	const uint8_t *content;	  /* the payload with its bstr head */
	size_t content_len;
	const uint8_t *payload;
	size_t payload_len;
	const uint8_t *signature; /* 64 bytes */
};

/* Signs a payload. Returns 0 with one malloc'd block that the caller frees, or COSE_E_MEMORY or
 * COSE_E_SIGN. */
int cose_sign(const struct key_secret *key, const char *aad, const uint8_t *payload, size_t len,
    uint8_t **ret_bytes, size_t *ret_len) __attribute__((warn_unused_result));

/* Takes an object apart, without any key. Returns 0 or COSE_E_SHAPE. */
int cose_open(const uint8_t *bytes, size_t len, struct cose_view *ret_view)
    __attribute__((warn_unused_result));

/* Returns 0 when the signature holds, COSE_E_VERIFY when not, COSE_E_MEMORY when it could not be
 * looked at. */
int cose_verify(const struct cose_view *view, const char *aad,
    const uint8_t public[static KEY_PUBLIC_SIZE]) __attribute__((warn_unused_result));

#endif

#ifndef BADGES_OFFICER_H
#define BADGES_OFFICER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An officer's key pair, made from the PIN or passphrase, so that both programs get the same one:
 * the registrar when a PIN is set (it keeps salt and public half, staff.h), a gate when the officer
 * signs in. That the same public half comes out is the check of the PIN; with the secret half a
 * gate opens what it sealed for the officer.
 *
 *	seed = Argon2id(PIN, salt, OFFICER_PASSES, OFFICER_MEMORY, 1 lane, 32 bytes)   ; RFC 9106
 *	pair = crypto_box_seed_keypair(seed)                                           ; X25519
 *
 * The same cost as crypto_pwhash's "interactive" profile takes about a tenth of a second and 64 MiB
 * a try. It is what stands between the holder of a gate's disk and a short PIN; a passphrase does
 * not need it. */

#define OFFICER_SALT   16
#define OFFICER_PUBLIC 32
#define OFFICER_SECRET 32
#define OFFICER_PASSES 3
#define OFFICER_MEMORY (64u << 20) /* bytes */

/* Derives both halves from len bytes of PIN. Needs OFFICER_MEMORY for as long as it runs. Returns
 * 0, or -1 without memory; then both are zeros. The caller wipes ret_secret. */
int officer_derive(const char *pin, size_t len, const uint8_t salt[static OFFICER_SALT],
    uint8_t ret_public[static OFFICER_PUBLIC], uint8_t ret_secret[static OFFICER_SECRET])
    __attribute__((warn_unused_result));

/* Whether something can be sealed to that X25519 public key: no point of low order. */
bool officer_is_public(const uint8_t public[static OFFICER_PUBLIC]);

#endif

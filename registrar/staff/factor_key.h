/*
 * factor_key: seals the secrets of second factors at rest, so that who reads the database or a copy
 * of it can't make codes. The key is the file DIR/keys/factor.key, which belongs to the backup: one
 * line "pressgate-factor-key/v1 <64 hex digits>", mode 0600.
 *
 *	sealed = nonce[24] || XChaCha20-Poly1305(key, nonce, secret[20], ad = account's name)
 *
 * The name is bound in: a sealed secret that is put to another account does not open.
 */
#ifndef PRESSGATE_REGISTRAR_FACTOR_KEY_H
#define PRESSGATE_REGISTRAR_FACTOR_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "registrar/staff/totp.h"

#define FACTOR_SEALED (24 + TOTP_SECRET + 16)

struct registrar;

/* Seals; makes the key's file where the folder has none and `fresh` says that nothing was sealed
 * with it yet. Returns 0, or a refusal that names the file and the remedy. */
int factor_key_seal(struct registrar *registrar, const char *staff, bool fresh,
    const uint8_t secret[TOTP_SECRET], uint8_t ret_sealed[FACTOR_SEALED], struct refusal *why)
    __attribute__((warn_unused_result));

/* Opens. Returns 0, MODEL_KEY where the file is not there or does not open it, or MODEL_SYSTEM. */
int factor_key_open(struct registrar *registrar, const char *staff,
    const uint8_t sealed[FACTOR_SEALED], uint8_t ret_secret[TOTP_SECRET])
    __attribute__((warn_unused_result));

#endif

/*
 * wallet: a pass for the wallets of phones. Each is an option of the build, and offered only where
 * [wallet] in the settings names the issuer's certificate and key.
 */
#ifndef REGISTRAR_WALLET_H
#define REGISTRAR_WALLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/pass_file.h"

enum wallet { WALLET_APPLE, WALLET_GOOGLE };

/* Whether this program was built with it. */
bool wallet_built(enum wallet wallet);

/* Whether it was, and the settings name what it needs. */
bool wallet_offers(const struct settings *settings, enum wallet wallet);

/*
 * Apple: a .pkpass file, that is a ZIP of pass.json, its icons, manifest.json with the SHA-1 of
 * each, and signature: over manifest.json, PKCS #7 in DER, detached, with the signer's certificate,
 * Apple's intermediate and the time. The caller frees *ret_bytes. MODEL_SYSTEM (and a line of the
 * log that says which file) where a certificate or key can't be read or used; MODEL_NOT_FOUND where
 * it is not
 * built.
 */
int wallet_apple(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

/*
 * Google: the address that adds the pass, "https://pay.google.com/gp/v/save/" and a JWT signed with
 * RS256 (RFC 7519). The pass is a generic object, its class one that the issuer made before.
 * origin: where our site is reached. The caller frees *ret_url. Fails as wallet_apple does.
 */
int wallet_google(const struct pass_file *file, const char *origin, int64_t now, char **ret_url)
    __attribute__((warn_unused_result));

#endif

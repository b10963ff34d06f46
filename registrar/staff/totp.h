/*
 * totp: one-time codes by the clock, RFC 6238 with SHA-1, 6 digits and steps of 30 seconds: what
 * every authenticator takes. The codes come from liboath.
 */
#ifndef PRESSGATE_REGISTRAR_TOTP_H
#define PRESSGATE_REGISTRAR_TOTP_H

#include <stddef.h>
#include <stdint.h>

#define TOTP_SECRET 20 /* bytes, as RFC 4226 recommends */
#define TOTP_DIGITS 6
#define TOTP_STEP   30 /* seconds */
#define TOTP_SKEW   1  /* a clock may be so many steps off, either way */
#define TOTP_BASE32 33 /* the secret as people type it, with NUL */
#define TOTP_SHOWN  40 /* the same in groups of four, with NUL */

/* The code of a step, digits (6..8) long, with NUL. Returns 0, or MODEL_SYSTEM. */
int totp_code(const uint8_t *secret, size_t len, int64_t step, unsigned digits, char ret_code[9])
    __attribute__((warn_unused_result));

/*
 * Whether a code holds at `now`: 0 with the step it stands for, or MODEL_NOT_FOUND. A step that is
 * not after `used`, the newest one that was used, is refused. All steps are compared, in constant
 * time.
 */
int totp_check(const uint8_t secret[TOTP_SECRET], const char *code, int64_t now, int64_t used,
    int64_t *ret_step) __attribute__((warn_unused_result));

/* The secret in base32, and in groups of four for people. */
void totp_secret_text(const uint8_t secret[TOTP_SECRET], char ret_text[TOTP_BASE32]);
void totp_secret_shown(const uint8_t secret[TOTP_SECRET], char ret_shown[TOTP_SHOWN]);

/* The otpauth: URI that authenticators scan; issuer and account are percent-encoded. */
#define TOTP_URI 1024
void totp_uri(const uint8_t secret[TOTP_SECRET], const char *issuer, const char *account,
    char ret_uri[TOTP_URI]);

#endif

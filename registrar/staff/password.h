/*
 * password: what an account may have for one. Length counts, not kinds of characters; refused is
 * what is guessed first: the commonest passwords, a character or a run of neighbours over and over,
 * and the account's own name (NIST SP 800-63B section 5.1.1.2, ASVS 6.2).
 */
#ifndef PRESSGATE_REGISTRAR_PASSWORD_H
#define PRESSGATE_REGISTRAR_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "registrar/refusal.h"

/* Whether a secret of at least `min` characters can be typed at a sign-in: 0 or MODEL_REFUSED. */
int password_check_typed(const char *secret, const char *field, size_t min, struct refusal *why)
    __attribute__((warn_unused_result));

/* The whole of a password's rules; the field is "password". */
int password_check(const char *password, const char *name, const char *full_name,
    struct refusal *why) __attribute__((warn_unused_result));

/* Whether it is among the commonest, in letters of either case, also with digits and signs behind
 * it. */
bool password_is_common(const char *password);

#endif

#ifndef BADGES_COMMIT_H
#define BADGES_COMMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a journal entry says of details it must not hold (the officer's words, the text scanned,
 * the person): SHA-256("pressgate-commit/v1\n" || salt[32] || detail). Detail and salt stay in an
 * ordinary table. Destroying both destroys the fact, and the log still verifies.
 */

enum { COMMIT_SALT = 32, COMMIT_HASH = 32 };

/* commit_salt: 32 fresh random bytes; one salt serves one entry only. */
void commit_salt(uint8_t ret_salt[static COMMIT_SALT]);

/* commit_make: the commitment to len bytes of detail. detail may be NULL when len is 0. */
void commit_make(const uint8_t salt[static COMMIT_SALT], const void *detail, size_t len,
    uint8_t ret_commit[static COMMIT_HASH]);

/* commit_opens: whether salt and detail are what was committed to. Compares in constant time. */
bool commit_opens(const uint8_t commit[static COMMIT_HASH], const uint8_t salt[static COMMIT_SALT],
    const void *detail, size_t len) __attribute__((warn_unused_result));

#endif

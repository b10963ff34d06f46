/*
 * token: secrets that travel in links, cookies and forms.
 *
 * A token is 256 random bits, shown as 43 characters of base64url (RFC 4648 section 5, no
 * padding). Only its SHA-256 is stored, and hashes are compared in constant time.
 * A CSRF token is BLAKE2b-256 keyed with the server's key over a purpose and what the visitor's
 * browser proves (the session's hash, or the cookie of a visitor without a session), so there is
 * nothing to store:
 *
 *     csrf = BLAKE2b-256(key, "pressgate-csrf/v1\n" || kind || binding[32])
 */
#ifndef WEB_TOKEN_H
#define WEB_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_BYTES 32
#define TOKEN_TEXT  43 /* characters, without the NUL */

enum token_csrf_kind {
	TOKEN_CSRF_SESSION = 's', /* bound to a session's hash */
	TOKEN_CSRF_VISITOR = 'v'  /* bound to a visitor's cookie */
};

/* Makes a new token: its text for the person, its SHA-256 for the store. */
void token_new(char ret_text[TOKEN_TEXT + 1], uint8_t ret_hash[TOKEN_BYTES]);

/*
 * Reads a token's text and gives its SHA-256. Refuses (-1, ret_hash untouched) any other length or
 * character and a last character with stray bits, so each token has one spelling.
 */
int token_hash(const char *text, uint8_t ret_hash[TOKEN_BYTES]) __attribute__((warn_unused_result));

/* True if both hashes are the same; in constant time. */
bool token_same(const uint8_t a[TOKEN_BYTES], const uint8_t b[TOKEN_BYTES])
    __attribute__((warn_unused_result));

/* Writes the CSRF token for a binding under a key. */
void token_csrf(const uint8_t key[TOKEN_BYTES], enum token_csrf_kind kind,
    const uint8_t binding[TOKEN_BYTES], char ret_text[TOKEN_TEXT + 1]);

/* True if text is the CSRF token for the binding; NULL is not. In constant time. */
bool token_csrf_holds(const uint8_t key[TOKEN_BYTES], enum token_csrf_kind kind,
    const uint8_t binding[TOKEN_BYTES], const char *text) __attribute__((warn_unused_result));

#endif

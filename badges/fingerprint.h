/*
 * fingerprint: of a gate, as it stands on its own screen and on the registrar's while it is
 * enrolled, so that two people can compare:
 *
 *	the first 8 groups of 4 hex digits of SHA-256("pressgate-gate/v1" LF || spki || journal)
 *
 * spki: SHA-256 of its TLS public key (SubjectPublicKeyInfo); journal: the journal's public key.
 */
#ifndef BADGES_FINGERPRINT_H
#define BADGES_FINGERPRINT_H

#include <stdint.h>

#define FINGERPRINT_TEXT 39 /* without its NUL */

void fingerprint_gate(const uint8_t spki[static 32], const uint8_t journal_key[static 32],
    char ret_text[static FINGERPRINT_TEXT + 1]);

#endif

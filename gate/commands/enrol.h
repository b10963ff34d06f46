/*
 * enrol: makes this folder a gate: its keys are born here and never leave, a one-time code from
 * the registrar is exchanged for the site's name and root key, and both sides pin the other.
 *
 *	G/gate.db  G/keys/journal.key  G/keys/tls.pem  G/identity.json
 */
#ifndef GATE_ENROL_H
#define GATE_ENROL_H

#include <stdint.h>

#include "web/control.h"

enum { ENROL_FINGERPRINT = 39 };

/* What both screens show: the first 8 groups of 4 hex digits of SHA-256("pressgate-gate/v1\n" ||
 * SHA-256 of the TLS public key || journal public key). */
void enrol_fingerprint(const uint8_t spki[static 32], const uint8_t journal_key[static 32],
    char ret_text[static ENROL_FINGERPRINT + 1]);

/*
 * gate enrol --data G --url https://HOST:PORT --code CODE --pin PIN
 * A try that failed (a wrong code, no network) leaves the keys, which the next try uses again; the
 * same command again after a lost answer gets the same answer.
 */
int enrol_command(struct command *command);

#endif

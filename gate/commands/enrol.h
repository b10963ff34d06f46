/*
 * enrol: makes this folder a gate: its keys are born here and never leave, a one-time code from
 * the registrar is exchanged for the site's name and root key, and both sides pin the other.
 *
 *	G/gate.db  G/keys/journal.key  G/keys/tls.pem  G/identity.json
 */
#ifndef GATE_ENROL_H
#define GATE_ENROL_H

#include "web/control.h"

/*
 * gate enrol --data G --url https://HOST:PORT --code CODE --pin PIN
 * A try that failed (a wrong code, no network) leaves the keys, which the next try uses again; the
 * same command again after a lost answer gets the same answer.
 */
int enrol_command(struct command *command);

#endif

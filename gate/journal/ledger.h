#ifndef GATE_LEDGER_H
#define GATE_LEDGER_H

#include "gate/gate.h"
#include "web/control.h"

/* The journal read back: exported as files, or verified from its first byte. */

/* What ledger_verify found. */
struct ledger_finding {
	uint64_t epoch, size;
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	uint64_t details; /* kept ones, each opening its entry's commitment */
	char damage[200]; /* "" when the epoch verifies; else what and where, for people */
};
typedef int ledger_visit(void *context, const struct ledger_finding *finding);

/*
 * ledger_verify: rereads every epoch: each entry's text and number, the details against their
 * commitments, the root against the checkpoint, the signature. Calls visit once an epoch, oldest
 * first, until it returns another value than 0. Takes the lock a batch at a time, so that scanning
 * goes on. Returns 0, visit's value, or a store_result.
 */
int ledger_verify(struct gate *gate, ledger_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* gate journal export --data G DIR; gate journal verify --data G [DIR] */
int journal_command(struct command *command);

#endif

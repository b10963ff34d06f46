/* holds.h: what a gate's store must hold after a power cut or a kill. */
#ifndef PRESSGATE_TESTS_GATE_HOLDS_H
#define PRESSGATE_TESTS_GATE_HOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "gate/gate.h"

/* An entry that was acknowledged: its number, and the pass of its verdict line. */
struct holds_item {
	uint64_t seq;
	bool has_pass, admitted;
	uint8_t pass[16];
};

/*
 * holds_check: opens the gate in dir and counts in *ret_lost each acknowledged item that its
 * journal does not have, and in *ret_corrupt whatever is broken: the store does not open or verify,
 * another epoch than expected was begun, the log does not verify, or the passes inside are not
 * those of the entries.
 */
void holds_check(const char *dir, const struct gate_options *options, uint64_t epoch,
    const struct holds_item *items, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt);

#endif

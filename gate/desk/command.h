#ifndef PRESSGATE_GATE_DESK_COMMAND_H
#define PRESSGATE_GATE_DESK_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "web/control.h"
#include "web/defences.h"

/* gate desk --data G [--listen A:P] [--lan A:P] [--peer-listen A:P] [--conference SLUG]
 * [--lock-after MINUTES] */
int desk_command(struct command *command);

/* What a test's own program changes of a desk: other times, and one defence off, to see the attack
 * succeed that it stops. Zeros are right; no option of `gate` leads here. */
struct desk_test {
	uint64_t lock_ms, shift_ms, link_ms; /* 0: the desk's own */
	unsigned undo_ms;
	bool any_look;	   /* an act on an older look is done */
	bool unpaired;	   /* the local network is answered without a pairing */
	bool no_enter;	   /* an act that waited is done in a session that is locked or over */
	bool links_stay;   /* a one-time link is not used up, and outlives who made it */
	bool any_officer;  /* what only a supervisor may do asks for no supervisor */
	bool through_stop; /* an answer of Communications lets in at a stopped door */
	struct http_defences http;
};

int desk_command_as(struct command *command, const struct desk_test *test);

#endif

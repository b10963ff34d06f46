#ifndef GATE_STATUS_H
#define GATE_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "gate/conference.h"
#include "gate/gate.h"
#include "web/control.h"

/* How a gate stands, for a person or a script. */

enum status_colour { STATUS_GREEN, STATUS_AMBER, STATUS_RED };

/* status_colour: the colour of a list's age in seconds (-1: never confirmed) under a conference's
 * limits (0: no such limit) and the object's not-after (0: none held). */
enum status_colour status_colour(
    int64_t age, int64_t amber, int64_t red, int64_t not_after, int64_t now);

const char *status_colour_word(enum status_colour colour); /* "green", "amber", "red" */

/* gate status --data G [--json] */
int status_command(struct command *command);

#endif

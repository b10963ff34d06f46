#ifndef PRESSGATE_GATE_DESK_COMMAND_H
#define PRESSGATE_GATE_DESK_COMMAND_H

#include "web/control.h"

/* gate desk --data G [--listen A:P] [--lan A:P] [--peer-listen A:P] [--conference SLUG]
 * [--lock-after MINUTES] */
int desk_command(struct command *command);

#endif

#ifndef GATE_CHECK_H
#define GATE_CHECK_H

#include "web/control.h"

/* gate check --data G [--repair] [--accept-clock]: each finding with its remedy. */
int check_command(struct command *command);

#endif

/* ready_json: a report as JSON, for `gate check --json` and for the registrar. */
#ifndef GATE_READY_JSON_H
#define GATE_READY_JSON_H

#include <jansson.h>

#include "gate/ready/ready.h"

/* {"worst":"ok","at":N,"findings":[{"id":"clock","state":"ok","words":"...","remedy":"..."},...]};
 * json_decref it. NULL: no memory. */
json_t *ready_json(const struct ready_report *report) __attribute__((warn_unused_result));

#endif

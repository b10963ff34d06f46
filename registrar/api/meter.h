/*
 * meter: counts of what this process answered, for /metrics. The sets of labels are fixed: a class
 * of routes and a status of a list, never a path or whoever asked.
 */
#ifndef REGISTRAR_API_METER_H
#define REGISTRAR_API_METER_H

#include "web/buf.h"
#include "web/http.h"

/* Counts one; gate: it came to the gates' listener. Safe from any thread. */
void meter_count(const struct http_answered *answered, bool gate);

/* Writes counts and the histogram of times in Prometheus' text format 0.0.4. */
void meter_write(struct buf *out);

/* The class of a route's pattern: "public", "person", "staff", "api", "gate" or "none". */
const char *meter_class(const char *pattern, bool gate);

#endif

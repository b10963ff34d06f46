/*
 * conflicts: what gates' journals say that somebody has to look at, beside the two doors that
 * attendance finds: journals that contradict themselves, clocks set back, stores begun anew.
 */
#ifndef REGISTRAR_CONFLICTS_H
#define REGISTRAR_CONFLICTS_H

#include "registrar/attendance/attendance.h"
#include "schema/store.h"

/* A log that was contradicted. Of many contradictions only the first are kept. */
struct conflicts_log {
	const char *device;
	int64_t epoch, times, kept, seen; /* seen: Unix seconds, of the newest kept */
};
typedef int conflicts_log_visit(void *context, const struct conflicts_log *log);

/* An entry of a gate about itself; 200 at most, the newest first. */
struct conflicts_gap {
	struct attendance_at at;
	const char *decision, *reason;
};
typedef int conflicts_gap_visit(void *context, const struct conflicts_gap *gap);

/* Call visit for each until it returns something other than 0, which is returned; else 0 or a
 * store_result. Texts live until the visit returns. since is in Unix milliseconds. */
int conflicts_each_log(struct store_tx *tx, conflicts_log_visit *visit, void *context)
    __attribute__((warn_unused_result));
int conflicts_each_gap(struct store_tx *tx, int64_t since_ms, conflicts_gap_visit *visit,
    void *context) __attribute__((warn_unused_result));

/* The entry in a sentence for people. */
const char *conflicts_gap_words(const char *decision, const char *reason);

#endif

/*
 * allocation_keep: runs as they are stored: rules, cases and results.
 */
#ifndef REGISTRAR_ALLOCATION_KEEP_H
#define REGISTRAR_ALLOCATION_KEEP_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/press/allocation_decide.h"
#include "registrar/press/allocation_draft.h"
#include "registrar/press/allocation_run.h"
#include "schema/store.h"

struct conference;

/* Stores a draft as a run that is being applied. */
int allocation_keep(struct store_tx *tx, const struct conference *conference,
    const struct allocation_draft *draft, const char *staff, int64_t now,
    struct allocation_run *ret) __attribute__((warn_unused_result));

/* The first run that is not applied to its end, or MODEL_NOT_FOUND. */
int allocation_run_running(struct store_tx *tx, struct allocation_run *ret)
    __attribute__((warn_unused_result));

/* What a run looked at and found, cases by id; free all three with allocation_kept_free. */
struct allocation_kept {
	struct allocation_rules rules;
	struct allocation_case *cases;
	struct allocation_result *results;
	size_t n;
};
int allocation_kept_read(struct store_tx *tx, int64_t run, struct allocation_kept *ret)
    __attribute__((warn_unused_result));
void allocation_kept_free(struct allocation_kept *kept);

#endif

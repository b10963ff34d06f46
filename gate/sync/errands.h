#ifndef GATE_ERRANDS_H
#define GATE_ERRANDS_H

#include "gate/sync/sync_private.h"

/*
 * errands: what a gate fetches from the registrar and brings to it beside lists and journal, in one
 * loop (SYNC_ERRANDS). Each is a row of the table in errands.c and a function in the file of its
 * noun. A pass runs them all in that order, each quick where there is nothing to do; one that fails
 * never keeps the others from their turn.
 */

enum { ERRANDS_SECONDS = 5 }; /* between passes, if nobody pokes */

/* One turn: does what there is to do, a second's worth at most, and says why not everything was
 * done: 0, a sync_result, client_error or store_result. Without the gate's lock. */
typedef int errand(struct sync *sync, struct sync_line *line);

/* The pass of SYNC_ERRANDS; the first errand's result that is not 0. */
int errands_once(struct sync *sync, struct sync_line *line) __attribute__((warn_unused_result));

errand photo_errand;	/* photo_errand.c: photographs that rosters show and the gate lacks */
errand health_errand;	/* health.c: how this gate stands */
errand referral_errand; /* referral_errand.c: questions out, answers in */

#endif

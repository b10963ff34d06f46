/*
 * registration_fill: places that are free go to those who wait, by the rules of
 * allocation_decide().
 */
#ifndef REGISTRAR_REGISTRATION_FILL_H
#define REGISTRAR_REGISTRATION_FILL_H

#include <stdint.h>

#include "registrar/press/registration_seat.h"
#include "schema/store.h"

/*
 * Within a write: gives the places that are free, and puts whoever asked and gets none on the
 * waiting list. Nothing where the conference takes requests until a run (allocation_setting.h), or
 * is over or cancelled. To be called by whoever cancels a registration, or changes a limit.
 * *ret_first (may be NULL): the first registration that got a place, 0: none did. Returns 0,
 * MODEL_SYSTEM, MODEL_KEY or a negative enum store_result.
 */
int registration_fill(struct store_tx *tx, const struct registration_seat *seat, int64_t *ret_first)
    __attribute__((warn_unused_result));

#endif

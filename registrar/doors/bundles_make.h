/*
 * bundles_make: builds and signs one object each, out of a snapshot of the store. For bundles.c.
 * Each returns 0 with a malloc'd block that the caller frees, a bundles_result or a store_result.
 */
#ifndef REGISTRAR_BUNDLES_MAKE_H
#define REGISTRAR_BUNDLES_MAKE_H

#include <stddef.h>
#include <stdint.h>

#include "badges/bundle.h"
#include "badges/roster.h"
#include "registrar/registrar.h"

struct bundles_block {
	uint8_t *bytes;
	size_t len;
};

/* A conference's record as rosters carry it. rows holds its texts: end with store_done. Returns
 * STORE_ROW, BUNDLES_NO_CONFERENCE or a negative store_result. */
int bundles_make_conference(struct store_tx *tx, uint32_t number, int64_t now,
    struct roster_conference *ret_conference, uint64_t *ret_version, struct store_rows **ret_rows)
    __attribute__((warn_unused_result));

int bundles_make_keys(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, struct bundles_block *ret) __attribute__((warn_unused_result));
int bundles_make_staff(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, struct bundles_block *ret) __attribute__((warn_unused_result));

/* from 0: the whole list; else the change since that version, which leaves total rows. */
int bundles_make_roster(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, const struct roster_conference *conference, uint64_t from,
    uint32_t total, struct bundles_block *ret) __attribute__((warn_unused_result));
int bundles_make_revoked(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, uint64_t from, uint32_t total, struct bundles_block *ret)
    __attribute__((warn_unused_result));

#endif

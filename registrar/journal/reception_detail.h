/*
 * reception_detail: what stands behind an entry of a gate's journal, as an upload brings it. Opened
 * where it is sealed to the details key (details.h), and kept only where it opens the commitment of
 * its entry.
 */
#ifndef REGISTRAR_RECEPTION_DETAIL_H
#define REGISTRAR_RECEPTION_DETAIL_H

#include <stdbool.h>

#include "badges/entry.h"
#include "registrar/journal/reception.h"

/* The detail sent of an entry of that log. *ret_kept false: it is too long, is sealed to another
 * key, or does not open the commitment; the entry stands without it. Returns 0 or a store_result.
 */
int reception_detail_put(struct registrar *registrar, struct store_tx *tx, int64_t log,
    const struct entry *entry, const struct reception_detail *sent, bool *ret_kept)
    __attribute__((warn_unused_result));

#endif

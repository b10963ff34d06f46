/* later: a purge or an erasure that a page asked for, carried out by a thread of its own: packing a
 * store takes longer than a page may. One at a time; MODEL_BUSY. */
#ifndef PRESSGATE_REGISTRAR_LATER_H
#define PRESSGATE_REGISTRAR_LATER_H

#include <stdbool.h>
#include <stdint.h>

struct registrar;

int later_purge(struct registrar *registrar, const char *staff) __attribute__((warn_unused_result));
int later_erase(struct registrar *registrar, int64_t person_id, const char *staff,
    const char *words) __attribute__((warn_unused_result));

/* Whether one runs; and the wait for its end, before a registrar is closed. */
bool later_runs(void);
void later_wait(void);

#endif

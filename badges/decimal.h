#ifndef BADGES_DECIMAL_H
#define BADGES_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * decimal_read: the number in exactly len ASCII digits, which is how one is written in everything
 * that is signed: no sign, no leading zero ("0" alone is zero), no more than fits. Returns false,
 * *ret_number untouched, otherwise.
 */
bool decimal_read(const char *text, size_t len, uint64_t *ret_number)
    __attribute__((warn_unused_result));

#endif

/*
 * wallet_icon: the service's sign for a wallet's list and notices: a white card on navy.
 */
#ifndef REGISTRAR_WALLET_ICON_H
#define REGISTRAR_WALLET_ICON_H

#include <stddef.h>
#include <stdint.h>

/* A PNG of `side` by `side` pixels, malloc'd. Returns 0 or MODEL_SYSTEM. */
int wallet_icon(unsigned side, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

#endif

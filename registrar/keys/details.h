/*
 * details: what gates seal for the registrar alone: the details of their journals' entries, and
 * letters from the doors. They seal to the public half of the details key, which travels in the
 * staff object; its file is keys/details-*.key. After a rotation the older keys still open what was
 * sealed to them, until they are retired.
 */
#ifndef REGISTRAR_DETAILS_H
#define REGISTRAR_DETAILS_H

#include <stddef.h>
#include <stdint.h>

struct registrar;

#define DETAILS_OVERHEAD 48 /* what crypto_box_seal adds */

/* Makes the details key where a folder has none yet: at its opening. Returns 0 or a negative. */
int details_settle(struct registrar *registrar) __attribute__((warn_unused_result));

/* The public half of the key that gates are told. Returns 0 or MODEL_KEY: there is none. */
int details_public(struct registrar *registrar, uint8_t ret_public[static 32])
    __attribute__((warn_unused_result));

/*
 * Opens len bytes sealed to a details key. ret has room for len - DETAILS_OVERHEAD bytes. Returns
 * 0, or MODEL_KEY when no key held opens it.
 */
int details_open(struct registrar *registrar, const uint8_t *sealed, size_t len, uint8_t *ret)
    __attribute__((warn_unused_result));

#endif

/*
 * keys_object: the list of keys gates trust, as the root key signed it last.
 *
 * It is stored, so that the root key's file may be kept off the machine: the stored one is given
 * out until its not-after. What needs a new one (a conference's pass key, a rotation, an enrolment)
 * is refused before anything changes. What takes trust away (a gate revoked, a key retired) never
 * is: it holds here at once, and waits for the root to reach the gates.
 */
#ifndef REGISTRAR_KEYS_OBJECT_H
#define REGISTRAR_KEYS_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

struct keys_object {
	int64_t version, issued, not_after; /* Unix seconds; version 0: none is stored */
	bool waits;			    /* changes wait for the root key */
	uint8_t *bytes;
	size_t len;
};

/* The stored object; the caller frees bytes. With ret->version 0 there is none. */
int keys_object_read(struct store_tx *tx, struct keys_object *ret)
    __attribute__((warn_unused_result));

/* In a write that changed what the object says: a new version, signed and stored; without the root
 * it is noted that one is waited for. */
int keys_object_changed(struct store_tx *tx, struct registrar *registrar)
    __attribute__((warn_unused_result));

/* Looks for the root key's file again; MODEL_REFUSED with the remedy when it is not here. */
int keys_object_need_root(struct registrar *registrar, struct refusal *why)
    __attribute__((warn_unused_result));

/* Signs where it is due: changes wait, none is stored, or half its life has gone. Without the root
 * nothing is done. */
int keys_object_settle(struct registrar *registrar) __attribute__((warn_unused_result));

/* Signs in any case, as a new version. The root must be here. */
int keys_object_sign(struct registrar *registrar) __attribute__((warn_unused_result));

#endif

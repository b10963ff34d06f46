#ifndef GATE_PAIRING_H
#define GATE_PAIRING_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/staff.h"
#include "gate/gate.h"

/*
 * Tablets and phones that may open the desk's pages over the local network. Each has a token, whose
 * hash alone is stored; it stands until it is revoked or PAIRING_SECONDS old. All take the lock.
 */

enum {
	PAIRING_HASH = 32,
	PAIRING_NAME_MAX = 64, /* characters */
	PAIRING_NAME_SIZE = 4 * PAIRING_NAME_MAX + 1,
	PAIRING_MAX = 64,	      /* that stand at once */
	PAIRING_SECONDS = 30 * 86400, /* then it is paired anew */
	PAIRING_SEEN_SECONDS = 60,    /* how exactly `seen` is kept */
};

enum pairing_result {
	PAIRING_FULL = -511, /* PAIRING_MAX stand: revoke one */
	PAIRING_NONE = -512, /* no such pairing stands */
};

struct pairing {
	int64_t id;
	char name[PAIRING_NAME_SIZE];
	char by[STAFF_NAME_MAX + 1];
	int64_t made, seen; /* Unix seconds; seen 0: never */
};

/* pairing_make: a new one; it is in the journal too (`boot`, reason `paired`). Returns 0 with its
 * number, PAIRING_FULL, or what journal_write says. */
int pairing_make(struct gate *gate, const uint8_t hash[static PAIRING_HASH], const char *name,
    const char *officer, int64_t *ret_id) __attribute__((warn_unused_result));

/* pairing_find: the one of a token; notes that it was seen. 0, PAIRING_NONE or a store_result. */
int pairing_find(struct gate *gate, const uint8_t hash[static PAIRING_HASH],
    struct pairing *ret_pairing) __attribute__((warn_unused_result));

/* pairing_revoke: ends it (`boot`, `unpaired`). 0, PAIRING_NONE, or what journal_write says. */
int pairing_revoke(struct gate *gate, int64_t id, const char *officer)
    __attribute__((warn_unused_result));

/* pairing_list: those that stand, newest first, at most PAIRING_MAX, into ret_list. 0 or a
 * store_result. */
int pairing_list(struct gate *gate, struct pairing ret_list[static PAIRING_MAX], size_t *ret_n)
    __attribute__((warn_unused_result));

#endif

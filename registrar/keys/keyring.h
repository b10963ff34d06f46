/*
 * keyring: the registrar's secret keys, each with one use, as files DIR/keys/<use>-<kid>.key
 * (badges/key.h: mode 0600, checked), and the table `key` that says which of them hold.
 *
 * A rotation overlaps: the new key signs from then on, the old one stays active (gates go on
 * accepting what it signed) until it is retired. A secret that was handed out stays valid until
 * keyring_close, so that a rotation never pulls it from under a signer.
 */
#ifndef REGISTRAR_KEYRING_H
#define REGISTRAR_KEYRING_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/key.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;
struct keyring;

/* Loads every key of the table that is active. A missing file, a wrong mode, a key that is not the
 * one of the table: refused, with the file and the remedy in why. The root key's file may be away
 * (kept offline): then only the keys object can't be signed. */
int keyring_open(const char *dir, struct store *store, struct keyring **ret_keyring,
    struct refusal *why) __attribute__((warn_unused_result));

/* Wipes and frees all. NULL is quiet. */
void keyring_close(struct keyring *keyring);

/*
 * The key that signs now for a use: root, bundle, witness, device (the registrar's own journal);
 * or that gates seal to: details.
 * NULL: there is none (root: kept offline). Valid until keyring_close.
 */
const struct key_secret *keyring_signer(struct keyring *keyring, enum key_use use);

/* The pass key of a conference, or NULL. */
const struct key_secret *keyring_pass_signer(struct keyring *keyring, int64_t conference);

/* One row of the table `key`. */
struct keyring_row {
	uint8_t kid[KEY_KID_SIZE];
	enum key_use use; /* KEY_USE_DEVICE stands for the registrar's own journal key */
	uint8_t public[KEY_PUBLIC_SIZE];
	int64_t conference; /* 0: none */
	int64_t valid_from, valid_until;
	char state[8]; /* active, retired, revoked */
};

/* All rows, by use, conference and age. The caller frees *ret_rows with free(). */
int keyring_rows(struct store_tx *tx, struct keyring_row **ret_rows, size_t *ret_n)
    __attribute__((warn_unused_result));

/* The secret of an active key of this use and public key, or NULL. */
const struct key_secret *keyring_by_public(
    struct keyring *keyring, enum key_use use, const uint8_t public[static KEY_PUBLIC_SIZE]);

/* The i-th of the active keys of a use, in no order; NULL: there are no more. */
const struct key_secret *keyring_active(struct keyring *keyring, enum key_use use, size_t i);

/*
 * Makes a new key in a running write: secret file first, then the row, keys_version + 1 and a
 * journal entry. conference is 0 but for pass keys; from and until are its validity (from rises
 * where an older key of the use has the same). The caller frees *ret_key with key_free() and calls
 * keyring_reload() when the write is through. A write that falls through may leave a key file that
 * no row names; it signs nothing.
 */
int keyring_make(struct store_tx *tx, struct registrar *registrar, enum key_use use,
    int64_t conference, int64_t from, int64_t until, const char *staff, struct key_secret **ret_key)
    __attribute__((warn_unused_result));

/* Reads the table again and loads what is new. */
int keyring_reload(struct keyring *keyring, struct store *store, struct refusal *why)
    __attribute__((warn_unused_result));

/* Rotates a use (not root); conference 0 but for pass keys. Rotating the journal key begins a new
 * epoch. */
int keyring_rotate(struct registrar *registrar, enum key_use use, int64_t conference,
    const char *staff, int64_t now, struct refusal *why) __attribute__((warn_unused_result));

/* Retires a key. Refused for the last active one of its use. Passes signed by a retired pass key
 * are issued anew in the same write; *ret_reissued says how many. */
int keyring_retire(struct registrar *registrar, const uint8_t kid[static KEY_KID_SIZE],
    const char *staff, int64_t now, unsigned *ret_reissued, struct refusal *why)
    __attribute__((warn_unused_result));

#endif

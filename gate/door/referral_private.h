/* referral_private: what the files of referrals share. */
#ifndef GATE_REFERRAL_PRIVATE_H
#define GATE_REFERRAL_PRIVATE_H

#include "gate/door/referral.h"
#include "gate/seal/vault.h"

enum {
	REFERRAL_BLOCK = 128, /* sealed texts are padded to whole blocks: a length tells little */
	REFERRAL_PLAIN_MAX = ((3 * REFERRAL_TEXT_SIZE) / REFERRAL_BLOCK + 1) * REFERRAL_BLOCK,
};

/* Seals n texts for the place of a referral; which: "referral" or "referral-answer". ret_blob has
 * room for REFERRAL_PLAIN_MAX + VAULT_OVERHEAD bytes. Returns 0, a vault_result or a store_result;
 * JOURNAL_BAD_ENTRY for texts that are too long. */
int referral_seal(struct gate *gate, struct store_tx *tx, const char *which,
    const uint8_t id[static REFERRAL_ID], const char *const *texts, size_t n, int64_t *ret_seal,
    uint8_t *ret_blob, size_t *ret_len) __attribute__((warn_unused_result));

/* Opens them again into n texts of REFERRAL_TEXT_SIZE bytes each. Returns 0, VAULT_LOCKED,
 * VAULT_BAD or a store_result. */
int referral_unseal(struct gate *gate, struct store_tx *tx, const char *which,
    const uint8_t id[static REFERRAL_ID], int64_t seal, const void *blob, size_t len,
    char *const *ret_texts, size_t n) __attribute__((warn_unused_result));

#endif

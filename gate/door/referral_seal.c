#include <sodium.h>
#include <string.h>

#include "gate/door/referral_private.h"

static struct vault_place place_of(const char *which, const uint8_t id[static REFERRAL_ID])
{
	return (struct vault_place){.table = which, .id = id, .id_len = REFERRAL_ID};
}

/* The texts, each with its NUL; padded. Returns the length, 0: too long. */
static size_t pack(const char *const *texts, size_t n, uint8_t ret_plain[static REFERRAL_PLAIN_MAX])
{
	size_t len = 0, padded = 0;

	for (size_t i = 0; i < n; i++) {
		size_t size = strlen(texts[i]) + 1;

		if (size > REFERRAL_TEXT_SIZE || size > REFERRAL_PLAIN_MAX - len)
			return 0;
		memcpy(ret_plain + len, texts[i], size);
		len += size;
	}
	return sodium_pad(&padded, ret_plain, len, REFERRAL_BLOCK, REFERRAL_PLAIN_MAX) == 0 ? padded
											    : 0;
}

int referral_seal(struct gate *gate, struct store_tx *tx, const char *which,
    const uint8_t id[static REFERRAL_ID], const char *const *texts, size_t n, int64_t *ret_seal,
    uint8_t *ret_blob, size_t *ret_len)
{
	const struct vault_place place = place_of(which, id);
	uint8_t plain[REFERRAL_PLAIN_MAX];
	size_t len = pack(texts, n, plain);
	int r = len == 0 ? JOURNAL_BAD_ENTRY
			 : vault_seal(gate, tx, &place, plain, len, ret_seal, ret_blob);

	sodium_memzero(plain, sizeof(plain));
	if (r == 0)
		*ret_len = len + VAULT_OVERHEAD;
	return r;
}

static int unpack(const uint8_t *plain, size_t padded, char *const *ret_texts, size_t n)
{
	size_t len, at = 0;

	if (padded == 0 || sodium_unpad(&len, plain, padded, REFERRAL_BLOCK) != 0)
		return VAULT_BAD;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *end = at < len ? memchr(plain + at, 0, len - at) : NULL;
		size_t size = end == NULL ? SIZE_MAX : (size_t)(end - (plain + at)) + 1;

		if (size > REFERRAL_TEXT_SIZE)
			return VAULT_BAD;
		memcpy(ret_texts[i], plain + at, size);
		at += size;
	}
	return 0;
}

int referral_unseal(struct gate *gate, struct store_tx *tx, const char *which,
    const uint8_t id[static REFERRAL_ID], int64_t seal, const void *blob, size_t len,
    char *const *ret_texts, size_t n)
{
	const struct vault_place place = place_of(which, id);
	uint8_t plain[REFERRAL_PLAIN_MAX];
	int r;

	if (len < VAULT_OVERHEAD || len > sizeof(plain) + VAULT_OVERHEAD)
		return VAULT_BAD;
	r = vault_unseal(gate, tx, &place, seal, blob, len, plain);
	if (r == 0)
		r = unpack(plain, len - VAULT_OVERHEAD, ret_texts, n);
	sodium_memzero(plain, sizeof(plain));
	return r;
}

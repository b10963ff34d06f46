#include "badges/commit.h"

#include <sodium.h>

static const char commit_domain[] = "pressgate-commit/v1\n";

void commit_salt(uint8_t ret_salt[static COMMIT_SALT])
{
	randombytes_buf(ret_salt, COMMIT_SALT);
}

void commit_make(const uint8_t salt[static COMMIT_SALT], const void *detail, size_t len,
    uint8_t ret_commit[static COMMIT_HASH])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(
	    &state, (const unsigned char *)commit_domain, sizeof(commit_domain) - 1);
	crypto_hash_sha256_update(&state, salt, COMMIT_SALT);
	if (len > 0)
		crypto_hash_sha256_update(&state, detail, len);
	crypto_hash_sha256_final(&state, ret_commit);
	sodium_memzero(&state, sizeof(state));
}

bool commit_opens(const uint8_t commit[static COMMIT_HASH], const uint8_t salt[static COMMIT_SALT],
    const void *detail, size_t len)
{
	uint8_t made[COMMIT_HASH];

	commit_make(salt, detail, len, made);
	return sodium_memcmp(made, commit, COMMIT_HASH) == 0;
}

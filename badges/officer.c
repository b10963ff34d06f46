#include "badges/officer.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(OFFICER_SALT == crypto_pwhash_SALTBYTES, "Argon2id takes this salt");
static_assert(OFFICER_PUBLIC == crypto_box_PUBLICKEYBYTES, "X25519");
static_assert(OFFICER_SECRET == crypto_box_SECRETKEYBYTES, "X25519");

int officer_derive(const char *pin, size_t len, const uint8_t salt[static OFFICER_SALT],
    uint8_t ret_public[static OFFICER_PUBLIC], uint8_t ret_secret[static OFFICER_SECRET])
{
	uint8_t seed[crypto_box_SEEDBYTES];
	int r = crypto_pwhash(seed, sizeof(seed), pin, len, salt, OFFICER_PASSES, OFFICER_MEMORY,
	    crypto_pwhash_ALG_ARGON2ID13);

	if (r == 0)
		r = crypto_box_seed_keypair(ret_public, ret_secret, seed);
	sodium_memzero(seed, sizeof(seed));
	if (r == 0)
		return 0;
	sodium_memzero(ret_public, OFFICER_PUBLIC);
	sodium_memzero(ret_secret, OFFICER_SECRET);
	return -1;
}

bool officer_is_public(const uint8_t public[static OFFICER_PUBLIC])
{
	static const uint8_t scalar[crypto_scalarmult_SCALARBYTES] = {1};
	uint8_t shared[crypto_scalarmult_BYTES];

	return crypto_scalarmult(shared, scalar, public) == 0;
}

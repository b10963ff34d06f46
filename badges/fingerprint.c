#include "badges/fingerprint.h"

#include <sodium.h>

#include "badges/bytes.h"

void fingerprint_gate(const uint8_t spki[static 32], const uint8_t journal_key[static 32],
    char ret_text[static FINGERPRINT_TEXT + 1])
{
	static const char prefix[] = "pressgate-gate/v1\n";
	crypto_hash_sha256_state state;
	uint8_t hash[crypto_hash_sha256_BYTES];
	size_t out = 0;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)prefix, sizeof(prefix) - 1);
	crypto_hash_sha256_update(&state, spki, 32);
	crypto_hash_sha256_update(&state, journal_key, 32);
	crypto_hash_sha256_final(&state, hash);
	for (size_t i = 0; i < 8; i++) {
		if (i > 0)
			ret_text[out++] = ' ';
		bytes_hex(hash + 2 * i, 2, ret_text + out);
		out += 4;
	}
}

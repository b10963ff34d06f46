/* photo_tool GATE-DIR OFFICER|- PIN|- HEX: opens a gate's folder, signs in (or, with -, does not),
 * opens the photograph, and says what came of it: "ok BYTES SHA-256", or locked, none, bad. */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "gate/seal/photo.h"
#include "gate/door/shift.h"
#include "gate/seal/vault.h"

static int show(struct gate *gate, const char *hex)
{
	uint8_t hash[PHOTO_HASH], found[crypto_hash_sha256_BYTES], *bytes = NULL;
	char text[2 * PHOTO_HASH + 1];
	size_t len = 0;
	int r;

	if (bytes_unhex(hex, strlen(hex), hash, sizeof(hash)) != 0)
		return 2;
	r = photo_open(gate, hash, &bytes, &len);
	if (r == 0) {
		crypto_hash_sha256(found, bytes, len);
		bytes_hex(found, sizeof(found), text);
		printf("ok %zu %s\n", len, text);
	} else {
		printf("%s\n", r == VAULT_LOCKED ? "locked"
			       : r == PHOTO_NONE ? "none"
			       : r == PHOTO_BAD	 ? "bad"
						 : "failed");
	}
	photo_wipe(bytes, len);
	return 0;
}

int main(int argc, char **argv)
{
	struct gate_options options = {0};
	struct gate *gate = NULL;
	struct shift shift = {0};
	char why[GATE_WHY_MAX];
	int64_t wait = 0;
	int r;

	if (argc != 5 || sodium_init() < 0)
		return 2;
	if (gate_open(argv[1], &options, &gate, why, sizeof(why)) != 0) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	if (strcmp(argv[2], "-") != 0 &&
	    shift_begin(gate, argv[2], argv[3], strlen(argv[3]), &shift, &wait) != 0) {
		fprintf(stderr, "the sign-in failed\n");
		gate_close(gate);
		return 1;
	}
	r = show(gate, argv[4]);
	shift_end(&shift);
	gate_close(gate);
	return r;
}

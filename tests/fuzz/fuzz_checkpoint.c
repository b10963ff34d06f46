/* Any bytes as a signed checkpoint and as a vkey: refused, or what writes back to the same text. No
 * bytes but the signed ones verify under a key, and the signed ones always do. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "badges/checkpoint.h"
#include "tests/fuzz/fuzz.h"

static void body(const char *text, size_t size)
{
	char again[CHECKPOINT_BODY_MAX + 1], joined[CHECKPOINT_TEXT_MAX + 1];
	struct checkpoint checkpoint;
	size_t len;

	if (checkpoint_parse(text, size, &checkpoint) < 0)
		return;
	if (checkpoint_format(&checkpoint, again, &len) < 0 || len >= size ||
	    memcmp(again, text, len) != 0 || text[len] != '\n')
		abort();
	if (checkpoint_join(text, size, "", 0, joined, sizeof(joined), &len) < 0 || len != size)
		abort();
}

static void vkey(const char *text, size_t size)
{
	char again[NOTE_VKEY_MAX + 1];
	struct note_key key;

	if (note_vkey_parse(text, size, &key) < 0)
		return;
	note_vkey_format(&key, again);
	if (size < strlen(again) || memcmp(again, text, strlen(again)) != 0)
		abort();
}

/* A body that is well-formed, signed here, verifies; so the fuzzer reaches behind the signature. */
static void signed_body(const char *text, size_t size)
{
	static uint8_t public_key[32], secret_key[64];
	char signed_text[CHECKPOINT_SIGNED_MAX + 1];
	struct checkpoint checkpoint, verified;
	struct note_key key;
	int64_t time;
	size_t len;

	if (public_key[0] == 0)
		crypto_sign_seed_keypair(public_key, secret_key, (const uint8_t[32]){7});
	if (checkpoint_parse(text, size, &checkpoint) < 0 ||
	    note_key_make(checkpoint.origin, NOTE_ED25519, public_key, &key) < 0)
		return;
	if (checkpoint_verify(text, size, &key, &verified) == 0 &&
	    memcmp(&checkpoint, &verified, sizeof(verified)) != 0)
		abort();
	key.type = NOTE_COSIGNATURE;
	if (checkpoint_check_cosignature(text, size, &key, &time) == 0)
		abort(); /* nobody here ever made one */
	key.type = NOTE_ED25519;
	if (checkpoint_sign(&checkpoint, &key, secret_key, signed_text, &len) < 0 ||
	    checkpoint_verify(signed_text, len, &key, &verified) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (sodium_init() < 0)
		abort();
	body((const char *)data, size);
	vkey((const char *)data, size);
	signed_body((const char *)data, size);
	return 0;
}

#include "tests/badges/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/pass.h"

#define FIXTURE_RFC_SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"

static void fixture_need(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "fixture: %s\n", what);
	abort();
}

struct key_secret *fixture_rfc_key(enum key_use use)
{
	struct key_secret *key = NULL;
	uint8_t seed[KEY_SEED_SIZE];

	fixture_need(bytes_unhex(FIXTURE_RFC_SEED, 64, seed, sizeof(seed)) == 0, "seed");
	fixture_need(key_from_seed(use, seed, &key) == 0, "key");
	return key;
}

struct key_secret *fixture_key(enum key_use use, uint8_t byte)
{
	struct key_secret *key = NULL;
	uint8_t seed[KEY_SEED_SIZE];

	memset(seed, byte, sizeof(seed));
	fixture_need(key_from_seed(use, seed, &key) == 0, "key");
	return key;
}

struct keyset_key fixture_entry(
    const struct key_secret *key, const uint32_t *conferences, size_t count)
{
	struct keyset_key entry = {
	    .use = key->use,
	    .state = KEYSET_ACTIVE,
	    .from = FIXTURE_FROM,
	    .until = FIXTURE_TO,
	    .conferences = conferences,
	    .conference_count = count,
	};

	memcpy(entry.public, key->public, sizeof(entry.public));
	return entry;
}

void fixture_make(struct fixture *f)
{
	static const uint32_t own[] = {7, 260412001, 4000000000}, other[] = {8};
	struct keyset_device device = {
	    .name = "north-door", .state = KEYSET_ACTIVE, .has_pin = true, .pin = {0x5e, 1}};
	struct keyset_key entries[4];
	struct keyset in = {
	    .head = {.version = 3, .issued = FIXTURE_FROM, .not_after = FIXTURE_TO},
	    .site = "press.example",
	    .keys = entries,
	    .key_count = 4,
	    .devices = &device,
	    .device_count = 1,
	};
	struct key_secret *born = fixture_key(KEY_USE_DEVICE, 9);

	*f = (struct fixture){
	    .root = fixture_key(KEY_USE_ROOT, 1),
	    .pass = fixture_rfc_key(KEY_USE_PASS),
	    .other_pass = fixture_key(KEY_USE_PASS, 2),
	    .bundle = fixture_key(KEY_USE_BUNDLE, 3),
	    .witness = fixture_key(KEY_USE_WITNESS, 4),
	};
	memcpy(device.public, born->public, sizeof(device.public));
	key_free(born);
	entries[0] = fixture_entry(f->pass, own, 3);
	entries[1] = fixture_entry(f->other_pass, other, 1);
	entries[2] = fixture_entry(f->bundle, NULL, 0);
	entries[3] = fixture_entry(f->witness, NULL, 0);
	fixture_need(keyset_build(&in, f->root, &f->bytes, &f->len) == 0, "keyset_build");
	fixture_need(keyset_open(f->bytes, f->len, f->root->public, FIXTURE_NOW, &f->keys) == 0,
	    "keyset_open");
}

void fixture_free(struct fixture *f)
{
	keyset_free(f->keys);
	free(f->bytes);
	key_free(f->root);
	key_free(f->pass);
	key_free(f->other_pass);
	key_free(f->bundle);
	key_free(f->witness);
}

struct pass_claims fixture_claims(uint32_t conference, uint8_t id)
{
	struct pass_claims claims = {
	    .nbf = FIXTURE_NOW - 3600,
	    .exp = FIXTURE_NOW + 3600,
	    .conference = conference,
	    .pass_class = 3,
	};

	memset(claims.id, id, sizeof(claims.id));
	return claims;
}

char *fixture_file(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	size_t cap = 1 << 20;
	char *text = malloc(cap + 1);

	fixture_need(file != NULL && text != NULL, path);
	*ret_len = fread(text, 1, cap, file);
	text[*ret_len] = '\0';
	(void)fclose(file);
	return text;
}

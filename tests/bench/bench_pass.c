/* Opening a pass, text in to claims out, against one raw Ed25519 verification of the same bytes. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "badges/keyset.h"
#include "badges/pass.h"
#include "tests/bench/bench.h"

#define CONFERENCE 261
#define NOW	   1800000000

struct work {
	char text[PASS_TEXT_MAX + 1];
	struct keyset *keys;
	struct pass_want want;
	uint8_t signature[64], message[160], public[32];
	size_t message_len;
};

static bool open_pass(void *context)
{
	struct work *w = context;
	struct pass_claims claims;
	enum reason reason;

	return pass_open(w->text, strlen(w->text), w->keys, &w->want, &claims, &reason) == 0 &&
	       claims.conference == CONFERENCE;
}

static bool verify(void *context)
{
	struct work *w = context;

	return crypto_sign_verify_detached(w->signature, w->message, w->message_len, w->public) ==
	       0;
}

static struct keyset_key listed(const struct key_secret *key, const uint32_t *conference)
{
	struct keyset_key out = {.use = key->use,
	    .state = KEYSET_ACTIVE,
	    .from = NOW - 1000,
	    .until = NOW + 100000,
	    .conferences = conference,
	    .conference_count = conference ? 1 : 0};

	memcpy(out.public, key->public, sizeof out.public);
	return out;
}

static void append(struct work *w, const void *bytes, size_t len)
{
	memcpy(w->message + w->message_len, bytes, len);
	w->message_len += len;
}

/* The floor verifies the very bytes that were signed, taken out of the pass beforehand. */
static bool take_apart(struct work *w)
{
	struct pass_view view;

	if (pass_parse(w->text, strlen(w->text), &view) != 0)
		return false;
	append(w, "\x84\x6aSignature1", 12);
	append(w, view.token.bytes + 2, 14);
	append(w, "\x4b" PASS_AAD, 1 + strlen(PASS_AAD));
	append(w, view.token.bytes + view.payload - 2, 2 + view.payload_len);
	memcpy(w->signature, view.token.bytes + view.token.len - 64, 64);
	return verify(w);
}

static bool prepare(struct work *w)
{
	static const uint32_t conference = CONFERENCE;
	struct key_secret *root = NULL, *pass = NULL, *bundle = NULL, *witness = NULL;
	struct pass_claims claims = {
	    .exp = NOW + 9000, .nbf = NOW - 9000, .conference = CONFERENCE, .pass_class = 2};
	struct keyset in = {.head = {.version = 1, .issued = NOW, .not_after = NOW + 9000},
	    .site = "media.example",
	    .key_count = 3};
	struct keyset_key keys[3];
	uint8_t *bytes = NULL;
	size_t len;
	bool good;

	good = key_new(KEY_USE_ROOT, &root) == 0 && key_new(KEY_USE_PASS, &pass) == 0 &&
	       key_new(KEY_USE_BUNDLE, &bundle) == 0 && key_new(KEY_USE_WITNESS, &witness) == 0;
	if (!good)
		goto done;
	randombytes_buf(claims.id, sizeof claims.id);
	keys[0] = listed(pass, &conference);
	keys[1] = listed(bundle, NULL);
	keys[2] = listed(witness, NULL);
	in.keys = keys;
	w->want = (struct pass_want){
	    .has_conference = true, .conference = CONFERENCE, .has_now = true, .now = NOW};
	memcpy(w->public, pass->public, sizeof w->public);
	good = pass_sign(&claims, pass, w->text) == 0 && take_apart(w) &&
	       keyset_build(&in, root, &bytes, &len) == 0 &&
	       keyset_open(bytes, len, root->public, NOW, &w->keys) == 0;
done:
	free(bytes);
	key_free(root);
	key_free(pass);
	key_free(bundle);
	key_free(witness);
	return good;
}

int main(void)
{
	struct work w = {.keys = NULL};
	struct bench bench = {.name = "opening a pass / one raw verification",
	    .subject = open_pass,
	    .floor = verify,
	    .context = &w,
	    .batch = 400,
	    .rounds = 15,
	    .target = 1.2};
	bool good = sodium_init() >= 0 && prepare(&w) && bench_run(&bench);

	keyset_free(w.keys);
	return good ? 0 : 1;
}

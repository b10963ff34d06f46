/* make_corpus FOLDER: writes the seeds of the corpora of badges into FOLDER/TARGET/, which exist.
 * It is run by hand when a format grows; what it wrote is kept in tests/fuzz/corpus/. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/code.h"
#include "badges/cose.h"
#include "badges/pass.h"
#include "tests/badges/objects.h"

static const char *folder;

static void put(const char *target, const char *name, const void *bytes, size_t len)
{
	char path[1024];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void put_passes(const struct fixture *f)
{
	static const char *const names[] = {"least", "named", "full"};
	struct pass_claims claims = fixture_claims(7, 0x5a);
	char text[PASS_TEXT_MAX + 1], name[32];
	struct pass_view view;

	for (size_t i = 0; i < 3; i++) {
		if (i == 1)
			pass_cut_name(&claims, "Zoë Example", strlen("Zoë Example"));
		if (i == 2) {
			pass_cut_outlet(&claims, "Radio Example", 13);
			claims.flags = 513;
			claims.conference = 260412001;
		}
		if (pass_sign(&claims, f->pass, text) != 0 ||
		    pass_parse(text, strlen(text), &view) != 0)
			exit(1);
		(void)snprintf(name, sizeof(name), "%s-text", names[i]);
		put("pass", name, text, strlen(text));
		put("base45", name, text + 5, strlen(text) - 5);
		(void)snprintf(name, sizeof(name), "%s-token", names[i]);
		put("pass", name, view.token.bytes, view.token.len);
	}
	put("base45", "odd", "a", 1);
	put("base45", "even", "\xff\xff", 2);
	put("base45", "over", "GGW", 3);
}

static void put_objects(const struct fixture *f)
{
	for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++) {
		uint8_t *bytes = NULL, *input;
		struct cose_view view;
		char name[64];
		size_t len = 0;

		if (object_build(kind, kind == OBJECT_KEYS ? f->root : f->bundle, &bytes, &len) !=
			0 ||
		    cose_open(bytes, len, &view) != 0 || (input = malloc(len + 1)) == NULL)
			exit(1);
		input[0] = (uint8_t)kind;
		memcpy(input + 1, bytes, len);
		put("bundle", object_names[kind], input, len + 1);
		memcpy(input + 1, view.payload, view.payload_len);
		(void)snprintf(name, sizeof(name), "%s-payload", object_names[kind]);
		put("bundle", name, input, view.payload_len + 1);
		free(input);
		free(bytes);
	}
}

static void put_small(void)
{
	static const uint8_t zero[16] = {0};
	static const char key[] = "pressgate-secret-key/v1 pass "
				  "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
				  "\n";
	static const char text[] = "Zo\xc3\xab \xe6\x9d\x8e \xf0\x9f\x98\x80 e\xcc\x81";
	char code[CODE_TEXT_LEN + 1];

	code_of_pass(zero, code);
	put("code", "written", code, CODE_TEXT_LEN);
	put("code", "pass", zero, sizeof(zero));
	put("code", "typed", " w7hk fxt5 ", 11);
	put("key", "line", key, sizeof(key) - 1);
	put("key", "bare", key, sizeof(key) - 2);
	put("key", "witness", "pressgate-secret-key/v1 witness ", 32);
	put("text", "mixed", text, sizeof(text) - 1);
	put("text", "bidi", "a\xe2\x80\xae", 4);
}

int main(int argc, char **argv)
{
	struct fixture fixture;

	if (argc != 2 || sodium_init() < 0)
		return 2;
	folder = argv[1];
	fixture_make(&fixture);
	put_passes(&fixture);
	put_objects(&fixture);
	put_small();
	fixture_free(&fixture);
	return 0;
}

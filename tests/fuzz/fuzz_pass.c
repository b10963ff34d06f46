/* The pass reader: whatever is taken has one encoding. */
#include <sodium.h>
#include <string.h>

#include "badges/base45.h"
#include "badges/pass.h"
#include "tests/badges/fixture.h"
#include "tests/fuzz/fuzz.h"

static struct fixture fixture;

static void fuzz_set_up(void)
{
	if (fixture.keys != NULL)
		return;
	FUZZ_NEED(sodium_init() >= 0);
	fixture_make(&fixture);
}

/* The input as QR text. */
static void fuzz_text(const char *text, size_t size)
{
	static const struct pass_want want = {.has_now = true, .now = FIXTURE_NOW};
	char again[PASS_TEXT_MAX + 1] = "ACR1:";
	struct pass_claims claims;
	struct pass_view view;
	enum reason reason;
	int r = pass_open(text, size, fixture.keys, &want, &claims, &reason);

	FUZZ_NEED((r == 0) == (reason == REASON_OK) && reason_token(reason) != NULL);
	if (pass_parse(text, size, &view) != 0) {
		FUZZ_NEED(reason == REASON_MALFORMED);
		return;
	}
	FUZZ_NEED(pass_fault(&view.claims) == NULL);
	/* Signed with a key at hand, the same claims give the same bytes but for kid and signature.
	 */
	FUZZ_NEED(pass_sign(&view.claims, fixture.pass, again) == 0);
	FUZZ_NEED(strlen(again) == size);
	{
		struct pass_view other;

		FUZZ_NEED(pass_parse(again, size, &other) == 0);
		FUZZ_NEED(memcmp(other.token.bytes + other.payload, view.token.bytes + view.payload,
			      view.payload_len) == 0);
	}
	base45_encode(view.token.bytes, view.token.len, again + 5);
	FUZZ_NEED(memcmp(again, text, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[600] = "ACR1:";

	fuzz_set_up();
	fuzz_text((const char *)data, size);
	/* The input as the token's bytes, past base45. */
	if (size <= 300) {
		base45_encode(data, size, text + 5);
		fuzz_text(text, strlen(text));
	}
	return 0;
}

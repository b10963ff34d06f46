/* Every object of the bundle. The first byte chooses the kind; what follows is tried as an object,
 * and as the payload of one that is properly signed, so that the reader behind the signature is
 * reached. What is taken is walked to its end. */
#include <sodium.h>
#include <string.h>

#include "badges/cose.h"
#include "tests/badges/objects.h"
#include "tests/fuzz/fuzz.h"

static struct fixture fixture;

static const char *const fuzz_aads[OBJECT_KINDS] = {
    [OBJECT_KEYS] = BUNDLE_AAD_KEYS,
    [OBJECT_ROSTER] = BUNDLE_AAD_ROSTER,
    [OBJECT_ROSTER_DELTA] = BUNDLE_AAD_ROSTER_DELTA,
    [OBJECT_REVOKED] = BUNDLE_AAD_REVOKED,
    [OBJECT_REVOKED_DELTA] = BUNDLE_AAD_REVOKED_DELTA,
    [OBJECT_STAFF] = BUNDLE_AAD_STAFF,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum object_kind kind;
	uint8_t *bytes = NULL;
	size_t len = 0;

	if (fixture.keys == NULL) {
		FUZZ_NEED(sodium_init() >= 0);
		fixture_make(&fixture);
	}
	if (size == 0)
		return 0;
	kind = (enum object_kind)(data[0] % OBJECT_KINDS);
	(void)object_open(kind, data + 1, size - 1, &fixture);
	FUZZ_NEED(cose_sign(kind == OBJECT_KEYS ? fixture.root : fixture.bundle, fuzz_aads[kind],
		      data + 1, size - 1, &bytes, &len) == 0);
	(void)object_open(kind, bytes, len, &fixture);
	free(bytes);
	return 0;
}

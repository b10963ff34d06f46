/* Signatures known to be good: Ed25519 is most of what a story costs, and each gate and the
 * registrar verify the same ones again and again. */
#include <string.h>

#include "tests/sim/sim.h"

enum { SLOTS = 1 << 15 };

static uint8_t slots[SLOTS][16];
static size_t taken;

static uint8_t *slot_of(const uint8_t digest[16])
{
	static const uint8_t none[16];
	uint32_t at;

	memcpy(&at, digest, sizeof(at));
	while (
	    memcmp(slots[at % SLOTS], none, 16) != 0 && memcmp(slots[at % SLOTS], digest, 16) != 0)
		at++;
	return slots[at % SLOTS];
}

/* With a table that is full, the rest is computed. */
void known_add(const uint8_t digest[16])
{
	if (taken > SLOTS / 2)
		return;
	taken++;
	memcpy(slot_of(digest), digest, 16);
}

bool known_has(const uint8_t digest[16])
{
	return memcmp(slot_of(digest), digest, 16) == 0;
}

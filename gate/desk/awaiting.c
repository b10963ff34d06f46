/* What the folder above does not have yet: nothing is held, and what is asked for is refused. */
#include "gate/photo.h"

#define AWAITING __attribute__((weak))

AWAITING int photo_open(
    struct gate *gate, const uint8_t hash[static PHOTO_HASH], uint8_t **ret_bytes, size_t *ret_len)
{
	(void)gate;
	(void)hash;
	(void)ret_bytes;
	(void)ret_len;
	return PHOTO_NONE;
}

AWAITING void photo_wipe(uint8_t *bytes, size_t len)
{
	(void)bytes;
	(void)len;
}

#include "badges/keyset.h"

#include <stdlib.h>
#include <string.h>

#include "badges/bundle_io.h"

static int keyset_by_kid(const void *a, const void *b)
{
	const struct keyset_key *x = a, *y = b;

	return memcmp(x->kid, y->kid, KEY_KID_SIZE);
}

static int keyset_by_name(const void *a, const void *b)
{
	const struct keyset_device *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void keyset_put_key(struct cbor_writer *out, const struct keyset_key *key)
{
	cbor_put_head(out, CBOR_MAP, 7);
	cbor_put_uint(out, 1);
	cbor_put_bytes(out, key->kid, KEY_KID_SIZE);
	cbor_put_uint(out, 2);
	cbor_put_bytes(out, key->public, KEY_PUBLIC_SIZE);
	cbor_put_field(out, 3, (uint64_t)key->use);
	cbor_put_uint(out, 4);
	cbor_put_head(out, CBOR_ARRAY, key->conference_count);
	for (size_t i = 0; i < key->conference_count; i++)
		cbor_put_uint(out, key->conferences[i]);
	cbor_put_field(out, 5, (uint64_t)key->from);
	cbor_put_field(out, 6, (uint64_t)key->until);
	cbor_put_field(out, 7, (uint64_t)key->state);
}

static void keyset_put_device(struct cbor_writer *out, const struct keyset_device *device)
{
	cbor_put_head(out, CBOR_MAP, device->has_pin ? 4 : 3);
	cbor_put_uint(out, 1);
	cbor_put_text(out, device->name, strlen(device->name));
	cbor_put_uint(out, 2);
	cbor_put_bytes(out, device->public, KEY_PUBLIC_SIZE);
	cbor_put_field(out, 3, (uint64_t)device->state);
	if (!device->has_pin)
		return;
	cbor_put_uint(out, 4);
	cbor_put_bytes(out, device->pin, KEYSET_PIN_SIZE);
}

/* Writes the payload; the keys' order and kids are set in place. */
static int keyset_put(struct cbor_writer *out, const struct keyset *in, struct keyset_key *keys,
    struct keyset_device *devices)
{
	int r = bundle_put_head(out, 6, &in->head);

	if (r != 0)
		return r;
	for (size_t i = 0; i < in->key_count; i++)
		key_kid(keys[i].public, keys[i].kid);
	if (in->key_count > 1)
		qsort(keys, in->key_count, sizeof(*keys), keyset_by_kid);
	if (in->device_count > 1)
		qsort(devices, in->device_count, sizeof(*devices), keyset_by_name);
	cbor_put_uint(out, 4);
	cbor_put_text(out, in->site, strlen(in->site));
	cbor_put_uint(out, 5);
	cbor_put_head(out, CBOR_ARRAY, in->key_count);
	for (size_t i = 0; i < in->key_count; i++)
		keyset_put_key(out, &keys[i]);
	cbor_put_uint(out, 6);
	cbor_put_head(out, CBOR_ARRAY, in->device_count);
	for (size_t i = 0; i < in->device_count; i++)
		keyset_put_device(out, &devices[i]);
	return 0;
}

/* A copy that may be sorted; never NULL but when memory runs out. */
static void *keyset_copy(const void *items, size_t count, size_t size)
{
	void *copy = calloc(count + 1, size);

	if (copy != NULL && count > 0)
		memcpy(copy, items, count * size);
	return copy;
}

int keyset_build(
    const struct keyset *in, const struct key_secret *root, uint8_t **ret_bytes, size_t *ret_len)
{
	struct keyset_key *keys = keyset_copy(in->keys, in->key_count, sizeof(*keys));
	struct keyset_device *devices =
	    keyset_copy(in->devices, in->device_count, sizeof(*devices));
	struct cbor_writer out = {0};
	struct keyset *check = NULL;
	uint8_t *bytes = NULL;
	size_t len = 0;
	int r = BUNDLE_E_MEMORY;

	if (keys == NULL || devices == NULL)
		goto done;
	r = keyset_put(&out, in, keys, devices);
	if (r == 0)
		r = bundle_release(&out, BUNDLE_AAD_KEYS, root, KEY_USE_ROOT, &bytes, &len);
	if (r == 0)
		r = keyset_open(bytes, len, root->public, 0, &check);
	if (r != 0)
		goto done;
	*ret_bytes = bytes;
	*ret_len = len;
	bytes = NULL;
done:
	keyset_free(check);
	free(bytes);
	cbor_free(&out);
	free(keys);
	free(devices);
	return r;
}

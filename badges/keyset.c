#include "badges/keyset.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bundle_io.h"
#include "badges/cose.h"
#include "badges/text.h"

void keyset_free(struct keyset *keys)
{
	if (keys == NULL)
		return;
	free(keys->keys);
	free(keys->devices);
	free(keys->conferences);
	free(keys);
}

/* The head of a list of at most max items under a key. */
static bool keyset_get_list(struct cbor_reader *in, uint64_t key, size_t max, size_t *ret_count)
{
	uint64_t count;

	if (!cbor_get_key(in, key) || !cbor_get_head(in, CBOR_ARRAY, &count) || count > max)
		return false;
	*ret_count = (size_t)count;
	return true;
}

static bool keyset_get_name(
    struct cbor_reader *in, uint64_t key, char ret_name[BUNDLE_NAME_MAX + 1])
{
	const char *text;
	size_t len;

	if (!cbor_get_key(in, key) || !cbor_get_text(in, 1, BUNDLE_NAME_MAX, &text, &len) ||
	    !text_is_name(text, len, BUNDLE_NAME_MAX))
		return false;
	memcpy(ret_name, text, len);
	ret_name[len] = '\0';
	return true;
}

static bool keyset_get_public(struct cbor_reader *in, uint8_t ret_public[KEY_PUBLIC_SIZE])
{
	const uint8_t *bytes;
	size_t len;

	if (!cbor_get_key(in, 2) ||
	    !cbor_get_bytes(in, KEY_PUBLIC_SIZE, KEY_PUBLIC_SIZE, &bytes, &len))
		return false;
	memcpy(ret_public, bytes, KEY_PUBLIC_SIZE);
	return true;
}

static bool keyset_get_state(struct cbor_reader *in, uint64_t key, enum keyset_state *ret_state)
{
	uint64_t state;

	if (!cbor_get_field(in, key, KEYSET_REVOKED, &state) || state < KEYSET_ACTIVE)
		return false;
	*ret_state = (enum keyset_state)state;
	return true;
}

/* A key's conferences, rising, into the storage that all keys share from `used` on. */
static int keyset_get_conferences(
    struct cbor_reader *in, struct keyset *keys, size_t used, size_t *ret_count)
{
	uint32_t *storage;
	uint64_t number, last = 0;
	size_t count;

	if (!keyset_get_list(in, 4, KEYSET_CONFERENCES_MAX, &count) ||
	    count > (size_t)(in->end - in->at))
		return BUNDLE_E_SHAPE;
	*ret_count = count;
	if (count == 0)
		return 0;
	storage = realloc(keys->conferences, (used + count) * sizeof(*storage));
	if (storage == NULL)
		return BUNDLE_E_MEMORY;
	keys->conferences = storage;
	for (size_t i = 0; i < count; i++) {
		if (!cbor_get_uint(in, UINT32_MAX, &number) || (i > 0 && number <= last))
			return BUNDLE_E_SHAPE;
		storage[used + i] = (uint32_t)number;
		last = number;
	}
	return 0;
}

static int keyset_get_key(
    struct cbor_reader *in, struct keyset *keys, size_t used, struct keyset_key *ret_key)
{
	const uint8_t *kid;
	uint64_t use;
	size_t len;
	int r;

	if (!cbor_get_map(in, 7) || !cbor_get_key(in, 1) ||
	    !cbor_get_bytes(in, KEY_KID_SIZE, KEY_KID_SIZE, &kid, &len) ||
	    !keyset_get_public(in, ret_key->public) ||
	    !cbor_get_field(in, 3, KEY_USE_WITNESS, &use) || use < KEY_USE_PASS)
		return BUNDLE_E_SHAPE;
	memcpy(ret_key->kid, kid, KEY_KID_SIZE);
	ret_key->use = (enum key_use)use;
	r = keyset_get_conferences(in, keys, used, &ret_key->conference_count);
	if (r != 0)
		return r;
	if (!bundle_get_time(in, 5, &ret_key->from) || !bundle_get_time(in, 6, &ret_key->until) ||
	    !keyset_get_state(in, 7, &ret_key->state))
		return BUNDLE_E_SHAPE;
	return 0;
}

static int keyset_get_keys(struct cbor_reader *in, struct keyset *keys)
{
	size_t used = 0;
	int r;

	if (!keyset_get_list(in, 5, KEYSET_KEYS_MAX, &keys->key_count))
		return BUNDLE_E_SHAPE;
	keys->keys = calloc(keys->key_count + 1, sizeof(*keys->keys));
	if (keys->keys == NULL)
		return BUNDLE_E_MEMORY;
	for (size_t i = 0; i < keys->key_count; i++) {
		r = keyset_get_key(in, keys, used, &keys->keys[i]);
		if (r != 0)
			return r;
		used += keys->keys[i].conference_count;
	}
	/* The storage moves no more. */
	used = 0;
	for (size_t i = 0; i < keys->key_count; i++) {
		if (keys->keys[i].conference_count > 0)
			keys->keys[i].conferences = keys->conferences + used;
		used += keys->keys[i].conference_count;
	}
	return 0;
}

static bool keyset_get_device(struct cbor_reader *in, struct keyset_device *ret_device)
{
	const uint8_t *pin;
	uint64_t members;
	size_t len;

	if (!cbor_get_head(in, CBOR_MAP, &members) || members < 3 || members > 4 ||
	    !keyset_get_name(in, 1, ret_device->name) ||
	    !keyset_get_public(in, ret_device->public) ||
	    !keyset_get_state(in, 3, &ret_device->state))
		return false;
	ret_device->has_pin = members == 4;
	if (!ret_device->has_pin)
		return true;
	if (!cbor_get_key(in, 4) ||
	    !cbor_get_bytes(in, KEYSET_PIN_SIZE, KEYSET_PIN_SIZE, &pin, &len))
		return false;
	memcpy(ret_device->pin, pin, KEYSET_PIN_SIZE);
	return true;
}

static int keyset_get_devices(struct cbor_reader *in, struct keyset *keys)
{
	if (!keyset_get_list(in, 6, KEYSET_KEYS_MAX, &keys->device_count))
		return BUNDLE_E_SHAPE;
	keys->devices = calloc(keys->device_count + 1, sizeof(*keys->devices));
	if (keys->devices == NULL)
		return BUNDLE_E_MEMORY;
	for (size_t i = 0; i < keys->device_count; i++) {
		if (!keyset_get_device(in, &keys->devices[i]))
			return BUNDLE_E_SHAPE;
	}
	return 0;
}

static int keyset_get_payload(struct cbor_reader in, struct keyset *keys)
{
	int r;

	if (!bundle_get_head(&in, 6, &keys->head) || !keyset_get_name(&in, 4, keys->site))
		return BUNDLE_E_SHAPE;
	r = keyset_get_keys(&in, keys);
	if (r == 0)
		r = keyset_get_devices(&in, keys);
	if (r == 0 && !cbor_at_end(&in))
		r = BUNDLE_E_SHAPE;
	return r;
}

/* Kids rise, so two equal keys would be neighbours: a key's kid is its hash. */
static bool keyset_key_is_good(
    const struct keyset_key *key, const struct keyset_key *before, const uint8_t *root)
{
	uint8_t kid[KEY_KID_SIZE];

	key_kid(key->public, kid);
	if (memcmp(kid, key->kid, sizeof(kid)) != 0 || !key_is_point(key->public))
		return false;
	if (before != NULL && memcmp(before->kid, key->kid, sizeof(kid)) >= 0)
		return false;
	if (memcmp(key->public, root, KEY_PUBLIC_SIZE) == 0 || key->from >= key->until)
		return false;
	return (key->use == KEY_USE_PASS) == (key->conference_count > 0);
}

/* A pin names one device. Quadratic, over the gates of one service. */
static bool keyset_pin_is_new(const struct keyset *keys, size_t i)
{
	const struct keyset_device *devices = keys->devices;

	for (size_t j = 0; devices[i].has_pin && j < i; j++)
		if (devices[j].has_pin &&
		    memcmp(devices[i].pin, devices[j].pin, KEYSET_PIN_SIZE) == 0)
			return false;
	return true;
}

static bool keyset_is_good(const struct keyset *keys, const uint8_t *root)
{
	for (size_t i = 0; i < keys->key_count; i++) {
		if (!keyset_key_is_good(&keys->keys[i], i > 0 ? &keys->keys[i - 1] : NULL, root))
			return false;
	}
	for (size_t i = 0; i < keys->device_count; i++) {
		const struct keyset_device *device = &keys->devices[i];

		if (!key_is_point(device->public) ||
		    memcmp(device->public, root, KEY_PUBLIC_SIZE) == 0 ||
		    !keyset_pin_is_new(keys, i) ||
		    (i > 0 && strcmp(device[-1].name, device->name) >= 0))
			return false;
	}
	return keyset_active(keys, KEY_USE_BUNDLE) != NULL &&
	       keyset_active(keys, KEY_USE_WITNESS) != NULL;
}

int keyset_open(const uint8_t *bytes, size_t len, const uint8_t root[static KEY_PUBLIC_SIZE],
    int64_t now, struct keyset **ret_keys)
{
	struct keyset *keys = NULL;
	uint8_t kid[KEY_KID_SIZE];
	struct cose_view view;
	int r;

	if (len > BUNDLE_SIZE_MAX)
		return BUNDLE_E_LIMIT;
	if (cose_open(bytes, len, &view) != 0)
		return BUNDLE_E_SHAPE;
	key_kid(root, kid);
	if (memcmp(kid, view.kid, sizeof(kid)) != 0 || !key_is_point(root))
		return BUNDLE_E_KEY;
	r = cose_verify(&view, BUNDLE_AAD_KEYS, root);
	if (r != 0)
		return r == COSE_E_MEMORY ? BUNDLE_E_MEMORY : BUNDLE_E_SIGNATURE;
	keys = calloc(1, sizeof(*keys));
	if (keys == NULL)
		return BUNDLE_E_MEMORY;
	r = keyset_get_payload(cbor_reader(view.payload, view.payload_len), keys);
	if (r == 0 && !keyset_is_good(keys, root))
		r = BUNDLE_E_KEYS;
	if (r == 0 && now != 0 && now > keys->head.not_after)
		r = BUNDLE_E_EXPIRED;
	if (r != 0) {
		keyset_free(keys);
		return r;
	}
	*ret_keys = keys;
	return 0;
}

const struct keyset_key *keyset_find(
    const struct keyset *keys, const uint8_t kid[static KEY_KID_SIZE], enum key_use use)
{
	size_t low = 0, high = keys->key_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(kid, keys->keys[middle].kid, KEY_KID_SIZE);

		if (order == 0)
			return keys->keys[middle].use == use ? &keys->keys[middle] : NULL;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool keyset_lists(const struct keyset_key *key, uint32_t conference)
{
	size_t low = 0, high = key->conference_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key->conferences[middle] == conference)
			return true;
		if (key->conferences[middle] > conference)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

const struct keyset_device *keyset_device(const struct keyset *keys, const char *name)
{
	for (size_t i = 0; i < keys->device_count; i++) {
		if (strcmp(keys->devices[i].name, name) == 0)
			return &keys->devices[i];
	}
	return NULL;
}

const struct keyset_device *keyset_by_pin(
    const struct keyset *keys, const uint8_t pin[static KEYSET_PIN_SIZE])
{
	for (size_t i = 0; i < keys->device_count; i++) {
		const struct keyset_device *device = &keys->devices[i];

		if (device->has_pin && device->state == KEYSET_ACTIVE &&
		    memcmp(device->pin, pin, KEYSET_PIN_SIZE) == 0)
			return device;
	}
	return NULL;
}

const struct keyset_key *keyset_active(const struct keyset *keys, enum key_use use)
{
	for (size_t i = 0; i < keys->key_count; i++) {
		if (keys->keys[i].use == use && keys->keys[i].state == KEYSET_ACTIVE)
			return &keys->keys[i];
	}
	return NULL;
}

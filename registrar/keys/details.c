#include "registrar/keys/details.h"

#include <string.h>

#include <sodium.h>

#include "registrar/registrar.h"

#define LIFE (3653 * (int64_t)86400)

static int settle_body(struct store_tx *tx, void *context)
{
	struct key_secret *key = NULL;
	int64_t now = registrar_now();
	int result =
	    keyring_make(tx, context, KEY_USE_DETAILS, 0, now - 60, now + LIFE, NULL, &key);

	key_free(key);
	return result;
}

int details_settle(struct registrar *registrar)
{
	struct refusal why = {0};
	int result;

	if (keyring_signer(registrar->keyring, KEY_USE_DETAILS))
		return 0;
	result = store_write(registrar->store, settle_body, registrar);
	return result ? result : keyring_reload(registrar->keyring, registrar->store, &why);
}

int details_public(struct registrar *registrar, uint8_t ret_public[static 32])
{
	const struct key_secret *key = keyring_signer(registrar->keyring, KEY_USE_DETAILS);

	if (!key)
		return MODEL_KEY;
	memcpy(ret_public, key->public, KEY_PUBLIC_SIZE);
	return 0;
}

int details_open(struct registrar *registrar, const uint8_t *sealed, size_t len, uint8_t *ret)
{
	const struct key_secret *key;

	for (size_t i = 0; (key = keyring_active(registrar->keyring, KEY_USE_DETAILS, i)); i++)
		if (crypto_box_seal_open(
			ret, sealed, len, key->public, key->secret + KEY_SEED_SIZE) == 0)
			return 0;
	return MODEL_KEY;
}

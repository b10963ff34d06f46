#include "registrar/keys/keys_object.h"

#include <stdlib.h>
#include <string.h>

#include "registrar/doors/bundles.h"
#include "registrar/doors/bundles_make.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

static const struct key_secret *root_of(struct registrar *registrar)
{
	return registrar->keyring ? keyring_signer(registrar->keyring, KEY_USE_ROOT) : NULL;
}

static int read_waits(struct store_tx *tx, bool *ret_waits)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_META_READ, STORE_ARGS(store_text("keys_wait")), &rows);

	*ret_waits = result == STORE_ROW && store_get_i64(rows, 0) != 0;
	store_done(rows);
	return result == STORE_ROW || result == STORE_NOT_FOUND ? 0 : result;
}

int keys_object_read(struct store_tx *tx, struct keys_object *ret)
{
	struct keys_object object = {0};
	struct store_rows *rows = NULL;
	const void *bytes;
	int result = read_waits(tx, &object.waits);

	if (!result)
		result = store_one(tx, REGISTRAR_Q_KEYS_OBJECT_GET, STORE_NO_ARGS, &rows);
	if (result == STORE_ROW) {
		object.version = store_get_i64(rows, 0);
		object.issued = store_get_i64(rows, 1);
		object.not_after = store_get_i64(rows, 2);
		bytes = store_get_blob(rows, 3, &object.len);
		object.bytes = malloc(object.len);
		result = object.bytes ? 0 : MODEL_SYSTEM;
		if (!result)
			memcpy(object.bytes, bytes, object.len);
	} else if (result == STORE_NOT_FOUND)
		result = 0;
	store_done(rows);
	if (!result)
		*ret = object;
	return result;
}

static int put_waits(struct store_tx *tx, bool waits)
{
	return store_exec(
	    tx, REGISTRAR_Q_META_PUT, STORE_ARGS(store_text("keys_wait"), store_i64(waits)), NULL);
}

static int sign(struct store_tx *tx, struct registrar *registrar)
{
	int64_t version = 0, now = registrar_now();
	struct bundle_head head = {.issued = now, .not_after = now + BUNDLES_KEYS_LIFE};
	struct bundles_block block = {0};
	int result = registrar_counter(tx, "keys_version", &version);

	head.version = (uint64_t)version;
	if (!result)
		result = bundles_make_keys(registrar, tx, &head, &block);
	if (result > 0)
		result = MODEL_KEY;
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_KEYS_OBJECT_PUT,
		    STORE_ARGS(store_i64(version), store_i64(head.issued),
			store_i64(head.not_after), store_blob(block.bytes, block.len)),
		    NULL);
	free(block.bytes);
	return result ? result : put_waits(tx, false);
}

int keys_object_changed(struct store_tx *tx, struct registrar *registrar)
{
	int result;

	if (!root_of(registrar))
		return put_waits(tx, true);
	result = registrar_raise(tx, "keys_version", NULL);
	return result ? result : sign(tx, registrar);
}

int keys_object_need_root(struct registrar *registrar, struct refusal *why)
{
	int result = 0;

	if (!root_of(registrar))
		result = keyring_reload(registrar->keyring, registrar->store, why);
	if (!result && !root_of(registrar))
		result = refuse(why, "root",
		    "This needs the root key, which is kept offline. Put its file back into the "
		    "folder keys, do this again, and take the file away. Nothing was changed.");
	return result;
}

struct settling {
	struct registrar *registrar;
	bool always, done;
};

static int settle_body(struct store_tx *tx, void *context)
{
	struct settling *settling = context;
	struct keys_object object = {0};
	int64_t version = 0, now = registrar_now();
	int result = keys_object_read(tx, &object);

	free(object.bytes);
	settling->done = false;
	if (!result)
		result = registrar_counter(tx, "keys_version", &version);
	if (result)
		return result;
	if (object.waits || settling->always)
		result = keys_object_changed(tx, settling->registrar);
	else if (object.version != version || now < object.issued ||
		 now >= object.issued + (object.not_after - object.issued) / 2)
		result = sign(tx, settling->registrar);
	else
		return 0;
	settling->done = !result;
	return result;
}

static int settle(struct registrar *registrar, bool always)
{
	struct settling settling = {registrar, always, false};
	int result = store_write(registrar->store, settle_body, &settling);

	if (!result && settling.done)
		registrar_changed(registrar);
	return result;
}

int keys_object_settle(struct registrar *registrar)
{
	return root_of(registrar) ? settle(registrar, false) : 0;
}

int keys_object_sign(struct registrar *registrar)
{
	return root_of(registrar) ? settle(registrar, true) : MODEL_KEY;
}

#include "badges/cose.h"

#include <stdlib.h>
#include <string.h>

#include "badges/cbor.h"

#define COSE_SHAPE_LEN	   8
#define COSE_PROTECTED_LEN 13
#define COSE_BEFORE	   17 /* bytes before the payload's head */

static const uint8_t cose_shape[COSE_SHAPE_LEN] = {0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x27, 0x04, 0x48};
static const uint8_t cose_signature_head[] = {0x58, KEY_SIGNATURE_SIZE};

/* The signed bytes up to the payload. */
static void cose_put_context(
    struct cbor_writer *out, const uint8_t protected[static COSE_PROTECTED_LEN], const char *aad)
{
	cbor_put_head(out, CBOR_ARRAY, 4);
	cbor_put_text(out, "Signature1", 10);
	cbor_put_bytes(out, protected, COSE_PROTECTED_LEN);
	cbor_put_bytes(out, aad, strlen(aad));
}

int cose_sign(const struct key_secret *key, const char *aad, const uint8_t *payload, size_t len,
    uint8_t **ret_bytes, size_t *ret_len)
{
	uint8_t front[COSE_BEFORE], signature[KEY_SIGNATURE_SIZE];
	struct cbor_writer out = {0};
	size_t context;
	int r = COSE_E_MEMORY;

	memcpy(front, cose_shape, COSE_SHAPE_LEN);
	memcpy(front + COSE_SHAPE_LEN, key->kid, KEY_KID_SIZE);
	front[COSE_BEFORE - 1] = 0xa0;
	cose_put_context(&out, front + 3, aad);
	context = out.len;
	cbor_put_bytes(&out, payload, len);
	if (out.failed)
		goto done;
	if (key_sign(key, out.bytes, out.len, signature) != 0) {
		r = COSE_E_SIGN;
		goto done;
	}
	cbor_put_raw(&out, cose_signature_head, sizeof(cose_signature_head));
	cbor_put_raw(&out, signature, sizeof(signature));
	if (out.failed)
		goto done;
	/* The object's front takes the place of the signed context, which is always longer. */
	memmove(out.bytes + COSE_BEFORE, out.bytes + context, out.len - context);
	memcpy(out.bytes, front, COSE_BEFORE);
	*ret_len = out.len - context + COSE_BEFORE;
	*ret_bytes = out.bytes;
	out.bytes = NULL;
	r = 0;
done:
	cbor_free(&out);
	return r;
}

int cose_open(const uint8_t *bytes, size_t len, struct cose_view *ret_view)
{
	const size_t tail = sizeof(cose_signature_head) + KEY_SIGNATURE_SIZE;
	struct cose_view view = {0};
	struct cbor_reader in;

	if (len < COSE_BEFORE + 1 + tail || memcmp(bytes, cose_shape, COSE_SHAPE_LEN) != 0 ||
	    bytes[COSE_BEFORE - 1] != 0xa0)
		return COSE_E_SHAPE;
	view.protected = bytes + 3;
	view.kid = bytes + COSE_SHAPE_LEN;
	view.content = bytes + COSE_BEFORE;
	view.signature = bytes + len - KEY_SIGNATURE_SIZE;
	view.content_len = len - COSE_BEFORE - tail;
	in = cbor_reader(view.content, view.content_len);
	if (!cbor_get_bytes(&in, 0, view.content_len, &view.payload, &view.payload_len) ||
	    !cbor_at_end(&in) ||
	    memcmp(view.signature - sizeof(cose_signature_head), cose_signature_head,
		sizeof(cose_signature_head)) != 0)
		return COSE_E_SHAPE;
	*ret_view = view;
	return 0;
}

int cose_verify(
    const struct cose_view *view, const char *aad, const uint8_t public[static KEY_PUBLIC_SIZE])
{
	struct cbor_writer message = {0};
	int r;

	cose_put_context(&message, view->protected, aad);
	cbor_put_raw(&message, view->content, view->content_len);
	if (message.failed)
		r = COSE_E_MEMORY;
	else if (key_verify(public, message.bytes, message.len, view->signature) != 0)
		r = COSE_E_VERIFY;
	else
		r = 0;
	cbor_free(&message);
	return r;
}

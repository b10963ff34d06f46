#include "badges/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "badges/bundle_io.h"
#include "badges/cose.h"
#include "badges/text.h"

struct bundle_text bundle_text(const char *text)
{
	return (struct bundle_text){text, strlen(text)};
}

bool bundle_newer(const struct bundle_head *head, uint64_t held_version)
{
	return head->version > held_version;
}

bool bundle_is_time(int64_t time)
{
	return time >= BUNDLE_TIME_MIN && time <= BUNDLE_TIME_MAX;
}

bool bundle_is_line(const struct bundle_text *line)
{
	return line->len <= BUNDLE_LINE_MAX && text_is_plain(line->text, line->len);
}

bool bundle_get_time(struct cbor_reader *in, uint64_t key, int64_t *ret_time)
{
	uint64_t value;

	if (!cbor_get_field(in, key, BUNDLE_TIME_MAX, &value) || value < BUNDLE_TIME_MIN)
		return false;
	*ret_time = (int64_t)value;
	return true;
}

bool bundle_get_line(struct cbor_reader *in, struct bundle_text *ret_line)
{
	return cbor_get_text(in, 0, BUNDLE_LINE_MAX, &ret_line->text, &ret_line->len);
}

bool bundle_get_head(struct cbor_reader *in, uint64_t pairs, struct bundle_head *ret_head)
{
	return cbor_get_map(in, pairs) &&
	       cbor_get_field(in, 1, BUNDLE_VERSION_MAX, &ret_head->version) &&
	       ret_head->version > 0 && bundle_get_time(in, 2, &ret_head->issued) &&
	       bundle_get_time(in, 3, &ret_head->not_after) &&
	       ret_head->not_after > ret_head->issued;
}

int bundle_put_head(struct cbor_writer *out, uint64_t pairs, const struct bundle_head *head)
{
	if (head->version < 1 || head->version > BUNDLE_VERSION_MAX ||
	    !bundle_is_time(head->issued) || !bundle_is_time(head->not_after) ||
	    head->not_after <= head->issued)
		return BUNDLE_E_FIELD;
	cbor_put_head(out, CBOR_MAP, pairs);
	cbor_put_field(out, 1, head->version);
	cbor_put_field(out, 2, (uint64_t)head->issued);
	cbor_put_field(out, 3, (uint64_t)head->not_after);
	return 0;
}

int bundle_open(const uint8_t *bytes, size_t len, const char *aad, const struct keyset *keys,
    uint64_t pairs, struct cbor_reader *ret_in, struct bundle_head *ret_head)
{
	const struct keyset_key *key;
	struct cose_view view;
	struct bundle_head head;
	struct cbor_reader in;
	int r;

	if (len > BUNDLE_SIZE_MAX)
		return BUNDLE_E_LIMIT;
	if (cose_open(bytes, len, &view) != 0)
		return BUNDLE_E_SHAPE;
	key = keyset_find(keys, view.kid, KEY_USE_BUNDLE);
	if (key == NULL || key->state == KEYSET_REVOKED)
		return BUNDLE_E_KEY;
	r = cose_verify(&view, aad, key->public);
	if (r != 0)
		return r == COSE_E_MEMORY ? BUNDLE_E_MEMORY : BUNDLE_E_SIGNATURE;
	in = cbor_reader(view.payload, view.payload_len);
	if (!bundle_get_head(&in, pairs, &head))
		return BUNDLE_E_SHAPE;
	if (head.issued < key->from || head.issued >= key->until)
		return BUNDLE_E_KEY;
	*ret_in = in;
	*ret_head = head;
	return 0;
}

int bundle_release(struct cbor_writer *out, const char *aad, const struct key_secret *key,
    enum key_use use, uint8_t **ret_bytes, size_t *ret_len)
{
	uint8_t *bytes = NULL;
	size_t len;
	int r;

	if (out->failed) {
		r = BUNDLE_E_MEMORY;
	} else if (key->use != use) {
		r = BUNDLE_E_KEY;
	} else {
		r = cose_sign(key, aad, out->bytes, out->len, &bytes, &len);
		if (r == COSE_E_MEMORY)
			r = BUNDLE_E_MEMORY;
		else if (r != 0)
			r = BUNDLE_E_SIGNATURE;
		else if (len > BUNDLE_SIZE_MAX)
			r = BUNDLE_E_LIMIT;
	}
	cbor_free(out);
	if (r != 0) {
		free(bytes);
		return r;
	}
	*ret_bytes = bytes;
	*ret_len = len;
	return 0;
}

int bundle_get_list(struct cbor_reader *in, uint64_t key, uint32_t *ret_count)
{
	uint64_t count;

	if (!cbor_get_key(in, key) || !cbor_get_head(in, CBOR_ARRAY, &count))
		return BUNDLE_E_SHAPE;
	if (count > BUNDLE_ROWS_MAX)
		return BUNDLE_E_LIMIT;
	*ret_count = (uint32_t)count;
	return 0;
}

bool bundle_get_id(struct cbor_reader *in, const uint8_t *last, const uint8_t **ret_id)
{
	const uint8_t *id;
	size_t len;

	if (!cbor_get_bytes(in, 16, 16, &id, &len) || (last != NULL && memcmp(id, last, 16) <= 0))
		return false;
	*ret_id = id;
	return true;
}

int bundle_get_removed(
    struct cbor_reader *in, uint64_t key, struct cbor_reader *ret_removed, uint32_t *ret_count)
{
	const uint8_t *id = NULL;
	int r = bundle_get_list(in, key, ret_count);

	if (r != 0)
		return r;
	*ret_removed = *in;
	for (uint32_t i = 0; i < *ret_count; i++) {
		if (!bundle_get_id(in, id, &id))
			return BUNDLE_E_SHAPE;
	}
	return 0;
}

void bundle_list_begin(struct cbor_writer *out, struct bundle_list *list, uint64_t key)
{
	cbor_put_uint(out, key);
	*list = (struct bundle_list){.at = out->len};
}

int bundle_list_id(struct bundle_list *list, const uint8_t id[static 16])
{
	if (list->count >= BUNDLE_ROWS_MAX)
		return BUNDLE_E_LIMIT;
	if (list->count > 0 && memcmp(id, list->last, 16) <= 0)
		return BUNDLE_E_ORDER;
	memcpy(list->last, id, 16);
	list->count++;
	return 0;
}

void bundle_list_end(struct cbor_writer *out, const struct bundle_list *list)
{
	cbor_insert_head(out, list->at, CBOR_ARRAY, list->count);
}
